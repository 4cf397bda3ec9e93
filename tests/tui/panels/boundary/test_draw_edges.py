"""What the frame says: the answer at the cursor, never cut and always as wide; what is in hand, and the point here."""

import math

import pytest

from engine.classify import probabilities
from engine.views.decision_map import PointAnswer
from tests.tui.support import ASCII, PALETTE, text
from tui.draw.text import width_of
from tui.panels.boundary.draw_edges import NAMES_FROM, answer_line, hand_line, share_text
from tui.panels.boundary.editing import Hand
from tui.panels.boundary.points import Spot

NAMES = ("yin", "yang", "dots")


def answer(*outputs: float) -> PointAnswer:
    return PointAnswer(0, (0.5, -0.25), outputs, probabilities(outputs))


def shown(width: int, *outputs: float, names: tuple[str, ...] = NAMES) -> str:
    return text(answer_line((0.5, -0.25), answer(*outputs), names, width, PALETTE))


def test_it_is_as_full_as_there_is_room() -> None:
    assert shown(80, 1.0, 2.0, 3.0) == "(+0.50, -0.25)  ● yin 0.0900 ▲ yang 0.2447 ■ dots 0.6652"
    assert shown(45, 1.0, 2.0, 3.0) == "(+0.50, -0.25)  ● 0.0900 ▲ 0.2447 ■ 0.6652"
    assert shown(29, 1.0, 2.0, 3.0) == "+0.50 -0.25  ●.09 ▲.24 ■.67"
    assert shown(20, 1.0, 2.0, 3.0) == "+0.50 -0.25  ■.67…"
    assert shown(12, 1.0, 2.0, 3.0) == "+0.50 -0.25 "
    assert shown(5, 1.0, 2.0, 3.0) == ""


def test_of_many_classes_the_likeliest_are_shown_in_their_order() -> None:
    line = shown(29, *(0.0, 5.0, 0.0, 6.0, 0.0, 4.0, 0.0, 0.0), names=tuple("abcdefgh"))
    assert line == "+0.50 -0.25  ▲.24 ◆.66 ★.09…"


@pytest.mark.parametrize("width", range(70))
def test_it_is_never_wider_than_its_room_and_does_not_change_its_width(width: int) -> None:
    cases = ((0.0, 0.0, 0.0), (1e308, 0.0, 0.0), (math.inf, 0.0, 0.0), (5.3, 0.0, 0.0))
    widths = {width_of(answer_line((0.5, -0.25), answer(*case), NAMES, width, PALETTE)) for case in cases}
    assert max(widths) <= width
    assert len(widths) == 1


def test_a_share_never_changes_its_width() -> None:
    for digits in (2, 3, 4):
        shares = (0.0, 1e-9, 0.004, 0.5, 0.994, 0.9951, 0.99999, 1.0)
        assert len({len(share_text(share, digits)) for share in (*shares, math.nan)}) == 1


def test_a_diverged_network_says_nan() -> None:
    assert shown(29, math.nan, math.nan, math.nan) == "+0.50 -0.25  ●nan ▲nan ■nan"
    assert "score" in shown(29, math.nan)


def test_a_score_is_shown_with_the_class_that_it_stands_for() -> None:
    assert shown(60, 1.5) == "(+0.50, -0.25)  score  +1.5000 ▲ yang"
    assert shown(60, -0.5) == "(+0.50, -0.25)  score  -0.5000 ● yin"
    assert shown(29, 1.5) == "+0.50 -0.25  score  +1.5000 ▲"


def test_without_an_answer_there_is_the_place() -> None:
    assert text(answer_line((0.5, -0.25), None, NAMES, 40, PALETTE)) == "(+0.50, -0.25)"


# What is in hand: always the class, and the point here where there is room.

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
