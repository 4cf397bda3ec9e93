"""Executors: what a Session asks of whoever computes, over programs that are run in Python or in C.

A program knows losses and gradients; an executor trains, judges splits and fills decision maps with it. The compiled
one does so without coming back to Python, which is all the difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

from ..batches import Batches
from ..classify import answers, predicted
from ..examples import Example
from ..optim import Optimizer
from ..penalties import Strengths
from ..schedules import Rates
from .c_program import CProgram, Plan
from .python import mean_of

Splits = Mapping[str, Sequence[Example]]
Trained = tuple[Sequence[float], Sequence[float], Sequence[float] | None]
"""Parameters after several updates; before each the loss of its batch and, with val examples, the val loss."""


@dataclass(frozen=True, slots=True)
class Course:
    """What training follows beside its optimizer.

    `start` is the number of the first step, from 0: it says which batches are used and at which of `rates`; without
    those it is the optimizer's own. `strengths` are those of the penalties.
    """

    start: int = 0
    strengths: Strengths = ()
    rates: Rates | None = None


class Program(Protocol):
    """Losses and gradients of one network, the same to the last bit whoever computes them."""

    def outputs(self, parameters: Sequence[float], points: Sequence[tuple[float, float]]) -> list[tuple[float, ...]]:
        """The network's outputs at each point."""

    def losses(self, parameters: Sequence[float], examples: Sequence[Example]) -> list[tuple[float, ...]]:
        """For each example its loss, then the network's outputs."""

    def gradients(
        self, parameters: Sequence[float], examples: Sequence[Example], strengths: Strengths = ()
    ) -> tuple[float, tuple[float, ...]]:
        """The training loss over the examples (mean, plus the penalties that have a strength) and its gradient."""

    def with_penalty(self, loss: float, parameters: Sequence[float], strengths: Strengths) -> float:
        """A mean loss plus the penalties, as `gradients` reports it."""


class Executor(Protocol):
    """Training, judging and mapping on the splits of one Session."""

    @property
    def program(self) -> Program:
        """What it runs on."""

    def train(
        self, parameters: Sequence[float], optimizer: Optimizer, most: int, course: Course, *, until_diverged: bool
    ) -> Trained:
        """At most `most` updates, the optimizer moving along; or until the first loss that is not finite."""

    def gradients(self, parameters: Sequence[float], course: Course) -> tuple[float, tuple[float, ...]]:
        """The training loss that the course's first step learns from, and its gradient."""

    def evaluate(self, parameters: Sequence[float], split: str) -> tuple[float, int]:
        """The mean loss of a split, without a penalty, and how many of its examples are classified right."""

    def decision_map(
        self, parameters: Sequence[float], xs: Sequence[float], ys: Sequence[float]
    ) -> tuple[bytes, bytes]:
        """Class and confidence (0 to 255) at every point of a grid, row by row."""


class Interpreted:
    """An executor that Python interprets. Without `batches` each step learns from all train examples."""

    def __init__(self, program: Program, splits: Splits, batches: Batches | None = None) -> None:
        self.program, self._splits, self._batches = program, splits, batches

    def train(
        self, parameters: Sequence[float], optimizer: Optimizer, most: int, course: Course, *, until_diverged: bool
    ) -> Trained:
        train_losses: list[float] = []
        val_losses: list[float] | None = [] if "val" in self._splits else None
        for step in range(course.start, course.start + most):
            if val_losses is not None:
                val_losses.append(self._loss(parameters, "val"))
            batch = batch_at(step, self._splits, self._batches)
            loss, gradient = self.program.gradients(parameters, batch, course.strengths)
            parameters = optimizer.update(parameters, gradient, course.rates.at(step) if course.rates else None)
            train_losses.append(loss)
            if until_diverged and not isfinite(loss):
                break
        return parameters, train_losses, val_losses

    def gradients(self, parameters: Sequence[float], course: Course) -> tuple[float, tuple[float, ...]]:
        batch = batch_at(course.start, self._splits, self._batches)
        return self.program.gradients(parameters, batch, course.strengths)

    def _loss(self, parameters: Sequence[float], split: str) -> float:
        return mean_of([row[0] for row in self.program.losses(parameters, self._splits[split])])

    def evaluate(self, parameters: Sequence[float], split: str) -> tuple[float, int]:
        examples = self._splits[split]
        rows = self.program.losses(parameters, examples)
        right = sum(predicted(row[1:]) == label for row, (_, _, label) in zip(rows, examples, strict=True))
        return mean_of([row[0] for row in rows]), right

    def decision_map(
        self, parameters: Sequence[float], xs: Sequence[float], ys: Sequence[float]
    ) -> tuple[bytes, bytes]:
        return answers(self.program.outputs(parameters, [(x, y) for y in ys for x in xs]))


class Compiled:
    """An executor that is one library call. Without `batches` each step learns from all train examples."""

    def __init__(
        self, program: CProgram, splits: Splits, batches: Batches | None = None, former: "Compiled | None" = None
    ) -> None:
        self.program = program
        self._splits, self._batches = splits, batches
        self._plans: dict[str, Plan] = {}
        for name, examples in splits.items():
            same = former is not None and former._splits.get(name) is examples
            self._plans[name] = former._plans[name] if former and same else program.plan(examples)
        self._train = self._plans["train"] if batches is None else program.dealer(splits["train"], batches)

    def train(
        self, parameters: Sequence[float], optimizer: Optimizer, most: int, course: Course, *, until_diverged: bool
    ) -> Trained:
        rates = course.rates.several(course.start, most) if course.rates else None
        return self.program.train(
            parameters, optimizer, self._train, self._plans.get("val"), most,
            start=course.start, strengths=course.strengths, rates=rates, until_diverged=until_diverged,
        )  # fmt: skip

    def gradients(self, parameters: Sequence[float], course: Course) -> tuple[float, tuple[float, ...]]:
        whole = self._plans["train"] if self._batches is None else None
        batch = whole or batch_at(course.start, self._splits, self._batches)
        return self.program.gradients(parameters, batch, course.strengths)

    def evaluate(self, parameters: Sequence[float], split: str) -> tuple[float, int]:
        return self.program.evaluate(parameters, self._plans[split])

    def decision_map(
        self, parameters: Sequence[float], xs: Sequence[float], ys: Sequence[float]
    ) -> tuple[bytes, bytes]:
        return self.program.decision_map(parameters, xs, ys)


def batch_at(step: int, splits: Splits, batches: Batches | None) -> Sequence[Example]:
    """The train examples from which a step learns, in the order of its loss's sum."""
    examples = splits["train"]
    return examples if batches is None else [examples[number] for number in batches.of(step)]
