"""Initialisations by name: how the weights of a layer are drawn. Biases begin at 0 with each of them.

Sources: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010); He et
al., "Delving deep into rectifiers" (2015).
"""

import math
from collections.abc import Callable

from .rng import Rng

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
"""Initialisation by name; the command line and the app offer what stands here."""
