"""Every generated data set: counts, repeatability, noise, and the shape that it is known for."""

import math
import pickle
from collections import Counter

import pytest

from data.dataset import DataError, Dataset
from data.generators import GENERATORS, generate
from engine.examples import SPLITS
from engine.rng import Rng

NAMES = list(GENERATORS)


def test_the_reference_data_set_comes_first() -> None:
    assert NAMES == ["yin-yang", "moons", "circles", "spirals", "xor", "blobs"]


@pytest.mark.parametrize("name", NAMES)
def test_a_hundred_points_are_split_80_10_10_with_every_class_in_each(name: str) -> None:
    dataset = generate(name, 100, Rng(1))
    assert tuple(dataset.splits) == SPLITS
    assert [len(dataset.splits[split]) for split in SPLITS] == [80, 10, 10]
    for split in SPLITS:
        counts = Counter(label for _, _, label in dataset.splits[split])
        assert set(counts) == set(range(len(dataset.class_names)))
        assert max(counts.values()) - min(counts.values()) <= 1


@pytest.mark.parametrize("name", NAMES)
def test_other_shares_cut_the_same_points_elsewhere_and_leave_every_class_to_learn(name: str) -> None:
    usual = generate(name, 100, Rng(1))
    for shares, sizes in (((50, 30, 20), [50, 30, 20]), ((100, 0, 0), [100, 0, 0])):
        dataset = generate(name, 100, Rng(1), shares=shares)
        assert dataset.examples() == usual.examples()
        assert [len(examples) for examples in dataset.splits.values()] == sizes
    little = generate(name, 100, Rng(1), shares=(1, 0, 99))
    assert [label for _, _, label in little.splits["train"]] == list(range(len(little.class_names)))
    with pytest.raises(DataError, match="split 80,20: three whole percentages"):
        generate(name, 100, Rng(1), shares=(80, 20))


@pytest.mark.parametrize("name", NAMES)
def test_classes_alternate_in_order(name: str) -> None:
    dataset = generate(name, 47, Rng(1))
    classes = len(dataset.class_names)
    assert [label for _, _, label in dataset.examples()] == [index % classes for index in range(47)]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_repeats_and_another_differs(name: str) -> None:
    assert generate(name, 50, Rng(7)) == generate(name, 50, Rng(7))
    assert generate(name, 50, Rng(7)).examples() != generate(name, 50, Rng(8)).examples()


@pytest.mark.parametrize("name", NAMES)
def test_noise_moves_points_and_more_of_it_moves_them_further(name: str) -> None:
    # The places are drawn from the same generator, so only the spread can be compared.
    def spread(noise: float) -> float:
        left, right, bottom, top = generate(name, 200, Rng(5), noise=noise).bounds()
        return (right - left) + (top - bottom)

    assert spread(0.0) < spread(1.0) < spread(5.0)


@pytest.mark.parametrize("name", NAMES)
def test_points_lie_within_about_two_of_the_origin_and_fill_the_picture(name: str) -> None:
    left, right, bottom, top = generate(name, 500, Rng(11)).bounds()
    assert all(abs(edge) < 2.4 for edge in (left, right, bottom, top))
    assert right - left > 2.5
    assert top - bottom > 2.0


@pytest.mark.parametrize("name", NAMES)
def test_the_fewest_points_still_show_every_class_in_train(name: str) -> None:
    generator = GENERATORS[name]
    dataset = generate(name, 10, Rng(2), classes=generator.max_classes)
    assert {label for _, _, label in dataset.splits["train"]} == set(range(generator.max_classes))


def radii(dataset: Dataset, label: int) -> list[float]:
    return [math.hypot(x, y) for x, y, of in dataset.examples() if of == label]


def test_moons_are_half_circles_that_open_towards_each_other() -> None:
    for x, y, label in generate("moons", 200, Rng(4), noise=0.0).examples():
        unit_x, unit_y = x / 1.2 + 0.5, y / 1.2 + 0.25
        centre = (0.0, 0.0) if label == 0 else (1.0, 0.5)
        assert math.isclose(math.dist((unit_x, unit_y), centre), 1.0)
        assert unit_y >= -1e-12 if label == 0 else unit_y <= 0.5 + 1e-12


def test_the_inner_circle_has_half_the_radius_of_the_outer() -> None:
    dataset = generate("circles", 200, Rng(4), noise=0.0)
    assert all(math.isclose(radius, 0.8) for radius in radii(dataset, 0))
    assert all(math.isclose(radius, 1.6) for radius in radii(dataset, 1))


def test_the_spirals_arms_are_half_a_turn_apart() -> None:
    for x, y, label in generate("spirals", 200, Rng(4), noise=0.0).examples():
        radius = math.hypot(x, y)
        turned = math.atan2(y, x) - 3 * math.pi * radius / 1.9
        assert math.isclose(math.cos(turned), 1.0 if label == 0 else -1.0, rel_tol=1e-6)


def test_xor_classes_tell_whether_the_signs_differ() -> None:
    quadrants: Counter[tuple[bool, bool]] = Counter()
    for x, y, label in generate("xor", 400, Rng(4), noise=0.0).examples():
        assert label == ((x > 0) != (y > 0))
        quadrants[x > 0, y > 0] += 1
    assert len(quadrants) == 4
    assert min(quadrants.values()) > 60


@pytest.mark.parametrize("classes", range(2, 9))
def test_blobs_are_apart_at_their_default_noise(classes: int) -> None:
    dataset = generate("blobs", 400, Rng(4), classes=classes)
    assert len(dataset.class_names) == classes
    centres = [(x, y) for x, y, _ in generate("blobs", 10, Rng(4), 0.0, classes).examples()[:classes]]
    right = 0
    for x, y, label in dataset.examples():
        nearest = min(range(classes), key=lambda index: math.dist((x, y), centres[index]))
        right += nearest == label
    assert right / 400 > 0.97


def test_blobs_have_three_classes_unless_told() -> None:
    assert generate("blobs", 30, Rng(1)).class_names == ("blob 1", "blob 2", "blob 3")


@pytest.mark.parametrize(
    ("name", "points", "noise", "classes", "expected"),
    [
        ("swiss-roll", 100, None, None, "one of yin-yang, moons, circles, spirals, xor, blobs"),
        ("bad\n\x1b[31m", 100, None, None, r"'bad\n\x1b[31m'"),
        ("moons", 9, None, None, "9 points: a number from 10 to 100000"),
        ("moons", -1, None, None, "from 10 to 100000"),
        ("moons", 100_001, None, None, "from 10 to 100000"),
        ("moons", 100, -0.1, None, "noise -0.1: a number from 0 to 10"),
        ("moons", 100, 10.5, None, "from 0 to 10"),
        ("moons", 100, math.nan, None, "noise nan: a number from 0 to 10"),
        ("moons", 100, math.inf, None, "noise inf: a number from 0 to 10"),
        ("moons", 100, None, 3, "moons, 3 classes: 2 was expected"),
        ("yin-yang", 100, None, 2, "yin-yang, 2 classes: 3 was expected"),
        ("blobs", 100, None, 1, "a number from 2 to 8"),
        ("blobs", 100, None, 9, "a number from 2 to 8"),
    ],
)
def test_a_number_out_of_range_is_refused_with_the_range(
    name: str, points: int, noise: float | None, classes: int | None, expected: str
) -> None:
    with pytest.raises(DataError) as caught:
        generate(name, points, Rng(1), noise, classes)
    assert expected in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_dataset_can_be_sent_to_another_process() -> None:
    dataset = generate("blobs", 20, Rng(1))
    assert pickle.loads(pickle.dumps(dataset)) == dataset


def test_bounds_enclose_every_point_of_every_split() -> None:
    dataset = Dataset("d", ("a", "b"), {"train": ((0.0, 1.0, 0),), "val": ((-3.0, 2.0, 1),), "test": ((1.0, 9.0, 0),)})
    assert dataset.bounds() == (-3.0, 1.0, 1.0, 9.0)
