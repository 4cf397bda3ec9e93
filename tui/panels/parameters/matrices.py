"""Every weight and bias as one matrix a layer: the network at a glance.

A layer is written units down and inputs across, or the other way round where that is narrower;
where neither has room for numbers, each weight shrinks to its sign and a digit of its size.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tui.draw.numbers import WIDTH, number
from tui.draw.palette import Palette
from tui.draw.text import Line

LABEL_WIDTH = 9

Matrix = list[list[float]]


def layers(values: Sequence[float], widths: Sequence[int]) -> Iterator[Matrix]:
    """For each layer a row per unit: its weights, then its bias. `widths` begins with the inputs."""
    position = 0
    for n_in, n_out in pairwise(widths):
        rows = []
        for _ in range(n_out):
            rows.append(list(values[position : position + n_in + 1]))
            position += n_in + 1
        yield rows


def parameter_lines(
    values: Sequence[float],
    widths: Sequence[int],
    inputs: Sequence[str],
    outputs: Sequence[str],
    width: int,
    palette: Palette,
) -> list[Line]:
    """The layers one below the other, each with a heading; `inputs` and `outputs` are the names at both ends."""
    lines: list[Line] = []
    last = len(widths) - 1
    for number_of_layer, rows in enumerate(layers(values, widths), start=1):
        hidden = [f"h{number_of_layer}[{unit}]" for unit in range(len(rows))]
        units = outputs if number_of_layer == last else hidden
        if lines:
            lines.append(())
        lines += weight_lines(number_of_layer, rows, units, [*inputs, "bias"], width, palette)
        inputs = units
    return lines


def weight_lines(
    number_of_layer: int, rows: Matrix, units: Sequence[str], inputs: Sequence[str], width: int, palette: Palette
) -> list[Line]:
    """One layer's matrix."""
    across, down = list(inputs), list(units)
    table = rows
    if len(down) < len(across):
        across, down = down, across
        table = [list(column) for column in zip(*rows, strict=True)]
    title = f" w{number_of_layer}, b{number_of_layer}"
    if LABEL_WIDTH + len(across) * (WIDTH + 1) <= width:
        head = f"{title:<{LABEL_WIDTH}}" + "".join(f" {name:>{WIDTH}}" for name in across)
        lines: list[Line] = [((head, palette.muted),)]
        for name, row in zip(down, table, strict=True):
            cells = [(f" {number(value, signed=True)}", palette.of_sign(value)) for value in row]
            lines.append(((f" {name:<{LABEL_WIDTH - 1}}", palette.text), *cells))
        return lines
    most = max((abs(value) for row in table for value in row if math.isfinite(value)), default=0.0)
    lines = [((f"{title}: {across[0]} … {across[-1]} across; 9 is {number(most).strip()}", palette.muted),)]
    for name, row in zip(down, table, strict=True):
        cells = [(small(value, most), palette.of_sign(value)) for value in row]
        lines.append(((f" {name:<{LABEL_WIDTH - 1}}", palette.text), *cells))
    return lines


def small(value: float, most: float) -> str:
    """Sign and size of a weight in two cells: +0 to +9 of the greatest in its layer."""
    if not math.isfinite(value):
        return " !"
    return f"{'-' if value < 0.0 else '+'}{round(9 * (abs(value) / most)) if most else 0}"
