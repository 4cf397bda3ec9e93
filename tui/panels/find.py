"""The line in which a node's name is typed: the graph follows while it is."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from tui.palette import Palette


class FindInput(Input):
    """One line over the footer. Up and down go through the matches, enter stays, escape goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close(True)", show=False),
        Binding("down", "next(1)", show=False),
        Binding("up", "next(-1)", show=False),
    ]

    @dataclass
    class Typed(Message):
        """A text to look for; `place` is which of its matches to show."""

        text: str
        place: int

    @dataclass
    class Closed(Message):
        """Done. `back_to` is the node that was selected before, if the person changed their mind."""

        back_to: int | None

    def __init__(self, palette: Palette) -> None:
        hint = palette.plain("node name: h1[3], w2[0, loss …  esc back")
        super().__init__(id="find", placeholder=hint)
        self.cursor_blink = False  # a paused screen sends nothing
        self._before: int | None = None
        self._place = 0

    def open(self, node: int | None) -> None:
        """Begin to type; `node` is selected now."""
        self._before, self._place = node, 0
        self.value = ""
        self.display = True
        self.screen.set_focus(self)  # at once: what is typed next belongs here

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._place = 0
        self.post_message(self.Typed(self.value, 0))

    def action_next(self, by: int) -> None:
        self._place += by
        self.post_message(self.Typed(self.value, self._place))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_close(False)

    def on_blur(self) -> None:
        if self.app.app_focus:  # else another window has the focus, and it comes back
            self.display = False
            self.post_message(self.Closed(None))

    def action_close(self, back: bool) -> None:
        self.display = False
        self.post_message(self.Closed(self._before if back else None))
