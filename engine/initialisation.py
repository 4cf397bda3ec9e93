"""Initialisations by name: how the weights of a layer are drawn. Biases begin at 0 with each of them.

Sources: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
networks" (2010); He et al., "Delving deep into rectifiers" (2015).
"""

import math
from collections.abc import Callable

from .rng import Rng

Draw = Callable[[Rng, int, int], float]
"""One weight of a layer that reads so many inputs and has so many units."""


def fan_in(rng: Rng, inputs: int, units: int) -> float:
    """Uniform within ±1/sqrt(inputs)."""
    return rng.uniform(-1.0, 1.0) * float(inputs**-0.5)


def xavier_uniform(rng: Rng, inputs: int, units: int) -> float:
    """Uniform within ±sqrt(6 / (inputs + units)): for tanh, sigmoid and linear."""
    return rng.uniform(-1.0, 1.0) * math.sqrt(6.0 / (inputs + units))


def xavier_normal(rng: Rng, inputs: int, units: int) -> float:
    """Normal with variance 2 / (inputs + units)."""
    return rng.normal() * math.sqrt(2.0 / (inputs + units))


def he_uniform(rng: Rng, inputs: int, units: int) -> float:
    """Uniform within ±sqrt(6 / inputs): for relu and its kin."""
    return rng.uniform(-1.0, 1.0) * math.sqrt(6.0 / inputs)


def he_normal(rng: Rng, inputs: int, units: int) -> float:
    """Normal with variance 2 / inputs."""
    return rng.normal() * math.sqrt(2.0 / inputs)


def zeros(rng: Rng, inputs: int, units: int) -> float:
    """Always 0: all units of a layer stay alike, so that one can see why weights are drawn at random."""
    return 0.0


INITS: dict[str, Draw] = {
    "uniform": fan_in,
    "xavier-uniform": xavier_uniform,
    "xavier-normal": xavier_normal,
    "he-uniform": he_uniform,
    "he-normal": he_normal,
    "zeros": zeros,
}
"""Initialisation by name; the command line and the app offer what stands here."""
