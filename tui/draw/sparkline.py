"""A curve in one row: each column a block as high as its number."""

import math
from bisect import bisect_right
from collections.abc import Sequence

from tui.draw.numbers import number
from tui.draw.palette import Palette
from tui.draw.text import Line, merged, spread

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII_BLOCKS = "_.,-~=+#"


def block(share: float, palette: Palette) -> str:
    """The block for a height from 0 to 1; `!` for what is not a number."""
    if not math.isfinite(share):
        return "!"
    blocks = ASCII_BLOCKS if palette.ascii_only else BLOCKS
    return blocks[max(0, min(len(blocks) - 1, int(share * len(blocks))))]


def sparkline(
    steps: Sequence[int], values: Sequence[float], end: int, now: int, columns: int, palette: Palette
) -> Line:
    """The values at these steps of 0 to `end`, in the colours of their signs; those after step `now` are muted.

    Each column has the latest value that is known at its step.
    """
    finite = [value for value in values if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    spans = [(" ", palette.text)]
    for column in range(columns if values else 0):
        step = column * end // max(1, columns - 1)
        value = values[max(0, bisect_right(steps, step) - 1)]
        is_finite = math.isfinite(value)
        share = (value / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.5  # halves can't overflow
        style = palette.of_sign(value) if is_finite else palette.alert
        spans.append((block(share if is_finite else math.nan, palette), style if step <= now else palette.muted))
    return merged(spans)


def range_line(label: str, values: Sequence[float], width: int, palette: Palette) -> Line:
    """What the sparkline below shows, from its lowest to its highest number."""
    finite = [value for value in values if math.isfinite(value)]
    ends = f"{number(min(finite), signed=True)} … {number(max(finite), signed=True)} " if finite else ""
    return spread(((f" {label}", palette.muted),), ((ends, palette.muted),), width, palette.text)
