"""What the network answers: over a grid, and at one point."""

from __future__ import annotations

from typing import NamedTuple

from .queries import Grid


class DecisionMap(NamedTuple):
    """The network's answer at the middle of each cell of a grid, row by row from the top.

    `classes` holds the winning class (255 where the outputs are not numbers), `confidence` how
    sure the network is, from 0 (no better than chance) to 255.
    """

    step: int
    grid: Grid
    classes: bytes
    confidence: bytes


class PointAnswer(NamedTuple):
    """The network's outputs at a point; `probabilities` of the classes, empty for a network with a single score."""

    step: int
    point: tuple[float, float]
    outputs: tuple[float, ...]
    probabilities: tuple[float, ...]
