"""C source -> loaded library, through the system's compiler and a cache that is the user's alone.

It stands apart from `c_program` because nothing here knows what the source says. Whatever goes wrong becomes an
`UnavailableError` with one line for the user: there is always the Python program.
"""

import ctypes
import hashlib
import os
import platform
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from ..ops import LIBRARY

TIMEOUT = 60.0
"""Seconds that a compiler may take."""
MOST_KEPT = 64
"""Libraries in the cache; the ones used longest ago give way."""
ABANDONED = 600.0
"""Seconds after which a build's directory belongs to nobody."""

EXACT = (
    "-fno-fast-math",  # CC may ask for these: they cost digits, and denormals in the whole process
    "-fno-unsafe-math-optimizations",
    "-ffp-contract=off",  # a * b + c is two roundings
    "-fno-math-errno",
    *(f"-fno-builtin-{name}" for name in LIBRARY),  # pow(x, 2.0) is not x * x to the last digit
)

children: set[subprocess.Popen[bytes]] = set()
"""Compilers at work."""
one_at_a_time = threading.Lock()
"""Whoever waits for a library that is being made finds it in the cache."""
stopping = threading.Event()
"""Set when the process is about to end: no compiler is started any more."""
starting = threading.Lock()
"""Held from the look at `stopping` until a compiler is among `children`, so that `stop` misses none."""


class UnavailableError(Exception):
    """There is no compiled program; the text is one line that says why, `brief` the same in a word or two."""

    def __init__(self, text: str, brief: str = "cc fails") -> None:
        super().__init__(text)
        self.brief = brief


class Compiler(NamedTuple):
    """A command that compiles C, and what it says about its version."""

    command: tuple[str, ...]
    version: str


def find_compiler() -> Compiler:
    """CC, or else the first of cc, gcc and clang on PATH that answers.

    Raises:
        UnavailableError: none does.
    """
    wanted = os.environ.get("CC", "").strip()
    try:
        candidates = [shlex.split(wanted)] if wanted else [["cc"], ["gcc"], ["clang"]]
    except ValueError as error:
        raise UnavailableError(f"CC can't be read: {error}") from error
    failures: list[UnavailableError] = []
    for name, *arguments in candidates:
        if path := shutil.which(name):
            try:
                return Compiler((path, *arguments), output_of([path, *arguments, "--version"]))
            except UnavailableError as reason:
                failures.append(reason)
    missing = f"CC names {wanted!r}, which is not there or can't be run" if wanted else "there is no C compiler on PATH"
    raise failures[0] if failures else UnavailableError(missing, "no cc")


def output_of(command: list[str]) -> str:
    """What a command prints; an UnavailableError if it fails, can't be run, or the process is about to end."""
    name = Path(command[0]).name
    with starting:
        if stopping.is_set():
            raise UnavailableError(f"{name} was not started any more")
        try:
            process = subprocess.Popen(  # noqa: S603  # the user's own compiler
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, process_group=0
            )
        except OSError as error:
            raise UnavailableError(f"{name} can't be run: {error.strerror or error}") from error
        children.add(process)
    try:
        output = process.communicate(timeout=TIMEOUT)[0].decode(errors="replace")
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"{name} took more than {TIMEOUT:.0f} seconds") from None
    finally:
        if process.poll() is None:
            end(process)
            process.wait()
        children.discard(process)
        if process.stdout:
            process.stdout.close()
    if process.returncode:
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        told = next((line for line in lines if "error" in line), "".join(lines[:1]))
        raise UnavailableError(f"{name} failed with status {process.returncode}: {told}"[:200].rstrip(": "))
    return output


def stop() -> None:
    """End every compiler that is at work, as the process is about to end itself."""
    with starting:
        stopping.set()
        for process in tuple(children):
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a compiler with all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def is_x86() -> bool:
    """Whether the processor is of the family whose features are asked for by name."""
    return platform.machine() in ("x86_64", "AMD64")


def machine_flags() -> tuple[str, ...]:
    """What this processor adds to its family's least: wider vectors, fused multiply-adds (used by name only)."""
    if not is_x86():
        return ()
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("flags"):
                return tuple(f"-m{feature}" for feature in ("avx2", "fma") if feature in line.split())
    return ()


def library(source: str, level: str, cache: Path | None) -> ctypes.CDLL:
    """The library that `source` compiles to at `level` (-O1), from the cache if it is there.

    Without a cache it is compiled in a directory of its own, which is gone afterwards.

    Raises:
        UnavailableError: there is no such library to be had.
    """
    compiler = find_compiler()
    flags = (level, *EXACT, *machine_flags(), "-shared", "-fPIC", "-std=gnu11", "-w")
    try:
        if cache is None:
            with tempfile.TemporaryDirectory(prefix="chainrule-") as own:
                return loaded(compile_library(source, compiler, flags, Path(own)))
        with suppress(FileExistsError):  # whatever it is, the next line says so
            cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        if reason := refusal(cache):
            raise UnavailableError(reason, "no cache")
        described = "\0".join([source, *compiler.command, compiler.version, *flags, platform.machine(), sys.platform])
        key = hashlib.sha256(described.encode(errors="surrogateescape")).hexdigest()[:32]
        with one_at_a_time:
            kept = next(filter(intact, cache.glob(f"{key}.*.so")), None)
            if kept is None:
                with build_directory(cache) as own_path:
                    made = compile_library(source, compiler, flags, own_path)
                    kept = cache / f"{key}.{digest(made)}.so"
                    made.replace(kept)
                thin_out(cache)
        with suppress(OSError):  # a cache that is only read still serves
            kept.touch()
        return loaded(kept)
    except OSError as error:
        where = cache or Path(tempfile.gettempdir())
        raise UnavailableError(f"{where} can't keep compiled code: {error.strerror or error}", "no cache") from error


def refusal(path: Path) -> str:
    """Why nothing is loaded from a directory; empty if only this user writes into it."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode):
        return f"{path} is {'a link' if stat.S_ISLNK(found.st_mode) else 'a file'}, not a directory"
    if found.st_uid != os.getuid():
        return f"{path} belongs to another user"
    if found.st_mode & 0o022:
        return f"others can write to {path}; chmod go-w ends that"
    return ""


def intact(path: Path) -> bool:
    """Whether a file of the cache is this user's own, a plain file, and holds what its name says."""
    with suppress(OSError):
        found = path.lstat()
        mine = stat.S_ISREG(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
        return mine and path.suffixes[-2:-1] == [f".{digest(path)}"]
    return False


def digest(path: Path) -> str:
    """A fingerprint of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:32]


@contextmanager
def build_directory(cache: Path) -> Iterator[Path]:
    """A directory inside the cache, so that what is ready moves to its place in one step."""
    for left in cache.glob("build-*"):
        with suppress(OSError):
            if left.lstat().st_mtime < time.time() - ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="build-", dir=cache, ignore_cleanup_errors=True) as own:
        yield Path(own)


def thin_out(cache: Path) -> None:
    """Remove what was used longest ago, beyond MOST_KEPT libraries."""
    with suppress(OSError):
        kept = sorted(filter(Path.is_file, cache.glob("*.so")), key=lambda path: path.stat().st_mtime)
        for path in kept[:-MOST_KEPT]:
            path.unlink(missing_ok=True)


def compile_library(source: str, compiler: Compiler, flags: tuple[str, ...], directory: Path) -> Path:
    """A library in `directory`, 0700."""
    text, made = directory / "program.c", directory / "program.so"
    text.write_text(source, encoding="utf-8")
    output_of([*compiler.command, *flags, "-o", str(made), str(text), "-lm"])
    if not made.is_file():
        raise UnavailableError(f"{Path(compiler.command[0]).name} made no library")
    made.chmod(0o700)
    return made


def loaded(path: Path) -> ctypes.CDLL:
    """The library, if the system loads it."""
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise UnavailableError(f"the compiled program can't be loaded: {error}") from error
