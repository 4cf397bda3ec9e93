"""Input features: what the first layer reads, made from a point's x and y by operations of the table.

They stand apart from `nn` because they are nodes of the graph without a parameter: a network with
`x²` among its inputs can bend a boundary that one layer of weights alone keeps straight.
"""

from collections.abc import Callable
from typing import NamedTuple

from .value import Value, lift

Operand = Value | float


class Feature(NamedTuple):
    """A feature by name: `of(x, y)`; `label` is what the graph calls it."""

    name: str
    label: str
    of: Callable[[Operand, Operand], Operand]


FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        Feature("x", "x", lambda x, y: x),
        Feature("y", "y", lambda x, y: y),
        Feature("x2", "x²", lambda x, y: lift(x) ** 2.0),
        Feature("y2", "y²", lambda x, y: lift(y) ** 2.0),
        Feature("xy", "x·y", lambda x, y: lift(x) * y),
        Feature("sinx", "sin(x)", lambda x, y: lift(x).sin()),
        Feature("siny", "sin(y)", lambda x, y: lift(y).sin()),
    )
}
"""Feature by name; the command line and the app offer what stands here."""
