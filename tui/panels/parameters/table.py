"""Every parameter in a row of a table, in the order of its name or of the size of a number."""

import math
from collections.abc import Sequence
from itertools import pairwise

from tui.draw.numbers import WIDTH, number
from tui.draw.palette import Palette
from tui.draw.text import Line
from tui.panels.next_update import Coming

ORDERS = ("name", "value", "batch grad", "next update")
"""What the table can be ordered by; numbers by their size, the largest first."""
TITLES = ("name", "value", "batch", "update")


def parameter_names(widths: Sequence[int]) -> list[str]:
    """What each parameter is called, in their order; `widths` begins with the inputs."""
    names = []
    for layer, (n_in, n_out) in enumerate(pairwise(widths), start=1):
        for unit in range(n_out):
            names += [*(f"w{layer}[{unit},{place}]" for place in range(n_in)), f"b{layer}[{unit}]"]
    return names


def columns_of(values: Sequence[float], coming: Coming | None) -> list[Sequence[float]]:
    """Value, batch gradient, update, then a column for each slot; only the values while nothing else is known."""
    if coming is None:
        return [values]
    return [values, coming.gradient, coming.change, *(numbers for _, numbers in coming.slots)]


def ordered(columns: Sequence[Sequence[float]], order: int) -> list[int]:
    """The parameters' places in the order that is asked for; numbers that are not finite first."""
    places = list(range(len(columns[0])))
    if 0 < order <= len(columns):
        column = columns[order - 1]
        places.sort(key=lambda i: -abs(column[i]) if math.isfinite(column[i]) else -math.inf)
    return places


def table_heading(order: int, coming: Coming | None, name_width: int, width: int, palette: Palette) -> Line:
    """The names of the columns, an arrow at the one that the rows are ordered by."""
    titles = [*TITLES, *(name for name, _ in (coming.slots if coming else ()))]
    mark = "↑" if order == 0 else "↓"
    spans = []
    for place, name in enumerate(titles[: 1 + columns_in(name_width, width)]):
        text = f"{mark}{name}" if place == order else name
        shown = f" {text:<{name_width}}" if place == 0 else f" {text:>{WIDTH}}"
        spans.append((shown, palette.accent if place == order else palette.muted))
    return tuple(spans)


def table_row(
    name: str, place: int, columns: Sequence[Sequence[float]], name_width: int, width: int, palette: Palette
) -> Line:
    """One parameter's numbers, as many columns as there is room for."""
    spans = [(f" {name:<{name_width}}", palette.parameter)]
    for column in columns[: columns_in(name_width, width)]:
        value = column[place]
        spans.append((f" {number(value, signed=True)}", palette.of_number(value, signed=True)))
    return tuple(spans)


def columns_in(name_width: int, width: int) -> int:
    """How many columns of numbers have room."""
    return max(1, (width - name_width - 1) // (WIDTH + 1))
