"""From a path to the rows of a CSV file: what the operating system and the `csv` module may refuse.

It stands apart from what the columns mean, so that everything that can go wrong with files and bytes is in one place.
"""

import csv
import io
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from data.dataset import DataError
from data.wording import shown_path

MAX_BYTES = 32_000_000
LINE_END = re.compile(rb"\r\n?|\n")


class Row(NamedTuple):
    """Fields as written, and where they stand: "points.csv, row 3", 3 being the line of the file from 1."""

    where: str
    fields: list[str]


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a comma-separated file in UTF-8; blank lines are passed over.

    Raises:
        DataError: no regular file that can be read, more than 32 MB, not text, or broken quotes.
    """
    file = shown_path(path)
    reader = csv.reader(io.StringIO(decode(read_bytes(path), file), newline=""), strict=True, skipinitialspace=True)
    while True:
        where = f"{file}, row {reader.line_num + 1}"
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(f"{where}: {error}; comma-separated fields, quotes closed, were expected") from error
        if len(fields) > 1 or "".join(fields).strip():
            yield Row(where, fields)


def read_bytes(path: Path) -> bytes:
    """The content of a regular file: a pipe or a device could have no end."""
    file = shown_path(path)
    content = b""
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            with path.open("rb") as source:
                content = source.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise DataError(f"{file}: {reason}; a readable CSV file was expected") from error
    except ValueError as error:  # a zero byte or half a surrogate pair in the name
        raise DataError(f"{file}: not a file name; a readable CSV file was expected") from error
    if not stat.S_ISREG(mode):
        found = "a directory" if stat.S_ISDIR(mode) else "a pipe, a device or the like"
        raise DataError(f"{file}: {found}; a CSV file was expected")
    if len(content) > MAX_BYTES:
        raise DataError(f"{file}: a very large file; at most {MAX_BYTES // 1_000_000} MB were expected")
    return content


def decode(content: bytes, file: str) -> str:
    """UTF-8 with or without a byte order mark."""
    end = content.find(0)
    found = "a zero byte"
    if end < 0:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            end, found = error.start, f"the byte 0x{content[error.start]:02x}"
    row = len(LINE_END.findall(content[:end])) + 1
    raise DataError(f"{file}, row {row}: {found}, binary data; CSV text in UTF-8 was expected")
