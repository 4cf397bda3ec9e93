"""The loss curves as rows of text, drawn by plotext behind this one function.

plotext has one global figure: every call starts it afresh, and only this module touches it. In one figure a later
series would hide an earlier one wherever they share a cell, so each curve is drawn by itself, on the same axes, and
the cells are laid over each other here.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache, reduce
from importlib import import_module
from itertools import chain
from operator import or_
from typing import NamedTuple

from rich.style import Style

from engine.ops import total_pow
from engine.run.curve import CurvePoints, Curves
from tui.draw.palette import Palette
from tui.draw.text import Line, Span, merged

LABEL_WIDTH = 6
LEAST_STEPS = 10
"""The step axis is at least this long, so that the first steps don't fill it."""
ESCAPE = re.compile(r"\x1b\[([\d;]*)m")


def curve_lines(
    curves: Curves, width: int, height: int, palette: Palette, *, log: bool, step: int = 0, end: int = 0
) -> list[Line]:
    """The curves in `width` x `height` cells; with `log` the loss axis is logarithmic.

    Before the end of the run a line marks the present step, and what comes after it is faint. The curves of other
    branches are faint too.
    """
    if width < LABEL_WIDTH + 10 or height < 4:
        return []
    train, val, *ghosts = (on_axis(points, log=log) for points in all_points(curves))
    if not (train or val):
        return [((" No loss to draw", palette.muted),)]
    axes = Axes.around((*train, *val, *chain(*ghosts)), height, log=log)
    markers = ("braille", "braille") if palette.depth != "none" else ("•", "·")
    markers = ("*", ".") if palette.ascii_only else markers
    styles = (palette.train, palette.val, *[palette.muted] * len(ghosts))
    drawn = [layer(points, axes, width, height, marker) for points, marker in zip((train, val), markers, strict=True)]
    drawn += [layer(points, axes, width, height, markers[1]) for points in ghosts]
    now = column_of(step, axes.last, width) if step < end else width
    lines = []
    for number in range(height):
        spans = [overlaid(cells, styles, palette) for cells in zip(*(rows[number] for rows in drawn), strict=True)]
        if now < width and number < height - 1:
            spans[now:] = [(text, palette.muted) for text, _ in spans[now:]]
            character, _ = spans[now]
            spans[now] = ("│" if character == " " else character, palette.accent)
        lines.append(merged(spans))
    return lines


@lru_cache(maxsize=8)  # while a person walks through a run its curves stay as they are
def layer(points: CurvePoints, axes: "Axes", width: int, height: int, marker: str) -> list[list[tuple[str, bool]]]:
    """One curve by itself, as rows of cells."""
    if not points:
        return [[(" ", False)] * width] * height
    plot = import_module("plotext")  # with the first curve: 40 ms that the first frame need not wait for
    plot.clear_figure()
    plot.theme("clear")
    plot.limit_size(False, False)
    plot.plot_size(width, height)
    plot.plot([p[0] for p in points], [p[1] / axes.unit for p in points], marker=marker, color=1)
    plot.xlim(0, axes.last)
    plot.ylim(axes.low, axes.high)
    places = len(axes.labels) - 1
    plot.yticks([axes.low + (axes.high - axes.low) * place / places for place in range(places + 1)], axes.labels)
    steps = [0, axes.last // 2, axes.last]
    plot.xticks(steps, [str(step) for step in steps])
    plot.xaxes(False, False)
    plot.yaxes(True, False)
    return [cells_of(row) for row in str(plot.build()).removesuffix("\n").split("\n")]


def cells_of(row: str) -> list[tuple[str, bool]]:
    """A row of plotext's output as cells: the character, and whether it is part of the curve."""
    pieces = ESCAPE.split("\x1b[0m" + row)[1:]
    colored = zip(pieces[::2], pieces[1::2], strict=True)
    return [(character, color.startswith("38;5;")) for color, text in colored for character in text]


def overlaid(cells: Sequence[tuple[str, bool]], styles: Sequence[Style], palette: Palette) -> Span:
    """One cell of all the curves: where they share it, the dots of each, so that none hides another.

    It is coloured as the val curve where train and val meet, else as the first that is there.
    """
    there = [place for place, (_, is_curve) in enumerate(cells) if is_curve]
    if not there:
        return next((text for text, _ in cells if text != " "), " "), palette.muted
    style = styles[1] if there[:2] == [0, 1] else styles[there[0]]
    texts = [cells[place][0] for place in there]
    if all("\u2800" <= text < "\u2900" for text in texts):
        return chr(reduce(or_, map(ord, texts))), style
    return texts[0], styles[there[0]]


def column_of(step: int, last: int, width: int) -> int:
    """The column in which plotext draws a step: half cells, the first and the last step at the ends."""
    halves = 2 * (width - LABEL_WIDTH - 1) - 1
    return LABEL_WIDTH + 1 + round(min(step, last) / last * halves) // 2


def step_at(column: int, curves: Curves, width: int) -> int:
    """The step that is drawn in a column, the nearest to its middle; may lie beyond either end."""
    places = width - LABEL_WIDTH - 2
    last = max((LEAST_STEPS, *(step for points in all_points(curves) for step, _ in points[-1:])))
    return round((column - LABEL_WIDTH - 1) / max(1, places) * last)


def all_points(curves: Curves) -> tuple[CurvePoints, ...]:
    """The points of each curve that is drawn."""
    return (curves.train, curves.val, *(points for _, points in curves.ghosts))


def on_axis(points: CurvePoints, *, log: bool) -> CurvePoints:
    """The finite points as they are placed: with `log` the loss's power of ten, and none for a loss of zero."""
    finite = [(step, loss) for step, loss in points if math.isfinite(loss)]
    return tuple((step, math.log10(loss)) for step, loss in finite if loss > 0.0) if log else tuple(finite)


class Axes(NamedTuple):
    """What the curves are drawn on; losses in parts of `unit`, the greatest: plotext can't draw a diverging one."""

    last: int
    unit: float
    low: float
    high: float
    labels: tuple[str, ...]

    @classmethod
    def around(cls, points: CurvePoints, height: int, *, log: bool) -> "Axes":
        """The axes that hold all these points."""
        losses = [loss for _, loss in points]
        unit = max(map(abs, losses)) or 1.0
        low, high = min(losses) / unit, max(losses) / unit
        if high - low < 1e-9:
            low, high = low - 0.5, high + 0.5
        count = 3 if height < 9 else 4 if height < 16 else 6
        ticks = [(low + (high - low) * place / (count - 1)) * unit for place in range(count)]
        labels = tuple(label_of(total_pow(10.0, tick) if log else tick) for tick in ticks)
        return cls(max(LEAST_STEPS, *(step for step, _ in points)), unit, low, high, labels)


def label_of(loss: float) -> str:
    """A loss in LABEL_WIDTH cells."""
    text = f"{loss:.3f}" if 0.001 <= abs(loss) < 10 else f"{loss:.4g}"
    if len(text) >= LABEL_WIDTH:
        text = f"{loss:.0e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
    return f"{text:>{LABEL_WIDTH}}"
