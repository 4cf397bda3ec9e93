"""Why a run diverged: the first step and node whose number was not finite, and what it was made of.

It looks at the step before the first loss that is not finite if the parameters were spoilt there, else at that step
itself, and walks the graph of the first example in which something went wrong in the order in which it was computed.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from ..graph import Graph, evaluate
from ..run.session import Session


class Place(Enum):
    """In what a number was the first that is not finite, and what the `numbers` of its Cause are."""

    FORWARD = "an operation of the forward pass: its operands"
    PENALTY = "the square of a parameter in the L2 penalty: the parameter"
    SUM = "the sum of the losses: none"
    BACKWARD = "a gradient: that itself"
    UPDATE = "a parameter after its update: its value before it, its batch gradient, the learning rate"


@dataclass(frozen=True, slots=True)
class Cause:
    """Where a run stopped being finite. `index` is a train example, `node` the name of a node or parameter.

    `op`, `k` and `result` are those of an operation of the forward pass.
    """

    step: int
    index: int
    node: str
    place: Place
    numbers: tuple[float, ...] = ()
    op: str = ""
    k: float = 0.0
    result: float = 0.0


def cause_of(session: Session) -> Cause | None:
    """What made the present branch diverge, or None if it has not. The session then stands at that step."""
    at = session.history.current.diverged_at
    if at is None and not math.isfinite(session.gradients()[0]):
        at = session.step_count  # it is noted with the step that learns from this loss
    if at is None:
        return None
    session.seek(at)
    if not all(map(math.isfinite, session.parameters)) and at > 0:
        spoilt = next(i for i, value in enumerate(session.parameters) if not math.isfinite(value))
        session.seek(at - 1)
        return in_gradients(session) or in_update(session, spoilt)
    return in_losses(session)


def in_losses(session: Session) -> Cause:
    """The first number that is not finite on the way to the loss of the step's batch."""
    for index, graph, data, _ in evaluated(session):
        for node, value in zip(graph.nodes, data, strict=True):
            if not math.isfinite(value):
                operands = tuple(data[operand] for operand in node.operands)
                return Cause(session.step_count, index, node.name, Place.FORWARD, operands, node.op, node.k, value)
    first = session.batch()[0]
    if session.config.strengths[0]:
        for name, value in zip(session.parameter_names, session.parameters, strict=True):
            if not math.isfinite(value * value):
                return Cause(session.step_count, first, name, Place.PENALTY, (value,))
    return Cause(session.step_count, first, "loss", Place.SUM)


def evaluated(session: Session) -> Iterator[tuple[int, Graph, list[float], list[float]]]:
    """Number, graph, and its nodes' data and gradients, of each example from which the next step learns."""
    for index in session.batch():
        x, y, label = session.splits["train"][index]
        graph = session.graph(label)
        yield index, graph, *evaluate(graph, session.parameters, (x, y))


def in_gradients(session: Session) -> Cause | None:
    """The first node whose gradient is not finite, in the order of the backward pass."""
    for index, graph, _, grad in evaluated(session):
        for node, value in zip(reversed(graph.nodes), reversed(grad), strict=True):
            if not math.isfinite(value):
                return Cause(session.step_count, index, node.name, Place.BACKWARD, (value,))
    return None


def in_update(session: Session, parameter: int) -> Cause:
    """The parameter that the optimizer's update carried out of the range of a float."""
    name = session.parameter_names[parameter]
    gradient, value = session.gradients()[1][parameter], session.parameters[parameter]
    numbers = (value, gradient, session.config.lr_at(session.step_count))
    return Cause(session.step_count, session.batch()[0], name, Place.UPDATE, numbers)
