"""The list of branches: lines of training that were left for another setting, each to be returned to."""

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList

from engine.run.changes import Change, settings_of
from engine.run.history import BranchRecord, Timeline
from tui.draw.numbers import number
from tui.draw.palette import Palette
from tui.keys import bindings
from tui.run.settings import setting


class BranchScreen(ModalScreen[int | None]):
    """The branches; enter goes to one, which is the result."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("branches")]

    def __init__(self, timeline: Timeline, end: int, loss: float | None, palette: Palette) -> None:
        """`end` and `loss` are the last step and train loss of the current branch."""
        super().__init__()
        self.branches = timeline.updated(end=end, loss=loss).branches
        self.current = timeline.current
        self.palette = palette

    def compose(self) -> ComposeResult:
        rows = OptionList(*self.rows())
        rows.border_title = "Branches"
        rows.border_subtitle = self.palette.plain("enter goes there · L begins one · esc closes")
        rows.highlighted = [branch.number for branch in self.branches].index(self.current)
        yield rows

    def rows(self) -> list[Text]:
        """Each branch in one line: its number, where it began, how far it came and how well, what is different."""
        cells = [[origin(each), f"to step {each.end}", outcome(each)] for each in self.branches]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        rows = []
        for branch, row in zip(self.branches, cells, strict=True):
            here = branch.number == self.current
            aligned = "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
            line = f"{'▸' if here else ' '} {branch.number:<3}{aligned}  {described(self.own_changes(branch))}"
            rows.append(Text(self.palette.plain(line), self.palette.strong if here else self.palette.text))
        return rows

    def own_changes(self, branch: BranchRecord) -> Sequence[Change]:
        """What was changed on a branch itself, not on the one that it came from."""
        parent = next((each for each in self.branches if each.number == branch.parent), None)
        pairs = zip(branch.changes, parent.changes if parent else (), strict=False)
        return branch.changes[sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs)) :]

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if self.is_current:  # enter may have come twice
            self.dismiss(self.branches[event.option_index].number)


def origin(branch: BranchRecord) -> str:
    """Where a branch began."""
    return "from the start" if branch.parent is None else f"from {branch.parent} at step {branch.fork}"


def outcome(branch: BranchRecord) -> str:
    """What came of a branch."""
    if branch.diverged_at is not None:
        return f"diverged at {branch.diverged_at}"
    return "" if branch.loss is None else f"loss {number(branch.loss, width=7).strip()}"


def described(changes: Sequence[Change]) -> str:
    """The settings as they were changed, the latest of each, and the edits that were not taken back."""
    edits: Counter[str] = Counter()
    for change in changes:
        if change.patches or change.values:
            edits[change.what] += {"undo": -1, "more": 0}.get(change.role, 1)
    said = [
        f"{setting(name).called} {setting(name).titles.get(value, value) if isinstance(value, str) else f'{value:g}'}"
        for name, value in settings_of(changes).items()
        if value is not None
    ]
    said += [what if count == 1 else f"{what} ×{count}" for what, count in edits.items() if count > 0]
    return ", ".join(said)
