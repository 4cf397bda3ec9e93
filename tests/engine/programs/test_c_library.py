"""What stands between C source and a loaded library: which compiler, which cache, and what is refused."""

import errno
import os
import resource
import select
import stat
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from engine.programs import c_library as compiler
from engine.programs.c_library import UnavailableError, find_compiler, library
from tests.engine.support import needs_compiler

SOURCE = "int answer(void) { return 42; }\n"
OTHER = "int answer(void) { return 43; }\n"
PATIENCE = 20.0
"""Seconds after which a test gives up waiting."""


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def answer(source: str, cache: Path | None) -> int:
    return int(library(source, "-O0", cache).answer())


def files(cache: Path) -> list[Path]:
    return sorted(cache.iterdir())


@needs_compiler
def test_what_was_compiled_is_kept_and_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "deep" / "cache"
    assert answer(SOURCE, cache) == 42
    kept = files(cache)
    assert [path.suffix for path in kept] == [".so"]
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700

    def refuse(*_: object) -> Path:
        raise AssertionError("compiled again")

    monkeypatch.setattr(compiler, "compile_library", refuse)
    assert answer(SOURCE, cache) == 42
    assert files(cache) == kept


@needs_compiler
def test_what_several_want_at_once_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(source: str, *rest: Any) -> Path:
        made.append(source)
        return compile_now(source, *rest)

    compile_now = compiler.compile_library
    monkeypatch.setattr(compiler, "compile_library", counted)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: answer(SOURCE, tmp_path), range(8))) == [42] * 8
    assert made == [SOURCE]


@needs_compiler
def test_other_source_and_other_flags_have_files_of_their_own(tmp_path: Path) -> None:
    assert (answer(SOURCE, tmp_path), answer(OTHER, tmp_path)) == (42, 43)
    library(SOURCE, "-O1", tmp_path)
    assert len(files(tmp_path)) == 3


@needs_compiler
def test_without_a_cache_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert answer(SOURCE, None) == 42
    assert files(tmp_path) == []


@needs_compiler
def test_a_file_that_is_not_what_was_made_is_not_loaded_but_made_again(tmp_path: Path) -> None:
    assert answer(SOURCE, tmp_path) == 42
    kept = files(tmp_path)[0]
    good = kept.read_bytes()
    kept.unlink()
    kept.write_bytes(b"something else")
    assert answer(OTHER, tmp_path) == 43
    assert answer(SOURCE, tmp_path) == 42
    assert kept.read_bytes() == good


@needs_compiler
def test_a_link_and_a_file_that_others_may_write_are_not_loaded(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    answer(SOURCE, cache)
    kept = files(cache)[0]
    elsewhere = tmp_path / "elsewhere.so"
    kept.rename(elsewhere)
    kept.symlink_to(elsewhere)
    assert not compiler.intact(kept)
    kept.unlink()
    elsewhere.rename(kept)
    assert compiler.intact(kept)
    kept.chmod(0o722)
    assert not compiler.intact(kept)


@needs_compiler
def test_a_directory_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(UnavailableError, match=r"others can write to .*; chmod go-w"):
        library(SOURCE, "-O0", tmp_path)
    assert files(tmp_path) == []


@needs_compiler
def test_a_link_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(UnavailableError, match="link is a link, not a directory"):
        library(SOURCE, "-O0", tmp_path / "link")


@needs_compiler
def test_a_file_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError, match="file is a file, not a directory"):
        library(SOURCE, "-O0", tmp_path / "file")


def test_a_directory_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    assert compiler.refusal(tmp_path) == f"{tmp_path} belongs to another user"


@needs_compiler
def test_a_cache_that_can_not_be_made_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError, match="can't keep compiled code"):
        library(SOURCE, "-O0", tmp_path / "file" / "cache")


def unwritable(path: Path) -> Path:
    """A directory of this user's in which nothing can be made; only /proc keeps root from it."""
    if os.geteuid() == 0:
        return Path("/proc") / str(os.getpid())
    path.chmod(0o500)
    return path


@needs_compiler
def test_a_cache_that_can_not_be_written_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="can't keep compiled code"):
        library(SOURCE, "-O0", unwritable(tmp_path))


@needs_compiler
def test_what_a_cache_holds_is_used_though_it_can_not_be_written_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(SOURCE, tmp_path)

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "read-only file system")

    monkeypatch.setattr(Path, "touch", refuse)
    assert answer(SOURCE, tmp_path) == 42


@needs_compiler
def test_a_full_disk_is_said_to_be_full_and_keeps_nothing(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with pytest.raises(UnavailableError, match="can't keep compiled code"):
            library(SOURCE, "-O0", tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert files(tmp_path) == []


@needs_compiler
def test_the_cache_keeps_what_was_used_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "MOST_KEPT", 2)
    strange = [tmp_path / "gone.so", tmp_path / "folder.so"]
    strange[0].symlink_to(tmp_path / "nowhere")
    strange[1].mkdir()
    answer(SOURCE, tmp_path)
    (first,) = set(files(tmp_path)) - set(strange)
    os.utime(first, (1.0, 1.0))
    answer(OTHER, tmp_path)
    library(OTHER, "-O1", tmp_path)
    kept = set(files(tmp_path)) - set(strange)
    assert len(kept) == 2
    assert first not in kept


@needs_compiler
def test_a_build_that_was_abandoned_is_cleared_away_and_one_at_work_is_not(tmp_path: Path) -> None:
    old, new = tmp_path / "build-old", tmp_path / "build-new"
    old.mkdir()
    new.mkdir()
    os.utime(old, (1.0, 1.0))
    answer(SOURCE, tmp_path)
    assert not old.exists()
    assert new.exists()


def test_without_a_compiler_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="no C compiler on PATH"):
        find_compiler()


@pytest.mark.parametrize(("cc", "said"), [("/nowhere/cc", "'/nowhere/cc', which is not there"), ("'", "can't be read")])
def test_a_wrong_cc_is_not_passed_over(monkeypatch: pytest.MonkeyPatch, cc: str, said: str) -> None:
    monkeypatch.setenv("CC", cc)
    with pytest.raises(UnavailableError, match=said):
        find_compiler()


def test_a_compiler_that_does_not_answer_is_passed_over_unless_cc_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = script(tmp_path / "cc", "exit 1"), script(tmp_path / "gcc", "echo mine")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    assert find_compiler().command == (str(good),)
    good.unlink()
    with pytest.raises(UnavailableError, match="cc failed with status 1"):
        find_compiler()
    script(good, "echo mine")
    monkeypatch.setenv("CC", str(broken))
    with pytest.raises(UnavailableError, match="cc failed with status 1"):
        find_compiler()


@needs_compiler
def test_a_compiler_s_name_may_be_any_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / os.fsdecode(b"c\xff")
    link.symlink_to(find_compiler().command[0])
    monkeypatch.setenv("CC", str(link))
    assert answer(SOURCE, tmp_path / "cache") == 42


def test_cc_may_have_arguments_and_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = script(tmp_path / "my cc", 'echo "version of $*"')
    monkeypatch.setenv("CC", f"'{mine}' -pipe")
    found = find_compiler()
    assert found.command == (str(mine), "-pipe")
    assert found.version == "version of -pipe --version\n"


def test_a_compiler_that_fails_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = script(tmp_path / "cc", '[ "$1" = --version ] && exit 0; echo hint; echo "fatal error: no room"; exit 3')
    monkeypatch.setenv("CC", str(broken))
    with pytest.raises(UnavailableError, match="cc failed with status 3: fatal error: no room"):
        library(SOURCE, "-O0", tmp_path / "cache")
    assert files(tmp_path / "cache") == []


def test_a_compiler_that_makes_nothing_or_nonsense_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", str(script(tmp_path / "cc", "exit 0")))
    with pytest.raises(UnavailableError, match="cc made no library"):
        library(SOURCE, "-O0", None)
    writing = 'while [ $# -gt 0 ]; do if [ "$1" = -o ]; then echo nonsense > "$2"; fi; shift; done'
    monkeypatch.setenv("CC", str(script(tmp_path / "cc", writing)))
    with pytest.raises(UnavailableError, match="can't be loaded"):
        library(SOURCE, "-O0", None)


def test_a_compiler_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiler, "TIMEOUT", 0.5)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    monkeypatch.setenv("CC", str(script(tmp_path / "cc", f'sleep 60 > "{fifo}" & wait')))
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    started = time.monotonic()
    with pytest.raises(UnavailableError, match="took more than"):
        find_compiler()
    assert not compiler.children
    while select.select([reader], [], [], 0.05)[0] == []:  # readable at its end: what it started has let go of it too
        assert time.monotonic() - started < 10
    os.close(reader)


class Doorway:
    """A lock that says when a second one stands before it."""

    def __init__(self) -> None:
        self._lock, self._arrivals = threading.Lock(), 0
        self.crowded = threading.Event()

    def __enter__(self) -> None:
        self._arrivals += 1
        if self._arrivals > 1:
            self.crowded.set()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_a_compiler_that_is_just_being_started_ends_with_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    doorway = Doorway()
    monkeypatch.setattr(compiler, "starting", doorway)
    monkeypatch.setattr(compiler, "stopping", threading.Event())
    stopper = threading.Thread(target=compiler.stop)
    real = subprocess.Popen

    def slow(*arguments: Any, **keywords: Any) -> subprocess.Popen[bytes]:
        process = real(*arguments, **keywords)
        stopper.start()  # the window: there is a process, and nobody knows of it yet
        assert doorway.crowded.wait(PATIENCE)
        return process

    monkeypatch.setattr(subprocess, "Popen", slow)
    with pytest.raises(UnavailableError, match="sleep failed with status -9"):
        compiler.output_of(["sleep", "60"])
    stopper.join(PATIENCE)
    assert not compiler.children


def test_none_is_started_once_they_were_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "stopping", threading.Event())
    compiler.stop()
    with pytest.raises(UnavailableError, match="echo was not started any more"):
        compiler.output_of(["echo"])
