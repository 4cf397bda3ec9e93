"""How a network is built and trained: the settings of a run, what they come to, and which of them may change amid it.

It stands apart from the Session because whoever names, shows or chooses settings needs no training.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

from ..losses import LOSSES
from ..nn import MLP
from ..optim import OPTIMIZERS, Optimizer, Rule
from ..rng import Rng
from ..schedules import SCHEDULES, Rates, Schedule

INPUTS = 2
"""Coordinates of a point."""
OF_LOSSES = ("l1", "l2", "weight_decay", "optimizer")
"""Settings that may change what the training loss is made of."""
OF_NETWORKS = ("hidden", "activation", "loss", "init", "features")
"""Settings that take a new network."""


@dataclass(frozen=True, slots=True)
class Config:
    """The model and how it is trained.

    `activation` is a name for all hidden layers, or one for each with commas between. `features` name what the first
    layer reads of a point (x, y).

    `momentum`, `beta1`, `beta2`, `alpha` and `eps` are for the optimizers that have them; None is the optimizer's own
    default. `schedule` names how the learning rate goes on from `lr`; see `engine.schedules`. `l1` and `l2` are the
    strengths of penalties in the training loss. `weight_decay` is AdamW's own; with the other optimizers it is the
    strength of the L2 penalty, unless `l2` is given. `clip_norm` is the largest norm of a gradient before an update.

    A step learns from `batch_size` train examples, or from all of them if there are no more or it is None.
    `batch_seed` orders them; without one the session's generator does.
    """

    hidden: tuple[int, ...] = (8,)
    activation: str = "tanh"
    loss: str = "cross-entropy"
    optimizer: str = "adamw"
    lr: float = 0.1
    momentum: float | None = None
    alpha: float | None = None
    beta1: float | None = None
    beta2: float | None = None
    eps: float | None = None
    schedule: str = "constant"
    decay_steps: int = 100
    final_lr: float = 0.0
    decay_factor: float = 0.5
    weight_decay: float = 1e-4
    l1: float = 0.0
    l2: float | None = None
    clip_norm: float | None = None
    batch_size: int | None = None
    batch_seed: int | None = None
    init: str = "uniform"
    features: tuple[str, ...] = ("x", "y")

    def sizes(self, classes: int) -> tuple[int, ...]:
        """Units in each layer, inputs not counted, outputs last."""
        return (*self.hidden, LOSSES[self.loss].outputs(classes))

    def widths(self, classes: int) -> tuple[int, ...]:
        """Numbers that go from layer to layer, the input features first."""
        return (len(self.features), *self.sizes(classes))

    def parameter_count(self, classes: int) -> int:
        """How many weights and biases the network has."""
        return sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.widths(classes)))

    def model(self, classes: int, rng: Rng) -> MLP:
        """The network with fresh weights."""
        return MLP(INPUTS, self.sizes(classes), rng, self.activation, init=self.init, features=self.features)

    def batch_of(self, examples: int) -> int | None:
        """How many of so many train examples a step learns from; None for all of them."""
        return self.batch_size if self.batch_size is not None and self.batch_size < examples else None

    def make_optimizer(self, size: int) -> Optimizer:
        """The optimizer for `size` parameters; a penalty is not its business but the loss's."""
        return Optimizer(OPTIMIZERS[self.optimizer], size, self.settings, self.clip_norm)

    @property
    def settings(self) -> dict[str, float]:
        """The optimizer's settings."""
        defaults = OPTIMIZERS[self.optimizer].settings
        chosen: dict[str, float | None] = {name: getattr(self, name) for name in defaults}
        return {name: defaults[name] if value is None else value for name, value in chosen.items()}

    @property
    def rates(self) -> Rates | None:
        """The learning rate of each step; None where it is always `lr`."""
        if self.schedule == "constant":
            return None
        settings = {name: float(getattr(self, name)) for name in SCHEDULES[self.schedule].settings}
        return Rates(self.schedule, self.lr, settings)

    def lr_at(self, step: int) -> float:
        """The learning rate of the update that follows on a step."""
        return self.rates.at(step) if self.rates else self.lr

    @property
    def strengths(self) -> tuple[float, float]:
        """Strengths of the penalties in the training loss, in the order of `engine.penalties.PENALTIES`."""
        decayed = self.weight_decay if OPTIMIZERS[self.optimizer].penalised else 0.0
        return (decayed if self.l2 is None else self.l2, self.l1)


LIVE = tuple(field.name for field in fields(Config) if field.name not in OF_NETWORKS)
"""Settings that may change amid a run, in their order."""
OWNERS: dict[str, Mapping[str, Rule | Schedule]] = {"optimizer": OPTIMIZERS, "schedule": SCHEDULES}
"""Settings that are names of rows which have settings of their own."""
OF_OPTIMIZERS = tuple(
    field.name
    for field in fields(Config)
    if field.default is None and any(field.name in rule.settings for rule in OPTIMIZERS.values())
)
"""Settings that only some optimizers have, and that have another default in each."""
OWNER_OF = {
    **dict.fromkeys(OF_OPTIMIZERS, "optimizer"),
    **{name: "schedule" for schedule in SCHEDULES.values() for name in schedule.settings},
}
"""Whose the settings are that not every run has: of the optimizer or of the schedule."""


def has(config: Config, name: str) -> bool:
    """Whether such a run has this setting: not if it is that of another optimizer or schedule."""
    owner = OWNER_OF.get(name)
    return owner is None or name in OWNERS[owner][getattr(config, owner)].settings


def changed(config: Config, settings: Mapping[str, Any]) -> Config:
    """The config after a change of settings amid a run.

    Raises:
        ValueError: a setting that can't change amid a run, or that the optimizer or the schedule does not have.
    """
    after = replace(config, **settings)
    for name in settings:
        if name not in LIVE:
            raise ValueError(f"{name} can't change amid a run: it takes a new network")
        if not has(after, name):
            owner = after.optimizer if name in OF_OPTIMIZERS else f"the {after.schedule} schedule"
            raise ValueError(f"{owner} has no {name}")
    return after
