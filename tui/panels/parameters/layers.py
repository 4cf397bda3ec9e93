"""Layer by layer: how much gradient its weights get, and which units are stuck where their activation is flat."""

import math
from collections.abc import Sequence

from engine.ops import OPS, Flat
from engine.views.layers import LayerState
from tui.draw.numbers import WIDTH, number
from tui.draw.palette import Palette
from tui.draw.text import Line, sentence

LEAST, MOST = 1e-8, 1.0
"""The ends of the bar's logarithmic scale."""
NAME_WIDTH = 7
TEXT_WIDTH = 3 + NAME_WIDTH + 2 * (WIDTH + 1) + 2
FLAT_WIDTH = 18


def summary_lines(states: Sequence[LayerState], activations: Sequence[str], width: int, palette: Palette) -> list[Line]:
    """A row for each layer, then the stuck units by name and what the words mean."""
    room = max(NAME_WIDTH, *map(len, activations), 0)
    bar = max(4, min(40, width - TEXT_WIDTH - FLAT_WIDTH - room + NAME_WIDTH))
    scale = f"{LEAST:.0e} … 1, log".replace("e-0", "e-")
    shown = scale if len(scale) <= bar else ""
    heads = f" {'layer':{2 + room}} {'rms':>{WIDTH}} {'largest':>{WIDTH}}  {shown:{bar}} units × examples"
    lines: list[Line] = [
        ((" batch grad of each layer's weights: root mean square", palette.muted),),
        ((heads, palette.muted),),
    ]
    for state, activation in zip(states, [*activations, "output"], strict=True):
        region = flat_region(activation)
        flat = f"{100 * state.flat:5.1f}% {region.word}" if region and state.flat is not None else ""
        numbers = f" {number(state.gradient)} {number(state.largest)}  "
        row: Line = (
            (f" {state.layer} {activation:{room}}", palette.text),
            (numbers, palette.of_number(state.gradient)),
        )
        row += ((f"{log_bar(state.gradient, bar):{bar}}", palette.accent),)
        lines.append((*row, (f" {flat}", palette.negative if (state.flat or 0) > 0.5 else palette.text)))
    for state, activation in zip(states, activations, strict=False):
        if state.stuck and (region := flat_region(activation)):
            names = ", ".join(f"h{state.layer}[{unit}]" for unit in state.stuck)
            words = f"layer {state.layer}, {region.stuck} for every train example: {names}"
            lines += sentence(words, width, palette.negative)
    lines.append(())
    known = [region for name in OPS if name in activations and (region := flat_region(name))]
    if known and not any(state.stuck for state in states):
        stuck = " or ".join(dict.fromkeys(region.stuck for region in known))
        lines += sentence(f"No unit is {stuck} for every train example.", width, palette.muted)
    for region in known:
        lines += sentence(f"{region.word.capitalize()}: {region.meaning}.", width, palette.muted)
    if len(states) > 1:
        learns = "A first layer whose gradient is far below the last one's learns slowly: it vanishes."
    else:
        learns = "There is no hidden layer: no unit can be stuck, and no gradient vanishes on the way."
    return lines + sentence(learns, width, palette.muted)


def flat_region(activation: str) -> Flat | None:
    """Where an activation is flat, if it is so anywhere."""
    return OPS[activation].flat if activation in OPS else None


def log_bar(size: float, width: int) -> str:
    """A bar from LEAST (nothing) to MOST (all of it)."""
    if not math.isfinite(size) or size <= LEAST:
        return ""
    halves = round(2 * width * min(1.0, math.log(size / LEAST) / math.log(MOST / LEAST)))
    return "━" * (halves // 2) + "╸" * (halves % 2)
