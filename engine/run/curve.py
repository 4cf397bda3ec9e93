"""A loss curve of any length in little memory, with every spike still in it.

Steps fall into buckets of equal width; a bucket keeps its least and greatest loss. When there are too many buckets,
neighbours merge and the width doubles, so adding a step costs the same at step 10 and at step 10,000,000.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

CurvePoints = tuple[tuple[int, float], ...]
"""(step, loss) in the order of the steps."""


class Curves(NamedTuple):
    """The loss curves, some points of them: the loss before each step, train (or of its batch) and val.

    `ghosts` are the train losses of other branches, by their numbers, from their forks on.
    """

    train: CurvePoints
    val: CurvePoints
    ghosts: tuple[tuple[int, CurvePoints], ...] = ()


Extremes = tuple[int, float, int, float]
"""Step and value of the least loss, step and value of the greatest."""


def merged(a: Extremes, b: Extremes) -> Extremes:
    """The extremes of two ranges of steps together."""
    return (*(a[:2] if a[1] <= b[1] else b[:2]), *(a[2:] if a[3] >= b[3] else b[2:]))


class Curve:
    """Losses by step, as at most `capacity` buckets. Losses that are not finite leave a gap."""

    def __init__(self, capacity: int = 2048) -> None:
        self.capacity = capacity
        self.width = 1
        self._buckets: dict[int, Extremes] = {}
        self._last: tuple[int, float] | None = None

    def add(self, step: int, loss: float) -> None:
        """Record the loss of a step; steps come in ascending order."""
        if not math.isfinite(loss):
            return
        self._last = (step, loss)
        number = step // self.width
        point = (step, loss, step, loss)
        bucket = self._buckets.get(number)
        self._buckets[number] = merged(bucket, point) if bucket else point
        while len(self._buckets) > self.capacity:
            self.width *= 2
            self._buckets = regrouped((bucket[0] // self.width, bucket) for bucket in self._buckets.values())

    def extend(self, first: int, losses: Sequence[float]) -> None:
        """Record the losses of consecutive steps, as `add` would one by one."""
        if not math.isfinite(sum(losses)):
            for step, loss in enumerate(losses, start=first):
                self.add(step, loss)
            return
        start = 0
        while start < len(losses):
            step = first + start
            stop = start + self.width - step % self.width
            part = losses[start:stop]
            for loss in {min(part): None, max(part): None}:
                self.add(step + part.index(loss), loss)
            start = stop
        if losses:
            self._last = (first + len(losses) - 1, losses[-1])

    @property
    def latest(self) -> float | None:
        """The loss that was recorded last."""
        return self._last[1] if self._last else None

    def before(self, step: int) -> "Curve":
        """A curve of its own with what is known of the steps before this one."""
        other = Curve(self.capacity)
        other.width = self.width
        for number, (low_at, low, high_at, high) in self._buckets.items():
            points = [point for point in {(low_at, low): None, (high_at, high): None} if point[0] < step]
            if points:
                other._buckets[number] = merged((*points[0], *points[0]), (*points[-1], *points[-1]))
                other._last = max(points[0], points[-1])
        if self._last and self._last[0] < step:
            other._last = self._last
        return other

    def points(self, columns: int) -> CurvePoints:
        """At most 2 points for each of `columns` equal ranges of steps, and the latest: (step, loss), ascending."""
        if self._last is None:
            return ()
        steps = max(1, -(-(self._last[0] + 1) // columns))
        groups = regrouped((bucket[0] // steps, bucket) for bucket in self._buckets.values())
        pairs = (sorted({(low_at, low), (high_at, high)}) for low_at, low, high_at, high in groups.values())
        return (*(point for pair in pairs for point in pair if point != self._last), self._last)


def regrouped(numbered: Iterable[tuple[int, Extremes]]) -> dict[int, Extremes]:
    """Buckets of the same number merged, in the order in which they came."""
    groups: dict[int, Extremes] = {}
    for number, bucket in numbered:
        groups[number] = merged(groups[number], bucket) if number in groups else bucket
    return groups
