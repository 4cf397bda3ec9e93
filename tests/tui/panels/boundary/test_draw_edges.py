"""The answer at the cursor: as much as fits, never cut, always as wide."""

import math

import pytest

from engine.classify import probabilities
from engine.views.decision_map import PointAnswer
from tests.tui.support import PALETTE, text
from tui.draw.text import width_of
from tui.panels.boundary.draw_edges import answer_line, share_text

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
