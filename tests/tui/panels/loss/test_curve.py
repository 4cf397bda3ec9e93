"""The loss curves: any points at any size give rows within the panel, and a spike is seen."""

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.run.curve import Curve, CurvePoints, Curves
from tests.tui.support import ASCII, PALETTE, PALETTES, repeatable, text, texts
from tui.draw.palette import Palette
from tui.draw.text import width_of
from tui.panels.loss.curve import LABEL_WIDTH, curve_lines, label_of

SIZES = ((0, 0), (1, 1), (15, 9), (16, 3), (16, 4), (17, 5), (31, 7), (60, 20))
HUGE = 1.7e308
AWKWARD: dict[str, CurvePoints] = {
    "none": (),
    "one": ((3, 1.0),),
    "equal": ((0, 0.7), (1, 0.7)),
    "zero": ((0, 0.0), (1, 0.0)),
    "huge": ((0, 1e308), (1, HUGE)),
    "one huge": ((0, HUGE),),
    "tiny": ((0, 5e-324), (1, 1e-300)),
    "one tiny": ((7, 5e-324),),
    "all magnitudes": ((0, 5e-324), (1, 1.0), (2, HUGE)),
    "infinite": ((0, math.inf), (1, 1.0)),
    "only infinite": ((0, math.inf),),
    "nan": ((0, math.nan), (1, 2.0), (2, 1.0)),
    "late": ((10**9, 0.5),),
    "long": ((0, 1.0), (10**9, 0.5)),
}
finite_points = st.lists(st.floats(0, HUGE), max_size=8).map(lambda losses: tuple(enumerate(losses)))


def drawn(points: CurvePoints, width: int = 60, height: int = 12, *, log: bool = False) -> list[str]:
    """A train curve alone, as text."""
    return texts(curve_lines(Curves(points, ()), width, height, PALETTE, log=log))


def dots(row: str) -> str:
    """The row without the axis and what is left of it."""
    return row.rpartition("┤")[2] if "┤" in row else row[LABEL_WIDTH + 1 :]


@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize("points", AWKWARD.values(), ids=AWKWARD)
def test_awkward_losses_are_drawn_within_bounds(points: CurvePoints, log: bool) -> None:
    for (width, height), curves in product(SIZES, (Curves(points, ()), Curves((), points), Curves(points, points))):
        lines = curve_lines(curves, width, height, PALETTE, log=log)
        assert len(lines) <= height
        assert all(width_of(line) <= width for line in lines)


@given(finite_points, finite_points, st.integers(0, 40), st.integers(0, 12), st.booleans())
@repeatable(100)
def test_no_losses_at_no_size_raise(train: CurvePoints, val: CurvePoints, width: int, height: int, log: bool) -> None:
    lines = curve_lines(Curves(train, val), width, height, PALETTE, log=log)
    assert len(lines) <= height
    assert all(width_of(line) <= width for line in lines)


@pytest.mark.parametrize("palette", PALETTES, ids=str)
def test_every_look_fills_the_same_cells(palette: Palette) -> None:
    curves = Curves(((0, 1.0), (50, 0.2), (100, 0.4)), ((0, 1.1), (100, 0.5)))
    lines = curve_lines(curves, 60, 12, palette, log=False)
    assert [width_of(line) for line in lines] == [60] * 12


def test_ascii_is_ascii() -> None:
    curves = Curves(((0, 1.0), (50, 0.2), (100, 0.4)), ((0, 1.1), (100, 0.5)))
    for palette, log in product((ASCII, Palette("none", ascii_only=True)), (False, True)):
        assert palette.plain("".join(texts(curve_lines(curves, 60, 12, palette, log=log)))).isascii()


@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize("at", [1, 4321, 9_998])
def test_a_spike_of_one_step_in_ten_thousand_is_seen(at: int, log: bool) -> None:
    curve = Curve()
    for step in range(10_000):
        curve.add(step, 9.0 if step == at else 1.0 - step / 20_000)
    width = 60
    top, *rows = drawn(curve.points(2 * (width - LABEL_WIDTH)), width, 12, log=log)
    column = next(place for place, character in enumerate(dots(top)) if not character.isspace())
    assert abs(column - at / 10_000 * len(dots(top))) <= 1
    assert all(not dots(row)[column].isspace() for row in rows[:6])


def test_a_falling_loss_falls() -> None:
    rows = drawn(tuple((step, 100.0 - step) for step in range(101)))[:-1]
    first = [min(place for place, character in enumerate(dots(row)) if not character.isspace()) for row in rows]
    assert first == sorted(first)
    assert len(set(first)) == len(first)


def test_on_the_logarithmic_axis_an_exponential_is_straight() -> None:
    decay = tuple((step, 10.0 ** (-step / 20)) for step in range(101))
    straight = [dots(row) for row in drawn(tuple((step, 100.0 - step) for step, _ in decay))[:-1]]
    assert [dots(row) for row in drawn(decay, log=True)[:-1]] == straight
    assert [dots(row) for row in drawn(decay)[:-1]] != straight


def test_a_loss_of_zero_is_left_out_of_the_logarithmic_axis() -> None:
    assert "No loss to draw" in drawn(((0, 0.0),), log=True)[0]
    assert len(drawn(((0, 0.0), (1, 1.0), (2, 0.5)), log=True)) == 12


def test_the_axes_say_where_they_begin_and_end() -> None:
    rows = drawn(tuple((step, 100.0 - step / 2) for step in range(101)))
    assert rows[0].lstrip().startswith("100")
    assert any(row.lstrip().startswith("50┤") for row in rows)
    assert rows[-1].split() == ["0", "50", "100"]


def test_the_logarithmic_axis_is_labelled_with_losses() -> None:
    rows = drawn(((0, 10.0), (100, 0.01)), log=True)
    assert rows[0].split("┤")[0].strip() == "10"
    assert any(row.split("┤")[0].strip() == "0.010" for row in rows)


def test_the_first_steps_do_not_fill_the_step_axis() -> None:
    assert drawn(((0, 1.0), (1, 0.9)))[-1].split() == ["0", "5", "10"]


def test_train_and_val_have_their_own_styles() -> None:
    lines = curve_lines(Curves(((0, 1.0), (9, 0.9)), ((0, 0.1), (9, 0.0))), 60, 12, PALETTE, log=False)
    styles_above = {style for line in lines[:3] for part, style in line if any("⠀" < c <= "⣿" for c in part)}
    styles_below = {style for line in lines[9:] for part, style in line if any("⠀" < c <= "⣿" for c in part)}
    assert styles_above == {PALETTE.train}
    assert styles_below == {PALETTE.val}


def test_without_colours_train_and_val_have_their_own_marks() -> None:
    lines = curve_lines(Curves(((0, 1.0), (9, 0.9)), ((0, 0.1), (9, 0.0))), 60, 12, Palette("none"), log=False)
    assert "•" in text(lines[0])
    assert "•" not in text(lines[-2])
    assert "·" in text(lines[-2])


@given(st.floats(0, HUGE))
@repeatable(300)
def test_a_label_keeps_its_column(loss: float) -> None:
    assert len(label_of(loss)) == LABEL_WIDTH


def test_one_drawing_leaves_nothing_for_the_next() -> None:
    before = drawn(AWKWARD["equal"])
    drawn(AWKWARD["all magnitudes"], log=True)
    assert drawn(AWKWARD["equal"]) == before
