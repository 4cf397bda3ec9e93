"""Where a point of a given class lies: one function for each generated data set, without noise.

All take (class, number of classes, rng) and place the point within about [-2, 2] on both axes, where a tanh network
learns without scaling. They stand apart from the registry because each is geometry and nothing else.
"""

import math

from engine.rng import Rng

Point = tuple[float, float]

DISC = 0.5
DOT = 0.1
YIN, YANG, DOTS = range(3)


def yin_yang(label: int, _classes: int, rng: Rng) -> Point:
    """Uniform in a third of the yin-yang disc, by rejection.

    Source: Kriener, Göltz and Petrovici 2022, "The Yin-Yang dataset". The draws are those of the
    reference run: x and y again until the point fits, and nothing else.
    """
    while True:
        x = rng.uniform(0.0, 2 * DISC)
        y = rng.uniform(0.0, 2 * DISC)
        if distance(x, y, DISC, DISC) <= DISC and yin_yang_class(x, y) == label:
            return (x / DISC - 1) * 2, (y / DISC - 1) * 2


def yin_yang_class(x: float, y: float) -> int:
    """The class of a point of the disc of radius 0.5 about (0.5, 0.5)."""
    left = distance(x, y, 0.5 * DISC, DISC)
    right = distance(x, y, 1.5 * DISC, DISC)
    if left < DOT or right < DOT:
        return DOTS
    if right <= DOT or DOT < left <= 0.5 * DISC or (y > DISC and right > 0.5 * DISC):
        return YIN
    return YANG


def distance(x: float, y: float, x0: float, y0: float) -> float:
    """Euclidean; written with a power, as in the reference, for the same last digit."""
    return float(((x - x0) ** 2 + (y - y0) ** 2) ** 0.5)


def moons(label: int, _classes: int, rng: Rng) -> Point:
    """Two half circles that reach into each other: the left one opens down, the right one up."""
    angle = rng.uniform(0.0, math.pi)
    x, y = math.cos(angle), math.sin(angle)
    if label == 1:
        x, y = 1.0 - x, 0.5 - y
    return (x - 0.5) * 1.2, (y - 0.25) * 1.2


def circles(label: int, _classes: int, rng: Rng) -> Point:
    """A circle within a circle of twice its radius."""
    return polar((0.8, 1.6)[label], rng.uniform(0.0, 2 * math.pi))


def spirals(label: int, _classes: int, rng: Rng) -> Point:
    """Two arms of one and a half turns from the origin, half a turn apart."""
    # The square root spreads the points about evenly along the arm: its length grows as the radius squared.
    outward = math.sqrt(rng.random())
    return polar(1.9 * outward, 3 * math.pi * outward + label * math.pi)


def xor(label: int, _classes: int, rng: Rng) -> Point:
    """Four squares that keep clear of the axes: class 0 where the signs of x and y agree, else 1."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    x = rng.uniform(0.2, 1.9)
    y = rng.uniform(0.2, 1.9)
    return side * x, (side if label == 0 else -side) * y


def blobs(label: int, classes: int, _rng: Rng) -> Point:
    """The blob's centre: evenly on a circle, the first at the top. The noise makes the blob."""
    return polar(1.4, math.pi / 2 + 2 * math.pi * label / classes)


def polar(radius: float, angle: float) -> Point:
    """(x, y) at `radius` from the origin, `angle` in radians from the x axis."""
    return radius * math.cos(angle), radius * math.sin(angle)
