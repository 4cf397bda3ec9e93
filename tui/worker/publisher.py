"""Snapshots of a Session for the app: the parts that will be drawn, and of those what the app does not have yet.

It stands apart from the worker because it decides neither when one is due nor what is trained.
"""

from collections.abc import Callable
from operator import is_
from typing import Any

from engine.run.session import Session
from engine.views.hidden_units import Units
from engine.views.queries import Query
from engine.views.reader import VIEWS, Reader
from engine.views.trail import Trails
from tui.worker.messages import Draw, Snapshot
from tui.worker.sentences import backend_text


class Publisher:
    """Remembers what was sent of one Session to an app that knew nothing of it at first.

    A part that can't be made is left out of its snapshot; `tell` is given a line about it, once.
    """

    def __init__(self, session: Session, tell: Callable[[str], None]) -> None:
        self._session = session
        self._tell = tell
        self._told: set[str] = set()
        self._units, self._trails = Units(session), Trails(session)
        self._sent: dict[type[Query[Any]], tuple[Query[Any], tuple[object, ...]]] = {}
        self._sent_revision = -1
        self._sent_changes = 0

    def snapshot(self, wanted: Draw, number: int, *, playing: bool, steps_left: int, rate: float) -> Snapshot:
        """What is wanted of the present moment; it counts as sent."""
        session, history = self._session, self._session.history
        reader = Reader(session, self._units, self._trails)
        parts: dict[type[Query[Any]], Any] = {}
        sending = dict(self._sent)
        for query in wanted.queries:
            kind, depends_on = type(query), VIEWS[type(query)].depends_on
            made_of = (query, depends_on(session) if depends_on else ())
            if depends_on and kind in self._sent and is_same(self._sent[kind], made_of):
                continue
            answer = self._answered(reader, query)
            if answer is not None:
                parts[kind], sending[kind] = answer, made_of
        changes, other = history.current.changes, history.revision != self._sent_revision
        snapshot = Snapshot(
            number=number,
            playing=playing,
            steps_left=steps_left,
            rate=rate,
            metrics=reader.metrics,
            checkpoint=session.checkpoint(),
            choice=session.chooser.now,
            parts=parts,
            timeline=history.timeline() if other else None,
            changes=() if other else tuple(changes[self._sent_changes :]),
            backend=backend_text(session.backend),
        )
        self._sent = sending  # only now: amid it something may fail, and nothing is sent
        self._sent_revision, self._sent_changes = history.revision, len(changes)
        return snapshot

    def _answered(self, reader: Reader, query: Query[Any]) -> object:
        """The answer to a query; where it fails that is said, and the other parts are sent nevertheless."""
        view = VIEWS[type(query)]
        try:
            return view.answer(reader, query)
        except Exception as error:  # whatever it is, the person reads it and the rest is drawn
            text = f"the {view.name} is not shown: {told(error)}"
            if text not in self._told:
                self._told.add(text)
                self._tell(text)
            return None


def is_same(one: tuple[Query[Any], tuple[object, ...]], other: tuple[Query[Any], tuple[object, ...]]) -> bool:
    """Whether two answers are to the same query and depend on the same objects."""
    return one[0] == other[0] and all(map(is_, one[1], other[1]))


def told(error: Exception) -> str:
    """An error in words: those of a refusal are meant for the person, others need their kind."""
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
