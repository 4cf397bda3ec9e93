"""What a Session can be asked: its probe, the update to come, maps, layers, outcomes and curves, as frozen values.

It stands apart from the Session because nothing moves here: whoever trains need not know who looks, and what is
worked out only for looking is kept here.
"""

from math import isfinite

from ..features import FEATURES
from ..graph import evaluate
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
from .queries import Grid, LayerQuery, UnitQuery

MOST_GHOSTS = 3
"""Curves of other branches that are drawn."""


class Reader:
    """Looks at one Session where it stands at the moment of a question, and changes nothing of it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._units = Units(session.traced)

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

    def batch_update(self) -> BatchUpdate:
        """The update that the next step will make, to the last bit; nothing moves."""
        return batch_update(self._session)

    def layer_states(self, gradient: bytes) -> tuple[LayerState, ...]:
        """How each layer fares with this batch gradient (doubles), and on all train examples."""
        session, config = self._session, self._session.config
        points = [(x, y) for x, y, _ in session.splits["train"]]
        inputs = [[lift(FEATURES[name].of(*point)).data for name in config.features] for point in points]
        activations = each_layers(config.activation, len(config.hidden))
        widths = config.widths(session.classes)
        return layer_states(widths, activations, session.parameters, memoryview(gradient).cast("d"), inputs)

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

    def curves(self, columns: int, metrics: Metrics) -> Curves:
        """The loss curves of this branch, at most two points for each of `columns` columns, and the point of `metrics`.

        With them the train curves of the latest other branches. With batches the train curve is of their losses,
        so that the loss of all train examples does not belong to it.
        """
        history = self._session.history
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
