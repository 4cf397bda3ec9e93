"""Which examples are for training, validation and test: 80, 10 and 10 percent.

Generators cut by order, files are dealt at random; the sizes are decided here for both.
"""

from collections import Counter
from collections.abc import Sequence

from data.dataset import Example
from engine.rng import Rng


def split_sizes(points: int, least_train: int = 1) -> tuple[int, int, int]:
    """(train, val, test) of `points` examples; train is at least `least_train`, test takes the rest."""
    train = max(points * 8 // 10, least_train)
    val = min(points // 10, points - train)
    return train, val, points - train - val


def split_in_order(examples: Sequence[Example]) -> dict[str, tuple[Example, ...]]:
    """The first for training, the next for validation, the last for test."""
    train, val, _ = split_sizes(len(examples))
    return {
        "train": tuple(examples[:train]),
        "val": tuple(examples[train : train + val]),
        "test": tuple(examples[train + val :]),
    }


def deal_splits(labels: Sequence[str], rng: Rng) -> list[str]:
    """A split for each label, at random, every label at least once in train and about 80/10/10 of each.

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
    train, val, test = split_sizes(len(labels), least_train=len(count))
    names = ["train"] * train + ["val"] * val + ["test"] * test
    split = dict(zip(sorted(place, key=place.__getitem__), names, strict=True))
    return [split[index] for index in range(len(labels))]
