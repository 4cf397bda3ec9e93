"""Only what changed is sent, and what is sent makes the new row out of the old one."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.support import PALETTE, repeatable
from tui.draw.diff import LEAST_GAP, cells_of, changed_ranges
from tui.draw.text import Line, fit

WIDTH = 40
STYLES = (PALETTE.text, PALETTE.accent)
spans = st.tuples(st.text("ab ▀·", max_size=12), st.sampled_from(STYLES))
rows = st.lists(spans, max_size=8).map(lambda line: fit(tuple(line), WIDTH, PALETTE.text))


def row(text: str) -> Line:
    return fit(((text, PALETTE.text),), WIDTH, PALETTE.text)


@given(rows, rows)
@repeatable(250)
def test_sending_the_changed_ranges_turns_the_old_row_into_the_new_one(old: Line, new: Line) -> None:
    screen, wanted = cells_of(old), cells_of(new)
    assert screen is not None
    assert wanted is not None
    for start, end in changed_ranges(old, new, WIDTH):
        screen[start:end] = wanted[start:end]
    assert screen == wanted


@given(rows, rows)
@repeatable(80)
def test_ranges_are_in_order_within_the_row_and_worth_a_cursor_move(old: Line, new: Line) -> None:
    ranges = list(changed_ranges(old, new, WIDTH))
    assert all(0 <= start < end <= WIDTH for start, end in ranges)
    assert all(b[0] - a[1] >= LEAST_GAP for a, b in pairwise(ranges))


def test_an_unchanged_row_is_not_sent() -> None:
    assert list(changed_ranges(row("loss 1.0"), row("loss 1.0"), WIDTH)) == []


def test_the_same_cells_in_other_spans_are_not_sent() -> None:
    split = (("lo", PALETTE.text), ("ss", PALETTE.text), (" " * 36, PALETTE.text))
    assert list(changed_ranges(row("loss"), split, WIDTH)) == []


def test_one_digit_is_one_cell() -> None:
    assert list(changed_ranges(row("loss 1.0 of train"), row("loss 2.0 of train"), WIDTH)) == [(5, 6)]


def test_a_style_is_a_change() -> None:
    assert list(changed_ranges((("ab", PALETTE.text),), (("ab", PALETTE.accent),), 2)) == [(0, 2)]


def test_far_changes_are_two_ranges_and_near_ones_are_one() -> None:
    assert list(changed_ranges(row("1" + " " * 20 + "1"), row("2" + " " * 20 + "2"), WIDTH)) == [(0, 1), (21, 22)]
    assert list(changed_ranges(row("1 1"), row("2 2"), WIDTH)) == [(0, 3)]


def test_a_row_with_wide_characters_is_sent_whole() -> None:
    assert list(changed_ranges(row("数 1"), row("数 2"), WIDTH)) == [(0, WIDTH)]
    assert list(changed_ranges(row("ab 1"), row("数 1"), WIDTH)) == [(0, WIDTH)]


def test_a_wide_and_a_combining_character_together_are_not_taken_for_two_narrow_ones() -> None:
    assert list(changed_ranges(row("e\u0301数 1"), row("e\u0301数 2"), WIDTH)) == [(0, WIDTH)]
