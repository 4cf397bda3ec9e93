"""How each layer fares: the gradient that its weights get, and the units that are stuck where they are flat.

A unit whose local derivative is next to nothing stops what comes back to it: a saturated tanh or
sigmoid, a relu at 0. One that is so for every train example learns nothing more.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ..nn import ACTIVATIONS
from ..ops import OPS
from ..value import Value


class LayerState(NamedTuple):
    """One layer, counted from 1, of `units` units that read `inputs` values.

    `gradient` is the root mean square of its weights' batch gradients and `largest` the largest size among them (nan
    where one is not finite); `flat` is the share (0 to 1) of units times train examples where the activation is flat,
    None where it can't be; `stuck` are the units that are flat for every train example.
    """

    layer: int
    inputs: int
    units: int
    gradient: float
    largest: float
    flat: float | None
    stuck: tuple[int, ...]


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
    for layer, (n_in, n_out) in enumerate(pairwise(widths), start=1):
        neurons = [position + unit * (n_in + 1) for unit in range(n_out)]
        position += n_out * (n_in + 1)
        weights = [gradient[start + place] for start in neurons for place in range(n_in)]
        finite = all(map(math.isfinite, weights))
        rms = math.sqrt(math.fsum(g * g for g in weights) / len(weights)) if finite else math.nan
        largest = max(map(abs, weights)) if finite else math.nan
        share: float | None = None
        stuck: tuple[int, ...] = ()
        if layer < len(widths) - 1:
            activation = activations[layer - 1]
            units = [[ACTIVATIONS[activation](Value(z)) for z in sums(parameters, neurons, row)] for row in rows]
            rows = [[unit.data for unit in row] for row in units]
            if activation in OPS and OPS[activation].flat:
                flat = [sum(map(is_flat, outputs)) for outputs in zip(*units, strict=True)]
                share = sum(flat) / (n_out * len(rows))
                stuck = tuple(unit for unit, count in enumerate(flat) if count == len(rows))
        states.append(LayerState(layer, n_in, n_out, rms, largest, share, stuck))
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


def is_flat(unit: Value) -> bool:
    """Whether a unit's output is where the row of its activation says that the derivative is next to nothing."""
    return unit.op is not None and unit.op.is_flat([operand.data for operand in unit.operands], unit.k, unit.data)
