"""Every message between the app and its worker: what a person wants, and what the worker has to tell.

They are small frozen values, pickled over a pipe between two processes of the same program, and
import neither Textual nor anything else that would slow the worker's start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.examples import Located
from engine.run.changes import Change, Setting
from engine.run.curve import Curves
from engine.run.history import Timeline
from engine.run.probe import Choice
from engine.run.records import Checkpoint, Metrics
from engine.views.queries import Answer, Query
from tui.run.spec import RunData, RunSpec


@dataclass(frozen=True, slots=True)
class Open:
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


@dataclass(frozen=True, slots=True)
class Play:
    """Train, or pause."""

    playing: bool


@dataclass(frozen=True, slots=True)
class Step:
    """Take so many steps and pause."""

    count: int


@dataclass(frozen=True, slots=True)
class Speed:
    """Steps a second while playing; None is as fast as it goes."""

    steps_per_second: float | None


@dataclass(frozen=True, slots=True)
class Seek:
    """Go to a step of this branch and pause; to its end where it has not come that far."""

    step: int


@dataclass(frozen=True, slots=True)
class Move:
    """Go so many steps back (negative) or on, from where earlier intents lead, and pause; never past the end."""

    by: int


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """Train with other settings from this step on: names of `Config` and their values."""

    settings: tuple[tuple[str, Setting], ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """Let these examples be gone and those be there, each in the place of the old one with its number.

    `more`: it goes on with the edit before, and is taken back together with that.
    """

    old: tuple[Located, ...]
    new: tuple[Located, ...]
    what: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class SetParameter:
    """Give a parameter, by its index, another value."""

    index: int
    value: float


@dataclass(frozen=True, slots=True)
class Undo:
    """Take the latest edit back, or with `again` do again what was taken back."""

    again: bool = False


@dataclass(frozen=True, slots=True)
class SwitchBranch:
    """Go to another branch, as far along it as this one is, and pause."""

    number: int


@dataclass(frozen=True, slots=True)
class Watch:
    """Stop whenever one of these conditions turns true; see `engine.views.conditions`.

    Where the run `begins` with them, one that is true at its first step stops it there.
    """

    conditions: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class GoToFirst:
    """Go to the first step of this branch at which a condition holds, and pause."""

    condition: str


@dataclass(frozen=True, slots=True)
class GoToDivergence:
    """Go to the first step and node that was not finite, and pause."""


@dataclass(frozen=True, slots=True)
class SelectProbe:
    """Show the graph of another example."""

    split: str
    index: int


@dataclass(frozen=True, slots=True)
class MoveProbe:
    """Show the graph of the example so many places on; `by_loss` counts from the largest loss as it is now."""

    by: int
    by_loss: bool = False


@dataclass(frozen=True, slots=True)
class PlaceProbe:
    """Show the graph of a free point, of this class or of the one that the probe has."""

    point: tuple[float, float]
    label: int | None = None


@dataclass(frozen=True, slots=True)
class RelabelProbe:
    """Make the probe a free point where it is, of the class so many places on."""

    by: int


@dataclass(frozen=True, slots=True)
class Draw:
    """Send one snapshot with the answers to these queries, at most one of each type.

    They are of what will be drawn: nothing that nobody sees is computed.
    """

    queries: tuple[Query[Any], ...] = ()


Intent = (
    Open
    | Play
    | Step
    | Speed
    | Seek
    | Move
    | ChangeSettings
    | Edit
    | SetParameter
    | Undo
    | SwitchBranch
    | Watch
    | GoToFirst
    | GoToDivergence
    | SelectProbe
    | MoveProbe
    | PlaceProbe
    | RelabelProbe
    | Draw
)


@dataclass(frozen=True, slots=True)
class Opened:
    """The run is real: its data, and the state of its one probe and model are ready to be asked for."""

    number: int
    spec: RunSpec
    data: RunData


@dataclass(frozen=True, slots=True)
class Snapshot:
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


@dataclass(frozen=True, slots=True)
class ComputedBy:
    """Who computes the run from now on and why: told unasked, when the compiler is through."""

    number: int
    backend: str


@dataclass(frozen=True, slots=True)
class Searched:
    """How far the search for the first step with a condition has come: told now and then, as it shows nothing else."""

    number: int
    step: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something went wrong that the person should read; training is paused, the session usable."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """Training stopped, or went elsewhere, for a reason that the person should read.

    `node` is the name of a node to look at, or empty. `reason` says it in a few words, for as long as the run stands at
    `step`.
    """

    number: int
    text: str
    node: str = ""
    reason: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """A line for the person about what they did last; training goes on as it was."""

    number: int
    text: str


Report = Opened | Snapshot | ComputedBy | Searched | Problem | Arrived | Said
