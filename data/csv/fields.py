"""From the text of one field to a coordinate, a label or a split.

It stands apart because `float` takes more than a data file should hold: nan, inf, `1_000`, digits
of other scripts.
"""

import re

from data.dataset import DataError
from data.quoting import quoted

MAX_MAGNITUDE = 1e100
# The fraction hangs on its point: with two adjacent runs of digits a long non-number would take quadratic time.
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
SPLIT_OF = {"train": "train", "val": "val", "validation": "val", "test": "test"}


def parse_number(text: str, column: str, where: str) -> float:
    """A plain decimal number, with or without exponent, at most 1e100 in magnitude.

    Raises:
        DataError: anything else.
    """
    text = text.strip()
    if not NUMBER.fullmatch(text):
        raise DataError(f"{where}: {column} is {found(text)}; a finite number such as -1.25 or 3e-2 was expected")
    number = float(text)
    if abs(number) > MAX_MAGNITUDE:
        raise DataError(f"{where}: {column} is {quoted(text)}; a number from -1e100 to 1e100 was expected")
    return number


def parse_label(text: str, where: str) -> str:
    """Any text, spaces and line ends inside it as one space.

    Raises:
        DataError: nothing is left, or it holds characters that are not shown but obeyed: control, direction of text.
    """
    label = " ".join(text.split())
    if not label or not label.isprintable():
        raise DataError(f"{where}: label is {found(label)}; a name without control characters was expected")
    return label


def parse_index(text: str, where: str) -> int:
    """A class's place in the order of the classes: a whole number of at most four digits.

    Raises:
        DataError: anything else.
    """
    text = text.strip()
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise DataError(f"{where}: class index is {found(text)}; a whole number from 0 up was expected")
    return int(text)


def parse_split(text: str, where: str) -> str:
    """train, val (or validation) or test, in any case.

    Raises:
        DataError: anything else.
    """
    split = SPLIT_OF.get(text.strip().lower())
    if split is None:
        raise DataError(f"{where}: split is {found(text.strip())}; train, val or test was expected")
    return split


def sorted_labels(labels: set[str]) -> list[str]:
    """In numeric order if all are numbers, else in alphabetical order."""
    if all(NUMBER.fullmatch(label) for label in labels):
        return sorted(labels, key=lambda label: (float(label), label))
    return sorted(labels)


def found(text: str) -> str:
    """How a message calls a field's text."""
    return quoted(text) if text else "empty"
