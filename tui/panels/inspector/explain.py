"""What the inspector says of a node: its numbers in full, its formula, where its gradient comes from and goes.

Each line of the gradient's sum is one edge of the graph: the reader's local derivative times the
gradient that reached the reader, in the order in which the backward pass adds them.
"""

import textwrap
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from engine.graph import Node
from engine.ops import OPS
from tui.draw.numbers import WIDTH, full, number
from tui.draw.palette import Palette
from tui.draw.text import Line, Span, sentence
from tui.panels.graph.folding import Folding
from tui.panels.next_update import Coming, coming_lines, trail_lines

ROLE_NAMES = {
    "preactivation": "weighted sum",
    "partial": "partial sum",
    "loss": "part of the probe's loss",
    "output": "output of the network",
    "activation": "hidden unit",
}
PARAMETER = (
    "A parameter. The probe's gradient is of one example's loss; the optimizer uses the batch's: the mean over the"
    " step's examples, plus the penalties' if there are any."
)
LEAVES = {
    "constant": "A constant: it takes part, but nothing changes it.",
    "input": "An input: given by the example, not trained.",
    "weight": PARAMETER,
    "bias": PARAMETER,
}
NAME_WIDTH = 20
"""The most cells that a name takes before its numbers."""


class NodeLine(NamedTuple):
    """One line, and the node whose name stands in it, if one can go there."""

    line: Line
    node: int | None = None


def title(node: Node) -> str:
    """What the node is, in a word or two."""
    return "the loss of the probe" if node.name == "loss" else ROLE_NAMES.get(node.role, node.role)


def explain(
    folding: Folding,
    index: int,
    data: Sequence[float],
    grad: Sequence[float],
    width: int,
    palette: Palette,
    coming: Coming | None = None,
) -> list[NodeLine]:
    """The lines about one node, each at most `width` cells; `coming` is for parameters only."""
    graph = folding.graph
    node = graph.nodes[index]
    said = [
        NodeLine(((" data        ", palette.muted), (full(data[index]), palette.strong))),
        NodeLine(((" probe grad  ", palette.muted), (full(grad[index]), palette.of_sign(grad[index])))),
    ]
    if node.op:
        said += plainly(formula(folding, index, data, width, palette))
    parameter = graph.parameters.index(index) if index in graph.parameters else None
    if parameter is not None:
        said += plainly(coming_lines(coming, parameter, width, palette))
    said += arrivals(folding, index, data, grad, width, palette)
    if parameter is not None:
        said += plainly(trail_lines(coming, parameter, width, palette))
    why = OPS[graph.nodes[folding.entry(index).stands_for].op].why if node.op else LEAVES.get(node.role, "")
    said += plainly(sentence(why, width, palette.muted))
    return said + departures(folding, index, data, grad, width, palette)


def plainly(lines: Iterable[Line]) -> list[NodeLine]:
    """Lines that lead nowhere."""
    return [NodeLine(line) for line in lines]


def formula(folding: Folding, index: int, data: Sequence[float], width: int, palette: Palette) -> list[Line]:
    """The node's operation with its operands' names, then with their numbers.

    Where lines end depends on the names only: it must not change while the numbers do.
    """
    nodes = folding.graph.nodes
    entry = folding.entry(index)
    op = nodes[entry.stands_for]
    names = [nodes[i].name for i in entry.operands]
    if op.op == "add":
        return sum_lines(names, [data[i] for i in entry.operands], width, palette)
    numbers = [number(data[i]).strip() for i in entry.operands]
    if op.op == "mul":
        constants = [f"{nodes[i].k:g}" for i in op.operands if i not in entry.operands]
        bracketed = [f"({n})" if n.startswith("-") and place else n for place, n in enumerate(numbers + constants)]
        named, numbered = " × ".join(names + constants), " × ".join(bracketed)
    elif op.op == "pow":
        named, numbered = f"{names[0]} ^ {op.k:g}", f"({numbers[0]}) ^ {op.k:g}"
    else:
        symbol = OPS[op.op].symbol
        k = f", {op.k:g}" if op.k else ""
        named, numbered = f"{symbol}({names[0]}{k})", f"{symbol}({numbers[0]}{k})"
    if len(named) * 2 + (WIDTH + 2 - min(map(len, names))) * len(names) + 6 <= width:
        return [((" = ", palette.muted), (named, palette.text), (" = ", palette.muted), (numbered, palette.muted))]
    return [*wrapped(named, width, palette), ((" = ", palette.muted), (numbered, palette.muted))]


def wrapped(text: str, width: int, palette: Palette) -> list[Line]:
    """An equals sign and what follows it, in as many lines as it needs."""
    parts = textwrap.wrap(text, max(10, width - 4), break_long_words=False, break_on_hyphens=False)
    return [((" = " if place == 0 else "   ", palette.muted), (part, palette.text)) for place, part in enumerate(parts)]


def sum_lines(names: Sequence[str], numbers: Sequence[float], width: int, palette: Palette) -> list[Line]:
    """The terms of a sum by name, then by number in columns, their signs in the place of the pluses."""
    named = " + ".join(names)
    shown = [number(value, signed=True) for value in numbers]
    if len(named) + len(shown) * (WIDTH + 1) + 6 <= width:
        return [((" = ", palette.muted), (named, palette.text), (" =", palette.muted), *signed(shown, palette))]
    lines = wrapped(named, width, palette)
    columns = max(1, (width - 3) // (WIDTH + 1))
    for start in range(0, len(shown), columns):
        head = " =" if start == 0 else "  "
        lines.append(((head, palette.muted), *signed(shown[start : start + columns], palette)))
    return lines


def signed(shown: Sequence[str], palette: Palette) -> Line:
    """Numbers with their signs, one after the other."""
    return tuple((f" {text}", palette.muted) for text in shown)


def local_derivative(folding: Folding, reader: int, place: int, data: Sequence[float]) -> float:
    """d(reader)/d(its operand number `place`), from the op table."""
    node = folding.graph.nodes[reader]
    return OPS[node.op].locals([data[i] for i in node.operands], node.k, data[reader])[place]


def contributions(folding: Folding, index: int, data: Sequence[float]) -> list[tuple[int, float]]:
    """(reader, local derivative) for each edge on which a gradient arrives, in the order in which they are added."""
    nodes = folding.graph.nodes
    return [
        (reader, local_derivative(folding, reader, place, data))
        for reader in dict.fromkeys(folding.readers[index])
        for place, operand in enumerate(nodes[reader].operands)
        if operand == index
    ]


def arrivals(
    folding: Folding, index: int, data: Sequence[float], grad: Sequence[float], width: int, palette: Palette
) -> list[NodeLine]:
    """One line for each contribution to the node's gradient, then their sum where there are several."""
    nodes = folding.graph.nodes
    rows = contributions(folding, index, data)
    if not rows:
        return [NodeLine(((" grad of the loss by itself: 1", palette.muted),))]
    one = "grad = local × upstream of its one reader:"
    head = one if len(rows) == 1 else f"grad = sum of local × upstream, {len(rows)} readers:"
    said = [NodeLine(((f" {head}", palette.muted),))]
    for reader, local in rows:
        top = folding.shown_reader(reader)
        said += term(nodes[top].name, top, local, grad[reader], width, palette)
    if len(rows) > 1:
        said.append(NodeLine(total(grad[index], width, palette)))
    return said


def departures(
    folding: Folding, index: int, data: Sequence[float], grad: Sequence[float], width: int, palette: Palette
) -> list[NodeLine]:
    """What the node passes on to each operand, as displayed."""
    nodes = folding.graph.nodes
    entry = folding.entry(index)
    node = nodes[entry.stands_for]
    if not node.op:
        return []
    said = [NodeLine(((" passes on local × grad:", palette.muted),))]
    if node.op == "add":
        edges = [(operand, 1.0) for operand in entry.operands]
    else:
        edges = [
            (operand, local_derivative(folding, entry.stands_for, place, data))
            for place, operand in enumerate(node.operands)
            if operand in entry.operands
        ]
    for operand, local in edges:
        said += term(nodes[operand].name, operand, local, grad[index], width, palette)
    return said


def term(name: str, node: int, local: float, upstream: float, width: int, palette: Palette) -> list[NodeLine]:
    """`name  local × upstream = product`, the numbers in columns at the right, below a name that is too long."""
    product = local * upstream
    room = name_width(width)
    above: list[NodeLine] = []
    if cell_len(name) > room:
        above, name = [NodeLine(((f" {name}", palette.text),), node)], ""
    label = (f" {name}" + " " * (room - cell_len(name)), palette.text)
    row = equation(label, (number(local), palette.text), "×", upstream, product, palette)
    return [*above, NodeLine(row, None if above else node)]


def equation(label: Span, first: Span, sign: str, second: float, result: float, palette: Palette) -> Line:
    """`label  first × second = result`."""
    muted = palette.muted
    return label, first, (f" {sign} ", muted), gradient(second, palette), (" = ", muted), gradient(result, palette)


def gradient(value: float, palette: Palette) -> Span:
    """A number with its sign and the sign's colour."""
    return number(value, signed=True), palette.of_sign(value)


def name_width(width: int) -> int:
    """Cells for the name in a line of so many: what three numbers and two signs leave."""
    return max(0, min(NAME_WIDTH, width - 1 - 3 * WIDTH - 6))


def total(value: float, width: int, palette: Palette) -> Line:
    """The sum below the last column."""
    return (
        (" " * (1 + name_width(width) + WIDTH + 3) + f"{'sum':>{WIDTH}}", palette.muted),
        (" = ", palette.muted),
        gradient(value, palette),
    )
