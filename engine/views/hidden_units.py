"""Hidden units as functions of the plane: what each makes of every place, and all of them of the examples.

It stands apart from the program that trains: these are other functions of the same traced graph,
written only when somebody looks at them.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..classify import NO_CLASS, answers
from ..examples import subsampled
from ..programs.python import StraightLine, loop, unpacking
from ..programs.statements import Writer
from ..value import Value, topological_order
from .decision_map import DecisionMap
from .queries import Grid, LayerQuery, UnitQuery
from .separating_units import separating_pair

if TYPE_CHECKING:
    from ..run.session import Session


class UnitMap(NamedTuple):
    """A hidden unit's activation in the middle of each cell of a grid, row by row from the top.

    `signs` holds 1 where the weighted sum before the activation is positive, 0 where it is not,
    255 where it is not a number. `sizes` tells how far the activation is from that of a sum of
    zero, from 0 to 255, the farthest on the map. `low` and `high` are its range there.
    """

    step: int
    query: UnitQuery
    signs: bytes
    sizes: bytes
    low: float
    high: float


class LayerView(NamedTuple):
    """The examples at the values of two units of the last hidden layer, the two that tell the classes apart best.

    `units` are their numbers, x first; a layer of one unit has but that, and the class stands in for y. `points` holds
    x and y of the examples, the first `trained_on` of them train examples, then of the probe; `labels` the classes of
    the examples. `grid` is where they are; `regions` the decision map over it, which exists only for a layer of two
    units: in others a place in the picture has no one answer.
    """

    step: int
    query: LayerQuery
    layer: int
    units: tuple[int, ...]
    points: bytes
    labels: bytes
    trained_on: int
    grid: Grid
    regions: DecisionMap | None


Points = Sequence[tuple[float, float]]
LARGEST = 1e300
"""An activation beyond it is off any picture."""
MARGIN = 0.04
"""Share of the range that is shown around the points of a layer."""


class Units:
    """The hidden units of a Session's network, as straight-line Python with the digits of `Value`."""

    def __init__(self, session: Session) -> None:
        self._session, self._traced = session, session.traced
        self._inputs = {x: f"x{index}" for index, x in enumerate(self._traced.inputs)}
        self._functions: dict[tuple[int, int], StraightLine] = {}

    def unit_map(self, query: UnitQuery) -> UnitMap:
        """One unit over a grid.

        Raises:
            ValueError: there is no such unit.
        """
        layers = self._traced.hidden
        if not (0 < query.layer <= len(layers) and 0 <= query.unit < len(layers[query.layer - 1])):
            raise ValueError(f"there is no hidden unit {query.unit} in layer {query.layer}")
        z, h = layers[query.layer - 1][query.unit]
        rows = self._values((query.layer, query.unit), [z, h], self._inputs, centres(query.grid))
        rest = h.op.compute([0.0], h.k) if h.op and h is not z else 0.0
        numbers = [value for _, value in rows if not math.isnan(value)]
        low, high = min(numbers, default=math.nan), max(numbers, default=math.nan)
        most = max(high - rest, rest - low)
        scale = 255.0 / most if 0.0 < most < math.inf else 0.0
        signs, sizes = bytearray(), bytearray()
        for total, value in rows:
            signs.append(NO_CLASS if math.isnan(value + total) else total > 0.0)
            size = abs(value - rest) * scale
            sizes.append(int(size) if size < 255.0 else 255 if size >= 255.0 else 0)
        return UnitMap(self._session.step_count, query, bytes(signs), bytes(sizes), low, high)

    def layer_view(self, query: LayerQuery) -> LayerView:
        """The examples and the probe as the last hidden layer sees them.

        Raises:
            ValueError: the network has no hidden layer.
        """
        layers, splits, probe = self._traced.hidden, self._session.splits, self._session.chooser.now
        if not layers:
            raise ValueError("a network without a hidden layer has none to look at")
        every = max(1, -(-sum(map(len, splits.values())) // max(1, query.most)))
        kept = {split: subsampled(examples, every) for split, examples in splits.items()}
        shown = [example for examples in kept.values() for example in examples]
        places = [(x, y) for x, y, _ in shown]
        labels = [label for _, _, label in shown]
        layer = [h for _, h in layers[-1]]
        rows = self._values((len(layers), -1), layer, self._inputs, [*places, probe.point])
        trained_on = len(kept["train"])
        units = separating_pair(rows[:trained_on], labels[:trained_on])
        if len(units) == 2:
            points = [(row[units[0]], row[units[1]]) for row in rows]
        else:
            points = [(row[0], float(label)) for row, label in zip(rows, [*labels, probe.label], strict=True)]
        across, up = zip(*points, strict=True)
        grid = Grid(query.columns, query.rows, *around(across), *around(up))
        packed = array("d", [number for point in points for number in point]).tobytes()
        step, regions = self._session.step_count, None
        if len(layer) == 2:
            leaves = {unit: f"x{number}" for number, unit in enumerate(layer)}
            outputs = self._values((0, 0), self._traced.outputs, leaves, centres(grid))
            regions = DecisionMap(step, grid, *answers(outputs))
        return LayerView(step, query, len(layers), units, packed, bytes(labels), trained_on, grid, regions)

    def _values(
        self, key: tuple[int, int], wanted: Sequence[Value], places: Mapping[Value, str], points: Points
    ) -> Sequence[tuple[float, ...]]:
        """The wanted nodes at each of the points, whose coordinates are `places`; `key` names these nodes."""
        if key not in self._functions:
            parameters = {parameter: f"p{index}" for index, parameter in enumerate(self._traced.parameters)}
            leaves = {**parameters, **places}
            writer = Writer(leaves, (), wanted)
            below = [node for root in wanted if root not in leaves for node in topological_order(root, leaves)]
            body = writer.forward(list(dict.fromkeys(below)))
            row = f"append(({', '.join(writer.terms[node] for node in wanted)},))"
            setup = [unpacking("p", len(parameters), "parameters")]
            lines = loop("values(parameters, points)", setup, "x0, x1 in points", [*body, row])
            self._functions[key] = StraightLine("\n".join(lines) + "\n")
        rows: Sequence[tuple[float, ...]] = self._functions[key].run("values", self._session.parameters, points)
        return rows


def centres(grid: Grid) -> Points:
    """The middle of each cell, row by row from the top."""
    xs, ys = grid.middles()
    return [(x, y) for y in ys for x in xs]


def around(values: Sequence[float]) -> tuple[float, float]:
    """A range of round numbers that holds all values up to LARGEST: axes stand still while points move a little."""
    shown = [value for value in values if abs(value) < LARGEST]
    low, high = min(shown, default=0.0), max(shown, default=0.0)
    least = max(1e-9, 1e-6 * max(abs(low), abs(high)))  # what floats can divide
    if high - low < least:
        low, high = low - least, high + least
    unit = 10.0 ** math.floor(math.log10(high - low)) / 2.0
    low, high = math.floor(low / unit) * unit, math.ceil(high / unit) * unit
    return low - MARGIN * (high - low), high + MARGIN * (high - low)
