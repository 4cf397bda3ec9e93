"""Every message between the app and its worker: what a person wants, and what the worker has to tell.

They are small frozen values, pickled over a pipe between two processes of the same program, and
import neither Textual nor anything else that would slow the worker's start.
"""

from dataclasses import dataclass

from engine.snapshot import Checkpoint, Curves, DecisionMap, Graph, Grid, Metrics, Probe, Setting, Timeline
from tui.run import RunData, RunSpec


@dataclass(frozen=True, slots=True)
class Open:
    """Make a run real and go on from a checkpoint, if there is one. `until` is a step to pause at.

    `number` comes back with everything that answers. `data` is what an earlier worker made of the
    same spec: a file may have changed since.
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
class SwitchBranch:
    """Go to another branch, as far along it as this one is, and pause."""

    number: int


@dataclass(frozen=True, slots=True)
class Watch:
    """Stop whenever one of these conditions turns true; see `engine.watch`."""

    conditions: tuple[str, ...]


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
class Draw:
    """Send one snapshot with the parts that will be drawn: nothing that nobody sees is computed."""

    probe: bool
    grid: Grid | None
    curve_columns: int


Intent = (
    Open
    | Play
    | Step
    | Speed
    | Seek
    | Move
    | ChangeSettings
    | SwitchBranch
    | Watch
    | GoToFirst
    | GoToDivergence
    | SelectProbe
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
    """The state of one moment, as far as it was asked for.

    `graph` is the structure that `probe` follows; it and `timeline` come only when they are not those sent last.
    In `timeline` the end of the current branch may be out of date; `metrics` has it.
    `steps_left` are still to be taken of those that were asked for singly; `rate` is the measured
    number of steps a second, `backend` who computes them and why. `checkpoint` is what a new worker would go on from.
    """

    number: int
    playing: bool
    steps_left: int
    rate: float
    metrics: Metrics
    checkpoint: Checkpoint
    probe: Probe | None
    graph: Graph | None
    decision_map: DecisionMap | None
    curves: Curves | None
    timeline: Timeline | None = None
    backend: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something went wrong that the person should read; training is paused, the session usable."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """Training stopped, or went elsewhere, for a reason that the person should read.

    `node` is the name of a node to look at, or empty.
    """

    number: int
    text: str
    node: str = ""


Report = Opened | Snapshot | Problem | Arrived
