"""CSV files that load: the forms of a header, labels, splits and numbers."""

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.csv.read import load_csv
from data.dataset import DataError, Dataset
from data.generators import GENERATORS, generate
from data.splitting import check_shares, deal_splits, split_sizes
from engine.examples import SPLITS
from engine.rng import Rng

Load = Callable[[str | bytes], Dataset]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load_content(content: str | bytes) -> Dataset:
        path = tmp_path / "points.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return load_csv(path, Rng(42))

    return load_content


TWO = ((1.0, 2.0, 0), (-3.5, 0.04, 1))


@pytest.mark.parametrize(
    "content",
    [
        "1,2,a\n-3.5,4e-2,b\n",
        "1,2,a\n-3.5,4e-2,b",
        "x,y,label\n1,2,a\n-3.5,4e-2,b\n",
        "X, Y ,Class\n1,2,a\n-3.5,4e-2,b\n",
        "label,y,x\na,2,1\nb,4e-2,-3.5\n",
        "id,x,y,weight,label\n7,1,2,9,a\n8,-3.5,4e-2,?,b\n",
        ",x,y,label\n0,1,2,a\n1,-3.5,4e-2,b\n",
        "width,height,kind\n1,2,a\n-3.5,4e-2,b\n",
        "width,height,kind,part\n1,2,a,train\n-3.5,4e-2,b,train\n",
        "1,2,a,train\n-3.5,4e-2,b,TRAIN\n",
        "\n  \n1,2,a\n\n-3.5,4e-2,b\n\n",
        "1,2,a\r\n-3.5,4e-2,b\r\n",
        "1,2,a\r-3.5,4e-2,b\r",
        "\ufeffx,y,label\n1,2,a\n-3.5,4e-2,b\n",
        "\ufeff1,2,a\n-3.5,4e-2,b\n",
        '"1","2","a"\n "-3.5", "4e-2", "b"\n',
        " 1 , 2 , a \n\t-3.5,\t4e-2, b\n",
        "+1.,2.0,a\n-35e-1,.04,b\n",
    ],
)
def test_every_form_of_the_same_points_loads_the_same(load: Load, content: str) -> None:
    dataset = load(content)
    assert dataset.splits == {"train": TWO, "val": (), "test": ()}
    assert dataset.class_names == ("a", "b")
    assert dataset.name == "points.csv"


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["b", "a", "c"], ("a", "b", "c")),
        (["10", "9", "-1"], ("-1", "9", "10")),
        (["1.5", "1e3", "2"], ("1.5", "2", "1e3")),
        (["10", "9", "x"], ("10", "9", "x")),
        (["猫", "犬"], ("犬", "猫")),
        ([" spaced  out ", "'quoted'"], ("'quoted'", "spaced out")),
        (['"with, comma"', '"two\nlines"'], ("two lines", "with, comma")),
        (list("hgfedcba"), tuple("abcdefgh")),
    ],
)
def test_labels_are_any_text_and_classes_are_in_order(load: Load, labels: list[str], names: tuple[str, ...]) -> None:
    dataset = load("".join(f"{index},0,{label}\n" for index, label in enumerate(labels)))
    assert dataset.class_names == names
    named = {int(x): names[label] for x, _, label in dataset.examples()}
    assert named == {index: " ".join(label.strip('"').split()) for index, label in enumerate(labels)}


def test_a_split_column_is_followed_in_file_order_and_draws_nothing(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("split,x,y,label\ntest,1,0,a\nTrain,2,0,b\nvalidation,3,0,a\nval,4,0,b\ntrain,5,0,a\n")
    rng = Rng(42)
    splits = load_csv(path, rng).splits
    assert [[x for x, _, _ in splits[name]] for name in SPLITS] == [[2, 5], [3, 4], [1]]
    assert rng.state == 42


def test_without_a_split_column_the_rows_are_dealt_by_seed_and_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("".join(f"{index},0,{'ab'[index >= 50]}\n" for index in range(100)))
    first, again, other = (load_csv(path, Rng(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first.splits != other.splits
    for split, each in zip(SPLITS, (40, 5, 5), strict=True):
        assert Counter(label for _, _, label in first.splits[split]) == {0: each, 1: each}
        xs = [x for x, _, _ in first.splits[split]]
        assert xs == sorted(xs)


def test_a_rare_class_keeps_its_share_in_every_split() -> None:
    labels = ["common"] * 90 + ["rare"] * 10
    dealt = Counter(zip(labels, deal_splits(labels, Rng(42)), strict=True))
    assert [dealt["common", split] for split in SPLITS] == [72, 9, 9]
    assert [dealt["rare", split] for split in SPLITS] == [8, 1, 1]


@pytest.mark.parametrize(
    ("points", "sizes"),
    [(2, (1, 0, 1)), (10, (8, 1, 1)), (19, (15, 1, 3)), (100, (80, 10, 10)), (99_999, (79_999, 9_999, 10_001))],
)
def test_sizes_are_80_and_10_percent_rounded_down_and_the_rest(points: int, sizes: tuple[int, int, int]) -> None:
    assert split_sizes(points) == sizes


@pytest.mark.parametrize(
    ("shares", "points", "sizes"),
    [
        *(((60, 20, 20), 100, (60, 20, 20)), ((60, 20, 20), 99, (59, 19, 21)), ((100, 0, 0), 99, (99, 0, 0))),
        *(((90, 10, 0), 99, (89, 10, 0)), ((90, 0, 10), 99, (89, 0, 10)), ((1, 0, 99), 10, (1, 0, 9))),
    ],
)
def test_the_last_split_with_a_share_has_the_rest(
    shares: tuple[int, ...], points: int, sizes: tuple[int, int, int]
) -> None:
    assert split_sizes(points, shares) == sizes


def test_rows_are_dealt_by_the_shares_asked_for_whatever_their_split_column_says(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("".join(f"{index},0,{'ab'[index >= 50]},val\n" for index in range(100)))
    first, again, other = (load_csv(path, Rng(seed), (60, 30, 10)) for seed in (1, 1, 2))
    assert first == again
    assert first.splits != other.splits
    for split, each in zip(SPLITS, (30, 15, 5), strict=True):
        assert Counter(label for _, _, label in first.splits[split]) == {0: each, 1: each}
    assert [len(examples) for examples in load_csv(path, Rng(1), (1, 0, 99)).splits.values()] == [2, 0, 98]


@pytest.mark.parametrize("shares", [(80, 20), (80, 10, 11), (0, 50, 50), (110, -10, 0), (1,) * 100, ()])
def test_what_are_no_shares_is_refused_in_one_line(tmp_path: Path, shares: tuple[int, ...]) -> None:
    for refused in (lambda: load_csv(tmp_path / "none.csv", Rng(1), shares), lambda: check_shares(shares)):
        with pytest.raises(DataError, match="three whole percentages were expected that make 100") as told:
            refused()
        assert len(str(told.value)) < 200


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=60), st.integers(1, 2**32))
def test_every_class_is_dealt_to_train_whatever_the_counts(labels: list[str], seed: int) -> None:
    splits = deal_splits(labels, Rng(seed))
    in_train = {label for label, split in zip(labels, splits, strict=True) if split == "train"}
    assert in_train == set(labels)
    if len(labels) * 8 // 10 >= len(set(labels)):
        assert splits.count("train") == len(labels) * 8 // 10
        assert splits.count("val") == len(labels) // 10


@pytest.mark.parametrize("name", list(GENERATORS))
def test_a_data_set_written_with_repr_loads_with_the_same_digits(load: Load, name: str) -> None:
    made = generate(name, 60, Rng(9))
    lines = [f"{x!r},{y!r},{label},{split}\n" for split, examples in made.splits.items() for x, y, label in examples]
    assert load("x,y,label,split\n" + "".join(lines)).splits == made.splits


@given(st.floats(-1e100, 1e100), st.floats(-1e100, 1e100))
def test_every_finite_number_keeps_its_digits(tmp_path_factory: pytest.TempPathFactory, x: float, y: float) -> None:
    path = tmp_path_factory.getbasetemp() / "digits.csv"
    path.write_text(f"{x!r},{y!r},a\n0,0,b\n")
    loaded = load_csv(path, Rng(1)).splits["train"][0]
    assert [(value, math.copysign(1, value)) for value in loaded[:2]] == [(v, math.copysign(1, v)) for v in (x, y)]


def test_identical_points_are_allowed(load: Load) -> None:
    dataset = load("1,2,a\n1,2,b\n1,2,a\n")
    assert dataset.bounds() == (1.0, 1.0, 2.0, 2.0)


def test_a_file_name_that_a_terminal_would_obey_is_escaped_in_the_name(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m\nb.csv"
    path.write_text("1,2,a\n3,4,b\n")
    assert load_csv(path, Rng(1)).name == r"a\x1b[31m\nb.csv"


def test_a_hundred_thousand_rows_load(load: Load) -> None:
    dataset = load("".join(f"{index},0,{index % 2}\n" for index in range(100_000)))
    assert [len(dataset.splits[split]) for split in SPLITS] == [80_000, 10_000, 10_000]
