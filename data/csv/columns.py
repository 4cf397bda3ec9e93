"""What the columns of a CSV file are, told from its first row, and what a field of each may hold.

The columns are guessed: names in any order, unknown names by position, or no header at all. A field is not left to
`float`, which takes more than a data file should hold: nan, inf, `1_000`, digits of other scripts. What is none of
these is refused with a DataError.
"""

import re
from typing import NamedTuple

from data.csv.rows import Row
from data.dataset import DataError
from data.wording import counted, quoted

ROLES = ("x", "y", "label", "split")
NEEDED = frozenset({"x", "y", "label"})
ROLE_OF = {"x": "x", "y": "y", "label": "label", "class": "label", "split": "split", "class index": "place"}
NUMBER_WORDS = frozenset({"nan", "inf", "infinity"})
EXPECTED = "x, y, label and optionally split, separated by commas, were expected"
MAX_MAGNITUDE = 1e100
# The fraction hangs on its point: with two adjacent runs of digits a long non-number would take quadratic time.
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
SPLIT_OF = {"train": "train", "val": "val", "validation": "val", "test": "test"}


class Columns(NamedTuple):
    """Positions from 0; `split` and `place` are None without such a column. `width` counts the ignored ones too."""

    x: int
    y: int
    label: int
    split: int | None
    width: int
    header: bool
    place: int | None = None


def find_columns(first: Row) -> Columns:
    """What the first row says about the columns, and whether it is a header.

    Raises:
        DataError: it fits none of the forms, or names a column twice.
    """
    names = [field.strip().lower() for field in first.fields]
    roles = [ROLE_OF.get(name) for name in names]
    if set(roles) >= NEEDED:
        refuse_repeated(first, [role for role in roles if role])
        split, place = (roles.index(role) if role in roles else None for role in ("split", "place"))
        return Columns(roles.index("x"), roles.index("y"), roles.index("label"), split, len(names), True, place)
    if not len(NEEDED) <= len(names) <= len(ROLES):
        raise DataError(f"{first.where}: {counted(len(names), 'field')}, {quoted(','.join(first.fields))}; {EXPECTED}")
    header = looks_like_name(names[0]) and looks_like_name(names[1])
    if header:
        refuse_repeated(first, names)
        if any(role not in (None, ROLES[position]) for position, role in enumerate(roles)):
            raise DataError(f"{first.where}: the header {quoted(','.join(first.fields))}; the names {EXPECTED}")
    return Columns(0, 1, 2, 3 if len(names) == len(ROLES) else None, len(names), header)


def refuse_repeated(first: Row, names: list[str]) -> None:
    """Refuse a header with one name twice."""
    for name in names:
        if names.count(name) > 1:
            raise DataError(f"{first.where}: {names.count(name)} columns {quoted(name)}; one was expected")


def looks_like_name(field: str) -> bool:
    """Whether a field where a coordinate could stand is a column's name, not an attempt at a number."""
    return (field[:1].isalpha() or field[:1] == "_") and field not in NUMBER_WORDS


def parse_number(text: str, column: str, where: str) -> float:
    """A plain decimal number, with or without exponent, at most 1e100 in magnitude."""
    text = text.strip()
    if not NUMBER.fullmatch(text):
        raise DataError(f"{where}: {column} is {found(text)}; a finite number such as -1.25 or 3e-2 was expected")
    number = float(text)
    if abs(number) > MAX_MAGNITUDE:
        raise DataError(f"{where}: {column} is {quoted(text)}; a number from -1e100 to 1e100 was expected")
    return number


def parse_label(text: str, where: str) -> str:
    """Any text without control characters, those for the direction of text among them; spaces and line ends as one."""
    label = " ".join(text.split())
    if not label or not label.isprintable():
        raise DataError(f"{where}: label is {found(label)}; a name without control characters was expected")
    return label


def parse_index(text: str, where: str) -> int:
    """A class's place in the order of the classes: a whole number of at most four digits."""
    text = text.strip()
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise DataError(f"{where}: class index is {found(text)}; a whole number from 0 up was expected")
    return int(text)


def parse_split(text: str, where: str) -> str:
    """train, val (or validation) or test, in any case."""
    name = text.strip()
    if name.lower() not in SPLIT_OF:
        raise DataError(f"{where}: split is {found(name)}; train, val or test was expected")
    return SPLIT_OF[name.lower()]


def sorted_labels(labels: set[str]) -> list[str]:
    """In numeric order if all are numbers, else in alphabetical order."""
    if all(NUMBER.fullmatch(label) for label in labels):
        return sorted(labels, key=lambda label: (float(label), label))
    return sorted(labels)


def found(text: str) -> str:
    """How a message calls a field's text."""
    return quoted(text) if text else "empty"
