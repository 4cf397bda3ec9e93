"""CSV files that do not load: each gives one printable line with file, row and what was expected."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.csv import rows as csv_rows
from data.csv.read import load_csv
from data.dataset import DataError
from engine.examples import SPLITS
from engine.rng import Rng

Refused = Callable[[str | bytes], str]


def error_of(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        load_csv(path, Rng(42))
    line = str(caught.value)
    assert line.isprintable()
    assert len(line) < 260
    assert "expected" in line
    return line


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Refused:
    monkeypatch.chdir(tmp_path)

    def refuse(content: str | bytes) -> str:
        path = Path("points.csv")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return error_of(path)

    return refuse


GOOD = "0,0,a\n1,1,b\n"
NUMBER = "a finite number such as -1.25 or 3e-2 was expected"
LABEL = "a name without control characters was expected"
BINARY = "binary data; CSV text in UTF-8 was expected"
QUOTES = "comma-separated fields, quotes closed, were expected"
COLUMNS = "x, y, label and optionally split, separated by commas, were expected"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "points.csv: no rows; lines of x, y, label were expected"),
        (b"\xef\xbb\xbf", "points.csv: no rows; lines of x, y, label were expected"),
        ("\n \n\r\n", "points.csv: no rows; lines of x, y, label were expected"),
        ("x,y,label\n", "points.csv: no rows below the header; lines of x, y, label were expected"),
        ("1,2,a\n3,4,a\n", "points.csv: every row has the label 'a'; 2 to 8 different labels were expected"),
        (GOOD + "1,2\n", "points.csv, row 3: 2 fields; 3 were expected, as in the first row"),
        (GOOD + "1,2,a,train\n", "points.csv, row 3: 4 fields; 3 were expected, as in the first row"),
        ("\n\nx,y,label\n\n1\n", "points.csv, row 5: 1 field; 3 were expected, as in the first row"),
        ("1\n", f"points.csv, row 1: 1 field, '1'; {COLUMNS}"),
        ("1;2;a\n", f"points.csv, row 1: 1 field, '1;2;a'; {COLUMNS}"),
        ("1\t2\ta\n", f"points.csv, row 1: 1 field, '1\\t2\\ta'; {COLUMNS}"),
        ("x,y\n1,2\n", f"points.csv, row 1: 2 fields, 'x,y'; {COLUMNS}"),
        ("1,2,a,train,9\n", f"points.csv, row 1: 5 fields, '1,2,a,train,9'; {COLUMNS}"),
        ("x1,x2,y\n1,2,3\n", f"points.csv, row 1: the header 'x1,x2,y'; the names {COLUMNS}"),
        ("x,y,label,X\n1,2,a,3\n", "points.csv, row 1: 2 columns 'x'; one was expected"),
        ("x,y,label,class\n1,2,a,a\n", "points.csv, row 1: 2 columns 'label'; one was expected"),
        ("NA,NA,a\n1,2,b\n", "points.csv, row 1: 2 columns 'na'; one was expected"),
        ("one,2,a\n" + GOOD, f"points.csv, row 1: x is 'one'; {NUMBER}"),
        ("nan,nan,a\n" + GOOD, f"points.csv, row 1: x is 'nan'; {NUMBER}"),
        ("-inf,1.2.3,a\n" + GOOD, f"points.csv, row 1: x is '-inf'; {NUMBER}"),
        (GOOD + "1,two,a\n", f"points.csv, row 3: y is 'two'; {NUMBER}"),
        (GOOD + ",2,a\n", f"points.csv, row 3: x is empty; {NUMBER}"),
        (GOOD + "1, ,a\n", f"points.csv, row 3: y is empty; {NUMBER}"),
        (GOOD + "inf,2,a\n", f"points.csv, row 3: x is 'inf'; {NUMBER}"),
        (GOOD + "1,NaN,a\n", f"points.csv, row 3: y is 'NaN'; {NUMBER}"),
        (GOOD + "1_000,2,a\n", f"points.csv, row 3: x is '1_000'; {NUMBER}"),
        (GOOD + "0x10,2,a\n", f"points.csv, row 3: x is '0x10'; {NUMBER}"),
        (GOOD + "١,2,a\n", f"points.csv, row 3: x is '١'; {NUMBER}"),
        (GOOD + ".,2,a\n", f"points.csv, row 3: x is '.'; {NUMBER}"),
        (GOOD + "1e999,2,a\n", "points.csv, row 3: x is '1e999'; a number from -1e100 to 1e100 was expected"),
        (GOOD + "1,-2e100,a\n", "points.csv, row 3: y is '-2e100'; a number from -1e100 to 1e100 was expected"),
        (GOOD + "\x1b[31m\x07,2,a\n", f"points.csv, row 3: x is '\\x1b[31m\\x07'; {NUMBER}"),
        (GOOD + "1,2,\n", f"points.csv, row 3: label is empty; {LABEL}"),
        (GOOD + "1,2,a\x1b[2J\n", f"points.csv, row 3: label is 'a\\x1b[2J'; {LABEL}"),
        ("1,2,a,dev\n", "points.csv, row 1: split is 'dev'; train, val or test was expected"),
        ("1,2,a,\n", "points.csv, row 1: split is empty; train, val or test was expected"),
        ("1,2,a,val\n1,2,b,test\n", "points.csv: no row has the split 'train'; at least one was expected"),
        (
            "".join(f"{index},0,{index}\n" for index in range(9)),
            "points.csv, row 9: '8' is label number 9; at most 8 different labels were expected",
        ),
        (b"1,2,a\n3,4,\xff\n", f"points.csv, row 2: the byte 0xff, {BINARY}"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", f"points.csv, row 3: a zero byte, {BINARY}"),
        ("x,y,label\n1,2,a\n".encode("utf-16"), f"points.csv, row 1: a zero byte, {BINARY}"),
        (
            GOOD + '1,2,"a\n3,4,b\n',
            f"points.csv, row 3: unexpected end of data; {QUOTES}",
        ),
        (
            GOOD + "1,2," + "a" * 200_000,
            f"points.csv, row 3: field larger than field limit (131072); {QUOTES}",
        ),
    ],
)
def test_the_message_names_file_row_and_what_was_expected(refused: Refused, content: str | bytes, message: str) -> None:
    assert refused(content) == message


def test_a_row_after_one_of_several_lines_is_named_by_its_line_of_the_file(refused: Refused) -> None:
    assert refused('x,y,label\n1,2,"a\nb"\n\n3,4\n').startswith("points.csv, row 5: 2 fields")


def test_a_row_of_several_lines_is_named_by_its_first(refused: Refused) -> None:
    assert refused('1,2,a\n1,"2\n",b,train\n').startswith("points.csv, row 2: 4 fields")


def test_long_text_is_cut(refused: Refused) -> None:
    message = refused(GOOD + "9" * 60 + "x,2,a\n")
    assert message == f"points.csv, row 3: x is '{'9' * 37}...'; {NUMBER}"


def test_a_very_long_number_is_refused_at_once(refused: Refused) -> None:
    assert "row 3: x is '111" in refused(GOOD + "1" * 131_000 + "x,2,a\n")
    assert "-1e100 to 1e100" in refused(GOOD + "1" * 131_000 + ",2,a\n")


def test_one_row_too_many_is_named(refused: Refused) -> None:
    rows = "".join(f"{index},0,{index % 2}\n" for index in range(100_001))
    assert refused("x,y,label\n" + rows) == "points.csv, row 100002: one row too many; at most 100,000 were expected"


def test_a_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert error_of(Path("no.csv")) == "no.csv: no such file or directory; a readable CSV file was expected"


def test_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("points.csv").mkdir()
    assert error_of(Path("points.csv")) == "points.csv: a directory; a CSV file was expected"


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "points.csv"
    path.write_text(GOOD)

    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", deny)
    assert error_of(path).endswith("points.csv: permission denied; a readable CSV file was expected")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    assert error_of(path).endswith("pipe.csv: a pipe, a device or the like; a CSV file was expected")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no /dev/zero on this system")
def test_a_device_is_refused_without_reading_it() -> None:
    assert error_of(Path("/dev/zero")) == "/dev/zero: a pipe, a device or the like; a CSV file was expected"


def test_a_symbolic_link_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "loop.csv"
    path.symlink_to(path)
    assert "a readable CSV file was expected" in error_of(path)


@pytest.mark.parametrize("name", ["a\0b.csv", "\ud800.csv", "n" * 5000 + ".csv", "a\nb\x1b[31m.csv", "\udcff.csv"])
def test_a_name_that_is_no_file_is_shown_escaped_and_short(name: str) -> None:
    assert ".csv: " in error_of(Path(name))


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "points.csv"
    path.write_text(GOOD * 1000)
    monkeypatch.setattr(csv_rows, "MAX_BYTES", 10_000)
    assert "a very large file" in error_of(path)


VALID = (
    b"x,y,label\n0.5,-1e-3,cat\n1.25,2,dog\n-3,.5,cat\n",
    b"\xef\xbb\xbf1,2,a,train\r\n3,4,b,val\r\n5,6,c,test\r\n",
    b'split,label,y,x,id\ntrain,"a, b",1,2,7\n\nVal,"say ""hi""",3,4,8\n',
)
FRAGMENTS = (b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"nan", b"1e999", b"-", b"\x1b[2J", b";", b" ", "é١".encode())


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    content = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(content)))
        end = start + draw(st.integers(0, 6))
        content = content[:start] + draw(st.sampled_from(FRAGMENTS) | st.binary(max_size=4)) + content[end:]
    return content


def check_whatever_it_holds(path: Path) -> None:
    try:
        dataset = load_csv(path, Rng(42))
    except DataError as error:
        line = str(error)
        assert line.isprintable()
        assert "expected" in line
        return
    assert tuple(dataset.splits) == SPLITS
    assert dataset.splits["train"]
    assert 2 <= len(dataset.class_names) <= 8
    assert {label for _, _, label in dataset.examples()} == set(range(len(dataset.class_names)))
    assert all(abs(edge) <= 1e100 for edge in dataset.bounds())


@settings(max_examples=400, deadline=None)
@given(mutated())
@example(b"")
@example(VALID[0])
def test_a_damaged_file_gives_a_dataset_or_one_line(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.csv"
    path.write_bytes(content)
    check_whatever_it_holds(path)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_noise_gives_a_dataset_or_one_line(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "noise.csv"
    path.write_bytes(content)
    check_whatever_it_holds(path)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('019.eE+-,"\n ab_nxytrai\u0661\x1b'), max_size=60))
def test_csv_characters_in_any_order_give_a_dataset_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "text.csv"
    path.write_text(content, encoding="utf-8")
    check_whatever_it_holds(path)
