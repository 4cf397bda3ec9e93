"""The cursor on the boundary: a place in the plane that moves by cells.

It is kept in the data's coordinates, so that a panel of another size shows it where it was, or at its edge.
"""

from engine.views.queries import Grid
from tui.panels.boundary.cells import Cell, Point, cell_at, middle_of


class Cursor:
    """Where the cursor is; nowhere until the grid is known on which it begins."""

    def __init__(self) -> None:
        self.point: Point | None = None

    def settle(self, grid: Grid, height: int) -> Point:
        """Where it is; in the middle if it was nowhere, at the edge if it was off this grid, as after a resize."""
        if self.point is None:
            self.to((grid.columns // 2, height // 2), grid, height)
        elif not self._is_on(grid, height):
            self.to(cell_at(*self.point, grid, height), grid, height)
        assert self.point
        return self.point

    def leave_unless_on(self, grid: Grid, height: int) -> None:
        """Be nowhere if it is off this grid: other data lie elsewhere."""
        if self.point and not self._is_on(grid, height):
            self.point = None

    def _is_on(self, grid: Grid, height: int) -> bool:
        assert self.point
        column, row = cell_at(*self.point, grid, height)
        return 0 <= column < grid.columns and 0 <= row < height

    def cell(self, grid: Grid, height: int) -> Cell:
        """Its cell."""
        return cell_at(*self.settle(grid, height), grid, height)

    def to(self, cell: Cell, grid: Grid, height: int) -> None:
        """Go to the middle of a cell, or of the nearest on the screen."""
        column, row = max(0, min(cell[0], grid.columns - 1)), max(0, min(cell[1], height - 1))
        self.point = middle_of((column, row), grid, height)

    def move(self, columns: int, rows: int, grid: Grid, height: int) -> None:
        """Go so many cells right and down, not over the edge."""
        column, row = self.cell(grid, height)
        self.to((column + columns, row + rows), grid, height)
