"""What of a moment is sent: the parts that were asked for, without those that the app has, whatever fails on the way."""

from dataclasses import replace

import pytest

from engine.session import Session
from engine.snapshot import Grid
from tests.tui.support import DEFAULT, session_of
from tui.messages import Draw, Snapshot
from tui.publishing import Publisher

GRID = Grid(6, 4, -2.0, 2.0, -2.0, 2.0)
WANTED = Draw(probe=True, grid=GRID, curve_columns=0)


class Desk:
    """A session that is published."""

    def __init__(self) -> None:
        self.session = session_of(DEFAULT, 3)
        self.publisher = Publisher(self.session)

    def draw(self, wanted: Draw = WANTED) -> Snapshot:
        """One snapshot."""
        return self.publisher.snapshot(wanted, 1, playing=False, steps_left=0, rate=0.0)


def test_what_failed_to_be_sent_is_sent_with_the_next_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Session, split: str) -> None:
        raise MemoryError(split)

    desk = Desk()
    with monkeypatch.context() as broken:
        broken.setattr("tui.publishing.Reader.outcomes", fails)
        with pytest.raises(MemoryError):
            desk.draw(replace(WANTED, outcomes="val"))
    there = desk.draw()
    assert there.decision_map
    assert there.graph
    assert there.timeline
    assert desk.draw().decision_map is None, "it was sent"
