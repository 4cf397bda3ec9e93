"""What is in hand on the boundary, for its title: the class of new points or what is being done, and the point here."""

from collections.abc import Sequence

from tui.draw.palette import Palette
from tui.draw.text import Line
from tui.panels.boundary.editing import Hand
from tui.panels.boundary.points import Spot

NAMES_FROM = 50
"""Cells of the panel from which on there is room for the class's name."""


def hand_line(hand: Hand, here: Spot | None, names: Sequence[str], width: int, palette: Palette) -> Line:
    """To stand behind the panel's name, in a panel of so many cells."""
    muted = palette.muted
    if hand.held:
        return (("  moving ", palette.accent), *point(hand.held.split, hand.held.example[2], palette))
    verb = ("  painting ", palette.accent) if hand.painting else ("  + ", muted)
    name = f" {names[hand.label]}" if width >= NAMES_FROM else ""
    chosen: Line = (verb, (palette.glyph(hand.label), palette.of_class(hand.label)), (name, muted))
    if here is None or (hand.painting and not name):
        return chosen
    return (*chosen, ("  on ", muted), *point(here.split, here.example[2], palette, here.index))


def point(split: str, label: int, palette: Palette, index: int | None = None) -> Line:
    """An example by its glyph, split and number."""
    number = "" if index is None else f" {index}"
    glyph = palette.glyph(label, held_out=split != "train")
    return ((glyph, palette.of_class(label)), (f" {split}{number}", palette.text))
