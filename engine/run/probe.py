"""Which point is the probe, and how to go from one to another.

It stands apart from the Session because it changes nothing that training reads: whatever is
chosen, the batches are the same.
"""

import math
from collections.abc import Mapping, Sequence

from ..examples import FREE, Example
from ..frozen import Frozen


class Choice(Frozen):
    """Which point is the probe: example number `index` of `split`, or with the split FREE any point of any class.

    `rank` is its place among all examples by loss, 1 for the largest, if it was chosen so; else 0.
    """

    split: str
    index: int
    point: tuple[float, float]
    label: int
    rank: int = 0


class Probe(Frozen):
    """The point whose graph is shown: its number in its split, place, class, and every node's numbers.

    With the split FREE it is no example. `rank` is its place by loss as in `Choice`, as long as
    the parameters are those at which it was chosen so.

    `data` and `grad` hold one double per node of the graph of class `label`, in its order;
    gradients are of this one example's loss.
    """

    step: int
    split: str
    index: int
    point: tuple[float, float]
    label: int
    data: bytes
    grad: bytes
    rank: int = 0

    def numbers(self) -> tuple[Sequence[float], Sequence[float]]:
        """Data and gradient as sequences of floats, without a copy."""
        return memoryview(self.data).cast("d"), memoryview(self.grad).cast("d")


class Chooser:
    """Chooses among the examples of some splits, the first at first, and any point of the plane."""

    def __init__(self, splits: Mapping[str, Sequence[Example]], classes: int) -> None:
        self._splits = splits
        self._classes = classes
        self._example = self.order()[0]
        self.now = self._of(*self._example)
        self._ranked_at: object = None

    def use(self, splits: Mapping[str, Sequence[Example]]) -> None:
        """Choose among these from now on: the same example, or where it is gone the one that has taken its place."""
        if splits is self._splits:
            return
        before = self.now
        split, index = self._example
        example = self._splits[split][index]
        self._splits = splits
        self.select(*self._place_of(example, split, index))
        if before.split == FREE or before.replaced(rank=0) == self.now:
            self.now = before

    def _place_of(self, example: Example, split: str, index: int) -> tuple[str, int]:
        """Where an example is that was at this place: there, elsewhere in its split, or in another one."""
        there = self._splits.get(split, ())
        if index < len(there) and there[index] == example:
            return split, index
        for name in sorted(self._splits, key=lambda name: name != split):
            if example in self._splits[name]:
                return name, self._splits[name].index(example)
        return (split, min(index, len(there) - 1)) if there else self.order()[0]

    def order(self) -> list[tuple[str, int]]:
        """Every example as split and number: train, then val, then test."""
        return [(split, index) for split, examples in self._splits.items() for index in range(len(examples))]

    def select(self, split: str, index: int) -> None:
        """Choose an example.

        Raises:
            ValueError: there is no such example.
        """
        if not 0 <= index < len(self._splits.get(split, ())):
            raise ValueError(f"there is no example {index} in {split}")
        self._example = (split, index)
        self.now = self._of(split, index)

    def _of(self, split: str, index: int) -> Choice:
        x, y, label = self._splits[split][index]
        return Choice(split, index, (x, y), label)

    def move(self, by: int) -> None:
        """Choose the example so many places after the last that was chosen; the first follows the last."""
        order = self.order()
        self.select(*order[(order.index(self._example) + by) % len(order)])

    def move_by_loss(self, by: int, losses: Sequence[float], parameters: Sequence[float] = ()) -> None:
        """Choose by loss, given that of each example in `order`: the largest first, then so many places on.

        `parameters` are those at which the losses are so, see `rank_at`. A loss that is not a number is larger than
        any. Going back from what was not chosen so leads to the smallest.
        """
        order = self.order()
        ranked = sorted(range(len(order)), key=lambda place: (-nan_largest(losses[place]), place))
        place = (self.now.rank - 1 if self.now.rank else -1 if by > 0 else 0) + by
        place %= len(order)
        self.select(*order[ranked[place]])
        self.now = self.now.replaced(rank=place + 1)
        self._ranked_at = parameters

    def rank_at(self, parameters: Sequence[float]) -> int:
        """The probe's place by loss if it was chosen so at these very parameters, else 0."""
        return self.now.rank if self._ranked_at is parameters else 0

    def place(self, point: tuple[float, float], label: int | None = None) -> None:
        """Choose a free point; without a label it is of the class that the probe has. Training never sees it.

        Raises:
            ValueError: the point is not finite, or there is no such class.
        """
        label = self.now.label if label is None else label
        if not all(map(math.isfinite, point)):
            raise ValueError(f"a probe needs finite coordinates, not {point}")
        if not 0 <= label < self._classes:
            raise ValueError(f"there is no class {label}: the last of the {self._classes} is {self._classes - 1}")
        self.now = Choice(FREE, 0, point, label)

    def relabel(self, by: int) -> None:
        """Make a free point of the probe's place and another class."""
        self.place(self.now.point, (self.now.label + by) % self._classes)


def nan_largest(loss: float) -> float:
    """The loss as it is ranked: one that is not a number is the largest."""
    return math.inf if math.isnan(loss) else loss
