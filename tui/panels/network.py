"""How the parts of a network are named and sized on the screen, read off its configuration once."""

from collections.abc import Sequence
from typing import NamedTuple, Self

from engine.features import FEATURES
from engine.losses import LOSSES
from engine.nn import each_layers
from engine.penalties import PENALTIES
from engine.run.config import Config


class Shown(NamedTuple):
    """Widths from the inputs on, names of inputs and outputs, and each hidden layer's activation."""

    widths: Sequence[int] = ()
    inputs: Sequence[str] = ()
    outputs: Sequence[str] = ()
    activations: Sequence[str] = ()

    @classmethod
    def of(cls, config: Config, classes: int) -> Self:
        """Those of a run's network."""
        return cls(
            config.widths(classes),
            tuple(FEATURES[name].label for name in config.features),
            tuple(LOSSES[config.loss].output_names(classes)),
            tuple(each_layers(config.activation, len(config.hidden))),
        )


def penalty_mark(config: Config) -> str:
    """What is appended to the name of a loss that penalties are part of: +L2, +L2+L1."""
    strengths = zip(PENALTIES, config.strengths, strict=True)
    return "".join(f"+{penalty.title}" for penalty, strength in strengths if strength)
