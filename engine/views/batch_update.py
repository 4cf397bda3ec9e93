"""The update that the optimizer makes next, before it is made."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..run.session import Session


class BatchUpdate(NamedTuple):
    """The update with which the optimizer leaves a step: what it starts from, and what comes of it.

    `loss` is the training loss over the train examples whose numbers are in `batch`, with the penalty if there is one;
    `gradient` is its gradient: the batch's, not the probe's, and before it is clipped, which multiplies it by
    `clip_factor` for the update. Arrays hold one double per parameter, in their order; `slots` and `slots_after` one
    array per slot of the optimizer, before and after; `after` the parameters that the next step starts with.
    """

    step: int
    loss: float
    gradient: bytes
    slots: tuple[bytes, ...]
    after: bytes
    slots_after: tuple[bytes, ...]
    batch: Sequence[int]
    clip_factor: float = 1.0


def batch_update(session: Session) -> BatchUpdate:
    """The update that the next step will make, to the last bit; nothing moves."""
    loss, gradient = session.gradients()
    optimizer = copy(session.optimizer)  # an update gives it other lists and leaves these alone
    after = optimizer.update(session.parameters, gradient, session.config.lr_at(session.step_count))
    slots, slots_after = (tuple(map(packed, each.slots)) for each in (session.optimizer, optimizer))
    batch, factor = session.batch(), session.optimizer.clip_factor(gradient)
    return BatchUpdate(session.step_count, loss, packed(gradient), slots, packed(after), slots_after, batch, factor)


def packed(numbers: Sequence[float]) -> bytes:
    """The numbers as doubles."""
    return array("d", numbers).tobytes()
