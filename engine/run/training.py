"""Training: a network with its parameters, optimizer and examples at one step, and what they come to there.

It goes forward with the executor, the straight-line program in Python or C, and takes over whatever it is given; it
knows nothing of the steps behind it. Those are the Session's.
"""

from array import array
from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path

from ..batches import Batches
from ..examples import Data, Example, in_order
from ..graph import Graph, example_graph, trace
from ..losses import LOSSES
from ..programs.backend import Backend, Network
from ..programs.executor import Course, Program
from ..rng import Rng
from .changes import Change
from .config import Config
from .probe import Chooser
from .records import SplitMetrics, StepLosses, Until


class Training:
    """A network in training on examples (x, y, class) that are split into train, val and test.

    The weights are drawn from `rng`, so that whoever made the data with it can continue its draws.
    `backend` is who computes, a name of `engine.programs.BACKENDS`; compiled code is kept in `cache`.

    Raises:
        ValueError: no train examples, a batch of none, or activations that don't fit the layers.
    """

    def __init__(
        self,
        config: Config,
        splits: Mapping[str, Sequence[Example]],
        classes: int,
        rng: Rng,
        *,
        backend: str = "python",
        cache: Path | None = None,
    ) -> None:
        if not splits.get("train"):
            raise ValueError("there are no train examples to learn from")
        self.config = config
        self.classes = classes
        self.splits: Data = in_order(splits)
        model = config.model(classes, rng)
        self.traced = trace(model, LOSSES[config.loss], classes)
        self._graphs: dict[int, Graph] = {}
        self._initial = [parameter.data for parameter in model.parameters()]
        self._seed = rng.state
        self.batches = self._batches_of(config)
        network = Network(self.traced, lambda: config.model(classes, Rng(1)), LOSSES[config.loss])
        self.backend = Backend(backend, network, self.splits, self.batches, cache)
        self.chooser = Chooser(self.splits, classes)
        self._begin()

    def _begin(self) -> None:
        """Step 0, with nothing learnt."""
        self.step_count = 0
        self.parameters: Sequence[float] = list(self._initial)
        self.optimizer = self.config.make_optimizer(len(self._initial))

    @property
    def parameter_names(self) -> list[str]:
        """What each parameter is called, in their order."""
        return [parameter.label for parameter in self.traced.parameters]

    @property
    def program(self) -> Program:
        """What computes losses and gradients."""
        return self.backend.executor.program

    def move_probe_by_loss(self, by: int) -> None:
        """Choose the example with the largest loss at the present parameters, or so many places on from there."""
        program = self.program
        losses = [row[0] for examples in self.splits.values() for row in program.losses(self.parameters, examples)]
        self.chooser.move_by_loss(by, losses, self.parameters)

    def graph(self, label: int) -> Graph:
        """The structure of one example's loss, for an example of class `label`; always the same object."""
        if label not in self._graphs:
            self._graphs[label] = example_graph(self.traced, label)
        return self._graphs[label]

    def batch(self) -> Sequence[int]:
        """The train examples, by their numbers, from which the next step learns, in the order of its loss's sum."""
        return self.batches.of(self.step_count) if self.batches else range(len(self.splits["train"]))

    def judge(self, split: str) -> SplitMetrics:
        """Loss and accuracy of one split at the present parameters; the train loss with the penalty."""
        loss, right = self.backend.executor.evaluate(self.parameters, split)
        if split == "train":
            loss = self.program.with_penalty(loss, self.parameters, self.config.strengths)
        examples = len(self.splits[split])
        return SplitMetrics(examples, loss, right / examples)

    def gradients(self) -> tuple[float, tuple[float, ...]]:
        """The loss that the next step learns from, and its gradient: what the optimizer would use next."""
        return self.backend.executor.gradients(self.parameters, Course(self.step_count, self.config.strengths))

    def _train(
        self, most: int, until: Until | None, *, until_diverged: bool
    ) -> tuple[Sequence[float], Sequence[float] | None, bool]:
        """At most `most` updates in a row: the losses before each, and whether `until` wanted all of them.

        With `until_diverged` the first loss that is not finite ends them. What `until` does not want is rolled back:
        the updates that it does want are made once more.
        """
        first, before, executor = self.step_count, self.parameters, self.backend.executor
        course = Course(first, self.config.strengths, self.config.rates)
        optimizer = copy(self.optimizer) if until else self.optimizer
        self.parameters, train, val = executor.train(
            before, self.optimizer, most, course, until_diverged=until_diverged
        )
        count = until(StepLosses(first + 1, train, val)) if until else most
        if count >= len(train):
            self.step_count += len(train)
            return train, val, True
        self.optimizer, self.parameters = optimizer, before
        if count:
            self.parameters, *_ = executor.train(before, optimizer, count, course, until_diverged=until_diverged)
        self.step_count += count
        return train[:count], None if val is None else val[:count], False

    def _set(self, change: Change) -> None:
        """Give the parameters the values that the change gave them."""
        if change.values:
            parameters = list(self.parameters)
            for index, _, value in change.values:
                parameters[index] = value
            self.parameters = parameters

    def _use(self, config: Config, data: Data) -> None:
        """Train with these settings on these examples from now on; another optimizer begins with nothing gathered."""
        if config != self.config:
            self.config = config
            if config.optimizer == self.optimizer.rule.name:
                self.optimizer.settings |= config.settings
                self.optimizer.max_norm = config.clip_norm
            else:
                self.optimizer = config.make_optimizer(len(self._initial))
        are_others = data is not self.splits
        self.splits = data
        batches = self._batches_of(config)
        if are_others or batches != self.batches:
            self.batches = batches
            self.backend.use(data, batches)
        self.chooser.use(data)

    def _batches_of(self, config: Config) -> Batches | None:
        """How the train examples are dealt to the steps; None where each step has all of them, in their own order."""
        examples = len(self.splits["train"])
        size = config.batch_of(examples)
        if size is None:
            return None
        return Batches(examples, size, self._seed if config.batch_seed is None else config.batch_seed)

    def _packed(self) -> bytes:
        """The parameters and what the optimizer has gathered, as doubles."""
        numbers = array("d", self.parameters)
        for slot in self.optimizer.slots:
            numbers.extend(slot)
        return numbers.tobytes()

    def _unpacked(self, packed: bytes) -> list[list[float]]:
        """The parameters, then each slot of an optimizer."""
        size = len(self._initial)
        numbers = array("d", packed)
        return [numbers[start : start + size].tolist() for start in range(0, len(numbers), size)]

    def _load(self, optimizer: str, slots: list[list[float]], updates: int) -> None:
        """Take over what an optimizer has gathered, if it is still the one in use."""
        if optimizer == self.config.optimizer:
            self.optimizer.slots, self.optimizer.steps = slots, updates
        else:
            self.optimizer = self.config.make_optimizer(len(self._initial))
