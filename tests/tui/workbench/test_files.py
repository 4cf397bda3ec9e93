"""What would be lost with a run: what a person did by hand, unless it was written or taken back."""

from engine.run.changes import Change
from engine.run.history import BranchRecord, Timeline
from tests.tui.support import Walked
from tui.workbench.files import lost


def test_what_was_done_by_hand_would_be_lost_unless_it_was_written_or_taken_back() -> None:
    def told(*changes: Change, unwritten: bool = False) -> str:
        return lost(Timeline((BranchRecord(1, None, 0, 9, changes, None),), 1), unwritten=unwritten)

    by_hand = Change(3, values=((0, 1.0, 2.0),))
    assert told() == told(Change(3, settings=(("lr", 0.3),))) == lost(None, unwritten=False) == ""
    assert told(by_hand) == "typed-in weights"
    assert told(by_hand, by_hand.replaced(role="undo")) == ""
    assert told(unwritten=True) == "edited points"
    assert told(by_hand, unwritten=True) == "edited points and typed-in weights"


def test_what_would_be_lost_is_looked_for_only_when_something_was_done() -> None:
    changes = Walked([Change(3, values=((0, 1.0, 2.0),))])
    timeline = Timeline((BranchRecord(1, None, 0, 9, changes, None),), 1)
    assert lost(timeline, unwritten=False) == "typed-in weights"
    walks = changes.walks
    assert walks > 0
    for unwritten in (False, True):
        assert "typed-in weights" in lost(timeline, unwritten=unwritten)
    assert changes.walks == walks
    undone = timeline.updated(changes=(*changes, changes[0].replaced(role="undo")))
    assert lost(undone, unwritten=False) == ""
