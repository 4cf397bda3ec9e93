"""Which examples are for training, validation and test: 80, 10 and 10 percent, or what was asked for.

Generators cut by order, files are dealt at random; the sizes are decided here for both.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from data.dataset import DataError
from engine.examples import SPLITS, Example
from engine.rng import Rng

Shares = tuple[int, ...]
"""Percent of the examples for train, val and test."""
USUAL_SHARES: Shares = (80, 10, 10)


def check_shares(shares: Shares) -> None:
    """Refuse what are no shares with a DataError that says what would be."""
    if len(shares) != len(SPLITS) or min(shares) < 0 or not shares[0] or sum(shares) != 100:
        given = ",".join(map(str, shares))
        raise DataError(
            f"split {given if len(given) <= 40 else given[:40] + '...'}: three whole percentages were expected "
            f"that make 100, the first above 0, such as {','.join(map(str, USUAL_SHARES))}"
        )


def split_sizes(points: int, shares: Shares = USUAL_SHARES, least_train: int = 1) -> tuple[int, int, int]:
    """(train, val, test) of `points` examples: train is at least `least_train`, the last with a share has the rest."""
    train = max(points * shares[0] // 100, least_train)
    rest = points - train
    val = min(points * shares[1] // 100, rest) if shares[2] else rest
    return (train, val, rest - val) if any(shares[1:]) else (points, 0, 0)


def split_in_order(
    examples: Sequence[Example], shares: Shares = USUAL_SHARES, least_train: int = 1
) -> dict[str, tuple[Example, ...]]:
    """The first for training, the next for validation, the last for test."""
    train, val, _ = split_sizes(len(examples), shares, least_train)
    cuts = (0, train, train + val, len(examples))
    return {name: tuple(examples[start:stop]) for name, (start, stop) in zip(SPLITS, pairwise(cuts), strict=True)}


def deal_splits(labels: Sequence[str], rng: Rng, shares: Shares = USUAL_SHARES) -> list[str]:
    """A split for each label, at random, every label at least once in train and about those shares of each.

    Each label's examples are spread evenly over [0, 1), which is then cut in three: all labels
    have an example at 0, hence the first ones are one of each.
    """
    count = Counter(labels)
    dealt: Counter[str] = Counter()
    place: dict[int, float] = {}
    for index in rng.shuffled(len(labels)):
        label = labels[index]
        place[index] = dealt[label] / count[label]
        dealt[label] += 1
    train, val, test = split_sizes(len(labels), shares, least_train=len(count))
    names = ["train"] * train + ["val"] * val + ["test"] * test
    split = dict(zip(sorted(place, key=place.__getitem__), names, strict=True))
    return [split[index] for index in range(len(labels))]
