"""The help screen: the table of keys by group, and a few lines on what is on the screen."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.keys import groups
from tui.palette import Palette

READING = (
    ("Graph", "The loss of one example, the probe, node by node: data, and grad = d loss / d node."),
    ("Numbers", "Loss, accuracy, map and graph are all at the weights of the step in the header."),
    ("Marks", "▸ closed  ▾ open  ↩ shown in full elsewhere  Σ 9 a folded sum of nine terms"),
    ("Points", "Solid: trained on. Hollow: val and test, never trained on. In ( ): the probe."),
)


class HelpScreen(ModalScreen[None]):
    """Everything that keys can do, and how to read the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,f1,enter,space", "dismiss", "close", show=False, priority=True)
    ]

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.palette = palette

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = "Help"
            box.border_subtitle = "↑ ↓ scroll · esc closes"
            yield Static(self.text())

    def text(self) -> Text:
        """The help as styled text."""
        palette = self.palette
        text = Text()
        for group, keys in groups().items():
            text.append(f"{group}\n", palette.strong)
            for key in keys:
                text.append(f"  {palette.plain(key.shown):<19}", palette.accent)
                text.append(f"{palette.plain(key.help)}\n", palette.text)
        text.append("Reading the screen\n", palette.strong)
        for name, line in READING:
            text.append(f"  {name:<9}", palette.accent)
            text.append(f"{palette.plain(line)}\n", palette.text)
        return text
