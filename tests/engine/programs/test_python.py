"""The straight-line program against Value, bit for bit."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import example, given

from engine.examples import Example
from engine.graph import Traced, trace
from engine.losses import LOSSES, mean
from engine.nn import ACTIVATIONS, MLP
from engine.optim import OPTIMIZERS
from engine.penalties import penalised
from engine.programs.python import PythonProgram, mean_of, python_source
from engine.rng import Rng
from engine.run.config import Config
from engine.value import Value
from tests.engine.support import (
    EXTREMES,
    Network,
    Training,
    exact,
    networks,
    numbers,
    reference_session,
    repeatable,
    trainings,
)

BARE = Network(
    parameters=(2.0,), constants=(1.0,), trunk=(("mul", 0, 1, 0.0),), outputs=1, heads=((("mul", 0, 1, 0.0),),),
    penalty=(("mul", 0, 0, 0.0),), strength=0.0, examples=((3.0, 4.0, 0),),
)  # fmt: skip


@repeatable(500)
@given(network=networks())
@example(replace(BARE, constants=(math.inf,)))
@example(replace(BARE, constants=(math.nan,), penalty=(("pow", 0, 0, math.inf),), strength=1.0))
@example(replace(BARE, constants=(-math.inf,), penalty=(("pow", 0, 0, math.nan),), strength=0.5))
@example(replace(BARE, parameters=(-0.0,), examples=((-0.0, 0.0, 0),) * 2))
@example(
    replace(BARE, parameters=(1000.0,), heads=((("exp", 0, 0, 0.0),),), penalty=(("exp", 0, 0, 0.0),), strength=2.0)
)
def test_a_program_of_any_graph_equals_value_bit_for_bit(network: Network) -> None:
    traced = network.traced()
    program = PythonProgram(traced, network.penalties())
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
    points = [(x, y) for x, y, _ in network.examples]
    assert [exact(row) for row in program.outputs(network.parameters, points)] == [exact(row[1:]) for row in rows]


def agrees(training: Training, parameters: list[float] | None = None) -> None:
    """Outputs, losses and gradients of the program equal those of Values at these parameters."""
    session, values = training.session(), training.on_values()
    parameters = parameters or values.numbers()
    values.set(parameters)
    examples = training.splits["train"]
    loss, gradient = session.program.gradients(parameters, examples, training.config.strengths)
    assert exact([loss]) == exact([values.backward()])
    assert exact(gradient) == exact(values.gradient())
    rows = [
        [values.loss_of(x, y, label).data, *(output.data for output in values.model([x, y]))]
        for x, y, label in examples
    ]
    assert [exact(row) for row in session.program.losses(parameters, examples)] == [exact(row) for row in rows]
    outputs = session.program.outputs(parameters, [(x, y) for x, y, _ in examples])
    assert [exact(row) for row in outputs] == [exact(row[1:]) for row in rows]


@repeatable(80)
@given(training=trainings())
def test_every_kind_of_network_equals_value_bit_for_bit(training: Training) -> None:
    agrees(training)


@repeatable(80)
@given(training=trainings(place=numbers), first=numbers, second=numbers)
def test_a_network_of_extreme_numbers_equals_value_bit_for_bit(training: Training, first: float, second: float) -> None:
    parameters = training.on_values().numbers()
    agrees(training, [first, *parameters[1:-1], second])


@repeatable(80)
@given(training=trainings())
def test_several_steps_equal_those_of_values_bit_for_bit(training: Training) -> None:
    session, values = training.session(), training.on_values()
    for _ in range(4):
        assert exact([session.step().train_loss]) == exact([values.step()])
        assert exact(session.parameters) == exact(values.numbers())


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("lr", [0.1, 1e6])
def test_a_run_that_learns_or_diverges_equals_that_of_values_bit_for_bit(
    lr: float, loss: str, optimizer: str, activation: str
) -> None:
    config = Config((3, 2), activation, loss, optimizer, lr, weight_decay=0.1, l1=0.01)
    train: list[Example] = [(1.5, -0.5, 0), (-2.0, 1.0, 1), (0.3, 0.4, 1), (1.0, 1.0, 0)]
    training = Training(config, 2, {"train": train}, 42)
    session, values = training.session(), training.on_values()
    for _ in range(12):
        assert exact([session.step().train_loss]) == exact([values.step()])
        assert exact(session.parameters) == exact(values.numbers())


def test_the_two_optimizers_do_diverge_with_a_huge_learning_rate() -> None:
    for optimizer in ("sgd", "adamw"):
        session = reference_session(Config(optimizer=optimizer, lr=1e6))
        for _ in range(12):
            session.step()
        assert session.diverged_at is not None


@pytest.mark.parametrize("l2", [0.0, 0.25, math.inf, math.nan])
@pytest.mark.parametrize("l1", [0.0, 0.75, math.inf, math.nan])
def test_a_penalty_comes_after_the_mean_and_its_gradient_before(l1: float, l2: float) -> None:
    train: list[Example] = [(0.1, 0.2, 0), (-0.7, 0.9, 1)]
    training = Training(Config((2,), optimizer="sgd", l1=l1, l2=l2), 2, {"train": train}, 3)
    agrees(training)
    agrees(training, [math.inf, -0.0, 0.0, *training.on_values().numbers()[3:]])


def test_contributions_to_a_parameter_arrive_from_the_last_example_to_the_first() -> None:
    p, x = Value(1.0), Value(0.0)
    root = p * x
    program = PythonProgram(Traced([x, Value(0.0)], [p], [root], [root], {}))
    examples = [(1.0, 0.0, 0), (1e16, 0.0, 0), (-1e16, 0.0, 0), (0.0, 0.0, 0)]
    assert program.gradients([1.0], examples)[1] == (0.25,), "0 - 1e16 + 1e16 + 1, a quarter of each"
    assert program.gradients([1.0], examples[::-1])[1] == (0.0,)


def test_a_parameter_that_no_loss_reads_has_gradient_zero() -> None:
    p, unused, x = Value(2.0), Value(5.0), Value(0.0)
    root = p * x
    program = PythonProgram(Traced([x, Value(0.0)], [p, unused], [root], [root], {}))
    assert program.gradients([2.0, 5.0], [(3.0, 0.0, 0)]) == (6.0, (3.0, 0.0))


def test_wide_sums_and_deep_chains_stay_within_what_python_can_parse() -> None:
    wide = MLP(2, [300, 2], Rng(1))
    traced = trace(wide, LOSSES["cross-entropy"], 2)
    program = PythonProgram(traced)
    data = [parameter.data for parameter in wide.parameters()]
    loss = mean([LOSSES["cross-entropy"].of_example(wide([0.3, -0.4]), 1)])
    loss = penalised(loss, wide.parameters(), (0.01, 0.02))
    wide.zero_grad()
    loss.backward()
    ours, gradient = program.gradients(data, [(0.3, -0.4, 1)], (0.01, 0.02))
    assert exact([ours, *gradient]) == exact([loss.data, *(parameter.grad for parameter in wide.parameters())])

    for recipe in ("sigmoid", "relu", "add"):
        deep = replace(BARE, trunk=(("mul", 0, 1, 0.0), *[(recipe, 0, 1, 0.0)] * 400))
        test_a_program_of_any_graph_equals_value_bit_for_bit.hypothesis.inner_test(deep)  # type: ignore[attr-defined]


def test_a_program_is_straight_line_code_of_the_tables_functions() -> None:
    traced = trace(MLP(2, [8, 3], Rng(42)), LOSSES["cross-entropy"], 3)
    source = python_source(traced)
    assert re.findall(r"def (\w+)\(", source) == ["outputs", "losses", "gradients", "penalty_l2", "penalty_l1"]
    calls = set(re.findall(r"(\w+)\(", re.sub(r"def \w+", "", source)))
    assert calls <= {"exp", "log", "pow", "tanh", "relu", "fabs", "reversed", "append", "reverse", "zip"}
    assert "Value" not in source
    assert source == python_source(traced)


def test_a_program_computes_no_node_twice() -> None:
    source = python_source(trace(MLP(2, [8, 3], Rng(42)), LOSSES["cross-entropy"], 3))
    gradients = source.partition("def gradients")[2]
    forward = gradients.partition("if label == 0")[0]
    assert forward.count("tanh(") == 8


@pytest.mark.parametrize("label", [0, 1, 2])
def test_each_class_has_a_backward_pass_of_its_own(label: int) -> None:
    agrees(Training(Config((4,)), 3, {"train": [(0.4, -0.9, label)]}, 9))
    agrees(Training(Config((4,)), 3, {"train": [(0.4, -0.9, label), (1.4, 0.2, (label + 1) % 3)] * 2}, 9))


def test_the_guards_cost_only_the_run_that_needs_them() -> None:
    session = reference_session()
    guarded = []

    def gradients(*_: object) -> tuple[list[float], tuple[float, ...]]:
        guarded.append(True)
        return [math.nan], ()

    assert isinstance(session.program, PythonProgram)
    session.program._code._total["gradients"] = gradients
    session.program.gradients(session.parameters, session.splits["train"])
    assert not guarded
    session.program.gradients([1e9] * len(session.parameters), session.splits["train"])
    assert guarded


def test_the_mean_of_plain_numbers_is_that_of_values() -> None:
    for data in ([0.1] * 7, [1e16, 1.0, -1e16], [*EXTREMES], [1e308, 1e308], [math.inf, -math.inf]):
        assert exact([mean_of(data)]) == exact([mean([Value(number) for number in data]).data])
