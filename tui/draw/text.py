"""Styled text as plain values: what every drawing function returns and every panel compares.

A Line is a tuple of (text, style) pairs. It compares by value, so that a panel can tell which of
its rows changed, and knows nothing of widgets.
"""

import textwrap
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.style import Style

Span = tuple[str, Style]
Line = tuple[Span, ...]


def width_of(line: Line) -> int:
    """Cells that the line takes."""
    return sum(cell_len(text) for text, _ in line)


def fit(line: Line, width: int, fill: Style) -> Line:
    """The line cut or padded to exactly `width` cells."""
    room = width
    fitted: list[Span] = []
    for text, style in line:
        if room <= 0:
            break
        cut = text if cell_len(text) <= room else set_cell_size(text, room)
        fitted.append((cut, style))
        room -= cell_len(cut)
    if room > 0:
        fitted.append((" " * room, fill))
    return tuple(fitted)


def spread(left: Line, right: Line, width: int, fill: Style) -> Line:
    """`left` at the left, `right` at the right; `right` gives way where both don't fit."""
    gap = width - width_of(left) - width_of(right)
    if gap < 1:
        return fit(left, width, fill)
    return (*left, (" " * gap, fill), *right)


def merged(spans: Sequence[Span]) -> Line:
    """Neighbouring spans of one style as one: fewer escape sequences on the wire."""
    out: list[Span] = []
    for text, style in spans:
        if out and out[-1][1] is style:
            out[-1] = (out[-1][0] + text, style)
        else:
            out.append((text, style))
    return tuple(out)


def sentence(text: str, width: int, style: Style, *, hyphens: bool = True) -> list[Line]:
    """Words in as many lines as they need, which may end at `hyphens`."""
    return [((" " + part, style),) for part in textwrap.wrap(text, max(10, width - 2), break_on_hyphens=hyphens)]
