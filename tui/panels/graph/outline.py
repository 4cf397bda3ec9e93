"""The rows of the graph's tree that are open, as a flat list that a panel can show any window of.

Flat, because a tree of widgets is rebuilt at every expansion and walks its depth recursively; 100,000 open rows scroll
here as quickly as 100. A node that is read more than once has one row in full, its home; its other rows are references
to it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tui.panels.graph.folding import Folding

BARE = str.maketrans("²", "2", " ·*×^()")
"""What a name is searched for without."""


class TreeRow(NamedTuple):
    """One line of the tree. `parent` is the number of the parent's row, -1 for the root.

    `is_open` is None where there is nothing to open.
    """

    node: int
    parent: int
    depth: int
    last: bool
    reference: bool
    is_open: bool | None


class Outline:
    """Which nodes are open, and the rows that follow from it."""

    def __init__(self, folding: Folding, expanded: set[int] | None = None) -> None:
        self.expanded = set(first_view(folding) if expanded is None else expanded)
        self._use(folding)

    def _build(self) -> None:
        entry, expanded, homes_ = self.folding.entry, self.expanded, self._homes
        self.rows = rows = list[TreeRow]()
        self._row_of = row_of = dict[int, int]()
        stack: list[tuple[int, int, int, bool, int]] = [(self.folding.root, -1, 0, True, -1)]
        while stack:
            node, parent, depth, last, parent_node = stack.pop()
            operands = entry(node).operands
            reference = homes_[node] != parent_node or node in row_of
            can_open = bool(operands) and not reference
            is_open = node in expanded if can_open else None
            number = len(rows)
            rows.append(TreeRow(node, parent, depth, last, reference, is_open))
            if not reference:
                row_of[node] = number
            if is_open:
                final = len(operands) - 1
                stack += [(operands[place], number, depth + 1, place == final, node) for place in range(final, -1, -1)]

    def home_row(self, node: int) -> int | None:
        """The row that shows the node in full, if it is open now."""
        return self._row_of.get(node)

    def in_order(self) -> Iterator[int]:
        """Every node of the graph: from the top of the tree to its end, then those that are folded away."""
        yield from self._homes
        yield from (node for node in range(len(self.folding.graph.nodes)) if node not in self._homes)

    def set_open(self, node: int, is_open: bool) -> None:
        """Open or close a node."""
        (self.expanded.add if is_open else self.expanded.discard)(node)
        self._build()

    def open_all(self) -> None:
        """Open every node."""
        self.expanded.update(self._homes)
        self._build()

    def close_all(self) -> None:
        """Close everything but the first view."""
        self.expanded = set(first_view(self.folding))
        self._build()

    def fill(self, rows: int) -> None:
        """Open more, the nodes nearest to the loss first, as long as everything fits in so many rows."""
        room = rows - len(self.rows)
        for row in sorted(self.rows, key=lambda row: row.depth):
            operands = len(self.folding.entry(row.node).operands)
            if row.is_open is False and operands <= room:
                self.expanded.add(row.node)
                room -= operands
        opened = len(self.rows)
        self._build()
        if len(self.rows) > opened:
            self.fill(rows)

    def reveal(self, node: int) -> int:
        """Open what is needed for the node's home row to be there; its number."""
        while node not in self._homes:  # unfold the sum that hides it
            top = self.folding.readers[node][0]
            while top not in self._homes:
                top = self.folding.readers[top][0]
            unfolded = self.folding.unfolded | frozenset(self.folding.foldable(top))
            self._use(Folding(self.folding.graph, unfolded))
        above = self._homes[node]
        while above != -1:
            self.expanded.add(above)
            above = self._homes[above]
        self._build()
        return self._row_of[node]

    def toggle_fold(self, node: int) -> bool:
        """Unfold the node's sum into the real chain, or fold it again; False where there is nothing to fold."""
        links = self.folding.foldable(node)
        if not links:
            return False
        self.expanded.update(links)
        self._use(self.folding.toggled(node))
        return True

    def _use(self, folding: Folding) -> None:
        self.folding = folding
        self._homes = homes(folding)
        self._build()


def homes(folding: Folding) -> dict[int, int]:
    """For each displayed node the parent under which it stands in full: the first on a walk from the loss."""
    found = {folding.root: -1}
    stack = [(folding.root, iter(folding.entry(folding.root).operands))]
    while stack:
        parent, operands = stack[-1]
        for node in operands:
            if node not in found:
                found[node] = parent
                stack.append((node, iter(folding.entry(node).operands)))
                break
        else:
            stack.pop()
    return found


def first_view(folding: Folding) -> set[int]:
    """What is open at first: from the loss down to the outputs of the network."""
    nodes = folding.graph.nodes

    def reads_output(node: int) -> bool:
        return any(nodes[operand].role == "output" for operand in folding.entry(node).operands)

    view = {node for node in homes(folding) if nodes[node].role == "loss" and not reads_output(node)}
    node = folding.root
    while nodes[node].role != "output" and (operands := folding.entry(node).operands):
        view.add(node)
        node = operands[0]
    return view | {node}


def find(outline: Outline, text: str) -> list[int]:
    """The nodes whose name contains `text`: those that begin with it first, short names first, else as in the tree.

    A keyboard's spelling will do: x2 or x^2 for x², sinx for sin(x), * or a space or nothing for the dot of a product.
    """
    spell = bare if bare(text) else str.casefold
    wanted = spell(text)
    nodes = outline.folding.graph.nodes
    spelled = {i: spell(nodes[i].name) for i in outline.in_order() if nodes[i].role != "constant"}
    hits = [i for i, name in spelled.items() if wanted in name]
    return sorted(hits, key=lambda i: (not spelled[i].startswith(wanted), len(nodes[i].name)))


def bare(name: str) -> str:
    """A name without what no key has, or what is only between its parts: x², x^2 and x**2 are x2."""
    return name.casefold().translate(BARE)
