"""A panel in a frame whose rows can be more than it shows, with the keys and the wheel to move through them."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType

from tui.draw.frame import thumb
from tui.draw.text import Line
from tui.keys import bindings
from tui.panels.panel import Panel

WHEEL_ROWS = 3


class ScrollingPanel(Panel, can_focus=True):
    """`content` gives all the rows; the panel shows a window of them that starts at `top`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("scrolling")]
    HEADING_ROWS = 0
    """Rows inside the frame that don't move, where all of a page is shown anew."""
    top = 0

    def content(self, width: int) -> list[Line]:
        """All rows, at most `width` cells wide."""
        raise NotImplementedError

    def title(self) -> Line:
        """What stands at the left of the frame's top."""
        raise NotImplementedError

    def note(self, more: bool) -> Line:
        """What stands at the right of the frame's top; `more`: there are rows out of sight."""
        return (("↑↓ more", self.palette.muted),) if more else ()

    def draw(self, width: int, height: int) -> list[Line]:
        lines = self.content(max(0, width - 2))
        inside = max(0, height - 2)
        self.top = max(0, min(self.top, len(lines) - inside))
        window = lines[self.top : self.top + inside]
        marked = thumb(self.top, inside, len(lines))
        return self.framed(self.title(), self.note(len(lines) > inside), window, (width, height), marked=marked)

    def action_scroll(self, rows: int) -> None:
        self.top += rows
        self.redraw()

    def action_page(self, pages: int) -> None:
        self.action_scroll(pages * max(1, self.size.height - 3 - self.HEADING_ROWS))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_scroll(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_scroll(-WHEEL_ROWS)
