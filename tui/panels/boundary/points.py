"""The examples as they lie on the plane: the part of it that shows them, which of them are drawn, and where.

They stand apart from the panel because they change with data and size alone, never with what the network says: what is
worked out here is kept until one of both changes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from data.dataset import Dataset
from engine.examples import SPLITS, Example, Located, subsampled
from engine.views.queries import Grid
from tui.panels.boundary.cells import Cell, Mark, Mode, Placed, Point, cell_at, grid_for, height_of

CELLS_PER_POINT = 4
"""Where the data has more points than one for so many cells, only some are drawn: the map is to be seen."""
REACH = 5
"""Columns within which a point is near; a row counts for two."""


@dataclass(frozen=True, slots=True)
class Spot:
    """An example and where it stands: number `index` of its split."""

    split: str
    index: int
    example: Example

    @property
    def located(self) -> Located:
        """The example as an edit names it."""
        return Located(self.split, self.example)


class Points:
    """The examples of a run, as opened and as edited since."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = self._opened = dataset
        self._bounds = self._extent = dataset.bounds()
        self._grid: Grid | None = None
        self._mode: Mode | None = None
        self._hidden: frozenset[Example] = frozenset()
        self._shown: list[tuple[str, int, Example]] = []
        self._spots: dict[Cell, list[Spot]] = {}
        self._is_laid = False
        self.thinned = 1
        self.placed: Placed = {}

    def take(self, dataset: Dataset) -> None:
        """Go on with the examples as edited."""
        self.dataset, self._is_laid = dataset, False
        self._shown = self._unhidden()
        if self._shown:  # what is hidden was there from the start, so that its bounds are known
            xs, ys, _ = zip(*(example for _, _, example in self._shown), strict=True)
            self._extent = min(xs), max(xs), min(ys), max(ys)

    def grid(self, width: int, height: int, mode: Mode) -> Grid:
        """The grid that fills so many cells.

        It stays as it is while examples are edited within it. For one outside it grows, and stays so.
        """
        found = grid_for(self._bounds, width, height, mode)
        left, right, bottom, top = self._extent
        if left < found.left or right > found.right or bottom < found.bottom or top > found.top:
            low_x, high_x, low_y, high_y = self._bounds
            self._bounds = min(left, low_x), max(right, high_x), min(bottom, low_y), max(top, high_y)
            found = grid_for(self._bounds, width, height, mode)
        return found

    def lay(self, grid: Grid, mode: Mode) -> None:
        """Work out what is drawn where on this grid; those that are trained on win a shared cell."""
        if (grid, mode) != (self._grid, self._mode):
            self._grid, self._mode, self._is_laid = grid, mode, False
            self._thin(grid.columns * height_of(grid, mode))
        if self._is_laid:
            return
        height = height_of(grid, mode)
        self._spots = {}
        for split, index, example in self._shown:
            x, y, _ = example
            self._spots.setdefault(cell_at(x, y, grid, height), []).append(Spot(split, index, example))
        self.placed = {cell: mark_of(spots[-1].split, spots[-1].example) for cell, spots in self._spots.items()}
        self._is_laid = True

    def _thin(self, cells: int) -> None:
        """Choose among the examples as opened: what a person makes of them since is drawn.

        Only what has the very numbers of a hidden one is taken for it.
        """
        examples = self._opened.examples()
        self.thinned = max(1, len(examples) * CELLS_PER_POINT // max(1, cells))
        shown = {example for split in SPLITS for example in subsampled(self._opened.splits[split], self.thinned)}
        self._hidden = frozenset(examples) - shown if self.thinned > 1 else frozenset()
        self._shown = self._unhidden()

    def _unhidden(self) -> list[tuple[str, int, Example]]:
        """Split, number and numbers of each example that is drawn, those that are trained on last."""
        return [
            (split, index, example)
            for split in reversed(SPLITS)
            for index, example in enumerate(self.dataset.splits[split])
            if example not in self._hidden
        ]

    def nearest(self, point: Point) -> Spot | None:
        """The drawn example in the cell of a place, else the nearest on the screen; lay the grid first."""
        return self.at(point) or self.near(point, math.inf)

    def near(self, point: Point, reach: float = REACH) -> Spot | None:
        """The drawn example that is nearest on the screen, if one is within so many columns; lay the grid first."""
        if not self._grid or not self._mode:
            return None
        grid, height = self._grid, height_of(self._grid, self._mode)
        across, up = grid.columns / (grid.right - grid.left), 2 * height / (grid.top - grid.bottom)

        def distance(spot: Spot) -> float:
            x, y, _ = spot.example
            return ((x - point[0]) * across) ** 2 + ((y - point[1]) * up) ** 2

        drawn = (spot for spots in self._spots.values() for spot in reversed(spots))
        found = min(drawn, key=distance, default=None)
        return found if found and distance(found) <= reach * reach else None

    def after(self, cell: Cell) -> Spot | None:
        """The example that is seen in the next cell with one, in reading order; the first follows the last."""

        def order(cell: Cell) -> Cell:
            return cell[1], cell[0]

        later = [other for other in self._spots if order(other) > order(cell)]
        found = min(later or self._spots, key=order, default=None)
        return self._spots[found][-1] if found else None

    def at(self, point: Point) -> Spot | None:
        """The drawn example in the cell of a place, the nearest to it of several; lay the grid first."""
        x, y = point
        spots = reversed(self.all_at(point))
        return min(spots, key=lambda s: (s.example[0] - x) ** 2 + (s.example[1] - y) ** 2, default=None)

    def all_at(self, point: Point) -> Sequence[Spot]:
        """The drawn examples in the cell of a place; lay the grid first."""
        if not self._grid or not self._mode:
            return ()
        return self._spots.get(cell_at(*point, self._grid, height_of(self._grid, self._mode)), ())


def mark_of(split: str, example: Example) -> Mark:
    """How an example is drawn."""
    x, y, label = example
    return Mark(x, y, label, split != "train")
