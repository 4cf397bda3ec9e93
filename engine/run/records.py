"""What updates leave behind: their numbers, and the losses before each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

VAL_EVERY = 10
"""Where the losses of every step are printed, those of the val examples are printed once in so many steps."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One optimizer update: its number from 1, and the losses at the parameters before it.

    `train_loss` is what the step learns from: the mean loss of its batch, plus the penalty if there is one.
    `val_loss` is of all val examples, None without any.
    """

    step: int
    train_loss: float
    val_loss: float | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Several updates in a row: the number of the first, and the losses before each."""

    first: int
    train_losses: Sequence[float]
    val_losses: Sequence[float] | None

    def records(self) -> Iterator[StepRecord]:
        """The updates one by one."""
        for index, train_loss in enumerate(self.train_losses):
            yield StepRecord(self.first + index, train_loss, self.val_losses[index] if self.val_losses else None)


Until = Callable[[Stretch], int]
"""How many updates of a stretch that could follow are to be taken: fewer than all of them ends training there."""
