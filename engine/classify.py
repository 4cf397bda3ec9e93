"""What a network's outputs stand for: a class, and how sure of it the network is.

It stands apart from the Session because the compiled program answers the same questions, and the two have to agree.
"""

import math
from collections.abc import Sequence

NO_CLASS = 255


def predicted(outputs: Sequence[float]) -> int:
    """The class that the outputs stand for, NO_CLASS where one of them is not a number."""
    if any(map(math.isnan, outputs)):
        return NO_CLASS
    return int(outputs[0] > 0.0) if len(outputs) == 1 else outputs.index(max(outputs))


def score_answer(score: float) -> tuple[int, int]:
    """Class and confidence (0 to 255) of a single score: sure from -1 or 1 on."""
    if math.isnan(score):
        return NO_CLASS, 0
    return int(score > 0.0), int(255.0 * min(1.0, abs(score)))


def probabilities(outputs: Sequence[float]) -> tuple[float, ...]:
    """The softmax of several outputs; empty for a single one, which is a score."""
    if len(outputs) == 1:
        return ()
    top = max(outputs)
    shares = [1.0 if output == top else math.exp(output - top) for output in outputs]
    total = math.fsum(shares)
    return tuple(share / total for share in shares)


def softmax_answer(logits: Sequence[float]) -> tuple[int, int]:
    """Class and confidence (0 to 255) of the most probable class; 0 is the confidence of a guess."""
    top = max(logits)
    total = 0.0
    for logit in logits:
        total += 1.0 if logit == top else math.exp(logit - top)
    if math.isnan(total + top):
        return NO_CLASS, 0
    guess = 1.0 / len(logits)
    return logits.index(top), max(0, int(255.0 * (1.0 / total - guess) / (1.0 - guess)))


def answers(rows: Sequence[Sequence[float]]) -> tuple[bytes, bytes]:
    """The class and the confidence of each row of outputs."""
    several = [score_answer(row[0]) for row in rows] if len(rows[0]) == 1 else map(softmax_answer, rows)
    classes, confidence = zip(*several, strict=True)
    return bytes(classes), bytes(confidence)
