"""Why a run diverged: the first step and node whose number was not finite, and one sentence on it.

It looks at the step before the first loss that is not finite if the parameters were spoilt there,
else at that step itself, and walks the graph of the first example in which something went wrong in
the order in which it was computed.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..graph import evaluate
from ..run.session import Session
from .queries import Example, Graph, Node


@dataclass(frozen=True, slots=True)
class Cause:
    """Where a run stopped being finite. `split` and `index` are the example, `node` the name of the node."""

    step: int
    index: int
    node: str
    text: str


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
    for index, (x, y, label) in batch(session):
        graph = session.graph(label)
        data, _ = evaluate(graph, session.parameters, (x, y))
        for node, value in enumerate(data):
            if not math.isfinite(value):
                return Cause(session.step_count, index, graph.nodes[node].name, sentence(graph, node, data))
    first = session.batch()[0]
    if session.config.strengths[0]:
        for name, value in zip(session.parameter_names, session.parameters, strict=True):
            if not math.isfinite(value * value):
                text = (
                    f"The L2 penalty overflowed: the square of {name}, {value:.4g}, is larger than the largest float."
                )
                return Cause(session.step_count, first, name, text)
    text = "Each loss is finite, but their sum is larger than the largest float."
    return Cause(session.step_count, first, "loss", text)


def batch(session: Session) -> Iterator[tuple[int, Example]]:
    """The examples, with their numbers, from which the next step learns."""
    train = session.splits["train"]
    return ((index, train[index]) for index in session.batch())


def in_gradients(session: Session) -> Cause | None:
    """The first node whose gradient is not finite, in the order of the backward pass."""
    for index, (x, y, label) in batch(session):
        graph = session.graph(label)
        _, grad = evaluate(graph, session.parameters, (x, y))
        for node in range(len(grad) - 1, -1, -1):
            if not math.isfinite(grad[node]):
                name = graph.nodes[node].name
                text = (
                    f"The gradient of {name} became {grad[node]!r}: a local derivative or their product is too large."
                )
                return Cause(session.step_count, index, name, text)
    return None


def in_update(session: Session, parameter: int) -> Cause:
    """The parameter that the optimizer's update carried out of the range of a float."""
    name = session.parameter_names[parameter]
    gradient, value = session.gradients()[1][parameter], session.parameters[parameter]
    text = (
        f"The update of {name} overflowed: it was {value:.3g}, its batch gradient {gradient:.3g}, "
        f"the learning rate {session.config.lr_at(session.step_count):g}."
    )
    return Cause(session.step_count, session.batch()[0], name, text)


def sentence(graph: Graph, index: int, data: Sequence[float]) -> str:
    """Why this node is the first that is not finite: every operand of it still was."""
    node = graph.nodes[index]
    operands = [data[operand] for operand in node.operands]
    return f"{node.name} is the first number that is not finite: {reason(node, operands, data[index])}."


def reason(node: Node, operands: Sequence[float], result: float) -> str:
    """What the operation did with its finite operands."""
    a, b = (*operands, 0.0, 0.0)[:2]
    if node.op == "log":
        return "log(0) is minus infinity" if a == 0.0 else f"there is no logarithm of {a:.4g}"
    if node.op == "pow" and a == 0.0:
        return f"0 to the power {node.k:g} divides by zero"
    if node.op == "pow" and math.isnan(result):
        return f"{a:.4g} to the power {node.k:g} is no real number"
    written = {
        "exp": f"exp({a:.4g})",
        "pow": f"{a:.4g} to the power {node.k:g}",
        "mul": f"{a:.4g} × {b:.4g}",
        "add": f"{a:.4g} + {b:.4g}",
    }.get(node.op, f"{node.op}({a:.4g})")
    return f"{written} is larger than the largest float, 1.8e308"
