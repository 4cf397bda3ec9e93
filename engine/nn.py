"""Module, Neuron, Layer, MLP: a multi-layer perceptron out of single Values, its activations and its initial weights.

Sources of the initialisations: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
networks" (2010); He et al., "Delving deep into rectifiers" (2015).
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from .features import FEATURES
from .ops import OPS
from .rng import Rng
from .value import Value

Activation = Callable[[Value], Value]


def linear(z: Value) -> Value:
    """The identity: no node at all."""
    return z


ACTIVATIONS: dict[str, Activation] = {
    op.name: getattr(Value, op.name.replace("-", "_")) for op in OPS.values() if op.activation
} | {"linear": linear}
"""Activation by name; the command line and the app offer what stands here."""

Draw = Callable[[Rng, int, int], float]
"""One weight of a layer that reads so many inputs and has so many units."""

INITS: dict[str, Draw] = {
    # Uniform within ±1/sqrt(inputs).
    "uniform": lambda rng, inputs, _: rng.uniform(-1.0, 1.0) * float(inputs**-0.5),
    # Uniform within ±sqrt(6 / (inputs + units)), or normal with variance 2 / (inputs + units): for tanh and sigmoid.
    "xavier-uniform": lambda rng, inputs, units: rng.uniform(-1.0, 1.0) * math.sqrt(6.0 / (inputs + units)),
    "xavier-normal": lambda rng, inputs, units: rng.normal() * math.sqrt(2.0 / (inputs + units)),
    # Uniform within ±sqrt(6 / inputs), or normal with variance 2 / inputs: for relu and its kin.
    "he-uniform": lambda rng, inputs, _: rng.uniform(-1.0, 1.0) * math.sqrt(6.0 / inputs),
    "he-normal": lambda rng, inputs, _: rng.normal() * math.sqrt(2.0 / inputs),
    # All units of a layer stay alike, so that one can see why weights are drawn at random.
    "zeros": lambda *_: 0.0,
}
"""Initialisation by name: how the weights of a layer are drawn. Biases begin at 0 with each of them."""


def each_layers(activation: str, layers: int) -> list[str]:
    """The name of each hidden layer's activation, from one for all of them or from a list with commas.

    Raises:
        ValueError: there are several, but not as many as layers.
    """
    names = activation.split(",")
    if len(names) == 1:
        return names * layers
    if len(names) != layers:
        hidden = f"{layers} hidden layer{'' if layers == 1 else 's'}"
        raise ValueError(f"{len(names)} activations do not fit {hidden}: one is needed, or one for each")
    return names


class Module:
    """Anything that has parameters."""

    def parameters(self) -> list[Value]:
        """Every trainable leaf, always in the same order."""
        return []

    def zero_grad(self) -> None:
        """Set every parameter's `grad` to 0, as before each backward pass."""
        for parameter in self.parameters():
            parameter.grad = 0.0


class Neuron(Module):
    """activation(b + w0·x0 + w1·x1 …), added from left to right.

    Weights are drawn from `rng` as `init` names it, for a layer of so many `units`; the bias starts at 0.
    """

    def __init__(self, inputs: int, activation: Activation, rng: Rng, init: str = "uniform", units: int = 1) -> None:
        self.weights = [Value(INITS[init](rng, inputs, units)) for _ in range(inputs)]
        self.bias = Value(0.0)
        self.activation = activation

    def weighted_sum(self, inputs: Sequence[Value | float]) -> Value:
        """The neuron's value before its activation."""
        return sum((weight * x for weight, x in zip(self.weights, inputs, strict=True)), self.bias)

    def __call__(self, inputs: Sequence[Value | float]) -> Value:
        return self.activation(self.weighted_sum(inputs))

    def parameters(self) -> list[Value]:
        """The weights in order, then the bias."""
        return [*self.weights, self.bias]


class Layer(Module):
    """`outputs` neurons that read the same `inputs` values."""

    def __init__(self, inputs: int, outputs: int, activation: Activation, rng: Rng, init: str = "uniform") -> None:
        self.neurons = [Neuron(inputs, activation, rng, init, outputs) for _ in range(outputs)]

    def __call__(self, inputs: Sequence[Value | float]) -> list[Value]:
        return [neuron(inputs) for neuron in self.neurons]

    def parameters(self) -> list[Value]:
        """Neuron after neuron."""
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]


class MLP(Module):
    """A multi-layer perceptron: `activation` after each hidden layer, none after the last.

    `MLP(2, [8, 3], rng)` reads 2 values, has 8 hidden units and gives 3. Parameters are labelled layer, unit, input:
    `w1[3,0]`, `b1[3]`. `activation` is a name for all hidden layers, or one for each with commas between:
    `MLP(2, [8, 8, 3], rng, "tanh,relu")`. `init` names how weights are drawn. With `features` the first layer reads
    these of two inputs x and y, and not the inputs themselves.

    Raises:
        ValueError: there are several activations, but not as many as hidden layers.
    """

    def __init__(
        self,
        inputs: int,
        sizes: Sequence[int],
        rng: Rng,
        activation: str = "tanh",
        *,
        init: str = "uniform",
        features: Sequence[str] = (),
    ) -> None:
        self.features = [FEATURES[name] for name in features]
        widths = [len(features) or inputs, *sizes]
        hidden = [ACTIVATIONS[name] for name in each_layers(activation, len(sizes) - 1)]
        layers = zip(pairwise(widths), [*hidden, linear], strict=True)
        self.layers = [Layer(n_in, n_out, activate, rng, init) for (n_in, n_out), activate in layers]
        for number, layer in enumerate(self.layers, start=1):
            for unit, neuron in enumerate(layer.neurons):
                neuron.bias.label = f"b{number}[{unit}]"
                for index, weight in enumerate(neuron.weights):
                    weight.label = f"w{number}[{unit},{index}]"

    def read(self, inputs: Sequence[Value | float]) -> Sequence[Value | float]:
        """What the first layer reads: the features, or without any the inputs themselves."""
        return [feature.of(*inputs) for feature in self.features] or inputs

    def __call__(self, inputs: Sequence[Value | float]) -> list[Value]:
        values: list[Value] = []
        for layer in self.layers:
            values = layer(values or self.read(inputs))
        return values

    def parameters(self) -> list[Value]:
        """Layer after layer."""
        return [parameter for layer in self.layers for parameter in layer.parameters()]
