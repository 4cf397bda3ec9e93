"""The settings as lines: groups of rows with their values, and below them what there is to say of the chosen one."""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from tui.draw.frame import selected_row
from tui.draw.palette import Palette
from tui.draw.text import Line, fit, spread
from tui.run.draft import SettingRow
from tui.run.settings import GROUPS
from tui.run.spec import RunSpec

LABEL_WIDTH = 15
"""Cells before the value: a margin, the label, a space."""
TOLD_ROWS = 3
"""Lines of words below the rows."""


class Present(NamedTuple):
    """How things are at the step on the screen."""

    spec: RunSpec
    step: int
    examples: int
    classes: int
    settled: bool


class Told(NamedTuple):
    """What is said below the rows: of the chosen row, or what was wrong; and of what waits for a new run."""

    text: str
    wrong: bool = False
    waiting: str = ""


def settings_lines(
    rows: Sequence[SettingRow], chosen: int, width: int, palette: Palette, *, focused: bool, typing: bool = False
) -> tuple[list[Line], list[int]]:
    """The rows under the headings of their groups, and the line on which each of them is.

    `typing`: the chosen value is being typed, so that the arrows do not change it.
    """
    lines: list[Line] = []
    places: list[int] = []
    group = ""
    for number, row in enumerate(rows):
        if row.setting.group != group:
            group, style = row.setting.group, palette.good if row.setting.live else palette.muted
            lines.append(spread(((group, palette.strong),), ((f"{GROUPS[group]} ", style),), width, palette.text))
        places.append(len(lines))
        line = row_line(row, width, palette, chosen=number == chosen, arrows=number == chosen and not typing)
        lines.append(selected_row(line, width, palette, focused=focused) if number == chosen else line)
    return lines, places


def row_line(row: SettingRow, width: int, palette: Palette, *, chosen: bool, arrows: bool) -> Line:
    """Label, value and at the right a remark; where a value waits for a new run a mark, and what it is until then."""
    label = f"{'*' if row.waits else ' '}{row.setting.called}".ljust(LABEL_WIDTH)
    room = max(0, width - LABEL_WIDTH - 2)
    text = row.text if cell_len(row.text) <= room else f"{row.text[: max(0, room - 1)]}…"
    before, after = ("‹ ", " ›") if arrows else ("  ", "  ")
    fitting = cell_len(text) + 2 <= room
    left: Line = (
        *((label, palette.text if chosen else palette.muted), (before, palette.accent)),
        (text, palette.accent if row.waits else palette.strong),
        (after if fitting else "", palette.accent),
    )
    remark = f"was {row.was}" if row.was else row.remark
    used = LABEL_WIDTH + 4 + cell_len(text)
    if not remark or used + cell_len(remark) + 2 > width:
        return fit(left, width, palette.text)
    return spread(left, ((f"{remark} ", palette.muted),), width, palette.text)


def told_lines(told: Told, width: int, palette: Palette) -> list[Line]:
    """A rule, two lines on the chosen row or what was wrong with it, and one on what waits."""
    lines: list[Line] = [(("─" * width, palette.frame),)]
    style = palette.alert if told.wrong else palette.text
    most = TOLD_ROWS if told.wrong else TOLD_ROWS - 1
    wrapped = textwrap.wrap(told.text, max(10, width - 2), max_lines=most, placeholder=" …", break_on_hyphens=False)
    lines += [((f" {part}", style),) for part in wrapped]
    if len(wrapped) < TOLD_ROWS:
        lines += [()] * (TOLD_ROWS - 1 - len(wrapped))
        lines.append(((f" {told.waiting}", palette.accent),))
    return lines
