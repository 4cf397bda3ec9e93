"""The cursor's arithmetic: cells and places, and edges."""

import math

from engine.views.queries import Grid
from tui.panels.boundary.cells import cell_at, middle_of
from tui.panels.boundary.cursor import Cursor

GRID = Grid(10, 8, 0.0, 10.0, 0.0, 400.0)
HEIGHT = 4


def test_every_cell_is_found_at_its_middle() -> None:
    for column in range(10):
        for row in range(HEIGHT):
            assert cell_at(*middle_of((column, row), GRID, HEIGHT), GRID, HEIGHT) == (column, row)


def test_a_place_beyond_all_bounds_is_in_no_cell() -> None:
    for x in (math.nan, math.inf, -math.inf, 1e300):
        column, _ = cell_at(x, 0.0, GRID, HEIGHT)
        assert not 0 <= column < 10


def test_a_cursor_off_the_screen_comes_back_to_its_edge() -> None:
    cursor = Cursor()
    cursor.point = (25.0, -1e300)
    cursor.move(0, 0, GRID, HEIGHT)
    assert cursor.cell(GRID, HEIGHT)[0] == 9


def test_a_cursor_that_is_off_the_grid_is_at_its_edge_and_among_other_data_in_the_middle() -> None:
    cursor = Cursor()
    cursor.point = (25.0, 150.0)
    assert cursor.settle(GRID, HEIGHT) == (9.5, 150.0)
    cursor.leave_unless_on(GRID, HEIGHT)
    assert cursor.settle(GRID, HEIGHT) == (9.5, 150.0)
    cursor.point = (25.0, 150.0)
    cursor.leave_unless_on(GRID, HEIGHT)
    assert cursor.cell(GRID, HEIGHT) == (5, 2)
