"""A Dataset as a CSV file that `load_csv` reads back to the last digit.

It is written beside its place and put there in one move: a full disk or a crash leaves what was there before.
"""

import contextlib
import csv
import os
import secrets
from pathlib import Path
from typing import Any

from data.csv.columns import sorted_labels
from data.dataset import DataError, Dataset
from data.wording import shown_path, why_not_written
from engine.examples import SPLITS

HEADER = ("x", "y", "label", "split")


def save_csv(path: Path, dataset: Dataset, *, replace: bool = False) -> int:
    """Write all examples, split by split, in their order; how many there are.

    Coordinates are written so that they are read back as the same numbers. Where the classes are
    not in the order of their names, a column `class index` keeps it.

    Raises:
        FileExistsError: there is something at the path, and it is not to be replaced.
        DataError: it can't be written; what was there is still there.
    """
    try:
        place = path.resolve()
        if place.is_dir():
            example = shown_path(path / "points.csv")
            raise DataError(f"{shown_path(path)}: a directory; the name of a file was expected, such as {example}")
        if place.exists() and not place.is_file():
            raise DataError(f"{shown_path(path)}: a pipe, a device or the like; the name of a file was expected")
        if place.exists() and not replace:
            raise FileExistsError(str(place))
        write(place, dataset)
    except (FileExistsError, DataError):
        raise
    except (OSError, ValueError, RuntimeError) as error:  # a zero byte in a name; links in a circle
        raise DataError(f"{shown_path(path)}: not saved: {why_not_written(path, error)}") from error
    return len(dataset.examples())


def write(place: Path, dataset: Dataset) -> None:
    """The whole file, put in its place when it is complete."""
    name = place.with_name(f".{place.name[:40]}.{secrets.token_hex(8)}.tmp")
    rights = place.stat().st_mode & 0o777 if place.exists() else None
    # The system applies the umask to a new file; to ask for it would change it for a moment, in every thread.
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if rights is None else rights)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            rows(csv.writer(file, lineterminator="\n"), dataset)
            file.flush()
            os.fsync(file.fileno())
        if rights is not None:
            name.chmod(rights)
        name.replace(place)
    except BaseException:
        with contextlib.suppress(OSError):
            name.unlink()
        raise


def rows(writer: Any, dataset: Dataset) -> None:
    """The header, then a row for each example."""
    names = dataset.class_names
    used = [names[label] for label in sorted({label for _, _, label in dataset.examples()})]
    is_indexed = used != sorted_labels(set(used))
    writer.writerow((*HEADER, *["class index"] * is_indexed))
    for split in SPLITS:
        for x, y, label in dataset.splits[split]:
            writer.writerow((repr(x), repr(y), names[label], split, *[label] * is_indexed))
