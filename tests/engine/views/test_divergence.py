"""The first number of a run that was not finite, and why."""

import math
from dataclasses import replace

import pytest

from engine.graph import evaluate
from engine.ops import OPS
from engine.run.config import Config
from engine.views.divergence import cause_of, reason
from engine.views.queries import Node
from tests.engine.run.test_session import SGD, session_of


def test_a_run_that_is_finite_has_no_cause_and_stays_where_it_is() -> None:
    session = session_of(SGD)
    session.advance(5)
    assert cause_of(session) is None
    assert session.step_count == 5


def test_the_cause_is_known_at_the_step_itself_before_another_is_taken() -> None:
    wild = replace(SGD, lr=1e6)
    further, session = session_of(wild), session_of(wild)
    while further.diverged_at is None:
        further.step()
    session.advance(further.diverged_at)
    assert session.diverged_at is None
    assert cause_of(session) == cause_of(further) is not None


@pytest.mark.parametrize(
    "config",
    [
        replace(SGD, lr=1e6),
        replace(SGD, lr=1e200),
        Config((3,), optimizer="adamw", lr=1e4),
        Config((3,), activation="relu", loss="squared-error", optimizer="sgd", lr=1e5),
        Config((), loss="squared-error", optimizer="sgd", lr=1e100),
        Config((3,), loss="hinge", optimizer="sgd", lr=1e308),
        Config((3,), loss="hinge", optimizer="sgd", lr=1e200),
        replace(SGD, lr=1e6, batch_size=3),
    ],
    ids=str,
)
def test_the_cause_is_the_first_number_that_is_not_finite(config: Config) -> None:
    session = session_of(config)
    for _ in range(400):
        session.step()
        if session.diverged_at is not None:
            break
    else:
        pytest.fail("this run should diverge")
    at = session.diverged_at
    session.advance(10)
    cause = cause_of(session)
    assert cause
    assert session.step_count == cause.step
    assert cause.step in (at, at - 1)
    assert cause.text.endswith(".")
    assert cause.index in session.batch(), "the others had no part in it"
    x, y, label = session.splits["train"][cause.index]
    graph = session.graph(label)
    data, grad = evaluate(graph, session.parameters, (x, y))
    node = next(place for place, node in enumerate(graph.nodes) if node.name == cause.node)
    assert all(map(math.isfinite, data[:node]))
    if "penalty" in cause.text:
        value = session.parameters[session.parameter_names.index(cause.node)]
        assert not math.isfinite(value * value)
    elif "overflowed" in cause.text:
        assert all(map(math.isfinite, grad))
        assert cause.node in session.parameter_names
    elif "sum is larger" in cause.text:
        assert all(math.isfinite(value * value) for value in session.parameters), "else the penalty is the cause"
    else:
        assert not (math.isfinite(data[node]) and math.isfinite(grad[node]))
    session.seek(cause.step)
    earlier = session.seek(cause.step - 1)
    assert all(map(math.isfinite, earlier.parameters)), "before it everything was finite"


@pytest.mark.parametrize(
    ("op", "operands", "k", "expected"),
    [
        ("exp", [800.0], 0.0, "exp(800) is larger than the largest float"),
        ("log", [0.0], 0.0, "log(0) is minus infinity"),
        ("log", [-1.0], 0.0, "there is no logarithm of -1"),
        ("pow", [0.0], -1.0, "0 to the power -1 divides by zero"),
        ("pow", [-2.0], 0.5, "-2 to the power 0.5 is no real number"),
        ("pow", [1e200], 2.0, "1e+200 to the power 2 is larger"),
        ("mul", [1e200, 1e200], 0.0, "1e+200 × 1e+200 is larger"),
        ("add", [1.7e308, 1.7e308], 0.0, "1.7e+308 + 1.7e+308 is larger"),
    ],
)
def test_the_reason_names_the_operation_and_its_operands(
    op: str, operands: list[float], k: float, expected: str
) -> None:
    result = OPS[op].compute(operands, k)
    assert not math.isfinite(result)
    assert expected in reason(Node("n", op, "loss", (), k), operands, result)
