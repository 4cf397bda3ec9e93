"""Losses of one example as Values, and their mean: what is minimised, written as in the lecture.

They stand apart from `nn` because a loss also decides how many outputs a network has and how
its outputs are read as a class.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .value import Value


def cross_entropy(logits: Sequence[Value], target: int) -> Value:
    """-log softmax of the target's logit, with no maximum subtracted: exp, sum, divide, log, negate."""
    exponentials = [logit.exp() for logit in logits]
    total = sum(exponentials, Value(0.0))
    probability = exponentials[target] / total
    log_probability = probability.log()
    for unit, exponential in enumerate(exponentials):
        exponential.label = f"e[{unit}]"
    total.label = "Σe"
    probability.operands[1].label = "1/Σe"
    probability.label = f"p[{target}]"
    log_probability.label = "logp"
    return named("nll", -log_probability)


def hinge(scores: Sequence[Value], target: int) -> Value:
    """max(0, 1 - t·score), summed over the scores; t is what `signs` says."""
    terms = []
    for score, t, of in zip(scores, signs(scores, target), suffixes(scores), strict=True):
        agreement = score * -t
        margin = 1.0 + agreement
        agreement.label, margin.label = f"-t·score{of}", f"margin{of}"
        terms.append(named(f"hinge{of}", margin.relu()))
    return named("hinge", sum(terms[1:], terms[0]))


def squared_error(scores: Sequence[Value], target: int) -> Value:
    """(score - t)², summed over the scores; t is what `signs` says."""
    terms = []
    for score, t, of in zip(scores, signs(scores, target), suffixes(scores), strict=True):
        error = named(f"error{of}", score - t)
        terms.append(named(f"error²{of}", error**2.0))
    return named("error²", sum(terms[1:], terms[0]))


def signs(scores: Sequence[Value], target: int) -> list[float]:
    """What each score should be: 1 for the target's class and -1 for the others, or of one score 1 for class 1."""
    if len(scores) == 1:
        return [-1.0 if target == 0 else 1.0]
    return [1.0 if unit == target else -1.0 for unit in range(len(scores))]


def suffixes(scores: Sequence[Value]) -> list[str]:
    """What tells the scores' nodes apart: nothing where there is one only."""
    return [""] if len(scores) == 1 else [f"[{unit}]" for unit in range(len(scores))]


def named(label: str, value: Value) -> Value:
    """The same value, labelled."""
    value.label = label
    return value


class Loss(NamedTuple):
    """A loss by name: `of_example(outputs, class)` is a Value.

    With `scores` each output says how much the example is of one class rather than of any other, and two classes
    share a single one: class 1 where it is positive. Otherwise the outputs are logits.
    """

    name: str
    of_example: Callable[[Sequence[Value], int], Value]
    scores: bool = False

    def outputs(self, classes: int) -> int:
        """How many outputs the network needs for so many classes."""
        return 1 if self.scores and classes == 2 else classes

    def output_names(self, classes: int) -> list[str]:
        """What the outputs are called."""
        if self.outputs(classes) == 1:
            return ["score"]
        return [f"{'score' if self.scores else 'logit'}[{unit}]" for unit in range(classes)]


LOSSES: dict[str, Loss] = {
    "cross-entropy": Loss("cross-entropy", cross_entropy),
    "hinge": Loss("hinge", hinge, scores=True),
    "squared-error": Loss("squared-error", squared_error, scores=True),
}
"""Loss by name; the command line and the app offer what stands here."""


def mean(losses: Sequence[Value]) -> Value:
    """The losses of a batch, added from the first to the last, times one over their number."""
    return sum(losses, Value(0.0)) * (1.0 / len(losses))
