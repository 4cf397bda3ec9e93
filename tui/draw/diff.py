"""Which cells of a row changed: the fewer are sent, the better a slow link fares."""

from collections.abc import Iterator
from functools import lru_cache

from rich.cells import cell_len

from tui.draw.text import Line, Span

LEAST_GAP = 8
"""Unchanged cells between two changes that are worth moving the cursor over instead of sending them."""


def cells_of(line: Line) -> list[Span] | None:
    """One (character, style) per cell; None where a character is not one cell wide."""
    cells: list[Span] = []
    for text, style in line:
        if not (text.isascii() or is_narrow(text)):
            return None
        cells.extend((character, style) for character in text)
    return cells


@lru_cache(4096)
def is_narrow(text: str) -> bool:
    """Whether each of its characters is one cell wide: a wide and a combining one together deceive `cell_len`."""
    return all(cell_len(character) == 1 for character in text)


def changed_ranges(old: Line, new: Line, width: int) -> Iterator[tuple[int, int]]:
    """(start, end) columns in which the new row differs from the old one."""
    if old == new:
        return
    before, after = cells_of(old), cells_of(new)
    if before is None or after is None or len(before) != len(after):
        yield 0, width
        return
    start = end = -1
    for column, (a, b) in enumerate(zip(before, after, strict=True)):
        if a is b or a == b:
            continue
        if start < 0:
            start = column
        elif column - end > LEAST_GAP:
            yield start, end
            start = column
        end = column + 1
    if start >= 0:
        yield start, end
