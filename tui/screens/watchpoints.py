"""The list of watchpoints: conditions at which training stops, and the way back to where each first was so."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from engine.views.conditions import watchpoint
from tui.draw.palette import Palette
from tui.keys import bindings
from tui.panels.graph.panel import GraphPanel
from tui.worker.intents import Watch

HELP = (
    "Training stops when one turns true. Enter adds what is typed.\n"
    "Also: step >= 500, |w| > 10, h1[0] > 0.9, grad h1[0] = 0, not finite.\n"
    "In the list: enter goes to the first step with it, delete removes it."
)


class WatchScreen(ModalScreen[str]):
    """Conditions are typed above and chosen below; `check` says what is wrong with one, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("watchpoints")]

    def __init__(
        self, conditions: Sequence[str], check: Callable[[str], str], send: Callable[[Watch], object], palette: Palette
    ) -> None:
        super().__init__()
        self.conditions = list(conditions)
        self._check = check
        self._send = send  # at once: training may be playing behind the list
        self.palette = palette

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Watchpoints"
            box.border_subtitle = self.palette.plain("esc closes")
            field = Input(placeholder="loss < 0.1   accuracy >= 95%   val loss not better for 200")
            field.cursor_blink = False
            yield field
            yield Static(HELP, id="told")
            yield OptionList(*map(Text, self.conditions))

    def _tell(self, text: str, style: Style) -> None:
        self.query_one("#told", Static).update(Text(self.palette.plain(text), style))

    def _show(self) -> None:
        rows = self.query_one(OptionList)
        rows.clear_options()
        rows.add_options(map(Text, self.conditions))
        rows.highlighted = len(self.conditions) - 1 if self.conditions else None  # the one that was typed last

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        condition = " ".join(event.value.split())
        if not condition:
            self.action_close()
            return
        if wrong := self._check(condition):
            self._tell(wrong, self.palette.alert)
            return
        if condition not in self.conditions:
            self.conditions.append(condition)
            self._show()
            self._send(Watch(tuple(self.conditions)))
        event.input.value = ""
        self._tell(HELP, self.palette.muted)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if self.is_current:  # enter may have come twice
            self.dismiss(self.conditions[event.option_index])

    def action_list(self) -> None:
        if self.conditions:
            self.query_one(OptionList).focus()

    def action_type(self) -> None:
        self.query_one(Input).focus()

    def action_remove(self) -> None:
        rows = self.query_one(OptionList)
        if rows.has_focus and rows.highlighted is not None:
            del self.conditions[rows.highlighted]
            self._show()
            self._send(Watch(tuple(self.conditions)))
            if not self.conditions:
                self.action_type()

    def action_close(self) -> None:
        if self.is_current:
            self.dismiss("")


def wrong_with(text: str, graph: GraphPanel, splits: Sequence[str], *, batches: bool) -> str:
    """What is wrong with a condition for the network of this graph and data of these splits, or nothing."""
    try:
        watchpoint(text, graph.parameter_names, graph.node_names, splits, batches=batches)
    except ValueError as error:
        return str(error)
    return ""
