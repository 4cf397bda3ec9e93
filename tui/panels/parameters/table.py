"""Every parameter in a row of a table, in the order of its name or of the size of a number."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from tui.draw.numbers import WIDTH, number
from tui.draw.palette import Palette
from tui.draw.text import Line
from tui.panels.next_update import NextUpdate

ORDERS = ("name", "value", "batch", "update", "probe")
"""What the table can be ordered by; numbers by their size, the largest first. `batch` is the batch's gradient, that of
the training loss; `probe` is the gradient of the probe's one loss."""

Columns = Mapping[str, Sequence[float]]
"""A number for each parameter, by the column's title."""


def parameter_names(widths: Sequence[int]) -> list[str]:
    """What each parameter is called, in their order; `widths` begins with the inputs."""
    names = []
    for layer, (n_in, n_out) in enumerate(pairwise(widths), start=1):
        for unit in range(n_out):
            names += [*(f"w{layer}[{unit},{place}]" for place in range(n_in)), f"b{layer}[{unit}]"]
    return names


def columns_of(values: Sequence[float], next_update: NextUpdate | None, probe: Sequence[float] = ()) -> Columns:
    """What is known of the columns; `probe` is the probe's gradient, empty where it is not."""
    columns: dict[str, Sequence[float]] = {"value": values}
    if next_update:
        columns |= {"batch": next_update.gradient, "update": next_update.change, **dict(next_update.slots)}
    return columns | {"probe": probe} if probe else columns


def ordered(columns: Columns, order: str) -> list[int]:
    """The parameters' places in the order that is asked for; numbers that are not finite first."""
    places = list(range(len(columns["value"])))
    if column := columns.get(order):
        places.sort(key=lambda i: -abs(column[i]) if math.isfinite(column[i]) else -math.inf)
    return places


def titles_of(order: str, next_update: NextUpdate | None, name_width: int, width: int) -> list[str]:
    """The columns that have room: the first ones, and in any case that by which the rows are ordered."""
    titles = ["value", "batch", "update", *(name for name, _ in (next_update.slots if next_update else ())), "probe"]
    shown = titles[: max(1, (width - name_width - 1) // (WIDTH + 1))]
    return shown if order in ("name", *shown) else [*shown[:-1], order]


def table_heading(order: str, titles: Sequence[str], name_width: int, palette: Palette) -> Line:
    """The titles of the columns, an arrow at the one that the rows are ordered by."""
    cells = [("name", f"{'↑' * (order == 'name')}name".ljust(name_width))]
    cells += [(title, f"{'↓' * (title == order)}{title}".rjust(WIDTH)) for title in titles]
    return tuple((f" {text}", palette.accent if title == order else palette.muted) for title, text in cells)


def table_row(
    name: str, place: int, columns: Columns, titles: Sequence[str], name_width: int, palette: Palette
) -> Line:
    """One parameter's numbers; a column of which nothing is known yet is empty."""
    spans = [(f" {name:<{name_width}}", palette.parameter)]
    for title in titles:
        if column := columns.get(title):
            spans.append((f" {number(column[place], signed=True)}", palette.of_number(column[place], signed=True)))
        else:
            spans.append((" " * (WIDTH + 1), palette.muted))
    return tuple(spans)
