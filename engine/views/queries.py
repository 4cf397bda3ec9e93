"""Frozen values that leave a Session: what another process or thread may hold without a lock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..run.patience import Best

Example = tuple[float, float, int]
"""x, y and class of one example."""


@dataclass(frozen=True, slots=True)
class Node:
    """One scalar of a computation graph.

    `op` names a row of the op table ("" for a leaf), `operands` are indices of earlier nodes.
    `role` is what the node is to the network: input, feature, weight, bias, constant, product, partial,
    preactivation, activation, output or loss.
    """

    name: str
    op: str
    role: str
    operands: tuple[int, ...] = ()
    k: float = 0.0


@dataclass(frozen=True, slots=True)
class Graph:
    """The structure of one example's loss: nodes with operands before results, the loss last.

    `parameters[i]` is the node of the model's i-th parameter, `inputs[i]` that of the i-th input.
    """

    nodes: tuple[Node, ...]
    parameters: tuple[int, ...]
    inputs: tuple[int, ...]


FREE = "free"
"""In place of a split: a point that is no example, so that no batch and no metric knows it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which point is the probe: example number `index` of `split`, or with the split FREE any point of any class.

    `rank` is its place among all examples by loss, 1 for the largest, if it was chosen so; else 0.
    """

    split: str
    index: int
    point: tuple[float, float]
    label: int
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Probe:
    """The point whose graph is shown: its number in its split, place, class, and every node's numbers.

    With the split FREE it is no example. `rank` is its place by loss as in `Choice`, as long as
    the parameters are those at which it was chosen so.

    `data` and `grad` hold one double per node of the graph of class `label`, in its order;
    gradients are of this one example's loss.
    """

    step: int
    split: str
    index: int
    point: tuple[float, float]
    label: int
    data: bytes
    grad: bytes
    rank: int = 0

    def numbers(self) -> tuple[Sequence[float], Sequence[float]]:
        """Data and gradient as sequences of floats, without a copy."""
        return memoryview(self.data).cast("d"), memoryview(self.grad).cast("d")


@dataclass(frozen=True, slots=True)
class SplitMetrics:
    """Mean loss and share of right answers (0 to 1) of one split at the present parameters."""

    examples: int
    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Metrics:
    """Where training stands. `splits` leaves out the empty ones; `diverged_at` is a step or None.

    `end` is the last step of the branch that is known: later than `step` after going back.
    """

    step: int
    end: int
    splits: Mapping[str, SplitMetrics]
    diverged_at: int | None


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
class DecisionMap:
    """The network's answer at the middle of each cell of a grid, row by row from the top.

    `classes` holds the winning class (255 where the outputs are not numbers), `confidence` how
    sure the network is, from 0 (no better than chance) to 255.
    """

    step: int
    grid: Grid
    classes: bytes
    confidence: bytes


@dataclass(frozen=True, slots=True)
class PointAnswer:
    """The network's outputs at a point; `probabilities` of the classes, empty for a network with a single score."""

    step: int
    point: tuple[float, float]
    outputs: tuple[float, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class UnitQuery:
    """A hidden unit, by its layer from 1 and its number in it, over a grid."""

    layer: int
    unit: int
    grid: Grid


@dataclass(frozen=True, slots=True)
class UnitMap:
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


@dataclass(frozen=True, slots=True)
class LayerQuery:
    """The examples as the last hidden layer sees them: about `most` of them, over `columns` x `rows` cells."""

    columns: int
    rows: int
    most: int


@dataclass(frozen=True, slots=True)
class LayerView:
    """The examples at the values of two units of the last hidden layer, the two that tell the classes apart best.

    `units` are their numbers, x first; a layer of one unit has but that, and the class stands in
    for y. `points` holds x and y of the examples, the first `trained_on` of them train examples,
    then of the probe; `labels` the classes of the examples. `grid` is where they are; `regions`
    the decision map over it, which exists only for a layer of two units: in others a place in the
    picture has no one answer.
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


CurvePoints = tuple[tuple[int, float], ...]
"""(step, loss) in the order of the steps."""


@dataclass(frozen=True, slots=True)
class Curves:
    """The loss curves, thinned out: the loss at the parameters of each step, train (or of its batch) and val.

    `ghosts` are the train losses of other branches, by their numbers, from their forks on.
    """

    train: CurvePoints
    val: CurvePoints
    ghosts: tuple[tuple[int, CurvePoints], ...] = ()


Setting = float | int | str | None
"""A value of `Config` that may change amid a run."""


@dataclass(frozen=True, slots=True)
class Located:
    """An example and the split that it belongs to."""

    split: str
    example: Example


@dataclass(frozen=True, slots=True)
class Patch:
    """One place of a split: an example comes (`before` is None), goes (`after` is None), or is another one."""

    split: str
    index: int
    before: Example | None
    after: Example | None


@dataclass(frozen=True, slots=True)
class Change:
    """What a person changed at a step: it holds from there on.

    `settings` are names of `Config` and their values, `patches` change the data, `values` are parameters by their
    index with the number before and after. `role` says whether it takes another change back ("undo"), does it
    again ("redo"), or goes on with the one before ("more"), so that both are taken back together; `what` is what
    it is called.
    """

    step: int
    settings: tuple[tuple[str, Setting], ...] = ()
    patches: tuple[Patch, ...] = ()
    values: tuple[tuple[int, float, float], ...] = ()
    role: str = "do"
    what: str = ""


def settings_of(changes: Iterable[Change]) -> dict[str, Any]:
    """The settings that the changes leave, the latest of each, as arguments of `Config`."""
    return {name: value for change in changes for name, value in change.settings}


@dataclass(frozen=True, slots=True)
class BranchRecord:
    """One line of steps: `fork` and `parent` are where it left another, `end` is the last step that is known.

    `changes` are all on the way from step 0 on; `diverged_at` is the step with the first loss that is not finite.
    `loss` is the train loss that was seen last, if there was one.
    """

    number: int
    parent: int | None
    fork: int
    end: int
    changes: tuple[Change, ...]
    diverged_at: int | None
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The branches of a run, the oldest first, and the number of the current one."""

    branches: tuple[BranchRecord, ...]
    current: int

    @property
    def branch(self) -> BranchRecord:
        """The current branch."""
        return next(branch for branch in self.branches if branch.number == self.current)

    def updated(self, **facts: Any) -> "Timeline":
        """The same with other facts in the current branch's record."""
        current = replace(self.branch, **facts)
        return replace(self, branches=tuple(current if b.number == self.current else b for b in self.branches))


@dataclass(frozen=True, slots=True)
class BatchUpdate:
    """The update with which the optimizer leaves a step: what it starts from, and what comes of it.

    `loss` is the training loss over the train examples whose numbers are in `batch`, with the
    penalty if there is one; `gradient` is its gradient: the batch's, not the probe's. Arrays hold
    one double per parameter, in their order; `slots` and `slots_after` one array per slot of the
    optimizer, before and after; `after` the parameters that the next step starts with.
    """

    step: int
    loss: float
    gradient: bytes
    slots: tuple[bytes, ...]
    after: bytes
    slots_after: tuple[bytes, ...]
    batch: Sequence[int]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that a Session needs to go on from a step: parameters, optimizer slots, and its updates so far.

    `best` has for a split the least loss so far, see `Session.best`.
    """

    step: int
    parameters: tuple[float, ...]
    slots: tuple[tuple[float, ...], ...]
    updates: int
    best: tuple[tuple[str, Best], ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """The probe's loss with one node nudged: (below, above) for each size of `engine.views.gradient_check.NUDGES`.

    `node` is one of the graph of class `label`, `value` what it has; `kinks` are for each size the nodes
    whose operand passes a kink of their operation between the two points.
    """

    label: int
    node: int
    value: float
    losses: tuple[tuple[float, float], ...]
    kinks: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """One parameter's values and batch gradients at some steps of the branch, which has `end` steps.

    `complete` is False where more of them are still to be computed.
    """

    parameter: int
    end: int
    steps: tuple[int, ...]
    values: tuple[float, ...]
    gradients: tuple[float, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class LayerState:
    """One layer, counted from 1, of `units` units that read `inputs` values.

    `gradient` is the root mean square of its weights' batch gradients and `largest` the largest
    size among them (nan where one is not finite); `flat` is the share (0 to 1) of units times train
    examples where the activation is flat, None where it can't be; `stuck` are the units that are
    flat for every train example.
    """

    layer: int
    inputs: int
    units: int
    gradient: float
    largest: float
    flat: float | None
    stuck: tuple[int, ...]


ALL = "all"
"""In place of a split: all of them together."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A misclassified example: its own loss, split, number in it, place, class and the class that was predicted.

    `predicted` is 255 where the network's outputs are not numbers.
    """

    loss: float
    split: str
    index: int
    point: tuple[float, float]
    label: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What the network makes of the examples of `split`, or of ALL.

    `counts[actual][predicted]` are numbers of examples; behind the classes' columns is one for outputs that are not
    numbers. The arrays hold the misclassified examples, the largest loss first (one that is not a number is larger
    than any): doubles for the `losses` and for x and y of the `points`, unsigned ints for the `indices`, bytes for the
    place of the split among `names`, for the `labels` and for the classes `predicted`.
    """

    step: int
    split: str
    counts: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]
    losses: bytes
    indices: bytes
    points: bytes
    places: bytes
    labels: bytes
    predicted: bytes

    @property
    def wrong(self) -> int:
        """How many examples are misclassified."""
        return len(self.labels)

    def mistake(self, row: int) -> Mistake:
        """The misclassified example in a row of the list, from 0."""
        points = memoryview(self.points).cast("d")
        return Mistake(
            memoryview(self.losses).cast("d")[row],
            self.names[self.places[row]],
            memoryview(self.indices).cast("I")[row],
            (points[2 * row], points[2 * row + 1]),
            self.labels[row],
            self.predicted[row],
        )
