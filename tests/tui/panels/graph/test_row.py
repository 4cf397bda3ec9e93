"""Rows of the graph: columns that fit any width, names that are never cut, guides, bars, search."""

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.graph import PARAMETER_ROLES
from tests.tui.support import ASCII, DEEP, DEFAULT, PALETTE, SPECS, WIDE, Example, chain, example, row_line, text, texts
from tui.draw.frame import selected_row
from tui.draw.numbers import number
from tui.draw.palette import Palette
from tui.draw.text import Line, width_of
from tui.panels.graph.folding import Folding
from tui.panels.graph.outline import Outline, find
from tui.panels.graph.row import (
    BAR_WIDTH,
    Columns,
    bar,
    heading,
    levels_hidden,
)
from tui.run.spec import RunSpec

AT_80X24 = 44
"""Cells inside the graph panel at 80x24."""
ROWS_AT_80X24 = 9


def windows(outline: Outline, height: int, every: int = 1) -> Iterator[range]:
    """The rows that are on screen at each scroll position, or at one in `every`."""
    total = len(outline.rows)
    for top in range(0, max(1, total - height + 1), every):
        yield range(top, min(total, top + height))


def drawn(outline: Outline, shown: Example, window: range, width: int, palette: Palette = PALETTE) -> list[Line]:
    """The rows of a window as the panel draws them."""
    columns = Columns.of(width)
    hidden = levels_hidden([outline.rows[i] for i in window], outline, columns)
    return [row_line(outline, i, shown.data, shown.grad, columns, hidden, palette) for i in window]


def all_open(spec: RunSpec = DEFAULT, *, folded: bool = True) -> tuple[Outline, Example]:
    """The graph of a run with every row open."""
    shown = example(spec)
    outline = Outline(shown.folded if folded else shown.unfolded)
    outline.open_all()
    return outline, shown


def name_in(row: str, op: str) -> str:
    """What stands between the row's mark and its operation."""
    return row.lstrip(" │├└‹").removeprefix("▾ ").removeprefix("▸ ").removeprefix("↩ ").partition(f" {op} ")[0].rstrip()


def test_the_columns_fit_every_width() -> None:
    outline, shown = all_open()
    for width in range(44, 201):
        lines = drawn(outline, shown, range(30, 40), width)
        assert len({width_of(line) for line in lines}) == 1
        assert width - 1 <= width_of(lines[0]) <= width
        assert width_of(heading(Columns.of(width), PALETTE)) <= width


@pytest.mark.parametrize("folded", [True, False], ids=["folded", "unfolded"])
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_visible_name_is_whole_at_80x24_at_each_scroll_position(spec: RunSpec, folded: bool) -> None:
    outline, shown = all_open(spec, folded=folded)
    nodes = shown.graph.nodes
    for window in windows(outline, ROWS_AT_80X24):
        for i, line in zip(window, drawn(outline, shown, window, AT_80X24), strict=True):
            node = nodes[outline.rows[i].node]
            assert width_of(line) == AT_80X24
            assert name_in(text(line), outline.folding.entry(outline.rows[i].node).op) == node.name


def test_long_names_and_long_operations_take_no_room_from_the_numbers() -> None:
    graph, data, grad = example(WIDE)
    longest = "w2[100,100]·h1[100]"
    nodes = tuple(replace(node, name=longest) if node.name == "w2[0,100]·h1[100]" else node for node in graph.nodes)
    shown = Example(graph.replaced(nodes=nodes), data, grad)
    outline = Outline(shown.folded)
    for name in (longest, "logit[1]"):
        row = outline.reveal(shown.folded.by_name[name])
        window = range(row - 4, row + 1)
        lines = drawn(outline, shown, window, AT_80X24)
        assert {width_of(line) for line in lines} == {AT_80X24}
        node = shown.folded.by_name[name]
        assert f" {name} " in text(lines[4])
        assert text(lines[4]).endswith(f" {number(shown.data[node])} {number(shown.grad[node], signed=True)}")


def test_a_row_shows_the_numbers_of_its_node_the_gradient_with_its_sign() -> None:
    outline, shown = all_open(DEEP)
    for i, line in enumerate(drawn(outline, shown, range(40), 100)):
        node = outline.rows[i].node
        value, slope = number(shown.data[node]), number(shown.grad[node], signed=True)
        assert f" {value} {slope} " in text(line)
        assert (slope.strip()[0]) in "+-"


def test_the_heading_stands_over_the_ends_of_the_numbers() -> None:
    outline, shown = all_open()
    for width in (44, 56, 100):
        columns = Columns.of(width)
        head = text(heading(columns, PALETTE))
        row = text(drawn(outline, shown, range(1), width)[0])
        assert row[: head.index("data") + 4].endswith(number(shown.data[outline.rows[0].node]))
        assert row[: head.index("grad") + 4].endswith(number(shown.grad[outline.rows[0].node], signed=True))


def test_the_operation_says_weight_and_bias_where_there_is_room() -> None:
    outline, shown = all_open()
    row = outline.home_row(shown.folded.by_name["w1[3,0]"])
    assert row is not None
    assert " weight " in text(drawn(outline, shown, range(row, row + 1), 100)[0])
    assert " w " in text(drawn(outline, shown, range(row, row + 1), 44)[0])


def test_marks_tell_closed_open_reference_and_leaf() -> None:
    outline, shown = all_open()
    outline.set_open(shown.folded.by_name["h1[0]"], is_open=False)
    for i, line in enumerate(drawn(outline, shown, range(len(outline.rows)), 200)):
        row = outline.rows[i]
        mark = "↩" if row.reference else {True: "▾", False: "▸", None: " "}[row.is_open]
        name = shown.graph.nodes[row.node].name
        assert f"{mark} {name} " in text(line)


def test_guides_join_each_row_to_its_parent() -> None:
    outline, shown = all_open()
    columns = Columns(60, 6, 0, 1)
    lines = [text(row_line(outline, i, shown.data, shown.grad, columns, 0, PALETTE)) for i in range(len(outline.rows))]
    for i, row in enumerate(outline.rows[1:], start=1):
        corner = row.depth
        assert lines[i][corner] == ("└" if row.last else "├")
        for between in range(row.parent + 1, i):
            assert lines[between][corner] in "├│", (i, between)
        if row.last:
            assert i + 1 == len(lines) or lines[i + 1][corner] not in "├│└" or outline.rows[i + 1].parent >= i


def test_all_rows_move_left_by_the_same_number_of_levels() -> None:
    outline, shown = all_open(folded=False)
    columns = Columns.of(AT_80X24)
    window = next(window for window in windows(outline, 9) if outline.rows[window[5]].depth > 12)
    hidden = levels_hidden([outline.rows[i] for i in window], outline, columns)
    assert hidden > 0
    for i in window:
        depth = outline.rows[i].depth
        line = text(row_line(outline, i, shown.data, shown.grad, columns, hidden, PALETTE))
        name = shown.graph.nodes[outline.rows[i].node].name
        assert line.index(f" {name} ") == 1 + max(depth - hidden, 1) + 1
        assert (line[1] == "‹") == (depth <= hidden)


def test_nothing_is_hidden_where_everything_fits() -> None:
    outline, _ = all_open()
    assert levels_hidden(outline.rows, outline, Columns.of(200)) == 0
    assert levels_hidden([], outline, Columns.of(44)) == 0


def test_a_row_a_hundred_thousand_levels_deep_is_drawn() -> None:
    folding = Folding(chain(100_000))
    outline = Outline(folding, set(range(100_000)))
    numbers = [0.5] * 100_000
    lines = drawn(outline, Example(folding.graph, numbers, numbers), range(99_990, 100_000), AT_80X24)
    assert {width_of(line) for line in lines} == {AT_80X24}
    assert " x " in text(lines[-1])


@pytest.mark.parametrize("slope", [0.0, 1e-5, 1e-4, 0.01, 0.3, 1.0, 50.0, 1e300, math.inf, math.nan, 5e-324])
def test_the_bar_points_to_the_gradients_side(slope: float) -> None:
    positive, negative = bar(slope), bar(-slope)
    assert len(positive) == len(negative) == BAR_WIDTH
    assert positive[: BAR_WIDTH // 2].strip() == negative[BAR_WIDTH // 2 + 1 :].strip() == ""
    if slope >= 1e-4:
        assert positive.partition("│")[2].strip()
        assert negative.partition("│")[0].strip()


def test_the_bar_grows_with_the_gradient() -> None:
    sizes = [
        bar(10.0 ** (-4 + place / 4)).count("━") * 2 + bar(10.0 ** (-4 + place / 4)).count("╸") for place in range(17)
    ]
    assert sizes == sorted(sizes)
    assert sizes[0] == 1
    assert sizes[-1] == BAR_WIDTH - 1


def test_numbers_that_are_not_finite_are_alarming() -> None:
    outline, shown = all_open()
    bad, worse = [math.inf] * len(shown.data), [math.nan] * len(shown.data)
    line = row_line(outline, 0, bad, worse, Columns.of(100), 0, PALETTE)
    assert [part.split() for part, style in line if style == PALETTE.alert] == [["inf", "nan"]]


def test_the_sign_of_a_gradient_is_a_colour_too() -> None:
    outline, shown = all_open()
    for i, line in enumerate(drawn(outline, shown, range(20), 44)):
        slope = shown.grad[outline.rows[i].node]
        styles = {part.strip(): style for part, style in line}
        assert styles[number(slope, signed=True).strip()] == PALETTE.of_sign(slope)


def test_parameters_are_told_from_other_nodes() -> None:
    outline, shown = all_open()
    for i, line in enumerate(drawn(outline, shown, range(len(outline.rows)), 44)):
        row = outline.rows[i]
        node = shown.graph.nodes[row.node]
        styles = dict(line)
        assert (styles.get(node.name) == PALETTE.parameter) == (node.role in PARAMETER_ROLES and not row.reference)


def test_the_tree_is_ascii_where_that_is_asked_for() -> None:
    outline, shown = all_open(DEEP)
    for width in (44, 120):
        assert ASCII.plain("".join(texts(drawn(outline, shown, range(60), width, ASCII)))).isascii()


def test_the_selected_row_is_marked_over_its_whole_width() -> None:
    outline, shown = all_open()
    line = drawn(outline, shown, range(1), 60)[0]
    for focused in (True, False):
        selected = selected_row(line, 60, PALETTE, focused=focused)
        assert width_of(selected) == 60
        assert all(style.bgcolor is not None for _, style in selected)


def named(outline: Outline, wanted: str) -> list[str]:
    return [outline.folding.graph.nodes[i].name for i in find(outline, wanted)]


def test_names_are_found_by_any_part_best_match_first() -> None:
    outline, _ = all_open()
    assert named(outline, "h1[3")[0] == "h1[3]"
    assert named(outline, "H1[3]")[0] == "h1[3]"
    assert named(outline, "w2[0")[0].startswith("w2[0")
    assert set(named(outline, "[3,0]")) == {"w1[3,0]", "w1[3,0]·x"}
    assert named(outline, "no such name") == []


def test_constants_are_not_searched() -> None:
    outline, shown = all_open()
    assert any(node.name == "-1" for node in shown.graph.nodes)
    assert "-1" not in named(outline, "-1")
