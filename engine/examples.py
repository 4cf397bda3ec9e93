"""Some of many, evenly and repeatably: what is drawn or compared where all would be too many."""

from collections.abc import Sequence
from typing import TypeVar

GOLDEN = 0.6180339887498949
"""Its multiples, modulo 1, are spread evenly and follow no period, as the classes of a data set may."""

Item = TypeVar("Item")


def thinned(items: Sequence[Item], every: int) -> Sequence[Item]:
    """About one in `every` of the items, the first among them, in their order."""
    if every <= 1:
        return items
    return [item for place, item in enumerate(items) if place * GOLDEN % 1.0 < 1.0 / every]
