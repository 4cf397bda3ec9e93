"""The way to a real terminal: Textual's driver, and all that is otherwise done here than Textual does it.

What replaces something private of Textual stands in this file alone. It was checked against Textual 8.2.8; where a
later one differs, nothing is replaced (`fits`), and the tests of this module fail. Under another driver (inline,
headless, in a browser) nothing here is used, and the app works without it. Each of these is worth offering to Textual:

- `ChopsUpdate.render_segments` knows which columns of a row are dirty, but writes each widget's part of the row from
  its first column on (`strip.crop(0, …)`), as its own TODO says. Here numbers at the end of a row change twelve times
  a second while the name before them stays. Cropping at the first dirty column mends it, as in `dirty_spans`.
- `XTermParser` takes an escape and a key that comes within a tenth of a second for alt and that key, or for the
  beginning of a report, whose bytes then come out as keys. A terminal sends the same for both, so an app without keys
  with alt should be able to say so; `TerminalParser` is what the parser would do then.
- `LinuxDriver` reads the size in its handler of SIGWINCH and posts it. A second signal in between is handled within the
  first: the new size is posted first and the old one last, and stays. `loop.add_signal_handler` in the place of
  `signal.signal` mends it, since a callback of the loop is never within another.
"""

import asyncio
import re
import signal
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

from rich.console import Console
from rich.control import Control
from textual import _compositor, constants
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.message import Message

from tui.terminal.pacing import Pacer

ASK_CURSOR = "\x1b[6n"
ESCAPE = "\x1b"
WRITTEN_OUT = "[27u"
"""What newer terminals send behind an escape that is a key of its own."""
OPENING = "[]OPNX^_\x1bbf\x7f\t"
"""What makes more than the escape key of an escape before it: sequences, and what terminals send for keys that move and
delete by words."""
ALONE = re.compile(f"{ESCAPE}(?=[^{re.escape(OPENING)}])")
PASTED = f"{ESCAPE}[200~"


class Link:
    """What an app knows of its terminal: whether it has drawn what it was sent. Without a driver there is always room.

    The terminal is asked to report behind what was written; `on_room` is called when what was held back may be drawn.
    """

    def __init__(self, pacer: Pacer) -> None:
        self.pacer = pacer
        self.on_room: Callable[[], None] = lambda: None
        self.ask: Callable[[], None] = lambda: None

    def wrote(self, data: str) -> None:
        """Count what is on the way."""
        if self.pacer.wrote(len(data.encode())):
            self.fence()

    def fence(self) -> None:
        """Ask the terminal to report once it has everything that was written."""
        if self.pacer.asked(time.monotonic()):
            self.ask()

    def reported(self) -> None:
        """The terminal reported."""
        self.pacer.reported(time.monotonic())
        if self.room():
            self.on_room()

    def room(self) -> bool:
        """Whether the answer to a key may be drawn now."""
        return self.pacer.has_room(time.monotonic())

    def animation_due(self) -> bool:
        """Whether the next frame of animation may be drawn now; it then counts as begun."""
        due = self.pacer.may_animate(now := time.monotonic())
        if due:
            self.pacer.began(now)
        return due


class TerminalParser(XTermParser):
    """Reads escape and the key right behind it as two keys: no key here has alt, so such an escape is written out."""

    _ended_in_escape = False

    def feed(self, data: str) -> Iterable[Message]:
        yield from self.tick()  # an escape that was too long ago is a key by now
        if PASTED not in data:
            pending = self._ended_in_escape and self._timeout_time is not None
            if data and pending and data[0] not in OPENING:
                data = WRITTEN_OUT + data
            data = ALONE.sub(ESCAPE + WRITTEN_OUT, data)
        self._ended_in_escape = data.endswith(ESCAPE)
        yield from super().feed(data)


def dirty_spans(update: "_compositor.ChopsUpdate", console: Console) -> str:
    """The dirty spans of an update as escape sequences and text."""
    sequences: list[str] = []
    for y, x1, x2 in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x >= x2 or end <= x1:
                continue
            start = max(x, x1)
            sequences.append(Control.move_to(start, y).segment.text)
            sequences.append(strip.crop(start - x, min(end, x2) - x).render(console))
    return "".join(sequences)


def fits() -> bool:
    """Whether this Textual is as what is replaced here needs it."""
    update, parser = getattr(_compositor, "ChopsUpdate", None), getattr(linux_driver, "XTermParser", None)
    return (
        {"chops", "spans", "chop_ends"} <= {*getattr(getattr(update, "__init__", None), "__annotations__", ())}
        and hasattr(update, "render_segments")
        and parser is not None
        and hasattr(parser, "tick")
        and hasattr(parser(), "_timeout_time")
    )


class TerminalDriver(linux_driver.LinuxDriver):
    """Textual's driver for a terminal; it counts what it writes, and puts in place what this module replaces."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self._link: Link = app.link
        self._link.ask = lambda: super(TerminalDriver, self).write(ASK_CURSOR)
        if fits():
            _compositor.ChopsUpdate.render_segments = dirty_spans  # type: ignore[method-assign,assignment]
            linux_driver.XTermParser = TerminalParser  # type: ignore[attr-defined]

    def write(self, data: str) -> None:
        super().write(data)
        self._link.wrote(data)

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        read_in_loop()


def read_in_loop() -> None:
    """Let the running loop call the handler of SIGWINCH that is there, and call it once for what came before.

    It takes whatever handler there is, so it is used with every version of Textual, whatever `fits` says.
    """
    handler, loop = signal.getsignal(signal.SIGWINCH), asyncio.get_running_loop()
    if not callable(handler):
        return

    def later(number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(handler, number, None)

    signal.signal(signal.SIGWINCH, later)
    later(signal.SIGWINCH, None)


def driver_class() -> type[Driver] | None:
    """The driver for an app; None, which is Textual's choice, where its environment names another."""
    return None if constants.DRIVER else TerminalDriver
