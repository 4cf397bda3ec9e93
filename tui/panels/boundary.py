"""The plane over the data's range: what the network, or a unit of it, makes of each place, with the points on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from data.dataset import SPLITS, Dataset
from engine.session import Config
from engine.snapshot import FREE, Choice, DecisionMap, Grid, LayerQuery, LayerView, PointAnswer, UnitMap, UnitQuery
from engine.thinning import thinned
from tui.cursor import Cursor, Point, nearest
from tui.drawing.activation import activation_cells
from tui.drawing.answer import answer_line
from tui.drawing.field import crisp, grid_for, map_cells, place, probe_cell
from tui.drawing.frame import framed
from tui.drawing.layer import AXIS_ROWS, layer_lines
from tui.drawing.lines import first_layer, line_cells
from tui.drawing.surface import Mark, Placed, height_of, laid_over, mode_of
from tui.drawing.text import Line, Span
from tui.messages import Snapshot
from tui.palette import Palette
from tui.panels.panel import Panel
from tui.views import Shape, View, notes

CELLS_PER_POINT = 4
"""Where the data has more points than one for so many cells, only some are drawn: the map is to be seen."""
FAR = 5
"""Cells to the side that a larger jump of the cursor is; up and down it is a third of the panel."""


class BoundaryPanel(Panel, can_focus=True):
    """The network's answer everywhere, the examples that it learns from, and a cursor among them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1, 0)", show=False),
        Binding("right", "move(1, 0)", show=False),
        Binding("up", "move(0, -1)", show=False),
        Binding("down", "move(0, 1)", show=False),
        Binding("shift+left", "jump(-1, 0)", show=False),
        Binding("shift+right", "jump(1, 0)", show=False),
        Binding("shift+up,pageup", "jump(0, -1)", show=False),
        Binding("shift+down,pagedown", "jump(0, 1)", show=False),
        Binding("home", "middle", show=False),
        Binding("end", "next_point", show=False),
        Binding("enter", "probe_nearest", show=False),
        Binding("p", "probe_here", show=False),
        Binding("k", "relabel", show=False),
    ]

    class Wanting(Message):
        """Something is to be shown that the panel does not have yet."""

    @dataclass
    class Selected(Message):
        """An example is to be the probe."""

        split: str
        index: int

    @dataclass
    class Put(Message):
        """A place is to be the probe."""

        point: Point

    class Relabelled(Message):
        """The probe is to be of the next class."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, "boundary")
        self.view: View = "confidence"
        self.cursor = Cursor()
        self.unit = (1, 0)
        self._drawn: View = "confidence"
        self._dataset: Dataset | None = None
        self._shape = Shape()
        self._choice: Choice | None = None
        self._placed: Placed = {}
        self._placed_on: Grid | None = None
        self._thinned = 1
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
        self._dataset, self._shape = dataset, Shape.of(config, len(dataset.class_names))
        self._placed_on = None
        self._forget()
        if self.view not in self._shape.views():
            self.view = "confidence"
        self._drawn = self.view
        if self.unit not in self._shape.units():
            self.unit = (1, 0)
        self.redraw()

    def show(self, snapshot: Snapshot) -> None:
        """Show what came, and keep what did not come anew as long as it can be seen."""
        if snapshot.checkpoint.parameters != self._parameters:
            self._parameters = snapshot.checkpoint.parameters
            self._drop_unseen()
        self._map = snapshot.decision_map or self._map
        self._unit_map = snapshot.unit_map or self._unit_map
        self._layer = snapshot.layer_view or self._layer
        self._answer = snapshot.answer or self._answer
        self._choice = snapshot.choice or self._choice
        self.redraw()

    def _drop_unseen(self) -> None:
        """What other views have is of other weights: it is not to be seen on the way back to them."""
        if not self._needs_map:
            self._map = None
        if self.view != "unit":
            self._unit_map = None
        if self.view != "layer":
            self._layer = None

    # What the panel has to be told.

    def grid(self) -> Grid | None:
        """The grid that fills the panel, None where it has no room or no data."""
        width, height = self.size.width - 2, self.size.height - 2
        if not (self.display and self._dataset and width > 0 and height > 0):
            return None
        return grid_for(self._dataset.bounds(), width, height, mode_of(self.palette))

    @property
    def _needs_map(self) -> bool:
        return self.view in ("confidence", "regions", "lines")

    def map_query(self) -> Grid | None:
        """Where the decision map is wanted."""
        return self.grid() if self._needs_map else None

    def unit_query(self) -> UnitQuery | None:
        """Which unit is wanted."""
        grid = self.grid()
        return UnitQuery(*self.unit, grid) if grid and self.view == "unit" else None

    def layer_query(self) -> LayerQuery | None:
        """How large the view of the last hidden layer is to be."""
        grid = self.grid()
        if not grid or self.view != "layer":
            return None
        mode = mode_of(self.palette)
        height = height_of(grid, mode) - AXIS_ROWS
        most = grid.columns * height // CELLS_PER_POINT
        return LayerQuery(grid.columns, 2 * height if mode == "half" else height, most) if height > 0 else None

    def point_query(self) -> Point | None:
        """Where the network's answer is wanted."""
        grid = self._under_cursor()
        return self.cursor.settle(*grid) if grid and self.has_focus else None

    def _under_cursor(self) -> tuple[Grid, int] | None:
        """The grid that the cursor moves on and its height in cells, where there is one."""
        grid = self.grid()
        return (grid, height_of(grid, mode_of(self.palette))) if grid and self.view != "layer" else None

    # Keys and mouse.

    def next_view(self) -> None:
        """Go to the next view."""
        views = self._shape.views()
        self.view = views[(views.index(self.view) + 1) % len(views)]
        self._want()

    def next_unit(self, by: int) -> None:
        """Show the unit so many places on; from another view, first the one that was shown last."""
        units = self._shape.units()
        if not units:
            return
        if self.view == "unit":
            self.unit = units[(units.index(self.unit) + by) % len(units)]
        self.view = "unit"
        self._want()

    def _want(self) -> None:
        self.redraw()
        self.post_message(self.Wanting())

    def action_move(self, columns: int, rows: int) -> None:
        if grid := self._under_cursor():
            self.cursor.move(columns, rows, *grid)
            self._want()

    def action_jump(self, columns: int, rows: int) -> None:
        self.action_move(FAR * columns, max(2, (self.size.height - 2) // 3) * rows)

    def action_middle(self) -> None:
        self.cursor.point = None
        self.action_move(0, 0)

    def action_next_point(self) -> None:
        grid = self._under_cursor()
        if grid and self._dataset:
            self.cursor.next_of(((x, y) for x, y, _ in self._dataset.examples()), *grid)
            self._want()

    def action_probe_nearest(self) -> None:
        grid = self._under_cursor()
        if grid and self._dataset:
            splits = self._dataset.splits
            order = [(split, index) for split in SPLITS for index in range(len(splits[split]))]
            points = ((x, y) for x, y, _ in self._dataset.examples())
            self.post_message(self.Selected(*order[nearest(points, self.cursor.settle(*grid), *grid)]))

    def action_probe_here(self) -> None:
        if grid := self._under_cursor():
            self.post_message(self.Put(self.cursor.settle(*grid)))

    def action_relabel(self) -> None:
        self.post_message(self.Relabelled())

    def on_click(self, event: events.Click) -> None:
        grid = self._under_cursor()
        if grid and 0 < event.x < self.size.width - 1 and 0 < event.y < self.size.height - 1:
            self.cursor.to((event.x - 1, event.y - 1), *grid)
            self._want()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        if has_focus:
            self.post_message(self.Wanting())

    # Drawing.

    def _marks(self, dataset: Dataset) -> Iterator[Mark]:
        """One in `_thinned` examples, those that are trained on last: they win a shared cell."""
        for split in reversed(SPLITS):
            examples = thinned(dataset.splits[split], self._thinned)
            yield from (Mark(x, y, label, split != "train") for x, y, label in examples)

    def _place(self, dataset: Dataset, grid: Grid, height: int) -> None:
        if grid != self._placed_on:
            examples = len(dataset.examples())
            self._thinned = max(1, examples * CELLS_PER_POINT // max(1, grid.columns * height))
            self._placed = place(self._marks(dataset), grid, mode_of(self.palette))
            self._placed_on = grid

    def _cells(self, view: View, grid: Grid) -> list[list[Span]] | None:
        """The cells of a view over the plane, None where there is nothing for it yet."""
        if view == "unit":
            fits = self._unit_map and self._unit_map.query.grid == grid
            return activation_cells(self._unit_map, self.palette) if fits and self._unit_map else None
        if not self._map or self._map.grid != grid:
            return None
        if view == "lines":
            return line_cells(self._map, first_layer(self._parameters, self._shape.hidden[0]), self.palette)
        return map_cells(crisp(self._map) if view == "regions" else self._map, self.palette)

    def _body(self, view: View, grid: Grid, dataset: Dataset) -> list[Line] | None:
        """The rows of a view, None where there is nothing for it yet."""
        choice = self._choice
        if view == "layer":
            if not self._layer or not choice or self._layer.grid.columns != grid.columns:
                return None
            return layer_lines(self._layer, choice, self._shape.layer_name(self._layer.layer), self.palette)
        cells = self._cells(view, grid)
        if cells is None:
            return None
        mode = mode_of(self.palette)
        height = height_of(grid, mode)
        self._place(dataset, grid, height)
        probe = Mark(*choice.point, choice.label, choice.split != "train", choice.split == FREE) if choice else None
        cursor = self.cursor.cell(grid, height) if self.has_focus else None
        placed = {} if view == "lines" else self._placed
        return laid_over(cells, placed, probe_cell(probe, grid, mode), cursor, mode, self.palette)

    def draw(self, width: int, height: int) -> list[Line]:
        body: list[Line] = []
        grid, dataset = self.grid(), self._dataset
        if grid and dataset:
            found = self._body(self.view, grid, dataset)
            if found is None and self._drawn != self.view:
                body = self._body(self._drawn, grid, dataset) or []  # until the worker has answered
            else:
                self._drawn = self.view
                body = found or []
        title: Line = (("Boundary", self.palette.strong),)
        return framed(
            title, self._note(width), body, width, height, self.palette, focused=self.has_focus, foot=self._foot(width)
        )

    def _note(self, width: int) -> Line:
        """What is shown, as fully as there is room to say it."""
        texts = list(notes(self._drawn, self._shape, self._unit_map, self._layer))
        if self._thinned > 1 and self._drawn in ("confidence", "regions", "unit"):
            texts = [f"1 in {self._thinned} points · {text}" for text in texts[:1]] + texts
        room = width - len("Boundary") - 9
        text = next((text for text in texts if len(text) <= room), "")
        return ((self.palette.plain(text), self.palette.muted),) if text else ()

    def _foot(self, width: int) -> Line:
        """The network's answer at the cursor."""
        grid = self._under_cursor()
        if not (self.has_focus and grid and self._dataset):
            return ()
        answer = self._answer
        place = answer.point if answer else self.cursor.settle(*grid)
        names = self._dataset.class_names
        line = answer_line(place, answer, names, width - 5, self.palette)
        return tuple((self.palette.plain(text), style) for text, style in line)
