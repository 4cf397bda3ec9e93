"""A computation graph as a person reads it: long sums as one Σ, additions of zero left out.

`Value` adds two numbers at a time, so the weighted sum of a neuron is a chain. Folded, the top of a chain stands for
all of it and lists its terms; unfolded, the real chain is shown. Folding changes what is displayed, never a number: the
folded nodes' gradients equal that of the top.
"""

from functools import cached_property
from typing import NamedTuple

from engine.graph import Graph, Node
from engine.ops import OPS


class Entry(NamedTuple):
    """A node as displayed: its operation in a few characters, and the nodes that it is made of.

    `stands_for` is the node whose operation is shown: another one than the entry's where
    additions of zero and multiplications by one were skipped.
    """

    op: str
    operands: tuple[int, ...]
    stands_for: int


class Folding:
    """The entries of one graph, some of them unfolded. Immutable: `toggled` gives another."""

    def __init__(self, graph: Graph, unfolded: frozenset[int] = frozenset()) -> None:
        self.graph = graph
        self.unfolded = unfolded
        self._entries: dict[int, Entry] = {}

    @property
    def root(self) -> int:
        """The loss."""
        return len(self.graph.nodes) - 1

    @cached_property
    def readers(self) -> list[list[int]]:
        """For each node the nodes that read it, in the order in which their gradients arrive; twice if read twice."""
        readers: list[list[int]] = [[] for _ in self.graph.nodes]
        for index in range(self.root, -1, -1):
            for operand in self.graph.nodes[index].operands:
                readers[operand].append(index)
        return readers

    @cached_property
    def by_name(self) -> dict[str, int]:
        """Node by name."""
        return {node.name: index for index, node in enumerate(self.graph.nodes)}

    def entry(self, index: int) -> Entry:
        """How the node is displayed."""
        if index not in self._entries:
            self._entries[index] = self._make(index)
        return self._entries[index]

    def _make(self, index: int) -> Entry:
        nodes = self.graph.nodes
        node = nodes[index]
        if index in self.unfolded:
            return Entry(op_text(node), node.operands, index)
        inner = self._repeated(index)[-1]
        node = nodes[inner]
        if node.op == "add":
            terms = self._terms(inner)
            return Entry(f"Σ {len(terms)}" if len(terms) > 2 else "+", terms, inner)
        if node.op == "mul":
            factors = [operand for operand in node.operands if nodes[operand].role != "constant"]
            constants = [nodes[operand].k for operand in node.operands if nodes[operand].role == "constant"]
            if factors and constants:
                return Entry("×" + "·".join(f"{k:g}" for k in constants), tuple(factors), inner)
        return Entry(op_text(node), node.operands, inner)

    def _repeated(self, index: int) -> list[int]:
        """The node, what it merely repeats, what that repeats …"""
        found = [index]
        while (same := self._same_as(found[-1])) is not None:
            found.append(same)
        return found

    def _same_as(self, index: int) -> int | None:
        """The operand that the node merely repeats, as 0 + a and a × 1 do."""
        nodes = self.graph.nodes
        node = nodes[index]
        neutral = {"add": 0.0, "mul": 1.0}.get(node.op)
        others = [i for i in node.operands if nodes[i].role != "constant" or nodes[i].k != neutral]
        if neutral is None or len(others) != 1 or nodes[others[0]].role == "output":
            return None  # the outputs of the network are always shown as themselves
        return others[0]

    def chain(self, index: int) -> list[int]:
        """The additions that a sum folds: itself, then the partial sums below."""
        nodes, readers = self.graph.nodes, self.readers
        links = [index]
        while nodes[below := nodes[links[-1]].operands[0]].role == "partial" and len(readers[below]) == 1:
            links.append(below)
        return links

    def _terms(self, index: int) -> tuple[int, ...]:
        nodes = self.graph.nodes
        links = self.chain(index)
        first = nodes[links[-1]].operands[0]
        starts_at_zero = nodes[first].role == "constant" and nodes[first].k == 0.0
        added = [nodes[link].operands[1] for link in reversed(links)]
        return tuple(added if starts_at_zero else [first, *added])

    def foldable(self, index: int) -> list[int]:
        """The nodes that fold or unfold together with this one; empty where there is nothing to fold."""
        nodes = self.graph.nodes
        *links, inner = self._repeated(index)
        if nodes[inner].op == "add":
            links += self.chain(inner)
        elif nodes[inner].op == "mul" and any(nodes[i].role == "constant" for i in nodes[inner].operands):
            links.append(inner)
        return links

    def toggled(self, index: int) -> "Folding":
        """Another folding in which this node's sum is unfolded, or folded again."""
        links = frozenset(self.foldable(index))
        return Folding(self.graph, self.unfolded - links if index in self.unfolded else self.unfolded | links)

    def shown_reader(self, index: int) -> int:
        """The node by which a reader is displayed: the top of its sum where that is folded."""
        nodes = self.graph.nodes
        while index not in self.unfolded and len(self.readers[index]) == 1:
            above = self.readers[index][0]
            if above in self.unfolded:
                break
            folds = nodes[index].role == "partial" and nodes[above].op == "add"
            if not folds and self._same_as(above) is None:
                break
            index = above
        return index


SHORT = {"weight": "w", "bias": "b", "input": "in", "constant": "="}


def op_text(node: Node) -> str:
    """What the operation column says: the operation in short, or for a leaf what it is."""
    if node.op == "pow":
        return f"^{node.k:g}"
    return OPS[node.op].short if node.op else SHORT[node.role]
