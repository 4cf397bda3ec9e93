"""Which two coordinates tell classes apart best: one small statistic, apart from what it is asked about."""

from collections.abc import Sequence
from itertools import combinations

from ..examples import subsampled

BLUR = 0.01
"""Share of the whole variance that counts as within the classes: spread too small to be seen is no merit."""
MOST_UNITS, MOST_ROWS = 12, 500
"""The pairs of so many units, the best ones by themselves, are compared on so many examples."""


def separating_pair(rows: Sequence[Sequence[float]], labels: Sequence[int]) -> tuple[int, ...]:
    """The two columns of `rows`, in ascending order, in which the classes `labels` are farthest apart; (0,) of one.

    The measure is the Hotelling-Lawley trace: the variance between the classes' means over that
    within the classes, tr(W⁻¹B), of the two columns together. A second column that repeats
    the first adds nothing to it. Columns are scaled to unit variance; one that does not vary tells nothing.
    """
    count = len(rows[0])
    if count <= 2:
        return tuple(range(count))
    every = max(1, -(-len(rows) // MOST_ROWS))
    labels = subsampled(labels, every)
    columns = [standardised(column) for column in zip(*subsampled(rows, every), strict=True)]
    merits = [merit(column, labels) for column in columns]
    best = sorted(sorted(range(count), key=lambda unit: (-merits[unit], unit))[:MOST_UNITS])
    scores = {(i, j): trace(columns[i], columns[j], labels) for i, j in combinations(best, 2)}
    return max(scores, key=lambda pair: (scores[pair], -pair[0], -pair[1]))


def standardised(column: Sequence[float]) -> list[float]:
    """The column with mean 0 and variance 1; zeros where it does not vary or is not finite."""
    mean = sum(column) / len(column)
    deviations = [value - mean for value in column]
    deviation = (sum(value * value for value in deviations) / len(column)) ** 0.5
    if not 1e-12 * abs(mean) < deviation < float("inf"):
        return [0.0] * len(column)
    return [value / deviation for value in deviations]


def spread(a: Sequence[float], b: Sequence[float], labels: Sequence[int]) -> float:
    """The covariance of two centred columns between the classes: the mean product of the classes' means."""
    sums: dict[int, tuple[float, float, int]] = {}
    for x, y, label in zip(a, b, labels, strict=True):
        sum_a, sum_b, count = sums.get(label, (0.0, 0.0, 0))
        sums[label] = sum_a + x, sum_b + y, count + 1
    return sum(sum_a * sum_b / count for sum_a, sum_b, count in sums.values()) / len(a)


def parts(a: Sequence[float], b: Sequence[float], labels: Sequence[int]) -> tuple[float, float]:
    """The covariance of two centred columns between and, blurred, within the classes."""
    whole, between = sum(x * y for x, y in zip(a, b, strict=True)) / len(a), spread(a, b, labels)
    return between, whole - between + BLUR * whole


def merit(column: Sequence[float], labels: Sequence[int]) -> float:
    """The measure of a single column."""
    between, within = parts(column, column, labels)
    return between / within if within > 0.0 else 0.0


def trace(a: Sequence[float], b: Sequence[float], labels: Sequence[int]) -> float:
    """tr(W⁻¹B) of two centred columns; that of the better one where the other repeats it or does not vary."""
    (b_aa, w_aa), (b_ab, w_ab), (b_bb, w_bb) = parts(a, a, labels), parts(a, b, labels), parts(b, b, labels)
    determinant = w_aa * w_bb - w_ab * w_ab
    if determinant <= 1e-6 * w_aa * w_bb:
        return max(merit(a, labels), merit(b, labels))
    return (w_bb * b_aa - 2.0 * w_ab * b_ab + w_aa * b_bb) / determinant
