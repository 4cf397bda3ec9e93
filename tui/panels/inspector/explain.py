"""What the inspector says of a node: its numbers in full, its formula, where its gradient comes from and goes.

Each line of the gradient's sum is one edge of the graph: the reader's local derivative times the
gradient that reached the reader, in the order in which the backward pass adds them.
"""

import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from engine.frozen import Frozen
from engine.graph import Node
from engine.ops import OPS
from tui.draw.numbers import WIDTH, full, number
from tui.draw.palette import Palette
from tui.draw.text import Line, Span, sentence
from tui.panels.graph.folding import Folding
from tui.panels.next_update import NextUpdate, next_update_lines, trail_lines

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


class Explainer(Frozen):
    """What the lines about a node are made from: the graph, the node, the numbers of all nodes, cells of a line."""

    folding: Folding
    index: int
    data: Sequence[float]
    grad: Sequence[float]
    width: int
    palette: Palette

    def lines(self, next_update: NextUpdate | None = None) -> list[NodeLine]:
        """All lines, each at most `width` cells; `next_update` is for parameters only."""
        graph, i, palette = self.folding.graph, self.index, self.palette
        node, update, past = graph.nodes[i], list[Line](), list[Line]()
        if i in graph.parameters:
            parameter = graph.parameters.index(i)
            update = next_update_lines(next_update, parameter, self.width, palette)
            past = trail_lines(next_update, parameter, self.width, palette)
        numbers: list[Line] = [
            ((" data        ", palette.muted), (full(self.data[i]), palette.strong)),
            ((" probe grad  ", palette.muted), (full(self.grad[i]), palette.of_sign(self.grad[i]))),
        ]
        formula = self.formula() if node.op else []
        why = OPS[graph.nodes[self.folding.entry(i).stands_for].op].why if node.op else LEAVES.get(node.role, "")
        past += sentence(why, self.width, palette.muted)
        above = map(NodeLine, numbers + formula + update)
        return [*above, *self.arrivals(), *map(NodeLine, past), *self.departures()]

    def formula(self) -> list[Line]:
        """The node's operation with its operands' names, then with their numbers.

        Where lines end depends on the names only: it must not change while the numbers do.
        """
        nodes, entry, width, muted = (
            self.folding.graph.nodes,
            self.folding.entry(self.index),
            self.width,
            self.palette.muted,
        )
        op = nodes[entry.stands_for]
        names = [nodes[i].name for i in entry.operands]
        if op.op == "add":
            return self._sum(names, [self.data[i] for i in entry.operands])
        numbers = [number(self.data[i]).strip() for i in entry.operands]
        if op.op == "mul":
            constants = [f"{nodes[i].k:g}" for i in op.operands if i not in entry.operands]
            bracketed = [f"({n})" if n.startswith("-") and place else n for place, n in enumerate(numbers + constants)]
            named, numbered = " × ".join(names + constants), " × ".join(bracketed)
        elif op.op == "pow":
            named, numbered = f"{names[0]} ^ {op.k:g}", f"({numbers[0]}) ^ {op.k:g}"
        else:
            k = f", {op.k:g}" if op.k else ""
            named, numbered = (f"{OPS[op.op].symbol}({of}{k})" for of in (names[0], numbers[0]))
        in_numbers: Line = ((" = ", muted), (numbered, muted))
        if len(named) * 2 + (WIDTH + 2 - min(map(len, names))) * len(names) + 6 <= width:
            return [((" = ", muted), (named, self.palette.text), *in_numbers)]
        return [*self._wrapped(named), in_numbers]

    def _wrapped(self, text: str) -> list[Line]:
        """An equals sign and what follows it, in as many lines as it needs."""
        parts = textwrap.wrap(text, max(10, self.width - 4), break_long_words=False, break_on_hyphens=False)
        plain, muted = self.palette.text, self.palette.muted
        return [((" = " if place == 0 else "   ", muted), (part, plain)) for place, part in enumerate(parts)]

    def _sum(self, names: Sequence[str], numbers: Sequence[float]) -> list[Line]:
        """The terms of a sum by name, then by number in columns, their signs in the place of the pluses."""
        named, muted = " + ".join(names), self.palette.muted
        shown = [(f" {number(value, signed=True)}", muted) for value in numbers]
        if len(named) + len(shown) * (WIDTH + 1) + 6 <= self.width:
            return [((" = ", muted), (named, self.palette.text), (" =", muted), *shown)]
        columns = max(1, (self.width - 3) // (WIDTH + 1))
        starts = range(0, len(shown), columns)
        rows = [((" =" if start == 0 else "  ", muted), *shown[start : start + columns]) for start in starts]
        return self._wrapped(named) + rows

    def _local(self, reader: int, place: int) -> float:
        """d(reader)/d(its operand number `place`), from the op table."""
        node = self.folding.graph.nodes[reader]
        return OPS[node.op].locals([self.data[i] for i in node.operands], node.k, self.data[reader])[place]

    def contributions(self) -> list[tuple[int, float]]:
        """(reader, local derivative) for each edge on which a gradient arrives, in the order in which they add up."""
        nodes = self.folding.graph.nodes
        return [
            (reader, self._local(reader, place))
            for reader in dict.fromkeys(self.folding.readers[self.index])
            for place, operand in enumerate(nodes[reader].operands)
            if operand == self.index
        ]

    def arrivals(self) -> Iterator[NodeLine]:
        """One line for each contribution to the node's gradient, then their sum where there are several."""
        rows, muted = self.contributions(), self.palette.muted
        if not rows:
            yield NodeLine(((" grad of the loss by itself: 1", muted),))
            return
        one = "grad = local × upstream, used by one node:"
        head = one if len(rows) == 1 else f"grad = sum of local × upstream, {len(rows)} uses:"
        yield NodeLine(((f" {head}", muted),))
        for reader, local in rows:
            yield from self._term(self.folding.shown_reader(reader), local, self.grad[reader])
        if len(rows) > 1:
            label = f"{'sum':>{1 + name_width(self.width) + WIDTH + 3 + WIDTH}}"
            yield NodeLine(((label, muted), (" = ", muted), gradient(self.grad[self.index], self.palette)))

    def departures(self) -> Iterator[NodeLine]:
        """What the node passes on to each operand, as displayed."""
        entry = self.folding.entry(self.index)
        node = self.folding.graph.nodes[entry.stands_for]
        if not node.op:
            return
        yield NodeLine(((" passes on local × grad:", self.palette.muted),))
        for place, operand in enumerate(entry.operands if node.op == "add" else node.operands):
            if operand in entry.operands:
                local = 1.0 if node.op == "add" else self._local(entry.stands_for, place)
                yield from self._term(operand, local, self.grad[self.index])

    def _term(self, node: int, local: float, upstream: float) -> Iterator[NodeLine]:
        """`name  local × upstream = product`, the numbers in columns at the right, below a name that is too long."""
        palette, name, room = self.palette, self.folding.graph.nodes[node].name, name_width(self.width)
        fits = cell_len(name) <= room
        if not fits:
            yield NodeLine(((f" {name}", palette.text),), node)
        label = (f" {name if fits else '':{room}}", palette.text)
        row = equation(label, (number(local), palette.text), "×", upstream, local * upstream, palette)
        yield NodeLine(row, node if fits else None)


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
