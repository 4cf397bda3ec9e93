"""What the frame of the boundary says.

Above, beside its name: the class of new points or what is being done, and the point under the cursor. Below: the
network's answer at the cursor, the place, then a number for each class.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

from engine.classify import NO_CLASS, predicted
from engine.views.decision_map import PointAnswer
from tui.draw.numbers import number, pair
from tui.draw.palette import Palette
from tui.draw.text import Line, width_of
from tui.panels.boundary.editing import Hand
from tui.panels.boundary.points import Spot

NAMES_FROM = 50
"""Cells of the panel from which on there is room for the class's name."""


def hand_line(hand: Hand, here: Spot | None, names: Sequence[str], width: int, palette: Palette) -> Line:
    """To stand behind the panel's name, in a panel of so many cells."""
    muted = palette.muted
    if hand.held:
        return (("  moving ", palette.accent), *example(hand.held.split, hand.held.example[2], palette))
    verb = ("  painting ", palette.accent) if hand.painting else ("  + ", muted)
    name = f" {names[hand.label]}" if width >= NAMES_FROM else ""
    chosen: Line = (verb, (palette.glyph(hand.label), palette.of_class(hand.label)), (name, muted))
    if here is None or (hand.painting and not name):
        return chosen
    return (*chosen, ("  on ", muted), *example(here.split, here.example[2], palette, here.index))


def example(split: str, label: int, palette: Palette, index: int | None = None) -> Line:
    """An example by its glyph, split and number."""
    number = "" if index is None else f" {index}"
    glyph = palette.glyph(label, held_out=split != "train")
    return ((glyph, palette.of_class(label)), (f" {split}{number}", palette.text))


def answer_line(
    point: tuple[float, float], answer: PointAnswer | None, names: Sequence[str], width: int, palette: Palette
) -> Line:
    """The longest form that fits in `width` cells; the place alone until there is an answer."""
    x, y = pair(*point)
    places = f"({x}, {y})", f"{x} {y}"
    forms: Iterable[Line]
    if answer is None:
        forms = [((place, palette.strong),) for place in places]
    elif answer.probabilities:
        forms = probability_forms(places, answer, names, palette)
    else:
        forms = score_forms(places, answer.outputs[0], names, palette)
    return next((form for form in forms if width_of(form) <= width), ())


def probability_forms(
    places: tuple[str, str], answer: PointAnswer, names: Sequence[str], palette: Palette
) -> Iterator[Line]:
    """The place with the probabilities of all classes, the fullest form first; then with those of the likeliest."""
    labels = range(len(answer.probabilities))
    yield probability_line(places[0], answer, labels, names, 4, palette)
    yield probability_line(places[0], answer, labels, (), 4, palette)
    yield probability_line(places[0], answer, labels, (), 3, palette)
    shares = answer.probabilities
    likely = sorted(labels, key=lambda label: (math.isnan(shares[label]), -shares[label]))
    for count in range(len(labels), -1, -1):
        line = probability_line(places[1], answer, sorted(likely[:count]), (), 2, palette)
        yield line if count in (0, len(labels)) else (*line, ("…", palette.muted))


def probability_line(
    place: str, answer: PointAnswer, labels: Sequence[int], names: Sequence[str], digits: int, palette: Palette
) -> Line:
    """The place and the probabilities of these classes, each after its glyph and perhaps its name."""
    winner = predicted(answer.outputs)
    line: Line = ((place, palette.strong), (" ", palette.text))
    for label in labels:
        word = f" {names[label]} " if names else " " if digits > 2 else ""
        share = f"{word}{share_text(answer.probabilities[label], digits)}"
        line += ((" ", palette.text), (palette.glyph(label), palette.of_class(label)))
        line += ((share, palette.strong if label == winner else palette.text),)
    return line


def share_text(share: float, digits: int) -> str:
    """A probability, always of the same width: 0.4213, or with two digits .42, and 1.0 where it rounds to that."""
    if digits > 2:
        return f"{share:{digits + 2}.{digits}f}"
    return "1.0" if share >= 0.995 else f"{share:.2f}".removeprefix("0")


def score_forms(places: tuple[str, str], score: float, names: Sequence[str], palette: Palette) -> Iterator[Line]:
    """The place, the score, and the class that it stands for."""
    label = predicted([score])
    glyph: Line = () if label == NO_CLASS else ((" ", palette.text), (palette.glyph(label), palette.of_class(label)))
    name: Line = () if label == NO_CLASS else ((f" {names[label]}", palette.text),)
    value = (number(score, signed=True), palette.of_sign(score))
    for place, class_shown in ((places[0], (*glyph, *name)), (places[0], glyph), (places[1], glyph), (places[1], ())):
        yield ((place, palette.strong), ("  score ", palette.muted), value, *class_shown)
