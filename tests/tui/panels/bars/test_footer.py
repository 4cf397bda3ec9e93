"""The footer: the keys that fit, whole, with help and quit always among them."""

import pytest

from tests.tui.support import ASCII, PALETTE, assert_exact, text, texts
from tui.keys import KEYS
from tui.panels.bars.footer import footer_line, shown_keys

HINTS = ("", "80x24 shows all panels; tab: next", "z shows all panels")
LONG = "stopped: val loss not better for 200 (the least was 0.123456 at step 1234); D shows where and why"


def footer(width: int, hint: str = "", *, playing: bool = False) -> str:
    return text(footer_line(playing, hint, width, PALETTE))


@pytest.mark.parametrize("hint", HINTS)
def test_the_footer_is_exactly_as_wide_as_the_screen(hint: str) -> None:
    for width in range(251):
        for playing in (True, False):
            assert_exact([footer_line(playing, hint, width, PALETTE)], width, 1)


@pytest.mark.parametrize("hint", HINTS)
def test_help_and_quit_are_always_there_from_forty_columns(hint: str) -> None:
    for width in range(40, 251):
        for playing in (True, False):
            line = footer(width, hint, playing=playing)
            assert "? help" in line
            assert "q quit" in line
            assert line.lstrip().startswith(hint.partition(";")[0])


def test_a_long_hint_is_shortened_where_its_parts_end_and_cut_only_below_that() -> None:
    bare = LONG.partition(" (")[0]
    for width in range(40, 251):
        line = footer(width, LONG).strip()
        assert line.endswith("? help  q quit")
        told = line.removesuffix("? help  q quit").rstrip()
        room = width - 1 - len("? help  q quit  ")
        whole = next((part for part in (LONG, LONG.partition(";")[0], bare) if len(part) <= room), None)
        assert told.startswith(whole) if whole else told.endswith("…") and bare.startswith(told[:-1])


def test_no_key_is_cut() -> None:
    whole = {f"{key.shown} {key.footer}" for key in KEYS if key.footer}
    for width in range(40, 251):
        for hint in HINTS:
            assert (
                set(footer(width, hint).replace(hint or "\0", "").strip().split("  ")) - {hint.partition(";")[0]}
                <= whole
            )


def test_keys_are_in_the_order_of_the_table_and_the_most_needed_come_first() -> None:
    everything = shown_keys(1000)
    assert everything == [key for key in KEYS if key.footer and not key.local]
    for width in range(40, 250):
        fewer = shown_keys(width)
        assert fewer == [key for key in everything if key in fewer]
    at_80 = {key.action for key in shown_keys(80)}
    assert {"play", "step(1)", "speed(1)", "find", "focus_panel(1)"} <= at_80


def test_all_keys_of_the_footer_are_shown_on_a_wide_screen() -> None:
    assert all(f"{key.shown} {key.footer}" in footer(200) for key in KEYS if key.footer and not key.local)


@pytest.mark.parametrize("playing", [True, False])
def test_with_the_focus_on_the_boundary_the_keys_for_points_come_before_others(playing: bool) -> None:
    points = ("a add", "e move", "l class", "h split", "d delete")
    for width in range(80, 251):
        line = text(footer_line(playing, "", width, PALETTE, "boundary")).rstrip()
        assert line.endswith("? help  q quit"), "nothing is cut"
        assert all(f"  {key}  " in line for key in (*points, "space pause" if playing else "space play")[:5])
        assert not any(f"  {key}  " in text(footer_line(playing, "", width, PALETTE, "graph")) for key in points)
    assert "a add" in text(footer_line(False, "", 50, PALETTE, "boundary"))


def test_the_footer_says_what_space_does_now() -> None:
    assert "space play" in footer(80)
    assert "space pause" in footer(80, playing=True)


def test_the_footer_is_ascii_where_that_is_asked_for() -> None:
    assert ASCII.plain("".join(texts([footer_line(True, hint, 200, ASCII) for hint in HINTS]))).isascii()


@pytest.mark.parametrize("playing", [True, False])
def test_the_footer_names_what_is_needed_most_and_cuts_nothing(playing: bool) -> None:
    for width in range(80, 240):
        line = text(footer_line(playing, "", width, PALETTE)).rstrip()
        assert line.endswith("? help  q quit"), "nothing is cut"
        assert ("M settings" in line) == (width >= 87)
