"""The decision map: every cell drawn, points where they belong, classes told apart with colour and without."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.views.decision_map import DecisionMap
from engine.views.queries import Grid
from engine.views.reader import Reader
from tests.tui.support import DEFAULT, DEPTHS, PALETTE, PALETTES, assert_exact, repeatable, session_of, text, texts
from tui.draw.palette import GLYPHS, HOLLOW, Palette
from tui.draw.text import Line
from tui.panels.boundary.cells import Mark, Placed, cell_at, grid_for
from tui.panels.boundary.draw_map import SHADES, map_cells, place
from tui.panels.boundary.draw_points import laid_over, mode_of

BOUNDS = (-2.0, 2.0, -1.0, 1.0)
NOT_A_NUMBER = 255


def uniform(label: int, confidence: int, palette: Palette, width: int = 8, height: int = 3) -> DecisionMap:
    """A map that gives one answer everywhere."""
    grid = grid_for(BOUNDS, width, height, mode_of(palette))
    cells = grid.columns * grid.rows
    return DecisionMap(0, grid, bytes([label]) * cells, bytes([confidence]) * cells)


def drawn(answer: DecisionMap, placed: Placed, probe: Mark | None, palette: Palette) -> list[Line]:
    """The map with what lies on it."""
    return laid_over(map_cells(answer, palette), placed, probe, None, answer.grid, palette)


def cell(line: Line, column: int) -> tuple[str, object]:
    """Character and style in a column."""
    for part, style in line:
        if column < len(part):
            return part[column], style
        column -= len(part)
    raise IndexError(column)


@pytest.mark.parametrize("palette", PALETTES, ids=str)
@pytest.mark.parametrize(("width", "height"), [(1, 1), (32, 11), (90, 33)])
def test_every_row_and_column_has_a_cell(width: int, height: int, palette: Palette) -> None:
    grid = grid_for((-2.0, 2.0, -2.0, 2.0), width, height, mode_of(palette))
    session = session_of(DEFAULT, 2)
    marks = [Mark(x, y, label, False) for x, y, label in session.splits["train"]]
    lines = drawn(Reader(session).decision_map(grid), place(marks, grid, mode_of(palette)), marks[0], palette)
    assert_exact(lines, width, height)
    if palette.ascii_only:
        assert palette.plain("".join(texts(lines))).isascii()


@given(
    st.tuples(*[st.floats(-1e100, 1e100)] * 4),
    st.integers(1, 200),
    st.integers(1, 60),
    st.sampled_from(["half", "flat"]),
)
@repeatable(200)
def test_all_points_have_a_place_on_the_grid(
    corners: tuple[float, float, float, float], width: int, height: int, mode: str
) -> None:
    left, right = sorted(corners[:2])
    bottom, top = sorted(corners[2:])
    grid = grid_for((left, right, bottom, top), width, height, mode)  # type: ignore[arg-type]
    for x, y in product((left, right), (bottom, top)):
        column, row = cell_at(x, y, grid, height)
        assert 0 <= column < width
        assert 0 <= row < height


def test_the_plane_is_not_distorted_beyond_a_limit() -> None:
    for width, height in ((32, 11), (100, 8), (20, 50)):
        grid = grid_for(BOUNDS, width, height, "half")
        across, up = (grid.right - grid.left) / width, (grid.top - grid.bottom) / (2 * height)
        assert max(across, up) / min(across, up) < 1.71


def test_half_blocks_give_two_rows_of_the_map_to_a_cell() -> None:
    assert grid_for(BOUNDS, 10, 5, "half").rows == 10
    assert grid_for(BOUNDS, 10, 5, "texture").rows == 5


def test_a_point_stands_in_the_cell_that_covers_it() -> None:
    grid = Grid(4, 4, 0.0, 4.0, 0.0, 2.0)
    for column, row in product(range(4), range(2)):
        mark = Mark(column + 0.5, 2.0 - (row + 0.5), 0, False)
        assert place([mark], grid, "half") == {(column, row): mark}


@pytest.mark.parametrize("palette", PALETTES, ids=str)
def test_points_are_drawn_with_the_glyph_of_their_class_hollow_if_held_out(palette: Palette) -> None:
    answer = uniform(1, 200, palette)
    for label, held_out in product(range(8), (False, True)):
        mark = Mark(0.0, 0.0, label, held_out)
        column, row = cell_at(mark.x, mark.y, answer.grid, 3)
        lines = drawn(answer, {(column, row): mark}, None, palette)
        assert cell(lines[row], column)[0] == palette.glyph(label, held_out=held_out)


def test_glyphs_tell_eight_classes_apart() -> None:
    assert len({*GLYPHS, *HOLLOW}) == 16
    plain = Palette(ascii_only=True)
    assert len({plain.glyph(label, held_out=held_out) for label in range(8) for held_out in (True, False)}) == 16


@pytest.mark.parametrize("palette", PALETTES, ids=str)
def test_the_probe_is_ringed_and_over_what_is_there(palette: Palette) -> None:
    answer = uniform(0, 100, palette)
    probe, other = Mark(0.0, 0.0, 2, False), Mark(0.0, 0.0, 1, False)
    column, row = cell_at(probe.x, probe.y, answer.grid, 3)
    around = {(column, row): other, (column - 1, row): other, (column + 1, row): other}
    line = drawn(answer, around, probe, palette)[row]
    assert text(line)[column - 1 : column + 2] == f"({palette.glyph(2)})"


def test_a_probe_at_the_edge_keeps_the_half_of_its_ring_that_is_on_the_map() -> None:
    grid = Grid(4, 2, 0.0, 4.0, 0.0, 1.0)
    answer = DecisionMap(0, grid, bytes(8), bytes(8))
    for x, shown in ((0.5, "●)"), (3.5, "(●")):
        assert text(drawn(answer, {}, Mark(x, 0.5, 0, False), PALETTE)[0]).strip("▀ ") == shown


def test_where_the_answer_is_not_a_number_there_is_a_question_mark() -> None:
    for palette in PALETTES:
        lines = drawn(uniform(NOT_A_NUMBER, 0, palette), {}, None, palette)
        assert set("".join(texts(lines))) == {"?"}


def test_a_diverged_map_with_points_is_drawn() -> None:
    for palette in PALETTES:
        answer = uniform(NOT_A_NUMBER, 0, palette)
        mark = Mark(0.0, 0.0, 1, False)
        lines = drawn(answer, place([mark], answer.grid, mode_of(palette)), mark, palette)
        assert_exact(lines, 8, 3)


@pytest.mark.parametrize("palette", PALETTES, ids=str)
def test_sure_classes_look_different_from_each_other(palette: Palette) -> None:
    looks = {cell(drawn(uniform(label, 255, palette), {}, None, palette)[0], 0) for label in range(8)}
    if palette.depth == "none":
        assert len({character for character, _ in looks}) == 8
    else:
        assert len(looks) == 8


@pytest.mark.parametrize("palette", [Palette("none"), Palette("none", ascii_only=True), Palette("16", ascii_only=True)])
def test_without_colour_the_boundary_is_a_blank_seam(palette: Palette) -> None:
    grid = Grid(6, 1, 0.0, 6.0, 0.0, 1.0)
    answer = DecisionMap(0, grid, bytes([0, 0, 0, 1, 1, 1]), bytes([255, 200, 10, 10, 200, 255]))
    row = text(drawn(answer, {}, None, palette)[0])
    assert row[2:4] == "  "
    assert row[0] == row[1] != row[4] == row[5]
    assert " " not in row[:2] + row[4:]


@pytest.mark.parametrize("depth", ["truecolor", "256"])
def test_the_surer_the_network_the_fuller_the_colour(depth: str) -> None:
    for dark in (True, False):
        palette = Palette(depth, dark=dark)  # type: ignore[arg-type]
        looks = [cell(drawn(uniform(0, sure, palette), {}, None, palette)[0], 0) for sure in range(0, 256, 8)]
        changes = sum(a != b for a, b in pairwise(looks))
        assert 2 <= changes <= palette.levels - 1


def test_sixteen_colours_show_confidence_as_shade() -> None:
    palette = Palette("16")
    shown = [text(drawn(uniform(0, sure, palette), {}, None, palette)[0])[0] for sure in (0, 128, 255)]
    assert shown == list(SHADES)


def test_two_answers_share_a_cell_as_half_blocks() -> None:
    grid = Grid(1, 2, 0.0, 1.0, 0.0, 1.0)
    line = drawn(DecisionMap(0, grid, bytes([0, 1]), bytes([255, 255])), {}, None, PALETTE)[0]
    character, style = line[0]
    assert character == "▀"
    assert style.color == PALETTE.shade(0, PALETTE.levels - 1)
    assert style.bgcolor == PALETTE.shade(1, PALETTE.levels - 1)


def test_equal_neighbours_are_one_span() -> None:
    for palette in PALETTES:
        assert all(len(line) == 1 for line in drawn(uniform(2, 255, palette), {}, None, palette))


def test_no_colour_means_no_colour() -> None:
    palette = Palette("none")
    answer = uniform(1, 255, palette)
    mark = Mark(0.0, 0.0, 1, False)
    for line in drawn(answer, place([mark], answer.grid, "texture"), mark, palette):
        assert all(style.color is None and style.bgcolor is None for _, style in line)


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_point_has_the_maps_colour_behind_it_where_there_is_one(depth: str) -> None:
    palette = Palette(depth)  # type: ignore[arg-type]
    answer = uniform(1, 255, palette)
    mark = Mark(0.0, 0.0, 0, False)
    column, row = cell_at(mark.x, mark.y, answer.grid, 3)
    line = drawn(answer, {(column, row): mark}, None, palette)[row]
    _, style = cell(line, column)
    _, beside = cell(line, 0)
    assert style.bgcolor == beside.bgcolor  # type: ignore[attr-defined]
