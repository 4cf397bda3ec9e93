"""Examples and their splits, and how to take some of many evenly and repeatably."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Example = tuple[float, float, int]
"""x, y and class of one example."""
Data = Mapping[str, tuple[Example, ...]]
"""Examples by split, in the order of SPLITS; a split without any is left out."""
SPLITS = ("train", "val", "test")
ALL = "all"
"""In place of a split: all of them together."""
FREE = "free"
"""In place of a split: a point that is no example, so that no batch and no metric knows it."""
GOLDEN = 0.6180339887498949
"""Its multiples, modulo 1, are spread evenly and follow no period, as the classes of a data set may."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Located:
    """An example and the split that it belongs to."""

    split: str
    example: Example


def in_order(splits: Mapping[str, Sequence[Example]]) -> Data:
    """The splits that have examples, in the order of SPLITS: it must not depend on which came or went last."""
    names = sorted(splits, key=lambda name: SPLITS.index(name) if name in SPLITS else len(SPLITS))
    return {name: tuple(splits[name]) for name in names if splits[name]}


def subsampled(items: Sequence[Item], every: int) -> Sequence[Item]:
    """About one in `every` of the items, the first among them, in their order: for where all would be too many."""
    if every <= 1:
        return items
    return [item for place, item in enumerate(items) if place * GOLDEN % 1.0 < 1.0 / every]
