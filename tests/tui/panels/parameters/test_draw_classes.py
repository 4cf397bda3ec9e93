"""The confusion matrix and the list below it: every number in its place, at every width, in every look."""

import re
from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from engine.examples import ALL, Example
from engine.run.probe import Choice
from engine.views.outcomes import Mistake, Outcomes, outcomes
from engine.views.reader import Reader
from tests.tui.support import DEFAULT, PALETTE, PALETTES, session_of, text, texts
from tui.draw.palette import GLYPHS
from tui.draw.text import width_of
from tui.panels.parameters.draw_classes import cut, matrix_lines, mistake_heading, mistake_row, verdict

NAMES = ("yin", "yang", "dot")
EIGHT = tuple(f"blob {number}" for number in range(1, 9))


class Pretending:
    """A program whose outputs are given: the class that it predicts for each x."""

    def __init__(self, classes: int) -> None:
        self.classes = classes

    def losses(self, _: Sequence[float], examples: Sequence[Example]) -> list[tuple[float, ...]]:
        rows = []
        for x, y, _label in examples:
            wins = [float(place == int(x)) for place in range(self.classes)]
            rows.append((y, *([float("nan")] * self.classes if x < 0 else wins)))
        return rows


def pretended(counts: Sequence[Sequence[int]]) -> Outcomes:
    """Outcomes with these counts; a column more is of what is no number."""
    classes = len(counts)
    examples = [
        (-1.0 if place == classes else float(place), 0.5, label)
        for label, row in enumerate(counts)
        for place, count in enumerate(row)
        for _ in range(count)
    ]
    session = SimpleNamespace(
        step_count=7, program=Pretending(classes), parameters=[], splits={"train": examples}, classes=classes
    )
    return outcomes(session, ALL)  # type: ignore[arg-type]


def rows_of(found: Outcomes, names: Sequence[str], width: int) -> list[str]:
    """The rows, with one space wherever there are some."""
    return [" ".join(line.split()) for line in texts(matrix_lines(found, names, width, PALETTE))]


def test_a_long_name_has_the_room_that_there_is() -> None:
    found, names = pretended([[5, 1], [0, 4]]), ("left of the middle", "right of the middle")
    assert rows_of(found, names, 78)[2] == "● left of the middle 5 1 83.3%"
    assert rows_of(found, names, 40)[2] == "● left of t… 5 1 83.3%"


def test_counts_recall_and_precision_stand_in_their_rows_and_columns() -> None:
    found = pretended([[5, 1, 0], [0, 4, 0], [2, 0, 1]])
    rows = rows_of(found, NAMES, 78)
    assert rows[0] == "all train 10 of 13 right, accuracy 76.9%"
    assert rows[1] == "actual ↓ predicted → ● yin ▲ yang ■ dot recall"
    assert rows[2] == "● yin 5 1 · 83.3%"
    assert rows[3] == "▲ yang · 4 · 100%"
    assert rows[4] == "■ dot 2 · 1 33.3%"
    assert rows[5] == "precision 71.4% 80.0% 100%"


def test_without_examples_of_a_class_there_is_no_share() -> None:
    rows = rows_of(pretended([[3, 0], [0, 0]]), NAMES[:2], 78)
    assert rows[3] == "▲ yang · · -"
    assert rows[4] == "precision 100% -"


def test_outputs_that_are_no_numbers_have_a_column_only_where_there_are_some() -> None:
    assert "nan" not in rows_of(pretended([[3, 0], [0, 2]]), NAMES[:2], 78)[1]
    rows = rows_of(pretended([[3, 0, 1], [0, 2, 0]]), NAMES[:2], 78)
    assert rows[1].endswith(" nan recall")
    assert rows[2] == "● yin 3 · 1 75.0%"


@pytest.mark.parametrize("width", [45, 53, 78, 118, 198])
@pytest.mark.parametrize("largest", [0, 7, 12_345, 99_999])
def test_eight_classes_are_aligned_and_fit_from_the_narrowest_panel_on(width: int, largest: int) -> None:
    counts = tuple((*(largest if place == label else 3 for place in range(8)), 0) for label in range(8))
    empty = pretended([[0] * 8] * 8)
    found = Outcomes(1, ALL, counts, ("train", "val", "test"), *[b""] * 3, *[b""] * 3)
    for each in (empty, found):
        lines = matrix_lines(each, EIGHT, width, PALETTE)
        assert max(map(width_of, lines)) <= width
        shown = texts(lines)
        ends = [match.end() for match in re.finditer(r"\S+", shown[3])]
        named = width == 198
        heads = [shown[1].index(EIGHT[place] if named else glyph) for place, glyph in enumerate(GLYPHS)]
        assert {head + (len(EIGHT[0]) if named else 1) for head in heads} <= set(ends), "heads end where columns end"


def test_every_look_has_the_same_words_and_ascii_is_ascii() -> None:
    session = session_of(DEFAULT, 20)
    found = Reader(session).outcomes(ALL)
    for palette in PALETTES:
        lines = [*matrix_lines(found, NAMES, 78, palette), mistake_heading(found, 78, palette)]
        lines += [
            mistake_row(found.mistake(row), NAMES, session.chooser.now, 78, palette) for row in range(found.wrong)
        ]
        shown = texts(lines)
        assert "79 of 100 right" in shown[0]
        if palette.ascii_only:
            assert palette.plain("".join(shown)).isascii()


def test_the_present_split_is_marked() -> None:
    found = Reader(session_of(DEFAULT)).outcomes("val")
    styles = dict(matrix_lines(found, NAMES, 78, PALETTE)[0])
    assert [name.strip() for name, style in styles.items() if style is PALETTE.accent] == ["val"]


MISTAKE = Mistake(2.5, "val", 4, (-0.75, 12.0), 0, 1)


def test_a_mistake_is_told_with_its_loss_its_example_its_place_and_both_classes() -> None:
    line = text(mistake_row(MISTAKE, NAMES, None, 78, PALETTE))
    assert " ".join(line.split()) == "2.5000 val 4 -0.7500 +12.0000 ○ yin → ▲ yang"
    assert "●" in text(mistake_row(Mistake(2.5, "train", 4, (0.0, 0.0), 0, 1), NAMES, None, 78, PALETTE))
    assert text(mistake_row(MISTAKE, NAMES, None, 53, PALETTE)).endswith("○ → ▲")
    assert text(mistake_row(Mistake(2.5, "val", 4, (0.0, 0.0), 0, 255), NAMES, None, 78, PALETTE)).endswith("→ nan")


def test_the_probe_is_marked_and_no_other() -> None:
    for choice, marked in (
        (Choice("val", 4, (0.0, 0.0), 0), True),
        (Choice("val", 5, (0.0, 0.0), 0), False),
        (Choice("free", 4, (0.0, 0.0), 0), False),
    ):
        assert text(mistake_row(MISTAKE, NAMES, choice, 78, PALETTE)).startswith("›") is marked


def test_rows_keep_their_columns_under_the_heading_whatever_the_numbers() -> None:
    found = pretended([[0, 3], [0, 0]])
    head = text(mistake_heading(found, 78, PALETTE))
    for mistake in (MISTAKE, Mistake(float("nan"), "train", 99_999, (-1.5e300, 1e-12), 1, 0)):
        line = text(mistake_row(mistake, NAMES, None, 78, PALETTE))
        assert width_of(mistake_row(mistake, NAMES, None, 78, PALETTE)) <= 78
        assert line.index("→") > head.index("class")
        assert line[head.index("class") - 3 : head.index("class")].endswith("  ")
        assert line[head.index("example") - 1] == " "


def test_no_mistake_is_said_in_words() -> None:
    assert "No example" in text(mistake_heading(pretended([[3, 0], [0, 1]]), 78, PALETTE))


def test_long_and_wide_names_are_cut_to_their_column() -> None:
    assert cut("a name as long as this") == "a name as…"
    assert width_of(tuple(verdict(MISTAKE, ("漢字漢字漢字漢字", "b" * 300), True, PALETTE))) <= 27
