"""The confusion matrix, actual classes down and predicted ones across, and the rows of the misclassified examples."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.style import Style

from engine.classify import NO_CLASS
from engine.examples import ALL
from engine.run.probe import Choice
from engine.views.outcomes import Mistake, Outcomes
from tui.draw.numbers import WIDTH, compact, number
from tui.draw.palette import Palette
from tui.draw.text import Line, fit, width_of

AXES = "actual ↓ predicted →"
NAME_CELLS = 10
"""At most so many cells of a class's name where each class has one."""
GLYPH_LABEL, NAMED_LABEL, FULL_LABEL = 4, 13, len(AXES) + 2
NARROW, PLAIN, NAMED = 5, 6, NAME_CELLS + 3
"""Cells of a column: for whole per cent, for tenths of them, for the class's name above them."""
RECALL = "recall"
BOLD = Style(bold=True)
PLACE_WIDTH = 8


class Layout(NamedTuple):
    """Cells of the labels at the left, of each column, and of the recall at the right, or 0 without it."""

    label: int
    column: int
    recall: int

    @classmethod
    def of(cls, columns: int, width: int) -> "Layout":
        """The fullest with so many columns in `width` cells, or the least of all."""
        labels = FULL_LABEL, FULL_LABEL, NAMED_LABEL, GLYPH_LABEL, GLYPH_LABEL
        forms = [*zip(labels, (NAMED, PLAIN, PLAIN, PLAIN, NARROW), [len(RECALL) + 2] * 5, strict=True)]
        forms.append((GLYPH_LABEL, NARROW, 0))
        return cls(*next((form for form in forms if form[0] + columns * form[1] + form[2] <= width), forms[-1]))


def matrix_lines(outcomes: Outcomes, names: Sequence[str], width: int, palette: Palette) -> list[Line]:
    """A row to choose the split, a heading, a row for each class with its recall, and the precisions."""
    counts = outcomes.counts
    classes = len(counts)
    columns = classes + any(row[classes] for row in counts)
    layout = Layout.of(columns, width)
    lines = [split_line(outcomes, width, palette), heading(columns, classes, names, layout, palette)]
    for label, row in enumerate(counts):
        cells: Line = tuple(
            cell(count, layout.column, palette.of_class(label) + BOLD if label == place else palette.text, palette)
            for place, count in enumerate(row[:columns])
        )
        recall = (share(row[label], sum(row), layout.recall, palette),) if layout.recall else ()
        lines.append((*class_label(label, names, layout.label, palette), *cells, *recall))
    said = "precision" if layout.label >= NAMED_LABEL else "pr."
    sums = [sum(row[place] for row in counts) for place in range(classes)]
    precisions = (share(counts[i][i], whole, layout.column, palette) for i, whole in enumerate(sums))
    lines.append(((f" {said:<{layout.label - 1}}", palette.muted), *precisions))
    return lines


def split_line(outcomes: Outcomes, width: int, palette: Palette) -> Line:
    """The splits, the present one marked, and how much is right."""
    names = (ALL, *outcomes.names)
    chips = tuple((f" {name}", palette.accent if name == outcomes.split else palette.muted) for name in names)
    total = sum(map(sum, outcomes.counts))
    right = total - outcomes.wrong
    accuracy = f"{100 * right / total:.1f}%" if total else "-"
    for said in (f"   {right} of {total} right, accuracy {accuracy}", f"   {right} of {total} right", ""):
        line = (*chips, (said, palette.text))
        if width_of(line) <= width:
            return line
    return chips


def heading(columns: int, classes: int, names: Sequence[str], layout: Layout, palette: Palette) -> Line:
    """The classes over the columns; behind them that of outputs which are not numbers."""
    axes = AXES if layout.label == FULL_LABEL else ""
    spans = [(f" {axes:<{layout.label - 1}}", palette.muted)]
    for place in range(columns):
        name = f" {cut(names[place])}" if layout.column == NAMED and place < classes else ""
        text, style = (
            (f"{palette.glyph(place)}{name}", palette.of_class(place)) if place < classes else ("nan", palette.alert)
        )
        spans.append((" " * (layout.column - cell_len(text)) + text, style))
    if layout.recall:
        spans.append((f"{RECALL:>{layout.recall}}", palette.muted))
    return tuple(spans)


def class_label(label: int, names: Sequence[str], width: int, palette: Palette) -> Line:
    """A class's glyph, and its name where there is room."""
    name = cut(names[label], width - 3) if width > GLYPH_LABEL else ""
    padding = " " * (width - 3 - cell_len(name))
    return (f" {palette.glyph(label)}", palette.of_class(label)), (f" {name}{padding}", palette.text)


def cell(count: int, width: int, style: Style, palette: Palette) -> tuple[str, Style]:
    """A number of examples; none is a dot."""
    if not count:
        return f"{'·':>{width}}", palette.frame
    text = str(count)
    return f"{text if len(text) < width else compact(count):>{width}}", style


def share(part: int, whole: int, width: int, palette: Palette) -> tuple[str, Style]:
    """Per cent of a whole, a dash where there is no whole."""
    text = "-" if not whole else f"{100 * part / whole:.{0 if width < PLAIN or part == whole else 1}f}%"
    return f"{text:>{width}}", palette.muted


def cut(name: str, cells: int = NAME_CELLS) -> str:
    """The name in so many cells."""
    return name if cell_len(name) <= cells else set_cell_size(name, cells - 1).rstrip() + "…"


def mistake_heading(outcomes: Outcomes, width: int, palette: Palette) -> Line:
    """How many there are, over the columns of the list."""
    count = outcomes.wrong
    if not count:
        return ((" No example of these is misclassified.", palette.good),)
    columns = f" {'loss':>{WIDTH + 1}}  {'example':<11} {'x':>{PLACE_WIDTH}} {'y':>{PLACE_WIDTH}}  "
    for said in (f"class → predicted: {count} wrong", f"{count} wrong", ""):
        if cell_len(columns + said) <= width:
            break
    return ((columns + said, palette.muted),)


def mistake_row(mistake: Mistake, names: Sequence[str], probe: Choice | None, width: int, palette: Palette) -> Line:
    """One misclassified example: loss, split and number, place, class → predicted; the probe is marked."""
    is_probe = probe is not None and (probe.split, probe.index) == (mistake.split, mistake.index)
    x, y = mistake.point
    held_out = mistake.split != "train"
    start: Line = (
        ("› " if is_probe else "  ", palette.accent),
        (f"{number(mistake.loss)}  ", palette.strong),
        (f"{mistake.split:<5} {mistake.index:<5} ", palette.text),
        (f"{number(x, signed=True, width=PLACE_WIDTH)} {number(y, signed=True, width=PLACE_WIDTH)}  ", palette.muted),
    )
    for named in (True, False):
        line = (*start, *verdict(mistake, names if named else (), held_out, palette))
        if width_of(line) <= width:
            break
    return fit(line, width, palette.text) if width_of(line) > width else line


def verdict(mistake: Mistake, names: Sequence[str], held_out: bool, palette: Palette) -> Iterator[tuple[str, Style]]:
    """The class, an arrow, and what was predicted instead."""
    for place, label in enumerate((mistake.label, mistake.predicted)):
        if label == NO_CLASS:
            yield "nan", palette.alert
            continue
        yield palette.glyph(label, held_out=held_out and place == 0), palette.of_class(label)
        if names:
            name = cut(names[label])
            yield f" {name}", palette.text
            if place == 0:
                yield " " * (max(map(cell_len, map(cut, names))) - cell_len(name)), palette.text
        if place == 0:
            yield " → ", palette.muted
