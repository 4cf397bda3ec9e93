import math
from itertools import accumulate, groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.run.curve import Curve
from tests.engine.support import repeatable

losses = st.floats(0.0, 10.0) | st.sampled_from([math.inf, -math.inf, math.nan, 1e300, 0.0])
gaps = st.integers(1, 3) | st.integers(1, 5000)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, float]]:
    """(step, loss) with ascending steps, as training makes them or with holes."""
    values = draw(st.lists(losses, max_size=120))
    if draw(st.booleans()):
        return list(enumerate(values))
    steps = accumulate(draw(st.lists(gaps, min_size=len(values), max_size=len(values))))
    return list(zip(steps, values, strict=True))


def recorded(history: list[tuple[int, float]], capacity: int = 2048) -> Curve:
    curve = Curve(capacity)
    for step, loss in history:
        curve.add(step, loss)
    return curve


def finite(history: list[tuple[int, float]]) -> list[tuple[int, float]]:
    return [(step, loss) for step, loss in history if math.isfinite(loss)]


@repeatable(200)
@given(history=histories(), capacity=st.integers(1, 40), columns=st.integers(1, 60))
def test_the_points_are_real_in_order_few_and_end_with_the_latest(
    history: list[tuple[int, float]], capacity: int, columns: int
) -> None:
    points = recorded(history, capacity).points(columns)
    kept = finite(history)
    assert set(points) <= set(kept)
    assert [step for step, _ in points] == sorted({step for step, _ in points})
    assert len(points) <= 2 * columns + 1
    assert points[-1:] == tuple(kept[-1:])


@repeatable(200)
@given(history=histories(), capacity=st.integers(1, 40), columns=st.integers(1, 60))
def test_thinning_keeps_the_highest_spike_and_the_lowest_dip(
    history: list[tuple[int, float]], capacity: int, columns: int
) -> None:
    shown = [loss for _, loss in recorded(history, capacity).points(columns)]
    kept = [loss for _, loss in finite(history)]
    assert (max(shown, default=None), min(shown, default=None)) == (max(kept, default=None), min(kept, default=None))


@repeatable(200)
@given(history=histories(), capacity=st.integers(1, 40))
def test_every_bucket_shows_its_extremes_however_often_it_was_merged(
    history: list[tuple[int, float]], capacity: int
) -> None:
    curve = recorded(history, capacity)
    shown = {loss for _, loss in curve.points(10**9)}
    for _, bucket in groupby(finite(history), lambda point: point[0] // curve.width):
        values = [loss for _, loss in bucket]
        assert {min(values), max(values)} <= shown


@repeatable(200)
@given(history=histories(), columns=st.integers(1, 60))
def test_every_column_shows_its_extremes(history: list[tuple[int, float]], columns: int) -> None:
    kept = finite(history)
    shown = set(recorded(history).points(columns))
    stretch = max(1, math.ceil((kept[-1][0] + 1) / columns)) if kept else 1
    for _, column in groupby(kept, lambda point: point[0] // stretch):
        values = [loss for _, loss in column]
        assert {min(values), max(values)} <= {loss for _, loss in shown}


@repeatable(200)
@given(history=histories(), capacity=st.integers(1, 40))
def test_memory_stays_bounded_whatever_the_steps_are(history: list[tuple[int, float]], capacity: int) -> None:
    curve = Curve(capacity)
    for step, loss in history:
        curve.add(step, loss)
        assert len(curve.points(10**9)) <= 2 * capacity + 1


def test_a_hundred_thousand_steps_cost_no_more_than_the_capacity() -> None:
    curve = Curve(64)
    for step in range(100_000):
        curve.add(step, 1.0 / (step + 1) if step != 77_777 else 50.0)
    assert len(curve.points(10**9)) <= 129
    for columns in (1, 7, 40, 80):
        assert (77_777, 50.0) in curve.points(columns)
        assert len(curve.points(columns)) <= 2 * columns + 1


def test_a_short_curve_is_shown_in_full() -> None:
    history = [(step, 1.0 / (step + 1)) for step in range(100)]
    assert recorded(history).points(100) == tuple(history)
    assert recorded(history).points(1000) == tuple(history)


def test_losses_that_are_not_finite_leave_a_gap() -> None:
    curve = recorded([(0, 1.0), (1, math.nan), (2, math.inf), (3, 2.0), (4, -math.inf)])
    assert curve.points(80) == ((0, 1.0), (3, 2.0))


def test_a_curve_without_finite_losses_has_no_points() -> None:
    assert Curve().points(80) == ()
    assert recorded([(0, math.nan)]).points(80) == ()


@pytest.mark.parametrize("columns", [10, 80])
def test_thinned_points_taken_over_continue_the_curve(columns: int) -> None:
    history = [(step, math.sin(step / 50.0) + (5.0 if step == 1234 else 0.0)) for step in range(5000)]
    curve = recorded(list(recorded(history[:4000], 256).points(columns)), 256)
    for step, loss in history[4000:]:
        curve.add(step, loss)
    assert (1234, history[1234][1]) in curve.points(columns)
    assert curve.points(columns)[-1] == history[-1]
