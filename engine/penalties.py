"""Penalties on the parameters, part of the training loss, each with a strength that may change amid a run.

They stand apart from the losses because they know no example: a penalty is a sum over parameters,
and a program computes it in a loop with the strength as an input.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .value import Value


class Penalty(NamedTuple):
    """Its strength times the sum of `of_one` over the parameters. `setting` names the strength."""

    setting: str
    title: str
    of_one: Callable[[Value], Value]

    def of(self, parameters: Sequence[Value], strength: float) -> Value:
        """The penalty as a graph, added from the first parameter to the last."""
        return sum(map(self.of_one, parameters), Value(0.0)) * strength


L2 = Penalty("l2", "L2", lambda parameter: parameter * parameter)
L1 = Penalty("l1", "L1", abs)

PENALTIES = (L2, L1)
"""In the order in which they are added to the loss. One whose strength is 0 takes no part at all."""

Strengths = Sequence[float]
"""The strength of each penalty, in the order of PENALTIES; those that are left out are 0."""


def penalised(loss: Value, parameters: Sequence[Value], strengths: Strengths) -> Value:
    """The loss plus each penalty that has a strength."""
    for penalty, strength in zip(PENALTIES, strengths, strict=False):
        if strength:
            loss = loss + penalty.of(parameters, strength)
    return loss
