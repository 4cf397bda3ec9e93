"""The best loss of a run so far and how long ago it was: the same however a step of the run is reached."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.examples import Located
from engine.run.config import Config
from engine.run.records import Best, bettered, exhausted
from engine.run.session import Session
from tests.engine.run.test_history import with_spacing
from tests.engine.run.test_session import SGD, session_of
from tests.engine.support import repeatable

losses = st.lists(st.sampled_from([0.5, 0.25, 1.0, 2.0, math.inf, math.nan, 1e308]), max_size=12)


def best_of(numbers: list[float]) -> Best | None:
    """The first least finite number, by looking at all of them."""
    finite = [Best(step, number) for step, number in enumerate(numbers) if math.isfinite(number)]
    return min(finite, key=lambda best: (best.loss, best.step), default=None)


@repeatable(300)
@given(losses, losses)
def test_the_best_is_the_first_least_finite_loss_in_however_many_pieces(
    before: list[float], after: list[float]
) -> None:
    best = bettered(bettered(None, 0, before), len(before), after)
    assert best == best_of(before + after)


@repeatable(300)
@given(losses, losses, st.integers(1, 6))
def test_patience_is_exhausted_so_many_steps_after_the_best(
    before: list[float], after: list[float], patience: int
) -> None:
    found = exhausted(best_of(before), len(before), after, patience)
    for place, flag in enumerate(found):
        step = len(before) + place
        best = best_of((before + after)[: step + 1])
        assert flag is (best is not None and step - best.step >= patience)


def bests(session: Session) -> tuple[Best | None, Best | None]:
    return session.best("train"), session.best("val")


WILD = replace(SGD, lr=0.9)
"""Its losses rise and fall."""


@pytest.mark.parametrize("apart", [1, 4, 64])
def test_a_step_has_the_same_best_when_it_is_come_back_to(apart: int) -> None:
    session = with_spacing(apart, WILD)
    updates = session.advance(40)
    assert updates.val_losses
    for step in (40, 3, 0, 17, 39, 18):
        session.seek(step)
        assert session.best("train") == best_of(list(updates.train_losses[:step]))
        assert session.best("val") == best_of(list(updates.val_losses[:step]))


def test_a_branch_and_a_restored_session_know_the_best_of_the_steps_before() -> None:
    session = session_of(WILD)
    updates = session.advance(30)
    session.seek(20)
    session.change(lr=0.01)
    more = session.advance(10)
    expected = best_of([*updates.train_losses[:20], *more.train_losses])
    assert session.best("train") == expected
    other = session_of(WILD).restore(session.checkpoint(), session.history.timeline())
    assert other.best("train") == expected
    assert bests(other) == bests(session)
    session.switch(1)
    assert session.best("train") == best_of(list(updates.train_losses[:30]))


def test_other_examples_make_a_new_beginning_and_taking_them_back_leaves_the_state_as_it_was() -> None:
    session = session_of(SGD)
    session.advance(10)
    before = session.checkpoint()
    old = Located("train", session.splits["train"][0])
    session.edit([old], [replace(old, example=(9.0, 9.0, 1))], "move")
    assert bests(session) == (None, None)
    session.undo()
    assert session.checkpoint() == before
    updates = session.advance(5)
    session.seek(0)
    session.seek(15)
    best = session.best("train")
    assert best
    assert best.step >= 10
    assert best.loss == min(updates.train_losses)


def test_the_loss_of_a_batch_is_never_the_best() -> None:
    session = session_of(Config((3,), batch_size=2))
    session.advance(10)
    assert session.best("train") is None
    assert session.best("val")


def test_updates_that_are_not_wanted_leave_no_trace() -> None:
    session, plain = session_of(SGD), session_of(SGD)
    updates = session.advance(30, lambda updates: 7)
    assert updates == plain.advance(7)
    assert (session.step_count, session.end) == (7, 7)
    assert session.checkpoint() == plain.checkpoint()
    assert session.advance(30, lambda updates: 0).train_losses == []
    assert session.checkpoint() == plain.checkpoint()
    assert session.advance(20) == plain.advance(20)
    assert session.checkpoint() == plain.checkpoint()
    assert session.history.current.curves["train"].points(50) == plain.history.current.curves["train"].points(50)


def test_another_penalty_makes_a_new_beginning_and_another_learning_rate_does_not() -> None:
    session = session_of(SGD)
    session.advance(10)
    session.change(lr=0.01)
    assert session.best("train")
    session.change(l1=0.5)
    assert bests(session) == (None, None)
    updates = session.advance(5)
    losses = list(updates.train_losses)
    assert session.seek(4).seek(15).best("train") == Best(10 + losses.index(min(losses)), min(losses))
