"""What can be asked of a Session by whoever looks: frozen values, small enough to send."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a decision map is asked for: `columns` x `rows` cells over a rectangle, from the top left."""

    columns: int
    rows: int
    left: float
    right: float
    bottom: float
    top: float

    def middles(self) -> tuple[list[float], list[float]]:
        """The x of every column's middle, and the y of every row's, from the top."""
        width = (self.right - self.left) / self.columns
        height = (self.top - self.bottom) / self.rows
        xs = [self.left + (column + 0.5) * width for column in range(self.columns)]
        return xs, [self.top - (row + 0.5) * height for row in range(self.rows)]


@dataclass(frozen=True, slots=True)
class UnitQuery:
    """A hidden unit, by its layer from 1 and its number in it, over a grid."""

    layer: int
    unit: int
    grid: Grid


@dataclass(frozen=True, slots=True)
class LayerQuery:
    """The examples as the last hidden layer sees them: about `most` of them, over `columns` x `rows` cells."""

    columns: int
    rows: int
    most: int
