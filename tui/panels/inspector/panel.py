"""The selected node: its numbers in full, its formula, where its gradient comes from and goes; or a check of it."""

from collections.abc import Iterator
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType

from engine.graph import PARAMETER_ROLES
from engine.run.probe import Probe
from engine.views.gradient_check import NUDGES, Check
from engine.views.queries import CheckQuery, GraphQuery, ProbeQuery, Query, TrailQuery, UpdateQuery
from tui.draw.frame import selected_row
from tui.draw.palette import Palette
from tui.draw.text import Line
from tui.keys import bindings
from tui.panels.graph.folding import Folding
from tui.panels.inspector.check import check_lines
from tui.panels.inspector.explain import Explainer, NodeLine, title
from tui.panels.inspector.narrate import Narrator, Scene, heading
from tui.panels.next_update import NextUpdate
from tui.panels.scrolling import ScrollingPanel
from tui.panels.state import RunState

USUAL_H = 4
"""The place of 1e-5 in NUDGES: near the best for most nodes."""


class InspectorPanel(ScrollingPanel):
    """One node of the probe's graph, explained. With the focus one of the names in it is selected."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("inspector")]

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, "inspector")
        self._folding: Folding | None = None
        self._node = 0
        self._probe: Probe | None = None
        self._scene: Scene | None = None
        self._next_update: NextUpdate | None = None
        self._check: Check | None = None
        self._said: list[NodeLine] = []
        self._cursor = 0
        self._h = USUAL_H
        self.checking = False

    def inspect(self, folding: Folding, node: int) -> None:
        """Explain this node from now on."""
        new = folding is not self._folding or node != self._node
        if self._folding is None or node != self._node:
            self.top = self._cursor = 0
        self._folding, self._node = folding, node
        if self._scene and self._scene.graph is not folding.graph:
            self._scene = None
        self.redraw()
        if new and (self.checking or self.is_parameter) and self.display:
            self.post_message(self.Lacks())  # once: what answers it selects the same node again

    def let_go(self) -> None:
        """Forget the node: its network is another one's, and nothing of it can be asked for."""
        self._folding = self._probe = self._scene = self._next_update = self._check = None

    def take(self, state: RunState) -> None:
        if probe := state.part(ProbeQuery):
            self._probe, self._check, self._next_update = probe, state.part(CheckQuery), state.next_update
            self.redraw()

    def follow(self, scene: Scene | None) -> None:
        """Tell what happens in this scene, instead of explaining a node; None goes back to that."""
        if scene != self._scene:
            self.top = 0
        ended = self._scene is not None and scene is None
        self._scene = scene
        self.redraw()
        if ended and (self.checking or self.is_parameter) and self.display:
            self.post_message(self.Lacks())

    # What a snapshot has to have for it.

    @property
    def is_parameter(self) -> bool:
        """Whether the node is a weight or a bias."""
        return self._folding is not None and self._folding.graph.nodes[self._node].role in PARAMETER_ROLES

    @property
    def shows_check(self) -> bool:
        """Whether a check is on the screen."""
        return self.display and self.checking and self._scene is None

    def wanted(self) -> Iterator[Query[Any]]:
        if not self.display:
            return
        yield from (ProbeQuery(), GraphQuery())
        if self.shows_check and self._probe:
            yield CheckQuery(self._probe.label, self._node)
        if self._folding and self.is_parameter and not self.checking and self._scene is None:
            yield UpdateQuery()
            yield TrailQuery(self._folding.graph.parameters.index(self._node), max(2, self.size.width - 4))

    # What the keys do.

    def toggle_check(self) -> None:
        """Check the node, or explain it again."""
        self.checking = not self.checking
        self._check, self.top = None, 0
        self.redraw()
        self.post_message(self.Lacks())

    def nudge(self, by: int) -> None:
        """Check with an h ten times as large (1) or small (-1)."""
        self._h = max(0, min(self._h - by, len(NUDGES) - 1))
        self.redraw()

    def _names(self) -> list[int]:
        """The rows with a name that one can go to."""
        return [row for row, said in enumerate(self._said) if said.node is not None]

    def action_name(self, by: int) -> None:
        rows, target, shown = self._names(), self._cursor + by, max(1, self.size.height - 2)
        if not 0 <= target < len(rows):
            self.action_scroll(by)
            return
        self._cursor = target
        self.top = max(rows[target] - shown + 1, min(self.top, rows[target]))
        self.redraw()

    def action_scroll(self, rows: int) -> None:
        super().action_scroll(rows)
        names = self._names()
        window = range(self.top, self.top + self.size.height - 2)
        seen = [place for place, row in enumerate(names) if row in window]
        if seen and self._cursor not in seen:
            self._cursor = seen[-1] if rows > 0 else seen[0]
            self.redraw()

    def action_follow(self) -> None:
        rows = self._names()
        node = self._said[rows[self._cursor]].node if self._cursor < len(rows) else None
        if node is not None and self._folding:
            self.post_message(self.Follows(self._folding.graph.nodes[node].name))

    def on_click(self, event: events.Click) -> None:
        row, rows, before = self.top + event.y - 1, self._names(), self._cursor
        if row in rows and 1 <= event.y < self.size.height - 1:
            self._cursor = rows.index(row)
            self.redraw()
            if self._cursor == before:
                self.action_follow()

    # What is shown.

    def title(self) -> Line:
        palette = self.palette
        head = ("Check" if self.checking and not self._scene else "Inspector", palette.strong)
        if self._scene:
            where, what = heading(self._scene)
        elif self._folding:
            node = self._folding.graph.nodes[self._node]
            where, what = node.name, title(node)
        else:
            return (head,)
        return head, (f"  {where}", palette.accent), (f"  {what}", palette.muted)

    def note(self, more: bool) -> Line:
        if self.checking and self._scene is None:
            return (("+ - h", self.palette.muted),)
        if self.has_focus and self._names():
            return (("↑↓ enter", self.palette.muted),)
        return super().note(more)

    def content(self, width: int) -> list[Line]:
        self._said = []
        if self._folding is None or self._probe is None:
            return []
        if self._scene:
            return list(Narrator(self._scene, self._folding, width, self.palette).lines())
        nodes = self._folding.graph.nodes
        data, grad = self._probe.numbers()
        if len(data) != len(nodes):
            return []
        palette, found = self.palette, self._check
        if self.checking:
            if found is None or (found.node, found.label) != (self._node, self._probe.label):
                return []
            return check_lines(found, grad[self._node], self._h, nodes, width, palette)
        self._said = Explainer(self._folding, self._node, data, grad, width, palette).lines(self._next_update)
        lines = [said.line for said in self._said]
        if self.has_focus and (rows := self._names()):
            self._cursor = min(self._cursor, len(rows) - 1)
            row = rows[self._cursor]
            lines[row] = selected_row(lines[row], width, palette, focused=True)
        return lines
