"""Where micro-stepping stands: the one owner of the position inside a training step.

It looks moments up in a walk, which costs no message; only at a step's border does it ask the
worker for the real step, before or after. Whatever else leads to another step, or plays, ends it.
"""

from typing import Any

from engine.graph import Graph
from engine.run.probe import Probe
from engine.views.micro_steps import PHASES, UNITS, Moment, Route, Walk
from engine.views.queries import GraphQuery, ProbeQuery, Query, UpdateQuery
from tui.panels.inspector.narrate import Scene
from tui.worker.intents import Move, Play, Step
from tui.worker.messages import Snapshot
from tui.worker.remote import Trainer

PHASE_WIDTH = max(map(len, PHASES))


class MicroStepping:
    """`unit` is how much is taken at a time. `on`: micro-stepping has begun, `moment` follows with the numbers."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self.unit = UNITS[0]
        self.on = False
        self.probe: Probe | None = None
        self._walk: Walk | None = None
        self._step: int | None = None
        self._position = 0
        self._expected: int | None = None
        self._owed = 0

    @property
    def moment(self) -> Moment | None:
        """What is to be seen now."""
        return self._walk.at(self._position, self.unit) if self._walk and self._position else None

    @property
    def scene(self) -> Scene | None:
        """What is to be told of it."""
        moment = self.moment
        return Scene(moment, self.unit, self.probe, self._trainer.config) if moment and self.probe else None

    @property
    def status(self) -> str:
        """The position in a few words, always as long."""
        moment = self.moment
        if moment is None:
            return ""
        last = str(len(moment.walk.route.steps))
        return f"micro {self._position:>{len(last)}}/{last} {moment.step.phase:{PHASE_WIDTH}}"

    def choose(self) -> None:
        """Begin, or take the next larger unit, the smallest after the largest."""
        if self.on:
            self.unit = UNITS[(UNITS.index(self.unit) + 1) % len(UNITS)]
        else:
            self.go(1)

    def go(self, by: int) -> bool:
        """So many units forth, or back where negative; False at the very beginning of the run.

        Not yet begun, a step's beginning is also the end of the one before.
        """
        if not self.on:
            self.on = True
            if self._trainer.playing:
                self._trainer.send(Play(False))
            else:
                self._trainer.ask()
        self._owed += by
        return self._settle()

    def end(self) -> None:
        """Let go of the step."""
        self.on, self.probe, self._walk, self._step, self._expected = False, None, None, None, None
        self._position = self._owed = 0

    def wanted(self) -> tuple[Query[Any], ...]:
        """The queries that micro-stepping needs answered."""
        return (ProbeQuery(), GraphQuery(), UpdateQuery()) if self.on else ()

    def take(self, snapshot: Snapshot, graph: Graph) -> bool:
        """Look into the step of this snapshot, if it is the one that is meant; False as with `go`."""
        if not self.on:
            return True
        step = snapshot.metrics.step
        known = step if self._step is None else self._step
        if self._trainer.playing or step not in (known, self._expected):
            self.end()
            return True
        if self._walk and self._walk.route.graph is not graph:
            self._walk = None
        meant = known if self._expected is None else self._expected
        update, probe = snapshot.part(UpdateQuery), snapshot.part(ProbeQuery)
        if update is None or probe is None or snapshot.steps_left or step != meant:
            return True
        if self._walk is None or self._walk.update != update or self.probe != probe:
            route = self._walk.route if self._walk else Route(graph)
            self._walk = Walk(route, snapshot.checkpoint.parameters, probe.point, update)
            self._step, self.probe = step, probe
            last = len(route.steps)
            self._position = min(self._position, last) if step == known else 0 if step > known else last
        self._expected = None
        if not (self._position or self._owed):  # called off on the way here: this is the end of the step before
            self._owed = -1
        return self._settle()

    def _settle(self) -> bool:
        """Go as far as is owed, or up to the border of the step and over it."""
        while self._owed and self._walk and self._expected is None:
            route, step = self._walk.route, self._walk.update.step
            forth = self._owed > 0
            position = route.after(self._position, self.unit) if forth else route.before(self._position, self.unit)
            if position is not None:
                self._position = position
                self._owed -= 1 if forth else -1
            elif forth:
                self._expected = step + 1
                self._trainer.send(Step(1))
            elif step > 0:
                self._owed += 1  # the end of the step before is where this leads
                self._expected = step - 1
                self._trainer.send(Move(-1))
            else:
                self._owed = 0
                self._position = self._position or route.ends(self.unit)[0]
                return False
        return True
