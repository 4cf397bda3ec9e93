"""Which column of a CSV file is what, told from its first row.

It stands apart because this is the one place that guesses: names in any order, unknown names by
position, or no header at all.
"""

from typing import NamedTuple

from data.csv.rows import Row
from data.dataset import DataError
from data.quoting import counted, quoted

ROLES = ("x", "y", "label", "split")
NEEDED = frozenset({"x", "y", "label"})
ROLE_OF = {"x": "x", "y": "y", "label": "label", "class": "label", "split": "split", "class index": "place"}
NUMBER_WORDS = frozenset({"nan", "inf", "infinity"})
EXPECTED = "x, y, label and optionally split, separated by commas, were expected"


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
        split = roles.index("split") if "split" in roles else None
        place = roles.index("place") if "place" in roles else None
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
    """Refuse a header with one name twice.

    Raises:
        DataError: it has.
    """
    for name in names:
        if names.count(name) > 1:
            raise DataError(f"{first.where}: {names.count(name)} columns {quoted(name)}; one was expected")


def looks_like_name(field: str) -> bool:
    """Whether a field where a coordinate could stand is a column's name, not an attempt at a number."""
    return (field[:1].isalpha() or field[:1] == "_") and field not in NUMBER_WORDS
