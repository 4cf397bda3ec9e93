"""Reading the terminal's size in the event loop.

Textual reads it in its handler of SIGWINCH and then posts it. A second signal may come in between,
and its handler then runs within the first: the new size is posted first, the old one last, and the
app keeps the old one. A callback of the loop is never within another, so the signal here only has
the loop call Textual's handler: the last reading is also the last that is posted.
"""

import asyncio
import signal
from types import FrameType
from typing import Any


class Deferred:
    """A signal handler that has the event loop call another one."""

    def __init__(self, handler: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._handler = handler
        self._loop = loop

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._handler, number, None)


def read_in_loop() -> None:
    """Let the running loop call the handler of SIGWINCH that is there, and call it once for what came before.

    Without a handler, or when this was done already, nothing happens. A driver that starts again brings a new handler.
    """
    handler = signal.getsignal(signal.SIGWINCH)
    if not callable(handler) or isinstance(handler, Deferred):
        return
    deferred = Deferred(handler, asyncio.get_running_loop())
    signal.signal(signal.SIGWINCH, deferred)
    deferred(signal.SIGWINCH, None)
