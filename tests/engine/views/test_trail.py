"""Batch gradient, coming update, trail over the run: the engine's own numbers, without a side effect."""

import math

import pytest

from engine.examples import Located
from engine.losses import LOSSES, mean
from engine.rng import Rng
from engine.run.config import Config
from engine.value import Value
from engine.views.batch_update import batch_update
from engine.views.trail import Trails
from tests.tui.support import DEFAULT, HINGE, SQUARED, next_update, session_of
from tui.run.spec import RunSpec

each_run = pytest.mark.parametrize("spec", [DEFAULT, HINGE, SQUARED], ids=["adamw", "hinge", "sgd"])
FOREVER = math.inf
BATCHES = RunSpec(config=Config(batch_size=16))


@each_run
def test_looking_at_the_next_step_changes_nothing(spec: RunSpec) -> None:
    session, other = session_of(spec, 4), session_of(spec, 4)
    Trails(session).of(0, 40, FOREVER)
    batch_update(session)
    assert session.checkpoint() == other.checkpoint()
    session.step()
    other.step()
    assert session.checkpoint() == other.checkpoint()


@each_run
def test_the_batch_gradient_is_the_slope_of_the_training_loss(spec: RunSpec) -> None:
    session = session_of(spec, 4)
    gradient, _ = next_update(session)
    assert len(batch_update(session).batch) == len(session.splits["train"])
    h = 1e-6

    def loss(parameter: int, by: float) -> float:
        moved = list(session.parameters)
        moved[parameter] += by
        return session.program.gradients(moved, session.splits["train"], session.config.strengths)[0]

    for parameter in range(0, len(gradient), 5):
        numeric = (loss(parameter, h) - loss(parameter, -h)) / (2 * h)
        assert numeric == pytest.approx(gradient[parameter], abs=1e-6)


def test_the_batch_gradient_is_values_own() -> None:
    session = session_of(DEFAULT, 4)
    gradient, _ = next_update(session)
    model = session.config.model(session.classes, Rng(1))
    for parameter, data in zip(model.parameters(), session.parameters, strict=True):
        parameter.data = data
    rows = [
        LOSSES["cross-entropy"].of_example(model([Value(x), Value(y)]), label)
        for x, y, label in session.splits["train"]
    ]
    mean(rows).backward()
    assert [parameter.grad for parameter in model.parameters()] == list(gradient)


@pytest.mark.parametrize("spec", [DEFAULT, BATCHES], ids=["all", "minibatches"])
@pytest.mark.parametrize("columns", [5, 30, 200])
def test_the_trail_has_the_numbers_of_each_step(columns: int, spec: RunSpec) -> None:
    session = session_of(spec, 100)
    trails = Trails(session)
    trail = trails.of(3, columns, FOREVER)
    assert trail.complete
    assert trail.end == 100
    assert len(trail.steps) <= columns
    assert 2 * len(trail.steps) > min(columns, 101)
    other = session_of(spec)
    for step, value, gradient in zip(trail.steps, trail.values, trail.gradients, strict=True):
        while other.step_count < step:
            other.step()
        assert value == other.parameters[3]
        assert gradient == next_update(other)[0][3]


def test_the_trail_is_computed_bit_by_bit_and_kept() -> None:
    session = session_of(DEFAULT, 60)
    trails = Trails(session)
    calls = 0
    while not (trail := trails.of(0, 40, 0.0)).complete:
        calls += 1
        assert len(trail.steps) == calls
        assert session.step_count == 60
    assert calls == len(trail.steps) - 1
    assert trails.of(1, 40, 0.0).complete
    session.step()
    assert trails.of(0, 40, 0.0).complete


def test_the_whole_run_is_sampled_roughly_before_it_is_finely() -> None:
    session = session_of(DEFAULT, 60)
    trails = Trails(session)
    for _ in range(8):
        trail = trails.of(0, 70, 0.0)
    assert trail.steps == tuple(range(0, 60, 8))


def test_the_trail_of_a_branch_is_its_own() -> None:
    session = session_of(DEFAULT, 60)
    trails = Trails(session)
    before = trails.of(0, 70, FOREVER)
    session.seek(30)
    session.change(lr=0.5)
    session.advance(30)
    after = trails.of(0, 70, FOREVER)
    assert after.values[:31] == before.values[:31]
    assert after.values[31] != before.values[31]
    assert session.config.lr == 0.5
    session.seek(10)
    assert trails.of(0, 70, FOREVER) == after
    assert session.config.lr == 0.1
    session.switch(1)
    assert trails.of(0, 70, FOREVER) == before


def test_the_samples_do_not_grow_with_the_run_or_with_branches() -> None:
    session = session_of(DEFAULT)
    trails = Trails(session)
    for columns in (8, 50, 8):
        for _ in range(4):
            session.advance(40)
            trails.of(0, columns, FOREVER)
            assert len(trails._samples) <= 3 * columns
    for lr in range(1, 6):
        session.seek(50)
        session.change(lr=lr / 100)
        session.advance(20)
        trails.of(0, 10, FOREVER)
        assert len(trails._samples) <= 30


def test_a_session_that_was_restored_shows_as_much_as_the_one_before() -> None:
    session = session_of(DEFAULT, 500)
    whole = Trails(session).of(0, 50, FOREVER)
    restored = session_of(DEFAULT).restore(session.checkpoint())
    assert Trails(restored).of(0, 50, FOREVER) == whole
    assert whole.complete
    assert restored.step_count == 500
    assert restored.checkpoint() == session.checkpoint()


def test_a_session_that_was_restored_goes_a_little_further_with_each_look() -> None:
    session = session_of(DEFAULT, 500)
    whole = Trails(session).of(0, 5, FOREVER)
    restored = session_of(DEFAULT).restore(session.checkpoint())
    spacing = restored.history.spacing
    assert spacing < whole.steps[1] < 500
    trails = Trails(restored)
    known = 0
    while not (trail := trails.of(0, 5, 0.0)).complete:
        keyframes = [step for step in restored.history.current.frames if step < 500]
        assert known <= max(keyframes) <= known + spacing
        known = max(keyframes)
        assert len(trail.steps) < len(whole.steps)
        assert restored.step_count == 500
    assert trail == whole
    assert known + spacing >= whole.steps[-1]


def test_after_an_edit_the_trail_is_the_new_one_and_the_examples_stay() -> None:
    session = session_of(DEFAULT, 40)
    trails = Trails(session)
    before = trails.of(0, 50, FOREVER)
    session.set_parameter(0, 3.5)
    assert trails.of(0, 50, FOREVER).values == (*before.values[:40], 3.5)
    x, y, label = session.splits["train"][0]
    session.edit([Located("train", (x, y, label))], [Located("train", (x, y, (label + 1) % 3))], "relabel")
    session.advance(3)
    data = session.splits
    after = trails.of(0, 50, FOREVER)
    assert session.splits is data
    assert after.gradients[:40] == before.gradients[:40]
    assert after.gradients[40] == next_update(session.seek(40))[0][0]
