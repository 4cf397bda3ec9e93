"""The rows of the tree: every node at home once, any node revealed, a hundred thousand rows like a hundred."""

from time import perf_counter

import pytest

from tests.tui.support import DEFAULT, PALETTE, SPECS, Example, chain, example, row_line
from tui.panels.graph.folding import Folding
from tui.panels.graph.outline import Outline, find, first_view
from tui.panels.graph.row import Columns, levels_hidden
from tui.run.spec import RunSpec

each_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
DEPTH = 100_000


@pytest.fixture(scope="module")
def deep() -> Folding:
    """A graph as deep as it is long."""
    return Folding(chain(DEPTH))


def outlines(spec: RunSpec) -> list[Outline]:
    """The graph of a run folded and unfolded, everything open."""
    found = [Outline(folding) for folding in example(spec).foldings()]
    for outline in found:
        outline.open_all()
    return found


def named_rows(outline: Outline) -> list[str]:
    return [outline.folding.graph.nodes[row.node].name for row in outline.rows]


@each_spec
def test_every_displayed_node_has_one_home_and_its_other_rows_are_references(spec: RunSpec) -> None:
    for outline in outlines(spec):
        at_home = [row.node for row in outline.rows if not row.reference]
        assert len(at_home) == len(set(at_home))
        assert {row.node for row in outline.rows} == set(at_home)
        for number, row in enumerate(outline.rows):
            home = outline.home_row(row.node)
            assert (home == number) == (not row.reference)


@each_spec
def test_each_row_is_an_operand_of_its_parent_one_level_deeper(spec: RunSpec) -> None:
    for outline in outlines(spec):
        assert (outline.rows[0].node, outline.rows[0].parent, outline.rows[0].depth) == (outline.folding.root, -1, 0)
        for number, row in enumerate(outline.rows):
            if row.is_open:
                below = [other for other in outline.rows if other.parent == number]
                assert tuple(other.node for other in below) == outline.folding.entry(row.node).operands
                assert [other.last for other in below] == [False] * (len(below) - 1) + [True]
                assert {other.depth for other in below} == {row.depth + 1}


@each_spec
def test_only_nodes_with_operands_at_home_can_be_opened(spec: RunSpec) -> None:
    for outline in outlines(spec):
        for row in outline.rows:
            assert (row.is_open is None) == (row.reference or not outline.folding.entry(row.node).operands)


@each_spec
def test_any_node_is_revealed_folded_or_not(spec: RunSpec) -> None:
    for folding in example(spec).foldings():
        for node in range(0, len(folding.graph.nodes), 1 + len(folding.graph.nodes) // 200):
            outline = Outline(folding)
            number = outline.reveal(node)
            row = outline.rows[number]
            assert row.node == node
            assert not row.reference


def test_revealing_opens_no_more_than_the_way_there() -> None:
    outline = Outline(example().folded, set())
    outline.reveal(outline.folding.by_name["w1[3,0]"])
    opened = {name for name, row in zip(named_rows(outline), outline.rows, strict=True) if row.is_open}
    assert {"loss", "h1[3]", "z1[3]", "w1[3,0]·x"} <= opened
    assert "h1[4]" not in opened


def test_at_first_the_tree_is_open_from_the_loss_to_the_outputs() -> None:
    names = named_rows(Outline(example().folded))
    assert names[0] == "loss"
    assert "logit[0]" in names
    assert "h1[0]" not in names


def test_opening_and_closing_a_node_shows_and_hides_its_operands() -> None:
    outline = Outline(example().folded)
    outline.reveal(outline.folding.by_name["h1[3]"])
    before = named_rows(outline)
    outline.set_open(outline.folding.by_name["h1[3]"], is_open=True)
    assert [name for name in named_rows(outline) if name not in before] == ["z1[3]"]
    outline.set_open(outline.folding.by_name["h1[3]"], is_open=False)
    assert named_rows(outline) == before


def test_closing_all_is_the_first_view_again() -> None:
    outline = Outline(example().folded)
    before = named_rows(outline)
    outline.open_all()
    assert len(outline.rows) > len(before)
    outline.close_all()
    assert named_rows(outline) == before


def test_a_sum_is_unfolded_in_place_and_folded_again() -> None:
    outline = Outline(example().folded)
    node = outline.folding.by_name["z1[3]"]
    outline.reveal(node)
    before = named_rows(outline)
    assert outline.toggle_fold(node)
    assert "z1[3].1" in named_rows(outline)
    assert outline.toggle_fold(node)
    assert [name for name in named_rows(outline) if "." in name] == []
    assert set(before) <= set(named_rows(outline))


def test_there_is_nothing_to_fold_in_a_leaf() -> None:
    outline = Outline(example().folded)
    before = outline.rows
    assert not outline.toggle_fold(outline.folding.by_name["x"])
    assert outline.rows is before


@pytest.mark.parametrize("rows", [0, 5, 20, 60, 1000])
def test_filling_opens_what_is_nearest_to_the_loss_as_long_as_it_fits(rows: int) -> None:
    outline = Outline(example().folded)
    first = len(outline.rows)
    outline.fill(rows)
    assert len(outline.rows) <= max(first, rows)
    closed = [row for row in outline.rows if row.is_open is False]
    room = rows - len(outline.rows)
    assert all(len(outline.folding.entry(row.node).operands) > room for row in closed)


def test_a_chain_a_hundred_thousand_deep_is_opened_revealed_and_closed_without_recursion(deep: Folding) -> None:
    assert len(first_view(deep)) == DEPTH
    outline = Outline(deep, set())
    assert len(outline.rows) == 1
    assert outline.reveal(0) == DEPTH - 1
    assert outline.rows[-1].depth == DEPTH - 1
    outline.set_open(DEPTH // 2, is_open=False)
    assert len(outline.rows) == DEPTH // 2


def seconds_to_scroll(outline: Outline, shown: Example) -> float:
    """To draw 40 windows of 40 rows, spread over the whole outline; the best of several."""
    columns = Columns.of(100)
    total = len(outline.rows)

    def once() -> float:
        start = perf_counter()
        for place in range(40):
            top = (total - 40) * place // 39
            window = range(top, top + 40)
            hidden = levels_hidden([outline.rows[i] for i in window], outline, columns)
            for i in window:
                row_line(outline, i, shown.data, shown.grad, columns, hidden, PALETTE)
        return perf_counter() - start

    return min(once() for _ in range(3))


def wide(rows: int) -> tuple[Outline, Example]:
    """An outline of so many rows that is not deep."""
    graph = example(DEFAULT).graph
    folding = Folding(graph)
    outline = Outline(folding)
    outline.open_all()
    copies = -(-rows // len(outline.rows))
    outline.rows = [*outline.rows] * copies
    del outline.rows[rows:]
    return outline, example(DEFAULT)


def test_a_hundred_thousand_open_rows_scroll_like_a_hundred() -> None:
    assert seconds_to_scroll(*wide(100_000)) < 5 * seconds_to_scroll(*wide(100))


def test_a_hundred_thousand_levels_scroll_like_a_hundred(deep: Folding) -> None:
    times = []
    for folding in (Folding(chain(100)), deep):
        numbers = [0.5] * len(folding.graph.nodes)
        outline = Outline(folding, set(range(len(numbers))))
        times.append(seconds_to_scroll(outline, Example(folding.graph, numbers, numbers)))
    assert times[1] < 5 * times[0]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(("x2", "x²"), ("x^2", "x²"), ("X**2", "x²"), ("x²", "x²")),
        *(("xy", "x·y"), ("x*y", "x·y"), ("x y", "x·y"), ("x·y", "x·y")),
        *(("siny", "sin(y)"), ("sin y", "sin(y)"), ("sin(y", "sin(y)")),
        *(("w2[0,0] h1", "w2[0,0]·h1[0]"), ("w2[0,0]*h1[0]", "w2[0,0]·h1[0]"), ("w2[0, 0]h1", "w2[0,0]·h1[0]")),
    ],
)
def test_a_node_is_found_by_what_a_keyboard_types(typed: str, name: str) -> None:
    outline = Outline(example(SPECS["scores"]).folded)
    assert outline.folding.graph.nodes[find(outline, typed)[0]].name == name


def test_a_sign_alone_is_searched_for_as_it_is() -> None:
    outline = Outline(example(SPECS["scores"]).folded)
    hits = find(outline, "·")
    assert hits
    assert all("·" in outline.folding.graph.nodes[i].name for i in hits)
