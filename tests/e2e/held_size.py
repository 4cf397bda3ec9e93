"""The app as `chainrule` starts it, except that one size, once read, is handed on only when the terminal has another.

So a second signal always comes while the first is being answered, which else takes a busy machine and luck.
"""

import os
import shutil
import sys
import time

from tui.cli.main import main

HELD = (40, 10)
"""Columns and rows."""
TITLE = "held"
"""The window's title from when that size has been read."""


def hold() -> None:
    """Have the standard library's function for the terminal's size wait when it has read `HELD`."""
    read = shutil.get_terminal_size

    def get_terminal_size(fallback: tuple[int, int] = (80, 24)) -> os.terminal_size:
        size = read(fallback)
        if size == HELD:
            os.write(sys.__stderr__.fileno(), f"\x1b]2;{TITLE}\x07".encode())  # type: ignore[union-attr]
            while read(fallback) == size:
                time.sleep(0.001)
        return size

    shutil.get_terminal_size = get_terminal_size


if __name__ == "__main__":
    hold()
    main()
