"""The check of a gradient: the numerical slope beside the analytic one, and why they differ at each size of h."""

import math
from collections.abc import Sequence

from engine.graph import Node
from engine.views.gradient_check import MOST_DIGITS, NUDGES, Check, digits, slope
from tui.draw.numbers import full, number
from tui.draw.palette import Palette
from tui.draw.sparkline import block
from tui.draw.text import Line, sentence

STRAIGHT = 11
"""Digits in agreement at the largest h from which the loss counts as a straight line."""

NOTES_FROM = 58
"""The width from which there is room beside the two slopes for how they come about."""


def check_lines(
    found: Check, grad: float, place: int, nodes: Sequence[Node], width: int, palette: Palette
) -> list[Line]:
    """The check at h = NUDGES[place], in words, and a row for every h."""
    slopes = [slope(found, i) for i in range(len(NUDGES))]
    agreed = [digits(each, grad) for each in slopes]
    here = slopes[place]
    style = palette.of_number(here, signed=True)
    notes = ("by the chain rule", "(L+ - L-) / 2h") if width >= NOTES_FROM else ("", "")
    lines: list[Line] = [
        ((" probe grad  ", palette.muted), (f"{full(grad):26}", palette.of_sign(grad)), (notes[0], palette.muted)),
        ((f" h = {exponent(place):<8}", palette.muted), (f"{full(here):26}", style), (notes[1], palette.muted)),
        ((f" agree in {agreed[place]:>2} of {MOST_DIGITS} digits; by size of h:", palette.text),),
        bars(agreed, place, palette),
        *sentence(verdict(found, grad, slopes, place, nodes), width, palette.muted),
        ((f"   {'h':5} {'numerical slope':19} {'error':>8} {'agree':>5}", palette.muted),),
    ]
    return lines + [row(i, each, grad, agreed[i], palette, chosen=i == place) for i, each in enumerate(slopes)]


def exponent(place: int) -> str:
    """The size of h as 1e-5."""
    return f"1e-{place + 1}"


def bars(agreed: Sequence[int], place: int, palette: Palette) -> Line:
    """The digits in agreement as one row of bars, the chosen h marked."""
    marked = palette.selected(palette.accent, focused=True)
    blocks = [block(count / MOST_DIGITS, palette) * 2 for count in agreed]
    cells = [(text, marked if i == place else palette.muted) for i, text in enumerate(blocks)]
    return ((f" {exponent(0)} ", palette.muted), *cells, (f" {exponent(len(agreed) - 1)}", palette.muted))


def row(place: int, here: float, grad: float, agreed: int, palette: Palette, *, chosen: bool) -> Line:
    """One size of h: its slope, the digits that agree bright, the error and how many digits agree."""
    mark = " › " if chosen else "   "
    head = (f"{mark}{exponent(place):5} ", palette.accent if chosen else palette.text)
    if not math.isfinite(here):
        return (head, (f"{here!r:19}", palette.alert))
    shown, exact = f"{here:+.12e}", f"{grad:+.12e}"
    same = next((i for i, (a, b) in enumerate(zip(shown, exact, strict=False)) if a != b), len(shown))
    same = len(shown) if here == grad else same if shown.partition("e")[2] == exact.partition("e")[2] else 0
    compared: Line = ((shown[:same], palette.good), (f"{shown[same:]:{19 - same}}", palette.muted))
    return (head, *compared, (f" {number(abs(here - grad))}", palette.text), (f" {agreed:5}", palette.text))


def verdict(found: Check, grad: float, slopes: Sequence[float], place: int, nodes: Sequence[Node]) -> str:
    """Why the two slopes differ at this h as much as they do, or what forbids to compare them."""
    return obstacle(found, grad, slopes[place], place, nodes) or regime(grad, slopes, place)


def obstacle(found: Check, grad: float, here: float, place: int, nodes: Sequence[Node]) -> str:
    """What forbids to compare the slopes; empty where nothing does."""
    h, x, kinks = NUDGES[place], found.value, found.kinks[place]
    if not math.isfinite(grad) or not math.isfinite(x):
        what = "gradient" if math.isfinite(x) else "value"
        return f"The {what} is not finite: there is nothing to compare. Something before it overflowed."
    if x + h == x or x - h == x:
        return "h is lost: beside a number of this size it is less than one rounding, and x + h is x."
    if not math.isfinite(here):
        side = "x + h" if math.isfinite(found.losses[place][0]) else "x - h"
        return f"At {side} the loss is not finite: there is no slope. A smaller h may stay where the loss is defined."
    if kinks:
        first, *others = (nodes[kink] for kink in kinks)
        more = f", and {len(others)} more {'pass theirs' if others[1:] else 'passes its own'}" if others else ""
        passes = f"{first.name} passes the kink of its {first.op}{more}"
        return f"Between x - h and x + h {passes}: the loss has a corner, a slope on each side."
    return ""


def regime(grad: float, slopes: Sequence[float], place: int) -> str:
    """Which of the two errors is the larger one at this h."""
    here = slopes[place]
    errors = [abs(each - grad) if math.isfinite(each) else math.inf for each in slopes]
    best = errors.index(min(errors))
    if here == grad == 0.0:
        return "Both are 0: here the loss does not depend on this node."
    if digits(slopes[0], grad) >= STRAIGHT:
        return (
            "The loss is a straight line in this node: nothing bends, a large h is exact; round-off grows as h shrinks."
        )
    if place < best:
        return "Large h: between x - h and x + h the curve bends (truncation). With h / 10 the error is a hundredth."
    if place > best:
        return "Small h: L+ and L- differ in their last digits only, and dividing by h magnifies their round-off."
    return "The best h here: with a larger one the curve bends more, with a smaller one round-off eats the digits."
