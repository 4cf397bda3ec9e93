"""The help screen: the table of keys by group, and a few lines on what is on the screen."""

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.draw.palette import Palette
from tui.keys import bindings, groups

READING = (
    ("Graph", "The loss of one example, the probe, node by node: data, and grad = d loss / d node."),
    ("Gradients", "probe grad: of one example's loss. batch grad: of the training loss; the optimizer uses it."),
    ("Numbers", "Loss, accuracy, map and graph are all at the weights of the step in the header."),
    ("Marks", "▸ closed  ▾ open  ↩ shown in full elsewhere  Σ 9 a folded sum of nine terms"),
    ("Steps", "Micro-stepping: ▶ here  + changed just now  … more to come  · not computed yet"),
    ("Unit map", "+ - the sign before the activation, fuller where the unit is farther from rest; bright: zero."),
    ("Lines", "z1[i] = 0: where unit i of the first layer changes sign, over the classes' regions."),
    ("Last layer", "Each example at its values of the two units that tell the classes apart best."),
    ("In the title", "Of the boundary, with the focus: the class of new points, then the point under the cursor."),
    ("Settings", "live: from this step on, an event of the run. * waits for a new run, which has the same seed."),
    ("Mouse", "On the boundary: a click moves the cursor, a drag a point, after A the brush. "
     "Twice adds one, or gives the one there its next class; right deletes it."),
    ("Classes",
     "Counts of examples, actual classes down, predicted across; on the diagonal what is right. › the probe."),
    ("Points",
     "Solid: trained on. Hollow: not, as val and test. In [ ]: a free probe, in no batch. In ( ): any other probe."),
)  # fmt: skip


class HelpScreen(ModalScreen[None]):
    """Everything that keys can do, and how to read the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("help")]

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.palette = palette

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = "Help"
            box.border_subtitle = self.palette.plain("↑ ↓ scroll · esc closes")
            yield Static(self.table())

    def table(self) -> Table:
        """The help in two columns, so that what wraps stays in its own."""
        palette = self.palette
        table = Table.grid(padding=(0, 1, 0, 0))
        table.add_column(style=palette.accent, min_width=8, max_width=20, overflow="fold")
        table.add_column(style=palette.text)
        for group, keys in groups().items():
            table.add_row(Text(group, palette.strong))
            for key in keys:
                shown = spelled(key.shown, ascii_only=palette.ascii_only)
                table.add_row(f"  {palette.plain(shown)}", palette.plain(key.help))
        table.add_row(Text("Reading", palette.strong))
        for name, line in READING:
            table.add_row(f"  {name}", palette.plain(line))
        return table


def spelled(keys: str, *, ascii_only: bool) -> str:
    """The keys as shown; in plain ASCII the arrows are words, for > and < are keys of their own."""
    if not ascii_only:
        return keys
    words = {"↑": "up", "↓": "down", "→": "right", "←": "left"}
    return " ".join(words.get(key, key) for key in keys.split())
