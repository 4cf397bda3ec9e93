"""The end from outside: SIGTERM, and SIGHUP when the connection is gone.

Textual ends in order if it can write to the terminal. If the terminal is gone or takes nothing,
its event loop may be blocked for good, so what happens here depends on neither loop nor driver:
plain signal handlers, and a thread that ends the process when the grace is over.
"""

import contextlib
import os
import signal
import sys
import termios
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

GRACE = 0.7
"""Seconds to end in order."""
LEAVE = (
    "\x1b[?2026l\x1b[0m\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?2004l\x1b[?1004l"
    "\x1b[?2048l\x1b[<u\x1b[?7h\x1b[?1049l\x1b[?25h"
)
"""Every mode that the app may have set, undone."""


class Shutdown:
    """Ends the process in order when told to, and in any case soon after.

    `status` is then what a shell gives for the signal; 0 where none came.
    """

    def __init__(self) -> None:
        self._terminal = sys.__stderr__.fileno() if sys.__stderr__ else 2
        self._settings: list[Any] | None = None
        self.status = 0
        with contextlib.suppress(termios.error):
            self._settings = termios.tcgetattr(self._terminal)

    def on_signals(self, end_in_order: Callable[[], object]) -> None:
        """Call `end_in_order` (from a signal handler) on SIGTERM and SIGHUP, and see to the end of it."""

        def handle(number: int, _frame: FrameType | None) -> None:
            self.status = 128 + number
            timer = threading.Timer(GRACE, self._end)
            timer.daemon = True
            timer.start()
            end_in_order()

        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, handle)

    def _end(self) -> None:
        """Drop what the terminal has not taken, put it back as it was, and be gone."""
        with contextlib.suppress(OSError, termios.error):
            termios.tcflush(self._terminal, termios.TCOFLUSH)
            os.set_blocking(self._terminal, False)
            os.write(self._terminal, LEAVE.encode())
            os.set_blocking(self._terminal, True)
            if self._settings:
                termios.tcsetattr(self._terminal, termios.TCSANOW, self._settings)
        os._exit(self.status)
