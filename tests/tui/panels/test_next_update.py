"""What training does to a parameter: the engine's numbers in rows that stay in place, and its course over the run."""

import math
from dataclasses import replace

import pytest

from engine.run.config import Config
from engine.views.batch_update import batch_update
from engine.views.trail import Trail, Trails
from tests.tui.support import ASCII, DEFAULT, HINGE, PALETTE, session_of, text, texts
from tui.draw.numbers import number
from tui.draw.sparkline import BLOCKS, sparkline
from tui.draw.text import width_of
from tui.panels.next_update import NextUpdate, next_update_lines, trail_lines
from tui.run.spec import RunSpec

WIDTHS = (44, 60, 83)


def next_update_of(spec: RunSpec, steps: int, parameter: int = 0, columns: int = 40) -> NextUpdate:
    session = session_of(spec, steps)
    trail = Trails(session).of(parameter, columns, math.inf)
    return NextUpdate.of(batch_update(session), session.parameters, session.optimizer.rule.slots, trail)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("spec", "slots"), [(DEFAULT, ["m", "v"]), (HINGE, ["m", "v"])])
def test_the_numbers_are_the_engines(spec: RunSpec, slots: list[str], width: int) -> None:
    next_update = next_update_of(spec, 5)
    gradient, update = next_update.gradient, next_update.change
    for parameter in range(len(gradient)):
        lines = texts(next_update_lines(next_update, parameter, width, PALETTE))
        assert lines[0].split()[:3] == ["batch", "grad", repr(gradient[parameter])]
        assert lines[1].split()[:3] == ["next", "update", repr(update[parameter])]
        shown = [
            word
            for name, values in next_update.slots
            for word in (name, number(values[parameter], signed=True).strip())
        ]
        assert lines[2].split() == ["slots", *shown]
        assert [name for name, _ in next_update.slots] == slots
        assert max(len(line) for line in lines) <= width


def test_the_gradient_says_of_how_many_examples_it_is() -> None:
    assert "of 80 examples" in texts(next_update_lines(next_update_of(DEFAULT, 1), 0, 60, PALETTE))[0]


def test_a_gradient_that_is_clipped_says_by_how_much() -> None:
    spec = replace(DEFAULT, config=Config(clip_norm=0.01))
    next_update = next_update_of(spec, 1)
    first = texts(next_update_lines(next_update, 0, 60, PALETTE))[0]
    assert first.split()[2:] == [repr(next_update.gradient[0]), "clipped", "×", f"{next_update.clip_factor:.3g}"]
    assert math.hypot(*next_update.gradient) * next_update.clip_factor == pytest.approx(0.01, rel=1e-3)


def test_rows_keep_their_places_while_the_numbers_are_not_there_yet() -> None:
    next_update = next_update_of(DEFAULT, 5)
    for parameter in (0, 1):
        assert len(next_update_lines(None, 0, 44, PALETTE)) == len(
            next_update_lines(next_update, parameter, 44, PALETTE)
        )
        assert len(trail_lines(None, 0, 44, PALETTE)) == len(trail_lines(next_update, parameter, 44, PALETTE)) == 4
    assert trail_lines(next_update, 1, 44, PALETTE) == trail_lines(None, 1, 44, PALETTE)  # it is parameter 0's


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("steps", [0, 1, 5, 60])
def test_the_course_of_the_run_fits_and_has_its_ends(width: int, steps: int) -> None:
    next_update = next_update_of(DEFAULT, steps, columns=width - 2)
    for palette in (PALETTE, ASCII):
        lines = trail_lines(next_update, 0, width, palette)
        assert max(map(width_of, lines)) <= width
        assert palette is PALETTE or ASCII.plain("".join(texts(lines))).isascii()
    shown = texts(trail_lines(next_update, 0, width, PALETTE))
    assert next_update.trail
    if steps:
        for line, values in ((shown[0], next_update.trail.values), (shown[2], next_update.trail.gradients)):
            low, high = (number(end(values), signed=True).strip() for end in (min, max))
            assert line.split()[-3:] == [low, "…", high]
            assert "over" in line


def drawn(values: list[float], columns: int) -> str:
    return text(sparkline(range(len(values)), values, len(values) - 1, 99, columns, PALETTE))


def test_a_sparkline_rises_from_the_lowest_block_to_the_highest() -> None:
    assert drawn([float(i) for i in range(8)], 8) == f" {BLOCKS}"
    assert drawn([2.0, 2.0], 2) == " ▅▅"
    assert drawn([1e308, math.nan, -1e308, math.inf], 4) == " █!▁!"
    assert drawn([], 4) == " "


def test_a_column_has_the_latest_value_that_is_known_at_its_step() -> None:
    line = sparkline([0, 4, 6], [0.0, 1.0, 0.0], 8, 99, 9, PALETTE)
    assert text(line) == " ▁▁▁▁██▁▁▁"


def test_what_comes_after_the_present_step_is_muted() -> None:
    trail = Trail(0, 3, (0, 1, 2, 3), (1.0, 2.0, 3.0, 4.0), (1.0, 2.0, 3.0, 4.0), complete=True)
    line = trail_lines(NextUpdate(1, 1, [0.0], [0.0], (), trail), 0, 6, PALETTE)[1]
    assert [(len(part), style) for part, style in line[1:]] == [(2, PALETTE.positive), (2, PALETTE.muted)]


def test_numbers_that_are_not_finite_are_told() -> None:
    trail = Trail(0, 3, (0, 1), (math.nan, math.nan), (math.inf, 1.0), complete=True)
    next_update = NextUpdate(1, 1, [math.nan], [math.nan], (("v", [math.inf]),), trail)
    assert "nan" in texts(next_update_lines(next_update, 0, 44, PALETTE))[0]
    assert "+inf" in texts(next_update_lines(next_update, 0, 44, PALETTE))[2]
    assert "!" in texts(trail_lines(next_update, 0, 44, PALETTE))[1]
