"""What becomes of each example: the confusion matrix, and the misclassified examples, the most wrong first.

It stands apart from the Session because it only judges: losses and outputs of the program in, counts out.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..classify import NO_CLASS, predicted
from ..examples import ALL
from ..run.probe import nan_largest

if TYPE_CHECKING:
    from ..run.session import Session


@dataclass(frozen=True, slots=True)
class Mistake:
    """A misclassified example: its own loss, split, number in it, place, class and the class that was predicted.

    `predicted` is 255 where the network's outputs are not numbers.
    """

    loss: float
    split: str
    index: int
    point: tuple[float, float]
    label: int
    predicted: int


class Outcomes(NamedTuple):
    """What the network makes of the examples of `split`, or of ALL.

    `counts[actual][predicted]` are numbers of examples; behind the classes' columns is one for outputs that are not
    numbers. The arrays hold the misclassified examples, the largest loss first (one that is not a number is larger
    than any): doubles for the `losses` and for x and y of the `points`, unsigned ints for the `indices`, bytes for the
    place of the split among `names`, for the `labels` and for the classes `predicted`.
    """

    step: int
    split: str
    counts: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]
    losses: bytes
    indices: bytes
    points: bytes
    places: bytes
    labels: bytes
    predicted: bytes

    @property
    def wrong(self) -> int:
        """How many examples are misclassified."""
        return len(self.labels)

    def mistake(self, row: int) -> Mistake:
        """The misclassified example in a row of the list, from 0."""
        points = memoryview(self.points).cast("d")
        return Mistake(
            memoryview(self.losses).cast("d")[row],
            self.names[self.places[row]],
            memoryview(self.indices).cast("I")[row],
            (points[2 * row], points[2 * row + 1]),
            self.labels[row],
            self.predicted[row],
        )


def outcomes(session: Session, chosen: str) -> Outcomes:
    """The outcomes of one split, or with ALL of every split, at the present parameters; none of an empty one."""
    splits, classes = session.splits, session.classes
    counts = [[0] * (classes + 1) for _ in range(classes)]
    wrong: list[tuple[float, int, int, int]] = []
    names = tuple(splits)
    for place, name in enumerate(names):
        if chosen not in (ALL, name):
            continue
        rows = session.program.losses(session.parameters, splits[name])
        for index, ((_, _, label), row) in enumerate(zip(splits[name], rows, strict=True)):
            answer = predicted(row[1:])
            counts[label][classes if answer == NO_CLASS else answer] += 1
            if answer != label:
                wrong.append((row[0], place, index, answer))
    wrong.sort(key=lambda each: -nan_largest(each[0]))
    examples = [splits[names[place]][index] for _, place, index, _ in wrong]
    return Outcomes(
        session.step_count,
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
