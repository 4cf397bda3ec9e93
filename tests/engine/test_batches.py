"""Minibatches: who is in which, and that Value, Python and C learn from the same ones, bit for bit."""

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.batches import GOLDEN, Batches, mixed, order_of
from engine.examples import Example
from engine.losses import LOSSES
from engine.optim import OPTIMIZERS
from engine.rng import MASK, Rng
from engine.run.config import Config
from engine.run.session import Session
from engine.views.reader import Reader
from tests.engine.support import ValueTraining, exact, needs_compiler, reference_session, repeatable

MIXED_TO_ZERO = -GOLDEN & MASK
"""The batch seed whose first epoch would leave the generator at 0."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compiled")


def splits(count: int, classes: int) -> dict[str, list[Example]]:
    rng = random.Random(count)
    examples = [(rng.uniform(-2, 2), rng.uniform(-2, 2), rng.randrange(classes)) for _ in range(count + 5)]
    return {"train": examples[:count], "val": examples[count:]}


# Who is in which batch


def epoch_of(batches: Batches, epoch: int) -> list[list[int]]:
    steps = range(epoch * batches.per_epoch, (epoch + 1) * batches.per_epoch)
    return [list(batches.of(step)) for step in steps]


@repeatable(60)
@given(examples=st.integers(1, 60), size=st.integers(1, 70), seed=st.integers(1, MASK), epoch=st.integers(0, 10**12))
def test_an_epoch_deals_every_example_once(examples: int, size: int, seed: int, epoch: int) -> None:
    dealt = epoch_of(Batches(examples, size, seed), epoch)
    assert sorted(number for batch in dealt for number in batch) == list(range(examples))
    assert all(len(batch) == size for batch in dealt[:-1])
    assert 1 <= len(dealt[-1]) <= size


@pytest.mark.parametrize(("size", "lengths"), [(1, [1] * 7), (3, [3, 3, 1]), (6, [6, 1]), (7, [7]), (8, [7])])
def test_only_the_last_batch_of_an_epoch_is_smaller(size: int, lengths: list[int]) -> None:
    for epoch in range(3):
        assert [len(batch) for batch in epoch_of(Batches(7, size, 1), epoch)] == lengths


def test_epochs_and_seeds_differ() -> None:
    orders = {order_of(20, seed, epoch) for seed in range(1, 40) for epoch in range(40)}
    assert len(orders) == 39 * 40


def test_every_order_of_three_is_equally_likely() -> None:
    orders = Counter(order_of(3, 42, epoch) for epoch in range(6000))
    assert len(orders) == 6
    assert all(850 < count < 1150 for count in orders.values())


def test_a_batch_depends_on_nothing_but_its_step() -> None:
    batches = Batches(11, 4, 9)
    forwards = [batches.of(step) for step in range(30)]
    for step in reversed(range(30)):
        order_of.cache_clear()
        assert batches.of(step) == forwards[step]


def test_the_published_orders_stay_as_they_are() -> None:
    assert [list(Batches(10, 4, 42).of(step)) for step in (0, 1, 2, 3, 3_000_000)] == [
        [0, 7, 8, 6],
        [2, 4, 9, 3],
        [5, 1],
        [6, 1, 9, 2],
        [2, 8, 7, 4],
    ]


@pytest.mark.parametrize("seed", [MIXED_TO_ZERO, 1, MASK])
def test_no_seed_is_mixed_to_zero(seed: int) -> None:
    assert 0 < mixed(seed, 0) <= MASK


@pytest.mark.parametrize("size", [0, -1])
def test_a_batch_of_no_examples_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"batch size {size}: a whole number from 1 up is needed"):
        reference_session(Config(batch_size=size))


# The session


@pytest.mark.parametrize("size", [80, 81, 10**9])
def test_a_batch_of_all_examples_is_the_run_without_batches(size: int) -> None:
    plain, whole = reference_session(), reference_session(Config(batch_size=size, batch_seed=3))
    assert exact(whole.advance(20).train_losses) == exact(plain.advance(20).train_losses)
    assert exact(whole.parameters) == exact(plain.parameters)
    assert list(whole.batch()) == list(plain.batch()) == list(range(80))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_learns_from_its_batch_as_a_loop_over_values_would(optimizer: str) -> None:
    config = Config(optimizer=optimizer, batch_size=7, weight_decay=0.1)
    session = reference_session(config)
    values = ValueTraining(config, [], 3, Rng(1))
    values.set(session.parameters)
    seen: list[int] = []
    for _ in range(14):
        numbers = session.batch()
        seen += numbers
        values.examples = [session.splits["train"][number] for number in numbers]
        assert exact([session.step().train_loss]) == exact([values.step()])
        assert exact(session.parameters) == exact(values.numbers())
    assert len(values.examples) == 7
    assert sorted(seen[:80]) == list(range(80)), "an epoch, and then the next"


def test_the_order_follows_the_runs_seed_unless_it_has_its_own() -> None:
    data = splits(12, 2)

    def first(seed: int, batch_seed: int | None) -> list[int]:
        return list(Session(Config((3,), batch_size=5, batch_seed=batch_seed), data, 2, Rng(seed)).batch())

    assert first(1, None) == first(1, None) != first(2, None)
    assert first(1, 8) == first(2, 8) != first(1, 9)


def test_the_curve_of_batches_ends_with_the_last_batch() -> None:
    session = reference_session(Config(batch_size=8))
    losses = session.advance(5).train_losses
    curves = Reader(session).curves(100)
    assert curves.train == tuple(enumerate(losses))
    assert [step for step, _ in curves.val] == [0, 1, 2, 3, 4, 5]


def test_metrics_are_of_all_train_examples() -> None:
    session = reference_session(Config(batch_size=8))
    session.advance(3)
    train = session.metrics().splits["train"]
    assert train.examples == 80
    assert train.loss == session.program.gradients(session.parameters, session.splits["train"])[0]


# The same on every backend

TASKS = [(loss, classes) for loss in LOSSES for classes in (2, 5)]


def told(session: Session, steps: int) -> list[object]:
    """Losses, parameters and optimizer of a session after so many more steps."""
    train: list[float] = []
    val: list[float] = []
    while len(train) < steps:
        updates = session.advance(steps - len(train))
        train += updates.train_losses
        val += updates.val_losses or ()
    after = session.checkpoint()
    return [*map(exact, (train, val, after.parameters, *after.slots)), session.diverged_at, session.optimizer.steps]


@needs_compiler
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("loss", "classes"), TASKS)
def test_three_epochs_are_the_same_by_value_python_and_c(loss: str, classes: int, optimizer: str, cache: Path) -> None:
    count = 17
    for size, lr in [(1, 0.05), (4, 0.05), (4, 1e200), (16, 0.05), (17, 0.05)]:
        config = Config((4,), loss=loss, optimizer=optimizer, lr=lr, weight_decay=0.1, batch_size=size)
        runs = []
        for backend in ("value", "python", "c"):
            session = Session(config, splits(count, classes), classes, Rng(5), backend=backend, cache=cache)
            assert session.backend.name == backend
            runs.append(told(session, 3 * -(-count // size)))
            assert (session.diverged_at is not None) == (lr > 1.0)
        assert runs[0] == runs[1] == runs[2]


@needs_compiler
@pytest.mark.parametrize("seed", [None, 1, MASK, MIXED_TO_ZERO])
@pytest.mark.parametrize(("count", "size"), [(900, 700), (900, 899), (700, 64), (2, 1)])
def test_many_examples_are_dealt_the_same(count: int, size: int, seed: int | None, cache: Path) -> None:
    config = Config((4,), batch_size=size, batch_seed=seed)
    python, c = (Session(config, splits(count, 8), 8, Rng(5), backend=name, cache=cache) for name in ("python", "c"))
    assert c.backend.name == "c"
    assert told(c, 5) == told(python, 5)


def test_without_val_examples_it_is_the_same_too() -> None:
    config = Config((4,), batch_size=3)
    with_val, without = (Session(config, {**splits(10, 2), "val": val}, 2, Rng(5)) for val in ([(0.0, 0.0, 1)], []))
    assert exact(with_val.advance(9).train_losses) == exact(without.advance(9).train_losses)


each_backend = pytest.mark.parametrize("backend", ["value", "python", pytest.param("c", marks=needs_compiler)])


@each_backend
def test_updates_in_a_row_may_end_amid_an_epoch(backend: str, cache: Path) -> None:
    config = Config((4,), optimizer="sgd", batch_size=4)
    whole, parts = (Session(config, splits(17, 2), 2, Rng(5), backend=backend, cache=cache) for _ in range(2))
    losses = [loss for most in (1, 3, 0, 7, 2, 4) for loss in parts.advance(most).train_losses]
    assert exact(losses) == exact(whole.advance(17).train_losses)
    assert exact(parts.parameters) == exact(whole.parameters)


@each_backend
@pytest.mark.parametrize("before", [3, 7, 10])
def test_a_checkpoint_amid_an_epoch_goes_on_there(backend: str, before: int, cache: Path) -> None:
    config = Config((4,), batch_size=4)
    session = Session(config, splits(17, 2), 2, Rng(5), backend=backend, cache=cache)
    session.advance(before)
    checkpoint = session.checkpoint()
    expected = told(session, 9)
    assert told(session.restore(checkpoint), 9) == expected, "back in the same session, which is epochs ahead"
    for other in ("python", backend):
        fresh = Session(config, splits(17, 2), 2, Rng(5), backend=other, cache=cache)
        assert told(fresh.restore(checkpoint), 9) == expected
    session.reset()
    again = Session(config, splits(17, 2), 2, Rng(5), backend=backend, cache=cache)
    assert told(session, before) == told(again, before)
