"""The decision map over the data's range, with the points and the probe on it."""

from collections.abc import Iterator

from data.dataset import SPLITS, Dataset
from engine.snapshot import DecisionMap, Grid, Probe
from tui.drawing.field import Mark, Placed, field_lines, grid_for, mode_of, place
from tui.drawing.frame import framed
from tui.drawing.text import Line
from tui.palette import Palette
from tui.panels.panel import Panel

CELLS_PER_POINT = 4
"""Where the data has more points than one for so many cells, only some are drawn: the map is to be seen."""


class BoundaryPanel(Panel, can_focus=True):
    """The network's answer everywhere, and the examples that it learns from."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, "boundary")
        self._dataset: Dataset | None = None
        self._probe: Mark | None = None
        self._placed: Placed = {}
        self._placed_on: Grid | None = None
        self._thinned = 1
        self._map: DecisionMap | None = None
        self._kind = ""

    def use(self, dataset: Dataset, kind: str) -> None:
        """Show these points; `kind` says what the colours mean."""
        self._dataset, self._map, self._kind = dataset, None, kind
        self._placed_on = None
        self.redraw()

    def show(self, answer: DecisionMap | None, probe: Probe | None) -> None:
        """Show this map, or keep the last one, with the ring around this example, or the last one."""
        self._map = answer or self._map
        if probe:
            self._probe = Mark(*probe.point, probe.label, probe.split != "train")
        self.redraw()

    def _marks(self, dataset: Dataset) -> Iterator[Mark]:
        """Every `_thinned`-th example, those that are trained on last: they win a shared cell."""
        for split in reversed(SPLITS):
            examples = dataset.splits[split][:: self._thinned]
            yield from (Mark(x, y, label, split != "train") for x, y, label in examples)

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
            grid = self._map.grid
            if grid != self._placed_on:
                examples = len(self._dataset.examples())
                self._thinned = max(1, examples * CELLS_PER_POINT // max(1, grid.columns * (height - 2)))
                self._placed = place(self._marks(self._dataset), grid, mode_of(self.palette))
                self._placed_on = grid
            body = field_lines(self._map, self._placed, self._probe, self.palette)
        title: Line = (("Boundary", self.palette.strong),)
        thinned = f"1 in {self._thinned} points · " if self._thinned > 1 else ""
        note: Line = ((self.palette.plain(f"{thinned}{self._kind}"), self.palette.muted),)
        return framed(title, note, body, width, height, self.palette, focused=self.has_focus)
