"""The app: terminal, themes and modes. What is on the screen of a mode is the mode's."""

import asyncio
import gc
from collections.abc import Iterable
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.notifications import Notify
from textual.screen import Screen

from data.dataset import Dataset
from tui.draw.palette import Palette
from tui.draw.themes import THEMES, color_depth, theme_names
from tui.keys import bindings
from tui.terminal.driver import Link, driver_class
from tui.terminal.keys import KeyOrder
from tui.terminal.pacing import Pacer
from tui.terminal.signals import Shutdown
from tui.workbench.layout import FULL_WIDTH
from tui.workbench.refresh import make_room
from tui.workbench.screen import Workbench
from tui.worker.remote import Trainer


def collect_from_now_on() -> None:
    """Look for garbage again, though not among what the start has left."""
    gc.freeze()
    gc.enable()


class ScreenOptions(NamedTuple):
    """How the app shows itself: frames a second while playing, and plain ASCII or not."""

    fps: int = 12
    ascii_only: bool = False


class ChainruleApp(App[None]):
    """Watch a network learn."""

    TITLE = "chainrule"
    CSS_PATH = "styles.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]
    DEFAULT_MODE = "workbench"
    HORIZONTAL_BREAKPOINTS = [(0, "-single"), (FULL_WIDTH, "-columns")]  # noqa: RUF012  # no ClassVar in Textual

    def __init__(self, trainer: Trainer, dataset: Dataset, options: ScreenOptions) -> None:
        depth = color_depth()
        super().__init__(driver_class(), ansi_color=True if depth in ("16", "none") else None)
        self.link = Link(Pacer(options.fps))
        for theme in THEMES:
            self.register_theme(theme)
        self.animation_level = "none"  # each frame of one is a screenful on the link
        self._themes = theme_names(depth)
        # Assigned, the theme would have all styles parsed twice more before the first frame.
        self.set_reactive(App.theme, self._themes[0])
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_class(options.ascii_only, "-ascii")
        self.shutdown = Shutdown()
        self.key_order = KeyOrder(super().on_event, lambda: (self.focused or self.screen).ancestors_with_self)
        palette = Palette(depth, dark=True, ascii_only=options.ascii_only)
        self.workbench = Workbench(trainer, dataset, palette, self.link)

    def get_default_screen(self) -> Screen[None]:
        return self.workbench

    def on_mount(self) -> None:
        # As a mode's screen it would have the styles parsed once more before the first frame.
        self.add_mode(self.DEFAULT_MODE, self.get_default_screen)
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            self.shutdown.on_signals(lambda: loop.call_soon_threadsafe(self.exit))
            self.call_after_refresh(self.call_after_refresh, collect_from_now_on)

    def on_cursor_position(self, _: events.CursorPosition) -> None:
        self.link.reported()

    def on_notify(self, _: Notify) -> None:
        """Make room: the newest notice is the one that is true."""
        make_room(self)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            await self.key_order.take(event)
        else:
            await super().on_event(event)

    async def action_quit(self) -> None:
        if self.workbench.may_leave():
            self.exit()

    def action_next_theme(self) -> None:
        names = self._themes
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Those of the screen, and Textual's choice of theme.

        Its other commands don't fit: they lay something over the panels, or repeat ours.
        """
        if screen is self.workbench:
            yield from self.workbench.commands()
        yield from (command for command in super().get_system_commands(screen) if command.title == "Theme")
