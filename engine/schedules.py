"""Schedules of the learning rate as rows, in the same common subset as the op table.

The rate of a step follows from its number alone, so that training may go on from anywhere in its
history; the optimizer's rule never sees more than the one number.
"""

import math
from array import array
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from .ops import total_pow


class Schedule(NamedTuple):
    """Assignments that leave the rate of a step in `lr`, over `s`, the steps made before it, and the settings."""

    name: str
    settings: tuple[str, ...]
    assignments: tuple[tuple[str, str], ...]


DONE = ("done", "fmin(s, decay_steps) / decay_steps")

CONSTANT = Schedule("constant", (), ())
LINEAR = Schedule("linear", ("decay_steps", "final_lr"), (DONE, ("lr", "lr * (1.0 - done) + final_lr * done")))
COSINE_SHARE = ("share", "0.5 + 0.5 * cos(3.141592653589793 * done)")
COSINE = Schedule("cosine", LINEAR.settings, (DONE, COSINE_SHARE, ("lr", "lr * share + final_lr * (1.0 - share)")))
STEP_DECAY = ("lr", "lr * pow(decay_factor, floor(s / decay_steps))")
STEP = Schedule("step", ("decay_steps", "decay_factor"), (STEP_DECAY,))

SCHEDULES: dict[str, Schedule] = {schedule.name: schedule for schedule in (CONSTANT, LINEAR, COSINE, STEP)}
"""Schedule by name; the command line and the app offer what stands here."""


class Rates(NamedTuple):
    """The learning rates of a run by a schedule and its settings: `at(step)` for steps from 0.

    `lr` is the first one. Linear and cosine reach `final_lr` after `decay_steps` steps and stay there; step
    multiplies by `decay_factor` after every `decay_steps` steps.
    """

    schedule: str
    lr: float
    settings: Mapping[str, float]

    def at(self, step: int) -> float:
        """The rate of a step; steps count from 0."""
        return rate_function(self.schedule)(float(step), self.lr, **self.settings)

    def several(self, start: int, count: int) -> "array[float]":
        """The rates of so many steps."""
        return array("d", map(self.at, range(start, start + count)))


@cache
def rate_function(name: str) -> Callable[..., float]:
    """A schedule as a function of s, lr and its settings."""
    schedule = SCHEDULES[name]
    lines = [
        f"def rate({', '.join(('s', 'lr', *schedule.settings))}):",
        *(f" {target} = {expression}" for target, expression in schedule.assignments),
        " return lr",
    ]
    scope: dict[str, Callable[..., float]] = {"fmin": min, "floor": math.floor, "cos": math.cos, "pow": total_pow}
    exec("\n".join(lines), scope)  # schedules are literals of this module, never input
    return scope["rate"]
