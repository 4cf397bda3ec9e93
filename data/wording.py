"""Messages about files in one line for a terminal: names and contents escaped and short, and why a write failed.

A file's name and content are a stranger's bytes, and no message may carry them as they are. The system's own words
leave out which of the directories on the way is meant.
"""

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LONGEST_QUOTE = 40
LONGEST_PATH = 80
LONGEST_NAME = 255
"""Bytes that a name may have on nearly every file system."""


def printable(text: str) -> str:
    """The text with everything that is not printable (control characters, line ends, surrogates) escaped."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def quoted(text: str) -> str:
    """The text in quotes, escaped, at most about 40 characters of it."""
    found = repr(text[:LONGEST_QUOTE])
    if len(text) <= LONGEST_QUOTE and len(found) <= LONGEST_QUOTE + 2:
        return found
    return f"{found[: LONGEST_QUOTE - 2]}...{found[-1]}"


def counted(count: int, noun: str) -> str:
    """The number and its noun: 1 field, 2 fields."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def shown_path(path: Path) -> str:
    """The path, escaped; of a long one the end, where the file's name is."""
    text = printable(str(path))
    return text if len(text) <= LONGEST_PATH else f"...{text[3 - LONGEST_PATH :]}"


def why_not_written(path: Path, error: Exception) -> str:
    """What stood in the way of writing to `path`."""
    parent = shown_path(real_parent(path))
    full = "is full; make room on it, or choose a directory on another one"
    reasons: dict[int | None, Callable[[], str]] = {
        errno.ENOENT: lambda: missing(path),
        errno.ENOTDIR: lambda: missing(path),
        errno.EACCES: lambda: f"you have no right to write in {parent}; choose another directory",
        errno.EPERM: lambda: f"the system does not let you write in {parent}; choose another directory",
        errno.EROFS: lambda: f"{parent} is on a file system that can only be read; choose another directory",
        errno.ENOSPC: lambda: f"the disk {full}",
        errno.EDQUOT: lambda: f"your share of the disk {full}",
        errno.ENAMETOOLONG: lambda: too_long(path),
        errno.ELOOP: lambda: "links in it lead round in a circle; choose another path",
    }
    if isinstance(error, RuntimeError):  # what pathlib makes of such links
        return reasons[errno.ELOOP]()
    if isinstance(error, ValueError):
        return "it has a character that no file name can have"
    number = error.errno if isinstance(error, OSError) else None
    return reasons[number]() if number in reasons else getattr(error, "strerror", "") or str(error)


def real_parent(path: Path) -> Path:
    """The directory that the file would be in, through a link."""
    with suppress(OSError, RuntimeError, ValueError):
        if path.is_symlink():
            return path.resolve().parent
    return path.parent


def too_long(path: Path) -> str:
    """Which part is."""
    if any(len(os.fsencode(name)) > LONGEST_NAME for name in path.parts):
        return f"a name in it is too long; at most {LONGEST_NAME} bytes were expected"
    return "as a whole it is longer than the system takes; a shorter path was expected"


def missing(path: Path) -> str:
    """The first on the way that is no directory; where all are, it is one like /proc."""
    parent = real_parent(path)
    for step in (*reversed(parent.parents), parent):
        with suppress(OSError):
            if step.exists() and not step.is_dir():
                return f"{shown_path(step)} is a file, not a directory; choose a directory that is there"
            if not step.exists():
                return f"there is no directory {shown_path(step)}; make it, or choose one that is there"
    return f"the system makes no files in {shown_path(parent)}; choose another directory"
