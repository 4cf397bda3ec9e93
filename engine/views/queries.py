"""What can be asked of a Session: each kind of question is a type, small enough to send, and names the type of its
answer.

It stands apart from the `Reader`, which answers, so that who only asks need not load what computes.
"""

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from ..frozen import Frozen

if TYPE_CHECKING:
    from ..graph import Graph
    from ..run.curve import Curves
    from ..run.probe import Probe
    from .batch_update import BatchUpdate
    from .decision_map import DecisionMap, PointAnswer
    from .gradient_check import Check
    from .hidden_units import LayerView, UnitMap
    from .layers import LayerState
    from .outcomes import Outcomes
    from .trail import Trail

Answer = TypeVar("Answer")
Answer_co = TypeVar("Answer_co", covariant=True)


class Grid(NamedTuple):
    """`columns` x `rows` cells over a rectangle of the plane, from the top left."""

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


class Query(Frozen, Generic[Answer_co]):
    """A question that is answered by an Answer, or by None where there is none."""


class ProbeQuery(Query["Probe"]):
    """Every number of the probe's graph."""


class GraphQuery(Query["Graph"]):
    """The structure of the probe's graph."""


class MapQuery(Query["DecisionMap"]):
    """What the network answers in each cell of a grid."""

    grid: Grid


class PointQuery(Query["PointAnswer"]):
    """What the network answers at one point."""

    point: tuple[float, float]


class UnitQuery(Query["UnitMap"]):
    """A hidden unit, by its layer from 1 and its number in it, over a grid."""

    layer: int
    unit: int
    grid: Grid


class LayerQuery(Query["LayerView"]):
    """The examples as the last hidden layer sees them: about `most` of them, over `columns` x `rows` cells."""

    columns: int
    rows: int
    most: int


class CurvesQuery(Query["Curves"]):
    """The losses so far, two points for each of so many columns."""

    columns: int


class UpdateQuery(Query["BatchUpdate"]):
    """The update that the next step will make."""


class LayersQuery(Query["tuple[LayerState, ...]"]):
    """How each layer fares."""


class CheckQuery(Query["Check"]):
    """A check of the gradient of one node of the graph of class `label`."""

    label: int
    node: int


class TrailQuery(Query["Trail"]):
    """One parameter, by its index, over the run in so many columns."""

    parameter: int
    columns: int


class OutcomesQuery(Query["Outcomes"]):
    """Which examples of a split, or of ALL, are classified rightly."""

    split: str
