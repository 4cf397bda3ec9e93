"""Edits of the data and of parameters: events of the run, exact in both directions, taken back without limit."""

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine.run.history
from engine.examples import ALL, Located
from engine.programs.c_program import CProgram
from engine.rng import Rng
from engine.run.changes import EVERY, Change, Patch, Undo, Versions, patched, patches_for
from engine.run.config import Config
from engine.run.session import Session
from engine.views.reader import Reader
from tests.engine.run.test_history import with_spacing
from tests.engine.run.test_session import SGD, TWO, session_of
from tests.engine.support import needs_compiler, repeatable

NEW = Located("train", (0.25, -0.75, 1))
OLD = Located("train", TWO["train"][1])
BATCHED = Config((3,), optimizer="sgd", batch_size=2)


def fresh(session: Session) -> Session:
    """A session that had this one's examples from the start."""
    return Session(SGD, session.splits, 2, Rng(42))


def random_edit(session: Session, rng: random.Random) -> None:
    """Any edit that a person can make: add, delete, move, relabel, another split, set a parameter."""
    everything = [Located(split, example) for split, examples in session.splits.items() for example in examples]
    some = rng.choice(everything)
    x, y, label = some.example
    where = (round(rng.uniform(-2, 2), 3), round(rng.uniform(-2, 2), 3))
    kind = rng.choice(["add", "add", "delete", "move", "relabel", "split", "paint", "set"])
    if kind == "add":
        session.edit([], [Located(rng.choice(["train", "val", "test"]), (*where, rng.randrange(2)))], "add")
    elif kind == "paint":
        session.edit([], [Located("train", (x + n, y, 0)) for n in range(3)], "paint")
    elif kind == "set":
        session.set_parameter(rng.randrange(len(session.parameters)), rng.uniform(-1, 1))
    elif kind == "move":
        session.edit([some], [Located(some.split, (*where, label))], "move")
    elif kind == "relabel":
        session.edit([some], [Located(some.split, (x, y, 1 - label))], "relabel")
    elif some.split != "train" or len(session.splits["train"]) > 1:
        other = [Located(rng.choice(["train", "val", "test"]), some.example)] if kind == "split" else []
        if some.split != "train" or len(session.splits["train"]) > 1:
            session.edit([some], other, kind)


def test_an_example_that_is_added_is_learned_from_at_once() -> None:
    session = session_of(SGD)
    session.edit([], [NEW], "add point")
    assert session.splits["train"] == (*TWO["train"], NEW.example)
    assert session.advance(5) == fresh(session).advance(5)


@pytest.mark.parametrize(
    ("old", "new", "train"),
    [
        ([OLD], [], [TWO["train"][0], *TWO["train"][2:]]),
        ([OLD], [NEW], [TWO["train"][0], NEW.example, *TWO["train"][2:]]),
        ([OLD], [Located("val", OLD.example)], [TWO["train"][0], *TWO["train"][2:]]),
    ],
    ids=["delete", "replace", "to val"],
)
def test_an_example_goes_or_is_replaced_in_its_place(
    old: list[Located], new: list[Located], train: list[tuple[float, float, int]]
) -> None:
    session = session_of(SGD)
    session.edit(old, new, "edit")
    assert list(session.splits["train"]) == train
    assert ("val" in session.splits) and len(session.splits["val"]) == 2 + (new == [Located("val", OLD.example)])


def test_a_split_comes_and_goes_with_its_examples() -> None:
    session = Session(SGD, {"train": TWO["train"]}, 2, Rng(1))
    assert session.advance(3).val_losses is None
    session.edit([], [Located("val", (0.0, 0.0, 0))], "add")
    assert len(session.advance(3).val_losses or ()) == 3
    session.edit([Located("val", (0.0, 0.0, 0))], [], "delete")
    assert session.advance(3).val_losses is None
    session.seek(0)
    made = [session.advance(9 - session.step_count) for _ in range(3)]
    assert [len(updates.train_losses) for updates in made] == [3, 3, 3], "updates in a row have val losses or none"
    assert [updates.val_losses is None for updates in made] == [True, False, True]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ([Located("train", (9.0, 9.0, 0))], [], "that point is no longer there"),
        ([Located("nowhere", (9.0, 9.0, 0))], [], "that point is no longer there"),
        ([], [Located("nowhere", (1.0, 1.0, 0))], "there is no split 'nowhere'"),
        ([], [Located("train", (float("nan"), 1.0, 0))], "finite coordinates"),
        ([], [Located("train", (1.0, 1.0, 2))], "there is no class 2"),
        ([Located("train", example) for example in TWO["train"]], [], "the last train example stays"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(old: list[Located], new: list[Located], told: str) -> None:
    session = session_of(SGD)
    with pytest.raises(ValueError, match=told):
        session.edit(old, new, "edit")
    assert session.splits["train"] == tuple(TWO["train"])
    assert session.history.current.changes == []


def test_a_parameter_is_set_and_training_goes_on_from_there() -> None:
    session = session_of(SGD)
    session.advance(3)
    session.set_parameter(2, 0.5)
    assert session.parameters[2] == 0.5
    session.advance(4)
    end = session.checkpoint()
    assert session.seek(2).parameters[2] != 0.5
    assert session.advance(5)
    assert session.checkpoint() == end
    for wrong in (float("inf"), float("nan")):
        with pytest.raises(ValueError, match="finite"):
            session.set_parameter(2, wrong)
    with pytest.raises(ValueError, match="no parameter 99"):
        session.set_parameter(99, 1.0)


def test_undo_and_redo_follow_the_edits_and_name_them() -> None:
    session = session_of(SGD)
    first = session.splits
    session.edit([], [NEW], "add point")
    session.edit([NEW], [], "delete point")
    session.set_parameter(0, 0.5)
    assert [session.undo() for _ in range(3)] == ["set w1[0,0]", "delete point", "add point"]
    assert session.splits == first
    with pytest.raises(ValueError, match="nothing to undo"):
        session.undo()
    assert [session.redo() for _ in range(3)] == ["add point", "delete point", "set w1[0,0]"]
    assert session.parameters[0] == 0.5
    with pytest.raises(ValueError, match="nothing to do again"):
        session.redo()
    session.undo()
    session.edit([], [NEW], "add point")
    with pytest.raises(ValueError, match="nothing to do again"):
        session.redo()


def test_an_edit_that_goes_on_with_the_one_before_is_taken_back_with_it() -> None:
    session = session_of(SGD)
    first = session.splits
    way = [OLD, *(Located("train", (x, 0.5, 1)) for x in (0.1, 0.2, 0.3))]
    for number, (old, new) in enumerate(pairwise(way)):
        session.edit([old], [new], "move point", more=number > 0)
        session.step()
    assert session.undo() == "move point"
    assert session.splits == first
    session.redo()
    assert session.splits["train"][1] == (0.3, 0.5, 1)
    session.undo()
    session.edit([], [NEW], "paint", more=True)
    session.edit([], [Located("train", (1.0, 1.0, 0))], "add point", more=True)
    assert [session.undo() for _ in range(2)] == ["add point", "paint"], "it goes on with nothing"
    assert session.splits == first


def test_undo_amid_the_run_is_about_the_edits_made_until_there() -> None:
    session = with_spacing(8)
    session.advance(5)
    session.edit([], [NEW], "first")
    session.advance(5)
    session.edit([], [Located("train", (1.0, 1.0, 0))], "second")
    session.advance(5)
    session.seek(7)
    assert session.undo() == "first"
    assert session.splits["train"] == tuple(TWO["train"])
    assert len(session.history.branches) == 2
    session.switch(1)
    session.seek(15)
    assert session.undo() == "second"
    assert session.undo() == "first"
    session.edit([], [NEW], "third")
    session.seek(4)
    with pytest.raises(ValueError, match="nothing to undo at step 4: the latest edit, third, was made at step 15"):
        session.undo()
    session.seek(15)
    session.undo()
    session.seek(4)
    with pytest.raises(ValueError, match=r"nothing to undo\Z"):
        session.undo()


@pytest.mark.parametrize("config", [SGD, BATCHED], ids=["whole", "batches"])
def test_five_thousand_edits_taken_back_are_the_first_state_bit_for_bit(config: Config) -> None:
    session = session_of(config)
    session.advance(3)
    before = (session.checkpoint(), session.metrics(), list(session.splits.items()))
    rng = random.Random(1)
    made = 0
    while made < 5000:
        random_edit(session, rng)
        made = len(session.history.current.changes)
    for _ in range(made):
        session.undo()
    assert (session.checkpoint(), session.metrics(), list(session.splits.items())) == before
    unedited = session_of(config)
    unedited.advance(3)
    assert session.advance(4) == unedited.advance(4)


@repeatable(25)
@given(
    apart=st.sampled_from([1, 4, 64]),
    seed=st.integers(0, 10_000),
    actions=st.lists(
        st.one_of(
            st.tuples(st.just("edit"), st.just(0)),
            st.tuples(st.just("edit"), st.just(0)),
            st.tuples(st.just("undo"), st.just(0)),
            st.tuples(st.just("redo"), st.just(0)),
            st.tuples(st.just("advance"), st.integers(1, 6)),
            st.tuples(st.just("seek"), st.integers(0, 30)),
            st.tuples(st.just("switch"), st.integers(1, 3)),
        ),
        max_size=25,
    ),
)
def test_seeking_across_edits_finds_each_place_as_it_was(apart: int, seed: int, actions: list[tuple[str, int]]) -> None:
    session = with_spacing(apart, BATCHED)
    rng = random.Random(seed)
    seen: dict[object, object] = {}
    for action, number in [*actions, ("seek", 0), ("advance", 20)]:
        try:
            match action:
                case "edit":
                    random_edit(session, rng)
                case "undo":
                    session.undo()
                case "redo":
                    session.redo()
                case "advance":
                    session.advance(number)
                case "seek":
                    session.seek(number)
                case "switch" if number in session.history.branches:
                    session.switch(number)
        except ValueError as refused:
            assert "nothing to" in str(refused)
        branch = session.history.current
        place = (session.step_count, tuple(branch.changes[: branch.changes_until(session.step_count)]))
        state = (
            *(session.checkpoint(), list(session.splits.items()), session.config, session.batch()),
            *(session.chooser.order(), Reader(session).outcomes(ALL)),
        )
        assert seen.setdefault(place, state) == state


SETTINGS: list[dict[str, Any]] = [
    *({"optimizer": name} for name in ("sgd", "adam", "adamw", "sgd")),
    *({"lr": 0.05}, {"lr": 0.5}, {"batch_size": 2}, {"batch_size": None}, {"l2": 0.1}, {"schedule": "cosine"}),
]


def act(session: Session, rng: random.Random, kept: Sequence[int] = ()) -> None:
    """Anything that a person can do, changes in twos and threes at a step more often than not."""
    kind = rng.choice(["edit", "edit", "set", "set", "undo", "redo", "advance", "advance", "seek", "switch"])
    try:
        match kind:
            case "edit":
                random_edit(session, rng)
            case "set":
                session.change(**rng.choice(SETTINGS))
            case "undo":
                session.undo()
            case "redo":
                session.redo()
            case "advance":
                session.advance(rng.randint(1, 9))
            case "seek":
                session.seek(rng.randint(0, session.end + 1))
            case "switch":
                session.switch(rng.choice(kept or list(session.history.branches)))
    except ValueError as refused:
        assert "nothing to" in str(refused) or "has no" in str(refused)


def state_of(session: Session) -> tuple[object, ...]:
    """All that depends on the step and what was changed until there."""
    return (
        *(session.checkpoint(), session.config, session.metrics(), list(session.splits.items()), session.batch()),
        *(session.best("train"), session.best("val"), session.history.timeline()),
    )


@pytest.mark.parametrize("budget", [0, 3_000, 9_000])
@repeatable(30)
@given(seed=st.integers(0, 10_000))
def test_how_much_room_there_is_for_keyframes_makes_no_difference(budget: int, seed: int) -> None:
    sessions = [with_spacing(4, SGD, room) for room in (budget, 1 << 30)]
    dice = [random.Random(seed) for _ in sessions]
    for _ in range(40):
        for session, die in zip(sessions, dice, strict=True):
            act(session, die)
        scarce, plenty = map(state_of, sessions)
        assert scarce == plenty


@pytest.mark.parametrize("most", [3, 5])
@repeatable(15)
@given(seed=st.integers(0, 10_000))
def test_what_is_left_of_branches_that_were_forgotten_is_as_it_was(most: int, seed: int) -> None:
    sessions = [with_spacing(4, SGD, 9_000) for _ in range(3)]
    dice = [random.Random(seed) for _ in sessions]
    for number in range(50):
        kept = list(sessions[0].history.branches)
        for session, die, branches in zip(sessions, dice, (most, 10**9, most), strict=True):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(engine.run.history, "MOST_BRANCHES", branches)
                act(session, die, kept)
        assert len(sessions[0].history.branches) <= most
        few, many, again = (state_of(session)[:-1] for session in sessions)
        assert few == many == again
        records = [[each.replaced(loss=None) for each in s.history.timeline().branches] for s in sessions]
        assert records[0] == records[2]
        curves = [session.history.current.curves["train"].points(1000) for session in sessions]
        assert curves[0] == curves[1]
        if number % 8 == 0:
            sessions[2] = session_of(SGD).restore(sessions[2].checkpoint(), sessions[2].history.timeline())


def test_another_session_takes_over_the_edits() -> None:
    session = with_spacing(8)
    rng = random.Random(3)
    for _ in range(40):
        random_edit(session, rng)
        session.advance(2)
    session.seek(0)
    session.set_parameter(1, 0.125)
    session.advance(6)
    session.switch(1)
    session.seek(31)
    other = session_of(SGD).restore(session.checkpoint(), session.history.timeline())
    for step in (31, 80, 3, 54):
        assert other.seek(step).checkpoint() == session.seek(step).checkpoint()
        assert other.splits == session.splits
    assert other.undo() == session.undo()
    for each in (session, other):
        each.switch(2)
    for step in (0, 6, 1):
        assert other.seek(step).checkpoint() == session.seek(step).checkpoint()


@needs_compiler
def test_the_compiled_program_learns_from_the_edited_examples() -> None:
    sessions = [Session(BATCHED, TWO, 2, Rng(42), backend=backend) for backend in ("python", "c")]
    assert isinstance(sessions[1].program, CProgram)
    for session in sessions:
        rng = random.Random(5)
        for _ in range(30):
            random_edit(session, rng)
            session.advance(2)
    assert sessions[0].checkpoint() == sessions[1].checkpoint()
    assert sessions[0].metrics() == sessions[1].metrics()
    for step in (7, 44, 23):
        assert sessions[0].seek(step).checkpoint() == sessions[1].seek(step).checkpoint()


def test_the_probe_stays_with_an_example_that_is_there() -> None:
    session = session_of(SGD)
    session.chooser.select("train", 3)
    session.edit([Located("train", TWO["train"][3])], [], "delete")
    assert Reader(session).probe().index == 2
    session.edit([], [NEW], "add")
    session.chooser.select("train", 2)
    session.edit([Located("train", TWO["train"][0])], [], "delete")
    assert (Reader(session).probe().index, Reader(session).probe().point) == (1, TWO["train"][2][:2])
    session.edit([Located("train", TWO["train"][2])], [Located("val", TWO["train"][2])], "hold out")
    assert (Reader(session).probe().split, Reader(session).probe().point) == ("val", TWO["train"][2][:2])
    session.chooser.select("test", 0)
    session.edit([Located("test", TWO["test"][0])], [], "delete")
    assert (Reader(session).probe().split, Reader(session).probe().index) == ("train", 0)


def test_patches_fit_only_the_data_that_they_were_made_for() -> None:
    data = {"train": ((0.0, 0.0, 0),)}
    for patch in (
        Patch("train", 2, None, (1.0, 1.0, 0)),
        Patch("train", 0, (9.0, 9.0, 0), None),
        Patch("train", 1, (0.0, 0.0, 0), None),
    ):
        with pytest.raises(ValueError, match=r"there is no place|another one by now"):
            patched(data, [patch])
    two = {"train": ((0.0, 0.0, 0), (0.0, 0.0, 0)), "val": ((1.0, 1.0, 1),)}
    gone = patched(two, patches_for(two, [Located("train", (0.0, 0.0, 0))] * 2, []))
    assert gone == {"val": ((1.0, 1.0, 1),)}
    assert gone["val"] is two["val"]


def test_versions_find_the_data_after_any_change_and_keep_only_some() -> None:
    changes = [Change(n, patches=(Patch("train", n, None, (float(n), 0.0, 0)),)) for n in range(200)]
    versions = Versions({})
    for count in (200, 0, 31, 32, 33, 150, 199):
        expected = {"train": tuple((float(n), 0.0, 0) for n in range(count))} if count else {}
        assert versions.after(count, changes) == expected
    assert len(versions._kept) == 1 + 200 // EVERY
    assert versions.fork(40).after(40, changes) == versions.after(40, changes)


def test_the_order_of_the_splits_is_the_same_on_every_way() -> None:
    held_out, added = TWO["val"], Located("val", (0.0, 0.0, 0))
    session = Session(SGD, {"test": TWO["test"], "val": held_out, "train": TWO["train"]}, 2, Rng(1))
    assert session.chooser.order() == [
        *(("train", index) for index in range(4)),
        *(("val", 0), ("val", 1), ("test", 0)),
    ]
    session.advance(5)
    before = (list(session.splits.items()), session.chooser.order(), Reader(session).outcomes(ALL))
    session.edit([Located("val", example) for example in held_out], [], "delete")
    assert list(session.splits) == ["train", "test"]
    session.edit([], [added], "add")
    assert list(session.splits) == ["train", "val", "test"]
    session.undo()
    session.undo()
    assert (list(session.splits.items()), session.chooser.order(), Reader(session).outcomes(ALL)) == before


def test_settings_are_not_edits() -> None:
    undo = Undo([Change(0, (("lr", 0.5),))])
    assert (undo.done, undo.undone) == ([], [])
