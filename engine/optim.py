"""Optimizers as rows: the update of one parameter in the same common subset as the op table.

An `Optimizer` owns its slots, keyed by the parameter's index, and works on plain numbers, so that a loop over Values
and the compiled programs take exactly the same step. The formulas are those that PyTorch documents for torch.optim.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .ops import FAST, TOTAL, Number
from .value import Value


class Rule(NamedTuple):
    """One optimizer: assignments over p (parameter), g (its gradient), t (steps from 1) and the slots.

    `settings` are its hyperparameters with their defaults, the learning rate `lr` first; `update` is computed once for
    each parameter, `per_step` once a step. With `penalised`, weight decay is an L2 penalty that is part of the loss;
    otherwise the update applies it itself.
    """

    name: str
    title: str
    settings: Mapping[str, float]
    slots: tuple[str, ...]
    update: tuple[tuple[str, str], ...]
    per_step: tuple[tuple[str, str], ...] = ()
    penalised: bool = True


SGD = Rule(
    "sgd", "SGD", {"lr": 0.1, "momentum": 0.0}, ("v",),
    (("v", "momentum * v + g"),
     ("p", "p - lr * v")),
)  # fmt: skip
MOMENTUM = SGD._replace(name="momentum", title="Momentum", settings={**SGD.settings, "momentum": 0.9})
NESTEROV = Rule(
    "nesterov", "Nesterov", MOMENTUM.settings, ("v",),
    (("v", "momentum * v + g"),
     ("p", "p - lr * (g + momentum * v)")),
)  # fmt: skip
RMSPROP = Rule(
    "rmsprop", "RMSProp", {"lr": 0.1, "alpha": 0.99, "eps": 1e-8, "momentum": 0.0}, ("s", "v"),
    (("s", "alpha * s + (1.0 - alpha) * pow(g, 2.0)"),
     ("v", "momentum * v + g / (pow(s, 0.5) + eps)"),
     ("p", "p - lr * v")),
)  # fmt: skip
ADAM = Rule(
    "adam", "Adam", {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}, ("m", "v"),
    (("m", "beta1 * m + (1.0 - beta1) * g"),
     ("v", "beta2 * v + (1.0 - beta2) * pow(g, 2.0)"),
     ("p", "p - lr * (m / unbias_m / (pow(v / unbias_v, 0.5) + eps))")),
    per_step=(("unbias_m", "1.0 - pow(beta1, t)"), ("unbias_v", "1.0 - pow(beta2, t)")),
)  # fmt: skip
ADAMW = ADAM._replace(
    name="adamw", title="AdamW", settings={**ADAM.settings, "beta2": 0.95, "weight_decay": 1e-4}, penalised=False,
    update=(*ADAM.update[:2],
            ("p", "p - lr * (m / unbias_m / (pow(v / unbias_v, 0.5) + eps) + weight_decay * p)")),
)  # fmt: skip

OPTIMIZERS: dict[str, Rule] = {rule.name: rule for rule in (SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM, ADAMW)}
"""Optimizer by name; the command line and the app offer what stands here. `sgd` with momentum 0 is plain SGD."""


class Optimizer:
    """A rule at work on `size` parameters: its settings, its slots and the number of steps taken.

    Gradients with a norm above `max_norm` are scaled down to it first; None leaves them as they are. A setting that the
    rule does not have is a KeyError.
    """

    def __init__(self, rule: Rule, size: int, settings: Mapping[str, float], max_norm: float | None = None) -> None:
        if unknown := set(settings) - set(rule.settings):
            raise KeyError(f"{rule.name} has no setting {', '.join(sorted(unknown))}")
        self.rule, self.max_norm, self.steps = rule, max_norm, 0
        self.settings = {**rule.settings, **settings}
        self.slots = [[0.0] * size for _ in rule.slots]
        self._fast, self._total = update_function(rule, FAST), update_function(rule, TOTAL)

    def update(self, parameters: Sequence[float], gradients: Sequence[float], lr: float | None = None) -> list[float]:
        """The parameters after one step, at the learning rate `lr` or else that of `settings`; the slots move too."""
        self.steps += 1
        if (factor := self.clip_factor(gradients)) != 1.0:
            gradients = [gradient * factor for gradient in gradients]
        arguments = (parameters, gradients, *self.slots)
        settings = self.settings if lr is None else {**self.settings, "lr": lr}
        try:
            new, *self.slots = self._fast(*arguments, t=float(self.steps), **settings)
        except (OverflowError, ValueError):
            new, *self.slots = self._total(*arguments, t=float(self.steps), **settings)
        return new  # type: ignore[no-any-return]  # the compiled function is untyped

    def clip_factor(self, gradients: Sequence[float]) -> float:
        """What every gradient is multiplied by to clip their norm, as torch.nn.utils.clip_grad_norm_ does; at most 1.

        It is max_norm / (norm + 1e-6); the squares in the norm are added from the first parameter to the last. If the
        norm is nan, so are the factor and every gradient; if it is inf, the factor is 0: inf becomes nan, the rest 0.
        """
        if self.max_norm is None:
            return 1.0
        squares = 0.0
        for gradient in gradients:
            squares += gradient * gradient
        factor = self.max_norm / (math.sqrt(squares) + 1e-6)
        return min(factor, 1.0)  # in this order, in which nan stays

    def step(self, parameters: Sequence[Value], lr: float | None = None) -> None:
        """One update of the Values' `data` from their `grad`."""
        new = self.update([p.data for p in parameters], [p.grad for p in parameters], lr)
        for parameter, data in zip(parameters, new, strict=True):
            parameter.data = data


def update_function(rule: Rule, functions: Mapping[str, Number]) -> Callable[..., Any]:
    """The rule as a Python function of lists: (p, g, *slots, t, **settings) -> new p and slots."""
    state = ("p", *rule.slots)
    inputs = ("p", "g", *rule.slots)
    lines = [
        f"def update({', '.join(name + 's' for name in inputs)}, *, t, {', '.join(rule.settings)}):",
        *(f" {name} = {expression}" for name, expression in rule.per_step),
        *(f" new_{name} = []" for name in state),
        f" for {', '.join(inputs)} in zip({', '.join(name + 's' for name in inputs)}, strict=True):",
        *(f"  {name} = {expression}" for name, expression in rule.update),
        *(f"  new_{name}.append({name})" for name in state),
        f" return {', '.join('new_' + name for name in state)}",
    ]
    scope: dict[str, Any] = dict(functions)
    exec("\n".join(lines), scope)  # rules are literals of this module, never input
    return scope["update"]  # type: ignore[no-any-return]
