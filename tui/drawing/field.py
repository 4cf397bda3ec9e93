"""The decision map and the points on it, as rows of cells.

Where colour allows, a cell is two half-blocks and the colour tells class and confidence; with 16
colours it is a shade character; with none, or in plain ASCII, each class has a texture of its
own and unsure regions stay blank, so that the boundary shows as a white seam.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rich.style import Style

from engine.snapshot import DecisionMap, Grid
from tui.drawing.text import Line, merged
from tui.palette import TEXTURES, Depth, Palette

Mode = Literal["half", "flat", "shade", "texture"]
SHADES = ("░", "▒", "▓")
MARGIN = 0.05
"""Share of the data's extent that is shown around it."""
MOST_STRETCH = 1.7
"""How far the scales of x and y may differ for the data to fill the panel."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point to draw: its place, its class, and whether training never sees it."""

    x: float
    y: float
    label: int
    held_out: bool


Placed = Mapping[tuple[int, int], Mark]
"""Points by (column, row)."""


def mode_of(palette: Palette) -> Mode:
    """How a cell is drawn with this palette."""
    if palette.depth == "none" or (palette.ascii_only and palette.depth == "16"):
        return "texture"
    if palette.depth == "16":
        return "shade"
    return "flat" if palette.ascii_only else "half"


def grid_for(bounds: tuple[float, float, float, float], width: int, height: int, mode: Mode) -> Grid:
    """The grid that fills `width` x `height` cells: the data's bounds (left, right, bottom, top) with a margin.

    A cell is about twice as high as it is wide. The data fills the panel as long as that does not
    distort it too much; then more of the plane is shown at the sides.
    """
    left, right, bottom, top = bounds
    grow = 1 + 2 * MARGIN
    scale_x = extent(left, right) * grow / width
    scale_y = extent(bottom, top) * grow / (2 * height)
    scale_x, scale_y = max(scale_x, scale_y / MOST_STRETCH), max(scale_y, scale_x / MOST_STRETCH)
    half_x, half_y = scale_x * width / 2, scale_y * height
    middle_x, middle_y = (left + right) / 2, (bottom + top) / 2
    rows = 2 * height if mode == "half" else height
    return Grid(width, rows, middle_x - half_x, middle_x + half_x, middle_y - half_y, middle_y + half_y)


def extent(low: float, high: float) -> float:
    """From low to high, and something that floats can divide where they are the same."""
    return max(high - low, 1e-9, 1e-12 * max(abs(low), abs(high)))


def field_lines(answer: DecisionMap, placed: Placed, probe: Mark | None, palette: Palette) -> list[Line]:
    """The map with its points, and a ring around the probe: one line per row of cells."""
    mode = mode_of(palette)
    grid = answer.grid
    half = mode == "half"
    height = height_of(grid, mode)
    width = grid.columns
    levels = palette.levels
    level_of = bytes(min(levels - 1, confidence * levels // 256) for confidence in range(256))
    shade = answer.confidence.translate(level_of)
    drawn: dict[tuple[int, int], Mark | str] = {**placed, **ringed(probe, grid, height)}
    lines = []
    for row in range(height):
        top = (2 * row if half else row) * width
        below = top + width if half else top
        upper, lower = answer.classes[top : top + width], answer.classes[below : below + width]
        upper_level, lower_level = shade[top : top + width], shade[below : below + width]
        spans = []
        for column, key in enumerate(zip(upper, upper_level, lower, lower_level, strict=True)):
            mark = drawn.get((column, row))
            if mark is None:
                spans.append(empty_cell(*key, mode, palette.depth, palette.dark))
            else:
                spans.append(marked_cell(mark, key, mode, palette, is_probe=mark is probe))
        lines.append(tuple((palette.plain(text), style) for text, style in merged(spans)))
    return lines


def height_of(grid: Grid, mode: Mode) -> int:
    """Rows of cells that a grid takes on the screen."""
    return grid.rows // 2 if mode == "half" else grid.rows


def cell_of(mark: Mark, grid: Grid, height: int) -> tuple[int, int]:
    """Column and row of the mark's cell, which may be off the screen."""
    column = int((mark.x - grid.left) / (grid.right - grid.left) * grid.columns)
    return column, int((grid.top - mark.y) / (grid.top - grid.bottom) * height)


def place(marks: Iterable[Mark], grid: Grid, mode: Mode) -> Placed:
    """Marks by cell: depends on the data and the grid alone, so that it is worked out once for both."""
    height = height_of(grid, mode)
    return {cell_of(mark, grid, height): mark for mark in marks}


def ringed(probe: Mark | None, grid: Grid, height: int) -> dict[tuple[int, int], Mark | str]:
    """The probe's cell, and a parenthesis at each side of it."""
    if probe is None:
        return {}
    column, row = cell_of(probe, grid, height)
    return {(column - 1, row): "(", (column + 1, row): ")", (column, row): probe}


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


def marked_cell(
    mark: Mark | str, key: tuple[int, int, int, int], mode: Mode, palette: Palette, *, is_probe: bool
) -> tuple[str, Style]:
    """A cell with a point, or with a part of the probe's ring, over the map's colour."""
    _, background = empty_cell(*key, mode, palette.depth, palette.dark)
    behind = background.bgcolor if mode in ("half", "flat") else None
    if isinstance(mark, str):
        return mark, ink(palette.strong, behind)
    glyph = palette.glyph(mark.label, held_out=mark.held_out)
    if is_probe or mode in ("shade", "texture"):
        return glyph, ink(palette.strong, behind)
    return glyph, ink(palette.of_class(mark.label), behind)


@cache
def ink(style: Style, behind: object) -> Style:
    """A foreground style over a map colour."""
    return style + Style(bgcolor=behind) if behind else style  # type: ignore[arg-type]  # a Color
