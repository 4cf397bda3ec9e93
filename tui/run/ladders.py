"""The next smaller or larger value of a setting: what the arrow keys go through, while anything may be typed.

Pure functions `(value, by) -> value` with `by` 1 or -1. At an end of its ladder a value stays as it is.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from data.splitting import USUAL_SHARES

Ladder = Callable[[Any, int], Any]

USUAL_WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
USUAL_FEATURES = (
    ("x", "y"),
    ("x", "y", "xy"),
    ("x2", "y2"),
    ("x", "y", "x2", "y2"),
    ("x", "y", "x2", "y2", "xy"),
    ("x", "y", "sinx", "siny"),
    ("x", "y", "x2", "y2", "xy", "sinx", "siny"),
)
USUAL_SPLITS = (USUAL_SHARES, (70, 15, 15), (60, 20, 20), (50, 25, 25), (30, 35, 35), (10, 45, 45), (100, 0, 0))
SHARES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
TENTHS = tuple(tenth / 10 for tenth in range(1, 11))
POWERS_OF_TEN = tuple(float(f"1e{power}") for power in range(-12, 1))


def one_two_five(low: int, high: int) -> tuple[float, ...]:
    """1, 2 and 5 times every power of ten from `low` up to below `high`, then 10 to the power `high`."""
    return (*(float(f"{digit}e{power}") for power in range(low, high) for digit in (1, 2, 5)), float(f"1e{high}"))


STRENGTHS = (0.0, *one_two_five(-6, 0))


def along(rungs: Sequence[float]) -> Ladder:
    """To the next of these numbers in ascending order, from any number."""

    def ladder(value: float, by: int) -> float:
        left = [rung for rung in rungs if (rung > value if by > 0 else rung < value)]
        return left[0 if by > 0 else -1] if left else value

    return ladder


def whole(rungs: Sequence[float]) -> Ladder:
    """The same for whole numbers."""
    return along([int(rung) for rung in rungs])


def around(choices: Sequence[Any]) -> Ladder:
    """To the next of these, and from the last to the first; from anything else to the first or the last."""

    def ladder(value: Any, by: int) -> Any:
        if value not in choices:
            return choices[0 if by > 0 else -1]
        return choices[(choices.index(value) + by) % len(choices)]

    return ladder


def counting(low: int, high: int) -> Ladder:
    """One more or less."""
    return lambda value, by: max(low, min(value + by, high))


def or_none(rungs: Sequence[float]) -> Ladder:
    """To the next of these numbers in ascending order, beyond the last of them to None: no bound."""
    bounded = along((*rungs, math.inf))

    def ladder(value: float | None, by: int) -> float | None:
        found = bounded(math.inf if value is None else value, by)
        return None if found == math.inf else found

    return ladder


def batch_sizes(examples: int) -> Ladder:
    """Powers of two below the number of examples, then None: all of them."""
    return or_none([1 << power for power in range(max(0, examples - 1).bit_length()) if 1 << power < examples])


def batch_seeds(value: int | None, by: int) -> int | None:
    """One more or less; below 1 is None, which follows the run's own seed."""
    return (value or 0) + by or None if by > 0 or value else None


def wider(hidden: tuple[int, ...], by: int) -> tuple[int, ...]:
    """Every hidden layer one usual width larger or smaller; without one, a first layer."""
    ladder = along(USUAL_WIDTHS)
    return tuple(ladder(units, by) for units in hidden) or ((USUAL_WIDTHS[0],) if by > 0 else ())
