"""What a file says, made fit for one line on a terminal: escaped and short.

It stands apart because a file's name and content are a stranger's bytes: no message may carry
them as they are.
"""

from pathlib import Path

LONGEST_QUOTE = 40
LONGEST_PATH = 80


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
