"""Panel: a widget that shows rows of styled text and sends only the cells that changed.

Textual's compositor does not compare cells: whatever is refreshed is sent again. So a panel keeps
the rows on screen, draws new ones with a pure function, and refreshes the cells that differ.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from engine.views.queries import Query
from tui.draw.diff import changed_ranges
from tui.draw.frame import framed
from tui.draw.palette import Palette
from tui.draw.text import Line
from tui.panels.state import RunState
from tui.worker.intents import Intent


class Panel(Widget):
    """Rows of styled text in a widget of its own size. Subclasses say what is in them with `draw`."""

    DEFAULT_CSS = "Panel { position: absolute; }"
    ALLOW_MAXIMIZE = False

    class Resized(Message):
        """A panel has another size, and with it another need of points or cells."""

    @dataclass
    class Intends(Message):
        """A person wants this of the run; `show` names a panel that is then to be seen."""

        intent: Intent
        show: str = ""

    @dataclass
    class Lacks(Message):
        """Something is to be shown that no snapshot has yet; `details`: other than the map or the curves."""

        details: bool = True

    @dataclass
    class Follows(Message):
        """A person wants to go to the graph's node of this name, which holds in another graph too."""

        name: str
        focus: bool = False

    @dataclass
    class Tells(Message):
        """A line for the person, such as why a key did nothing."""

        text: str

    def __init__(self, palette: Palette, name: str) -> None:
        super().__init__(id=name)
        self.palette = palette
        self._lines: list[Line] = []
        self._behind = False
        self.may_draw: Callable[[], bool] = lambda: True

    def wanted(self) -> Iterable[Query[Any]]:
        """What the panel shows now: the queries that the next snapshot is to answer."""
        return ()

    def take(self, state: RunState) -> None:
        """Show what came with a snapshot."""

    def draw(self, width: int, height: int) -> list[Line]:
        """The panel's rows at this size, with any characters: in plain ASCII others take their place."""
        raise NotImplementedError

    def framed(self, title: Line, note: Line, body: Sequence[Line], size: tuple[int, int], **more: Any) -> list[Line]:
        """The body in the panel's frame of this width and height; `more` as for `draw.frame.framed`."""
        return framed(title, note, body, *size, self.palette, **{"focused": self.has_focus} | more)

    def redraw(self) -> None:
        """Draw anew and refresh the rows that differ from those on screen; a panel out of sight costs nothing."""
        width, height = self.size
        if not (self.display and width and height):
            return
        self._behind = not self.may_draw()
        if self._behind:
            return
        lines = self.draw(width, height)
        if self.palette.ascii_only:
            lines = [tuple((self.palette.plain(text), style) for text, style in line) for line in lines]
        old, self._lines = self._lines, lines
        if len(old) != len(lines):
            self.refresh()
            return
        changed = [
            Region(start, y, end - start, 1)
            for y, (a, b) in enumerate(zip(old, lines, strict=True))
            for start, end in changed_ranges(a, b, width)
        ]
        if changed:
            self.refresh(*changed)

    def catch_up(self) -> None:
        """Draw what was held back while the terminal was behind."""
        if self._behind:
            self.redraw()

    def use_palette(self, palette: Palette) -> None:
        """Draw with other colours from now on."""
        self.palette = palette
        self.redraw()

    def on_resize(self) -> None:
        self._lines = []
        self.redraw()
        self.post_message(self.Resized())

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.redraw()

    def render_line(self, y: int) -> Strip:
        if y >= len(self._lines):
            return Strip.blank(self.size.width)
        strip = Strip([Segment(text, style) for text, style in self._lines[y]], self.size.width)
        return strip.apply_style(Style(bgcolor=self.rich_style.bgcolor))
