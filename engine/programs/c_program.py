"""The compiled program: the C source of a traced network, called with plain arrays.

It gives what `PythonProgram` gives, bit for bit, and can also take many steps in one call, judge a split and fill a
decision map without coming back to Python.
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


KINDS = {"d": ctypes.c_double, "i": ctypes.c_int, "l": ctypes.c_long, "p": ctypes.c_void_p, "-": None}
SIGNATURES = {
    "train": ("l", "lldiplppdpppppppp"),
    "gradients": ("d", "ppppp"),
    "evaluate": ("d", "ppp"),
    "with_penalty": ("d", "dppp"),
    "outputs": ("-", "pp"),
    "decision_map": ("-", "pplplpp"),
    "lay_out": ("-", "ppp"),
    "check": ("d", "idd"),
}
"""What each function of c/executor.c gives and takes, by the letters of KINDS."""


class Functions:
    """The functions of c/executor.c in a loaded library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        for name, (result, arguments) in SIGNATURES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = KINDS[result], [KINDS[kind] for kind in arguments]

    def __call__(self, name: str, *arguments: object) -> Any:
        """Call one of them; an array is passed by its address."""
        # A from_param of our own would be called amid ctypes, which makes its own error of Ctrl-C there.
        addresses = [each.buffer_info()[0] if isinstance(each, array) else each for each in arguments]
        return getattr(self._library, name)(*addresses)


def zeros(kind: str, count: int) -> "array[Any]":
    """So many numbers: doubles ("d") or longs ("l")."""
    return array(kind, [0]) * count


def flat(examples: Sequence[Example]) -> "array[float]":
    """x, y and class of each example, one after another."""
    return array("d", list(chain.from_iterable(examples)))


def padded(numbers: Sequence[float], count: int) -> "array[float]":
    """The numbers, and zeros up to `count`."""
    return array("d", [*numbers, *[0.0] * (count - len(numbers))])


def fields(longs: str, pointers: str) -> list[tuple[str, Any]]:
    """The fields of a structure by their names."""
    kinds = ((longs, ctypes.c_long), (pointers, ctypes.c_void_p))
    return [(name, kind) for names, kind in kinds for name in names.split()]


class SplitStruct(ctypes.Structure):
    """`split` of c/executor.c."""

    _fields_ = fields(
        "examples vectors chunks", "inputs labels chunk_vectors chunk_examples slots classes losses outputs"
    )


class Layout:
    """Room in which c/executor.c lays out examples: chunks from the last example to the first, class by class."""

    def __init__(self, examples: int, source: CSource) -> None:
        chunks, vectors = source.room(examples)
        longs = [zeros("l", count) for count in (vectors, chunks, chunks, examples, examples)]
        inputs, self.losses, self.outputs = (zeros("d", LANES * vectors * width) for width in (2, 1, source.outputs))
        self.slots = longs[3]
        self._arrays = inputs, *longs, self.losses, self.outputs
        self.struct = SplitStruct(examples, 0, 0, *(numbers.buffer_info()[0] for numbers in self._arrays))
        self.pointer = ctypes.byref(self.struct)


class Plan(Layout):
    """Examples as c/executor.c takes them, laid out for good."""

    dealer_pointer = None

    def __init__(self, examples: Sequence[Example], source: CSource, call: Functions) -> None:
        super().__init__(len(examples), source)
        call("lay_out", flat(examples), None, self.pointer)


class DealerStruct(ctypes.Structure):
    """`dealer` of c/executor.c."""

    _fields_ = [*fields("count size epoch", ""), ("seed", ctypes.c_ulonglong), *fields("", "examples order")]


class Dealer(Layout):
    """Examples from which c/executor.c takes the batch of each step, and the place where it lays that out."""

    def __init__(self, examples: Sequence[Example], batches: Batches, source: CSource) -> None:
        super().__init__(batches.size, source)
        self._examples, self._order = flat(examples), zeros("l", len(examples))
        places = self._examples.buffer_info()[0], self._order.buffer_info()[0]
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
        self._call = Functions(library(self._source.text, level, cache))
        self._parts, self._gradient = zeros("d", self._source.parts), zeros("d", self._source.padded)
        for case, (_, name, exponent) in enumerate(CHECKED):
            for a in TRIALS:
                got = self._call("check", case, a, exponent or 0.0)
                wanted = TOTAL[name](a) if exponent is None else TOTAL[name](a, exponent)
                if got.hex() != wanted.hex():
                    raise UnavailableError(f"the C library's {name} has other digits than Python's", "C differs")

    def plan(self, examples: Sequence[Example]) -> Plan:
        """The examples as the other methods take them: made once, used for every step."""
        return Plan(examples, self._source, self._call)

    def dealer(self, examples: Sequence[Example], batches: Batches) -> Dealer:
        """The examples as `train` takes them to deal them out in batches."""
        return Dealer(examples, batches, self._source)

    def _padded(self, parameters: Sequence[float]) -> "array[float]":
        return padded(parameters, self._source.padded)

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
        state = array("d")
        for numbers in (parameters, *optimizer.slots):
            state.extend(self._padded(numbers))
        settings = array("d", [optimizer.settings[name] for name in optimizer.rule.settings])
        train_losses, val_losses = zeros("d", most), zeros("d", most if val else 0)
        made = self._call(
            "train", most, start, optimizer.steps, until_diverged,
            state, RULES[optimizer.rule.name], settings, rates,
            optimizer.max_norm or 0.0, padded(strengths, self._penalties),
            train.pointer, train.dealer_pointer, val.pointer if val else None,
            train_losses, val_losses, self._gradient, self._parts,
        )  # fmt: skip
        optimizer.steps += made
        rows = [state[start : start + self._count].tolist() for start in range(0, len(state), self._source.padded)]
        optimizer.slots = rows[1:]
        return rows[0], train_losses[:made], val_losses[:made] if val else None

    def evaluate(self, parameters: Sequence[float], split: Plan) -> tuple[float, int]:
        """The mean loss of a split, and how many of its examples are classified right."""
        right = ctypes.c_long()
        return self._call("evaluate", self._padded(parameters), split.pointer, ctypes.byref(right)), right.value

    def decision_map(
        self, parameters: Sequence[float], xs: Sequence[float], ys: Sequence[float]
    ) -> tuple[bytes, bytes]:
        """Class and confidence at every point of a grid, row by row."""
        classes, confidence = (ctypes.create_string_buffer(len(xs) * len(ys)) for _ in range(2))
        p, columns, rows = self._padded(parameters), array("d", xs), array("d", ys)
        self._call("decision_map", p, columns, len(columns), rows, len(rows), classes, confidence)
        return classes.raw, confidence.raw

    def outputs(self, parameters: Sequence[float], points: Sequence[tuple[float, float]]) -> list[tuple[float, ...]]:
        plan = self.plan([(x, y, 0) for x, y in points])
        self._call("outputs", self._padded(parameters), plan.pointer)
        return self._rows(plan)

    def losses(self, parameters: Sequence[float], examples: Sequence[Example]) -> list[tuple[float, ...]]:
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
        plan = examples if isinstance(examples, Plan) else self.plan(examples)
        p, amounts = self._padded(parameters), padded(strengths, self._penalties)
        loss = self._call("gradients", p, plan.pointer, self._gradient, self._parts, amounts)
        return loss, tuple(self._gradient[: self._count])

    def with_penalty(self, loss: float, parameters: Sequence[float], strengths: Strengths) -> float:
        p, g, amounts = self._padded(parameters), zeros("d", self._source.padded), padded(strengths, self._penalties)
        return self._call("with_penalty", loss, p, g, amounts)  # type: ignore[no-any-return]  # C says no types
