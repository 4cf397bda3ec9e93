import gc
import math
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given

from engine.losses import cross_entropy
from engine.nn import MLP
from engine.rng import Rng
from engine.value import Value, topological_order
from tests.engine.support import exact, numbers, repeatable


def test_a_new_value_is_a_leaf_without_gradient() -> None:
    leaf = Value(3)
    assert type(leaf.data) is float
    assert (leaf.data, leaf.grad, leaf.label, leaf.op, leaf.operands) == (3.0, 0.0, "", None, ())
    assert Value(1.0, label="w").label == "w"


@pytest.mark.parametrize(
    ("of", "expected", "grad"),
    [
        (lambda a: a + 2, 5.0, 1.0),
        (lambda a: 2 + a, 5.0, 1.0),
        (lambda a: a - 2, 1.0, 1.0),
        (lambda a: 2 - a, -1.0, -1.0),
        (lambda a: a * 2, 6.0, 2.0),
        (lambda a: 2 * a, 6.0, 2.0),
        (lambda a: a / 2, 1.5, 0.5),
        (lambda a: 2 / a, 2 * 3**-1, -2 / 9),
        (lambda a: -a, -3.0, -1.0),
        (lambda a: a**2, 9.0, 6.0),
        (lambda a: a**-1, 1 / 3, -1 / 9),
        (lambda a: True + a, 4.0, 1.0),
        (lambda a: sum([a, a, 1.0]), 7.0, 2.0),
    ],
)
def test_operators_take_plain_numbers_on_either_side(
    of: Callable[[Value], Value], expected: float, grad: float
) -> None:
    a = Value(3.0)
    result = of(a)
    result.backward()
    assert result.data == pytest.approx(expected, rel=1e-15)
    assert a.grad == pytest.approx(grad, rel=1e-15)


@pytest.mark.parametrize(
    ("of", "value", "grads"),
    [
        (lambda a, b: a + b, 1.0, (1.0, 1.0)),
        (lambda a, b: a - b, 5.0, (1.0, -1.0)),
        (lambda a, b: a * b, -6.0, (-2.0, 3.0)),
        (lambda a, b: a / b, -1.5, (-0.5, -0.75)),
    ],
)
def test_operators_between_values(
    of: Callable[[Value, Value], Value], value: float, grads: tuple[float, float]
) -> None:
    a, b = Value(3.0), Value(-2.0)
    result = of(a, b)
    result.backward()
    assert (result.data, (a.grad, b.grad)) == (value, grads)


def ops_below(root: Value) -> list[str]:
    return [node.op.name for node in topological_order(root) if node.op]


def test_subtract_divide_and_negate_are_composed_as_in_the_lecture() -> None:
    a, b = Value(3.0), Value(2.0)
    assert ops_below(-a) == ["mul"]
    assert ops_below(a - b) == ["mul", "add"]
    assert ops_below(a / b) == ["pow", "mul"]
    assert (a / b).operands[1].k == -1.0
    assert (-a).operands[1].data == -1.0


def test_operands_keep_their_order() -> None:
    a = Value(3.0)
    assert [operand.data for operand in (2.0 + a).operands] == [2.0, 3.0]
    assert [operand.data for operand in (2.0 * a).operands] == [2.0, 3.0]
    assert [operand.data for operand in (2.0 - a).operands] == [2.0, -3.0]
    assert [operand.data for operand in (2.0 / a).operands] == [2.0, 1 / 3]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda a: a + "1",
        lambda a: "1" + a,
        lambda a: a - "1",
        lambda a: "1" - a,
        lambda a: a * "1",
        lambda a: "1" * a,
        lambda a: a / "1",
        lambda a: "1" / a,
        lambda a: a ** "1",
    ],
)
def test_an_operand_that_is_no_number_is_named(wrong: Callable[[Value], object]) -> None:
    with pytest.raises(TypeError, match=r"\bstr\b"):
        wrong(Value(1.0))


def test_a_value_as_exponent_is_refused() -> None:
    with pytest.raises(TypeError, match="plain number as exponent, not Value"):
        Value(2.0) ** Value(3.0)  # type: ignore[operator]
    with pytest.raises(TypeError):
        2.0 ** Value(3.0)  # type: ignore[operator]


@pytest.mark.parametrize("other", [None, [1.0], 1j])
def test_only_numbers_mix_with_values(other: object) -> None:
    with pytest.raises(TypeError, match=f"numbers, not with {type(other).__name__}"):
        Value(1.0) + other  # type: ignore[operator]


def test_a_node_used_twice_gets_both_gradients() -> None:
    a = Value(3.0)
    b = a + a
    b.backward()
    assert (b.data, a.grad) == (6.0, 2.0)
    c = Value(3.0)
    (c * c).backward()
    assert c.grad == 6.0


def test_a_node_shared_at_different_depths_waits_for_all_its_readers() -> None:
    a = Value(2.0)
    b = a * a
    c = b.tanh() + b
    (c * b + a).backward()
    y = math.tanh(4.0)
    assert a.grad == pytest.approx(((1 - y * y + 1) * 4.0 + (y + 4.0)) * 4.0 + 1.0, rel=1e-14)


def test_the_root_and_every_inner_node_get_a_gradient() -> None:
    a, b = Value(2.0), Value(3.0)
    product = a * b
    root = product + a
    root.backward()
    assert (root.grad, product.grad, a.grad, b.grad) == (1.0, 1.0, 4.0, 2.0)


def test_a_second_backward_adds_to_the_first() -> None:
    a, b = Value(2.0), Value(-3.0)
    root = (a * b).tanh() * a + b
    root.backward()
    once = [node.grad for node in topological_order(root)]
    root.backward()
    assert [node.grad for node in topological_order(root)] == [2 * grad for grad in once]


def test_two_roots_add_up_in_their_shared_leaves() -> None:
    a = Value(2.0)
    (a * 3.0).backward()
    (a * a).backward()
    assert a.grad == 7.0


def test_backward_does_not_change_data_and_backward_of_a_leaf_is_one() -> None:
    a = Value(2.0)
    a.backward()
    assert (a.data, a.grad) == (2.0, 1.0)


def test_operands_come_before_what_is_made_of_them_each_once() -> None:
    a, b = Value(1.0), Value(2.0)
    c = a * b
    root = (c + a) * (c + b)
    order = topological_order(root)
    assert len(order) == len(set(order)) == 6
    assert order[-1] is root
    assert all(order.index(operand) < order.index(node) for node in order for operand in node.operands)
    assert order[:2] == [a, b], "depth first, first operand first"


def test_inf_and_nan_travel_as_ieee_754_says() -> None:
    a = Value(math.inf)
    difference = a - a
    difference.backward()
    assert math.isnan(difference.data)
    assert a.grad == 0.0
    zero = Value(0.0)
    quotient = 1.0 / zero
    quotient.backward()
    assert (quotient.data, zero.grad) == (math.inf, -math.inf)
    assert math.isnan((zero / 0.0).data)
    assert (Value(-2.0) / 0).data == -math.inf
    assert math.isnan((zero * math.inf).data)


@repeatable(150)
@given(a=numbers, b=numbers)
def test_sums_and_products_are_those_of_plain_floats(a: float, b: float) -> None:
    made = [Value(a) + b, a + Value(b), Value(a) * b, a * Value(b), Value(a) - b, a - Value(b), -Value(a)]
    plain = [a + b, a + b, a * b, a * b, a - b, a - b, -a]
    assert exact(node.data for node in made) == exact(plain)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Value(2.5), "Value(2.5, grad 0.0)"),
        (Value(2.5, label="w1[3,0]"), "Value(w1[3,0]: 2.5, grad 0.0)"),
        (Value(1.0) + 0.5, "Value(1.5, grad 0.0, add)"),
        (Value(math.nan), "Value(nan, grad 0.0)"),
    ],
)
def test_repr_is_short_and_tells_label_numbers_and_op(value: Value, shown: str) -> None:
    assert repr(value) == shown


def test_repr_of_a_deep_node_does_not_print_its_graph() -> None:
    x = Value(1.0)
    for _ in range(1000):
        x = x + 1.0
    assert len(repr(x)) < 50


def alive() -> int:
    return sum(type(thing) is Value for thing in gc.get_objects())


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Only reference counts free anything."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_a_graph_is_freed_with_its_root() -> None:
    model = MLP(2, [8, 3], Rng(42))
    before = alive()
    loss = cross_entropy(model([1.0, 2.0]), 0)
    loss.backward()
    assert alive() > before + 100
    del loss
    assert alive() == before


@pytest.mark.usefixtures("no_collector")
def test_a_chain_of_100_000_additions_is_built_differentiated_and_freed() -> None:
    a = Value(0.0)
    before = alive()
    x = a
    for _ in range(100_000):
        x = x + 1.0
    x.backward()
    assert (x.data, a.grad) == (100_000.0, 1.0)
    del x
    assert alive() == before


def test_a_chain_of_100_000_doublings_overflows_quietly() -> None:
    a = Value(1.0)
    x = a
    for _ in range(100_000):
        x = x + x
    x.backward()
    assert (x.data, a.grad) == (math.inf, math.inf)
