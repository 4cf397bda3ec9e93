"""PyTorch, as the bench meets it: the same run on batched tensors, written the usual way.

It stands apart because it is no dependency: where it can't be imported it does not take part. Its digits are its own,
as its sums have another order.
"""

import warnings
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from importlib import import_module
from itertools import islice, pairwise
from typing import Any

from engine.losses import LOSSES
from engine.nn import each_layers
from engine.ops import OPS
from engine.run.session import Session


def torch_module() -> Any:
    """PyTorch, or None."""
    try:
        with warnings.catch_warnings(action="ignore"):  # about NumPy, which is not needed here
            return import_module("torch")
    except ImportError:
        return None


WRITTEN = (
    *("hidden", "activation", "init", "loss", "l1", "l2", "weight_decay"),
    *("optimizer", "lr", "momentum", "alpha", "beta1", "beta2", "eps"),
)
"""Settings of a run that are written for PyTorch here; of the others it has the default only."""


def lacking(torch: Any, session: Session) -> str:
    """What of a run PyTorch does not have, or is not written for it here; empty where it can take part."""
    config = session.config
    for name in each_layers(config.activation, len(config.hidden)):
        if torch_activation(torch, name) is None:
            return f"the activation {name}"
    if config.optimizer not in torch_optimizers(torch):
        return f"the optimizer {config.optimizer}"
    if config.loss not in LOSSES_IN_TORCH:
        return f"the loss {config.loss}"
    if LOSSES[config.loss].scores and session.classes > 2:
        return f"the loss {config.loss} for {session.classes} classes"
    others = (field for field in fields(config) if field.name not in WRITTEN)
    changed = [field.name for field in others if getattr(config, field.name) != field.default]
    return f"the setting {changed[0].replace('_', ' ')}" if changed else ""


def torch_stepper(torch: Any, session: Session) -> Callable[[int], object]:
    """So many training steps of the session's network from its present parameters; nothing may be `lacking`."""
    torch.set_num_threads(1)
    config, examples = session.config, session.splits["train"]
    layers = torch_layers(torch, session)
    names = each_layers(config.activation, len(config.hidden))
    activations = [torch_activation(torch, name) or unchanged for name in names]
    parameters = [parameter for layer in layers for parameter in layer.parameters()]
    points = torch.tensor([[x, y] for x, y, _ in examples], dtype=torch.float64)
    labels = torch.tensor([label for _, _, label in examples])
    loss_of = LOSSES_IN_TORCH[config.loss]
    optimizer = torch_optimizers(torch)[config.optimizer](parameters, **torch_settings(session))

    def train(steps: int) -> None:
        for _ in range(steps):
            optimizer.zero_grad()
            values = points
            for layer, activation in zip(layers, [*activations, unchanged], strict=True):
                values = activation(layer(values))
            loss = loss_of(torch, values, labels)
            l2, l1 = config.strengths
            if l2:
                loss = loss + l2 * sum((parameter**2).sum() for parameter in parameters)
            if l1:
                loss = loss + l1 * sum(parameter.abs().sum() for parameter in parameters)
            loss.backward()
            optimizer.step()

    return train


def unchanged(values: Any) -> Any:
    """The identity."""
    return values


def torch_activation(torch: Any, name: str) -> Callable[[Any], Any] | None:
    """PyTorch's function of an activation's name; None where it has none."""
    if name not in OPS:
        return unchanged
    function = name.replace("-", "_")
    return getattr(torch.nn.functional, function, None) or getattr(torch, function, None)


LOSSES_IN_TORCH: dict[str, Callable[[Any, Any, Any], Any]] = {
    "cross-entropy": lambda torch, outputs, labels: torch.nn.functional.cross_entropy(outputs, labels),
    "hinge": lambda torch, outputs, labels: torch.relu(1.0 - (2.0 * labels - 1.0) * outputs[:, 0]).mean(),
    "squared-error": lambda _, outputs, labels: ((outputs[:, 0] - (2.0 * labels - 1.0)) ** 2).mean(),
}
"""Means over the examples; with hinge and squared error two classes have a single score."""


def torch_layers(torch: Any, session: Session) -> list[Any]:
    """The session's layers with their parameters."""
    layers = []
    numbers = iter(session.parameters)
    for inputs, units in pairwise(session.config.widths(session.classes)):
        layer = torch.nn.Linear(inputs, units, dtype=torch.float64)
        rows = torch.tensor([list(islice(numbers, inputs + 1)) for _ in range(units)], dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(rows[:, :inputs])
            layer.bias.copy_(rows[:, inputs])
        layers.append(layer)
    return layers


def torch_optimizers(torch: Any) -> dict[str, Callable[..., Any]]:
    """PyTorch's optimizers by our names."""
    optim, sgd = torch.optim, torch.optim.SGD
    named = {"sgd": sgd, "momentum": sgd, "nesterov": partial(sgd, nesterov=True)}
    return {**named, "rmsprop": optim.RMSprop, "adam": optim.Adam, "adamw": optim.AdamW}


def torch_settings(session: Session) -> dict[str, Any]:
    """The optimizer's settings by PyTorch's names."""
    settings: dict[str, Any] = dict(session.optimizer.settings)
    if "beta1" in settings:
        settings["betas"] = settings.pop("beta1"), settings.pop("beta2")
    return settings
