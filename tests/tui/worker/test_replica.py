"""The examples as the app finds them from what it is told: those of the session, wherever that goes."""

from hypothesis import given
from hypothesis import strategies as st

from engine.examples import Located
from engine.run.session import Session
from tests.tui.support import DEFAULT, repeatable, session_of
from tui.worker.replica import Examples

Deed = tuple[str, int]
names = st.sampled_from(["step", "seek", "switch", "add", "move", "delete", "hold out", "undo", "redo", "lr"])
deeds = st.tuples(names, st.integers(0, 40))


def do(session: Session, deed: Deed) -> None:
    """One thing that a person can do; what can't be done now is refused and changes nothing."""
    name, number = deed
    split = list(session.splits)[number % len(session.splits)]
    there = Located(split, session.splits[split][number % len(session.splits[split])])
    x, y, label = there.example
    match name:
        case "step":
            session.advance(1 + number % 5)
        case "seek":
            session.seek(number)
        case "switch":
            session.switch(1 + number % len(session.history.branches))
        case "add":
            session.edit([], [Located("train", (number / 40, 0.5, 0))], "add point")
        case "move":
            session.edit([there], [Located(split, (x + 0.01, y, label))], "move point", more=number % 2 == 0)
        case "delete":
            session.edit([there], [], "delete point")
        case "hold out":
            session.edit([there], [Located("test", there.example)], "point to test")
        case "undo":
            session.undo()
        case "redo":
            session.redo()
        case "lr":
            session.change(lr=0.01 * (1 + number))


@repeatable(60)
@given(st.lists(deeds, min_size=1, max_size=60))
def test_the_app_finds_the_examples_of_the_session_at_every_step_and_branch(done: list[Deed]) -> None:
    session = session_of(DEFAULT)
    examples = Examples(session.splits)
    for deed in done:
        try:
            do(session, deed)
        except (ValueError, IndexError):
            continue
        timeline = session.history.timeline()
        assert examples.at(timeline, session.step_count) == session.splits
        fresh = Examples(session_of(DEFAULT).splits)
        assert fresh.at(timeline, session.step_count) == session.splits, "a worker's death forgets nothing"


def test_they_are_the_same_object_until_something_changes() -> None:
    session = session_of(DEFAULT, 3)
    examples = Examples(session.splits)
    first = examples.at(session.history.timeline(), 3)
    session.change(lr=0.2)
    session.step()
    assert examples.at(session.history.timeline(), 4) is first
    session.edit([], [Located("val", (0.5, 0.5, 1))], "add point")
    edited = examples.at(session.history.timeline(), 4)
    assert edited["val"] == (*first["val"], (0.5, 0.5, 1))
    assert edited["train"] is first["train"]
    assert examples.at(session.history.timeline(), 3) is first
