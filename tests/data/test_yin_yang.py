"""The yin-yang data set against the figures of the published reference run."""

from collections import Counter

import pytest

from data.generators import generate
from data.shapes import DISC, distance, yin_yang_class
from engine.rng import Rng


def test_first_points_are_those_of_the_reference_run() -> None:
    train = generate("yin-yang", 100, Rng(42)).splits["train"]
    assert train[:3] == (
        (-0.6436591148376465, 1.1290233135223389, 0),
        (1.502126693725586, -1.2461860179901123, 1),
        (1.0598013401031494, 0.09119725227355957, 2),
    )


def test_train_classes_are_those_of_the_reference_run() -> None:
    splits = generate("yin-yang", 100, Rng(42)).splits
    assert Counter(label for _, _, label in splits["train"]) == {0: 27, 1: 27, 2: 26}
    assert (len(splits["train"]), len(splits["val"]), len(splits["test"])) == (80, 10, 10)


def test_the_generator_is_left_where_the_reference_run_draws_its_weights() -> None:
    rng = Rng(42)
    generate("yin-yang", 100, rng)
    first, second = (rng.uniform(-1.0, 1.0) * 2**-0.5 for _ in range(2))
    assert f"{first:.10f}" == "0.5227403657"
    assert f"{second:.9f}" == "0.087675223"


def test_noise_zero_is_the_same_as_no_noise_and_draws_nothing() -> None:
    plain, zero = Rng(42), Rng(42)
    assert generate("yin-yang", 100, plain) == generate("yin-yang", 100, zero, noise=0.0)
    assert plain.state == zero.state


def test_every_point_lies_in_the_region_of_its_class() -> None:
    for x, y, label in generate("yin-yang", 300, Rng(3)).examples():
        unit_x, unit_y = (x / 2 + 1) * DISC, (y / 2 + 1) * DISC
        assert distance(unit_x, unit_y, DISC, DISC) <= DISC
        assert yin_yang_class(unit_x, unit_y) == label


@pytest.mark.parametrize(
    ("x", "y", "label"),
    [(0.25, 0.5, 2), (0.75, 0.55, 2), (0.25, 0.65, 0), (0.75, 0.35, 1), (0.75, 0.65, 1), (0.5, 0.9, 0), (0.5, 0.1, 1)],
)
def test_regions_follow_the_published_geometry(x: float, y: float, label: int) -> None:
    assert yin_yang_class(x, y) == label
