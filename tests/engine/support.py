"""What several tests share: whether a compiler is there, exact comparison, the reference run, Values, expressions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from engine.examples import Example
from engine.features import FEATURES
from engine.graph import Traced
from engine.losses import LOSSES, mean
from engine.nn import ACTIVATIONS, INITS
from engine.ops import OPS
from engine.optim import OPTIMIZERS
from engine.penalties import Penalty, penalised
from engine.programs.c_library import UnavailableError, find_compiler
from engine.programs.statements import letters
from engine.rng import Rng
from engine.run.config import Config
from engine.run.session import Session
from engine.schedules import SCHEDULES
from engine.value import Value, apply

REFERENCE_LOG = (Path(__file__).parent.parent / "reference" / "yinyang_seed42.log").read_text(encoding="utf-8")
"""Every line that the public reference run prints: 100 train losses, and 10 val losses on the way."""


def has_compiler() -> bool:
    try:
        find_compiler()
    except UnavailableError:
        return False
    return True


needs_compiler = pytest.mark.skipif(not has_compiler(), reason="there is no C compiler")


def repeatable(max_examples: int) -> settings:
    """Hypothesis with the same examples on every machine, however slow it is."""
    return settings(max_examples=max_examples, derandomize=True, deadline=None, database=None)


def exact(numbers: Iterable[float]) -> list[str]:
    """Every bit of each number, readable: the zeros differ, all nans are one."""
    return [number.hex() for number in numbers]


# The reference run: yin-yang, written here from its published geometry.


def yin_yang_class(x: float, y: float, big: float = 0.5, small: float = 0.1) -> int:
    """0 yin, 1 yang, 2 a dot."""
    left = ((x - 0.5 * big) ** 2 + (y - big) ** 2) ** 0.5
    right = ((x - 1.5 * big) ** 2 + (y - big) ** 2) ** 0.5
    if left < small or right < small:
        return 2
    is_yin = right <= small or small < left <= 0.5 * big or (y > big and right > 0.5 * big)
    return 0 if is_yin else 1


def yin_yang(count: int, rng: Rng, big: float = 0.5) -> list[Example]:
    """Points of the disc, classes in turn, scaled to -2 .. 2."""
    examples = []
    for number in range(count):
        while True:
            x, y = rng.uniform(0.0, 2.0 * big), rng.uniform(0.0, 2.0 * big)
            inside = ((x - big) ** 2 + (y - big) ** 2) ** 0.5 <= big
            if inside and yin_yang_class(x, y) == number % 3:
                break
        examples.append(((x / big - 1.0) * 2.0, (y / big - 1.0) * 2.0, number % 3))
    return examples


def yin_yang_splits(rng: Rng, points: int = 100) -> dict[str, list[Example]]:
    """80, 10 and 10 percent, in the order in which they were drawn."""
    examples = yin_yang(points, rng)
    train, val = points * 8 // 10, points * 9 // 10
    return {"train": examples[:train], "val": examples[train:val], "test": examples[val:]}


def reference_session(config: Config | None = None) -> Session:
    """The run of REFERENCE_LOG, or the same with another config (for three classes)."""
    rng = Rng(42)
    return Session(config or Config(), yin_yang_splits(rng), 3, rng)


class ValueTraining:
    """A Session's training in the plainest form: a loop over Values, as the README shows it."""

    def __init__(self, config: Config, examples: Sequence[Example], classes: int, rng: Rng) -> None:
        self.config, self.examples = config, examples
        self.model = config.model(classes, rng)
        self.optimizer = config.make_optimizer(len(self.model.parameters()))
        self.steps = 0

    def loss_of(self, x: float, y: float, label: int) -> Value:
        return LOSSES[self.config.loss].of_example(self.model([x, y]), label)

    def loss(self) -> Value:
        loss = mean([self.loss_of(*example) for example in self.examples])
        return penalised(loss, self.model.parameters(), self.config.strengths)

    def backward(self) -> float:
        self.model.zero_grad()
        loss = self.loss()
        loss.backward()
        return loss.data

    def step(self) -> float:
        loss = self.backward()
        self.optimizer.step(self.model.parameters(), self.config.lr_at(self.steps))
        self.steps += 1
        return loss

    def numbers(self) -> list[float]:
        return [parameter.data for parameter in self.model.parameters()]

    def gradient(self) -> list[float]:
        return [parameter.grad for parameter in self.model.parameters()]

    def set(self, parameters: Sequence[float]) -> None:
        for parameter, data in zip(self.model.parameters(), parameters, strict=True):
            parameter.data = data


# Random expressions over the op table.

EXTREMES = (
    *(0.0, -0.0, 1.0, -1.0, 2.0, -0.5, 40.0, -40.0, 709.8, -745.2),
    *(5e-324, -5e-324, 1e-308, -1e-200, 1e-154, 1e154, 1e200, -1e200, 1.7e308, -1.7e308),
    *(float("inf"), float("-inf"), float("nan")),
)
EXPONENTS = (-3.0, -2.0, -1.0, -0.5, 0.0, 1 / 3, 0.5, 1.0, 2.0, 3.0, 101.0, 1e300, float("inf"), float("nan"))

ordinary = st.floats(-3.0, 3.0)
numbers = ordinary | st.sampled_from(EXTREMES) | st.floats()

Line = tuple[str, int, int, float]
"""An op's name, its operands counted back from the newest node, its constant."""

lines = st.tuples(st.sampled_from(sorted(OPS)), st.integers(0, 9), st.integers(0, 9), st.sampled_from(EXPONENTS))


def grown(start: Sequence[Value], recipe: Sequence[Line]) -> list[Value]:
    """The nodes that the lines of the recipe make one after another from `start`."""
    nodes = list(start)
    for name, first, second, k in recipe:
        op = OPS[name]
        operands = [nodes[-1 - back % len(nodes)] for back in (first, second)]
        reads_k = "k" in letters(op.forward)
        nodes.append(apply(op, *operands[: op.arity], k=k if reads_k else 0.0))
    return nodes


@dataclass(frozen=True)
class Network:
    """Any network at all: outputs grown from parameters and inputs, one loss for each class grown from the outputs."""

    parameters: tuple[float, ...]
    constants: tuple[float, ...]
    trunk: tuple[Line, ...]
    outputs: int
    heads: tuple[tuple[Line, ...], ...]
    penalty: tuple[Line, ...]
    """Of one parameter."""
    strength: float
    examples: tuple[Example, ...]

    def fresh_parameters(self) -> list[Value]:
        return [Value(data) for data in self.parameters]

    def run(self, parameters: Sequence[Value], inputs: Sequence[Value]) -> list[Value]:
        leaves = [Value(data) for data in self.constants]
        return grown([*leaves, *inputs, *parameters], self.trunk)[-self.outputs :]

    def loss(self, outputs: Sequence[Value], label: int) -> Value:
        leaves = [Value(data) for data in self.constants]
        return grown([*leaves, *outputs], self.heads[label])[-1]

    def penalties(self) -> list[Penalty]:
        return [Penalty("any", "", lambda parameter: grown([parameter], self.penalty)[-1])]

    def total(self, losses: Sequence[Value], parameters: Sequence[Value]) -> Value:
        """What is minimised, on Values."""
        loss = mean(losses)
        return loss + self.penalties()[0].of(parameters, self.strength) if self.strength else loss

    def traced(self) -> Traced:
        inputs, parameters = [Value(0.0), Value(0.0)], self.fresh_parameters()
        outputs = self.run(parameters, inputs)
        losses = [self.loss(outputs, label) for label in range(len(self.heads))]
        return Traced(inputs, parameters, outputs, losses, {})


def recipes(least: int, most: int) -> st.SearchStrategy[tuple[Line, ...]]:
    return st.lists(lines, min_size=least, max_size=most).map(tuple)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    heads = draw(st.lists(recipes(1, 6), min_size=1, max_size=3))
    trunk = draw(recipes(1, 14))
    number = draw(st.sampled_from([ordinary, numbers]))
    example = st.tuples(number, number, st.integers(0, len(heads) - 1))
    return Network(
        parameters=tuple(draw(st.lists(number, min_size=1, max_size=4))),
        constants=tuple(draw(st.lists(number, min_size=1, max_size=2))),
        trunk=trunk,
        outputs=draw(st.integers(1, min(3, len(trunk)))),
        heads=tuple(heads),
        penalty=draw(recipes(1, 4)),
        strength=draw(st.sampled_from([0.0, 0.1]) | number),
        examples=tuple(draw(st.lists(example, min_size=1, max_size=3))),
    )


@dataclass(frozen=True)
class Training:
    """A whole run: config, number of classes, examples, seed."""

    config: Config
    classes: int
    splits: Mapping[str, list[Example]]
    seed: int

    def session(self) -> Session:
        return Session(self.config, self.splits, self.classes, Rng(self.seed))

    def on_values(self) -> ValueTraining:
        return ValueTraining(self.config, self.splits["train"], self.classes, Rng(self.seed))


@st.composite
def trainings(draw: st.DrawFn, place: st.SearchStrategy[float] = ordinary) -> Training:
    hidden = tuple(draw(st.lists(st.integers(1, 4), max_size=2)))
    names = st.sampled_from(sorted(ACTIVATIONS))
    config = Config(
        hidden=hidden,
        activation=",".join(draw(st.lists(names, min_size=len(hidden), max_size=len(hidden)))) or draw(names),
        loss=draw(st.sampled_from(sorted(LOSSES))),
        optimizer=draw(st.sampled_from(sorted(OPTIMIZERS))),
        lr=draw(st.sampled_from([0.01, 0.1, 1.0, 30.0, 1e6])),
        weight_decay=draw(st.sampled_from([0.0, 1e-4, 0.3])),
        momentum=draw(st.sampled_from([None, 0.0, 0.9])),
        schedule=draw(st.sampled_from(sorted(SCHEDULES))),
        decay_steps=draw(st.integers(1, 4)),
        final_lr=draw(st.sampled_from([0.0, 0.003])),
        init=draw(st.sampled_from(sorted(INITS))),
        features=tuple(draw(st.lists(st.sampled_from(list(FEATURES)), min_size=1, max_size=4, unique=True))),
        l1=draw(st.sampled_from([0.0, 0.02])),
        l2=draw(st.sampled_from([None, 0.0, 0.5])),
        clip_norm=draw(st.sampled_from([None, 1e-3, 0.5])),
    )
    classes = draw(st.integers(2, 6))
    example = st.tuples(place, place, st.integers(0, classes - 1))
    splits = {
        "train": draw(st.lists(example, min_size=1, max_size=5)),
        "val": draw(st.lists(example, max_size=2)),
    }
    return Training(config, classes, splits, draw(st.integers(1, 2**64 - 1)))


def slope(function: Callable[[float], float], at: float, h: float = 1e-6) -> float:
    """The central difference quotient."""
    return (function(at + h) - function(at - h)) / (2.0 * h)
