"""Snapshots of a Session for the app: the parts that will be drawn, and of those what the app does not have yet.

It stands apart from the worker because it decides neither when one is due nor what is trained.
"""

from collections.abc import Callable
from typing import TypeVar

from engine.graph import Graph
from engine.run.session import Session
from engine.views.reader import Reader
from engine.views.trail import Trails
from tui.worker.messages import Draw, Snapshot
from tui.worker.sentences import backend_text

TRAIL = 0.008
"""Seconds of a snapshot that may go into a parameter's past; the next snapshot has more of it."""

Query = TypeVar("Query")
Part = TypeVar("Part")


class Publisher:
    """Remembers what was sent of one Session to an app that knew nothing of it at first.

    A part that can't be made is left out of its snapshot; `tell` is given a line about it, once.
    """

    def __init__(self, session: Session, tell: Callable[[str], None]) -> None:
        self._session = session
        self._tell = tell
        self._told: set[str] = set()
        self._reader = Reader(session)
        self._trails = Trails(session)
        self._sent_graph: Graph | None = None
        self._sent_revision = -1
        self._sent_changes = 0
        self._sent: dict[str, tuple[object, ...]] = {}
        self._sending: dict[str, tuple[object, ...]] = {}

    def snapshot(self, wanted: Draw, number: int, *, playing: bool, steps_left: int, rate: float) -> Snapshot:
        """What is wanted of the present moment; it counts as sent."""
        session, reader = self._session, self._reader
        self._sending = dict(self._sent)
        probe = reader.probe() if wanted.probe else None
        graph = session.graph(probe.label) if probe else None
        metrics = session.metrics()
        changes = session.history.current.changes
        other = session.history.revision != self._sent_revision
        update = self._made("update", wanted.batch_update or wanted.layers or None, lambda _: reader.batch_update())
        choice = session.chooser.now
        snapshot = Snapshot(
            number=number,
            playing=playing,
            steps_left=steps_left,
            rate=rate,
            metrics=metrics,
            checkpoint=session.checkpoint(),
            probe=probe,
            graph=graph if graph is not self._sent_graph else None,
            decision_map=self._unless_sent("map", wanted.grid, reader.decision_map),
            curves=self._made("curves", wanted.curve_columns or None, lambda columns: reader.curves(columns, metrics)),
            timeline=session.history.timeline() if other else None,
            changes=() if other else tuple(changes[self._sent_changes :]),
            backend=backend_text(session.backend),
            choice=choice,
            answer=self._made("answer", wanted.point, reader.answer),
            unit_map=self._unless_sent("unit", wanted.unit, reader.unit_map),
            layer_view=self._unless_sent("layer", wanted.layer, reader.layer_view, choice, session.splits),
            batch_update=update,
            check=self._made("check", wanted.check, lambda query: reader.check(*query)),
            trail=self._made("trail", wanted.trail, lambda query: self._trails.of(*query, TRAIL)),
            layers=self._made(
                "layers", update if wanted.layers else None, lambda known: reader.layer_states(known.gradient)
            ),
            outcomes=self._unless_sent("outcomes", wanted.outcomes, reader.outcomes, session.splits),
        )
        self._sent = self._sending  # only now: amid it something may fail, and nothing is sent
        self._sent_graph = graph or self._sent_graph
        self._sent_revision, self._sent_changes = session.history.revision, len(changes)
        return snapshot

    def _unless_sent(self, part: str, query: Query | None, make: Callable[[Query], Part], *also: object) -> Part | None:
        """A part of a snapshot, unless the last one that was sent has the same weights, query, and what else counts."""
        if query is None:
            return None
        made_of = (self._session.parameters, query, *also)
        last = self._sent.get(part)
        if last and last[0] is made_of[0] and last[1:] == made_of[1:]:
            return None
        answer = self._made(part, query, make)
        if answer is not None:
            self._sending[part] = made_of
        return answer

    def _made(self, part: str, query: Query | None, make: Callable[[Query], Part]) -> Part | None:
        """A part of a snapshot if it is wanted; what fails is said, and does not take the other parts with it."""
        if query is None:
            return None
        try:
            return make(query)
        except Exception as error:  # whatever it is, the person reads it and the rest is drawn
            text = f"the {part} is not shown: {told(error)}"
            if text not in self._told:
                self._told.add(text)
                self._tell(text)
            return None


def told(error: Exception) -> str:
    """An error in words: those of a refusal are meant for the person, others need their kind."""
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
