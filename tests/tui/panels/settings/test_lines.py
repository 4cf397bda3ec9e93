"""The settings as lines: nothing is cut that fits, values line up, and what waits is told apart without colour."""

from dataclasses import replace

import pytest

from engine.optim import OPTIMIZERS
from engine.run.config import Config
from tests.tui.support import DEFAULT, PALETTE, PALETTES, texts
from tui.draw.palette import Palette
from tui.draw.text import width_of
from tui.panels.settings.lines import LABEL_WIDTH, TOLD_ROWS, Told, settings_lines, told_lines
from tui.run.draft import rows, with_text
from tui.run.settings import GROUPS
from tui.run.spec import RunSpec

FULL = replace(
    DEFAULT,
    config=Config(
        hidden=(8, 8, 8), optimizer="rmsprop", schedule="cosine", batch_size=8,
        features=("x", "y", "x2", "y2", "xy", "sinx", "siny"),
    ),
)  # fmt: skip
NARROWEST = 44


def lines_of(
    now: RunSpec, draft: RunSpec, chosen: int = 0, palette: Palette = PALETTE, width: int = NARROWEST
) -> list[str]:
    lines, _ = settings_lines(rows(now, draft, 40, 80), chosen, width, palette, focused=True)
    return texts(lines)


@pytest.mark.parametrize("width", [NARROWEST, 54, 78])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_value_is_whole_and_begins_in_the_same_column(optimizer: str, width: int) -> None:
    spec = replace(FULL, config=replace(FULL.config, optimizer=optimizer))
    told = rows(spec, spec, 40, 80)
    lines, places = settings_lines(told, 0, width, PALETTE, focused=False)
    shown = texts(lines)
    assert [shown[place][LABEL_WIDTH + 2 :].startswith(row.text) for place, row in zip(places, told, strict=True)]
    for place, row in zip(places, told, strict=True):
        assert row.setting.called in shown[place]
        assert row.text == shown[place][LABEL_WIDTH + 2 :][: len(row.text)]
    assert max(map(width_of, lines)) <= width


def test_groups_say_how_they_change() -> None:
    headings = [line.split() for line in lines_of(FULL, FULL) if not line.startswith(" ")]
    assert headings == [[group, *how.split()] for group, how in GROUPS.items()]


def test_the_chosen_row_has_arrows() -> None:
    lines = lines_of(DEFAULT, DEFAULT, chosen=1)
    assert [line for line in lines if "‹" in line] == [lines[2]]
    assert "‹ 0.1 ›" in lines[2]


def test_what_waits_says_what_it_was() -> None:
    lines = lines_of(DEFAULT, with_text(DEFAULT, "hidden", "16,16"))
    assert [line.split() for line in lines if "was" in line] == [
        ["*hidden", "layers", "2", "was", "1"],
        ["*units", "in", "each", "16,16", "was", "8"],
    ]


def test_a_value_without_end_is_cut_with_a_mark_and_the_row_keeps_its_width() -> None:
    spec = replace(DEFAULT, config=Config(hidden=(128,) * 16))
    assert any("128,128,128,12…" in line for line in lines_of(spec, spec))
    assert max(map(len, lines_of(spec, spec))) <= NARROWEST


@pytest.mark.parametrize("palette", [palette for palette in PALETTES if palette.ascii_only])
def test_plain_ascii_is_plain(palette: Palette) -> None:
    spec = replace(FULL, config=replace(FULL.config, features=("x", "sinx")))
    assert palette.plain("".join(lines_of(spec, spec, palette=palette))).isascii()
    assert palette.plain("".join(texts(told_lines(Told("a", waiting="b"), 44, palette)))).isascii()


@pytest.mark.parametrize("palette", PALETTES)
def test_words_below_take_the_same_rows_whatever_is_said(palette: Palette) -> None:
    for wrong in (False, True):
        for text in ("", "short", "word " * 40):
            lines = told_lines(Told(text, wrong=wrong, waiting="waits"), NARROWEST, palette)
            assert len(lines) == TOLD_ROWS + 1
            assert max(map(width_of, lines)) <= NARROWEST


def test_every_sentence_fits_below_the_rows() -> None:
    for spec in (FULL, DEFAULT, replace(DEFAULT, config=Config(schedule="step", batch_size=8))):
        for row in rows(spec, spec, 0, 80):
            said = " ".join(texts(told_lines(Told(row.setting.sentence(spec)), NARROWEST, PALETTE)))
            assert "…" not in said, row.setting.name
