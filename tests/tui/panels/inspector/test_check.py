"""The check in words and rows: the engine's slopes, the digits that agree, the right reason at every h."""

import math

import pytest

from engine.graph import Graph, Node, evaluate
from engine.views.gradient_check import NUDGES, Check, check, digits, slope
from tests.tui.support import ASCII, DEFAULT, HINGE, PALETTE, example, texts
from tui.draw.numbers import number
from tui.draw.text import width_of
from tui.panels.inspector.check import check_lines, verdict

WIDTHS = (44, 58, 83)


def found_for(name: str) -> tuple[Check, float, tuple[Node, ...]]:
    shown = example(DEFAULT)
    node = shown.folded.by_name[name]
    return check(shown.graph, 0, shown.data, node), shown.grad[node], shown.graph.nodes


def words(found: Check, grad: float, place: int, nodes: tuple[Node, ...]) -> str:
    return verdict(found, grad, [slope(found, i) for i in range(len(NUDGES))], place, nodes)


def test_every_h_has_a_row_with_its_slope_its_error_and_its_digits() -> None:
    found, grad, nodes = found_for("w1[3,0]")
    for place in range(len(NUDGES)):
        lines = texts(check_lines(found, grad, place, nodes, 44, PALETTE))
        assert lines[0].split() == ["probe", "grad", repr(grad)]
        assert lines[1].split() == ["h", "=", f"1e-{place + 1}", repr(slope(found, place))]
        assert f" {digits(slope(found, place), grad)} of 16 digits" in lines[2]
        rows = lines[-len(NUDGES) :]
        assert [row.startswith(" › ") for row in rows] == [i == place for i in range(len(NUDGES))]
        for i, row in enumerate(rows):
            here = slope(found, i)
            assert row.removeprefix(" › ").split() == [
                f"1e-{i + 1}", f"{here:+.12e}", number(abs(here - grad)).strip(), str(digits(here, grad))
            ]  # fmt: skip


def test_the_digits_that_agree_are_the_bright_ones() -> None:
    found, grad, nodes = found_for("w1[3,0]")
    for line in check_lines(found, grad, 4, nodes, 60, PALETTE)[-len(NUDGES) :]:
        bright = "".join(part for part, style in line if style == PALETTE.good)
        assert f"{grad:+.12e}".startswith(bright)
        assert abs(len(bright) - 2 - int(line[-1][0])) <= 2


def test_large_h_is_truncation_small_h_is_round_off_and_one_is_best() -> None:
    found, grad, nodes = found_for("w1[3,0]")
    said = [words(found, grad, place, nodes).split(":")[0].split(" h")[0] for place in range(len(NUDGES))]
    best = said.index("The best")
    assert said == ["Large"] * best + ["The best"] + ["Small"] * (len(said) - best - 1)
    assert 2 < best < 8


def test_a_node_in_which_the_loss_is_straight_is_said_to_be() -> None:
    graph = Graph(
        (Node("a", "", "input"), Node("two", "", "constant", k=2.0), Node("loss", "mul", "loss", (0, 1))), (), (0,)
    )
    found = check(graph, 0, evaluate(graph, (), (0.3,))[0], 0)
    assert all("straight line" in words(found, 2.0, place, graph.nodes) for place in range(len(NUDGES)))


@pytest.mark.parametrize(
    ("x", "op", "grad", "said"),
    [
        (0.05, "relu", 1.0, "Between x - h and x + h loss passes the kink of its relu"),
        (0.05, "leaky-relu", 1.0, "Between x - h and x + h loss passes the kink of its leaky-relu"),
        (0.05, "abs", 1.0, "Between x - h and x + h loss passes the kink of its abs"),
        (-1.0, "relu", 0.0, "Both are 0"),
        (0.05, "log", 20.0, "At x - h the loss is not finite"),
        (1e30, "tanh", 0.0, "h is lost"),
        (math.inf, "tanh", 0.0, "The value is not finite"),
        (1.0, "tanh", math.nan, "The gradient is not finite"),
    ],
)
def test_what_forbids_to_compare_is_said(x: float, op: str, grad: float, said: str) -> None:
    graph = Graph((Node("a", "", "input"), Node("loss", op, "loss", (0,))), (), (0,))
    found = check(graph, 0, evaluate(graph, (), (x,))[0], 0)
    assert words(found, grad, 0, graph.nodes).startswith(said)
    assert max(map(width_of, check_lines(found, grad, 0, graph.nodes, 44, PALETTE))) <= 44


def test_several_kinks_are_counted() -> None:
    nodes = (Node("a", "", "input"), Node("u", "relu", "activation", (0,)), Node("v", "abs", "activation", (0,)))
    graph = Graph((*nodes, Node("loss", "add", "loss", (1, 2))), (), (0,))
    found = check(graph, 0, evaluate(graph, (), (0.05,))[0], 0)
    assert "u passes the kink of its relu, and 1 more passes its own: the loss has" in words(found, 1.0, 0, graph.nodes)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_of_any_nodes_check_is_wider_than_the_panel(width: int) -> None:
    for spec in (DEFAULT, HINGE):
        shown = example(spec)
        for node in range(len(shown.graph.nodes)):
            found = check(shown.graph, 0, shown.data, node)
            for palette in (PALETTE, ASCII):
                lines = check_lines(found, shown.grad[node], 7, shown.graph.nodes, width, palette)
                assert max(map(width_of, lines)) <= width
                assert palette is PALETTE or ASCII.plain("".join(texts(lines))).isascii()
