"""A hidden unit over the plane: which side of its zero level each place is on, and how far its activation goes there.

Positive and negative have a colour each, the fuller the larger, and the line between them is
drawn. Signs stand on the map too; where colours are few or none, they are all there is.
"""

from functools import cache

from rich.style import Style

from engine.views.hidden_units import UnitMap
from engine.views.queries import Grid
from tui.draw.palette import Depth, Palette
from tui.draw.text import Span
from tui.panels.boundary.cells import Mode, cell_rows
from tui.panels.boundary.draw_points import mode_of

SIGNS = ("-", "+")
RAMPS = ((" ", "-", "="), (" ", "+", "#"))
"""Negative and positive where a colour does not tell how large."""
LINE = "0"
"""The zero level where it is drawn with characters."""
APART, DOWN = 9, 4
"""Columns and rows from one sign on the coloured map to the next."""
ZERO, UNKNOWN = 2, 255


def activation_cells(answer: UnitMap, palette: Palette) -> list[list[Span]]:
    """The cells of a unit's map without anything on them."""
    mode = mode_of(palette)
    grid = answer.query.grid
    rows = cell_rows(grid, mode, with_zero_line(answer.signs, grid), answer.sizes, palette.levels)
    return [
        [
            cell(*halves, row % DOWN == DOWN // 2 and place % APART == APART // 2, mode, palette.depth, palette.dark)
            for place, halves in enumerate(cells)
        ]
        for row, cells in enumerate(rows)
    ]


def with_zero_line(signs: bytes, grid: Grid) -> bytes:
    """The signs, and ZERO where the cell to the right or the one below has the other sign."""
    width = grid.columns
    out = bytearray(signs)
    for place, sign in enumerate(signs):
        if sign == UNKNOWN:
            continue
        right = signs[place + 1] if (place + 1) % width else sign
        under = signs[place + width] if place + width < len(signs) else sign
        if 1 - sign in (right, under):
            out[place] = ZERO
    return bytes(out)


@cache
def cell(
    upper: int, level: int, lower: int, lower_level: int, signed: bool, mode: Mode, depth: Depth, dark: bool
) -> Span:
    """A cell without a point. Equal cells are the same object, so that neighbours merge."""
    palette = Palette(depth, dark)
    if UNKNOWN in (upper, lower):
        return "?", palette.muted
    if mode in ("shade", "texture"):
        if upper == ZERO:
            return LINE, palette.strong
        color = palette.sign_shade(positive=bool(upper), level=level) if mode == "shade" else None
        return RAMPS[upper][level], Style(color=color, dim=None if color else True)
    if ZERO in (upper, lower):
        return zero_cell(upper, level, lower, lower_level, mode, palette)
    top, bottom = (
        palette.sign_shade(positive=bool(s), level=size) for s, size in ((upper, level), (lower, lower_level))
    )
    if signed and level:
        return SIGNS[upper], palette.text + Style(bgcolor=bottom)
    return (" ", Style(bgcolor=top)) if top == bottom else ("▀", Style(color=top, bgcolor=bottom))


def zero_cell(upper: int, level: int, lower: int, lower_level: int, mode: Mode, palette: Palette) -> Span:
    """A cell with the line: always in the foreground, so that a point in its place has the map's colour behind it."""
    rest = palette.sign_shade(positive=True, level=0)
    if mode == "flat":
        return LINE, palette.strong + Style(bgcolor=rest)
    if upper == lower:
        return "█", palette.text + Style(bgcolor=rest)
    sign, size = (lower, lower_level) if upper == ZERO else (upper, level)
    behind = palette.sign_shade(positive=bool(sign), level=size)
    return "▀" if upper == ZERO else "▄", palette.text + Style(bgcolor=behind)
