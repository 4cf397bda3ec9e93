"""A gradient checked by hand: nudge one node of the graph, compute the loss again, divide.

The central difference (L(x + h) - L(x - h)) / 2h knows nothing of the chain rule, so it is an independent witness. It
has two errors that pull h in opposite directions: the curve bends between the two points, an error of the order h²; and
both losses are rounded to 53 bits, an error of the order 1e-16 · L / h.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from ..graph import Graph
from ..ops import OPS


class Check(NamedTuple):
    """The probe's loss with one node nudged: (below, above) for each size of `engine.views.gradient_check.NUDGES`.

    `node` is one of the graph of class `label`, `value` what it has; `kinks` are for each size the nodes
    whose operand passes a kink of their operation between the two points.
    """

    label: int
    node: int
    value: float
    losses: tuple[tuple[float, float], ...]
    kinks: tuple[tuple[int, ...], ...]


NUDGES = tuple(float(f"1e-{place}") for place in range(1, 16))
"""The sizes of h that are tried, from 1e-1 to 1e-15."""
MOST_DIGITS = 16
"""Decimal digits that a double can agree in."""


def check(graph: Graph, label: int, data: Sequence[float], node: int) -> Check:
    """The loss with one node nudged down and up by each of NUDGES; `data` are the numbers of all nodes.

    A node that is computed is held at its nudged value; everything that it goes into is computed
    again by the operations of the table, the rest stays as it is.
    """
    moved = {node}
    rows = []
    for index, each in enumerate(graph.nodes):
        if index != node and any(operand in moved for operand in each.operands):
            moved.add(index)
            rows.append((index, OPS[each.op], each.operands, each.k))
    kinks = [(index, operands[0], kink) for index, op, operands, _ in rows for kink in op.kinks]
    numbers = list(data)

    def nudged(value: float) -> tuple[float, list[float]]:
        """The loss, and the operand of each operation that has a kink."""
        numbers[node] = value
        for index, op, operands, k in rows:
            numbers[index] = op.compute([numbers[operand] for operand in operands], k)
        return numbers[-1], [numbers[operand] for _, operand, _ in kinks]

    losses, passed = [], []
    for h in NUDGES:
        (below, left), (above, right) = nudged(data[node] - h), nudged(data[node] + h)
        losses.append((below, above))
        passed.append(
            tuple(
                index
                for (index, operand, kink), *sides in zip(kinks, left, right, strict=True)
                if any(side < kink for side in (*sides, data[operand]))
                and any(side > kink for side in (*sides, data[operand]))
            )
        )
    return Check(label, node, data[node], tuple(losses), tuple(passed))


def slope(found: Check, place: int) -> float:
    """The central difference for h = NUDGES[place]."""
    below, above = found.losses[place]
    return (above - below) / (2.0 * NUDGES[place])


def digits(a: float, b: float) -> int:
    """In how many leading digits two numbers agree: 0 to 16, by their relative difference."""
    if a == b:
        return MOST_DIGITS
    if not (math.isfinite(a) and math.isfinite(b)):
        return 0
    relative = abs(a - b) / max(abs(a), abs(b))
    return max(0, min(MOST_DIGITS, math.floor(-math.log10(relative)))) if relative < 1.0 else 0
