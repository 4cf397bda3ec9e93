"""The plane in cells of the screen: which grid shows what, which cell a place is in, and what stands there."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from engine.views.queries import Grid

Mode = Literal["half", "flat", "shade", "texture"]
Cell = tuple[int, int]
"""Column and row of a cell on the screen."""
Point = tuple[float, float]
"""A place in the data's coordinates."""
MARGIN = 0.05
"""Share of the data's extent that is shown around it."""
MOST_STRETCH = 1.7
"""How far the scales of x and y may differ for the data to fill the panel."""


class Mark(NamedTuple):
    """A point to draw: its place, its class, whether training never sees it, and whether it is no example at all."""

    x: float
    y: float
    label: int
    held_out: bool
    free: bool = False


Placed = Mapping[Cell, Mark]
"""Points by cell."""


def grid_for(bounds: tuple[float, float, float, float], width: int, height: int, mode: Mode) -> Grid:
    """The grid that fills `width` x `height` cells: the data's bounds (left, right, bottom, top) with a margin.

    A cell is about twice as high as it is wide. The data fills the panel as long as that does not
    distort it too much; then more of the plane is shown at the sides.
    """
    left, right, bottom, top = bounds
    grow = 1 + 2 * MARGIN
    scale_x = extent(left, right) * grow / width
    scale_y = extent(bottom, top) * grow / (2 * height)
    scale_x, scale_y = max(scale_x, scale_y / MOST_STRETCH), max(scale_y, scale_x / MOST_STRETCH)
    half_x, half_y = scale_x * width / 2, scale_y * height
    middle_x, middle_y = (left + right) / 2, (bottom + top) / 2
    rows = 2 * height if mode == "half" else height
    return Grid(width, rows, middle_x - half_x, middle_x + half_x, middle_y - half_y, middle_y + half_y)


def extent(low: float, high: float) -> float:
    """From low to high, and something that floats can divide where they are the same."""
    return max(high - low, 1e-9, 1e-12 * max(abs(low), abs(high)))


def height_of(grid: Grid, mode: Mode) -> int:
    """Rows of cells that a grid takes on the screen."""
    return grid.rows // 2 if mode == "half" else grid.rows


def cell_rows(
    grid: Grid, mode: Mode, kinds: bytes, sizes: bytes, levels: int
) -> Iterator[Iterator[tuple[int, int, int, int]]]:
    """For each cell of each row the kind and the level of its upper half, then of its lower; sizes are of 256."""
    shades = sizes.translate(bytes(min(levels - 1, size * levels // 256) for size in range(256)))
    width, halves = grid.columns, 2 if mode == "half" else 1
    for top in range(0, halves * height_of(grid, mode) * width, halves * width):
        upper, lower = slice(top, top + width), slice(top + (halves - 1) * width, top + halves * width)
        yield zip(kinds[upper], shades[upper], kinds[lower], shades[lower], strict=True)


def cell_at(x: float, y: float, grid: Grid, height: int) -> Cell:
    """The cell of a place, which may be off the screen."""
    column = (x - grid.left) / (grid.right - grid.left) * grid.columns
    row = (grid.top - y) / (grid.top - grid.bottom) * height
    return floor(column), floor(row)


def floor(value: float) -> int:
    """The whole number at or below the value; far off the screen where there is none."""
    return int(value // 1.0) if abs(value) < 1e9 else -1


def middle_of(cell: Cell, grid: Grid, height: int) -> tuple[float, float]:
    """The place in the middle of a cell."""
    column, row = cell
    x = grid.left + (column + 0.5) * (grid.right - grid.left) / grid.columns
    return x, grid.top - (row + 0.5) * (grid.top - grid.bottom) / height
