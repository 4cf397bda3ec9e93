"""Rows of cells with points, the probe's ring and the cursor laid over them: the same for every view of the plane."""

from functools import cache

from rich.color import Color
from rich.style import Style

from engine.views.queries import Grid
from tui.draw.palette import BACKGROUND, FEW, Palette
from tui.draw.text import Line, Span, merged
from tui.panels.boundary.cells import Cell, Mark, Mode, Placed, cell_at, height_of


def mode_of(palette: Palette) -> Mode:
    """How a cell is drawn with this palette."""
    if palette.depth == "none" or (palette.ascii_only and palette.depth == "16"):
        return "texture"
    if palette.depth == "16":
        return "shade"
    return "flat" if palette.ascii_only else "half"


def laid_over(
    cells: list[list[Span]], placed: Placed, probe: Mark | None, cursor: Cell | None, grid: Grid, palette: Palette
) -> list[Line]:
    """The cells with what stands on them: points, over them the probe in its ring, over all the cursor."""
    width, mode = len(cells[0]) if cells else 0, mode_of(palette)
    drawn: dict[Cell, Mark | str] = dict(placed)
    if probe:
        column, row = cell_at(probe.x, probe.y, grid, height_of(grid, mode))
        before, after = "[]" if probe.free else "()"
        drawn |= {(column - 1, row): before, (column + 1, row): after, (column, row): probe}
    for (column, row), mark_or_ring in drawn.items():
        if 0 <= column < width and 0 <= row < len(cells):
            is_probe = mark_or_ring is probe
            cells[row][column] = marked(mark_or_ring, cells[row][column], mode, palette, is_probe=is_probe)
    if cursor and 0 <= cursor[0] < width and 0 <= cursor[1] < len(cells):
        here = drawn.get(cursor)
        glyph = palette.glyph(here.label, held_out=here.held_out) if isinstance(here, Mark) else here or "+"
        cells[cursor[1]][cursor[0]] = glyph, cursor_style(palette)
    return list(map(merged, cells))


def marked(mark: Mark | str, under: Span, mode: Mode, palette: Palette, *, is_probe: bool) -> Span:
    """A cell with a point, or with a part of the probe's ring, over the colour that was there."""
    behind = under[1].bgcolor if mode in ("half", "flat") else None
    if isinstance(mark, str):
        return mark, ink(palette.strong, behind)
    style = palette.strong if is_probe or mode in ("shade", "texture") else palette.of_class(mark.label)
    return palette.glyph(mark.label, held_out=mark.held_out), ink(style, behind)


@cache
def ink(style: Style, behind: object) -> Style:
    """A foreground style over a map colour."""
    return style + Style(bgcolor=behind) if behind else style  # type: ignore[arg-type]  # a Color


@cache
def cursor_style(palette: Palette) -> Style:
    """The cursor's cell: nothing else on a map is as light in the dark, or as dark in the light."""
    if palette.depth in FEW:
        return Style(reverse=True, bold=True)
    return Style(color=Color.parse(BACKGROUND[not palette.dark]), bgcolor=palette.strong.color, bold=True)
