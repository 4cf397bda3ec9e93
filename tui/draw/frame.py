"""A panel's frame: a title at the left of its top edge, a note at the right."""

from collections.abc import Sequence

from tui.draw.palette import Palette
from tui.draw.text import Line, fit, merged, width_of


def framed(
    title: Line,
    note: Line,
    body: Sequence[Line],
    width: int,
    height: int,
    palette: Palette,
    *,
    focused: bool,
    foot: Line = (),
) -> list[Line]:
    """`height` lines of `width` cells: the body cut or padded to the inside of a frame; `foot` is in its lower edge."""
    if width < 2:
        return [fit((), width, palette.text)] * height
    edge = palette.accent if focused else palette.frame
    line = palette.plain("─")
    inside = width - 2
    room = inside - width_of(title) - 3
    tail: Line = ((" ", edge), *note, (" ", edge), (line, edge)) if note and width_of(note) + 4 <= room else ()
    head: Line = ((line + " ", edge), *title, (" ", edge))
    filler = max(0, inside - width_of(head) - width_of(tail))
    top = fit((*head, (line * filler, edge), *tail), inside, edge)
    corners = palette.plain("╭╮╰╯")
    side = palette.plain("│")
    lines: list[Line] = [merged(((corners[0], edge), *top, (corners[1], edge)))]
    for number in range(height - 2):
        content = body[number] if number < len(body) else ()
        lines.append(((side, edge), *fit(content, inside, palette.text), (side, edge)))
    under: Line = ((line + " ", edge), *foot, (" ", edge)) if foot and width_of(foot) + 3 <= inside else ()
    lines.append(merged(((corners[2], edge), *under, (line * (inside - width_of(under)) + corners[3], edge))))
    return lines[:height]


def thumb(top: int, shown: int, total: int, skip: int = 0) -> range:
    """Which rows inside the frame, `skip` left out at the top, stand for the part of the list on screen."""
    if total <= shown or shown < 1:
        return range(0)
    size = max(1, shown * shown // total)
    start = skip + (shown - size) * top // (total - shown)
    return range(start, start + size)


def with_thumb(lines: list[Line], rows: range, palette: Palette, *, focused: bool) -> list[Line]:
    """The framed lines with a scroll thumb in the right-hand frame."""
    style = palette.accent if focused else palette.muted
    for position in rows:
        line = lines[1 + position]
        lines[1 + position] = (*line[:-1], (palette.plain("┃"), style))
    return lines


def selected_row(line: Line, width: int, palette: Palette, *, focused: bool) -> Line:
    """The row across its whole width as the selected one."""
    return tuple((text, palette.selected(style, focused=focused)) for text, style in fit(line, width, palette.text))
