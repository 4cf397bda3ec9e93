"""Losses of one example as Values, and their mean: what is minimised, written as in the lecture.

They stand apart from `nn` because a loss also decides how many outputs a network has and how
its outputs are read as a class.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.value import Value


def cross_entropy(logits: Sequence[Value], target: int) -> Value:
    """-log softmax of the target's logit, with no maximum subtracted: exp, sum, divide, log, negate."""
    exponentials = [logit.exp() for logit in logits]
    total = Value(0.0)
    for exponential in exponentials:
        total = total + exponential
    probability = exponentials[target] / total
    log_probability = probability.log()
    for unit, exponential in enumerate(exponentials):
        exponential.label = f"e[{unit}]"
    total.label = "Σe"
    probability.operands[1].label = "1/Σe"
    probability.label = f"p[{target}]"
    log_probability.label = "logp"
    return named("nll", -log_probability)


def hinge(logits: Sequence[Value], target: int) -> Value:
    """max(0, 1 - t·score) of one score, where t is -1 for class 0 and 1 for class 1."""
    agreement = logits[0] * (1.0 if target == 0 else -1.0)
    margin = 1.0 + agreement
    agreement.label, margin.label = "-t·score", "margin"
    return named("hinge", margin.relu())


def squared_error(logits: Sequence[Value], target: int) -> Value:
    """(score - t)² of one score, where t is -1 for class 0 and 1 for class 1."""
    error = logits[0] - (-1.0 if target == 0 else 1.0)
    error.label = "error"
    return named("error²", error**2.0)


def named(label: str, value: Value) -> Value:
    """The same value, labelled."""
    value.label = label
    return value


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss by name: `of_example(outputs, class)` is a Value.

    With `two_classes` the network has a single output, the score: class 1 where it is positive.
    """

    name: str
    of_example: Callable[[Sequence[Value], int], Value]
    two_classes: bool = False

    def outputs(self, classes: int) -> int:
        """How many outputs the network needs for so many classes."""
        return 1 if self.two_classes else classes


LOSSES: dict[str, Loss] = {
    "cross-entropy": Loss("cross-entropy", cross_entropy),
    "hinge": Loss("hinge", hinge, two_classes=True),
    "squared-error": Loss("squared-error", squared_error, two_classes=True),
}
"""Loss by name; the command line and the app offer what stands here."""


def mean(losses: Sequence[Value]) -> Value:
    """The losses of a batch, added from the first to the last, times one over their number."""
    total = Value(0.0)
    for loss in losses:
        total = total + loss
    return total * (1.0 / len(losses))
