"""How far a node is, as a row of the tree shows it: its numbers, or that they are still to come, and what changed.

While micro-stepping a number may be missing or a sum unfinished; otherwise everything is known.
Each stage has a mark of its own beside its colour.
"""

from typing import NamedTuple

from rich.style import Style

from engine.views.micro_steps import Moment
from tui.draw.numbers import WIDTH, number
from tui.draw.palette import Palette
from tui.draw.text import Span
from tui.panels.graph.folding import Folding

HERE, CHANGED, UNFINISHED, PENDING = "▶", "+", "…", "·"
"""The marks of a row: it happens here; data or gradient came just now; more terms are to come; nothing is there yet."""
BOLD = Style(bold=True)


class Stage(NamedTuple):
    """What a row shows of its node: a mark before its name, data, gradient, and the gradient's size for the bar."""

    mark: Span
    data: Span
    grad: Span
    slope: float
    is_pending: bool = False


def finished(value: float, slope: float, palette: Palette) -> Stage:
    """Everything is known."""
    return Stage(
        (" ", palette.text),
        (number(value), palette.of_number(value)),
        (number(slope, signed=True), palette.of_number(slope, signed=True)),
        slope,
    )


def at_moment(folding: Folding, node: int, here: int | None, moment: Moment, palette: Palette) -> Stage:
    """The state of a node amid a step; `here` is the node at which the latest micro-step is displayed.

    A folded sum shows as much of itself as is computed.
    """
    folded = folding.foldable(node) if node not in folding.unfolded else []
    changed = any(moment.changed(link) for link in (node, *folded))
    in_data = changed and moment.step.kind in ("input", "compute", "update")
    value = moment.data(node)
    partial = next((data for link in folded if (data := moment.data(link)) is not None), None)
    arrived, of = moment.arrived(node)
    unfinished = (value is None and partial is not None) or 0 < arrived < of
    mark = HERE if node == here else CHANGED if changed else UNFINISHED if unfinished else " "
    if value is not None:
        shown = (number(value), palette.of_number(value))
    elif partial is not None:
        shown = (number(partial), palette.muted)
    else:
        shown = (f"{PENDING:>{WIDTH}}", palette.muted)
    slope = moment.grad(node)
    if moment.averaged and node not in moment.walk.parameter_of:
        slope, grad = 0.0, (f"{PENDING:>{WIDTH}}", palette.muted)
    elif not arrived and not moment.averaged:
        grad = (f"{'0':>{WIDTH}}", palette.muted)
    else:
        grad = (number(slope, signed=True), palette.of_number(slope, signed=True))
    return Stage(
        (mark, palette.accent if node == here or changed else palette.muted),
        (shown[0], shown[1] + BOLD if in_data else shown[1]),
        (grad[0], grad[1] + BOLD if changed and not in_data else grad[1]),
        slope,
        value is None,
    )
