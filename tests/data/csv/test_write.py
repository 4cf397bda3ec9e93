"""A saved file loads back to the same points, to the last digit; nothing is lost when it can't be saved."""

import errno
import os
import resource
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.csv.read import load_csv
from data.csv.write import save_csv
from data.dataset import DataError, Dataset
from data.generators import GENERATORS, generate
from data.wording import shown_path
from engine.examples import SPLITS
from engine.rng import Rng

SMALL = Dataset("small", ("a", "b"), {"train": ((1.0, 2.0, 0), (0.1, -0.0, 1)), "val": (), "test": ((1e-5, 3.0, 1),)})


def loaded(path: Path) -> Dataset:
    return load_csv(path, Rng(1))


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("classes", [None, 2, 8])
def test_every_generated_set_loads_back_as_it_was(name: str, classes: int | None, tmp_path: Path) -> None:
    generator = GENERATORS[name]
    if classes is not None and not generator.min_classes <= classes <= generator.max_classes:
        classes = None
    dataset = generate(name, 100, Rng(42), None, classes)
    path = tmp_path / "saved.csv"
    assert save_csv(path, dataset) == 100
    again = loaded(path)
    assert again.splits == dataset.splits
    assert again.class_names == dataset.class_names


finite = st.floats(-1e100, 1e100)
words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@given(
    names=st.lists(words, min_size=2, max_size=8, unique=True),
    points=st.lists(st.tuples(finite, finite, st.integers(0, 7), st.sampled_from(SPLITS)), max_size=30),
)
def test_any_points_with_any_names_load_back(
    names: list[str], points: list[tuple[float, float, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    every = [(0.0, 0.0, label, "train") for label in range(len(names))]
    placed = [*every, *((x, y, label % len(names), split) for x, y, label, split in points)]
    splits = {split: tuple(point[:3] for point in placed if point[3] == split) for split in SPLITS}
    dataset = Dataset("any", tuple(names), splits)
    path = tmp_path_factory.mktemp("any") / "saved.csv"
    save_csv(path, dataset)
    again = loaded(path)
    assert repr(again.splits) == repr(dataset.splits)
    assert again.class_names == dataset.class_names


def test_what_is_there_is_replaced_only_if_that_is_wanted_and_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "saved.csv"
    path.write_text("mine")
    path.chmod(0o640)
    with pytest.raises(FileExistsError):
        save_csv(path, SMALL)
    assert path.read_text() == "mine"
    save_csv(path, SMALL, replace=True)
    assert loaded(path).splits == SMALL.splits
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_has_the_rights_of_any_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other").touch()

    def refuse(_: int) -> int:
        raise AssertionError("for a moment files made elsewhere would be anybody's")

    monkeypatch.setattr(os, "umask", refuse)
    save_csv(tmp_path / "saved.csv", SMALL)
    assert (tmp_path / "saved.csv").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_what_only_the_owner_may_read_is_never_there_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "saved.csv"
    path.touch(0o600)
    seen = []
    written = os.fsync

    def look(handle: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
        written(handle)

    monkeypatch.setattr(os, "fsync", look)
    save_csv(path, SMALL, replace=True)
    assert [*seen, stat.S_IMODE(path.stat().st_mode)] == [0o600, 0o600]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    save_csv(tmp_path / "link.csv", SMALL, replace=True)
    assert (tmp_path / "link.csv").is_symlink()
    assert loaded(tmp_path / "real.csv").splits == SMALL.splits


def test_a_full_disk_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "saved.csv"
    path.write_text("mine")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(DataError, match=r"saved\.csv: not saved: File too large"):
            save_csv(path, SMALL, replace=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gone/saved.csv", "gone/saved.csv: not saved: there is no directory .*/gone; make it, or choose one"),
        ("gone/deep/saved.csv", "there is no directory .*/gone; make it"),
        ("hanging", "there is no directory .*/nowhere; make it"),
        ("file/saved.csv", "file/saved.csv: not saved: .*/file is a file, not a directory; choose a directory"),
        ("file/deep/saved.csv", "/file is a file, not a directory; choose a directory"),
        (".", "a directory; the name of a file was expected, such as .*/points.csv"),
        ("pipe", "/pipe: a pipe, a device or the like; the name of a file was expected"),
        ("y/" * 3000 + "saved.csv", "not saved: as a whole it is longer than the system takes; a shorter path"),
        ("x" * 300, "not saved: a name in it is too long; at most 255 bytes were expected"),
        ("nul\0byte", "not saved: it has a character that no file name can have"),
        ("half\ud800", "not saved: it has a character that no file name can have"),
        ("circle", "not saved: links in it lead round in a circle; choose another path"),
        ("circle/saved.csv", "not saved: links in it lead round in a circle"),
    ],
)
def test_where_nothing_can_be_saved_one_line_says_why(name: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "hanging").symlink_to("nowhere/saved.csv")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(DataError, match=told) as refused:
        save_csv(tmp_path / name, SMALL, replace=True)
    assert "\n" not in str(refused.value)
    assert sorted(tmp_path.iterdir()) == before


def test_a_missing_directory_is_named_as_it_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError) as refused:
        save_csv(Path("no/where.csv"), SMALL)
    assert str(refused.value) == (
        "no/where.csv: not saved: there is no directory no; make it, or choose one that is there"
    )


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EACCES, "you have no right to write in {}; choose another directory"),
        (errno.EPERM, "the system does not let you write in {}; choose another directory"),
        (errno.EROFS, "{} is on a file system that can only be read; choose another directory"),
        (errno.ENOSPC, "the disk is full; make room on it, or choose a directory on another one"),
        (errno.EDQUOT, "your share of the disk is full; make room on it, or choose a directory on another one"),
        (errno.ENOENT, "the system makes no files in {}; choose another directory"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_what_the_system_refuses_is_said_with_what_would_do(
    number: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(DataError) as refused:
        save_csv(tmp_path / "saved.csv", SMALL)
    assert str(refused.value) == f"{shown_path(tmp_path / 'saved.csv')}: not saved: {told.format(shown_path(tmp_path))}"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("x,y,label,class index\n1,2,a,0\n1,2,b,0\n", "row 3: label 'b' with class index 0"),
        ("x,y,label,class index\n1,2,a,0\n1,2,a,1\n", "row 3: label 'a' with class index 1"),
        ("x,y,label,class index\n1,2,a,first\n", "class index is 'first'; a whole number"),
        ("x,y,label,class index\n1,2,a,-1\n", "class index is '-1'; a whole number"),
    ],
)
def test_class_indices_that_make_no_order_are_refused(content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=told):
        loaded(path)
