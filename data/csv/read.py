"""A CSV file as a Dataset: columns x, y, label and optionally split.

Rows come from `rows`, their meaning and that of their fields from `columns`. What only the whole file can show is
checked here.
"""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from data.csv.columns import Columns, find_columns, parse_index, parse_label, parse_number, parse_split, sorted_labels
from data.csv.rows import Row, read_rows
from data.dataset import MAX_CLASSES, MAX_POINTS, MIN_CLASSES, DataError, Dataset
from data.splitting import USUAL_SHARES, Shares, check_shares, deal_splits
from data.wording import counted, printable, quoted, shown_path
from engine.examples import SPLITS
from engine.rng import Rng


class Record(NamedTuple):
    """One point as the file has it; `split` and `place`, the class index, are None without such columns."""

    x: float
    y: float
    label: str
    split: str | None
    place: int | None


def load_csv(path: Path, rng: Rng, shares: Shares | None = None) -> Dataset:
    """The points of a CSV file, in its order within each split, named for the file.

    A header is optional, its names in any order and case. Classes are the labels in order,
    numeric if all are numbers, or in that of a column "class index". Without a split column, or
    with `shares`, the rows are dealt to the splits at random, which is the only use of `rng`.

    Raises:
        DataError: the file can't be read or does not hold 2 to 8 classes of finite points.
    """
    if shares is not None:
        check_shares(shares)
    file = shown_path(path)
    rows = read_rows(path)
    first = next(rows, None)
    if first is None:
        raise DataError(f"{file}: no rows; lines of x, y, label were expected")
    columns = find_columns(first)
    records = read_records(rows if columns.header else chain([first], rows), columns)
    if not records:
        raise DataError(f"{file}: no rows below the header; lines of x, y, label were expected")
    labels = labels_of(records)
    if len(labels) < MIN_CLASSES:
        wanted = f"{MIN_CLASSES} to {MAX_CLASSES} different labels were expected"
        raise DataError(f"{file}: every row has the label {quoted(labels[0])}; {wanted}")
    if columns.split is None or shares is not None:
        splits = deal_splits([record.label for record in records], rng, shares or USUAL_SHARES)
    else:
        splits = [record.split or "" for record in records]
    if "train" not in splits:
        raise DataError(f"{file}: no row has the split 'train'; at least one was expected")
    examples = [(record.x, record.y, labels.index(record.label)) for record in records]
    split_of = list(zip(examples, splits, strict=True))
    by_split = {name: tuple(example for example, split in split_of if split == name) for name in SPLITS}
    return Dataset(printable(path.name), tuple(labels), by_split)


def read_records(rows: Iterable[Row], columns: Columns) -> list[Record]:
    """The rows below the header, none with one label or one row too many."""
    records: list[Record] = []
    labels: set[str] = set()
    pairs: dict[str | int, object] = {}
    for row in rows:
        if len(records) == MAX_POINTS:
            raise DataError(f"{row.where}: one row too many; at most {MAX_POINTS:,} were expected")
        record = read_record(row, columns)
        labels.add(record.label)
        if len(labels) > MAX_CLASSES:
            raise DataError(
                f"{row.where}: {quoted(record.label)} is label number {len(labels)}; "
                f"at most {MAX_CLASSES} different labels were expected"
            )
        if record.place is not None:
            for one, other in ((record.label, record.place), (record.place, record.label)):
                if pairs.setdefault(one, other) != other:
                    raise DataError(
                        f"{row.where}: label {quoted(record.label)} with class index {record.place}; "
                        "every label with one class index of its own was expected"
                    )
        records.append(record)
    return records


def labels_of(records: Iterable[Record]) -> list[str]:
    """The classes in the order of their class indices, or without those in that of their names."""
    places = {record.label: record.place for record in records}
    if all(index is None for index in places.values()):
        return sorted_labels(set(places))
    return sorted(places, key=lambda label: places[label] or 0)


def read_record(row: Row, columns: Columns) -> Record:
    """One row, as wide as the first, each of its fields what it should be."""
    where, fields = row
    if len(fields) != columns.width:
        raise DataError(f"{where}: {counted(len(fields), 'field')}; {columns.width} were expected, as in the first row")
    return Record(
        parse_number(fields[columns.x], "x", where),
        parse_number(fields[columns.y], "y", where),
        parse_label(fields[columns.label], where),
        None if columns.split is None else parse_split(fields[columns.split], where),
        None if columns.place is None else parse_index(fields[columns.place], where),
    )
