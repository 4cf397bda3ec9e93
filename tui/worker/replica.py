"""The examples as the worker has them, without their going through the pipe.

The app has those that the run was opened with and is told of every change; what follows from both is what the
session made of them, as it is found in the same way.
"""

from bisect import bisect_right
from collections.abc import Callable
from typing import Generic, TypeVar

from engine.examples import Data, in_order
from engine.run.changes import Change, Versions
from engine.run.history import Timeline

Subject = TypeVar("Subject")
Answer = TypeVar("Answer")


class Examples:
    """The examples of one run at any of its steps, for `first`, as it was opened."""

    def __init__(self, first: Data) -> None:
        self._first: Data = in_order(first)
        self._branch = 0
        self._versions = Versions(self._first)
        self._found: tuple[int, int] | None = None
        self._data: Data = self._first

    def at(self, timeline: Timeline, step: int) -> Data:
        """Those at a step of the current branch: the same object until a change comes between."""
        changes = timeline.branch.changes
        count = bisect_right(changes, step, key=lambda change: change.step)
        if self._branch != timeline.current:
            self._branch, self._versions = timeline.current, Versions(self._first)
        if self._found != (timeline.current, count):
            self._found, self._data = (timeline.current, count), self._versions.after(count, changes)
        return self._data


class Ends:
    """The examples with which each branch of one run ends, for `first`, as it was opened."""

    def __init__(self, first: Data) -> None:
        self._first = in_order(first)
        self._known: dict[int, tuple[tuple[Change, ...], Versions, Data]] = {}

    def of(self, timeline: Timeline) -> list[Data]:
        """Those of all branches; where no edit has come since the last call, the same objects."""
        return [self._at_end(branch.number, branch.changes) for branch in timeline.branches]

    def _at_end(self, number: int, changes: tuple[Change, ...]) -> Data:
        before, versions, data = self._known.get(number, ((), Versions(self._first), self._first))
        if changes is not before:
            known = len(before)
            if known > len(changes) or (known and changes[known - 1] is not before[-1]):
                versions = Versions(self._first)
            data = versions.after(len(changes), changes)
            self._known[number] = changes, versions, data
        return data


class OfLatest(Generic[Subject, Answer]):
    """A function of one frozen object that remembers its latest answer, and by identity what that was of."""

    def __init__(self, work: Callable[[Subject], Answer]) -> None:
        self._work = work
        self._latest: tuple[Subject, Answer] | None = None

    def __call__(self, subject: Subject) -> Answer:
        if self._latest is None or self._latest[0] is not subject:
            self._latest = (subject, self._work(subject))
        return self._latest[1]
