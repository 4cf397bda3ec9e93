"""How long a loss has not got better: the least one so far, and what a patience makes of it.

It stands apart because it is a function of the losses alone: whoever goes through the same steps again finds the
same, wherever they begin.
"""

from collections.abc import Sequence
from math import inf, isfinite
from typing import NamedTuple


class Best(NamedTuple):
    """The least finite loss of some steps in a row, and the first step that has it."""

    step: int
    loss: float


def bettered(best: Best | None, first: int, losses: Sequence[float]) -> Best | None:
    """The best after the losses of the steps from `first` on; None while no loss is finite."""
    if not isfinite(sum(losses)):
        return bettered_one_by_one(best, first, losses)
    low = min(losses, default=inf)
    if low == inf or (best is not None and best.loss <= low):
        return best
    return Best(first + losses.index(low), low)


def bettered_one_by_one(best: Best | None, first: int, losses: Sequence[float]) -> Best | None:
    """The same where some losses are not finite, or their sum is not."""
    for step, loss in enumerate(losses, start=first):
        if isfinite(loss) and (best is None or loss < best.loss):
            best = Best(step, loss)
    return best


def exhausted(best: Best | None, first: int, losses: Sequence[float], patience: int) -> list[bool]:
    """For each step from `first` on, whether its loss and those of `patience` steps before it are no new best.

    `best` is that of the steps before `first`.
    """
    found = []
    for step, loss in enumerate(losses, start=first):
        if isfinite(loss) and (best is None or loss < best.loss):
            best = Best(step, loss)
        found.append(best is not None and step - best.step >= patience)
    return found
