"""The compiled program against Value and the Python program, bit for bit; skipped where there is no compiler."""

import atexit
import itertools
import math
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given

from engine.losses import LOSSES
from engine.nn import ACTIVATIONS
from engine.ops import TOTAL
from engine.optim import OPTIMIZERS
from engine.programs.c_program import CProgram
from engine.programs.c_source import CHECKED, POWERS
from engine.run.config import Config
from engine.run.session import Session
from engine.value import Value
from tests.engine.support import (
    REFERENCE_LOG,
    Training,
    exact,
    needs_compiler,
    networks,
    reference_session,
    repeatable,
    trainings,
)
from tests.engine.support import (
    Network as RandomNetwork,
)

CACHE = Path(tempfile.mkdtemp(prefix="chainrule-tests-"))
atexit.register(shutil.rmtree, CACHE, ignore_errors=True)


pytestmark = needs_compiler


def native(training: Training, level: str = "-O1") -> tuple[Session, CProgram]:
    """The session on the Python program, and its network compiled."""
    session = training.session()
    return session, CProgram(session.traced, level, CACHE)


def trained(session: Session, program: CProgram, steps: int) -> None:
    """Several steps both ways: losses, parameters and slots are the same."""
    optimizer = session.config.make_optimizer(len(session.parameters))
    plans = {name: program.plan(examples) for name, examples in session.splits.items()}
    rates = session.config.rates
    parameters, train, val = program.train(
        session.parameters,
        optimizer,
        plans["train"],
        plans.get("val"),
        steps,
        strengths=session.config.strengths,
        rates=rates.several(0, steps) if rates else None,
        until_diverged=False,
    )
    records = [session.step() for _ in range(steps)]
    assert exact(train) == exact(record.train_loss for record in records)
    assert exact(val or ()) == exact(record.val_loss for record in records if record.val_loss is not None)
    assert exact(parameters) == exact(session.parameters)
    assert optimizer.steps == session.optimizer.steps
    for ours, theirs in zip(optimizer.slots, session.optimizer.slots, strict=True):
        assert exact(ours) == exact(theirs)


@repeatable(60)
@given(network=networks())
def test_a_compiled_program_of_any_graph_equals_value_bit_for_bit(network: RandomNetwork) -> None:
    traced = network.traced()
    program = CProgram(traced, "-O1", CACHE, network.penalties())
    loss, gradient = program.gradients(network.parameters, network.examples, [network.strength])

    parameters = network.fresh_parameters()
    outputs = [network.run(parameters, [Value(x), Value(y)]) for x, y, _ in network.examples]
    losses = [network.loss(row, label) for row, (_, _, label) in zip(outputs, network.examples, strict=True)]
    total = network.total(losses, parameters)
    total.backward()

    assert exact([loss]) == exact([total.data])
    assert exact(gradient) == exact(parameter.grad for parameter in parameters)
    rows = [[example_loss.data, *(o.data for o in row)] for example_loss, row in zip(losses, outputs, strict=True)]
    assert [exact(row) for row in program.losses(network.parameters, network.examples)] == [exact(row) for row in rows]


@repeatable(25)
@given(training=trainings())
def test_every_kind_of_network_trains_the_same(training: Training) -> None:
    trained(*native(training), steps=4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_choice_trains_the_same_and_so_does_its_divergence(activation: str, optimizer: str, loss: str) -> None:
    rng = random.Random(7)
    train = [(rng.uniform(-2, 2), rng.uniform(-2, 2), rng.randrange(3)) for _ in range(23)]
    for lr in (0.05, 1e6):
        config = Config((5, 3), activation, loss, optimizer, lr=lr, weight_decay=0.1, l1=0.01, features=("x", "xy"))
        training = Training(config, 3, {"train": train, "val": train[:5]}, 42)
        trained(*native(training), steps=14)


@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2"])
@pytest.mark.parametrize("classes", [2, 3, 8])
@pytest.mark.parametrize("count", [1, 3, 4, 9, 700])
def test_any_number_of_examples_and_classes_trains_the_same(level: str, classes: int, count: int) -> None:
    rng = random.Random(count)
    train = [(rng.uniform(-2, 2), rng.uniform(-2, 2), rng.randrange(classes)) for _ in range(count)]
    trained(*native(Training(Config((4,)), classes, {"train": train}, 3), level), steps=2)


def test_the_reference_run_is_the_reference() -> None:
    session = reference_session()
    program = CProgram(session.traced, "-O2", CACHE)
    plans = {name: program.plan(examples) for name, examples in session.splits.items()}
    _, losses, _ = program.train(
        session.parameters, session.optimizer, plans["train"], plans["val"], 100, until_diverged=True
    )
    lines = [line for line in REFERENCE_LOG.splitlines() if "train loss" in line]
    assert [line.rsplit(" ", 1)[1] for line in lines] == [repr(loss) for loss in losses]


def test_training_ends_with_the_first_loss_that_is_not_finite() -> None:
    session = reference_session(Config(lr=1e6))
    program = CProgram(session.traced, "-O1", CACHE)
    plan = program.plan(session.splits["train"])
    _, losses, _ = program.train(session.parameters, session.optimizer, plan, None, 50, until_diverged=True)
    assert math.isfinite(losses[-2])
    assert not math.isfinite(losses[-1])
    assert len(losses) < 50


def test_ctrl_c_at_any_moment_of_training_is_nothing_else() -> None:
    session = reference_session()
    program = CProgram(session.traced, "-O1", CACHE)
    plan = program.plan(session.splits["train"])

    def is_interrupted(at: int) -> bool:
        """Whether training makes so many calls, interrupted at the last of them as a signal's handler does."""
        calls = itertools.count()

        def handler(_frame: FrameType, event: str, _argument: object) -> None:
            if event == "call" and next(calls) == at:
                raise KeyboardInterrupt

        optimizer = session.config.make_optimizer(len(session.parameters))
        sys.setprofile(handler)
        try:
            program.train(session.parameters, optimizer, plan, None, 1, until_diverged=True)
        except KeyboardInterrupt:
            return True
        finally:
            sys.setprofile(None)
        return False

    assert sum(map(is_interrupted, range(100))) == next(at for at in range(100) if not is_interrupted(at)) > 1


def checker() -> Callable[[int, float, float], float]:
    """`check` of the compiled program."""
    session = reference_session()
    check = CProgram(session.traced, "-O1", CACHE)._call
    return lambda case, a, k: check("check", case, a, k)


@pytest.mark.parametrize("k", POWERS)
def test_a_quick_power_is_libms_power(k: float) -> None:
    check = checker()
    case = next(case for case, (_, _, exponent) in enumerate(CHECKED) if exponent == k)
    rng = random.Random(int(k * 10))
    numbers = [rng.uniform(-1, 1) for _ in range(20_000)]
    numbers += [math.ldexp(rng.uniform(1, 2), rng.randint(-1074, 1023)) for _ in range(5_000)]
    numbers += [-number for number in numbers[-2_500:]]
    numbers += [math.tanh(rng.uniform(-20, 20)) for _ in range(10_000)]
    numbers += [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1.0, -1.0, 1.7e308]
    for a in numbers:
        assert check(case, a, k).hex() == TOTAL["pow"](a, k).hex(), a
