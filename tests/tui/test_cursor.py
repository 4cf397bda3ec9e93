"""The cursor's arithmetic: cells and places, edges, and what is nearest as one sees it."""

import math

from engine.snapshot import Grid
from tui.cursor import Cursor, nearest
from tui.drawing.surface import cell_at, middle_of

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


def test_nearest_is_meant_as_on_the_screen() -> None:
    # A cell is 1 wide and 100 high here, and on the screen twice as high as wide.
    assert nearest([(2.0, 0.0), (0.0, 60.0)], (0.0, 0.0), GRID, HEIGHT) == 1
    assert nearest([(1.0, 0.0), (0.0, 60.0)], (0.0, 0.0), GRID, HEIGHT) == 0


def test_the_next_point_is_in_reading_order_and_comes_around() -> None:
    points = [(8.2, 390.0), (1.1, 20.0), (3.3, 390.0)]
    cursor = Cursor()
    cursor.point = (5.0, 390.0)
    order = []
    for _ in range(4):
        cursor.next_of(points, GRID, HEIGHT)
        order.append(cursor.point)
    assert order == [points[0], points[1], points[2], points[0]]
    cursor.next_of([], GRID, HEIGHT)
    assert cursor.point == points[0]
