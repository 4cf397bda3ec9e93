import ast
import ctypes
import math
import re
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph import Graph, Node, Traced, evaluate
from engine.ops import (
    ABS,
    EXP,
    FAST,
    GELU,
    LEAKY,
    LIBRARY,
    LOG,
    OPS,
    POW,
    RELU,
    SIGMOID,
    SILU,
    SIN,
    SOFTPLUS,
    TANH,
    TOTAL,
    Op,
    total_pow,
)
from engine.programs.python import PythonProgram
from engine.programs.statements import letters
from engine.value import Value, apply
from tests.engine.support import EXPONENTS, EXTREMES, exact, numbers, repeatable, slope

POINTS = {"log": (0.02, 0.5, 1.0, 3.7), "pow": (0.3, 1.0, 2.6)}
EVERYWHERE = (-3.1, -1.0, -0.2, 0.4, 1.0, 2.3)
"""No zero: relu has a corner there."""
CONSTANTS = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.5)


def samples(op: Op) -> list[tuple[tuple[float, ...], float]]:
    """Operands from the op's domain, with each constant if the row reads one."""
    constants = CONSTANTS if "k" in letters(op.forward) else (0.0,)
    operands = list(product(POINTS.get(op.name, EVERYWHERE), repeat=op.arity))
    if op is POW:
        return [(a, k) for a in operands for k in constants] + [((-1.5,), k) for k in (-2.0, -1.0, 1.0, 2.0, 3.0)]
    return [(a, k) for a in operands for k in constants]


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_every_partial_derivative_agrees_with_finite_differences(op: Op) -> None:
    for operands, k in samples(op):
        partials = op.locals(operands, k, op.compute(operands, k))
        assert len(partials) == op.arity
        for place, partial in enumerate(partials):

            def moved(x: float, operands: tuple[float, ...] = operands, place: int = place, k: float = k) -> float:
                return op.compute([*operands[:place], x, *operands[place + 1 :]], k)

            assert partial == pytest.approx(slope(moved, operands[place]), rel=1e-6, abs=1e-8), (operands, k, place)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_backward_through_every_op_agrees_with_finite_differences(op: Op) -> None:
    for operands, k in samples(op):
        leaves = [Value(data) for data in operands]
        (apply(op, *leaves, k=k) * 3.0).backward()
        for place, leaf in enumerate(leaves):

            def moved(x: float, operands: tuple[float, ...] = operands, place: int = place, k: float = k) -> float:
                return 3.0 * op.compute([*operands[:place], x, *operands[place + 1 :]], k)

            assert leaf.grad == pytest.approx(slope(moved, operands[place]), rel=1e-6, abs=1e-8), (operands, k, place)


def test_the_table_has_the_lectures_operations_under_their_names() -> None:
    assert set(OPS) >= {"add", "mul", "pow", "exp", "log", "tanh", "relu", "sigmoid"}
    assert all(name == op.name for name, op in OPS.items())


METHODS: dict[str, Callable[[Value, Value], Value]] = {
    "add": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "pow": lambda a, b: a**3.0,
    "abs": lambda a, b: abs(a),
    "leaky-relu": lambda a, b: a.leaky_relu(3.0),
}
"""How a row that takes a constant, or has an operator, is applied; the others have a method of their name."""


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_a_values_method_is_the_row_of_the_table(op: Op) -> None:
    a, b = Value(0.7), Value(-1.3)
    node = METHODS[op.name](a, b) if op.name in METHODS else getattr(a, op.name)()
    assert node.op is op
    assert node.operands == (a, b)[: op.arity]
    assert node.data == op.compute([0.7, -1.3][: op.arity], 3.0)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_a_row_says_what_a_reader_needs(op: Op) -> None:
    assert op.symbol
    assert 1 <= len(op.short) <= 4
    assert op.flat is None or all(op.flat), "words for each region"
    assert len(op.partials) == len(op.derivative) == op.arity
    assert all(op.derivative)
    assert re.fullmatch(r"[A-Z][^.]*\.", op.why), "one sentence"


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_a_row_keeps_to_the_common_subset_of_python_and_c(op: Op) -> None:
    grammar = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Call, ast.Compare, ast.Name, ast.Constant, ast.Load)
    signs = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub, ast.Gt, ast.Lt, ast.GtE, ast.LtE)
    for expression in (op.forward, *op.partials):
        for part in ast.walk(ast.parse(expression, mode="eval")):
            assert isinstance(part, grammar + signs)
            if isinstance(part, ast.Name):
                assert part.id in {*"abky"[: 4 if expression != op.forward else 3], *TOTAL}
            if isinstance(part, ast.Constant):
                assert isinstance(part.value, float), "an integer would divide as one in C"


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_the_derivative_jumps_at_every_kink_and_nowhere_else(op: Op) -> None:
    if op.arity == 1:
        places = [*op.kinks, *(place / 8 + 1 / 32 for place in range(-40, 40) if op is not LOG or place > 8)]
        for a in places:
            sides = [op.locals((x,), 0.25, op.compute((x,), 0.25))[0] for x in (a - 1e-7, a + 1e-7)]
            assert (abs(sides[0] - sides[1]) > 0.1) == (a in op.kinks), (a, sides)
    else:
        assert op.kinks == ()


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
@repeatable(80)
@given(a=numbers, b=numbers, k=st.sampled_from(EXPONENTS))
def test_every_operation_and_derivative_is_total(op: Op, a: float, b: float, k: float) -> None:
    operands = (a, b)[: op.arity]
    y = op.compute(operands, k)
    assert all(type(number) is float for number in (y, *op.locals(operands, k, y)))


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
@repeatable(80)
@given(a=numbers, b=numbers, k=st.sampled_from(EXPONENTS))
def test_the_unguarded_functions_give_the_same_digits_or_raise(op: Op, a: float, b: float, k: float) -> None:
    operands = (a, b)[: op.arity]
    y = op.compute(operands, k)
    scope = {"a": a, "b": b, "k": k, "y": y}
    for expression, expected in zip((op.forward, *op.partials), (y, *op.locals(operands, k, y)), strict=True):
        try:
            result = eval(expression, dict(FAST), scope)
        except (OverflowError, ValueError):
            continue  # what a program answers by running again with the total functions
        assert exact([result]) == exact([expected])


@pytest.mark.parametrize(
    ("made", "values", "slopes"),
    [
        (Value.leaky_relu, (-0.03, -0.007, -1e-05, 0.4, 2.5), (0.01, 0.01, 0.01, 1.0, 1.0)),
        (
            Value.gelu,
            (-0.00404969409489031, -0.1693745565561511, -0.000499601057786089, 0.2621686966441297, 2.4844758366855597),
            (-0.01194564720418392, 0.023385898866340155, 0.4992021157051586, 0.8027297977316535, 1.037611085908145),
        ),
        (
            Value.softplus,
            (0.04858735157374206, 0.4031860488854579, 0.6926473055599401, 0.9130152523999526, 2.5788897342925496),
            (0.04742587317756679, 0.33181222783183395, 0.49975000002083336, 0.598687660112452, 0.9241418199787564),
        ),
        (
            Value.silu,
            (-0.14227761953270035, -0.2322685594822837, -0.0004997500000208334, 0.2394750640449808, 2.3103545499468914),
            (-0.08810410601516962, 0.17661321652665754, 0.4995000000833333, 0.6947919584090636, 1.0994011113415267),
        ),
    ],
    ids=["leaky relu", "gelu", "softplus", "silu"],
)
def test_an_activation_is_pytorchs(
    made: Callable[[Value], Value], values: tuple[float, ...], slopes: tuple[float, ...]
) -> None:
    """Figures of PyTorch 2.13, gelu with erf, and their gradients."""
    for a, value, slope_there in zip((-3.0, -0.7, -1e-3, 0.4, 2.5), values, slopes, strict=True):
        leaf = Value(a)
        node = made(leaf)
        node.backward()
        assert node.data == pytest.approx(value, rel=1e-12)
        assert leaf.grad == pytest.approx(slope_there, rel=1e-12)


INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("op", "a", "k", "y", "derivative"),
    [
        (EXP, 1000.0, 0.0, INF, INF),
        (EXP, -1000.0, 0.0, 0.0, 0.0),
        (EXP, -INF, 0.0, 0.0, 0.0),
        (LOG, 0.0, 0.0, -INF, INF),
        (LOG, -0.0, 0.0, -INF, -INF),
        (LOG, -1.0, 0.0, NAN, -1.0),
        (LOG, INF, 0.0, INF, 0.0),
        (LOG, 5e-324, 0.0, -744.4400719213812, INF),
        (POW, 0.0, -1.0, INF, -INF),
        (POW, -0.0, -1.0, -INF, -INF),
        (POW, 0.0, -2.0, INF, -INF),
        (POW, -0.0, -2.0, INF, INF),
        (POW, 0.0, -0.5, INF, -INF),
        (POW, 0.0, 0.0, 1.0, NAN),
        (POW, -8.0, 0.5, NAN, NAN),
        (POW, 1e200, 2.0, INF, 2e200),
        (POW, -1e200, 2.0, INF, -2e200),
        (POW, -1e200, 3.0, -INF, INF),
        (POW, -1e-200, -3.0, -INF, -INF),
        (POW, -1e-200, -2.0, INF, INF),
        (POW, INF, -1.0, 0.0, -0.0),
        (TANH, 1000.0, 0.0, 1.0, 0.0),
        (TANH, -INF, 0.0, -1.0, 0.0),
        (RELU, -0.0, 0.0, 0.0, 0.0),
        (RELU, INF, 0.0, INF, 1.0),
        (RELU, -INF, 0.0, 0.0, 0.0),
        (RELU, NAN, 0.0, NAN, 0.0),
        (LEAKY, 0.0, 0.25, 0.0, 0.25),
        (LEAKY, -INF, 0.25, -INF, 0.25),
        (LEAKY, NAN, 0.25, NAN, 0.0),
        (GELU, 0.0, 0.0, 0.0, 0.5),
        (GELU, 1e200, 0.0, 1e200, 1.0),
        (GELU, -1e200, 0.0, -0.0, 0.0),
        (GELU, -INF, 0.0, NAN, NAN),
        (SOFTPLUS, 0.0, 0.0, 0.6931471805599453, 0.5),
        (SOFTPLUS, -40.0, 0.0, 4.248354255291589e-18, 4.248354255291589e-18),
        (SOFTPLUS, 1e200, 0.0, 1e200, 1.0),
        (SOFTPLUS, INF, 0.0, INF, 1.0),
        (SOFTPLUS, -INF, 0.0, 0.0, 0.0),
        (SOFTPLUS, NAN, 0.0, NAN, NAN),
        (SILU, -1000.0, 0.0, -0.0, -0.0),
        (SILU, 1e200, 0.0, 1e200, 1.0),
        (SILU, -INF, 0.0, NAN, NAN),
        (SIN, -INF, 0.0, NAN, NAN),
        (SIN, NAN, 0.0, NAN, NAN),
        (ABS, 0.0, 0.0, 0.0, 0.0),
        (ABS, -0.0, 0.0, 0.0, 0.0),
        (ABS, -INF, 0.0, INF, -1.0),
        (ABS, NAN, 0.0, NAN, 0.0),
        (SIGMOID, -1000.0, 0.0, 0.0, 0.0),
        (SIGMOID, 1000.0, 0.0, 1.0, 0.0),
        (SIGMOID, NAN, 0.0, NAN, NAN),
    ],
)
def test_where_python_would_raise_ieee_754_answers(op: Op, a: float, k: float, y: float, derivative: float) -> None:
    leaf = Value(a)
    node = apply(op, leaf, k=k)
    node.backward()
    assert exact([node.data, leaf.grad]) == exact([y, 0.0 + derivative])
    assert exact(op.locals([a], k, y)) == exact([derivative])


def in_c(name: str, arguments: int) -> Callable[..., float]:
    """The C library's function of that name."""
    try:
        function = getattr(ctypes.CDLL(None), name)
    except (OSError, TypeError, AttributeError):
        pytest.skip("no C library to ask")
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double] * arguments
    return function  # type: ignore[no-any-return]  # ctypes finds it by name


@repeatable(300)
@given(a=numbers, k=numbers | st.sampled_from(EXPONENTS))
def test_pow_is_cs_pow(a: float, k: float) -> None:
    assert exact([total_pow(a, k)]) == exact([in_c("pow", 2)(a, k)])


def test_pow_is_cs_pow_at_every_pair_of_extremes() -> None:
    pairs = list(product(EXTREMES, (*EXTREMES, *EXPONENTS, 5.0, -5.0, 1e16, 2.5)))
    assert exact(total_pow(a, k) for a, k in pairs) == exact(in_c("pow", 2)(a, k) for a, k in pairs)


@pytest.mark.parametrize(("name", "function"), [(name, TOTAL[name]) for name in LIBRARY if name != "pow"])
@repeatable(100)
@given(a=numbers)
def test_the_functions_are_those_of_the_c_library(name: str, function: Callable[[float], float], a: float) -> None:
    assert exact([function(a)]) == exact([in_c(name, 1)(a)])


def test_a_new_row_works_in_every_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Op("softsign3", "a * a * a / (1.0 + a * a)", ("a * a * (3.0 + a * a) * pow(1.0 + a * a, -2.0)",), ("",), ".")
    monkeypatch.setitem(OPS, row.name, row)
    p, x = Value(0.8), Value(1.7)
    root = apply(row, p * x)
    root.backward()
    assert root.data == pytest.approx(1.36**3 / (1 + 1.36**2), rel=1e-14)

    traced = Traced([x, Value(0.0)], [p], [root], [root], {})
    program = PythonProgram(traced)
    loss, gradient = program.gradients([0.8], [(1.7, 0.0, 0)])
    assert exact([loss, *gradient]) == exact([root.data, p.grad])

    nodes = (Node("p", "", "weight"), Node("x", "", "input"), Node("p·x", "mul", "product", (0, 1)))
    graph = Graph((*nodes, Node("loss", row.name, "loss", (2,))), (0,), (1,))
    data, grad = evaluate(graph, [0.8], [1.7])
    assert exact([data[-1], grad[0]]) == exact([root.data, p.grad])
