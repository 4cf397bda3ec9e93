"""Where the parameters have been: their values and batch gradients at a few steps of the run.

The history knows every step, so nothing is recorded: samples are computed when somebody looks, at steps that are
multiples of a power of two, and kept until the run has grown so long that every second one is enough.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..run.session import Session


class Trail(NamedTuple):
    """One parameter's values and batch gradients at some steps of the branch, which has `end` steps.

    `complete` is False where more of them are still to be computed.
    """

    parameter: int
    end: int
    steps: tuple[int, ...]
    values: tuple[float, ...]
    gradients: tuple[float, ...]
    complete: bool


SAMPLES_BYTES = 4 << 20
"""Room for the samples that are kept."""

COARSE = 8
"""Every so many samples one that is computed before the others."""


class Trails:
    """The way of each parameter of one Session, on the branch where that stands."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._samples: dict[tuple[int, int], tuple[Sequence[float], Sequence[float]]] = {}
        """Parameters and batch gradient by branch and step."""
        self._sampled: object = None

    def of(self, parameter: int, columns: int, seconds: float) -> Trail:
        """One parameter over the run, at as many steps as there are columns or somewhat fewer.

        Steps that were not looked at before are computed again for at most about so many seconds; the next call
        goes on with the rest.
        """
        session, history = self._session, self._session.history
        known = (history, history.revision, len(history.current.changes))
        if self._sampled != known:  # parameters may have been set, or examples been edited
            self._samples, self._sampled = {}, known
        steps = sample_steps(session.end, columns, len(session.parameters))
        if len(self._samples) > 2 * columns:
            self._samples = {key: row for key, row in self._samples.items() if key[1] % steps.step == 0}
        if len(self._samples) > 2 * columns:  # of several branches, or columns became fewer
            self._samples = {}
        keys = [(history.current.owner(step).number, step) for step in steps]
        missing = [step for number, step in keys if (number, step) not in self._samples]
        rough_first = sorted(missing, key=lambda step: (step % (COARSE * steps.step) != 0, step))
        complete = self._compute(rough_first, seconds)
        there = [key for key in keys if key in self._samples]
        values, gradients = (tuple(self._samples[key][part][parameter] for key in there) for part in (0, 1))
        return Trail(parameter, session.end, tuple(step for _, step in there), values, gradients, complete)

    def _compute(self, steps: Sequence[int], seconds: float) -> bool:
        """Sample some steps for about so many seconds; whether that was enough for all."""
        if not steps:  # nothing is worth going away for
            return True
        session, until = self._session, monotonic() + seconds
        with session.excursion():
            for step in steps:
                if not self._reach(step, until):
                    return False
                gradient = session.gradients()[1]
                key = (session.history.current.owner(step).number, step)
                self._samples[key] = (array("d", session.parameters), array("d", gradient))
                if monotonic() >= until:
                    return step == steps[-1]
        return True

    def _reach(self, step: int, until: float) -> bool:
        """Go to a step from keyframe to keyframe, each of them kept for the next time; whether there was time for it.

        There is always time to the next keyframe: a run that was taken over has next to none, and needs many calls.
        """
        session, spacing = self._session, self._session.history.spacing
        session.set_out(step)
        while session.step_count < step:
            session.seek(min(step, session.step_count - session.step_count % spacing + spacing))
            if session.step_count < step and monotonic() >= until:
                return False
        return True


def sample_steps(end: int, columns: int, parameters: int) -> range:
    """The steps to look at in a run of `end` steps: at most as many as columns, fewer where each takes much room."""
    most = max(2, min(columns, SAMPLES_BYTES // (64 * parameters)))
    stride = 1
    while end // stride + 1 > most:
        stride *= 2
    return range(0, end + 1, stride)
