"""The list of branches: lines of training that were left for another setting, each to be returned to."""

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from engine.snapshot import BranchRecord, Change, Timeline
from tui.drawing.numbers import number
from tui.palette import Palette


class BranchScreen(ModalScreen[int | None]):
    """The branches; enter goes to one, which is the result."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,H,q", "dismiss", "close", show=False)]

    def __init__(self, timeline: Timeline, end: int, palette: Palette) -> None:
        super().__init__()
        self.timeline, self.end = timeline, end
        self.palette = palette

    def compose(self) -> ComposeResult:
        rows = OptionList(*(Option(self.row(branch), str(branch.number)) for branch in self.timeline.branches))
        rows.border_title = "Branches"
        rows.border_subtitle = self.palette.plain("enter goes there · L begins one · esc closes")
        rows.highlighted = [branch.number for branch in self.timeline.branches].index(self.timeline.current)
        yield rows

    def row(self, branch: BranchRecord) -> Text:
        """A branch in one line: its number, where it began, what is different, how far it came."""
        palette = self.palette
        current = branch.number == self.timeline.current
        end = self.end if current else branch.end
        mark = "▸" if current else " "
        origin = "from the start" if branch.parent is None else f"from {branch.parent} at step {branch.fork}"
        parent = next((each for each in self.timeline.branches if each.number == branch.parent), None)
        shared = sum(change.step <= branch.fork for change in parent.changes) if parent else 0
        loss = "" if branch.loss is None else f"loss {number(branch.loss, width=7).strip()}"
        line = f"{mark} {branch.number:<3}{origin:<23}{f'to step {end}':<16}{loss:<14}"
        if branch.diverged_at is not None:
            line += f"diverged at {branch.diverged_at}  "
        line += described(branch.changes[shared:])
        return Text(palette.plain(line), palette.strong if current else palette.text, no_wrap=True, overflow="ellipsis")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(int(event.option.id or 0))


def described(changes: Iterable[Change]) -> str:
    """The settings as they were changed, the latest of each, and the edits that were not taken back."""
    settings: dict[str, float | int | None] = {}
    edits: Counter[str] = Counter()
    for change in changes:
        settings |= dict(change.settings)
        if change.patches or change.values:
            edits[change.what] += {"undo": -1, "more": 0}.get(change.role, 1)
    said = [f"{name} {value:g}" for name, value in settings.items() if value is not None]
    said += [what if count == 1 else f"{what} ×{count}" for what, count in edits.items() if count > 0]
    return ", ".join(said)
