"""The table of parameters and the summary of the layers: every number in its column, every order, every width."""

import math

import pytest

from engine.views.layers import LayerState
from engine.views.reader import Reader
from tests.tui.panels.test_next_update import coming_of
from tests.tui.support import ASCII, DEEP, DEFAULT, HINGE, PALETTE, SQUARED, session_of, texts
from tui.draw.numbers import number
from tui.draw.text import width_of
from tui.panels.parameters.layers import log_bar, summary_lines
from tui.panels.parameters.table import ORDERS, columns_of, ordered, parameter_names, table_heading, table_row
from tui.run.spec import RunSpec


@pytest.mark.parametrize(("spec", "classes"), [(DEFAULT, 3), (DEEP, 2), (SQUARED, 2)])
def test_names_are_those_of_the_engine(spec: RunSpec, classes: int) -> None:
    assert parameter_names((2, *spec.config.sizes(classes))) == session_of(spec).parameter_names


def test_a_row_has_the_numbers_of_its_parameter() -> None:
    coming = coming_of(DEFAULT, 5)
    session = session_of(DEFAULT, 5)
    columns = columns_of(session.parameters, coming)
    assert len(columns) == 5
    for place, name in enumerate(session.parameter_names):
        line = texts([table_row(name, place, columns, 7, 78, PALETTE)])[0]
        assert line.split() == [name, *(number(column[place], signed=True).strip() for column in columns)]


def test_columns_have_names_above_them_and_as_many_as_fit_are_shown() -> None:
    coming = coming_of(DEFAULT, 5)
    columns = columns_of(session_of(DEFAULT, 5).parameters, coming)
    for width in (20, 44, 54, 78):
        head = table_heading(0, coming, 7, width, PALETTE)
        line = table_row("w1[0,0]", 0, columns, 7, width, PALETTE)
        assert width_of(head) == width_of(line) <= width
    titles = texts([table_heading(0, coming, 7, 78, PALETTE)])[0].split()
    assert titles == ["↑name", "value", "batch", "update", "m", "v"]


@pytest.mark.parametrize("order", range(len(ORDERS)))
def test_rows_are_in_the_order_that_the_heading_marks(order: int) -> None:
    coming = coming_of(DEFAULT, 5)
    columns = columns_of(session_of(DEFAULT, 5).parameters, coming)
    places = ordered(columns, order)
    assert sorted(places) == list(range(len(columns[0])))
    if order:
        sizes = [abs(columns[order - 1][place]) for place in places]
        assert sizes == sorted(sizes, reverse=True)
    marks = [word for word in texts([table_heading(order, coming, 7, 78, PALETTE)])[0].split() if word[0] in "↑↓"]
    assert len(marks) == 1


def test_numbers_that_are_not_finite_come_first() -> None:
    assert ordered([[1.0, math.nan, -3.0, math.inf]], 1) == [1, 3, 2, 0]


def test_before_the_batch_is_known_there_are_values_in_the_order_of_their_names() -> None:
    columns = columns_of([3.0, -4.0], None)
    assert ordered(columns, 3) == [0, 1]
    assert ordered(columns, 1) == [1, 0]


def summary(spec: RunSpec, width: int) -> list[str]:
    session = session_of(spec, 20)
    states = Reader(session).layer_states()
    for palette in (PALETTE, ASCII):
        lines = summary_lines(states, [spec.config.activation] * len(spec.config.hidden), width, palette)
        assert max(map(width_of, lines)) <= width
        assert palette is PALETTE or ASCII.plain("".join(texts(lines))).isascii()
    return texts(summary_lines(states, [spec.config.activation] * len(spec.config.hidden), width, PALETTE))


@pytest.mark.parametrize("width", [54, 78, 110])
@pytest.mark.parametrize("spec", [DEFAULT, HINGE, SQUARED, DEEP])
def test_every_layer_has_a_row_within_the_panel(spec: RunSpec, width: int) -> None:
    session = session_of(spec, 20)
    states = Reader(session).layer_states()
    lines = summary(spec, width)
    for state in states:
        row = next(line.split() for line in lines if line.startswith(f" {state.layer} "))
        assert row[2:4] == [number(state.gradient).strip(), number(state.largest).strip()]
        assert any("%" in word for word in row) == (state.flat is not None)


def test_stuck_units_are_named() -> None:
    states = [LayerState(1, 2, 3, 0.1, 0.2, 0.7, (0, 2)), LayerState(2, 3, 1, 0.1, 0.2, None, ())]
    text = " ".join(texts(summary_lines(states, ["relu"], 78, PALETTE)))
    assert "dead for every train example: h1[0], h1[2]" in text
    assert "No unit" not in text
    fine = [LayerState(1, 2, 3, 0.1, 0.2, 0.7, ()), states[1]]
    assert "No unit is dead" in " ".join(texts(summary_lines(fine, ["relu"], 78, PALETTE)))


def test_a_gradient_that_is_not_finite_is_told() -> None:
    states = [LayerState(1, 2, 3, math.nan, math.nan, 0.0, ()), LayerState(2, 3, 1, 0.1, 0.2, None, ())]
    assert "nan" in texts(summary_lines(states, ["tanh"], 78, PALETTE))[2]


def test_the_bar_is_logarithmic() -> None:
    assert [len(log_bar(10.0**-power, 16)) for power in (0, 2, 4, 6, 8, 10)] == [16, 12, 8, 4, 0, 0]
    assert log_bar(math.inf, 16) == log_bar(math.nan, 16) == log_bar(0.0, 16) == ""
    assert len(log_bar(1e9, 16)) == 16


def test_without_hidden_units_nothing_is_said_of_them() -> None:
    state = LayerState(1, 2, 3, 0.1, 0.2, None, ())
    text = " ".join(texts(summary_lines((state,), [], 78, PALETTE)))
    assert "There is no hidden layer" in text
    assert "tanh" not in text
