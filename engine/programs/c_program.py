"""The compiled program: the C source of a traced network, called with plain arrays.

It gives what `PythonProgram` gives, bit for bit, and can also take many steps in one call, judge
a split and fill a decision map without coming back to Python.
"""

import ctypes
from array import array
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from ..batches import Batches
from ..examples import Example
from ..graph import Traced
from ..ops import TOTAL
from ..optim import OPTIMIZERS, Optimizer
from ..penalties import PENALTIES, Penalty, Strengths
from .c_library import UnavailableError, library
from .c_source import CHECKED, LANES, CSource, c_source

TRIALS = (0.0, -0.0, 1e-300, 2.0**-30, 0.1, -0.3, 0.5, 0.7615941559557649, -0.99, 1.0, 1.5, -2.75, 19.9, -40.0, 800.0)
RULES = {name: number for number, name in enumerate(OPTIMIZERS)}
"""The optimizers as c/executor.c counts them."""


def address(numbers: "array[Any]") -> int:
    """Where an array's numbers stand."""
    return numbers.buffer_info()[0]


def doubles(count: int) -> "array[float]":
    """Room for so many doubles."""
    return array("d", bytes(8 * count))


def longs(count: int) -> "array[int]":
    """Room for so many longs."""
    return array("l", bytes(array("l").itemsize * count))


def flat(examples: Sequence[Example]) -> "array[float]":
    """x, y and class of each example, one after another."""
    return array("d", list(chain.from_iterable(examples)))


class SplitStruct(ctypes.Structure):
    """`split` of c/executor.c."""

    _fields_ = (
        *((name, ctypes.c_long) for name in ("examples", "vectors", "chunks")),
        *(
            (name, ctypes.c_void_p)
            for name in ("inputs", "labels", "chunk_vectors", "chunk_examples", "slots", "classes", "losses", "outputs")
        ),
    )


class Layout:
    """Room in which c/executor.c lays out examples: chunks from the last example to the first, class by class."""

    def __init__(self, examples: int, source: CSource) -> None:
        chunks, vectors = source.room(examples)
        inputs, self.losses, self.outputs = (doubles(LANES * vectors * width) for width in (2, 1, source.outputs))
        labels, chunk_vectors, chunk_examples = longs(vectors), longs(chunks), longs(chunks)
        self.slots, classes = longs(examples), longs(examples)
        self._arrays: list[array[Any]] = [inputs, labels, chunk_vectors, chunk_examples, self.slots, classes]
        self._arrays += [self.losses, self.outputs]
        self.struct = SplitStruct(examples, 0, 0, *map(address, self._arrays))
        self.pointer = ctypes.byref(self.struct)


class Plan(Layout):
    """Examples as c/executor.c takes them, laid out for good."""

    dealer_pointer = None

    def __init__(self, examples: Sequence[Example], source: CSource, library: ctypes.CDLL) -> None:
        super().__init__(len(examples), source)
        numbers = flat(examples)
        library.lay_out(ctypes.c_void_p(address(numbers)), None, self.pointer)


class DealerStruct(ctypes.Structure):
    """`dealer` of c/executor.c."""

    _fields_ = (
        *((name, ctypes.c_long) for name in ("count", "size", "epoch")),
        ("seed", ctypes.c_ulonglong),
        *((name, ctypes.c_void_p) for name in ("examples", "order")),
    )


class Dealer(Layout):
    """Examples from which c/executor.c takes the batch of each step, and the place where it lays that out."""

    def __init__(self, examples: Sequence[Example], batches: Batches, source: CSource) -> None:
        super().__init__(batches.size, source)
        self._examples, self._order = flat(examples), longs(len(examples))
        places = address(self._examples), address(self._order)
        self.dealer = DealerStruct(len(examples), batches.size, -1, batches.seed, *places)
        self.dealer_pointer = ctypes.byref(self.dealer)


class CProgram:
    """The program compiled by the system's compiler.

    Raises:
        UnavailableError: it can't be compiled, or its functions are not those of Python's math module.
    """

    def __init__(
        self, traced: Traced, level: str, cache: Path | None, penalties: Sequence[Penalty] = PENALTIES
    ) -> None:
        self._source = c_source(traced, penalties)
        self._penalties = len(penalties)
        self._count = len(traced.parameters)
        self._library = library(self._source.text, level, cache)
        self._parts = doubles(self._source.parts)
        self._gradient = doubles(self._source.padded)
        for name, result in (("gradients", 8), ("evaluate", 8), ("with_penalty", 8), ("check", 8), ("train", 0)):
            getattr(self._library, name).restype = ctypes.c_double if result else ctypes.c_long
        self._verify()

    def _verify(self) -> None:
        for case, (_, name, exponent) in enumerate(CHECKED):
            for a in TRIALS:
                got = self._library.check(case, ctypes.c_double(a), ctypes.c_double(exponent or 0.0))
                wanted = TOTAL[name](a) if exponent is None else TOTAL[name](a, exponent)
                if got.hex() != wanted.hex():
                    raise UnavailableError(f"the C library's {name} has other digits than Python's", "C differs")

    def plan(self, examples: Sequence[Example]) -> Plan:
        """The examples as the other methods take them: made once, used for every step."""
        return Plan(examples, self._source, self._library)

    def dealer(self, examples: Sequence[Example], batches: Batches) -> Dealer:
        """The examples as `train` takes them to deal them out in batches."""
        return Dealer(examples, batches, self._source)

    def _padded(self, parameters: Sequence[float]) -> "array[float]":
        return array("d", [*parameters, *[0.0] * (self._source.padded - self._count)])

    def _strengths(self, strengths: Strengths) -> "array[float]":
        return array("d", [*strengths, *[0.0] * (self._penalties - len(strengths))])

    def train(
        self,
        parameters: Sequence[float],
        optimizer: Optimizer,
        train: Plan | Dealer,
        val: Plan | None,
        most: int,
        *,
        start: int = 0,
        strengths: Strengths = (),
        rates: "array[float] | None" = None,
        until_diverged: bool,
    ) -> tuple[list[float], "array[float]", "array[float] | None"]:
        """At most `most` updates: the parameters after them, and the train and val losses before each.

        The optimizer moves with them. `start` is the number of the first, from 0: it says which batches a
        dealer deals. `rates` are the learning rates of the steps; without them it is the optimizer's own. With
        `until_diverged` the first loss that is not finite ends it.
        """
        padded = self._source.padded
        state = array("d")
        for numbers in (parameters, *optimizer.slots):
            state.extend(self._padded(numbers))
        settings = array("d", [optimizer.settings[name] for name in optimizer.rule.settings])
        amounts = self._strengths(strengths)
        train_losses, val_losses = doubles(most), doubles(most if val else 0)
        made = self._library.train(
            ctypes.c_long(most),
            ctypes.c_long(start),
            ctypes.c_double(optimizer.steps),
            ctypes.c_int(until_diverged),
            ctypes.c_void_p(address(state)),
            ctypes.c_long(RULES[optimizer.rule.name]),
            ctypes.c_void_p(address(settings)),
            ctypes.c_void_p(address(rates)) if rates else None,
            ctypes.c_double(optimizer.max_norm or 0.0),
            ctypes.c_void_p(address(amounts)),
            train.pointer,
            train.dealer_pointer,
            val.pointer if val else None,
            ctypes.c_void_p(address(train_losses)),
            ctypes.c_void_p(address(val_losses)),
            ctypes.c_void_p(address(self._gradient)),
            ctypes.c_void_p(address(self._parts)),
        )
        optimizer.steps += made
        rows = [state[start : start + self._count].tolist() for start in range(0, len(state), padded)]
        optimizer.slots = rows[1:]
        return rows[0], train_losses[:made], val_losses[:made] if val else None

    def evaluate(self, parameters: Sequence[float], split: Plan) -> tuple[float, int]:
        """The mean loss of a split, and how many of its examples are classified right."""
        p, right = self._padded(parameters), ctypes.c_long()
        loss = self._library.evaluate(ctypes.c_void_p(address(p)), split.pointer, ctypes.byref(right))
        return loss, right.value

    def decision_map(
        self, parameters: Sequence[float], xs: Sequence[float], ys: Sequence[float]
    ) -> tuple[bytes, bytes]:
        """Class and confidence at every point of a grid, row by row."""
        p, columns, rows = self._padded(parameters), array("d", xs), array("d", ys)
        classes, confidence = (ctypes.create_string_buffer(len(xs) * len(ys)) for _ in range(2))
        self._library.decision_map(
            ctypes.c_void_p(address(p)),
            ctypes.c_void_p(address(columns)),
            ctypes.c_long(len(columns)),
            ctypes.c_void_p(address(rows)),
            ctypes.c_long(len(rows)),
            classes,
            confidence,
        )
        return classes.raw, confidence.raw

    def outputs(self, parameters: Sequence[float], points: Sequence[tuple[float, float]]) -> list[tuple[float, ...]]:
        """The network's outputs at each point."""
        plan, p = self.plan([(x, y, 0) for x, y in points]), self._padded(parameters)
        self._library.outputs(ctypes.c_void_p(address(p)), plan.pointer)
        return self._rows(plan)

    def losses(self, parameters: Sequence[float], examples: Sequence[Example]) -> list[tuple[float, ...]]:
        """For each example its loss, then the network's outputs."""
        plan = self.plan(examples)
        self.evaluate(parameters, plan)
        rows = self._rows(plan)
        return [(plan.losses[slot], *row) for slot, row in zip(reversed(plan.slots), rows, strict=True)]

    def _rows(self, plan: Plan) -> list[tuple[float, ...]]:
        outputs = self._source.outputs
        starts = [slot // LANES * outputs * LANES + slot % LANES for slot in reversed(plan.slots)]
        return [tuple(plan.outputs[start : start + outputs * LANES : LANES]) for start in starts]

    def gradients(
        self, parameters: Sequence[float], examples: Sequence[Example] | Plan, strengths: Strengths = ()
    ) -> tuple[float, tuple[float, ...]]:
        """The training loss over the examples (mean, plus the penalties that have a strength) and its gradient."""
        plan = examples if isinstance(examples, Plan) else self.plan(examples)
        p, amounts = self._padded(parameters), self._strengths(strengths)
        loss = self._library.gradients(
            ctypes.c_void_p(address(p)),
            plan.pointer,
            ctypes.c_void_p(address(self._gradient)),
            ctypes.c_void_p(address(self._parts)),
            ctypes.c_void_p(address(amounts)),
        )
        return loss, tuple(self._gradient[: self._count])

    def with_penalty(self, loss: float, parameters: Sequence[float], strengths: Strengths) -> float:
        """A mean loss plus the penalties, as `gradients` reports it."""
        p, g = self._padded(parameters), doubles(self._source.padded)
        amounts = self._strengths(strengths)
        return self._library.with_penalty(  # type: ignore[no-any-return]  # ctypes finds it by name
            ctypes.c_double(loss),
            ctypes.c_void_p(address(p)),
            ctypes.c_void_p(address(g)),
            ctypes.c_void_p(address(amounts)),
        )
