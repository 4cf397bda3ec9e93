"""Session: the only owner of mutable training state.

It works headless and knows no screen: it steps, and it answers with frozen values. Everything
that it computes for training runs on the straight-line program; the one example whose graph is
shown is evaluated node by node.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, isfinite, isnan
from typing import Self

from engine.curve import Curve
from engine.graph import Traced, evaluate, example_graph, trace
from engine.losses import LOSSES, l2_penalty
from engine.nn import MLP
from engine.optim import OPTIMIZERS, Optimizer
from engine.program import Example, PythonProgram, mean_of
from engine.rng import Rng
from engine.snapshot import Checkpoint, Curves, DecisionMap, Graph, Grid, Metrics, Probe, SplitMetrics
from engine.value import Value

INPUTS = 2
NO_CLASS = 255


@dataclass(frozen=True, slots=True)
class Config:
    """The model and how it is trained. `momentum` is for SGD only."""

    hidden: tuple[int, ...] = (8,)
    activation: str = "tanh"
    loss: str = "cross-entropy"
    optimizer: str = "adamw"
    lr: float = 0.1
    weight_decay: float = 1e-4
    momentum: float = 0.9

    def sizes(self, classes: int) -> tuple[int, ...]:
        """Units in each layer, inputs not counted, outputs last."""
        return (*self.hidden, LOSSES[self.loss].outputs(classes))

    def parameter_count(self, classes: int) -> int:
        """How many weights and biases the network has."""
        widths = (INPUTS, *self.sizes(classes))
        return sum((n_in + 1) * n_out for n_in, n_out in pairwise(widths))

    def model(self, classes: int, rng: Rng) -> MLP:
        """The network with fresh weights."""
        return MLP(INPUTS, self.sizes(classes), rng, self.activation)

    def make_optimizer(self, size: int) -> Optimizer:
        """The optimizer for `size` parameters; a penalty is not its business but the loss's."""
        rule = OPTIMIZERS[self.optimizer]
        mine = {"lr": self.lr, "momentum": self.momentum, "weight_decay": self.weight_decay}
        return Optimizer(rule, size, {name: value for name, value in mine.items() if name in rule.settings})

    @property
    def penalty(self) -> float:
        """Strength of the L2 penalty in the training loss; 0 where the optimizer decays weights itself."""
        return self.weight_decay if OPTIMIZERS[self.optimizer].penalised else 0.0


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One optimizer update: its number from 1, and the losses at the parameters before it.

    `val_loss` is None without val examples.
    """

    step: int
    train_loss: float
    val_loss: float | None


class Session:
    """A network in training on examples (x, y, class) that are split into train, val and test.

    The weights are drawn from `rng`, so that whoever made the data with it can continue its draws.

    Raises:
        ValueError: a loss for two classes with more of them, or no train examples.
    """

    def __init__(self, config: Config, splits: Mapping[str, Sequence[Example]], classes: int, rng: Rng) -> None:
        if LOSSES[config.loss].two_classes and classes != 2:
            raise ValueError(f"{config.loss} is for two classes and the data has {classes}: use cross-entropy")
        if not splits.get("train"):
            raise ValueError("there are no train examples to learn from")
        self.config = config
        self.classes = classes
        self.splits = {name: list(examples) for name, examples in splits.items() if examples}
        model = config.model(classes, rng)
        self._traced = trace(model, LOSSES[config.loss], classes)
        self._graphs: dict[int, Graph] = {}
        self._initial = [parameter.data for parameter in model.parameters()]
        self.program = PythonProgram(self._traced, penalty_of(self._traced, config.penalty))
        self._probe = ("train", 0)
        self.reset()

    def reset(self) -> None:
        """Back to step 0 and the same initial weights."""
        self.step_count = 0
        self.parameters: Sequence[float] = list(self._initial)
        self.optimizer = self.config.make_optimizer(len(self.parameters))
        self.diverged_at: int | None = None
        self._curves = {"train": Curve(), "val": Curve()}

    def step(self) -> StepRecord:
        """One optimizer update on all train examples. A run that has diverged goes on, with inf and nan."""
        val_loss = self._loss("val") if "val" in self.splits else None
        loss, gradient = self.program.gradients(self.parameters, self.splits["train"])
        if self.diverged_at is None and not isfinite(loss):
            self.diverged_at = self.step_count
        self._curves["train"].add(self.step_count, loss)
        if val_loss is not None:
            self._curves["val"].add(self.step_count, val_loss)
        self.parameters = self.optimizer.update(self.parameters, gradient)
        self.step_count += 1
        return StepRecord(self.step_count, loss, val_loss)

    def _loss(self, split: str) -> float:
        return mean_of([row[0] for row in self.program.losses(self.parameters, self.splits[split])])

    def metrics(self) -> Metrics:
        """Loss and accuracy of every split at the present parameters; the train loss is what is minimised.

        That is, it includes the L2 penalty where there is one.
        """
        splits = {}
        for name, examples in self.splits.items():
            rows = self.program.losses(self.parameters, examples)
            right = sum(predicted(row[1:]) == label for row, (_, _, label) in zip(rows, examples, strict=True))
            loss = mean_of([row[0] for row in rows])
            if name == "train":
                loss = self.program.with_penalty(loss, self.parameters)
            splits[name] = SplitMetrics(len(rows), loss, right / len(rows))
        return Metrics(self.step_count, splits, self.diverged_at)

    def select_probe(self, split: str, index: int) -> None:
        """Choose the example whose graph is shown.

        Raises:
            ValueError: there is no such example.
        """
        if not 0 <= index < len(self.splits.get(split, ())):
            raise ValueError(f"there is no example {index} in {split}")
        self._probe = (split, index)

    def graph(self, label: int) -> Graph:
        """The structure of one example's loss, for an example of class `label`; always the same object."""
        if label not in self._graphs:
            self._graphs[label] = example_graph(self._traced, label)
        return self._graphs[label]

    def probe(self) -> Probe:
        """The probe with the data and gradient of each node of its graph."""
        split, index = self._probe
        x, y, label = self.splits[split][index]
        data, grad = evaluate(self.graph(label), self.parameters, (x, y))
        packed = (array("d", numbers).tobytes() for numbers in (data, grad))
        return Probe(self.step_count, split, index, (x, y), label, *packed)

    def decision_map(self, grid: Grid) -> DecisionMap:
        """The winning class and the confidence in the middle of each cell of the grid."""
        width = (grid.right - grid.left) / grid.columns
        height = (grid.top - grid.bottom) / grid.rows
        xs = [grid.left + (column + 0.5) * width for column in range(grid.columns)]
        ys = [grid.top - (row + 0.5) * height for row in range(grid.rows)]
        outputs = self.program.outputs(self.parameters, [(x, y) for y in ys for x in xs])
        answers = [score_answer(row[0]) for row in outputs] if len(outputs[0]) == 1 else map(softmax_answer, outputs)
        classes, confidence = zip(*answers, strict=True)
        return DecisionMap(self.step_count, grid, bytes(classes), bytes(confidence))

    def curves(self, columns: int, metrics: Metrics) -> Curves:
        """The loss curves, at most two points for each of `columns` columns, and the point of `metrics`."""
        ends = {name: ((metrics.step, split.loss),) for name, split in metrics.splits.items() if isfinite(split.loss)}
        train, val = ((*self._curves[name].points(columns), *ends.get(name, ())) for name in ("train", "val"))
        return Curves(train, val)

    def checkpoint(self) -> Checkpoint:
        """What `restore` needs to go on from here with the same digits."""
        slots = tuple(tuple(slot) for slot in self.optimizer.slots)
        return Checkpoint(self.step_count, tuple(self.parameters), slots, self.diverged_at)

    def restore(self, checkpoint: Checkpoint, curves: Curves | None = None) -> Self:
        """Continue from a checkpoint of a session with the same config and data.

        Raises:
            ValueError: the checkpoint is of a network of another size.
        """
        if len(checkpoint.parameters) != len(self._initial):
            raise ValueError(
                f"the checkpoint has {len(checkpoint.parameters)} parameters, the network {len(self._initial)}"
            )
        self.reset()
        self.step_count = self.optimizer.steps = checkpoint.step
        self.parameters = checkpoint.parameters
        self.optimizer.slots = [list(slot) for slot in checkpoint.slots]
        self.diverged_at = checkpoint.diverged_at
        for name, points in (("train", curves.train), ("val", curves.val)) if curves else ():
            for step, loss in points:
                if step < checkpoint.step:
                    self._curves[name].add(step, loss)
        return self


def penalty_of(traced: Traced, strength: float) -> Value | None:
    """The penalty as a graph over the traced parameters, or None where there is none."""
    return l2_penalty(traced.parameters, strength) if strength else None


def predicted(outputs: Sequence[float]) -> int:
    """The class that the outputs stand for, NO_CLASS where one of them is not a number."""
    if any(map(isnan, outputs)):
        return NO_CLASS
    return int(outputs[0] > 0.0) if len(outputs) == 1 else outputs.index(max(outputs))


def score_answer(score: float) -> tuple[int, int]:
    """Class and confidence (0 to 255) of a single score: sure from -1 or 1 on."""
    if isnan(score):
        return NO_CLASS, 0
    return int(score > 0.0), int(255.0 * min(1.0, abs(score)))


def softmax_answer(logits: Sequence[float]) -> tuple[int, int]:
    """Class and confidence (0 to 255) of the most probable class; 0 is the confidence of a guess."""
    top = max(logits)
    total = 0.0
    for logit in logits:
        total += 1.0 if logit == top else exp(logit - top)
    if isnan(total + top):
        return NO_CLASS, 0
    guess = 1.0 / len(logits)
    return logits.index(top), max(0, int(255.0 * (1.0 / total - guess) / (1.0 - guess)))
