"""The decision map over the data's range, with the points and the probe on it."""

from data.dataset import Dataset
from engine.snapshot import DecisionMap, Grid
from tui.drawing.field import Mark, field_lines, grid_for, mode_of
from tui.drawing.frame import framed
from tui.drawing.text import Line
from tui.palette import Palette
from tui.panels.panel import Panel


class BoundaryPanel(Panel, can_focus=True):
    """The network's answer everywhere, and the examples that it learns from."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, "boundary")
        self._dataset: Dataset | None = None
        self._probe: tuple[str, int] | None = None
        self._map: DecisionMap | None = None
        self._kind = ""

    def use(self, dataset: Dataset, kind: str) -> None:
        """Show these points; `kind` says what the colours mean."""
        self._dataset, self._map, self._kind = dataset, None, kind
        self.redraw()

    def show(self, answer: DecisionMap | None, probe: tuple[str, int] | None) -> None:
        """Show this map, or keep the last one, with the ring around this example (split, index)."""
        if answer is not None:
            self._map = answer
        self._probe = probe or self._probe
        self.redraw()

    def grid(self) -> Grid | None:
        """The grid that fills the panel, None where it has no room or no data."""
        width, height = self.size.width - 2, self.size.height - 2
        if not (self.display and self._dataset and width > 0 and height > 0):
            return None
        return grid_for(self._dataset.bounds(), width, height, mode_of(self.palette))

    def use_palette(self, palette: Palette) -> None:
        if mode_of(palette) != mode_of(self.palette):
            self._map = None
        super().use_palette(palette)

    def on_resize(self) -> None:
        self._map = None
        super().on_resize()

    def draw(self, width: int, height: int) -> list[Line]:
        body: list[Line] = []
        if self._map and self._dataset and self._map.grid.columns == width - 2:
            marks = [
                Mark(x, y, label, split != "train", (split, index) == self._probe)
                for split, examples in self._dataset.splits.items()
                for index, (x, y, label) in enumerate(examples)
            ]
            body = field_lines(self._map, marks, self.palette)
        title: Line = (("Boundary", self.palette.strong),)
        note: Line = ((self._kind, self.palette.muted),)
        return framed(title, note, body, width, height, self.palette, focused=self.has_focus)
