"""PyTorch as the bench's contestant: what it can't compute of a run is said, never left out."""

from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any

import pytest

from engine.losses import LOSSES
from engine.nn import ACTIVATIONS
from engine.ops import OPS, TANH
from engine.optim import OPTIMIZERS
from engine.run.config import Config
from tests.tui.support import session_of
from tui.cli.bench import ROWS, Report, Result, Timing
from tui.cli.torch import LOSSES_IN_TORCH, WRITTEN, lacking, torch_activation, unchanged
from tui.run.spec import RunSpec

FUNCTIONS = ("relu", "leaky_relu", "sigmoid", "gelu", "silu", "softplus", "tanh", "linear")
"""Some of torch.nn.functional; its `linear` is a layer, not an activation."""
TORCH: Any = SimpleNamespace(
    nn=SimpleNamespace(functional=SimpleNamespace(**dict.fromkeys(FUNCTIONS, abs))),
    optim=SimpleNamespace(SGD=abs, RMSprop=abs, Adam=abs, AdamW=abs),
    sin=abs,
)
TWO = RunSpec(dataset="moons")


def lack(spec: RunSpec, **settings: Any) -> str:
    return lacking(TORCH, session_of(replace(spec, config=replace(spec.config, **settings))))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_pytorchs_or_named_as_missing(name: str) -> None:
    known = torch_activation(TORCH, name)
    assert lack(TWO, activation=name) == ("" if known else f"the activation {name}")
    assert (known is unchanged) == (name not in OPS)


def test_an_activation_that_pytorch_has_not_is_named_in_whatever_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPS, "bump", TANH)
    monkeypatch.setitem(ACTIVATIONS, "bump", abs)
    assert lack(TWO, activation="bump") == "the activation bump"
    assert lack(TWO, hidden=(3, 2), activation="relu,bump") == "the activation bump"
    assert lack(TWO, hidden=(3, 2), activation="relu,sin") == ""


def test_losses_optimizers_and_settings_are_written_or_named() -> None:
    assert [lack(TWO, optimizer=name) for name in OPTIMIZERS] == [""] * len(OPTIMIZERS)
    assert set(LOSSES_IN_TORCH) == set(LOSSES)
    assert [lack(TWO, loss=name) for name in LOSSES] == [""] * len(LOSSES)
    assert lack(RunSpec(), loss="hinge") == "the loss hinge for 3 classes"
    assert lack(TWO, schedule="cosine") == "the setting schedule"
    assert lack(TWO, batch_size=8) == "the setting batch size"
    assert lack(TWO, features=("x2",)) == "the setting features"
    assert set(WRITTEN) < {field.name for field in fields(Config)}


def test_the_table_says_what_pytorch_has_not() -> None:
    timing = Timing(1.0, 1.0, 1.0)
    result = Result(ROWS[0], 1, {"value": timing, "python": timing}, "the activation bump")
    assert "PyTorch takes no part: it has not the activation bump" in Report((), 1, (result,), {}).as_table()
