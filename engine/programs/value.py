"""The plainest program: every number through Values, as the README shows it.

It is the specification that the other programs must match, many times slower than the Python program: for comparing,
and for whoever wants to see it run.
"""

from collections.abc import Callable, Sequence

from ..examples import Example
from ..losses import Loss, mean
from ..nn import MLP
from ..penalties import Strengths, penalised
from ..value import Value


class ValueProgram:
    """An `executor.Program` that computes a network and its loss node by node."""

    def __init__(self, make_model: Callable[[], MLP], loss: Loss) -> None:
        self._model = make_model()
        self._loss = loss

    def _set(self, parameters: Sequence[float]) -> None:
        for parameter, data in zip(self._model.parameters(), parameters, strict=True):
            parameter.data = data

    def outputs(self, parameters: Sequence[float], points: Sequence[tuple[float, float]]) -> list[tuple[float, ...]]:
        self._set(parameters)
        return [tuple(output.data for output in self._model(point)) for point in points]

    def losses(self, parameters: Sequence[float], examples: Sequence[Example]) -> list[tuple[float, ...]]:
        self._set(parameters)
        rows = []
        for x, y, label in examples:
            outputs = self._model((x, y))
            rows.append((self._loss.of_example(outputs, label).data, *(output.data for output in outputs)))
        return rows

    def gradients(
        self, parameters: Sequence[float], examples: Sequence[Example], strengths: Strengths = ()
    ) -> tuple[float, tuple[float, ...]]:
        self._set(parameters)
        self._model.zero_grad()
        loss = mean([self._loss.of_example(self._model((x, y)), label) for x, y, label in examples])
        loss = penalised(loss, self._model.parameters(), strengths)
        loss.backward()
        return loss.data, tuple(parameter.grad for parameter in self._model.parameters())

    def with_penalty(self, loss: float, parameters: Sequence[float], strengths: Strengths) -> float:
        return penalised(Value(loss), [Value(data) for data in parameters], strengths).data
