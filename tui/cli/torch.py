"""PyTorch, as the bench meets it: the same run on batched tensors, written the usual way.

It stands apart because it is no dependency: where it can't be imported it does not take part. Its
digits are its own, as its sums have another order.
"""

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

from engine.run.session import Session


def torch_module() -> Any:
    """PyTorch, or None."""
    try:
        with warnings.catch_warnings(action="ignore"):  # about NumPy, which is not needed here
            return import_module("torch")
    except ImportError:
        return None


def torch_version() -> str:
    """Which PyTorch takes part."""
    torch = torch_module()
    return f"PyTorch {torch.__version__}, 1 thread, float64" if torch else "PyTorch is not installed"


def torch_stepper(session: Session) -> Callable[[int], object] | None:
    """So many training steps of the session's network from its present parameters; None without PyTorch."""
    torch = torch_module()
    if torch is None:
        return None
    torch.set_num_threads(1)
    config, examples = session.config, session.splits["train"]
    model = torch_model(torch, session)
    points = torch.tensor([[x, y] for x, y, _ in examples], dtype=torch.float64)
    labels = torch.tensor([label for _, _, label in examples])
    signs = 2.0 * labels.to(torch.float64) - 1.0  # the rows have two classes where they have scores
    optimizer = torch_optimizer(torch, session, model)

    def loss_of() -> Any:
        outputs = model(points)
        if config.loss == "cross-entropy":
            return torch.nn.functional.cross_entropy(outputs, labels)
        score = outputs[:, 0]
        if config.loss == "hinge":
            return torch.relu(1.0 - signs * score).mean()
        return ((score - signs) ** 2).mean()

    def train(steps: int) -> None:
        for _ in range(steps):
            optimizer.zero_grad()
            loss = loss_of()
            l2, l1 = config.strengths
            if l2:
                loss = loss + l2 * sum((parameter**2).sum() for parameter in model.parameters())
            if l1:
                loss = loss + l1 * sum(parameter.abs().sum() for parameter in model.parameters())
            loss.backward()
            optimizer.step()

    return train


def torch_model(torch: Any, session: Session) -> Any:
    """The session's network with its parameters."""
    activations = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid}
    sizes = session.config.sizes(session.classes)
    layers: list[Any] = []
    width, taken = 2, 0
    for number, units in enumerate(sizes, start=1):
        layer = torch.nn.Linear(width, units, dtype=torch.float64)
        rows = torch.tensor(session.parameters[taken : taken + units * (width + 1)], dtype=torch.float64)
        rows = rows.reshape(units, width + 1)
        with torch.no_grad():
            layer.weight.copy_(rows[:, :width])
            layer.bias.copy_(rows[:, width])
        layers.append(layer)
        if number < len(sizes) and session.config.activation in activations:
            layers.append(activations[session.config.activation]())
        taken += units * (width + 1)
        width = units
    return torch.nn.Sequential(*layers)


def torch_optimizer(torch: Any, session: Session, model: Any) -> Any:
    """The session's optimizer."""
    own = session.optimizer.settings
    if session.config.optimizer == "sgd":
        return torch.optim.SGD(model.parameters(), lr=own["lr"], momentum=own["momentum"])
    betas = (own["beta1"], own["beta2"])
    return torch.optim.AdamW(
        model.parameters(), lr=own["lr"], betas=betas, eps=own["eps"], weight_decay=own["weight_decay"]
    )
