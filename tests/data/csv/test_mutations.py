"""Ten thousand damaged CSV files: each loads as a sound data set or is refused in one printable line."""

import math
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from data.csv.read import load_csv
from data.csv.write import save_csv
from data.dataset import MAX_CLASSES, MIN_CLASSES, DataError, Dataset
from data.generators import generate
from engine.examples import SPLITS
from engine.rng import Rng

FILES = 10_000
PARTS = 10
WORDS = (
    b"nan",
    b"inf",
    b"1e999",
    b"-1e-999",
    b"1_0",
    b"0x1p3",
    b'"',
    b'""',
    b'"\n"',
    b",",
    b",,,,",
    b"\n",
    b"\r",
    b"\r\n",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x1b[31m",
    "é,☃".encode(),
    "\u202e".encode(),
    b"x,y,label,split",
    b"label,x,y,class index",
    b"train",
    b"TEST",
    b"-",
    b"+",
    b" ",
    b"9" * 400,
    b"a" * 5000,
    b"=cmd()",
    b"#",
    b";",
    b"\t",
)
"""What spoils a file, as people and programs do."""

Mutation = Callable[[bytearray, random.Random], None]


def place(content: bytearray, chance: random.Random) -> int:
    return chance.randrange(len(content) + 1)


def insert(content: bytearray, chance: random.Random) -> None:
    at = place(content, chance)
    content[at:at] = chance.choice(WORDS)


def drop(content: bytearray, chance: random.Random) -> None:
    at = place(content, chance)
    del content[at : at + chance.choice((1, 1, 3, 40))]


def flip(content: bytearray, chance: random.Random) -> None:
    if content:
        content[chance.randrange(len(content))] = chance.randrange(256)


def repeat(content: bytearray, chance: random.Random) -> None:
    at = place(content, chance)
    content[at:at] = content[at : at + chance.choice((1, 20, 200))] * chance.choice((1, 2, 30))


def truncate(content: bytearray, chance: random.Random) -> None:
    del content[place(content, chance) :]


def swap_fields(content: bytearray, chance: random.Random) -> None:
    rows = [row.split(b",") for row in bytes(content).split(b"\n")]
    row = chance.choice(rows)
    other = chance.choice(rows)
    a, b = chance.randrange(len(row)), chance.randrange(len(other))
    row[a], other[b] = other[b], row[a]
    content[:] = b"\n".join(b",".join(fields) for fields in rows)


MUTATIONS: tuple[Mutation, ...] = (insert, drop, flip, repeat, truncate, swap_fields)


def sound(dataset: Dataset) -> bool:
    """Whether a session can train on it."""
    examples = dataset.examples()
    return (
        tuple(dataset.splits) == SPLITS
        and bool(dataset.splits["train"])
        and MIN_CLASSES <= len(dataset.class_names) <= MAX_CLASSES
        and all(math.isfinite(x) and math.isfinite(y) and 0 <= c < len(dataset.class_names) for x, y, c in examples)
        and all(name.isprintable() for name in dataset.class_names)
    )


@pytest.fixture
def originals(tmp_path: Path) -> list[bytes]:
    contents = [b"1,2,a\n-3.5,4e-2,b\n0,0,a\n", b"x,y,label\r\n1,2,0\r\n3,4,1\r\n", b'"1"," 2 ","a,b"\n3,4,"c""d"\n']
    for name in ("yin-yang", "blobs", "xor"):
        path = tmp_path / "original.csv"
        save_csv(path, generate(name, 20, Rng(1)), replace=True)
        contents.append(path.read_bytes())
    return contents


@pytest.mark.parametrize("part", range(PARTS))
def test_a_damaged_file_loads_or_is_refused_in_one_line(part: int, originals: list[bytes], tmp_path: Path) -> None:
    chance = random.Random(part)
    path = tmp_path / "points.csv"
    outcomes = {"loaded": 0, "refused": 0}
    for _ in range(FILES // PARTS):
        content = bytearray(chance.choice(originals))
        for _ in range(chance.choice((1, 1, 2, 3, 8))):
            chance.choice(MUTATIONS)(content, chance)
        path.write_bytes(content)
        try:
            dataset = load_csv(path, Rng(1))
        except DataError as refused:
            text = str(refused)
            assert text.isprintable(), content
            assert "points.csv" in text, content
            assert len(text) < 400, content
            outcomes["refused"] += 1
        else:
            assert sound(dataset), content
            outcomes["loaded"] += 1
    assert min(outcomes.values()) > FILES // PARTS // 10, "both happen often, else the damage is too small or too great"
