"""The probe's computation graph as a tree: navigation is here, rows and drawing are not."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from engine.graph import Graph
from engine.run.probe import Probe
from engine.views.micro_steps import Moment
from engine.views.queries import GraphQuery, ProbeQuery, Query
from tui.draw.frame import in_view, selected_row, thumb
from tui.draw.palette import Palette
from tui.draw.text import Line
from tui.keys import bindings
from tui.panels.graph.folding import Folding
from tui.panels.graph.outline import Outline, TreeRow, find
from tui.panels.graph.row import Columns, heading, levels_hidden, title_line, tree_row
from tui.panels.graph.stage import Stage, at_moment, finished
from tui.panels.scrolling import ScrollingPanel
from tui.panels.state import RunState

EDGE_ROWS = 2
"""Rows that stay visible above and below the selected one."""
MOST_JUMPS = 200


class GraphPanel(ScrollingPanel):
    """The tree with the data and the gradient of every node that is open."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("graph")]
    HEADING_ROWS = 1

    @dataclass
    class Micro(Message):
        """So many micro-steps forth, or back where negative."""

        by: int

    @dataclass
    class Selected(Message):
        """Another node is selected, or the same one is folded otherwise."""

        folding: Folding
        node: int

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, "graph")
        self.outline: Outline | None = None
        self._former: Outline | None = None
        self.probe: Probe | None = None
        self.cursor = 0
        self.moment: Moment | None = None
        self._here: int | None = None
        self._open_before_micro: set[int] = set()
        self._left: deque[str] = deque(maxlen=MOST_JUMPS)
        """The nodes from which jumps led away, by name: it holds in the graph of another class too."""
        self._open_before_search: frozenset[str] = frozenset()
        self._node_before_search = ""
        """By name, as the network may be another one before the search is over."""

    def wanted(self) -> Iterable[Query[Any]]:
        return (ProbeQuery(), GraphQuery()) if self.display else ()

    def take(self, state: RunState) -> None:
        """Show these numbers, on another structure if there is one; what was open and selected stays so by name."""
        if probe := state.part(ProbeQuery):
            self.probe = probe
            if graph := state.part(GraphQuery):
                self._use_graph(graph)
            self.redraw()

    def let_go(self) -> None:
        """Have no graph until there is one of another network; what is open and selected is remembered by name."""
        self._former = self.outline or self._former
        self.outline = self.probe = self.moment = self._here = None

    def _use_graph(self, graph: Graph) -> None:
        folding = Folding(graph)
        old = self.outline or self._former
        self._former = None
        self.moment = None  # it is one of another graph
        if old is None:
            self.outline = Outline(folding)
            self.outline.fill(self.size.height - 3)
        else:
            names = [node.name for node in old.folding.graph.nodes]
            here = folding.by_name
            unfolded = frozenset(here[names[i]] for i in old.folding.unfolded if names[i] in here)
            opened = {here[names[i]] for i in old.expanded if names[i] in here}
            selected = here.get(names[old.rows[self.cursor].node], folding.root)
            self.outline = Outline(Folding(graph, unfolded))
            self.outline.expanded |= opened
            self.cursor = self.outline.reveal(selected)
        self._announce()

    def follow(self, moment: Moment | None) -> None:
        """Show this moment of a training step and select where it happens; None shows the whole step again.

        What was opened on the way is closed again in the end.
        """
        outline = self.outline
        if outline is None or (moment is None and self.moment is None):
            return
        if self.moment is None:
            self._open_before_micro = set(outline.expanded)
        self.moment, self._here = moment, None
        if moment is None:
            node = outline.rows[self.cursor].node
            outline.expanded = set(self._open_before_micro)
            self._select(outline.reveal(node))
            return
        if moment.visited:
            self._here = outline.folding.shown_reader(max(moment.visited))
            happens = {outline.folding.shown_reader(node) for node in moment.visited}
            few = 2 * len(happens) < self.size.height - 2
            for node in happens if few else {self._here}:
                if outline.home_row(node) is None:
                    outline.reveal(node)
            self.cursor = outline.home_row(self._here) or 0
        self._announce()
        self.redraw()

    @property
    def row(self) -> TreeRow | None:
        """The selected row."""
        return self.outline.rows[self.cursor] if self.outline else None

    @property
    def node(self) -> int | None:
        """The selected node."""
        return self.row.node if self.row else None

    def _announce(self) -> None:
        if self.outline and self.node is not None:
            self.post_message(self.Selected(self.outline.folding, self.node))

    def _select(self, row: int) -> None:
        if self.outline:
            self.cursor = max(0, min(row, len(self.outline.rows) - 1))
            self._announce()
            self.redraw()

    def go_to(self, node: int) -> None:
        """Select a node, opening what hides it."""
        if self.outline:
            self._select(self.outline.reveal(node))

    def go_to_name(self, name: str) -> None:
        """Select the node of this name, if the graph has it."""
        if self.outline and name in self.outline.folding.by_name:
            self.jump(self.outline.folding.by_name[name])

    @property
    def node_names(self) -> list[str]:
        """What the nodes are called."""
        return [node.name for node in self.outline.folding.graph.nodes] if self.outline else []

    @property
    def parameter_names(self) -> list[str]:
        """What the weights and biases are called, in their order in the network."""
        return [self.name_of(node) for node in self.outline.folding.graph.parameters] if self.outline else []

    def name_of(self, node: int) -> str:
        """What a node is called."""
        return self.outline.folding.graph.nodes[node].name if self.outline else ""

    def jump(self, node: int) -> None:
        """Go to a node; `back` returns."""
        if self.node is not None:
            self._left.append(self.name_of(self.node))
            self.go_to(node)

    def back(self) -> None:
        """Return to where the last jump began that led elsewhere."""
        while self.outline and self.node is not None and self._left:
            node = self.outline.folding.by_name.get(self._left.pop(), self.node)
            if node != self.node:
                self.go_to(node)
                return

    def cancel_search(self) -> None:
        """Select what was selected before."""
        if self.outline and self._node_before_search:
            self.go_to(self.outline.folding.by_name.get(self._node_before_search, self.outline.folding.root))

    def end_search(self) -> None:
        """The search is over: what it found is where a jump led."""
        before, self._node_before_search = self._node_before_search, ""
        if before and self.node is not None and self.name_of(self.node) != before:
            self._left.append(before)

    def begin_search(self) -> None:
        """Remember what is open: a search opens only what its present match needs."""
        self._open_before_search = frozenset(map(self.name_of, self.outline.expanded) if self.outline else ())
        self._node_before_search = "" if self.node is None else self.name_of(self.node)

    def search(self, text: str, place: int) -> str:
        """Select match number `place` of those for the text, or where the search began; which of how many it is."""
        if not self.outline:
            return ""
        by_name = self.outline.folding.by_name
        self.outline.expanded = {by_name[name] for name in self._open_before_search if name in by_name}
        matches = self.matches(text)
        if not matches:
            self.cancel_search()
            return "no match"
        self.go_to(matches[place % len(matches)])
        return f"{place % len(matches) + 1} of {len(matches)} ↑ ↓"

    def matches(self, text: str) -> list[int]:
        """The nodes whose names contain the text, the best match first."""
        return find(self.outline, text) if self.outline and text else []

    def action_scroll(self, rows: int) -> None:
        self._select(self.cursor + rows)

    def action_open(self) -> None:
        row = self.row
        if self.moment:
            self.post_message(self.Micro(1))
        elif row and row.is_open:
            self._select(self.cursor + 1)
        else:
            self.action_follow()

    def action_close(self) -> None:
        row = self.row
        if self.moment:
            self.post_message(self.Micro(-1))
        elif row and row.is_open:
            self.action_follow()
        elif row and row.parent >= 0:
            self._select(row.parent)

    def action_follow(self) -> None:
        row = self.row
        if row and row.reference:
            self.jump(row.node)
        elif self.outline and row and row.is_open is not None:
            self.outline.set_open(row.node, not row.is_open)
            self._select(self.cursor)

    def action_fold(self) -> None:
        if self.outline and self.node is not None and self.outline.toggle_fold(self.node):
            self._select(self.cursor)
            self.follow(self.moment)

    def action_open_all(self) -> None:
        if self.outline and self.node is not None:
            node = self.node
            if all(row.is_open is not False for row in self.outline.rows):
                self.outline.close_all()
            else:
                self.outline.open_all()
            self._select(self.outline.home_row(node) or 0)

    def on_click(self, event: events.Click) -> None:
        row = self.top + event.y - 2
        if self.outline and row < len(self.outline.rows) and 2 <= event.y < self.size.height - 1:
            again = row == self.cursor
            self._select(row)
            if again:
                self.action_follow()

    def draw(self, width: int, height: int) -> list[Line]:
        inside, shown = max(0, width - 2), max(0, height - 3)
        body: list[Line] = []
        marked = range(0)
        if self.outline and self.probe:
            rows, margin = self.outline.rows, min(EDGE_ROWS, max(0, (shown - 1) // 2))
            self.top = in_view(self.top, self.cursor - margin, self.cursor + margin, shown, len(rows))
            columns = Columns.of(inside)
            window = range(self.top, min(len(rows), self.top + shown))
            hidden = levels_hidden([rows[i] for i in window], self.outline, columns)
            batch = self.moment is not None and self.moment.averaged
            body = [heading(columns, self.palette, "batch" if batch else "grad")]
            for number in window:
                line = tree_row(self.outline, number, self._stage(rows[number].node), columns, hidden, self.palette)
                here = number == self.cursor
                body.append(selected_row(line, inside, self.palette, focused=self.has_focus) if here else line)
            marked = thumb(self.top, shown, len(rows), skip=1)
        return self.framed(self.title(), self.note(False), body, (width, height), marked=marked)

    def _stage(self, node: int) -> Stage:
        """How far the node of a row is."""
        if self.moment and self.outline:
            return at_moment(self.outline.folding, node, self._here, self.moment, self.palette)
        assert self.probe
        data, grad = self.probe.numbers()
        return finished(data[node], grad[node], self.palette)

    def title(self) -> Line:
        return title_line(self.probe, self.palette)

    def note(self, more: bool) -> Line:
        nodes = len(self.outline.folding.graph.nodes) if self.outline else 0
        return ((f"{nodes} nodes", self.palette.muted),) if nodes else ()
