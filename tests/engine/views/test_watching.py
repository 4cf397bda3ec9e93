"""Stopping: many steps at once lead to the very step that looking at each of them finds, whoever computes."""

from functools import cache

import pytest

from engine.run.config import Config
from engine.run.records import Checkpoint
from engine.run.session import Session
from engine.views.conditions import condition_of
from engine.views.watching import Watches
from tests.tui.support import DEFAULT, session_of
from tui.run.spec import RunSpec, open_run

RESTLESS = Config(optimizer="sgd", lr=2.0)
"""Its losses rise and fall."""
BATCHES = Config(batch_size=9)
MOONS = Config(loss="hinge", activation="relu", optimizer="sgd", lr=0.5)

TEXTS = (
    "loss < 0.5",
    "loss > 0.9",
    "train loss <= 0.3",
    "val loss < 0.5",
    "val loss > 0.7",
    "test loss < 0.6",
    "accuracy >= 80%",
    "val accuracy >= 85%",
    "step >= 33",
    "step = 12",
    "val loss not better for 3",
    "loss not better for 2",
    "patience 5",
    "|w| > 2",
)


def watches_of(session: Session, *texts: str) -> Watches:
    watches = Watches()
    watches.use([condition_of(text, session) for text in texts], session)
    return watches


def turns(session: Session, watches: Watches, at_once: int, last: int) -> list[tuple[int, str]]:
    """Every step up to the last at which a condition turns true, with what is said."""
    found = []
    while session.step_count < last:
        watches.train(session, min(at_once, last - session.step_count))
        if turned := watches.look(session):
            found.append((session.step_count, turned))
    return found


def spec_of(config: Config, backend: str) -> RunSpec:
    return RunSpec("moons" if config is MOONS else "yin-yang", config=config, backend=backend)


@cache
def step_by_step(config: Config, text: str) -> tuple[list[tuple[int, str]], Checkpoint]:
    """The turns that looking at each of 150 steps finds, and the state after them."""
    session = open_run(spec_of(config, "python")).session
    return turns(session, watches_of(session, text), 1, 150), session.checkpoint()


@pytest.mark.parametrize("backend", ["python", "c"])
@pytest.mark.parametrize(
    "config", [Config(), RESTLESS, MOONS, BATCHES], ids=["default", "restless", "moons", "batches"]
)
def test_many_steps_at_once_find_the_turns_that_single_steps_find(config: Config, backend: str) -> None:
    some = 0
    for text in TEXTS:
        if config is BATCHES and text.startswith("loss not"):
            continue
        several = open_run(spec_of(config, backend)).session
        expected, state = step_by_step(config, text)
        assert turns(several, watches_of(several, text), 1000, 150) == expected, text
        assert several.checkpoint() == state
        some += len(expected)
    assert some > 10


def test_value_stops_where_the_others_stop() -> None:
    found = []
    for backend in ("value", "python"):
        session = open_run(RunSpec(config=RESTLESS, points=20, backend=backend)).session
        found.append(turns(session, watches_of(session, "loss < 0.9", "val loss not better for 2"), 100, 25))
    assert found[0] == found[1] != []


def test_several_conditions_each_turn_where_they_would_alone() -> None:
    texts = ("loss < 0.5", "val loss < 0.5", "step >= 33", "patience 3")
    alone = set()
    for text in texts:
        session = session_of(RunSpec(config=RESTLESS))
        alone |= {step for step, _ in turns(session, watches_of(session, text), 1000, 150)}
    session = session_of(RunSpec(config=RESTLESS))
    assert {step for step, _ in turns(session, watches_of(session, *texts), 1000, 150)} == alone


def test_a_stop_that_is_gone_back_over_is_met_again_at_the_same_step() -> None:
    session = session_of(DEFAULT)
    watches = watches_of(session, "val loss not better for 3")
    (first, *more) = turns(session, watches, 1000, 300)
    for back in (0, first[0] - 1, first[0] // 2):
        session.seek(back)
        watches.look(session)
        assert turns(session, watches, 1000, 300) == [first, *more]


def test_what_training_does_not_record_is_looked_at_step_by_step() -> None:
    session = session_of(DEFAULT)
    for text in ("loss < 1e-9", "val loss < 1e-9", "step > 5", "patience 2"):
        assert len(watches_of(session, text).train(session.seek(0), 3).train_losses) > 1
    for text in ("accuracy >= 100%", "test loss < 1e-9", "|w| > 1000", "not finite"):
        assert len(watches_of(session, text).train(session.seek(0), 3).train_losses) == 1
    batches = session_of(RunSpec(config=BATCHES))
    assert len(watches_of(batches, "loss < 1e-9").train(batches, 3).train_losses) == 1
    assert len(watches_of(batches, "val loss < 1e-9").train(batches, 3).train_losses) == 3


def test_a_condition_that_is_true_where_a_run_begins_is_told_there() -> None:
    session = session_of(DEFAULT)
    conditions = [condition_of("loss < 100", session)]
    assert Watches().use(conditions, session, begins=True) == "loss < 100"
    assert Watches().use(conditions, session) == ""
