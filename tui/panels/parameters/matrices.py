"""Every weight and bias as one matrix a layer: the network at a glance.

A layer is written units down and inputs across, or the other way round where that is narrower; where neither has room
for numbers, each weight shrinks to its sign and a digit of its size.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tui.draw.numbers import WIDTH, number
from tui.draw.palette import Palette
from tui.draw.text import Line
from tui.panels.network import Shown

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


def parameter_lines(values: Sequence[float], network: Shown, width: int, palette: Palette) -> list[Line]:
    """The layers one below the other, each with a heading."""
    lines: list[Line] = []
    inputs, last = network.inputs, len(network.widths) - 1
    for layer, rows in enumerate(layers(values, network.widths), start=1):
        units = network.outputs if layer == last else [f"h{layer}[{unit}]" for unit in range(len(rows))]
        lines += [(), *weight_lines(layer, rows, units, [*inputs, "bias"], width, palette)]
        inputs = units
    return lines[1:]


def weight_lines(
    layer: int, table: Matrix, down: Sequence[str], across: Sequence[str], width: int, palette: Palette
) -> list[Line]:
    """One layer's matrix."""
    if len(down) < len(across):
        across, down = down, across
        table = [list(column) for column in zip(*table, strict=True)]
    most = max((abs(value) for row in table for value in row if math.isfinite(value)), default=0.0)
    head = f" w{layer}, b{layer}"
    fits = LABEL_WIDTH + len(across) * (WIDTH + 1) <= width
    if fits:
        head = f"{head:<{LABEL_WIDTH}}" + "".join(f" {name:>{WIDTH}}" for name in across)
    else:
        head += f": {across[0]} … {across[-1]} across; 9 is {number(most).strip()}"
    lines: list[Line] = [((head, palette.muted),)]
    for name, row in zip(down, table, strict=True):
        texts = [f" {number(value, signed=True)}" if fits else small(value, most) for value in row]
        cells = zip(texts, map(palette.of_sign, row), strict=True)
        lines.append(((f" {name:<{LABEL_WIDTH - 1}}", palette.text), *cells))
    return lines


def small(value: float, most: float) -> str:
    """Sign and size of a weight in two cells: +0 to +9 of the greatest in its layer."""
    if not math.isfinite(value):
        return " !"
    return f"{'-' if value < 0.0 else '+'}{round(9 * (abs(value) / most)) if most else 0}"
