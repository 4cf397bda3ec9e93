"""The plane over the data's range: what the network, or a unit of it, makes of each place, with the points on it."""

from collections.abc import Iterator
from typing import Any

from data.dataset import Dataset
from engine.examples import FREE
from engine.run.config import Config
from engine.run.probe import Choice
from engine.views.decision_map import DecisionMap, PointAnswer
from engine.views.hidden_units import LayerView, UnitMap
from engine.views.queries import Grid, LayerQuery, MapQuery, PointQuery, Query, UnitQuery
from tui.draw.palette import Palette
from tui.draw.text import Line, Span, width_of
from tui.panels.boundary.cells import Mark, height_of
from tui.panels.boundary.draw_edges import answer_line, hand_line
from tui.panels.boundary.draw_layer import AXIS_ROWS, scatter_lines
from tui.panels.boundary.draw_lines import first_layer, line_cells
from tui.panels.boundary.draw_map import map_cells
from tui.panels.boundary.draw_points import laid_over, mode_of
from tui.panels.boundary.draw_unit import activation_cells
from tui.panels.boundary.mouse import PointedPanel
from tui.panels.boundary.points import CELLS_PER_POINT, Points, mark_of
from tui.panels.boundary.views import WITH_POINTS, Shape, View, notes
from tui.panels.state import RunState

REGIONS = 160
"""The confidence that the classes' regions are drawn with, where it is not shown."""


class BoundaryPanel(PointedPanel, can_focus=True):
    """The network's answer everywhere, the examples that it learns from, and a cursor among them."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, "boundary")
        self.view: View = "confidence"
        self.unit = (1, 0)
        self._drawn: View = "confidence"
        self._shape = Shape()
        self._choice: Choice | None = None
        self._parameters: tuple[float, ...] = ()
        self._forget()

    def _forget(self) -> None:
        """Drop everything that the network said."""
        self._map: DecisionMap | None = None
        self._unit_map: UnitMap | None = None
        self._layer: LayerView | None = None
        self._answer: PointAnswer | None = None

    def use(self, dataset: Dataset, config: Config) -> None:
        """Show these points, and views of a network of this kind."""
        self.points, self._shape = Points(dataset), Shape.of(config, len(dataset.class_names))
        if grid := self.grid():
            self.cursor.leave_unless_on(grid, height_of(grid, mode_of(self.palette)))
        self.hand.rest()
        self.hand.follow(dataset)
        self._forget()
        if self.view not in self._shape.views():
            self.view = "confidence"
        self._drawn = self.view
        if self.unit not in self._shape.units():
            self.unit = (1, 0)
        self.redraw()

    def take(self, state: RunState) -> None:
        """Show what came, and keep what did not come anew as long as it can be seen."""
        if state.parameters != self._parameters:
            # What other views have is of other weights: it is not to be seen on the way back to them.
            self._parameters = state.parameters
            self._map = self._map if self._needs_map else None
            self._unit_map = self._unit_map if self.view == "unit" else None
            self._layer = self._layer if self.view == "layer" else None
        self._map = state.part(MapQuery) or self._map
        self._unit_map = state.part(UnitQuery) or self._unit_map
        self._layer = state.part(LayerQuery) or self._layer
        self._answer = state.part(PointQuery) or self._answer
        self._choice = state.snapshot.choice
        self.redraw()

    # What the panel has to be told.

    def grid(self) -> Grid | None:
        """The grid that fills the panel, None where it has no room or no data."""
        width, height = self.size.width - 2, self.size.height - 2
        if not (self.display and self.points and width > 0 and height > 0):
            return None
        return self.points.grid(width, height, mode_of(self.palette))

    @property
    def _needs_map(self) -> bool:
        return self.view in ("confidence", "regions", "lines")

    def wanted(self) -> Iterator[Query[Any]]:
        grid, plane = self.grid(), self.plane()
        if plane and self.has_focus:
            yield PointQuery(self.cursor.settle(*plane))
        if grid and self._needs_map:
            yield MapQuery(grid)
        elif grid and self.view == "unit":
            yield UnitQuery(*self.unit, grid)
        elif grid and self.view == "layer":
            mode = mode_of(self.palette)
            height = height_of(grid, mode) - AXIS_ROWS
            most = grid.columns * height // CELLS_PER_POINT
            if height > 0:
                yield LayerQuery(grid.columns, 2 * height if mode == "half" else height, most)

    def plane(self) -> tuple[Grid, int] | None:
        grid = self.grid()
        return (grid, height_of(grid, mode_of(self.palette))) if grid and self.view != "layer" else None

    def shows_points(self) -> bool:
        return self.view in WITH_POINTS

    def show_points(self) -> None:
        self.view = WITH_POINTS[0]
        self._want()

    # What the keys do.

    def next_view(self) -> None:
        """Go to the next view."""
        views = self._shape.views()
        self.view = views[(views.index(self.view) + 1) % len(views)]
        self._want()

    def next_unit(self, by: int) -> None:
        """Show the unit so many places on; from another view, first the one that was shown last."""
        if units := self._shape.units():
            if self.view == "unit":
                self.unit = units[(units.index(self.unit) + by) % len(units)]
            self.view = "unit"
            self._want()

    # Drawing.

    def _cells(self, view: View, grid: Grid) -> list[list[Span]] | None:
        """The cells of a view over the plane, None where there is nothing for it yet."""
        if view == "unit":
            fits = self._unit_map and self._unit_map.query.grid == grid
            return activation_cells(self._unit_map, self.palette) if fits and self._unit_map else None
        if not self._map or self._map.grid != grid:
            return None
        if view == "lines":
            return line_cells(self._map, first_layer(self._parameters, self._shape.hidden[0]), self.palette)
        return map_cells(self._map, self.palette, REGIONS if view == "regions" else None)

    def _body(self, view: View, grid: Grid, points: Points) -> list[Line] | None:
        """The rows of a view, None where there is nothing for it yet."""
        choice = self._choice
        if view == "layer":
            if not self._layer or not choice or self._layer.grid.columns != grid.columns:
                return None
            return scatter_lines(self._layer, choice, self._shape.layer_name(self._layer.layer), self.palette)
        cells = self._cells(view, grid)
        if cells is None:
            return None
        mode = mode_of(self.palette)
        height = height_of(grid, mode)
        points.lay(grid, mode)
        probe = Mark(*choice.point, choice.label, choice.split != "train", choice.split == FREE) if choice else None
        cursor = self.cursor.cell(grid, height) if self.has_focus else None
        placed = points.placed if view in WITH_POINTS else {}
        if cursor and (held := self.hand.held):
            placed = {**placed, cursor: mark_of(held.split, held.example)}
        return laid_over(cells, placed, probe, cursor, grid, self.palette)

    def draw(self, width: int, height: int) -> list[Line]:
        body: list[Line] = []
        grid, points = self.grid(), self.points
        if grid and points:
            found = self._body(self.view, grid, points)
            if found is None and self._drawn != self.view:
                body = self._body(self._drawn, grid, points) or []  # until the worker has answered
            else:
                self._drawn = self.view
                body = found or []
        title = (("Boundary", self.palette.strong), *self._in_title(width))
        note = self._note(width - width_of(title))
        return self.framed(title, note, body, (width, height), foot=self._foot(width))

    def _in_title(self, width: int) -> Line:
        """What is in hand, and the point under the cursor."""
        grid, points = self.plane(), self.points
        if not (self.has_focus and grid and points and self.shows_points()):
            return ()
        here = self.cursor.settle(*grid)
        return hand_line(self.hand, points.at(here), points.dataset.class_names, width, self.palette)

    def _note(self, room: int) -> Line:
        """What is shown, as fully as there is room to say it."""
        texts = list(notes(self._drawn, self._shape, self._unit_map, self._layer))
        thinned = self.points.thinned if self.points else 1
        if thinned > 1 and self._drawn in WITH_POINTS:
            texts = [f"1 in {thinned} points · {text}" for text in texts[:1]] + texts
        text = next((text for text in texts if len(text) <= room - 9), "")
        return ((text, self.palette.muted),) if text else ()

    def _foot(self, width: int) -> Line:
        """The network's answer at the cursor."""
        grid = self.plane()
        if not (self.has_focus and grid and self.points):
            return ()
        place = self._answer.point if self._answer else self.cursor.settle(*grid)
        return answer_line(place, self._answer, self.points.dataset.class_names, width - 5, self.palette)
