"""What the inspector says of a node: its numbers in full, its formula, where its gradient comes from and goes.

Each line of the gradient's sum is one edge of the graph: the reader's local derivative times the
gradient that reached the reader, in the order in which the backward pass adds them.
"""

import textwrap
from collections.abc import Sequence

from rich.cells import cell_len

from engine.ops import OPS
from engine.snapshot import Node
from tui.drawing.numbers import WIDTH, number
from tui.drawing.text import Line
from tui.folding import Folding
from tui.palette import Palette

ROLE_NAMES = {
    "preactivation": "weighted sum",
    "partial": "partial sum",
    "loss": "part of the probe's loss",
    "output": "output of the network",
    "activation": "hidden unit",
}
PARAMETER = (
    "A parameter. This gradient is the probe's alone; the optimizer uses the batch's: the mean over the step's examples"
    ", plus the penalties' if there are any."
)
LEAVES = {
    "constant": "A constant: it takes part, but nothing changes it.",
    "input": "An input: given by the example, not trained.",
    "weight": PARAMETER,
    "bias": PARAMETER,
}
NAME_WIDTH = 20
"""The most cells that a name takes before its numbers."""


def title(node: Node) -> str:
    """What the node is, in a word or two."""
    return "the loss of the probe" if node.name == "loss" else ROLE_NAMES.get(node.role, node.role)


def explain(
    folding: Folding, index: int, data: Sequence[float], grad: Sequence[float], width: int, palette: Palette
) -> list[Line]:
    """The lines about one node, each at most `width` cells."""
    node = folding.graph.nodes[index]
    lines: list[Line] = [
        ((" data        ", palette.muted), (repr(data[index]), palette.strong)),
        ((" probe grad  ", palette.muted), (repr(grad[index]), palette.of_sign(grad[index]))),
    ]
    if node.op:
        lines += formula(folding, index, data, width, palette)
    lines += arrivals(folding, index, data, grad, width, palette)
    lines += departures(folding, index, data, grad, width, palette)
    why = OPS[folding.graph.nodes[folding.entry(index).stands_for].op].why if node.op else LEAVES.get(node.role, "")
    lines += [((" " + part, palette.muted),) for part in textwrap.wrap(why, max(10, width - 2))]
    return [tuple((palette.plain(text), style) for text, style in line) for line in lines]


def formula(folding: Folding, index: int, data: Sequence[float], width: int, palette: Palette) -> list[Line]:
    """The node's operation with its operands' names, then with their numbers."""
    nodes = folding.graph.nodes
    entry = folding.entry(index)
    op = nodes[entry.stands_for]
    names = [nodes[i].name for i in entry.operands]
    numbers = [number(data[i]).strip() for i in entry.operands]
    if op.op == "add":
        named, numbered = joined(names, numbers, " + ")
    elif op.op == "mul":
        constants = [f"{nodes[i].k:g}" for i in op.operands if i not in entry.operands]
        named, numbered = joined(names + constants, numbers + constants, " × ")
    elif op.op == "pow":
        named, numbered = f"{names[0]} ^ {op.k:g}", f"({numbers[0]}) ^ {op.k:g}"
    else:
        symbol = OPS[op.op].symbol
        named, numbered = f"{symbol}({names[0]})", f"{symbol}({numbers[0]})"
    if len(named) + len(numbered) + 6 <= width:
        return [((" = ", palette.muted), (named, palette.text), (" = ", palette.muted), (numbered, palette.muted))]
    lines: list[Line] = []
    for text, style in ((named, palette.text), (numbered, palette.muted)):
        wrapped = textwrap.wrap(text, max(10, width - 4), break_long_words=False, break_on_hyphens=False)
        for place, part in enumerate(wrapped):
            lines.append(((" = " if place == 0 else "   ", palette.muted), (part, style)))
    return lines


def joined(names: list[str], numbers: list[str], sign: str) -> tuple[str, str]:
    """Terms with a sign between, negative numbers in parentheses after the first."""
    bracketed = [f"({n})" if n.startswith("-") and place else n for place, n in enumerate(numbers)]
    return sign.join(names), sign.join(bracketed)


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
) -> list[Line]:
    """One line for each contribution to the node's gradient, then their sum where there are several."""
    nodes = folding.graph.nodes
    rows = contributions(folding, index, data)
    if not rows:
        return [((" grad of the loss by itself: 1", palette.muted),)]
    one = "grad = local × upstream of its one reader:"
    head = one if len(rows) == 1 else f"grad = sum of local × upstream, {len(rows)} readers:"
    lines: list[Line] = [((f" {head}", palette.muted),)]
    for reader, local in rows:
        name = nodes[folding.shown_reader(reader)].name
        lines += term(name, local, grad[reader], local * grad[reader], width, palette)
    if len(rows) > 1:
        lines.append(total(grad[index], width, palette))
    return lines


def departures(
    folding: Folding, index: int, data: Sequence[float], grad: Sequence[float], width: int, palette: Palette
) -> list[Line]:
    """What the node passes on to each operand."""
    nodes = folding.graph.nodes
    entry = folding.entry(index)
    node = nodes[entry.stands_for]
    if not node.op:
        return []
    if node.op == "add":
        to = f"each of {len(entry.operands)} terms" if len(entry.operands) > 1 else "its operand"
        return [((f" passes 1 × {number(grad[index], signed=True).strip()} to {to}", palette.muted),)]
    lines: list[Line] = [((" passes on:", palette.muted),)]
    for place, operand in enumerate(node.operands):
        if operand in entry.operands:
            local = local_derivative(folding, entry.stands_for, place, data)
            lines += term(nodes[operand].name, local, grad[index], local * grad[index], width, palette)
    return lines


def term(name: str, local: float, upstream: float, product: float, width: int, palette: Palette) -> list[Line]:
    """`name  local × upstream = product`, the numbers in columns at the right, below a name that is too long."""
    room = name_width(width)
    above: list[Line] = []
    if cell_len(name) > room:
        above, name = [((f" {name}", palette.text),)], ""
    row = (
        (f" {name}" + " " * (room - cell_len(name)), palette.text),
        (number(local), palette.text),
        (" × ", palette.muted),
        (number(upstream, signed=True), palette.of_sign(upstream)),
        (" = ", palette.muted),
        (number(product, signed=True), palette.of_sign(product)),
    )
    return [*above, row]


def name_width(width: int) -> int:
    """Cells for the name in a line of so many: what three numbers and two signs leave."""
    return max(0, min(NAME_WIDTH, width - 1 - 3 * WIDTH - 6))


def total(value: float, width: int, palette: Palette) -> Line:
    """The sum below the last column."""
    return (
        (" " * (1 + name_width(width) + WIDTH + 3) + f"{'sum':>{WIDTH}}", palette.muted),
        (" = ", palette.muted),
        (number(value, signed=True), palette.of_sign(value)),
    )
