"""The program in Python: the statements of a traced network as functions that Python compiles itself."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from ..examples import Example
from ..graph import Traced
from ..ops import FAST, TOTAL
from ..penalties import PENALTIES, Penalty, Strengths
from .statements import one_penalty, passes_of


def python_source(traced: Traced, penalties: Sequence[Penalty] = PENALTIES) -> str:
    """The program as Python source: `outputs`, `losses`, `gradients`, and `penalty_…` for each penalty."""
    passes = passes_of(traced)
    point = ", ".join(passes.leaves[x] for x in traced.inputs)
    count = len(traced.parameters)
    numbers = unpacking("p", count, "parameters")
    losses, gradients = [], []
    for head, backward, result in zip(passes.heads, passes.backwards, passes.results, strict=True):
        losses.append([*head, f"append(({', '.join([result, *passes.outputs])}))"])
        gradients.append([*head, f"append({result})", *backward])
    start = [numbers, unpacking("g", count, "start")]
    end = ["results.reverse()", f"return results, ({', '.join(f'g{index}' for index in range(count))},)"]
    each = f"{point}, label in"
    of_point = [*passes.forward, f"append(({', '.join(passes.outputs)},))"]
    of_loss = [*passes.forward, *by_class(losses, " ")]
    of_gradient = [*passes.forward, *by_class(gradients, " "), *passes.tail]
    lines = [
        *loop("outputs(parameters, points)", [numbers], f"{point} in points", of_point),
        *loop("losses(parameters, examples)", [numbers], f"{each} examples", of_loss),
        *loop("gradients(parameters, start, examples, seed)", start, f"{each} reversed(examples)", of_gradient, end),
    ]
    for penalty in penalties:
        lines += loop(
            f"penalty_{penalty.setting}(parameters, start, strength)",
            ["total = 0.0"],
            "p0, g0 in zip(parameters, start, strict=True)",
            [*one_penalty(penalty), "append(g0)"],
            ["return total * strength, results"],
        )
    return "\n".join(lines) + "\n"


def loop(
    head: str, before: Sequence[str], each: str, body: Iterable[object], after: Sequence[str] = ("return results",)
) -> list[str]:
    """A function around a loop whose body appends to `results`."""
    return [
        f"def {head}:",
        *(f" {line}" for line in (*before, "results = []", "append = results.append")),
        f" for {each}:",
        *(f"  {line}" for line in body),
        *(f" {line}" for line in after),
    ]


def by_class(bodies: Iterable[Sequence[object]], indent: str) -> list[str]:
    """The statements for each class, by the value of `label`."""
    lines = []
    for label, body in enumerate(bodies):
        lines.append(f"{'elif' if label else 'if'} label == {label}:")
        lines += [f"{indent}{line}" for line in body or ["pass"]]
    return lines


def unpacking(letter: str, count: int, source: str) -> str:
    """A statement that takes a sequence apart: p0, p1, … = parameters."""
    return f"{', '.join(f'{letter}{index}' for index in range(count))}, = {source}"


class StraightLine:
    """Functions in Python, made of statements of a Writer.

    They call the platform's functions unguarded, and again with the total ones where one of them raised: the digits are
    the same, and only a run that overflows pays for the guards.
    """

    def __init__(self, source: str) -> None:
        code = compile(source, "<program>", "exec")
        self._fast: dict[str, Any] = dict(FAST)
        self._total: dict[str, Any] = dict(TOTAL)
        for scope in (self._fast, self._total):
            scope.update(inf=math.inf, nan=math.nan)  # what repr calls a constant that is not finite
            exec(code, scope)  # made of the op table's literals, indices and float reprs only

    def run(self, name: str, *arguments: object) -> Any:
        """Call one of the functions."""
        try:
            return self._fast[name](*arguments)
        except (OverflowError, ValueError):
            return self._total[name](*arguments)


class PythonProgram:
    """An `executor.Program` that Python itself compiles."""

    def __init__(self, traced: Traced, penalties: Sequence[Penalty] = PENALTIES) -> None:
        self._code = StraightLine(python_source(traced, penalties))
        self._zeros = (0.0,) * len(traced.parameters)
        self._penalties = [f"penalty_{penalty.setting}" for penalty in penalties]

    def outputs(self, parameters: Sequence[float], points: Sequence[tuple[float, float]]) -> list[tuple[float, ...]]:
        return self._code.run("outputs", parameters, points)  # type: ignore[no-any-return]

    def losses(self, parameters: Sequence[float], examples: Sequence[Example]) -> list[tuple[float, ...]]:
        return self._code.run("losses", parameters, examples)  # type: ignore[no-any-return]

    def gradients(
        self, parameters: Sequence[float], examples: Sequence[Example], strengths: Strengths = ()
    ) -> tuple[float, tuple[float, ...]]:
        amounts, start = self._add_penalties(parameters, strengths)
        losses, gradient = self._code.run("gradients", parameters, start, examples, 1.0 / len(examples))
        return with_amounts(mean_of(losses), amounts), gradient

    def with_penalty(self, loss: float, parameters: Sequence[float], strengths: Strengths) -> float:
        return with_amounts(loss, self._add_penalties(parameters, strengths)[0])

    def _add_penalties(self, parameters: Sequence[float], strengths: Strengths) -> tuple[list[float], Sequence[float]]:
        """The penalties' amounts and gradient; the last one's gradient arrives first."""
        amounts: list[float] = []
        gradient: Sequence[float] = self._zeros
        for name, strength in reversed(list(zip(self._penalties, strengths, strict=False))):
            if strength:
                amount, gradient = self._code.run(name, parameters, gradient, strength)
                amounts.insert(0, amount)
        return amounts, gradient


def with_amounts(loss: float, amounts: Sequence[float]) -> float:
    """The loss plus each of the amounts, from first to last."""
    for amount in amounts:
        loss += amount
    return loss


def mean_of(losses: Sequence[float]) -> float:
    """`engine.losses.mean` of plain numbers: added from first to last (Python's sum() rounds otherwise)."""
    total = 0.0
    for loss in losses:
        total += loss
    return total * (1.0 / len(losses))
