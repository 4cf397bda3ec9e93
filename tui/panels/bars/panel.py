"""The header above the panels and the footer below them."""

from tui.draw.palette import Palette
from tui.draw.text import Line, spread
from tui.panels.bars.footer import footer_line
from tui.panels.bars.header import Status, header_lines
from tui.panels.panel import Panel


class HeaderBar(Panel):
    """What is trained, and how it stands."""

    def __init__(self, palette: Palette, status: Status) -> None:
        super().__init__(palette, "header")
        self.status = status

    def show(self, status: Status) -> None:
        """Show this status."""
        self.status = status
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        return header_lines(self.status, width, self.palette)[:height]


class FooterBar(Panel):
    """The keys, or a line that matters more."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, "footer")
        self._playing = False
        self._hint = self._front = ""
        self._note: str | None = None
        self._wrong = False

    def note(self, text: str | None, *, wrong: bool = False) -> None:
        """Show a few words at the right instead of the keys, which are letters while something is typed; None: keys."""
        self._note, self._wrong = text, wrong
        self.redraw()

    def show(self, *, playing: bool, hint: str, front: str) -> None:
        """Show the keys as they act now with the focus on panel `front`, after a hint if there is one."""
        self._playing, self._hint, self._front = playing, hint, front
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        if self._note is not None:
            style = self.palette.alert if self._wrong else self.palette.accent
            return [spread((), ((f"{self._note} ", style),), width, self.palette.text)][:height]
        return [footer_line(self._playing, self._hint, width, self.palette, self._front)][:height]
