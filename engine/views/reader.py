"""What a Session can be asked: a table of the queries with what answers each, as frozen values.

It stands apart from the Session because nothing moves here: whoever trains need not know who looks, and what is
computed only for looking is kept here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

from ..classify import probabilities
from ..features import FEATURES
from ..graph import Graph, evaluate
from ..nn import each_layers
from ..run.curve import Curves
from ..run.probe import Probe
from ..run.records import Metrics
from ..run.session import Session
from ..value import lift
from . import queries
from .batch_update import BatchUpdate, batch_update, packed
from .decision_map import DecisionMap, PointAnswer
from .gradient_check import Check, check
from .hidden_units import LayerView, UnitMap, Units
from .layers import LayerState, layer_states
from .outcomes import Outcomes, outcomes
from .queries import Grid, LayerQuery, Query, UnitQuery
from .trail import Trails

MOST_GHOSTS = 3
"""Curves of other branches that are drawn."""
TRAIL = 0.008
"""Seconds that an answer may go on computing a parameter's past; the next answer has more of it."""


class Reader:
    """Looks at one Session at one moment, and changes nothing of it.

    What can be kept from one moment to the next is in `units` and `trails`.
    """

    def __init__(self, session: Session, units: Units | None = None, trails: Trails | None = None) -> None:
        self._session, self.units, self.trails = session, units or Units(session), trails or Trails(session)

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
        session, now = self._session, self._session.chooser.now
        data, grad = map(packed, evaluate(self.graph(), session.parameters, now.point))
        rank = session.chooser.rank_at(session.parameters)
        return Probe(session.step_count, now.split, now.index, now.point, now.label, data, grad, rank)

    def check(self, label: int, node: int) -> Check | None:
        """The probe's loss with one node of its graph nudged; None where the probe is of another class than `label`."""
        now, graph = self._session.chooser.now, self.graph()
        if label != now.label or node >= len(graph.nodes):
            return None
        return check(graph, label, evaluate(graph, self._session.parameters, now.point)[0], node)

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
        session = self._session
        answers = session.backend.executor.decision_map(session.parameters, *grid.middles())
        return DecisionMap(session.step_count, grid, *answers)

    def answer(self, point: tuple[float, float]) -> PointAnswer:
        """The network's outputs at a point, and the probabilities of the classes."""
        outputs = self._session.program.outputs(self._session.parameters, [point])[0]
        return PointAnswer(self._session.step_count, point, outputs, probabilities(outputs))

    def outcomes(self, split: str) -> Outcomes:
        """The confusion matrix and the misclassified examples of a split, or of ALL."""
        return outcomes(self._session, split)

    def unit_map(self, query: UnitQuery) -> UnitMap:
        """A hidden unit over a grid."""
        return self.units.unit_map(query)

    def layer_view(self, query: LayerQuery) -> LayerView:
        """The examples and the probe as the last hidden layer sees them."""
        return self.units.layer_view(query)

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
    queries.ProbeQuery: View("probe", lambda r, _: r.probe()),
    queries.GraphQuery: View("graph", lambda r, _: r.graph(), lambda s: (s.graph(s.chooser.now.label),)),
    queries.MapQuery: View("map", lambda r, q: r.decision_map(q.grid), weights),
    queries.PointQuery: View("answer", lambda r, q: r.answer(q.point)),
    queries.UnitQuery: View("unit", lambda r, q: r.unit_map(q), weights),
    queries.LayerQuery: View("layer", lambda r, q: r.layer_view(q), lambda s: (s.parameters, s.chooser.now, s.splits)),
    queries.CurvesQuery: View("curves", lambda r, q: r.curves(q.columns)),
    queries.UpdateQuery: View("update", lambda r, _: r.update),
    queries.LayersQuery: View("layers", lambda r, _: r.layer_states()),
    queries.CheckQuery: View("check", lambda r, q: r.check(q.label, q.node)),
    queries.TrailQuery: View("trail", lambda r, q: r.trails.of(q.parameter, q.columns, TRAIL)),
    queries.OutcomesQuery: View("outcomes", lambda r, q: r.outcomes(q.split), lambda s: (s.parameters, s.splits)),
}
"""Every query with how it is answered by a Reader."""
