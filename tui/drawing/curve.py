"""The loss curves as rows of text, drawn by plotext behind this one function.

plotext has one global figure: every call starts it afresh, and only this module touches it. Its
colours are not ours: the two series are drawn in colours 1 and 2 and restyled here.
"""

import math
import re
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from engine.ops import total_pow
from engine.snapshot import CurvePoints, Curves
from tui.drawing.text import Line, merged
from tui.palette import Palette

LABEL_WIDTH = 6
LEAST_STEPS = 10
"""The step axis is at least this long, so that the first steps don't fill it."""
TRAIN_COLOR, VAL_COLOR = 1, 2
ESCAPE = re.compile(r"\x1b\[([\d;]*)m")


def curve_lines(curves: Curves, width: int, height: int, palette: Palette, *, log: bool) -> list[Line]:
    """Both curves in `width` x `height` cells; with `log` the loss axis is logarithmic."""
    if width < LABEL_WIDTH + 10 or height < 4:
        return []
    series = [on_axis(points, log=log) for points in (curves.val, curves.train)]
    losses = [loss for points in series for _, loss in points]
    if not losses:
        return [((" No loss to draw", palette.muted),)]
    text = built(series, losses, width, height, palette, log=log)
    return [restyled(row, palette) for row in text.split("\n")]


def restyled(row: str, palette: Palette) -> Line:
    """A row of plotext's output in the palette's styles instead of its own colours."""
    styles = {f"38;5;{TRAIN_COLOR}": palette.train, f"38;5;{VAL_COLOR}": palette.val}
    pieces = ESCAPE.split("\x1b[0m" + row)[1:]
    colored = zip(pieces[::2], pieces[1::2], strict=True)
    return merged([(palette.plain(text), styles.get(color, palette.muted)) for color, text in colored if text])


def on_axis(points: CurvePoints, *, log: bool) -> CurvePoints:
    """The finite points as they are placed: with `log` the loss's power of ten, and none for a loss of zero."""
    finite = [(step, loss) for step, loss in points if math.isfinite(loss)]
    return tuple((step, math.log10(loss)) for step, loss in finite if loss > 0.0) if log else tuple(finite)


def built(
    series: Sequence[CurvePoints], losses: Sequence[float], width: int, height: int, palette: Palette, *, log: bool
) -> str:
    """What plotext makes of the series, val below train."""
    plot: ModuleType = plotext()
    last = max(LEAST_STEPS, *(points[-1][0] for points in series if points))
    # In parts of the greatest: plotext's arithmetic does not reach as far as a diverging loss.
    unit = max(map(abs, losses)) or 1.0
    low, high = min(losses) / unit, max(losses) / unit
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    markers = ("·", "•") if palette.depth == "none" else ("braille", "braille")
    if palette.ascii_only:
        markers = (".", "*")
    plot.clear_figure()
    plot.theme("clear")
    plot.limit_size(False, False)
    plot.plot_size(width, height)
    for points, color, marker in zip(series, (VAL_COLOR, TRAIN_COLOR), markers, strict=True):
        if points:
            plot.plot([p[0] for p in points], [p[1] / unit for p in points], marker=marker, color=color)
    plot.xlim(0, last)
    plot.ylim(low, high)
    count = 3 if height < 9 else 4 if height < 16 else 6
    ticks = [low + (high - low) * place / (count - 1) for place in range(count)]
    plot.yticks(ticks, [label_of(total_pow(10.0, tick * unit) if log else tick * unit) for tick in ticks])
    steps = [0, last // 2, last]
    plot.xticks(steps, [str(step) for step in steps])
    plot.xaxes(False, False)
    plot.yaxes(True, False)
    return str(plot.build()).removesuffix("\n")


def plotext() -> ModuleType:
    """The library, imported with the first curve: 40 ms that the first frame need not wait for."""
    return import_module("plotext")


def label_of(loss: float) -> str:
    """A loss in LABEL_WIDTH cells."""
    text = f"{loss:.3f}" if 0.001 <= abs(loss) < 10 else f"{loss:.4g}"
    if len(text) >= LABEL_WIDTH:
        text = f"{loss:.0e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
    return f"{text:>{LABEL_WIDTH}}"
