"""What the list of branches says of each of them."""

from engine.run.session import Session
from tests.tui.support import DEFAULT, PALETTE, session_of
from tui.screens.branches import BranchScreen


def own(session: Session, number: int) -> dict[str, object]:
    """The settings that a branch's row names."""
    screen = BranchScreen(session.history.timeline(), session.end, None, PALETTE)
    branch = next(branch for branch in screen.branches if branch.number == number)
    return {name: value for change in screen.own_changes(branch) for name, value in change.settings}


def test_a_branch_shows_what_is_different_from_the_one_that_it_came_from() -> None:
    session = session_of(DEFAULT, 9)
    session.change(weight_decay=0.5)
    session.advance(3)
    session.seek(9)
    session.change(lr=0.2)
    session.advance(2)
    session.seek(10)
    session.change(lr=0.3)
    assert (own(session, 2), own(session, 3)) == ({"lr": 0.2}, {"lr": 0.3})


def test_branches_that_left_a_forgotten_one_at_the_same_step_keep_their_own_changes() -> None:
    session = session_of(DEFAULT, 9)
    session.seek(3)
    session.change(lr=0.2)
    session.advance(9)
    for lr in (0.3, 0.4, 0.5):
        session.switch(2)
        session.seek(7)
        session.change(lr=lr)
    while 2 in session.history.branches:
        session.switch(1)
        session.seek(3)
        session.change(lr=1.0 + max(session.history.branches))
    parents = {branch.number: branch.parent for branch in session.history.timeline().branches}
    assert [parents[number] for number in (3, 4, 5)] == [1, 3, 3]
    assert [own(session, number)["lr"] for number in (3, 4, 5)] == [0.3, 0.4, 0.5]
