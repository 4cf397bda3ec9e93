"""Which two coordinates tell classes apart: those that do, together, and the same ones every time."""

import math

from engine.rng import Rng
from engine.views.separating_units import MOST_UNITS, separating_pair

LABELS = [number % 3 for number in range(90)]


def noise(rng: Rng) -> float:
    return rng.uniform(-1.0, 1.0)


def test_one_and_two_columns_need_no_choice() -> None:
    assert separating_pair([(1.0,), (2.0,)], [0, 1]) == (0,)
    assert separating_pair([(1.0, 1.0), (1.0, 2.0)], [0, 1]) == (0, 1)


def test_columns_of_noise_are_not_chosen() -> None:
    rng = Rng(1)
    rows = [
        (noise(rng), float(label == 0) + noise(rng) / 5, noise(rng), float(label == 1) + noise(rng) / 5)
        for label in LABELS
    ]
    assert separating_pair(rows, LABELS) == (1, 3)


def test_a_column_that_repeats_the_best_adds_nothing() -> None:
    rng = Rng(2)
    rows = []
    for label in LABELS:
        best = float(label == 0) + noise(rng) / 10
        rows.append((best, -2.0 * best, float(label == 1) + noise(rng)))
    assert 2 in separating_pair(rows, LABELS)


def test_the_scale_of_a_column_does_not_matter() -> None:
    rng = Rng(3)
    rows = [(float(label == 0) + noise(rng) / 4, noise(rng), float(label == 1) + noise(rng) / 4) for label in LABELS]
    assert (
        separating_pair([(1e-9 * a, 1e6 * b, c) for a, b, c in rows], LABELS) == separating_pair(rows, LABELS) == (0, 2)
    )


def test_dead_and_diverged_columns_are_neither_chosen_nor_an_error() -> None:
    rng = Rng(4)
    rows = [(0.0, float(label) + noise(rng) / 4, math.nan, float(label == 1), math.inf) for label in LABELS]
    assert separating_pair(rows, LABELS) == (1, 3)
    assert separating_pair([(math.nan,) * 4] * 90, LABELS) == (0, 1)


def test_of_many_columns_the_best_are_compared() -> None:
    rng = Rng(5)
    width = 3 * MOST_UNITS
    rows = [[noise(rng) for _ in range(width)] for _ in LABELS]
    for row, label in zip(rows, LABELS, strict=True):
        row[17], row[30] = float(label == 0), float(label == 2)
    assert separating_pair(rows, LABELS) == (17, 30)
