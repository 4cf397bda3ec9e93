"""Frozen values that leave a Session: what another process or thread may hold without a lock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Probe:
    """The example whose graph is shown: its number in its split, place, class, and every node's numbers.

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
class Change:
    """Settings of the training that are different from a step on: names of `Config` and their values."""

    step: int
    settings: tuple[tuple[str, Setting], ...]


def settings_at(changes: Sequence[Change], step: int) -> dict[str, Setting]:
    """The settings that the changes at or before a step leave."""
    settings: dict[str, Setting] = {}
    for change in changes:
        if change.step <= step:
            settings |= dict(change.settings)
    return settings


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


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that a Session needs to go on from a step: parameters, optimizer slots, and its updates so far."""

    step: int
    parameters: tuple[float, ...]
    slots: tuple[tuple[float, ...], ...]
    updates: int
