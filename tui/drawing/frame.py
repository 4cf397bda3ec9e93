"""A panel's frame: a title at the left of its top edge, a note at the right."""

from collections.abc import Sequence

from tui.drawing.text import Line, fit, merged, width_of
from tui.palette import Palette


def framed(
    title: Line, note: Line, body: Sequence[Line], width: int, height: int, palette: Palette, *, focused: bool
) -> list[Line]:
    """`height` lines of `width` cells: the body cut or padded to the inside of a frame."""
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
    lines.append(((corners[2] + line * inside + corners[3], edge),))
    return lines[:height]
