"""The app's view of the run: what a person wants goes out as intents, what the worker knows comes back.

It knows no widget. It sends one request for a snapshot at a time, so that snapshots never queue up;
it ignores what belongs to an earlier run; and when the worker dies it starts another one from the
last snapshot.
"""

import math
import time
from collections import deque
from dataclasses import replace
from typing import Protocol

from engine.examples import FREE, Data
from engine.run.changes import Change, settings_of
from engine.run.config import Config
from engine.run.curve import Curves
from engine.run.history import Timeline
from engine.views.queries import CurvesQuery
from tui.run.spec import RunData, RunSpec
from tui.worker.client import WorkerClient
from tui.worker.intents import GoToFirst, Intent, PlaceProbe, Play, SelectProbe, Speed, Watch
from tui.worker.messages import Arrived, ComputedBy, Draw, Open, Opened, Problem, Report, Said, Searched, Snapshot
from tui.worker.replica import Examples, OfLatest

SPEEDS: tuple[float | None, ...] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, None)
"""Steps a second; None is as fast as it goes."""

LATE = 0.25
"""Seconds after which an answer that is still under way is mentioned."""
MOST_DEATHS, WITHIN = 3, 20.0
"""So many deaths of workers within so many seconds, and no new one is started unasked."""


def next_speed(speed: float | None, by: int) -> float | None:
    """The next faster (1) or slower (-1) of SPEEDS; any speed may be the present one."""
    order = [math.inf if each is None else each for each in SPEEDS]
    now = math.inf if speed is None else speed
    choices = [each for each in order if (each > now if by > 0 else each < now)]
    chosen = (choices[0] if by > 0 else choices[-1]) if choices else now
    return None if math.isinf(chosen) else chosen


@OfLatest
def of_settings(timeline: Timeline) -> list[Change]:
    """Those of the current branch's changes that are of settings: among thousands of edits there are few."""
    return [change for change in timeline.branch.changes if change.settings]


class Listener(Protocol):
    """Who wants to know."""

    def wanted(self) -> Draw:
        """What would be drawn now."""

    def room(self) -> bool:
        """Whether a snapshot could be drawn now; if not, `ask_if_due` is called when it can."""

    def opened(self, opened: Opened) -> None:
        """A run is ready."""

    def snapshot(self, snapshot: Snapshot) -> None:
        """Something new to draw."""

    def show_state(self) -> None:
        """Somebody else computes the run now, or a search has come farther."""

    def notice(self, text: str, *, serious: bool) -> None:
        """A line that the person should read."""

    def look_at(self, node: str) -> None:
        """The node of this name is to be selected with the next snapshot."""


class Trainer:
    """Training, as seen and driven from the app."""

    def __init__(
        self, client: WorkerClient, spec: RunSpec, *, until: int | None, speed: float | None, playing: bool,
        conditions: tuple[str, ...] = (), data: RunData | None = None,
    ) -> None:  # fmt: skip
        self._client = client
        self.spec = spec
        self.until = until
        self.speed = speed
        self.playing = playing
        self.last: Snapshot | None = None
        self.backend = ""
        self.alive = True
        self.timeline: Timeline | None = None
        self._curves: Curves | None = None
        self.data = data
        """The data as they were opened, or are to be; without them the worker makes them."""
        self.splits: Data | None = None
        """The examples as the worker has them, edits included; None until it said so."""
        self._examples: Examples | None = None
        self.searched: int | None = None
        """The step that a search for a condition has reached; None where there is none under way."""
        self._asked_at = 0.0
        self.conditions = conditions
        self._reason, self._reason_at = "", 0
        self._number = 0
        self._listener: Listener | None = None
        self._asked: int | None = None
        self._ask_again = False
        self._retried: int | None = None
        self._commands = self._covered = self._changed = 0
        self._deaths: deque[float] = deque(maxlen=MOST_DEATHS)
        self._open()

    def attach(self, listener: Listener) -> None:
        """Deliver to this listener from now on, in the running event loop."""
        self._listener = listener
        self._client.attach(self._report, self._died)

    def close(self) -> None:
        """End the worker."""
        self._client.close()

    def _open(self) -> None:
        """Tell a worker all that it has to know."""
        self._number += 1
        self._asked, self._ask_again = None, False
        checkpoint = self.last.checkpoint if self.last else None
        curves = self._curves if checkpoint else None
        self._client.send(Open(self._number, self.spec, checkpoint, self._known(), curves, self.until, self.data))
        self._client.send(Speed(self.speed))
        if self.last and (now := self.last.choice):
            is_free = now.split == FREE
            self._client.send(PlaceProbe(now.point, now.label) if is_free else SelectProbe(now.split, now.index))
        self._client.send(Play(self.playing))
        if self.conditions:
            self._client.send(Watch(self.conditions, begins=checkpoint is None))

    def _known(self) -> Timeline | None:
        """The branches with the present end of the current one."""
        if self.timeline is None or self.last is None:
            return None
        return self.timeline.updated(end=self.last.metrics.end)

    @property
    def config(self) -> Config:
        """How the run is trained at the present step, its changes on the way included."""
        if self.timeline is None or self.last is None:
            return self.spec.config
        step = self.last.metrics.step
        met = (change for change in of_settings(self.timeline) if change.step <= step)
        return replace(self.spec.config, **settings_of(met))

    @property
    def present(self) -> RunSpec:
        """The run as it is trained at the present step."""
        return replace(self.spec, config=self.config)

    @property
    def end_loss(self) -> float | None:
        """The train loss at the end of the current branch, as far as it was seen."""
        if self.last and self.last.metrics.step == self.last.metrics.end:
            return self.last.metrics.splits["train"].loss
        return self._curves.train[-1][1] if self._curves and self._curves.train else None

    def ask(self) -> None:
        """Ask for a snapshot; while one is under way or can't be drawn, ask for one after that.

        What is on the screen before a run is open is another one's, and so would be what is wanted; `Opened` asks.
        """
        if self._listener is None or not self.alive or not self._opened:
            return
        self._ask_again = self._asked is not None or not self._listener.room()
        if self._ask_again:
            return
        self._asked, self._asked_at = self._commands, time.monotonic()
        self._client.send(self._listener.wanted())

    @property
    def _opened(self) -> bool:
        """Whether the run is real, and what a person sees and points at is its own."""
        return self._examples is not None

    def ask_if_due(self) -> None:
        """Ask for the snapshot that was put off, if there is one."""
        if self._ask_again and self._asked is None:
            self.ask()

    @property
    def busy(self) -> bool:
        """Whether single steps are under way that take long enough to be mentioned."""
        if self.playing or not self.alive:
            return False
        late = self._asked is not None and time.monotonic() - self._asked_at > LATE
        return late or bool(self.last and self.last.steps_left)

    @property
    def settled(self) -> bool:
        """Whether the last snapshot knows of everything that was asked for."""
        return self.last is not None and self._covered == self._commands

    @property
    def reason(self) -> str:
        """Why the run stands where it does, if it stopped by itself; nothing once it goes on or elsewhere."""
        there = self.last is not None and self.last.metrics.step == self._reason_at
        return self._reason if there and not self.playing else ""

    @property
    def waiting(self) -> bool:
        """Whether a snapshot is under way."""
        return self._asked is not None

    def send(self, *intents: Intent) -> bool:
        """Let the worker do what a person wants, and ask for what is then to be drawn.

        False and nothing where it is about examples of a run that was let go.
        """
        if not self._opened and any(intent.names_examples for intent in intents):
            return False
        self._commands += 1
        if not all(intent.keeps_reason for intent in intents):
            self._reason = ""
        if any(intent.by_hand for intent in intents):
            self._changed = self._commands
        for intent in intents:
            self._expect(intent)
        if not self.alive:
            self._restart()
        for intent in intents:
            self._client.send(intent)
        self.ask()
        return True

    def _expect(self, intent: Intent) -> None:
        """Know at once what a new worker would have to be told, and what the next snapshot will say."""
        if intent.pauses:
            self.playing = False
        match intent:
            case Play(playing):
                self.playing = playing
            case Speed(steps_per_second):
                self.speed = steps_per_second
            case Watch(conditions):
                self.conditions = conditions
            case GoToFirst():
                self.searched = 0

    def call_off(self) -> bool:
        """Let a search be and stay where it began; whether there was one."""
        searching = self.searched is not None
        if searching:
            self.searched = None
            self.send(Play(False))
        return searching

    def open(self, spec: RunSpec, data: RunData | None = None) -> None:
        """Another run in the place of this one; its data, if they are made already."""
        self.spec, self.data = spec, data
        self.last = self.timeline = self._curves = self.splits = self._examples = self.searched = None
        self._reason, self._changed = "", 0
        self._commands += 1
        if self.alive:
            self._open()
        else:
            self._restart()

    def _report(self, report: Report) -> None:
        assert self._listener
        if report.number != self._number:
            return  # of a run that was let go
        match report:
            case Opened():
                self.spec, self.data = report.spec, report.data
                self._examples = Examples(report.data.dataset.splits)
                self._listener.opened(report)
                self.ask()
            case Snapshot():
                self._received(report)
            case ComputedBy(backend=backend):
                self.backend = backend
                self._listener.show_state()
            case Searched(step=step):
                self.searched = step
                self._listener.show_state()
            case Problem(text=text):
                self.playing, self._asked, self.searched = False, None, None
                self._listener.notice(text, serious=True)
                if self._retried != self._commands:  # else it is the drawing that fails, and would again
                    self._retried = self._commands
                    self.ask()
            case Said(text=text):
                self._listener.notice(text, serious=False)
            case Arrived(text=text, node=node):
                self.playing, self.searched = False, None
                self._reason, self._reason_at = report.reason, report.step
                self._listener.notice(text, serious=False)
                if node:
                    self._listener.look_at(node)
                self.ask()

    def _received(self, snapshot: Snapshot) -> None:
        assert self._listener
        if self._asked is not None:  # after a problem one that was asked for before it may still come
            self._covered, self._asked = self._asked, None
        self._retried = None
        if snapshot.metrics.step != self._reason_at:
            self._reason = ""
        self.last, self.backend = snapshot, snapshot.backend
        current = self.settled
        self._curves = snapshot.part(CurvesQuery) or self._curves
        self.timeline = snapshot.timeline or self.timeline
        if self.timeline and snapshot.changes:
            self.timeline = self.timeline.updated(changes=self.timeline.branch.changes + snapshot.changes)
        if self.timeline and self._examples:
            self.splits = self._examples.at(self.timeline, snapshot.metrics.step)
        if current:
            self.searched = None  # there is no snapshot amid a search
            self.playing = snapshot.playing
        self._ask_again = self._ask_again or snapshot.steps_left > 0
        self._listener.snapshot(snapshot)
        self.ask_if_due()

    def _died(self, reason: str) -> None:
        assert self._listener
        self.alive, self.searched = False, None
        now = time.monotonic()
        self._deaths.append(now)
        step = self.last.metrics.step if self.last else 0
        lost = " What you changed last was lost with it." if self._changed > self._covered else ""
        self._changed = 0
        if len(self._deaths) == MOST_DEATHS and now - self._deaths[0] < WITHIN:
            self.playing = False
            text = f"The worker ended again ({reason}). Any training key starts another from step {step}.{lost}"
        else:
            self._restart()
            text = f"The worker ended ({reason}). A new one goes on from step {step}.{lost}"
        self._listener.notice(text, serious=True)

    def _restart(self) -> None:
        self._client.start()
        self.alive = True
        self._open()
        self.ask()
