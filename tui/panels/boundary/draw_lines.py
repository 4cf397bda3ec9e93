"""The straight lines on which the units of the first layer change sign, over the classes' regions.

A line is drawn in dots of a quarter by half a cell; in plain ASCII with the stroke nearest to its slope. Each has the
number of its unit where there is room.
"""

import math
from collections.abc import Iterator, Sequence

from rich.style import Style

from engine.views.decision_map import DecisionMap
from engine.views.queries import Grid
from tui.draw.palette import Palette
from tui.draw.text import Span
from tui.panels.boundary.cells import Cell, height_of
from tui.panels.boundary.draw_map import map_cells
from tui.panels.boundary.draw_points import mode_of

BRAILLE = 0x2800
DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bit of each dot of a braille cell, by column and row."""
STROKES = "-/|\\"
"""By the slope on the screen in steps of 45 degrees; where lines cross stands an X."""
TEXTURED = 128
"""How sure of itself the map behind is drawn where it has no colour; elsewhere the faintest does."""

Line = tuple[float, float, float]
"""w0, w1 and b of w0·x + w1·y + b = 0."""


def first_layer(parameters: Sequence[float], units: int) -> list[Line]:
    """The lines of the first layer's units: its weights come first, each unit's bias behind them."""
    return [(parameters[3 * unit], parameters[3 * unit + 1], parameters[3 * unit + 2]) for unit in range(units)]


def line_cells(answer: DecisionMap, lines: Sequence[Line], palette: Palette) -> list[list[Span]]:
    """The dimmed map with the lines and their numbers."""
    mode = mode_of(palette)
    height = height_of(answer.grid, mode)
    sure = TEXTURED if mode == "texture" and not palette.ascii_only else 0  # strokes look like textures
    cells = map_cells(answer, palette, sure)
    dots = [list(dots_of(line, answer.grid, height)) for line in lines]
    drawn = strokes(lines, dots, answer.grid, height) if palette.ascii_only else braille(dots)
    coloured = mode in ("half", "flat")
    for (column, row), character in drawn.items():
        cells[row][column] = character, over(palette.accent, cells[row][column], coloured)
    for cell, text in numbers(dots, answer.grid.columns, height):
        for offset, digit in enumerate(text):
            under = cells[cell[1]][cell[0] + offset]
            cells[cell[1]][cell[0] + offset] = digit, over(palette.strong, under, coloured)
    return cells


def over(style: Style, under: Span, coloured: bool) -> Style:
    """The style over what is behind."""
    return style + Style(bgcolor=under[1].bgcolor) if coloured and under[1].bgcolor else style


def dots_of(line: Line, grid: Grid, height: int) -> Iterator[tuple[int, int]]:
    """The dots on the line, 2 x 4 to a cell, from left to right or from top to bottom."""
    across, down = 2 * grid.columns, 4 * height
    step_x, step_y = (grid.right - grid.left) / across, (grid.top - grid.bottom) / down
    # In dots: a·column + b·row + c = 0 at the dots' middles.
    a, b = line[0] * step_x, -line[1] * step_y
    c = line[2] + line[0] * (grid.left + step_x / 2) + line[1] * (grid.top - step_y / 2)
    if not all(map(math.isfinite, (a, b, c))) or a == b == 0.0:
        return
    flat = abs(a) <= abs(b)
    for place in range(across if flat else down):
        other = -(c + (a if flat else b) * place) / (b if flat else a)
        if -0.5 <= other < (down if flat else across) - 0.5:
            yield (place, round(other)) if flat else (round(other), place)


def braille(dots: Sequence[Sequence[tuple[int, int]]]) -> dict[Cell, str]:
    """The dots of all lines as characters by cell."""
    bits: dict[Cell, int] = {}
    for column, row in (dot for line in dots for dot in line):
        cell = column // 2, row // 4
        bits[cell] = bits.get(cell, 0) | DOTS[column % 2][row % 4]
    return {cell: chr(BRAILLE + mask) for cell, mask in bits.items()}


def strokes(
    lines: Sequence[Line], dots: Sequence[Sequence[tuple[int, int]]], grid: Grid, height: int
) -> dict[Cell, str]:
    """The lines in ASCII by cell."""
    cell_x, cell_y = (grid.right - grid.left) / grid.columns, (grid.top - grid.bottom) / height
    drawn: dict[Cell, str] = {}
    for (w0, w1, _), places in zip(lines, dots, strict=True):
        angle = math.atan2(w0 * cell_x, w1 * cell_y / 2) if places else 0.0  # a cell is twice as high as wide
        stroke = STROKES[round(-angle / (math.pi / 4)) % 4]
        for cell in {(column // 2, row // 4) for column, row in places}:
            drawn[cell] = "X" if drawn.get(cell, stroke) != stroke else stroke
    return drawn


def numbers(dots: Sequence[Sequence[tuple[int, int]]], width: int, height: int) -> Iterator[tuple[Cell, str]]:
    """A place on its line for each unit's number, where none of another stands or touches it.

    The units look for theirs at different shares of their lines, since lines like to cross in the middle.
    """
    taken: set[Cell] = set()
    for unit, places in enumerate(dots):
        cells = list(dict.fromkeys((column // 2, row // 4) for column, row in places))
        start = len(cells) * (2 * (unit % 4) + 1) // 8
        text = str(unit)
        for column, row in cells[start:] + cells[:start]:
            wanted = {(column + offset, row) for offset in range(-1, len(text) + 1)}
            fits = 0 <= column <= width - len(text) and 0 <= row < height
            if fits and taken.isdisjoint(wanted):
                taken |= wanted
                yield (column, row), text
                break
