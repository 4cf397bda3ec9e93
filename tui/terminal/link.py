"""What goes to the terminal and whether it has arrived: the pacer's ears and mouth.

It counts what the driver writes, asks the terminal to report behind it, and calls back when what
was held back may be drawn.
"""

import time
from collections.abc import Callable

from textual.driver import Driver

from tui.terminal.pacing import Pacer

ASK_CURSOR = "\x1b[6n"


class TerminalLink:
    """The way to one terminal. Without a driver that writes to one, there is always room."""

    def __init__(self, pacer: Pacer, on_room: Callable[[], None]) -> None:
        self.pacer = pacer
        self._on_room = on_room
        self._write: Callable[[str], None] | None = None

    def attach(self, driver: Driver) -> None:
        """Count what this driver writes from now on."""
        self._write = driver.write
        driver.write = self._counted  # type: ignore[method-assign]  # the one place that all output passes

    def _counted(self, data: str) -> None:
        assert self._write
        self._write(data)
        if self.pacer.wrote(len(data.encode())):
            self.fence()

    def fence(self) -> None:
        """Ask the terminal to report once it has everything that was written."""
        if self._write and self.pacer.asked(time.monotonic()):
            self._write(ASK_CURSOR)

    def reported(self) -> None:
        """The terminal reported."""
        self.pacer.reported(time.monotonic())
        if self.room():
            self._on_room()

    def room(self) -> bool:
        """Whether the answer to a key may be drawn now."""
        return self._write is None or self.pacer.has_room(time.monotonic())

    def animation_due(self) -> bool:
        """Whether the next frame of animation may be drawn now; it then counts as begun."""
        now = time.monotonic()
        due = self.pacer.may_animate(now)
        if due:
            self.pacer.began(now)
        return due
