"""Seeking and branching: every step of a run can be gone back to, with exactly the digits that it had."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rng import Rng
from engine.run.changes import Setting
from engine.run.config import Config
from engine.run.history import MOST_BRANCHES, OVERHEAD, History, Keyframe, spacing
from engine.run.records import Checkpoint
from engine.run.session import Session
from engine.views.reader import Reader
from tests.engine.run.test_session import SGD, TWO, session_of
from tests.engine.support import repeatable

ADAMW = Config((3,), optimizer="adamw")


def with_spacing(steps: int, config: Config = SGD, budget: int = 1 << 20) -> Session:
    """A session whose keyframes are so many steps apart."""
    session = session_of(config)
    first = session.history.branches[1].frames[0]
    session.history = History(steps, session.splits, budget)
    session.history.keep(0, first)
    return session


def states(config: Config, steps: int) -> list[Checkpoint]:
    """The checkpoint of every step of a run that never goes back."""
    session = session_of(config)
    found = [session.checkpoint()]
    for _ in range(steps):
        session.step()
        found.append(session.checkpoint())
    return found


@pytest.mark.parametrize("config", [SGD, ADAMW], ids=["sgd", "adamw"])
@pytest.mark.parametrize("apart", [1, 4, 64])
@repeatable(20)
@given(goals=st.lists(st.integers(0, 40), max_size=8))
def test_any_step_comes_back_with_its_digits(config: Config, apart: int, goals: list[int]) -> None:
    expected = states(config, 40)
    session = with_spacing(apart, config)
    session.advance(40)
    for goal in goals:
        assert session.seek(goal).checkpoint() == expected[goal]
        assert session.end == 40


def test_the_losses_of_retraced_steps_are_those_of_the_first_time() -> None:
    session = with_spacing(8)
    first = session.advance(30)
    assert session.seek(0).advance(30) == first
    assert session.seek(11).advance(5).train_losses == first.train_losses[11:16]


def test_retracing_leaves_the_curve_as_it_is_and_going_on_continues_it() -> None:
    straight = session_of(SGD)
    straight.advance(25)
    session = with_spacing(8)
    session.advance(20)
    session.seek(3).advance(22)
    assert Reader(session).curves(50) == Reader(straight).curves(50)
    assert session.checkpoint() == straight.checkpoint()


def test_seeking_stays_within_what_is_known() -> None:
    session = with_spacing(8)
    session.advance(10)
    assert session.seek(99).step_count == 10
    assert session.seek(-5).step_count == 0


def test_an_earlier_step_does_not_show_the_present_loss_as_the_curves_end() -> None:
    session = with_spacing(8)
    session.advance(10)
    session.seek(4)
    assert [step for step, _ in Reader(session).curves(50).train] == list(range(10))
    whole = Reader(session.seek(10)).curves(50)
    assert [step for step, _ in whole.train] == list(range(11))
    assert Reader(session.seek(4)).curves(50) == whole


def test_keyframes_stay_within_their_budget_and_every_step_stays_within_reach() -> None:
    session = with_spacing(1, budget=20_000)
    session.advance(1500)
    history = session.history
    assert history.spacing > 1
    frames = history.current.frames
    assert sum(len(frame.numbers) for frame in frames.values()) < 20_000
    assert 0 in frames
    straight = session_of(SGD)
    straight.advance(701)
    assert session.seek(701).checkpoint() == straight.checkpoint()


def test_changes_at_every_step_leave_the_keyframes_as_near_as_they_were() -> None:
    session, unedited = (with_spacing(8, budget=60_000) for _ in range(2))
    for number in range(300):
        session.set_parameter(0, float(number))
        session.step()
        unedited.step()
    history = session.history
    assert history.spacing == unedited.history.spacing == 8
    assert sum(len(frame.numbers) + OVERHEAD for frame in history.current.frames.values()) <= history.budget
    assert all(step - history.current.nearest(step)[0] < 8 for step in range(301))
    end = session.checkpoint()
    for start in (0, 77, 200):
        assert session.seek(start).seek(300).checkpoint() == end


def test_room_for_one_keyframe_is_enough_and_more_is_not_asked_for() -> None:
    session = with_spacing(4, ADAMW, budget=0)
    for number in range(40):
        session.change(lr=0.01 + number / 1000)
        session.advance(3)
    history = session.history
    assert list(history.current.frames) == [0]
    assert history.spacing <= 2 * 120
    end = session.checkpoint()
    assert session.seek(50).seek(120).checkpoint() == end


def test_a_change_at_the_end_is_an_event_of_the_same_branch() -> None:
    session = with_spacing(8)
    session.advance(10)
    session.change(lr=0.5)
    session.advance(10)
    end = session.checkpoint()
    assert len(session.history.branches) == 1
    assert session.seek(3).config.lr == SGD.lr
    assert session.seek(10).config.lr == 0.5
    assert session.seek(20).checkpoint() == end
    assert session.seek(5).advance(15)
    assert session.checkpoint() == end


def test_the_change_is_what_training_with_the_other_setting_would_do() -> None:
    plain = session_of(replace(SGD, lr=0.5))
    changed = session_of(SGD)
    changed.change(lr=0.5)
    plain.advance(7)
    changed.advance(7)
    assert changed.checkpoint() == plain.checkpoint()


def test_a_change_amid_the_known_begins_a_branch_and_both_can_be_returned_to() -> None:
    session = with_spacing(8)
    session.advance(20)
    old_end = session.checkpoint()
    old_curve = Reader(session).curves(50).train
    session.seek(13)
    session.change(lr=0.7)
    assert (session.step_count, session.end) == (13, 13)
    session.advance(10)
    new_end = session.checkpoint()
    timeline = session.history.timeline()
    assert [(branch.number, branch.parent, branch.fork, branch.end) for branch in timeline.branches] == [
        (1, None, 0, 20),
        (2, 1, 13, 23),
    ]
    assert timeline.current == 2
    assert timeline.branch.changes[0].settings == (("lr", 0.7),)
    curves = Reader(session).curves(50)
    assert curves.train[:14] == old_curve[:14]
    assert curves.ghosts[0][0] == 1
    assert curves.ghosts[0][1] == old_curve[:-1], "the loss at its end was no step's"

    session.switch(1)
    assert (session.step_count, session.config.lr) == (20, SGD.lr)
    assert session.checkpoint() == old_end
    assert session.seek(15).config.lr == SGD.lr
    session.switch(2)
    assert (session.step_count, session.config.lr) == (15, 0.7)
    assert session.seek(23).checkpoint() == new_end
    assert session.seek(12).config.lr == SGD.lr, "before the fork the branches are one"
    session.seek(13)
    assert session.config.lr == 0.7


def test_setting_what_is_set_already_changes_nothing() -> None:
    session = with_spacing(8)
    session.advance(5)
    session.seek(2)
    session.change(lr=SGD.lr)
    assert (len(session.history.branches), session.end) == (1, 5)


def test_what_is_part_of_the_program_cannot_change_amid_a_run() -> None:
    with pytest.raises(ValueError, match="activation can't change amid a run"):
        session_of(SGD).change(activation="relu")
    with pytest.raises(ValueError, match="hidden can't change amid a run"):
        session_of(ADAMW).change(hidden=(4,))
    with pytest.raises(ValueError, match="adamw has no momentum"):
        session_of(ADAMW).change(momentum=0.5)
    with pytest.raises(ValueError, match="the constant schedule has no decay_steps"):
        session_of(ADAMW).change(decay_steps=7)
    session_of(ADAMW).change(optimizer="sgd", momentum=0.5, schedule="step", decay_steps=7)


@pytest.mark.parametrize(
    "changed",
    [
        {"optimizer": "adam"},
        {"optimizer": "adamw", "weight_decay": 0.2},
        {"optimizer": "rmsprop", "alpha": 0.5, "momentum": 0.3},
        {"momentum": 0.1},
        {"schedule": "cosine", "decay_steps": 9},
        {"schedule": "step", "decay_steps": 2, "decay_factor": 0.3},
        {"l1": 0.01, "l2": 0.02},
        {"weight_decay": 0.5},
        {"batch_size": 2, "batch_seed": 7},
        {"clip_norm": 0.01},
    ],
    ids=", ".join,
)
def test_whatever_may_change_is_the_same_on_every_way_to_a_step(changed: dict[str, Setting]) -> None:
    live: dict[str, Any] = dict(changed)
    session = with_spacing(4)
    session.advance(6)
    session.change(**live)
    session.advance(1)
    assert session.checkpoint() != states(SGD, 7)[-1], "it makes a difference"
    session.advance(4)
    end = session.checkpoint()
    for start in (0, 3, 5, 6, 7, 9):
        assert session.seek(start).seek(11).checkpoint() == end
    branch = session.history.timeline()
    other = session_of(SGD).restore(session.checkpoint(), branch)
    for start in (0, 6, 7):
        assert other.seek(start).seek(11).checkpoint() == end
    assert other.seek(2).config == session.seek(2).config == SGD


def test_a_changed_setting_from_the_start_is_the_run_that_has_it() -> None:
    changed: dict[str, Any] = {"optimizer": "adam", "l1": 0.01, "l2": 0.02, "schedule": "linear", "beta1": 0.8}
    session = session_of(SGD)
    session.change(**changed)
    session.advance(9)
    plain = session_of(replace(SGD, **changed))
    plain.advance(9)
    assert session.checkpoint() == plain.checkpoint()
    again = session_of(SGD).restore(session.checkpoint(), session.history.timeline())
    assert again.seek(0).seek(9).checkpoint() == plain.checkpoint()


def test_another_optimizer_begins_afresh_and_the_first_is_as_it_was_when_taken_back_at_once() -> None:
    session = with_spacing(4)
    session.advance(6)
    before = session.checkpoint()
    session.change(optimizer="adam")
    after = session.checkpoint()
    assert (after.slots, after.updates) == (((0.0,) * len(before.parameters),) * 2, 0)
    session.change(optimizer="rmsprop")
    session.change(optimizer="sgd")
    assert session.checkpoint() == before
    session.advance(5)
    assert session.checkpoint() == states(SGD, 11)[-1]
    for other in (session, session_of(SGD).restore(session.checkpoint(), session.history.timeline())):
        assert other.seek(1).seek(11).checkpoint() == session.checkpoint()


@pytest.mark.parametrize("restored", [False, True])
def test_changing_an_optimizer_back_is_the_same_after_the_run_was_taken_over(restored: bool) -> None:
    session = with_spacing(4)
    session.advance(6)
    session.change(optimizer="adam")
    if restored:
        session = session_of(SGD).restore(session.checkpoint(), session.history.timeline())
    session.change(optimizer="sgd")
    session.advance(3)
    assert session.checkpoint() == states(SGD, 9)[-1]


@pytest.mark.parametrize("at", [0, 6])
def test_a_branch_that_begins_where_its_parent_changed_is_found_again(at: int) -> None:
    session = with_spacing(4)
    session.advance(at)
    session.change(optimizer="adam")
    session.advance(9)
    session.seek(at)
    session.change(optimizer="rmsprop")
    session.advance(7)
    end = session.checkpoint()
    assert len(session.history.branches) == 2
    for other in (session, session_of(SGD).restore(session.checkpoint(), session.history.timeline())):
        assert other.seek(at).seek(at + 7).checkpoint() == end
        other.switch(1)
        assert other.seek(at + 9).config.optimizer == "adam"
        other.switch(2)
        assert other.seek(at + 7).checkpoint() == end


def test_an_unknown_branch_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no branch 7"):
        session_of(SGD).switch(7)


@pytest.mark.parametrize("apart", [4, 64])
@repeatable(25)
@given(
    actions=st.lists(
        st.one_of(
            st.tuples(st.just("seek"), st.integers(0, 30)),
            st.tuples(st.just("advance"), st.integers(1, 9)),
            st.tuples(st.just("change"), st.sampled_from([0.05, 0.1, 0.5])),
            st.tuples(st.just("optimizer"), st.sampled_from(["sgd", "adam"])),
            st.tuples(st.just("switch"), st.integers(1, 3)),
        ),
        max_size=14,
    )
)
def test_whatever_is_done_each_place_keeps_its_digits(apart: int, actions: list[tuple[str, Any]]) -> None:
    """A model of the history: (branch, step, changes so far) -> the checkpoint first seen there."""
    session = with_spacing(apart)
    seen: dict[tuple[object, ...], Checkpoint] = {}
    for action, number in [*actions, ("seek", 0), ("advance", 9)]:
        match action:
            case "seek":
                session.seek(int(number))
            case "advance":
                session.advance(int(number))
            case "change":
                session.change(lr=number)
            case "optimizer":
                session.change(optimizer=number)
            case "switch" if number in session.history.branches:
                session.switch(int(number))
        branch = session.history.current
        made = tuple(branch.changes[: branch.changes_until(session.step_count)])
        checkpoint = session.checkpoint()
        assert seen.setdefault((session.step_count, made), checkpoint) == checkpoint


def test_another_session_takes_over_all_branches() -> None:
    session = with_spacing(8)
    session.advance(20)
    session.seek(13)
    session.change(lr=0.7)
    session.advance(10)
    session.seek(17)
    curves = Reader(session).curves(50)
    other = session_of(SGD).restore(session.checkpoint(), session.history.timeline(), curves)
    assert other.checkpoint() == session.checkpoint()
    assert other.config.lr == 0.7
    assert Reader(other).curves(50) == curves
    for number, step in ((2, 23), (2, 5), (1, 20), (1, 14), (2, 13)):
        for each in (session, other):
            each.switch(number)
            each.seek(step)
        assert other.checkpoint() == session.checkpoint()
        assert other.config == session.config


def test_a_diverged_run_is_as_it_was_on_either_side() -> None:
    session = session_of(replace(SGD, lr=1e6))
    session.advance(1000)
    at = session.diverged_at
    assert at is not None
    assert session.step_count == at + 1
    session.advance(5)
    session.seek(at - 1)
    assert session.diverged_at is None
    session.advance(1000)
    assert session.step_count == at + 1, "it stops there again"
    assert session.diverged_at == at
    assert session.end == at + 6


def test_the_oldest_branch_but_the_first_makes_room() -> None:
    session = with_spacing(8)
    session.advance(5)
    for number in range(MOST_BRANCHES + 3):
        session.switch(1)
        session.seek(2)
        session.change(lr=0.2 + number)
        session.advance(1)
    last = MOST_BRANCHES + 4
    assert list(session.history.branches) == [1, *range(last - MOST_BRANCHES + 2, last + 1)]
    assert session.history.current.number == last


def test_branches_that_each_came_from_the_one_before_are_no_more_than_others() -> None:
    session = with_spacing(8)
    session.advance(3)
    for number in range(3 * MOST_BRANCHES):
        session.advance(2)
        session.seek(session.end - 1)
        session.set_parameter(0, float(number))
    timeline = session.history.timeline()
    numbers = [branch.number for branch in timeline.branches]
    assert numbers == [1, *range(2 * MOST_BRANCHES + 3, 3 * MOST_BRANCHES + 2)]
    assert [branch.parent for branch in timeline.branches] == [None, *numbers[:-1]]
    assert timeline.branches[1].fork == 4
    losses, end = session.advance(4).train_losses, session.checkpoint()
    assert session.seek(0).advance(session.end).train_losses[-4:] == losses
    assert session.checkpoint() == end


def test_keyframes_are_nearer_where_steps_are_dearer() -> None:
    assert spacing(4_000, "c") == 64
    assert spacing(4_000, "python") == 32
    assert spacing(4_000, "value") == 1
    assert spacing(200_000, "c") == 16
    assert spacing(10**9, "c") == 1


def test_a_session_of_other_data_has_a_history_of_its_own() -> None:
    one, other = Session(SGD, TWO, 2, Rng(1)), Session(SGD, TWO, 2, Rng(2))
    one.advance(3)
    assert other.end == 0
    assert isinstance(other.history.current.frames[0], Keyframe)


def test_batches_of_another_size_are_a_change_like_any_other() -> None:
    session = with_spacing(8)
    session.advance(10)
    session.change(batch_size=2, batch_seed=7)
    assert session.batches
    session.advance(10)
    end = session.checkpoint()
    assert not session.seek(5).batches
    session.advance(15)
    assert session.batches
    assert session.checkpoint() == end
    straight = session_of(replace(SGD, batch_size=2, batch_seed=7))
    changed = session_of(SGD)
    changed.change(batch_size=2, batch_seed=7)
    assert changed.advance(9).train_losses == straight.advance(9).train_losses
