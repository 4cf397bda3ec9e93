"""The mathematics: `Value` and what a network, its losses and its optimizers are made of.

`from engine import Value, MLP` is all that a script needs; nothing here is from outside the standard library.
"""

from .nn import MLP, Layer, Module, Neuron
from .optim import ADAMW, SGD, Optimizer
from .rng import Rng
from .value import Value

__all__ = ["ADAMW", "MLP", "SGD", "Layer", "Module", "Neuron", "Optimizer", "Rng", "Value"]
