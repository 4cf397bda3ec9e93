"""The cursor on the boundary: a place in the plane that moves by cells, and what is near it.

It is kept in the data's coordinates, so that a panel of another size shows it where it was.
"""

from collections.abc import Iterable

from engine.snapshot import Grid
from tui.drawing.surface import Cell, cell_at, middle_of

Point = tuple[float, float]


class Cursor:
    """Where the cursor is; nowhere until the grid is known on which it begins."""

    def __init__(self) -> None:
        self.point: Point | None = None

    def settle(self, grid: Grid, height: int) -> Point:
        """Where it is; in the middle if it was nowhere."""
        if self.point is None:
            self.to((grid.columns // 2, height // 2), grid, height)
        assert self.point
        return self.point

    def cell(self, grid: Grid, height: int) -> Cell:
        """Its cell, which may be off the screen after a resize."""
        return cell_at(*self.settle(grid, height), grid, height)

    def to(self, cell: Cell, grid: Grid, height: int) -> None:
        """Go to the middle of a cell, or of the nearest on the screen."""
        column, row = max(0, min(cell[0], grid.columns - 1)), max(0, min(cell[1], height - 1))
        self.point = middle_of((column, row), grid, height)

    def move(self, columns: int, rows: int, grid: Grid, height: int) -> None:
        """Go so many cells right and down, not over the edge."""
        column, row = self.cell(grid, height)
        self.to((column + columns, row + rows), grid, height)

    def next_of(self, points: Iterable[Point], grid: Grid, height: int) -> None:
        """Go exactly to the point whose cell comes next in reading order; the first follows the last."""
        cells: dict[Cell, Point] = {}
        for point in points:
            column, row = cell_at(*point, grid, height)
            cells.setdefault((row, column), point)
        if cells:
            column, row = self.cell(grid, height)
            after = [cell for cell in cells if cell > (row, column)]
            self.point = cells[min(after or cells)]


def nearest(points: Iterable[Point], to: Point, grid: Grid, height: int) -> int:
    """The number of the point that is nearest on the screen: x and y may have scales of their own."""
    x, y = to
    across, up = grid.columns / (grid.right - grid.left), 2 * height / (grid.top - grid.bottom)
    distances = [((px - x) * across) ** 2 + ((py - y) * up) ** 2 for px, py in points]
    return distances.index(min(distances))
