"""The first layer's lines: where they really are, whatever draws them, and numbered where there is room."""

import math
from itertools import pairwise

import pytest

from engine.views.decision_map import DecisionMap
from engine.views.reader import Reader
from tests.tui.support import DEFAULT, PALETTES, session_of
from tui.draw.palette import Palette
from tui.panels.boundary.cells import grid_for
from tui.panels.boundary.draw_lines import dots_of, first_layer, line_cells, numbers, strokes
from tui.panels.boundary.draw_points import mode_of

PLAIN, ASCII = Palette(), Palette(ascii_only=True)


def blank_map(palette: Palette, width: int = 30, height: int = 10) -> DecisionMap:
    grid = grid_for((-1.0, 1.0, -1.0, 1.0), width, height, mode_of(palette))
    cells = grid.columns * grid.rows
    return DecisionMap(0, grid, bytes(cells), bytes(cells))


def test_the_lines_are_the_weights_and_the_bias_of_each_unit() -> None:
    session = session_of(DEFAULT, 3)
    names = dict(zip(session.parameter_names, session.parameters, strict=True))
    for unit, line in enumerate(first_layer(session.parameters, 8)):
        assert line == (names[f"w1[{unit},0]"], names[f"w1[{unit},1]"], names[f"b1[{unit}]"])


@pytest.mark.parametrize(
    "line", [(1.0, 0.2, 0.3), (0.1, -1.0, 0.2), (1.0, 1.0, 0.0), (-3.0, 0.0, 1.0), (0.0, 2.0, 1.0)]
)
def test_the_dots_are_on_the_line_and_leave_no_gap(line: tuple[float, float, float]) -> None:
    grid = blank_map(PLAIN).grid
    dots = list(dots_of(line, grid, 10))
    assert dots
    step_x, step_y = (grid.right - grid.left) / 60, (grid.top - grid.bottom) / 40
    for column, row in dots:
        x, y = grid.left + (column + 0.5) * step_x, grid.top - (row + 0.5) * step_y
        off = abs(line[0] * x + line[1] * y + line[2])
        assert off <= 0.501 * max(abs(line[0]) * step_x, abs(line[1]) * step_y)
    for (a, b), (c, d) in pairwise(dots):
        assert max(abs(a - c), abs(b - d)) == 1


@pytest.mark.parametrize("line", [(0.0, 0.0, 1.0), (math.nan, 1.0, 0.0), (1.0, math.inf, 0.0), (1.0, 0.0, 1e9)])
def test_a_line_that_is_none_or_elsewhere_is_not_drawn(line: tuple[float, float, float]) -> None:
    assert list(dots_of(line, blank_map(PLAIN).grid, 10)) == []


@pytest.mark.parametrize(
    ("line", "stroke"),
    [((0.0, 1.0, 0.0), "-"), ((1.0, 0.0, 0.0), "|"), ((-1.0, 1.0, 0.0), "/"), ((1.0, 1.0, 0.0), "\\")],
)
def test_in_ascii_a_line_is_drawn_with_the_stroke_of_its_slope(line: tuple[float, float, float], stroke: str) -> None:
    grid = blank_map(ASCII, 20, 10).grid
    dots = [list(dots_of(line, grid, 10))]
    assert set(strokes([line], dots, grid, 10).values()) == {stroke}


def test_lines_that_cross_are_an_x_in_ascii() -> None:
    grid = blank_map(ASCII).grid
    lines = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0)]
    assert "X" in strokes(lines, [list(dots_of(line, grid, 10)) for line in lines], grid, 10).values()


@pytest.mark.parametrize("palette", PALETTES, ids=str)
@pytest.mark.parametrize(("width", "height"), [(1, 1), (32, 10), (70, 33)])
def test_every_cell_is_there_and_every_line_has_its_number(width: int, height: int, palette: Palette) -> None:
    session = session_of(DEFAULT, 3)
    grid = grid_for((-2.0, 2.0, -2.0, 2.0), width, height, mode_of(palette))
    cells = line_cells(Reader(session).decision_map(grid), first_layer(session.parameters, 8), palette)
    assert [len(row) for row in cells] == [width] * height
    shown = palette.plain("".join(text for row in cells for text, _ in row))
    assert len(shown) == width * height
    if width > 1:
        assert set("01234567") <= set(shown)
    if palette.ascii_only:
        assert shown.isascii()


def test_numbers_never_touch_and_those_without_room_are_left_out() -> None:
    line = [(column, 0) for column in range(16)]
    found = list(numbers([line] * 12, 8, 1))
    columns = sorted(cell[0] for cell, _ in found)
    assert all(b - a >= 2 for a, b in pairwise(columns))
    assert len(found) < 12


def test_a_diverged_network_has_a_picture() -> None:
    for palette in PALETTES:
        assert line_cells(blank_map(palette), [(math.nan, math.nan, math.nan)] * 8, palette)
