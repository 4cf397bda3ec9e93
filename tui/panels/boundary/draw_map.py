"""The decision map and the points on it, as rows of cells.

Where colour allows, a cell is two half-blocks and the colour tells class and confidence; with 16 colours it is a shade
character; with none, or in plain ASCII, each class has a texture of its own and unsure regions stay blank, so that the
boundary shows as a white seam.
"""

from collections.abc import Iterable
from functools import cache

from rich.style import Style

from engine.views.decision_map import DecisionMap
from engine.views.queries import Grid
from tui.draw.palette import TEXTURES, Depth, Palette
from tui.draw.text import Span
from tui.panels.boundary.cells import Mark, Mode, Placed, cell_at, cell_rows, height_of
from tui.panels.boundary.draw_points import mode_of

SHADES = ("░", "▒", "▓")


def map_cells(answer: DecisionMap, palette: Palette, confidence: int | None = None) -> list[list[Span]]:
    """The cells of a map without anything on them; drawn with one confidence if it is given."""
    mode = mode_of(palette)
    sure = answer.confidence if confidence is None else bytes([confidence]) * len(answer.confidence)
    rows = cell_rows(answer.grid, mode, answer.classes, sure, palette.levels)
    return [[empty_cell(*halves, mode, palette.depth, palette.dark) for halves in row] for row in rows]


def place(marks: Iterable[Mark], grid: Grid, mode: Mode) -> Placed:
    """Marks by cell, the last of each."""
    height = height_of(grid, mode)
    return {cell_at(mark.x, mark.y, grid, height): mark for mark in marks}


@cache
def empty_cell(upper: int, level: int, lower: int, lower_level: int, mode: Mode, depth: Depth, dark: bool) -> Span:
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
