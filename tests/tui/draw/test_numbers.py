"""Numbers keep their column, their sign and their size, whatever the float."""

import math
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tui.support import repeatable
from tui.draw.numbers import WIDTH, compact, number, pair

EXTREMES = (0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, sys.float_info.max, -sys.float_info.max)
AWKWARD = (*EXTREMES, 0.00005, 99.99995, 99.9999499999, 9999.5, 9999.4999, -9999.5, 1e100, -9.996e99, -1e-300, 9.995e-5)


@given(st.one_of(st.sampled_from(AWKWARD), st.floats()), st.booleans())
@repeatable(400)
def test_every_float_takes_the_same_cells(value: float, signed: bool) -> None:
    assert len(number(value, signed=signed)) == WIDTH


@given(st.one_of(st.sampled_from(AWKWARD), st.floats()).filter(lambda value: not value < 0.0))
@repeatable(200)
def test_what_is_never_negative_fits_in_seven_cells(value: float) -> None:
    assert len(number(abs(value), width=7)) == 7


@given(st.floats(allow_nan=False))
@repeatable(200)
def test_the_sign_is_always_shown_where_it_is_asked_for(value: float) -> None:
    assert number(value, signed=True).strip()[0] == ("-" if value < 0.0 else "+" if value > 0.0 else "0")
    assert number(value).strip().startswith("-") == (value < 0.0)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
@repeatable(400)
@example(99.99995, 99.9999)
@example(9999.5, 9999.49)
@example(-1e100, -9.999e99)
def test_a_greater_number_never_looks_smaller(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert float(number(low)) <= float(number(high))


@given(st.floats(-1e308, 1e308))
@repeatable(400)
def test_the_number_shown_is_near_the_number(value: float) -> None:
    shown = float(number(value, signed=True))
    size = abs(value)
    if 0.001 <= size < 9999.5:
        assert abs(shown - value) <= (0.00005000001 if size < 99.99995 else 0.00500001)
    else:
        assert math.isclose(shown, value, rel_tol=0.34)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0.0000"),
        (-0.0, "0.0000"),
        (-0.4199641, "-0.4200"),
        (0.03125, "0.0312"),
        (0.09375, "0.0938"),
        (0.5, "0.5000"),
        (0.00099995, "0.0010"),
        (0.00099994, "1.00e-3"),
        (-0.00004999, "-5.00e-5"),
        (99.99995, "100.00"),
        (9999.49, "9999.49"),
        (9999.5, "1.00e4"),
        (-123456.0, "-1.23e5"),
        (-1.5e-300, "-2e-300"),
        (1e308, "1.00e308"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_numbers_are_rounded_to_what_fits(value: float, shown: str) -> None:
    assert number(value).strip() == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"), (7.4, "7"), (94, "94"), (999.4, "999"), (999.5, "1.0k"), (1234, "1.2k"), (9949, "9.9k"),
        (9950, "10k"), (94_000, "94k"), (999_499, "999k"), (999_500, "1.0M"), (2.5e9, "2.5G"),
    ],
)  # fmt: skip
def test_a_count_is_cut_to_two_digits_and_a_unit(count: float, shown: str) -> None:
    assert compact(count) == shown


@given(st.floats(0, 9e11))
@repeatable(200)
def test_a_count_takes_at_most_four_cells(count: float) -> None:
    assert len(compact(count)) <= 4


@pytest.mark.parametrize(
    ("point", "shown"),
    [
        ((0.25, 0.0017), ("+0.25", "+0.00")),
        ((-12.0, 0.5), ("-12.00", "+0.50")),
        ((0.002, -0.003), ("+0.0020", "-0.0030")),
        ((0.0, 0.0), ("+0.00", "+0.00")),
        ((250.0, 0.5), ("+250.00", "+0.50")),
    ],
)
def test_both_coordinates_of_a_place_have_the_decimals_of_the_larger(
    point: tuple[float, float], shown: tuple[str, str]
) -> None:
    assert pair(*point) == shown
