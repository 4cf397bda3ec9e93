"""A compiler that begins when the test says so."""

from pathlib import Path

import pytest

from engine.programs.c_library import UnavailableError, find_compiler

FAILS = "echo 'error: no room'; exit 3"


def real_compiler() -> str | None:
    """The shell's words for the machine's own compiler, if there is one."""
    try:
        return f'exec {" ".join(find_compiler().command)} "$@"'
    except UnavailableError:
        return None


class GatedCompiler:
    """CC for as long as the test runs: it waits for `begin`, then does what the shell's words `work` say."""

    def __init__(self, directory: Path, work: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self._gate = directory / "gate"
        command = directory / "my-cc"
        version = '[ "$1" = --version ] && echo my version && exit'
        alone = "kill -0 $PPID 2> /dev/null || exit 1"  # the test has killed whoever wanted it
        waiting = f'while [ ! -e "{self._gate}" ]; do {alone}; sleep 0.01; done'
        command.write_text(f"#!/bin/sh\n{version}\n{waiting}\n{work}\n")
        command.chmod(0o700)
        monkeypatch.setenv("CC", str(command))

    def begin(self) -> None:
        """Let it work."""
        self._gate.touch()


def outcomes() -> list[tuple[str, str]]:
    """What a compiler may do, and who computes then; without a compiler here it can only fail."""
    real = real_compiler()
    return [(FAILS, "Python, cc fails (my-cc failed with status 3: error: no room)"), *([(real, "C")] if real else [])]
