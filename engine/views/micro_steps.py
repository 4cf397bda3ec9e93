"""A training step taken apart for one example: micro-steps, each of which can be undone exactly.

A `Route` is the order of the micro-steps of a graph and has no numbers; a `Walk` is a route with the numbers of one
training step; a `Moment` is the state of a walk after so many micro-steps. All are pure: nothing is done or undone.

Forwards the nodes come in the order in which `MLP` and the loss make them: neuron after neuron, layer after layer.
Backwards they come layer by layer too. That is a reversed topological order, as `Value.backward` needs it, in which
every node gets its gradient's terms in the same sequence as there, hence the same sum to the last bit; the depth-first
one jumps between the layers.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from ..frozen import Frozen
from ..graph import Graph, evaluate
from ..ops import OPS
from .batch_update import BatchUpdate

UNITS = ("node", "neuron", "layer", "phase")
"""How much is taken at a time, the least first."""
PHASES = ("zero", "forward", "loss", "backward", "batch", "update")
NEURON_PARTS = ("weight", "bias", "product", "partial")
NEURON_TOPS = ("preactivation", "output")


class MicroStep(NamedTuple):
    """One thing that happens: `kind` is zero, input, compute, seed, visit, batch or update.

    `node` is where, None for what concerns all of them. `layer` counts from 1, 0 is the inputs',
    one more than the network has is the loss's; `neuron` counts through the network, -1 elsewhere.
    """

    kind: str
    phase: str
    node: int | None = None
    layer: int = 0
    neuron: int = -1

    def group(self, unit: str) -> tuple[object, ...]:
        """What neighbouring micro-steps have in common that are taken together; a node is taken alone."""
        return (self.phase, self.layer, self.neuron)[: {"neuron": 3, "layer": 2, "phase": 1}[unit]]


class Arrival(NamedTuple):
    """`operand.grad += local * upstream`: one edge of the graph, as a backward visit adds it.

    `before` and `total` are the gradient before and after it; it is number `number` of the `of` that the operand gets.
    """

    operand: int
    local: float
    upstream: float
    contribution: float
    before: float
    total: float
    number: int
    of: int


class Places:
    """Which neuron and layer the nodes of a graph belong to, by structure and roles."""

    def __init__(self, graph: Graph) -> None:
        nodes = graph.nodes
        top: dict[int, int] = {}
        for index in range(len(nodes) - 1, -1, -1):
            if nodes[index].role in NEURON_TOPS:
                top[index] = index
            if index in top:
                top |= {i: top[index] for i in nodes[index].operands if nodes[i].role in NEURON_PARTS}
        for index, node in enumerate(nodes):
            if node.role == "activation" and node.operands[0] in top:
                top[index] = top[node.operands[0]]
        depth = [0] * len(nodes)
        for index, node in enumerate(nodes):
            depth[index] = max((depth[i] for i in node.operands), default=0) + (top.get(index) == index)
        first: dict[int, int] = {}
        for index in graph.parameters:
            if index in top:
                first.setdefault(top[index], len(first))
        self.layers = max((depth[i] for i in first), default=0)
        """How many layers there are."""
        self.members: dict[int, list[int]] = {i: [] for i in first}
        """The operations of each neuron, by the node of its weighted sum; in the order of the graph."""
        self.loss: list[int] = []
        """The operations that belong to no neuron."""
        self.features = [index for index, node in enumerate(nodes) if node.role == "feature"]
        """The operations that make what the first layer reads."""
        for index, node in enumerate(nodes):
            if node.op and node.role != "feature":
                self.members.get(top.get(index, -1), self.loss).append(index)
        self._top, self._depth, self._number = top, depth, first

    def of(self, node: int) -> tuple[int, int]:
        """The node's layer, and the number of its neuron."""
        if node in self.features:
            return 0, -1
        if node not in self._top:
            return self.layers + 1, -1
        top = self._top[node]
        return self._depth[top], self._number[top]


class Route:
    """The micro-steps of a training step for one graph, in their order, and what each of them changes.

    Position k is the state after k micro-steps; 0 is before the first, `len(steps)` the end.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.places = Places(graph)
        self.steps: tuple[MicroStep, ...] = tuple(self._make())
        size = len(graph.nodes)
        self.computed_at = [0] * size
        """The position from which on a node has data; 0 for parameters and constants."""
        self.arrivals_at: list[list[int]] = [[] for _ in range(size)]
        """The positions at which something is added to a node's gradient."""
        self.visited_at: list[int | None] = [None] * size
        self.updated_at: list[int | None] = [None] * size
        self.batch_at = 0
        for position, step in enumerate(self.steps, start=1):
            match step:
                case MicroStep("input" | "compute", _, int(node)):
                    self.computed_at[node] = position
                case MicroStep("seed", _, int(node)):
                    self.arrivals_at[node].append(position)
                case MicroStep("visit", _, int(node)):
                    self.visited_at[node] = position
                    for operand in graph.nodes[node].operands:
                        self.arrivals_at[operand].append(position)
                case MicroStep("batch"):
                    self.batch_at = position
                case MicroStep("update", _, int(node)):
                    self.updated_at[node] = position
        self._ends: dict[str, list[int]] = {}

    def _make(self) -> Iterator[MicroStep]:
        graph, places = self.graph, self.places
        yield MicroStep("zero", "zero")
        for node in graph.inputs:
            yield MicroStep("input", "forward", node)
        for node in places.features:
            yield MicroStep("compute", "forward", node, *places.of(node))
        for members in places.members.values():
            for node in members:
                yield MicroStep("compute", "forward", node, *places.of(node))
        level = [0] * len(graph.nodes)
        for node in places.loss:
            level[node] = 1 + max(level[operand] for operand in graph.nodes[node].operands)
        for node in sorted(places.loss, key=lambda node: (level[node], node)):
            yield MicroStep("compute", "loss", node, *places.of(node))
        yield MicroStep("seed", "backward", len(graph.nodes) - 1, *places.of(len(graph.nodes) - 1))
        for node in reversed(places.loss):
            yield MicroStep("visit", "backward", node, *places.of(node))
        tops = sorted(places.members, key=lambda top: (places.of(top)[0], top), reverse=True)
        for top in tops:
            features = places.features if top == tops[-1] else []  # where the depth-first walk comes past them
            for node in sorted([*places.members[top], *features], reverse=True):
                yield MicroStep("visit", "backward", node, *places.of(top))
        yield MicroStep("batch", "batch")
        for node in graph.parameters:
            yield MicroStep("update", "update", node, *places.of(node))

    def ends(self, unit: str) -> list[int]:
        """The positions at which a unit is complete, the last of them the end of the route."""
        if unit not in self._ends:
            groups = range(len(self.steps)) if unit == "node" else [step.group(unit) for step in self.steps]
            changes = (place for place, (one, next_one) in enumerate(pairwise(groups), start=1) if one != next_one)
            self._ends[unit] = [*changes, len(groups)]
        return self._ends[unit]

    def after(self, position: int, unit: str) -> int | None:
        """The end of the next unit, None at the end of the route."""
        ends = self.ends(unit)
        place = bisect_right(ends, position)
        return ends[place] if place < len(ends) else None

    def before(self, position: int, unit: str) -> int | None:
        """The end of the unit before this one, None in the first."""
        ends = self.ends(unit)
        place = bisect_left(ends, position)
        return ends[place - 1] if place else None


class Walk:
    """A route with the numbers of one training step.

    `parameters` are those before the step and `inputs` the example's; `update` is what the batch makes of the step.
    """

    def __init__(self, route: Route, parameters: Sequence[float], inputs: Sequence[float], update: BatchUpdate) -> None:
        self.route = route
        self.update = update
        self.parameters, self.inputs = parameters, inputs
        self.data, _ = evaluate(route.graph, parameters, inputs)
        """What each node has at the end of the forward pass."""
        self.totals: list[list[float]] = [[] for _ in self.data]
        """Each node's gradient after each of its arrivals."""
        self._visits: dict[int, tuple[Arrival, ...]] = {}
        for step in route.steps:
            match step:
                case MicroStep("seed", _, int(index)):
                    self.totals[index].append(1.0)
                case MicroStep("visit", _, int(index)):
                    self._visits[index] = tuple(self._visit(index))
        self.parameter_of = {node: number for number, node in enumerate(route.graph.parameters)}
        self.gradient = doubles(update.gradient)
        """The batch's, parameter by parameter."""
        self.after = doubles(update.after)
        """The parameters with which the next step starts."""

    def _visit(self, index: int) -> Iterator[Arrival]:
        node, data, totals = self.route.graph.nodes[index], self.data, self.totals
        upstream = totals[index][-1]
        locals_ = OPS[node.op].locals([data[i] for i in node.operands], node.k, data[index])
        for operand, local in zip(node.operands, locals_, strict=True):
            before = totals[operand][-1] if totals[operand] else 0.0
            contribution = local * upstream
            totals[operand].append(before + contribution)
            of = len(self.route.arrivals_at[operand])
            yield Arrival(operand, local, upstream, contribution, before, totals[operand][-1], len(totals[operand]), of)

    def arrivals(self, node: int) -> tuple[Arrival, ...]:
        """What the backward visit of a node adds, operand by operand."""
        return self._visits[node]

    def slots(self, parameter: int) -> list[tuple[float, float]]:
        """The optimizer's slots of a parameter, by its number: before and after the update."""
        pairs = zip(self.update.slots, self.update.slots_after, strict=True)
        return [(doubles(before)[parameter], doubles(after)[parameter]) for before, after in pairs]

    def at(self, position: int, unit: str = "node") -> "Moment":
        """The state after so many micro-steps; `unit` says what counts as done just now."""
        return Moment(self, position, self.route.before(position, unit) or 0)


class Moment(Frozen):
    """The state at a position of a walk. What was done after position `since` is what happened just now."""

    walk: Walk
    position: int
    since: int

    @property
    def step(self) -> MicroStep:
        """The latest micro-step."""
        return self.walk.route.steps[self.position - 1]

    @property
    def steps(self) -> tuple[MicroStep, ...]:
        """Those that happened just now."""
        return self.walk.route.steps[self.since : self.position]

    @property
    def averaged(self) -> bool:
        """Whether the gradients are the batch's by now, and no longer the probe's."""
        return self.position >= self.walk.route.batch_at

    def data(self, node: int) -> float | None:
        """The node's data, None as long as it is not computed."""
        route, walk = self.walk.route, self.walk
        updated = route.updated_at[node]
        if updated is not None and updated <= self.position:
            return walk.after[walk.parameter_of[node]]
        return walk.data[node] if route.computed_at[node] <= self.position else None

    def grad(self, node: int) -> float:
        """The node's gradient so far; from the batch on that of a parameter is the batch's."""
        if self.averaged and node in self.walk.parameter_of:
            return self.walk.gradient[self.walk.parameter_of[node]]
        arrived, _ = self.arrived(node)
        return self.walk.totals[node][arrived - 1] if arrived else 0.0

    def arrived(self, node: int) -> tuple[int, int]:
        """How many terms of the probe's gradient have reached the node, and of how many."""
        at = self.walk.route.arrivals_at[node]
        return bisect_right(at, self.position), len(at)

    def changed(self, node: int) -> bool:
        """Whether the node got data, or something was added to its gradient, just now."""
        route = self.walk.route
        at = route.arrivals_at[node]
        times = [route.computed_at[node], route.updated_at[node] or 0, *at[bisect_right(at, self.since) :][:1]]
        if node in self.walk.parameter_of:
            times.append(route.batch_at)
        return any(self.since < time <= self.position for time in times)

    @cached_property
    def visited(self) -> frozenset[int]:
        """The nodes at which something happened just now."""
        return frozenset(step.node for step in self.steps if step.node is not None)


def doubles(numbers: bytes) -> Sequence[float]:
    """An array of a snapshot as a sequence, without a copy."""
    return memoryview(numbers).cast("d")
