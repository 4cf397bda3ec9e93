"""The decision map and the points on it, as rows of cells.

Where colour allows, a cell is two half-blocks and the colour tells class and confidence; with 16
colours it is a shade character; with none, or in plain ASCII, each class has a texture of its
own and unsure regions stay blank, so that the boundary shows as a white seam.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from rich.style import Style

from engine.views.decision_map import DecisionMap
from engine.views.queries import Grid
from tui.draw.palette import TEXTURES, Depth, Palette
from tui.draw.text import Span
from tui.panels.boundary.cells import Cell, Mark, Mode, Placed, cell_at, cell_rows, height_of
from tui.panels.boundary.draw_points import mode_of

CRISP = 160
"""The confidence that a class's region is drawn with where that is not shown."""
SHADES = ("░", "▒", "▓")


def map_cells(answer: DecisionMap, palette: Palette) -> list[list[Span]]:
    """The cells of a map without anything on them."""
    mode = mode_of(palette)
    rows = cell_rows(answer.grid, mode, answer.classes, answer.confidence, palette.levels)
    return [[empty_cell(*halves, mode, palette.depth, palette.dark) for halves in row] for row in rows]


def crisp(answer: DecisionMap) -> DecisionMap:
    """The map with the winning classes alone, all equally sure."""
    return replace(answer, confidence=bytes([CRISP]) * len(answer.confidence))


def probe_cell(probe: Mark | None, grid: Grid, mode: Mode) -> tuple[Cell, Mark] | None:
    """The probe with its cell."""
    return (cell_of(probe, grid, height_of(grid, mode)), probe) if probe else None


def cell_of(mark: Mark, grid: Grid, height: int) -> Cell:
    """Column and row of the mark's cell, which may be off the screen."""
    return cell_at(mark.x, mark.y, grid, height)


def place(marks: Iterable[Mark], grid: Grid, mode: Mode) -> Placed:
    """Marks by cell: depends on the data and the grid alone, so that it is worked out once for both."""
    height = height_of(grid, mode)
    return {cell_of(mark, grid, height): mark for mark in marks}


@cache
def empty_cell(
    upper: int, level: int, lower: int, lower_level: int, mode: Mode, depth: Depth, dark: bool
) -> tuple[str, Style]:
    """A cell without a point. Equal cells are the same object, so that neighbours merge."""
    palette = Palette(depth, dark)
    if upper == 255 or lower == 255:
        return "?", palette.muted
    if mode == "half":
        top, bottom = palette.shade(upper, level), palette.shade(lower, lower_level)
        if top == bottom:
            return " ", background_style(top)
        return "▀", Style(color=top, bgcolor=bottom)
    if mode == "flat":
        return " ", background_style(palette.shade(upper, level))
    style = texture_style(upper, depth, dark)
    if mode == "shade":
        return SHADES[level], style
    return (TEXTURES[upper % len(TEXTURES)] if level else " "), style


@cache
def background_style(color: object) -> Style:
    return Style(bgcolor=color)  # type: ignore[arg-type]  # a Color, hashable for the cache


@cache
def texture_style(number: int, depth: Depth, dark: bool) -> Style:
    if depth == "none":
        return Style(dim=True)
    return Style(color=Palette(depth, dark).shade(number, 0))
