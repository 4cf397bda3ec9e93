"""`chainrule doctor` to somebody who wonders why a run is not compiled."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.programs.c_library import find_compiler
from tests.engine.support import needs_compiler
from tui.cli.main import main

SAME = "The digits are the same whoever computes; compiled C is only faster."
INSTALL = "Install gcc or clang, or name a compiler in CC, and runs are compiled."
OTHER_CC = "Unset CC, or let it name a compiler that works, and runs are compiled."


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's directory for caches."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "chainrule" / "compiled"


def rows(*options: str) -> dict[str, str]:
    """What it says, by the name in front; the lines below the last name by themselves."""
    result = CliRunner().invoke(main, ["doctor", *options], catch_exceptions=False)
    assert result.exit_code == 0
    lines = [(line[:12].strip(), line[12:]) for line in result.stdout.splitlines()]
    return {name or text: text for name, text in lines}


@needs_compiler
def test_with_a_compiler_c_computes_and_the_library_is_kept(cache: Path) -> None:
    told = rows()
    assert told["this run"] == "C computes it"
    assert told["cache"].startswith(f"{cache}: 1 program, ")
    assert find_compiler().command[0] in told["C compiler"]
    assert SAME not in told


def test_what_else_lies_in_the_cache_is_not_counted(cache: Path) -> None:
    cache.mkdir(mode=0o700, parents=True)
    (cache / "gone.so").symlink_to(cache / "nowhere")
    (cache / "folder.so").mkdir()
    assert rows("--backend", "python")["cache"] == f"{cache}: 0 programs, 0.0 MB"


def test_without_a_compiler_it_says_what_would_help(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    told = rows()
    assert told["C compiler"] == "none: there is no C compiler on PATH"
    assert told["this run"] == "Python computes it: there is no C compiler on PATH"
    assert told["cache"] == f"{cache}: nothing yet"
    assert {SAME, INSTALL} <= set(told)


def test_a_compiler_that_fails_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "cc"
    broken.write_text('#!/bin/sh\n[ "$1" = --version ] && echo cc 1.0 && exit\necho "error: no room"; exit 3\n')
    broken.chmod(0o700)
    monkeypatch.setenv("CC", str(broken))
    told = rows()
    assert told["C compiler"].endswith(": cc 1.0")
    assert told["this run"] == "Python computes it: cc failed with status 3: error: no room"
    assert SAME in told
    assert INSTALL not in told


@needs_compiler
def test_a_cache_that_others_may_write_to_is_not_used_and_how_to_end_that(cache: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    told = rows()
    assert told["cache"] == f"not used: others can write to {cache}; chmod go-w ends that"
    assert told["this run"] == f"Python computes it: others can write to {cache}; chmod go-w ends that"


@needs_compiler
def test_a_cache_that_can_not_be_made_is_told(cache: Path) -> None:
    cache.parent.parent.touch()
    told = rows()
    assert told["cache"] == f"{cache}: Not a directory"
    assert told["this run"] == f"Python computes it: {cache} can't keep compiled code: Not a directory"


@pytest.mark.parametrize(("backend", "title"), [("value", "Value"), ("python", "Python")])
def test_a_backend_that_was_chosen_is_no_failure(backend: str, title: str) -> None:
    told = rows("--backend", backend)
    assert told["this run"] == f"{title} computes it, as --backend says"
    assert SAME not in told


@needs_compiler
def test_a_network_that_is_too_large_is_python_s() -> None:
    told = rows("--hidden", "128,128")
    assert told["this run"].startswith("Python computes it: a graph of ")
    assert told["this run"].endswith(" nodes is too large to compile")


@pytest.mark.usefixtures("cache")
def test_where_cc_is_what_fails_that_is_what_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "/nowhere/cc")
    told = rows()
    assert OTHER_CC in told
    assert INSTALL not in told
