"""The generated data sets: a registry by name, and the one way to make any of them.

The command line and the app's selector iterate the registry. Where a class lies is in `shapes`;
counts, noise and splits are the same for all, and here.
"""

from collections.abc import Callable
from typing import NamedTuple

from data.dataset import MAX_POINTS, DataError, Dataset
from data.shapes import Point, blobs, circles, moons, spirals, xor, yin_yang
from data.splitting import USUAL_SHARES, Shares, check_shares, split_in_order
from data.wording import quoted
from engine.examples import Example
from engine.rng import Rng

MIN_POINTS = 10
MAX_NOISE = 10.0


class Generator(NamedTuple):
    """A data set that can be generated.

    `place` gives a point for (class, number of classes, rng). `noise` is the default standard deviation of the gaussian
    jitter on each coordinate, in units of the plane. `class_names` are those of the most classes it can have.
    """

    name: str
    description: str
    place: Callable[[int, int, Rng], Point]
    noise: float
    class_names: tuple[str, ...]
    min_classes: int
    default_classes: int

    @property
    def max_classes(self) -> int:
        return len(self.class_names)


def fixed(
    name: str, description: str, place: Callable[[int, int, Rng], Point], noise: float, *class_names: str
) -> Generator:
    """A generator whose number of classes can't be chosen."""
    return Generator(name, description, place, noise, class_names, len(class_names), len(class_names))


BLOBS = tuple(f"blob {number}" for number in range(1, 9))
GENERATORS: dict[str, Generator] = {
    generator.name: generator
    for generator in (
        fixed("yin-yang", "the yin-yang sign: two halves and their dots", yin_yang, 0.0, "yin", "yang", "dot"),
        fixed("moons", "two half circles that reach into each other", moons, 0.12, "left", "right"),
        fixed("circles", "a circle within a circle", circles, 0.12, "inner", "outer"),
        fixed("spirals", "two arms wound around each other", spirals, 0.06, "arm 1", "arm 2"),
        fixed("xor", "four squares, opposite ones of one class", xor, 0.1, "0", "1"),
        Generator("blobs", "gaussian blobs around a circle, 2 to 8 classes", blobs, 0.22, BLOBS, 2, default_classes=3),
    )
}


def generate(
    name: str,
    points: int,
    rng: Rng,
    noise: float | None = None,
    classes: int | None = None,
    shares: Shares = USUAL_SHARES,
) -> Dataset:
    """`points` examples, class i mod classes for point i, the first ones for training, then for val and test.

    `noise` and `classes` are the data set's own where they are None. Without noise nothing is drawn for it: yin-yang
    with 100 points leaves `rng` where the reference run draws its weights. Train, however small, has every class.

    Raises:
        DataError: no such data set, or a number out of range.
    """
    generator = GENERATORS.get(name)
    if generator is None:
        raise DataError(f"data set {quoted(name)}: one of {', '.join(GENERATORS)} was expected")
    noise = generator.noise if noise is None else noise
    classes = generator.default_classes if classes is None else classes
    check(generator, points, noise, classes)
    check_shares(shares)
    examples: list[Example] = []
    for index in range(points):
        label = index % classes
        x, y = generator.place(label, classes, rng)
        if noise > 0:
            x += noise * rng.normal()
            y += noise * rng.normal()
        examples.append((x, y, label))
    return Dataset(name, generator.class_names[:classes], split_in_order(examples, shares, least_train=classes))


def check(generator: Generator, points: int, noise: float, classes: int) -> None:
    """Refuse numbers out of range."""
    name, least, most = generator.name, generator.min_classes, generator.max_classes
    if not MIN_POINTS <= points <= MAX_POINTS:
        raise DataError(f"{name}, {points} points: a number from {MIN_POINTS} to {MAX_POINTS} was expected")
    if not 0 <= noise <= MAX_NOISE:
        raise DataError(f"{name}, noise {noise:g}: a number from 0 to {MAX_NOISE:g} was expected")
    if not least <= classes <= most:
        wanted = f"{least}" if least == most else f"a number from {least} to {most}"
        raise DataError(f"{name}, {classes} classes: {wanted} was expected")
