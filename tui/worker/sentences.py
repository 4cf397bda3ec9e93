"""Facts of the engine as words for a person: why a run diverged, who computes it and why.

They stand here as the worker sends them like any other notice.
"""

import math

from engine.programs.backend import Backend
from engine.views.divergence import Cause, Place

BACKEND_TITLES = {"value": "Value", "python": "Python", "c": "C"}
"""What a backend computes with."""


def backend_text(backend: Backend) -> str:
    """Who computes; after a comma why in a word or two, and in parentheses all of it."""
    if not backend.note:
        return BACKEND_TITLES[backend.name]
    whole = f" ({backend.note})" if backend.note != backend.brief else ""
    return f"{BACKEND_TITLES[backend.name]}, {backend.brief}{whole}"


def divergence_text(cause: Cause) -> str:
    """The cause in one sentence."""
    numbers = cause.numbers
    match cause.place:
        case Place.FORWARD:
            return f"{cause.node} is the first number that is not finite: {reason(cause)}."
        case Place.PENALTY:
            square = f"the square of {cause.node}, {numbers[0]:.4g}"
            return f"The L2 penalty overflowed: {square}, is larger than the largest float."
        case Place.SUM:
            return "Each loss is finite, but their sum is larger than the largest float."
        case Place.BACKWARD:
            became = f"The gradient of {cause.node} became {numbers[0]!r}"
            return f"{became}: a local derivative or their product is too large."
        case Place.UPDATE:
            value, gradient, rate = numbers
            was = f"it was {value:.3g}, its batch gradient {gradient:.3g}, the learning rate {rate:g}"
            return f"The update of {cause.node} overflowed: {was}."


def reason(cause: Cause) -> str:
    """What an operation did with its finite operands."""
    a, b = (*cause.numbers, 0.0, 0.0)[:2]
    if cause.op == "log":
        return "log(0) is minus infinity" if a == 0.0 else f"there is no logarithm of {a:.4g}"
    if cause.op == "pow" and a == 0.0:
        return f"0 to the power {cause.k:g} divides by zero"
    if cause.op == "pow" and math.isnan(cause.result):
        return f"{a:.4g} to the power {cause.k:g} is no real number"
    written = {
        "pow": f"{a:.4g} to the power {cause.k:g}",
        "mul": f"{a:.4g} × {b:.4g}",
        "add": f"{a:.4g} + {b:.4g}",
    }.get(cause.op, f"{cause.op}({a:.4g})")
    return f"{written} is larger than the largest float, 1.8e308"
