"""The numerical gradient: it agrees with the chain rule, by the graph's own operations, within its limits."""

import math

import pytest

from engine.graph import Graph, Node, evaluate
from engine.ops import OPS, Op
from engine.run.session import Session
from engine.views.gradient_check import MOST_DIGITS, NUDGES, check, digits, slope
from tests.tui.support import DEEP, DEFAULT, HINGE, SMALLEST, SQUARED, session_of
from tui.run.spec import RunSpec


def graph_of(session: Session) -> tuple[Graph, list[float], list[float], tuple[float, float]]:
    x, y, label = session.splits["train"][0]
    graph = session.graph(label)
    return graph, *evaluate(graph, session.parameters, (x, y)), (x, y)


@pytest.mark.parametrize("spec", [DEFAULT, SQUARED, DEEP, SMALLEST], ids=["default", "squared", "deep", "smallest"])
def test_every_nodes_gradient_agrees_with_its_numerical_slope(spec: RunSpec) -> None:
    graph, data, grad, _ = graph_of(session_of(spec, 5))
    for node in range(len(graph.nodes)):
        found = check(graph, 0, data, node)
        assert found.value == data[node]
        slopes = [
            s for place in range(len(NUDGES)) if math.isfinite(s := slope(found, place))
        ]  # log(p - 0.1) may be nan
        assert len(slopes) > 9
        assert min(abs(s - grad[node]) for s in slopes) < 1e-7 * (1 + abs(grad[node]))


def test_a_nudged_parameter_gives_the_loss_of_a_network_with_that_parameter() -> None:
    session = session_of(DEFAULT, 5)
    graph, data, _, point = graph_of(session)
    for parameter in (0, 7, len(session.parameters) - 1):
        found = check(graph, 0, data, graph.parameters[parameter])
        for place, h in enumerate(NUDGES):
            for side, sign in enumerate((-1.0, 1.0)):
                moved = list(session.parameters)
                moved[parameter] += sign * h
                assert found.losses[place][side] == evaluate(graph, moved, point)[0][-1]


def test_an_input_can_be_nudged_too() -> None:
    session = session_of(DEFAULT, 5)
    graph, data, _, (x, y) = graph_of(session)
    found = check(graph, 0, data, graph.inputs[0])
    assert found.losses[3][1] == evaluate(graph, session.parameters, (x + NUDGES[3], y))[0][-1]


def test_what_is_not_downstream_of_the_node_stays_as_it_is() -> None:
    graph, data, grad, _ = graph_of(session_of(DEFAULT, 5))
    before = list(data)
    root = len(graph.nodes) - 1
    found = check(graph, 0, data, root)
    assert data == before
    assert found.losses[0] == (data[root] - 0.1, data[root] + 0.1)
    assert grad[root] == 1.0


def test_the_error_is_least_between_truncation_and_round_off() -> None:
    graph, data, grad, _ = graph_of(session_of(DEFAULT, 5))
    node = graph.parameters[0]
    found = check(graph, 0, data, node)
    errors = [abs(slope(found, place) - grad[node]) for place in range(len(NUDGES))]
    best = errors.index(min(errors))
    assert 2 < best < 8
    assert errors[0] > 1e3 * errors[best]
    assert errors[-1] > 1e3 * errors[best]


KINKED = [op for op in OPS.values() if op.kinks]


def corner(op: Op) -> Graph:
    """op(a), and nothing else; its constant is a quarter if it has one."""
    return Graph((Node("a", "", "input"), Node("loss", op.name, "loss", (0,), k=0.25)), (), (0,))


def passed(graph: Graph, a: float) -> list[list[str]]:
    """The nodes that pass a kink, for each size of the nudge."""
    found = check(graph, 0, evaluate(graph, (), (a,))[0], 0)
    return [[graph.nodes[node].name for node in nodes] for nodes in found.kinks]


@pytest.mark.parametrize("op", KINKED, ids=lambda op: op.name)
def test_every_nudge_across_a_kink_is_reported_and_no_other(op: Op) -> None:
    for kink in op.kinks:
        for place in range(51):
            distance = 10.0 ** -(1.02 + place * 0.1) * (-1.0) ** place
            across = [h > abs(distance) for h in NUDGES]
            assert passed(corner(op), kink + distance) == [["loss"] if each else [] for each in across]
            assert across[0]


@pytest.mark.parametrize("op", KINKED, ids=lambda op: op.name)
def test_at_a_kink_every_slope_is_between_both_sides(op: Op) -> None:
    graph = corner(op)
    for kink in op.kinks:
        found = check(graph, 0, evaluate(graph, (), (kink,))[0], 0)
        assert set(found.kinks) == {(1,)}
        sides = [op.locals((kink + h,), 0.25, op.compute((kink + h,), 0.25))[0] for h in (-1.0, 1.0)]
        assert [slope(found, place) for place in range(9)] == pytest.approx([sum(sides) / 2] * 9)


def test_several_kinks_are_all_reported() -> None:
    nodes = (
        Node("a", "", "input"),
        *(
            Node(name, op, "activation", (0,), k=0.25)
            for name, op in (("u", "relu"), ("v", "leaky-relu"), ("w", "abs"))
        ),
        Node("two", "add", "sum", (1, 2)),
        Node("loss", "add", "loss", (4, 3)),
    )
    assert passed(Graph(nodes, (), (0,)), 5e-3)[:3] == [["u", "v", "w"], ["u", "v", "w"], []]


def test_a_kink_that_is_passed_there_and_back_is_reported() -> None:
    """relu(0.0025 - a²) is 0 at both ends of the larger nudges, and not between them."""
    nodes = (
        *(Node("a", "", "input"), Node("square", "pow", "partial", (0,), k=2.0)),
        *(Node("minus", "", "constant", k=-1.0), Node("negative", "mul", "partial", (1, 2))),
        *(
            Node("c", "", "constant", k=0.0025),
            Node("rest", "add", "partial", (3, 4)),
            Node("loss", "relu", "loss", (5,)),
        ),
    )
    assert passed(Graph(nodes, (), (0,)), 0.0)[:3] == [["loss"], [], []]


def test_a_relu_of_a_real_network_is_named() -> None:
    graph, data, _, _ = graph_of(session_of(HINGE, 5))
    node = next(i for i, each in enumerate(graph.nodes) if each.op == "relu" and each.role == "activation")
    operand = graph.nodes[node].operands[0]
    data[operand] = 1e-4
    assert node in check(graph, 0, data, operand).kinks[0]


@pytest.mark.parametrize("value", [math.inf, math.nan, 1e308, 800.0])
def test_numbers_out_of_range_give_slopes_that_are_not_numbers_and_no_exception(value: float) -> None:
    graph = Graph(
        (Node("a", "", "input"), Node("v", "exp", "partial", (0,)), Node("loss", "exp", "loss", (1,))), (), (0,)
    )
    found = check(graph, 0, evaluate(graph, (), (value,))[0], 0)
    assert not any(math.isfinite(slope(found, place)) for place in range(len(NUDGES)))


def test_digits_in_agreement() -> None:
    assert digits(1.0, 1.0) == digits(0.0, -0.0) == MOST_DIGITS
    assert digits(1.0, 1.0002) == 3
    assert digits(-250.0, -250.00001) == 7
    assert digits(1.0, -1.0) == digits(0.0, 1e-9) == 0
    assert digits(math.nan, 1.0) == digits(math.inf, 1.0) == digits(1.0, math.nan) == 0
    assert digits(5e-324, 1e-323) == 0
