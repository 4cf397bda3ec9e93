"""How each layer fares: the gradient that its weights get, and the units that are stuck where they are flat.

A unit whose local derivative is next to nothing stops what comes back to it: a saturated tanh or
sigmoid, a relu at 0. One that is so for every train example learns nothing more.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from ..nn import ACTIVATIONS
from ..value import Value
from .queries import LayerState

FLAT: dict[str, Callable[[float, float], bool]] = {
    "tanh": lambda z, y: abs(y) > 0.97,
    "sigmoid": lambda z, y: abs(2.0 * y - 1.0) > 0.97,
    "relu": lambda z, y: y == 0.0,
    "gelu": lambda z, y: z < -2.2,
}
"""Whether a unit with this weighted sum and output is flat: from there on its slope is below 6 % of its steepest.

Leaky relu and linear are flat nowhere, and sin only on its crests, which a unit passes.
"""


def layer_states(
    widths: Sequence[int],
    activations: Sequence[str],
    parameters: Sequence[float],
    gradient: Sequence[float],
    inputs: Sequence[Sequence[float]],
) -> tuple[LayerState, ...]:
    """A record for each layer; `widths` begins with the inputs, `gradient` is the batch's.

    `inputs` are what the first layer reads of each example, `activations` those of the hidden layers.

    A layer without an activation that can be flat has None for its share.
    """
    states = []
    rows = list(inputs)
    position = 0
    last = len(widths) - 1
    for layer, (n_in, n_out) in enumerate(pairwise(widths), start=1):
        neurons = [position + unit * (n_in + 1) for unit in range(n_out)]
        position += n_out * (n_in + 1)
        weights = [gradient[start + place] for start in neurons for place in range(n_in)]
        rms = (
            math.sqrt(math.fsum(g * g for g in weights) / len(weights))
            if all(map(math.isfinite, weights))
            else math.nan
        )
        largest = max(map(abs, weights)) if not math.isnan(rms) else math.nan
        if layer == last:
            states.append(LayerState(layer, n_in, n_out, rms, largest, None, ()))
            continue
        activation = activations[layer - 1]
        after = ACTIVATIONS[activation]
        before = [sums(parameters, neurons, row) for row in rows]
        rows = [[after(Value(z)).data for z in row] for row in before]
        if activation not in FLAT:
            states.append(LayerState(layer, n_in, n_out, rms, largest, None, ()))
            continue
        is_flat = FLAT[activation]
        columns = zip(zip(*before, strict=True), zip(*rows, strict=True), strict=True)
        flat = [sum(map(is_flat, *unit)) for unit in columns]
        stuck = tuple(unit for unit, count in enumerate(flat) if count == len(rows))
        states.append(LayerState(layer, n_in, n_out, rms, largest, sum(flat) / (n_out * len(rows)), stuck))
    return tuple(states)


def sums(parameters: Sequence[float], neurons: Sequence[int], inputs: Sequence[float]) -> list[float]:
    """The weighted sum of each neuron; `neurons` are the places of their first weights, the bias stands last."""
    found = []
    for start in neurons:
        total = parameters[start + len(inputs)]
        for place, x in enumerate(inputs, start):
            total += parameters[place] * x
        found.append(total)
    return found
