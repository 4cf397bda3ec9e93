"""The history of a run: keyframes from which any of its steps is computed again, and its branches.

Nothing that can be replayed is kept. Training is exact, so a step is its nearest keyframe before it and the updates
from there; going back to one costs as much as training a few steps. A change on the way (another learning rate) is an
event that the replay meets again. A change amid known steps begins a branch, and what was known stays as it was.
"""

from bisect import bisect_right, insort
from typing import Any, NamedTuple

from ..examples import Data
from ..frozen import Frozen
from .changes import Change, Versions
from .curve import Curve, Curves
from .records import Best


class BranchRecord(Frozen):
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


class Timeline(Frozen):
    """The branches of a run, the oldest first, and the number of the current one."""

    branches: tuple[BranchRecord, ...]
    current: int

    @property
    def branch(self) -> BranchRecord:
        """The current branch."""
        return next(branch for branch in self.branches if branch.number == self.current)

    def updated(self, **facts: Any) -> "Timeline":
        """The same with other facts in the current branch's record."""
        current = self.branch.replaced(**facts)
        return self.replaced(branches=tuple(current if b.number == self.current else b for b in self.branches))


BUDGET = 44 << 20
"""Bytes that the keyframes of all branches together may take."""
OVERHEAD = 500
"""Bytes that Python adds to each keyframe."""
FILLED = 0.75
"""The part of the budget that is left in use where it was exceeded: to make room with every keyframe is slow."""
MOST_BRANCHES = 32
"""As many are kept; what they have in common is kept once."""
REPLAY = 0.01
"""Seconds that the steps between two keyframes may take to be computed again."""
COSTS = {"value": 4e-6, "python": 5e-8, "c": 2.5e-9}
"""Seconds a step takes for each parameter and example, roughly, by backend."""
MOST_APART = 64
"""Steps between two keyframes at first, at most."""


class Keyframe(NamedTuple):
    """What training goes on from: parameters and slots as doubles, and how many updates the optimizer made.

    It is the state in which training arrives at its step, before any change there: `optimizer` is whose slots they are.
    `best` has for a split the least loss of the steps before.
    """

    numbers: bytes
    updates: int
    optimizer: str
    best: tuple[tuple[str, Best], ...] = ()


class Branch:
    """One line of steps from `fork` on; before that it is its parent's. `changes` holds all from step 0 on."""

    def __init__(self, number: int, parent: "Branch | None", fork: int, data: Data) -> None:
        self.number = number
        self.versions = Versions(data)
        self.parent = parent
        self.fork = self.end = fork
        self.diverged_at: int | None = None
        self.changes: list[Change] = []
        self.curves = {"train": Curve(), "val": Curve()}
        self.tips: dict[str, tuple[int, float]] = {}
        """The losses at the end, as far as they were asked for there; training on makes them part of the curves."""
        if parent:
            self.changes = parent.changes[: parent.changes_until(fork)]
            self.versions = parent.versions.fork(len(self.changes))
            self.curves = {name: curve.before(fork) for name, curve in parent.curves.items()}
            if parent.diverged_at is not None and parent.diverged_at < fork:
                self.diverged_at = parent.diverged_at
        self.frames: dict[int, Keyframe] = {}
        self._steps: list[int] = []

    @property
    def loss(self) -> float | None:
        """The train loss at the end, or where nobody has asked for it the last that a step began with."""
        step, loss = self.tips.get("train", (-1, 0.0))
        return loss if step == self.end else self.curves["train"].latest

    def record(self) -> BranchRecord:
        """The branch as a frozen value."""
        parent, changes = self.parent.number if self.parent else None, tuple(self.changes)
        return BranchRecord(self.number, parent, self.fork, self.end, changes, self.diverged_at, self.loss)

    def changes_until(self, step: int) -> int:
        """How many changes were made at or before a step."""
        return bisect_right(self.changes, step, key=lambda change: change.step)

    def changes_at(self, step: int) -> list[Change]:
        """What changes at a step."""
        return self.changes[self.changes_until(step - 1) : self.changes_until(step)]

    def next_change(self, step: int) -> int | None:
        """The first step after this one at which something changes."""
        place = self.changes_until(step)
        return self.changes[place].step if place < len(self.changes) else None

    def owner(self, step: int) -> "Branch":
        """The branch, this one or one that it came from, to which a step belongs."""
        branch = self
        while branch.parent and step < branch.fork:
            branch = branch.parent
        return branch

    def add(self, step: int, frame: Keyframe) -> None:
        """Keep a keyframe, in the place of an earlier one of the same step."""
        if step not in self.frames:
            insort(self._steps, step)
        self.frames[step] = frame

    def inherit(self, parent: "Branch") -> None:
        """Take over the steps of the branch that this one came from, as far as they are common."""
        for step, frame in parent.frames.items():
            if step <= self.fork:
                self.add(step, frame)
        self.fork = min(self.fork, parent.fork)

    def nearest(self, step: int) -> tuple[int, Keyframe]:
        """The latest keyframe at or before a step of this branch."""
        branch: Branch = self.owner(step)
        while not (place := bisect_right(branch._steps, step)):
            assert branch.parent, "step 0 has a keyframe"
            step = min(step, branch.fork)  # one arrives there the same way in both
            branch = branch.parent
        found = branch._steps[place - 1]
        return found, branch.frames[found]

    def thin(self, spacing: int) -> None:
        """Drop the keyframes that are not at a multiple of `spacing`, those at forks and changes among them."""
        self._steps = [step for step in self._steps if step % spacing == 0]
        self.frames = {step: self.frames[step] for step in self._steps}


class History:
    """All branches of a run. `spacing` is the number of steps between two keyframes; it grows with the run."""

    def __init__(self, spacing: int, data: Data, budget: int = BUDGET) -> None:
        self.spacing = spacing
        self.budget = budget
        self._data = data
        self.branches: dict[int, Branch] = {1: Branch(1, None, 0, data)}
        self.current = self.branches[1]
        self.revision = 0
        """Goes up when the branches change, another becomes current or one diverges; not with each step or change."""
        self._bytes = 0

    def keep(self, step: int, frame: Keyframe) -> None:
        """Keep a keyframe of the current branch, if there is or can be made room for it."""
        owner = self.current.owner(step)
        if step not in owner.frames:
            self._bytes += len(frame.numbers) + OVERHEAD
        owner.add(step, frame)
        if self._bytes > self.budget:
            self._make_room()

    def _make_room(self) -> None:
        """Drop the keyframes at changes and forks, then every second one as long as they take too much room."""
        self._thin()
        latest = max(step for branch in self.branches.values() for step in branch.frames)
        while self._bytes > FILLED * self.budget and self.spacing <= latest:
            self.spacing *= 2
            self._thin()

    def _thin(self) -> None:
        for branch in self.branches.values():
            branch.thin(self.spacing)
        self._bytes = self._count()

    def _count(self) -> int:
        frames = (frame for branch in self.branches.values() for frame in branch.frames.values())
        return sum(len(frame.numbers) + OVERHEAD for frame in frames)

    def at(self, step: int) -> Keyframe | None:
        """The keyframe of exactly this step of the current branch, if there is one."""
        return self.current.owner(step).frames.get(step)

    def fork(self, step: int) -> None:
        """Begin a branch at a step of the current one.

        Where there are MOST_BRANCHES already, one is forgotten: the oldest but the first, which is the run as it was
        to begin with, and the current one. What others have of it stays theirs.
        """
        branch = Branch(max(self.branches) + 1, self.current, step, self._data)
        if len(self.branches) >= MOST_BRANCHES:
            self._forget(next(each for each in self.branches.values() if each.parent and each is not self.current))
        self.branches[branch.number] = self.current = branch
        self.revision += 1

    def _forget(self, gone: Branch) -> None:
        """Let the branch that left this one last be in its place; the others that left it, left that one."""
        children = [each for each in self.branches.values() if each.parent is gone]
        if children:
            heir = max(children, key=lambda child: child.fork)
            heir.inherit(gone)
            for child in children:
                child.parent = gone.parent if child is heir else heir
        del self.branches[gone.number]
        self._bytes = self._count()

    def diverged(self, step: int) -> None:
        """Note the first step of the current branch whose loss is not finite."""
        self.current.diverged_at = step
        self.revision += 1

    def switch(self, number: int) -> None:
        """Make another branch the current one.

        Raises:
            ValueError: there is none of this number.
        """
        if number not in self.branches:
            raise ValueError(f"there is no branch {number}")
        self.current = self.branches[number]
        self.revision += 1

    def timeline(self) -> Timeline:
        """The branches as frozen records."""
        return Timeline(tuple(branch.record() for branch in self.branches.values()), self.current.number)

    def restore(self, timeline: Timeline) -> None:
        """Take over the branches of an earlier history; their keyframes come back as they are replayed."""
        first = self.branches[1]
        self.branches = {}
        for record in timeline.branches:
            branch = Branch(record.number, None, record.fork, self._data) if record.parent else first
            branch.end, branch.diverged_at, branch.changes = record.end, record.diverged_at, list(record.changes)
            self.branches[record.number] = branch
        for record in timeline.branches:  # a parent may be younger
            if record.parent:
                self.branches[record.number].parent = self.branches[record.parent]
        self.switch(timeline.current)

    def restore_curves(self, curves: Curves) -> None:
        """Take over what was drawn of the branches' curves."""
        drawn = [(self.current, "train", curves.train), (self.current, "val", curves.val)]
        drawn += [(self.branches[each], "train", points) for each, points in curves.ghosts if each in self.branches]
        for branch, name, points in drawn:
            for step, loss in points:
                if step < branch.end:
                    branch.curves[name].add(step, loss)


def spacing(scalars: int, backend: str) -> int:
    """Steps between two keyframes: a power of two, fewer where each of them costs more.

    `scalars` is the number of parameters times that of examples. It decides how long going back
    takes, never what is found there.
    """
    affordable = REPLAY / (scalars * COSTS.get(backend, COSTS["python"]))
    return 1 << max(0, min(MOST_APART, int(affordable)).bit_length() - 1)
