"""What is in hand, in the boundary's title: always the class, and the point here where there is room."""

import pytest

from tests.tui.support import ASCII, PALETTE, text
from tui.panels.boundary.draw_hand import NAMES_FROM, hand_line
from tui.panels.boundary.editing import Hand
from tui.panels.boundary.points import Spot

NAMES = ("yin", "yang", "dot")
HERE = Spot("val", 12, (0.5, -0.5, 2))


def hand(*, label: int = 1, painting: bool = False, held: Spot | None = None) -> Hand:
    made = Hand()
    made.label, made.painting = label, painting
    if held:
        made.pick_up(held)
    return made


@pytest.mark.parametrize(
    ("made", "here", "narrow", "wide"),
    [
        (hand(), None, "  + ▲", "  + ▲ yang"),
        (hand(), HERE, "  + ▲  on □ val 12", "  + ▲ yang  on □ val 12"),
        (hand(painting=True), None, "  painting ▲", "  painting ▲ yang"),
        (hand(painting=True), HERE, "  painting ▲", "  painting ▲ yang  on □ val 12"),
        (hand(held=HERE), HERE, "  moving □ val", "  moving □ val"),
    ],
    ids=["class", "on a point", "painting", "painting over a point", "moving"],
)
def test_the_title_says_what_is_in_hand(made: Hand, here: Spot | None, narrow: str, wide: str) -> None:
    assert text(hand_line(made, here, NAMES, NAMES_FROM - 1, PALETTE)) == narrow
    assert text(hand_line(made, here, NAMES, NAMES_FROM, PALETTE)) == wide
    assert ASCII.plain(text(hand_line(made, here, NAMES, NAMES_FROM, ASCII))).isascii()
