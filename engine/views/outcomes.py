"""What becomes of each example: the confusion matrix, and the misclassified examples, the most wrong first.

It stands apart from the Session because it only judges: losses and outputs of the program in, counts out.
"""

from array import array
from collections.abc import Mapping, Sequence

from ..classify import NO_CLASS, predicted
from ..programs.executor import Program
from ..run.probe import by_size
from .queries import ALL, Example, Outcomes


def outcomes(
    step: int,
    program: Program,
    parameters: Sequence[float],
    splits: Mapping[str, Sequence[Example]],
    classes: int,
    chosen: str,
) -> Outcomes:
    """The outcomes of one split, or with ALL of every split, at these parameters; of no example for an empty one."""
    counts = [[0] * (classes + 1) for _ in range(classes)]
    wrong: list[tuple[float, int, int, int]] = []
    names = tuple(splits)
    for place, name in enumerate(names):
        if chosen not in (ALL, name):
            continue
        rows = program.losses(parameters, splits[name])
        for index, ((_, _, label), row) in enumerate(zip(splits[name], rows, strict=True)):
            answer = predicted(row[1:])
            counts[label][classes if answer == NO_CLASS else answer] += 1
            if answer != label:
                wrong.append((row[0], place, index, answer))
    wrong.sort(key=lambda each: -by_size(each[0]))
    examples = [splits[names[place]][index] for _, place, index, _ in wrong]
    return Outcomes(
        step,
        chosen,
        tuple(map(tuple, counts)),
        names,
        array("d", [loss for loss, _, _, _ in wrong]).tobytes(),
        array("I", [index for _, _, index, _ in wrong]).tobytes(),
        array("d", [number for x, y, _ in examples for number in (x, y)]).tobytes(),
        bytes([place for _, place, _, _ in wrong]),
        bytes([label for _, _, label in examples]),
        bytes([answer for _, _, _, answer in wrong]),
    )
