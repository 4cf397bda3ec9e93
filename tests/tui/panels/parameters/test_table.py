"""The table of parameters and the summary of the layers: every number in its column, every order, every width."""

import math

import pytest

from engine.losses import LOSSES, mean
from engine.rng import Rng
from engine.run.session import Session
from engine.views.layers import LayerState
from engine.views.queries import ProbeQuery
from engine.views.reader import Reader
from tests.tui.panels.test_next_update import next_update_of
from tests.tui.running import running
from tests.tui.support import ASCII, DEEP, DEFAULT, HINGE, PALETTE, SQUARED, session_of, texts
from tui.draw.numbers import WIDTH, number
from tui.draw.text import width_of
from tui.panels.next_update import NextUpdate
from tui.panels.parameters.layers import log_bar, summary_lines
from tui.panels.parameters.table import (
    ORDERS,
    Columns,
    columns_of,
    ordered,
    parameter_names,
    table_heading,
    table_row,
    titles_of,
)
from tui.run.spec import RunSpec


@pytest.mark.parametrize(("spec", "classes"), [(DEFAULT, 3), (DEEP, 2), (SQUARED, 2)])
def test_names_are_those_of_the_engine(spec: RunSpec, classes: int) -> None:
    assert parameter_names((2, *spec.config.sizes(classes))) == session_of(spec).parameter_names


def columns_at(steps: int) -> tuple[NextUpdate, Columns]:
    """The columns of a run's parameters, with the probe's gradient."""
    session, next_update = session_of(DEFAULT, steps), next_update_of(DEFAULT, steps)
    return next_update, columns_of(session.parameters, next_update, probe_gradient(session))


def probe_gradient(session: Session) -> list[float]:
    """The gradient of the probe's one loss for each parameter, with Values."""
    model = session.config.model(session.classes, Rng(1))
    for parameter, value in zip(model.parameters(), session.parameters, strict=True):
        parameter.data = value
    now = session.chooser.now
    loss = LOSSES[session.config.loss]
    mean([loss.of_example(model(now.point), now.label)]).backward()
    return [parameter.grad for parameter in model.parameters()]


def test_a_row_has_the_numbers_of_its_parameter() -> None:
    next_update, columns = columns_at(5)
    titles = titles_of("name", next_update, 7, 78)
    assert titles == list(columns) == ["value", "batch", "update", "m", "v", "probe"]
    for place, name in enumerate(session_of(DEFAULT).parameter_names):
        line = texts([table_row(name, place, columns, titles, 7, PALETTE)])[0]
        assert line.split() == [name, *(number(columns[title][place], signed=True).strip() for title in titles)]


def test_columns_have_names_above_them_and_as_many_as_fit_are_shown() -> None:
    next_update, columns = columns_at(5)
    for width in (20, 44, 54, 78):
        titles = titles_of("name", next_update, 7, width)
        head = table_heading("name", titles, 7, PALETTE)
        line = table_row("w1[0,0]", 0, columns, titles, 7, PALETTE)
        assert width_of(head) == width_of(line) <= width
        assert titles == [*columns][: len(titles)]
        assert len(titles) == len(columns) or width - width_of(line) <= WIDTH, "one more has no room"
        assert texts([head])[0].split() == ["↑name", *titles]


def test_the_column_that_rows_are_ordered_by_is_always_shown_and_takes_no_other_away_where_there_is_room() -> None:
    next_update, _ = columns_at(5)
    assert titles_of("probe", next_update, 7, 54) == [*titles_of("name", next_update, 7, 54)[:-1], "probe"]
    assert titles_of("probe", next_update, 7, 78) == titles_of("name", next_update, 7, 78)
    assert titles_of("probe", next_update, 7, 20) == ["probe"]


@pytest.mark.parametrize("order", ORDERS)
def test_rows_are_in_the_order_that_the_heading_marks(order: str) -> None:
    next_update, columns = columns_at(5)
    places = ordered(columns, order)
    assert sorted(places) == list(range(len(columns["value"])))
    if order != "name":
        sizes = [abs(columns[order][place]) for place in places]
        assert sizes == sorted(sizes, reverse=True)
    head = texts([table_heading(order, titles_of(order, next_update, 7, 78), 7, PALETTE)])[0]
    assert [word[1:] for word in head.split() if word[0] in "↑↓"] == [order]


def test_numbers_that_are_not_finite_come_first() -> None:
    assert ordered({"value": [1.0, math.nan, -3.0, math.inf]}, "value") == [1, 3, 2, 0]


def test_before_the_batch_is_known_there_are_values_in_the_order_of_their_names() -> None:
    columns = columns_of([3.0, -4.0], None)
    assert ordered(columns, "update") == [0, 1]
    assert ordered(columns, "value") == [1, 0]
    line = texts([table_row("w", 0, columns, ["value", "probe"], 7, PALETTE)])[0]
    assert (width_of(((line, PALETTE.text),)), len(line.split())) == (8 + 2 * (1 + WIDTH), 2)


async def test_the_probes_gradient_follows_the_probe_and_is_asked_for_where_it_is_shown() -> None:
    async with running() as run:
        await run.press("5", "right", "z")
        panel = run.workbench.parameters
        session = session_of(DEFAULT)
        assert [*panel._probe_gradient] == probe_gradient(session)
        await run.press("o", "o", "o", "o")
        for index, key in ((0, ""), (1, "right_square_bracket"), (2, "right_square_bracket")):
            await run.press(*[key] * bool(key), "home")
            session.chooser.select("train", index)
            gradient = probe_gradient(session)
            largest = max(range(len(gradient)), key=lambda place: abs(gradient[place]))
            assert [*panel._probe_gradient] == gradient
            row = run.panel("parameters")[1].split()
            assert row[:2] == [
                session.parameter_names[largest],
                number(session.parameters[largest], signed=True).strip(),
            ]
            assert number(gradient[largest], signed=True).strip() in row


async def test_where_the_probes_gradient_has_no_room_it_is_asked_for_with_its_order() -> None:
    async with running() as run:
        await run.press("5", "right", "z")
        await run.resize(60, 24)
        assert run.asked(ProbeQuery) is None
        await run.press("o", "o", "o", "o")
        assert run.asked(ProbeQuery)
        gradient = probe_gradient(session_of(DEFAULT))
        largest = max(range(len(gradient)), key=lambda place: abs(gradient[place]))
        assert run.workbench.parameters.selected == session_of(DEFAULT).parameter_names[largest]


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
