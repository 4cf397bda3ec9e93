"""What the network answers: over a grid, and at one point."""

from dataclasses import dataclass

from ..classify import probabilities
from ..run.session import Session
from .queries import Grid


@dataclass(frozen=True, slots=True)
class DecisionMap:
    """The network's answer at the middle of each cell of a grid, row by row from the top.

    `classes` holds the winning class (255 where the outputs are not numbers), `confidence` how
    sure the network is, from 0 (no better than chance) to 255.
    """

    step: int
    grid: Grid
    classes: bytes
    confidence: bytes


@dataclass(frozen=True, slots=True)
class PointAnswer:
    """The network's outputs at a point; `probabilities` of the classes, empty for a network with a single score."""

    step: int
    point: tuple[float, float]
    outputs: tuple[float, ...]
    probabilities: tuple[float, ...]


def decision_map(session: Session, grid: Grid) -> DecisionMap:
    """The winning class and the confidence in the middle of each cell of the grid."""
    return DecisionMap(
        session.step_count, grid, *session.backend.executor.decision_map(session.parameters, *grid.middles())
    )


def answer(session: Session, point: tuple[float, float]) -> PointAnswer:
    """The network's outputs at a point, and the probabilities of the classes."""
    outputs = session.program.outputs(session.parameters, [point])[0]
    return PointAnswer(session.step_count, point, outputs, probabilities(outputs))
