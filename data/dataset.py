"""Dataset: labelled points in the plane, split for training, and the one error of this package.

It stands apart from what makes or reads the points: the engine's callers and the screen depend on the value alone.
"""

from collections.abc import Mapping

from engine.examples import SPLITS, Example
from engine.frozen import Frozen

MIN_CLASSES, MAX_CLASSES = 2, 8
MAX_POINTS = 100_000


class DataError(ValueError):
    """The data can't be made or read. Its text is one printable line: where, what was found, what was expected."""


class Dataset(Frozen):
    """Examples (x, y, class) by split; a class is an index into `class_names`.

    `splits` always has the keys of `SPLITS`; train is never empty, val and test may be. The
    mapping is a plain dict, so that a Dataset can be sent to another process: don't change it.
    """

    name: str
    class_names: tuple[str, ...]
    splits: Mapping[str, tuple[Example, ...]]

    def examples(self) -> tuple[Example, ...]:
        """All examples: train, then val, then test."""
        return tuple(example for split in SPLITS for example in self.splits[split])

    def bounds(self) -> tuple[float, float, float, float]:
        """(left, right, bottom, top) of all points; left equals right where every x is the same."""
        xs, ys, _ = zip(*self.examples(), strict=True)
        return min(xs), max(xs), min(ys), max(ys)
