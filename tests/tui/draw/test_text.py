"""Lines of styled text: cut, padded, spread and merged to exact widths, by cells and not by characters."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.support import PALETTE, repeatable, text
from tui.draw.text import Line, fit, merged, spread, width_of

STYLES = (PALETTE.text, PALETTE.accent, PALETTE.muted)
spans = st.tuples(st.text("ab ▀数e\u0301・", max_size=6), st.sampled_from(STYLES))
lines = st.lists(spans, max_size=6).map(tuple)
narrow_lines = st.lists(st.tuples(st.text("ab ▀·", max_size=6), st.sampled_from(STYLES)), max_size=6).map(tuple)


@given(lines, st.integers(0, 30))
@repeatable(200)
def test_a_fitted_line_is_exactly_as_wide_as_asked(line: Line, width: int) -> None:
    assert width_of(fit(line, width, PALETTE.text)) == width


@given(narrow_lines, st.integers(0, 30))
@repeatable(100)
def test_fitting_cuts_at_the_end_or_pads_and_changes_nothing_else(line: Line, width: int) -> None:
    assert text(fit(line, width, PALETTE.text)) == text(line)[:width].ljust(width)


def test_padding_has_the_style_that_is_given() -> None:
    assert fit((("ab", PALETTE.accent),), 4, PALETTE.muted) == (("ab", PALETTE.accent), ("  ", PALETTE.muted))


@given(narrow_lines, narrow_lines, st.integers(0, 70))
@repeatable(100)
def test_both_ends_are_shown_where_they_fit_else_the_right_one_gives_way(left: Line, right: Line, width: int) -> None:
    line = spread(left, right, width, PALETTE.text)
    assert width_of(line) == width
    if width_of(left) + width_of(right) < width:
        assert text(line).startswith(text(left))
        assert text(line).endswith(text(right))
    else:
        assert text(line) == text(left)[:width].ljust(width)


@given(narrow_lines)
@repeatable(100)
def test_neighbours_of_one_style_become_one_span(line: Line) -> None:
    one = merged(line)
    assert text(one) == text(line)
    assert all(a[1] is not b[1] for a, b in pairwise(one))
