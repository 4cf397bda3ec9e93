"""What training leaves behind: the losses of its steps, the best of them, and where it stands."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf, isfinite
from typing import NamedTuple

from ..frozen import Frozen

VAL_EVERY = 10
"""Where the losses of every step are printed, those of the val examples are printed once in so many steps."""


class StepRecord(NamedTuple):
    """One optimizer update: its number from 1, and the losses at the parameters before it.

    `train_loss` is what the step learns from: the mean loss of its batch, plus the penalty if there is one.
    `val_loss` is of all val examples, None without any.
    """

    step: int
    train_loss: float
    val_loss: float | None


class StepLosses(NamedTuple):
    """Several updates in a row: the number of the first, and the losses before each."""

    first: int
    train_losses: Sequence[float]
    val_losses: Sequence[float] | None

    def losses(self, split: str) -> Sequence[float]:
        """The losses of train or val, as far as there are any."""
        return self.train_losses if split == "train" else self.val_losses or ()

    def records(self) -> Iterator[StepRecord]:
        """The updates one by one."""
        for index, train_loss in enumerate(self.train_losses):
            yield StepRecord(self.first + index, train_loss, self.val_losses[index] if self.val_losses else None)


Until = Callable[[StepLosses], int]
"""How many updates that could follow are to be taken: fewer than all of them ends training there."""


class Best(NamedTuple):
    """The least finite loss of some steps in a row, and the first step that has it."""

    step: int
    loss: float


class SplitMetrics(NamedTuple):
    """Mean loss and share of right answers (0 to 1) of one split at the present parameters."""

    examples: int
    loss: float
    accuracy: float


class Metrics(Frozen):
    """Where training stands. `splits` leaves out the empty ones; `diverged_at` is a step or None.

    `end` is the last step of the branch that is known: later than `step` after going back.
    """

    step: int
    end: int
    splits: Mapping[str, SplitMetrics]
    diverged_at: int | None


class Checkpoint(Frozen):
    """All that a Session needs to go on from a step: parameters, optimizer slots, and its updates so far.

    `best` has for a split the least loss so far, see `Session.best`.
    """

    step: int
    parameters: tuple[float, ...]
    slots: tuple[tuple[float, ...], ...]
    updates: int
    best: tuple[tuple[str, Best], ...] = ()


def bettered(best: Best | None, first: int, losses: Sequence[float]) -> Best | None:
    """The best after the losses of the steps from `first` on; None while no loss is finite."""
    if not isfinite(sum(losses)):
        return [best, *bests(best, first, losses)][-1]
    low = min(losses, default=inf)
    if low == inf or (best is not None and best.loss <= low):
        return best
    return Best(first + losses.index(low), low)


def bests(best: Best | None, first: int, losses: Sequence[float]) -> Iterator[Best | None]:
    """The best after the loss of each step from `first` on."""
    for step, loss in enumerate(losses, start=first):
        if isfinite(loss) and (best is None or loss < best.loss):
            best = Best(step, loss)
        yield best


def exhausted(best: Best | None, first: int, losses: Sequence[float], patience: int) -> list[bool]:
    """For each step from `first` on, whether its loss and those of `patience` steps before it are no new best.

    `best` is that of the steps before `first`.
    """
    latest = enumerate(bests(best, first, losses), start=first)
    return [best is not None and step - best.step >= patience for step, best in latest]
