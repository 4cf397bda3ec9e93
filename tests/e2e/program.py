"""The app of the tree that is tested, in a pseudo-terminal: never one that happens to be installed."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.terminal import Terminal

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
"""Seconds after which a test gives up waiting."""


def program(
    home: Path,
    *options: str,
    size: tuple[int, int] = (80, 24),
    start: tuple[str, ...] = ("-m", "chainrule"),
    env: Mapping[str, str] | None = None,
) -> Terminal:
    """The command with these options, run in `home`, where it writes its files.

    Args:
        home: The user's home.
        options: Of the command line.
        size: Columns and rows.
        start: What Python is asked to run.
        env: Added to the environment.
    """
    known = {"HOME": str(home), "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"]}
    return Terminal([sys.executable, *start, *options], *size, env=known | dict(env or {}), cwd=home)
