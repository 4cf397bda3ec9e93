"""Layer by layer: how much gradient its weights get, and which units are stuck where their activation is flat."""

import math
from collections.abc import Sequence

from engine.views.queries import LayerState
from tui.draw.numbers import WIDTH, number
from tui.draw.palette import Palette
from tui.draw.text import Line
from tui.panels.inspector.explain import sentence

LEAST, MOST = 1e-8, 1.0
"""The ends of the bar's logarithmic scale."""
FLAT_WORDS = {"tanh": "saturated", "sigmoid": "saturated", "relu": "at 0", "gelu": "near 0"}
STUCK_WORDS = {"tanh": "stuck", "sigmoid": "stuck", "relu": "dead", "gelu": "dead"}
MEANING = {
    "tanh": "Saturated: |tanh| above 0.97, where its slope is below 6%.",
    "sigmoid": "Saturated: within 0.015 of 0 or 1, where its slope is below 6% of its steepest.",
    "relu": "At 0: relu passes no gradient there.",
    "gelu": "Near 0: where the weighted sum is below -2.2, gelu's slope is below 6 % of its steepest.",
}
NAME_WIDTH = 7
TEXT_WIDTH = 3 + NAME_WIDTH + 2 * (WIDTH + 1) + 2
FLAT_WIDTH = 18


def layer_lines(states: Sequence[LayerState], activations: Sequence[str], width: int, palette: Palette) -> list[Line]:
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
        flat = "" if state.flat is None else f"{100 * state.flat:5.1f}% {FLAT_WORDS[activation]}"
        style = palette.text if math.isfinite(state.gradient) else palette.alert
        lines.append(
            (
                (f" {state.layer} {activation:{room}}", palette.text),
                (f" {number(state.gradient)} {number(state.largest)}  ", style),
                (f"{log_bar(state.gradient, bar):{bar}}", palette.accent),
                (f" {flat}", palette.negative if state.flat and state.flat > 0.5 else palette.text),
            )
        )
    for state, activation in zip(states, activations, strict=False):
        if state.stuck:
            names = ", ".join(f"h{state.layer}[{unit}]" for unit in state.stuck)
            words = f"layer {state.layer}, {STUCK_WORDS[activation]} for every train example: {names}"
            lines += [((f" {text.strip()}", palette.negative),) for ((text, _),) in sentence(words, width, palette)]
    lines.append(())
    known = [name for name in MEANING if name in activations] if len(states) > 1 else []
    if known and not any(state.stuck for state in states):
        stuck = " or ".join(dict.fromkeys(STUCK_WORDS[name] for name in known))
        lines += sentence(f"No unit is {stuck} for every train example.", width, palette)
    for name in known:
        lines += sentence(MEANING[name], width, palette)
    if len(states) > 1:
        learns = "A first layer whose gradient is far below the last one's learns slowly: it vanishes."
    else:
        learns = "There is no hidden layer: no unit can be stuck, and no gradient vanishes on the way."
    lines += sentence(learns, width, palette)
    return [tuple((palette.plain(text), style) for text, style in line) for line in lines]


def log_bar(size: float, width: int) -> str:
    """A bar from LEAST (nothing) to MOST (all of it)."""
    if not math.isfinite(size) or size <= LEAST:
        return ""
    halves = round(2 * width * min(1.0, math.log(size / LEAST) / math.log(MOST / LEAST)))
    return "━" * (halves // 2) + "╸" * (halves % 2)
