"""What a Session can be asked: a table of the queries with what answers each, as frozen values.

It stands apart from the Session because nothing moves here: whoever trains need not know who looks, and what is
computed only for looking is kept here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

from ..features import FEATURES
from ..graph import Graph, evaluate
from ..nn import each_layers
from ..run.curve import Curves
from ..run.probe import Probe
from ..run.records import Metrics
from ..run.session import Session
from ..value import lift
from .batch_update import BatchUpdate, batch_update, packed
from .decision_map import DecisionMap, PointAnswer, answer, decision_map
from .gradient_check import Check, check
from .hidden_units import LayerView, UnitMap, Units
from .layers import LayerState, layer_states
from .outcomes import Outcomes, outcomes
from .queries import (
    CheckQuery,
    CurvesQuery,
    GraphQuery,
    Grid,
    LayerQuery,
    LayersQuery,
    MapQuery,
    OutcomesQuery,
    PointQuery,
    ProbeQuery,
    Query,
    TrailQuery,
    UnitQuery,
    UpdateQuery,
)
from .trail import Trail, Trails

MOST_GHOSTS = 3
"""Curves of other branches that are drawn."""
TRAIL = 0.008
"""Seconds that an answer may go on computing a parameter's past; the next answer has more of it."""


class Reader:
    """Looks at one Session at one moment, and changes nothing of it.

    What it computes only once in a Session is in `units` and `trails`: whoever looks again hands them on.
    """

    def __init__(self, session: Session, units: Units | None = None, trails: Trails | None = None) -> None:
        self._session = session
        self._units = units or Units(session.traced)
        self._trails = trails or Trails(session)

    @cached_property
    def metrics(self) -> Metrics:
        """Loss and accuracy of each split."""
        return self._session.metrics()

    @cached_property
    def update(self) -> BatchUpdate:
        """The update that the next step will make, to the last bit."""
        return batch_update(self._session)

    def graph(self) -> Graph:
        """The structure of the probe's graph."""
        return self._session.graph(self._session.chooser.now.label)

    def probe(self) -> Probe:
        """The probe with the data and gradient of each node of its graph."""
        session, chooser = self._session, self._session.chooser
        now = chooser.now
        data, grad = map(packed, evaluate(session.graph(now.label), session.parameters, now.point))
        rank = chooser.rank_at(session.parameters)
        return Probe(session.step_count, now.split, now.index, now.point, now.label, data, grad, rank)

    def check(self, label: int, node: int) -> Check | None:
        """The probe's loss with one node of its graph nudged; None where the probe is of another class than `label`."""
        session, now = self._session, self._session.chooser.now
        graph = session.graph(now.label)
        if label != now.label or node >= len(graph.nodes):
            return None
        return check(graph, label, evaluate(graph, session.parameters, now.point)[0], node)

    def layer_states(self) -> tuple[LayerState, ...]:
        """How each layer fares with the gradient of the next update, and on all train examples."""
        session, config = self._session, self._session.config
        points = [(x, y) for x, y, _ in session.splits["train"]]
        inputs = [[lift(FEATURES[name].of(*point)).data for name in config.features] for point in points]
        activations = each_layers(config.activation, len(config.hidden))
        widths = config.widths(session.classes)
        gradient = memoryview(self.update.gradient).cast("d")
        return layer_states(widths, activations, session.parameters, gradient, inputs)

    def decision_map(self, grid: Grid) -> DecisionMap:
        """The winning class and the confidence in the middle of each cell of the grid."""
        return decision_map(self._session, grid)

    def answer(self, point: tuple[float, float]) -> PointAnswer:
        """The network's outputs at a point, and the probabilities of the classes."""
        return answer(self._session, point)

    def outcomes(self, split: str) -> Outcomes:
        """The confusion matrix and the misclassified examples of a split, or of ALL."""
        session = self._session
        return outcomes(session.step_count, session.program, session.parameters, session.splits, session.classes, split)

    def unit_map(self, query: UnitQuery) -> UnitMap:
        """A hidden unit over a grid.

        Raises:
            ValueError: there is no such unit.
        """
        return self._units.unit_map(self._session.step_count, self._session.parameters, query)

    def layer_view(self, query: LayerQuery) -> LayerView:
        """The examples and the probe as the last hidden layer sees them.

        Raises:
            ValueError: the network has no hidden layer.
        """
        session, now = self._session, self._session.chooser.now
        probe = (now.point, now.label)
        return self._units.layer_view(session.step_count, session.parameters, session.splits, probe, query)

    def trail(self, parameter: int, columns: int) -> Trail:
        """The past of one parameter, as far as it is computed within the time for it."""
        return self._trails.of(parameter, columns, TRAIL)

    def curves(self, columns: int) -> Curves:
        """The loss curves of this branch, at most two points for each of `columns` columns, and the present point.

        With them the train curves of the latest other branches. With batches the train curve is of their losses,
        so that the loss of all train examples does not belong to it.
        """
        history, metrics = self._session.history, self.metrics
        current = history.current
        if metrics.step == current.end:
            current.tips = {name: (metrics.step, split.loss) for name, split in metrics.splits.items()}
        ends = {name: (tip,) for name, tip in current.tips.items() if tip[0] == current.end and isfinite(tip[1])}
        if self._session.batches:
            ends.pop("train", None)
        train, val = ((*current.curves[name].points(columns), *ends.get(name, ())) for name in ("train", "val"))
        others = [branch for branch in history.branches.values() if branch is not current]
        ghosts = tuple((branch.number, branch.curves["train"].points(columns)) for branch in others[-MOST_GHOSTS:])
        return Curves(train, val, ghosts)


@dataclass(frozen=True, slots=True)
class View:
    """How a query is answered; `name` is what a person calls what it asks for.

    `depends_on`: the answer is the same as long as these are the same objects; None where it is quick to answer anew.
    """

    name: str
    answer: Callable[[Reader, Any], object]
    depends_on: Callable[[Session], tuple[object, ...]] | None = None


def weights(session: Session) -> tuple[object, ...]:
    """What a picture of the network depends on."""
    return (session.parameters,)


VIEWS: Mapping[type[Query[Any]], View] = {
    ProbeQuery: View("probe", lambda reader, _: reader.probe()),
    GraphQuery: View("graph", lambda reader, _: reader.graph(), lambda s: (s.graph(s.chooser.now.label),)),
    MapQuery: View("map", lambda reader, query: reader.decision_map(query.grid), weights),
    PointQuery: View("answer", lambda reader, query: reader.answer(query.point)),
    UnitQuery: View("unit", lambda reader, query: reader.unit_map(query), weights),
    LayerQuery: View(
        "layer", lambda reader, query: reader.layer_view(query), lambda s: (s.parameters, s.chooser.now, s.splits)
    ),
    CurvesQuery: View("curves", lambda reader, query: reader.curves(query.columns)),
    UpdateQuery: View("update", lambda reader, _: reader.update),
    LayersQuery: View("layers", lambda reader, _: reader.layer_states()),
    CheckQuery: View("check", lambda reader, query: reader.check(query.label, query.node)),
    TrailQuery: View("trail", lambda reader, query: reader.trail(query.parameter, query.columns)),
    OutcomesQuery: View(
        "outcomes", lambda reader, query: reader.outcomes(query.split), lambda s: (s.parameters, s.splits)
    ),
}
"""Every query with how it is answered."""
