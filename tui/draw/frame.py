"""A panel's frame: a title at the left of its top edge, a note at the right."""

from collections.abc import Container, Sequence

from tui.draw.palette import Palette
from tui.draw.text import Line, fit, merged, width_of


def framed(
    title: Line, note: Line, body: Sequence[Line], width: int, height: int, palette: Palette, *, focused: bool,
    foot: Line = (), marked: Container[int] = (),
) -> list[Line]:  # fmt: skip
    """`height` lines of `width` cells: the body cut or padded to the inside of a frame.

    `foot` is in its lower edge; the rows that are `marked` have the scroll thumb at the right.
    """
    if width < 2:
        return [fit((), width, palette.text)] * height
    edge = palette.accent if focused else palette.frame
    inside = width - 2
    room = inside - width_of(title) - 3
    tail: Line = ((" ", edge), *note, (" ─", edge)) if note and width_of(note) + 4 <= room else ()
    head: Line = (("─ ", edge), *title, (" ", edge))
    filler = max(0, inside - width_of(head) - width_of(tail))
    top = fit((*head, ("─" * filler, edge), *tail), inside, edge)
    side, grip = ("│", edge), ("┃", palette.accent if focused else palette.muted)
    lines: list[Line] = [merged((("╭", edge), *top, ("╮", edge)))]
    for number in range(height - 2):
        content = body[number] if number < len(body) else ()
        lines.append((side, *fit(content, inside, palette.text), grip if number in marked else side))
    under: Line = (("─ ", edge), *foot, (" ", edge)) if foot and width_of(foot) + 3 <= inside else ()
    lines.append(merged((("╰", edge), *under, ("─" * (inside - width_of(under)) + "╯", edge))))
    return lines[:height]


def thumb(top: int, shown: int, total: int, skip: int = 0) -> range:
    """Which rows inside the frame, `skip` left out at the top, stand for the part of the list on screen."""
    if total <= shown or shown < 1:
        return range(0)
    size = max(1, shown * shown // total)
    start = skip + (shown - size) * top // (total - shown)
    return range(start, start + size)


def in_view(top: int, first: int, last: int, shown: int, total: int) -> int:
    """Where a window of `shown` rows starts that has moved from `top` only as far as rows first to last need."""
    return max(0, min(max(last - shown + 1, min(top, first)), total - shown))


def selected_row(line: Line, width: int, palette: Palette, *, focused: bool) -> Line:
    """The row across its whole width as the selected one."""
    return tuple((text, palette.selected(style, focused=focused)) for text, style in fit(line, width, palette.text))
