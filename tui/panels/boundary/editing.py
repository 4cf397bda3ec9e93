"""Editing the points: what a person has in hand, and what a key makes of the data.

It stands apart from the panel because it knows neither keys nor cells: places in, edits out.
"""

from collections.abc import Sequence

from data.dataset import MAX_POINTS, Dataset
from engine.examples import SPLITS, Data, Located
from engine.run.changes import patched, patches_for
from tui.panels.boundary.cells import Point
from tui.panels.boundary.points import Spot
from tui.worker.intents import Edit


def edited(dataset: Dataset, edit: Edit) -> Dataset:
    """The data after an edit, as the worker will have it.

    Raises:
        ValueError: it can't be made.
    """
    data = patched(dataset.splits, patches_for(dataset.splits, edit.old, edit.new))
    if "train" not in data:
        raise ValueError("the last train example stays")
    return with_splits(dataset, data)


def no_room(dataset: Dataset, edit: Edit) -> str:
    """Why an edit has more points than a file of points may have, or nothing."""
    more = len(edit.new) - len(edit.old)
    full = more > 0 and sum(map(len, dataset.splits.values())) + more > MAX_POINTS
    return f"at most {MAX_POINTS:,} points: d deletes one" if full else ""


def with_splits(dataset: Dataset, data: Data) -> Dataset:
    """The same with other examples; a split without any may be left out."""
    return dataset.replaced(splits={name: data.get(name, ()) for name in SPLITS})


class Hand:
    """`label` is the class of new points, `held` the point that is picked up, `painting` whether the pen is down."""

    def __init__(self) -> None:
        self.label = 0
        self.painting = False
        self.held: Located | None = None
        self.moved = False
        self._stroked = False
        """Whether the stroke that is being painted has made an edit itself."""

    def add(self, point: Point) -> Edit:
        """A new train example of the chosen class."""
        return Edit((), (Located("train", (*point, self.label)),), "add point")

    def paint(self, point: Point, there: Sequence[Spot], *, more: bool) -> Edit | None:
        """A new example of the chosen class, or that class for all that are there; nothing if they have it.

        `more`: in one stroke with what was painted before. The first edit of a stroke is one of its own.
        """
        if not more:
            self._stroked = False
        others = [spot for spot in there if spot.example[2] != self.label]
        if there and not others:
            return None
        edit = relabel(others, self.label) if there else self.add(point)
        more, self._stroked = self._stroked, True
        return edit.replaced(what="paint", more=more)

    def pick_up(self, spot: Spot) -> None:
        """Take a point in hand."""
        self.held, self.moved = spot.located, False

    def move(self, point: Point) -> Edit | None:
        """The point in hand goes there; one edit for the whole way."""
        if self.held is None or self.held.example[:2] == point:
            return None
        before, more = self.held, self.moved
        self.held, self.moved = Located(before.split, (*point, before.example[2])), True
        return Edit((before,), (self.held,), "move point", more)

    def rest(self) -> None:
        """Let go of the point and lift the pen."""
        self.held, self.moved, self.painting = None, False, False

    def follow(self, dataset: Dataset) -> None:
        """The data are others: a point that is no longer there can't be held."""
        if self.held and self.held.example not in dataset.splits[self.held.split]:
            self.held, self.moved = None, False
        self.label %= len(dataset.class_names)


def relabel(spots: Sequence[Spot], label: int) -> Edit:
    """Another class for points."""
    there = [Located(spot.split, (*spot.example[:2], label)) for spot in spots]
    return Edit(tuple(spot.located for spot in spots), tuple(there), "relabel point")


def to_next_split(spot: Spot) -> Edit:
    """From train to val, to test, and back to train."""
    split = SPLITS[(SPLITS.index(spot.split) + 1) % len(SPLITS)]
    return Edit((spot.located,), (Located(split, spot.example),), f"point to {split}")


def delete(spot: Spot) -> Edit:
    """A point less."""
    return Edit((spot.located,), (), "delete point")
