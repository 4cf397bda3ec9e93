"""The selected node: what it is, its numbers in full, its formula, and where its gradient comes from."""

from engine.snapshot import Probe
from tui.drawing.explain import explain, title
from tui.drawing.narration import Scene, heading, narrate
from tui.drawing.text import Line
from tui.folding import Folding
from tui.palette import Palette
from tui.panels.scrolling import ScrollingPanel


class InspectorPanel(ScrollingPanel):
    """One node of the probe's graph, explained."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, "inspector")
        self._folding: Folding | None = None
        self._node = 0
        self._probe: Probe | None = None
        self._scene: Scene | None = None

    def inspect(self, folding: Folding, node: int) -> None:
        """Explain this node from now on."""
        if self._folding is None or node != self._node:
            self.top = 0
        self._folding, self._node = folding, node
        if self._scene and self._scene.graph is not folding.graph:
            self._scene = None
        self.redraw()

    def show(self, probe: Probe) -> None:
        """Take these numbers."""
        self._probe = probe
        self.redraw()

    def follow(self, scene: Scene | None) -> None:
        """Tell what happens in this scene, instead of explaining a node; None goes back to that."""
        if scene != self._scene:
            self.top = 0
        self._scene = scene
        self.redraw()

    def title(self) -> Line:
        head: Line = (("Inspector", self.palette.strong),)
        if self._scene:
            where, what = heading(self._scene)
            return (*head, (f"  {self.palette.plain(where)}", self.palette.accent), (f"  {what}", self.palette.muted))
        if self._folding is None:
            return head
        node = self._folding.graph.nodes[self._node]
        plain = self.palette.plain
        return (*head, (f"  {plain(node.name)}", self.palette.accent), (f"  {title(node)}", self.palette.muted))

    def content(self, width: int) -> list[Line]:
        if self._folding is None or self._probe is None:
            return []
        if self._scene:
            return narrate(self._scene, self._folding, width, self.palette)
        data, grad = self._probe.numbers()
        if len(data) != len(self._folding.graph.nodes):
            return []
        return explain(self._folding, self._node, data, grad, width, self.palette)
