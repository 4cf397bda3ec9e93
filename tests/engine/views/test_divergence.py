"""The first number of a run that was not finite, and why."""

import math
from dataclasses import replace

import pytest

from engine.graph import evaluate
from engine.ops import OPS
from engine.run.config import Config
from engine.views.divergence import Place, cause_of
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
    assert cause.index in session.batch(), "the others had no part in it"
    x, y, label = session.splits["train"][cause.index]
    graph = session.graph(label)
    data, grad = evaluate(graph, session.parameters, (x, y))
    node = next(place for place, node in enumerate(graph.nodes) if node.name == cause.node)
    assert all(map(math.isfinite, data[:node]))
    match cause.place:
        case Place.PENALTY:
            value = session.parameters[session.parameter_names.index(cause.node)]
            assert cause.numbers == (value,)
            assert not math.isfinite(value * value)
        case Place.UPDATE:
            assert all(map(math.isfinite, grad))
            assert cause.node in session.parameter_names
            assert cause.numbers[0] == session.parameters[session.parameter_names.index(cause.node)]
            assert cause.numbers[2] == config.lr_at(cause.step)
        case Place.SUM:
            assert all(math.isfinite(value * value) for value in session.parameters), "else the penalty is the cause"
        case Place.BACKWARD:
            assert repr(cause.numbers) == repr((grad[node],))
            assert not math.isfinite(grad[node])
        case Place.FORWARD:
            assert cause.numbers == tuple(data[operand] for operand in graph.nodes[node].operands)
            assert all(map(math.isfinite, cause.numbers))
            assert repr(OPS[cause.op].compute(cause.numbers, cause.k)) == repr(cause.result) == repr(data[node])
            assert not math.isfinite(cause.result)
    session.seek(cause.step)
    earlier = session.seek(cause.step - 1)
    assert all(map(math.isfinite, earlier.parameters)), "before it everything was finite"
