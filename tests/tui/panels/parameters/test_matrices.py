"""All weights and biases as matrices: each where it belongs, with numbers or, where those don't fit, with digits."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.support import ASCII, DEEP, DEFAULT, PALETTE, SCORES, SQUARED, example, repeatable, session_of, texts
from tui.draw.numbers import number
from tui.draw.palette import Palette
from tui.draw.text import Line, width_of
from tui.panels.network import Shown
from tui.panels.parameters.matrices import layers, parameter_lines, small
from tui.run.spec import RunSpec


def widths_of(spec: RunSpec, classes: int) -> tuple[int, ...]:
    return spec.config.widths(classes)


def drawn(spec: RunSpec, classes: int, width: int, palette: Palette = PALETTE) -> list[Line]:
    return parameter_lines(session_of(spec, 1).parameters, Shown.of(spec.config, classes), width, palette)


def lines_of(spec: RunSpec, classes: int, width: int) -> list[str]:
    return texts(drawn(spec, classes, width))


@pytest.mark.parametrize(("spec", "classes"), [(DEFAULT, 3), (DEEP, 2), (SQUARED, 2), (SCORES, 4)])
def test_every_parameter_is_shown_once_beside_its_unit_and_below_its_input(spec: RunSpec, classes: int) -> None:
    folding = example(spec, 1).folded
    session = session_of(spec, 1)
    index = {node: place for place, node in enumerate(folding.graph.parameters)}
    for layer, rows in enumerate(layers(session.parameters, widths_of(spec, classes)), start=1):
        for unit, row in enumerate(rows):
            for place, value in enumerate(row[:-1]):
                assert value == session.parameters[index[folding.by_name[f"w{layer}[{unit},{place}]"]]]
            assert row[-1] == session.parameters[index[folding.by_name[f"b{layer}[{unit}]"]]]


def test_matrices_have_names_at_their_rows_and_columns() -> None:
    lines = lines_of(DEFAULT, 3, 60)
    assert lines[0].split() == ["w1,", "b1", "x", "y", "bias"]
    folding, parameters = example(DEFAULT, 1).folded, session_of(DEFAULT, 1).parameters
    index = {node: place for place, node in enumerate(folding.graph.parameters)}
    row = next(line.split() for line in lines if line.startswith(" h1[3]"))
    names = ("w1[3,0]", "w1[3,1]", "b1[3]")
    assert row[1:] == [number(parameters[index[folding.by_name[name]]], signed=True).strip() for name in names]


def test_a_single_output_is_called_score() -> None:
    assert any("score" in line for line in lines_of(SQUARED, 2, 60))


def test_features_and_scores_go_by_their_names() -> None:
    lines = lines_of(SCORES, 4, 90)
    assert [line.split()[0] for line in lines[1:6]] == ["x", "x²", "x·y", "sin(y)", "bias"]
    assert [line.split()[0] for line in lines[-4:]] == [f"score[{unit}]" for unit in range(4)]


@pytest.mark.parametrize("width", [44, 56, 80])
def test_lines_of_the_default_network_are_within_the_panel(width: int) -> None:
    for palette in (PALETTE, ASCII):
        lines = drawn(DEFAULT, 3, width, palette)
        assert max(map(width_of, lines)) <= width


def test_where_numbers_have_no_room_each_weight_is_a_sign_and_a_digit() -> None:
    lines = lines_of(DEEP, 2, 44)
    assert any("9 is" in line for line in lines)
    assert any(line.startswith(" h2[0]") or line.startswith(" h1[0]") for line in lines)


@given(st.floats(), st.floats(0.0, allow_infinity=False))
@repeatable(300)
def test_a_small_weight_takes_two_cells_whatever_it_is(value: float, most: float) -> None:
    most = max(most, abs(value)) if math.isfinite(value) else most
    assert len(small(value, most)) == 2


def test_a_small_weight_shows_sign_and_share() -> None:
    assert [small(value, 2.0) for value in (2.0, -2.0, 1.0, 0.1, 0.0)] == ["+9", "-9", "+4", "+0", "+0"]
    assert small(math.inf, 1.0) == small(math.nan, 1.0) == " !"


def test_the_matrices_are_ascii_where_that_is_asked_for() -> None:
    for width in (44, 120):
        lines = drawn(DEEP, 2, width, ASCII)
        assert ASCII.plain("".join(texts(lines))).isascii()
