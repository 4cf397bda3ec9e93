"""The terminal of the tests: every colour, whatever the machine has; and a cache for `chainrule bench`."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def truecolor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app takes what the environment says of the terminal."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")


@pytest.fixture
def bench_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache with nothing in it but what `chainrule bench` compiles: as much as the usual one keeps."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path(os.environ["XDG_CACHE_HOME"]) / "bench"))
