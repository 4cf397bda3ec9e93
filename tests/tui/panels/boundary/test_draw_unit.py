"""A unit's map: every cell drawn, the sign to be seen with colour and without, and the line where it changes."""

import pytest

from engine.views.hidden_units import UnitMap
from engine.views.queries import Grid, UnitQuery
from engine.views.reader import Reader
from tests.tui.support import DEFAULT, DEPTHS, PALETTE, PALETTES, session_of
from tui.draw.palette import Palette
from tui.panels.boundary.cells import grid_for
from tui.panels.boundary.draw_points import mode_of
from tui.panels.boundary.draw_unit import LINE, RAMPS, SIGNS, UNKNOWN, ZERO, activation_cells, with_zero_line


def uniform(sign: int, size: int, palette: Palette, width: int = 12, height: int = 6) -> UnitMap:
    grid = grid_for((-2.0, 2.0, -1.0, 1.0), width, height, mode_of(palette))
    cells = grid.columns * grid.rows
    return UnitMap(0, UnitQuery(1, 0, grid), bytes([sign]) * cells, bytes([size]) * cells, -1.0, 1.0)


def split(palette: Palette, width: int = 12, height: int = 6) -> UnitMap:
    """Negative at the left, positive at the right."""
    grid = grid_for((-2.0, 2.0, -1.0, 1.0), width, height, mode_of(palette))
    signs = bytes([0] * (width // 2) + [1] * (width - width // 2)) * grid.rows
    return UnitMap(0, UnitQuery(1, 0, grid), signs, bytes([255]) * len(signs), -1.0, 1.0)


@pytest.mark.parametrize("palette", PALETTES, ids=str)
@pytest.mark.parametrize(("width", "height"), [(1, 1), (32, 10), (70, 33)])
def test_every_row_and_column_has_a_cell(width: int, height: int, palette: Palette) -> None:
    grid = grid_for((-2.0, 2.0, -2.0, 2.0), width, height, mode_of(palette))
    cells = activation_cells(Reader(session_of(DEFAULT, 2)).unit_map(UnitQuery(1, 3, grid)), palette)
    assert len(cells) == height
    assert {len(row) for row in cells} == {width}
    assert {len(text) for row in cells for text, _ in row} == {1}
    if palette.ascii_only:
        assert "".join(text for row in cells for text, _ in row).isascii()


@pytest.mark.parametrize("palette", PALETTES, ids=str)
def test_the_sign_is_seen_without_colour(palette: Palette) -> None:
    for sign in (0, 1):
        shown = {text for row in activation_cells(uniform(sign, 255, palette), palette) for text, _ in row}
        expected = {RAMPS[sign][-1]} if mode_of(palette) in ("shade", "texture") else {SIGNS[sign], " "}
        assert shown == expected


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_larger_the_fuller_and_nothing_at_rest(depth: str) -> None:
    palette = Palette(depth)  # type: ignore[arg-type]
    looks = [activation_cells(uniform(1, size, palette), palette)[0][0] for size in range(0, 256, 8)]
    assert 3 <= len(set(map(str, looks))) <= palette.levels
    rest = {str(activation_cells(uniform(sign, 0, palette), palette)[1][3]) for sign in (0, 1)}
    assert len(rest) == 1 or depth == "16"


@pytest.mark.parametrize("palette", PALETTES, ids=str)
def test_the_line_of_zero_stands_out_where_the_sign_changes(palette: Palette) -> None:
    for row in activation_cells(split(palette), palette):
        text, style = row[5]
        if mode_of(palette) == "half":
            assert text == "█"
            assert style.color == palette.text.color != style.bgcolor
        else:
            assert text == LINE
        assert all(cell != row[5] for place, cell in enumerate(row) if place != 5)


def test_a_line_is_one_cell_wide_and_does_not_run_over_the_edge() -> None:
    grid = Grid(3, 2, 0.0, 3.0, 0.0, 2.0)
    assert list(with_zero_line(bytes([0, 0, 1, 0, 0, 1]), grid)) == [0, ZERO, 1, 0, ZERO, 1]
    assert list(with_zero_line(bytes([1, 1, 1, 0, 0, 0]), grid)) == [ZERO] * 3 + [0] * 3
    assert list(with_zero_line(bytes([0, 0, 1, 1, 1, 1]), grid))[2] == 1, "the next row begins with another sign"
    assert list(with_zero_line(bytes([0, UNKNOWN, 1, 0, UNKNOWN, 1]), grid)) == [0, UNKNOWN, 1, 0, UNKNOWN, 1]


def test_what_is_no_number_is_a_question_mark() -> None:
    for palette in PALETTES:
        cells = activation_cells(uniform(UNKNOWN, 0, palette), palette)
        assert {text for row in cells for text, _ in row} == {"?"}


def test_no_colour_means_no_colour() -> None:
    for row in activation_cells(split(Palette("none")), Palette("none")):
        assert all(style.color is None and style.bgcolor is None for _, style in row)


def test_equal_cells_are_the_same_object() -> None:
    row = activation_cells(uniform(1, 255, PALETTE), PALETTE)[0]
    assert all(cell is row[0] for cell in row)
