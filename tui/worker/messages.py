"""Every message between the app and its worker, but for the intents: a run, what is to be drawn, what there is to tell.

They are small frozen values, pickled over a pipe between two processes of the same program, and
import neither Textual nor anything else that would slow the worker's start.
"""

from collections.abc import Mapping
from typing import Any

from engine.frozen import Frozen
from engine.run.changes import Change
from engine.run.curve import Curves
from engine.run.history import Timeline
from engine.run.probe import Choice
from engine.run.records import Checkpoint, Metrics
from engine.views.queries import Answer, Query
from tui.run.spec import RunData, RunSpec
from tui.worker.intents import Intent


class Open(Frozen):
    """Make a run real and go on from a checkpoint, if there is one. `until` is a step to pause at.

    `number` comes back with everything that answers. `data` is what was made of the same spec before: a file may have
    changed since.
    """

    number: int
    spec: RunSpec
    checkpoint: Checkpoint | None = None
    timeline: Timeline | None = None
    curves: Curves | None = None
    until: int | None = None
    data: RunData | None = None


class Draw(Frozen):
    """Send one snapshot with the answers to these queries, at most one of each type.

    They are of what will be drawn: nothing that nobody sees is computed.
    """

    queries: tuple[Query[Any], ...] = ()


Request = Intent | Open | Draw


class Opened(Frozen):
    """The run is real: its data, and the state of its one probe and model are ready to be asked for."""

    number: int
    spec: RunSpec
    data: RunData


class Snapshot(Frozen):
    """The state of one moment, and `parts` of it as far as they were asked for.

    A part is found by the type of the query that it answers. `timeline` and some parts (`engine.views.reader` says
    which) come only when they are not those sent last: a map at the same weights, asked for again, is not made again.
    In `timeline` the end of the current branch may be out of date; `metrics` has it. `changes` are those that
    the current branch has had since: with them the app has the examples as edited, see `tui.worker.replica`.
    `choice` says which point is the probe, also where its numbers were not asked for.
    `steps_left` are still to be taken of those that were asked for singly; `rate` is the measured
    number of steps a second, `backend` who computes them and why. `checkpoint` is what a new worker would go on from.
    """

    number: int
    playing: bool
    steps_left: int
    rate: float
    metrics: Metrics
    checkpoint: Checkpoint
    choice: Choice
    parts: Mapping[type[Query[Any]], Any]
    timeline: Timeline | None = None
    changes: tuple[Change, ...] = ()
    backend: str = ""

    def part(self, kind: type[Query[Answer]]) -> Answer | None:
        """The answer to a query of this type, if it came with this snapshot."""
        return self.parts.get(kind)


class ComputedBy(Frozen):
    """Who computes the run from now on and why: told unasked, when the compiler is through."""

    number: int
    backend: str


class Searched(Frozen):
    """How far the search for the first step with a condition has come: told now and then, as it shows nothing else."""

    number: int
    step: int


class Problem(Frozen):
    """Something went wrong that the person should read; training is paused, the session usable."""

    number: int
    text: str


class Arrived(Frozen):
    """Training stopped, or went elsewhere, for a reason that the person should read.

    `node` is the name of a node to look at, or empty. `reason` says it in a few words, for as long as the run stands at
    `step`.
    """

    number: int
    text: str
    node: str = ""
    reason: str = ""
    step: int = 0


class Said(Frozen):
    """A line for the person about what they did last; training goes on as it was."""

    number: int
    text: str


Report = Opened | Snapshot | ComputedBy | Searched | Problem | Arrived | Said
