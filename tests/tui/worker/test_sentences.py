"""Facts of the engine in words: why a run diverged, and who computes it."""

import math

import pytest

from engine.ops import OPS
from engine.views.divergence import Cause, Place
from tests.tui.support import session_of
from tui.run.spec import RunSpec
from tui.worker.sentences import backend_text, divergence_text


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
    cause = Cause(3, 0, "n", Place.FORWARD, tuple(operands), op=op, k=k, result=result)
    assert divergence_text(cause).startswith(f"n is the first number that is not finite: {expected}")


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (
            Cause(3, 0, "w1[0,0]", Place.PENALTY, (1e200,)),
            "The L2 penalty overflowed: the square of w1[0,0], 1e+200, is larger than the largest float.",
        ),
        (Cause(3, 0, "loss", Place.SUM), "Each loss is finite, but their sum is larger than the largest float."),
        (
            Cause(3, 0, "h1[0]", Place.BACKWARD, (math.inf,)),
            "The gradient of h1[0] became inf: a local derivative or their product is too large.",
        ),
        (
            Cause(3, 0, "b1[0]", Place.UPDATE, (1.5, -2e200, 1e200)),
            "The update of b1[0] overflowed: it was 1.5, its batch gradient -2e+200, the learning rate 1e+200.",
        ),
    ],
    ids=lambda value: value.place.name if isinstance(value, Cause) else "",
)
def test_each_place_has_its_sentence(cause: Cause, expected: str) -> None:
    assert divergence_text(cause) == expected


def test_every_operation_has_a_reason() -> None:
    for op in OPS:
        cause = Cause(3, 0, "n", Place.FORWARD, (1e300, 1e300), op=op, result=math.inf)
        assert divergence_text(cause).endswith(("largest float, 1.8e308.", "logarithm of 1e+300."))


@pytest.mark.parametrize(
    ("name", "brief", "note", "expected"),
    [
        ("c", "", "", "C"),
        ("python", "compiling", "compiling", "Python, compiling"),
        ("python", "no cc", "there is no C compiler on PATH", "Python, no cc (there is no C compiler on PATH)"),
    ],
)
def test_who_computes_is_said_with_the_reason(name: str, brief: str, note: str, expected: str) -> None:
    backend = session_of(RunSpec()).backend
    backend.name, backend.brief, backend.note = name, brief, note
    assert backend_text(backend) == expected
