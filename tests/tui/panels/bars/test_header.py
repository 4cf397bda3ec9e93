"""The header: exactly as wide as the screen, its numbers whole or left out, nothing that jumps."""

import math
import re

import pytest

from engine.run.config import Config
from engine.run.records import Metrics, SplitMetrics
from tests.tui.support import ASCII, PALETTE, assert_exact, texts
from tui.panels.bars.header import Status, header_lines, model_text, speed_text
from tui.run.spec import RunSpec

NAMES = ("train", "val", "test")


def metrics(
    step: int = 42, losses: tuple[float, ...] = (0.2429, 0.2745, 0.1989), diverged_at: int | None = None
) -> Metrics:
    splits = {name: SplitMetrics(80, loss, 0.9125) for name, loss in zip(NAMES, losses, strict=False)}
    return Metrics(step, step, splits, diverged_at)


STATUS = Status(RunSpec(), "yin-yang", 3, playing=True, busy=False, speed=10, rate=1234.0, metrics=metrics())
LONG = Config(hidden=(16, 16, 16), loss="cross-entropy", optimizer="sgd", lr=0.00123)
STATUSES = {
    "playing": STATUS,
    "paused": STATUS.replaced(playing=False, speed=None),
    "at the start": STATUS.replaced(metrics=None),
    "long": STATUS.replaced(spec=RunSpec(config=LONG, seed=18446744073709551615)),
    "two classes": STATUS.replaced(
        spec=RunSpec(config=Config(hidden=(12,), loss="squared-error", lr=0.0003)), classes=2
    ),
    "long name": STATUS.replaced(data_name="measurements of the third experiment, repeated.csv"),
    "wide name": STATUS.replaced(data_name="データの名前が長い場合.csv"),
    "late": STATUS.replaced(metrics=metrics(999_999_999)),
    "diverged": STATUS.replaced(metrics=metrics(12, (math.nan, math.inf, math.nan), 11)),
    "diverging": STATUS.replaced(metrics=metrics(12, (1.234e-10, 1.5e100, 2.2e-300))),
    "train only": STATUS.replaced(metrics=metrics(7, (0.5,))),
    "batches": STATUS.replaced(batch=8),
    "batches of a long run": STATUS.replaced(spec=RunSpec("circles", config=LONG), batch=50_000),
    "no worker": STATUS.replaced(warning="no worker", playing=False),
    "slow link": STATUS.replaced(warning="slow link"),
    "searching": STATUS.replaced(playing=False, busy=True, searched=7),
}
each_status = pytest.mark.parametrize("status", STATUSES.values(), ids=STATUSES)


def header(status: Status, width: int) -> list[str]:
    return texts(header_lines(status, width, PALETTE))


@each_status
def test_the_header_is_exactly_as_wide_as_the_screen(status: Status) -> None:
    for width in range(20, 251):
        assert_exact(header_lines(status, width, PALETTE), width, 2)


@each_status
def test_no_number_is_cut(status: Status) -> None:
    whole = set(re.findall(r"[\d.]+(?:e-?\d+)?%?", " ".join(header(status, 250))))
    for width in range(40, 251):
        assert set(re.findall(r"[\d.]+(?:e-?\d+)?%?", " ".join(header(status, width)))) <= whole, width


@pytest.mark.parametrize("width", [80, 120, 200])
def test_at_full_sizes_the_header_tells_everything(width: int) -> None:
    first, second = header(STATUS, width)
    for part in ("yin-yang · 2→8→3 tanh · AdamW 0.1", "▶ playing", "10/s", "step 42"):
        assert part in first
    for name in NAMES:
        assert re.search(rf"loss.* {name} 0\.\d{{4}}", second)
    assert second.count("91%") == 3


def test_accuracies_have_names_where_there_is_room_else_the_order_of_the_losses() -> None:
    assert " acc 91%  91%  91%" in header(STATUS, 80)[1]
    assert " acc train 91%  val 91%  test 91%" in header(STATUS, 95)[1]
    assert " accuracy train 91%  val 91%  test 91%" in header(STATUS, 120)[1]


@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_measured_rate_is_shown_while_playing(width: int) -> None:
    assert "1.2k steps/s" in header(STATUS, width)[1]
    assert "steps/s" not in header(STATUS.replaced(playing=False), width)[1]


def test_brand_and_seed_are_shown_where_there_is_room() -> None:
    assert header(STATUS, 120)[0].startswith(" chainrule  yin-yang")
    assert "seed 42" in header(STATUS, 120)[0]
    assert header(STATUSES["long"], 80)[0].startswith(" yin-yang")


@pytest.mark.parametrize("width", [80, 120, 200])
def test_micro_stepping_is_told_in_the_place_of_the_state(width: int) -> None:
    lines = header(STATUS.replaced(playing=False, micro="micro  57/256 backward"), width)
    assert "  micro  57/256 backward  step " in lines[0]
    assert "paused" not in lines[0]


@pytest.mark.parametrize("width", [80, 120, 200])
def test_nothing_moves_while_training(width: int) -> None:
    one = header(STATUS, width)
    later = header(STATUS.replaced(rate=7.0, metrics=metrics(1_234_567, (99.123456, 3.2e-5, 0.0))), width)
    for a, b in zip(one, later, strict=True):
        words = {word: a.index(word) for word in ("step ", "train", "val", "test", "acc", "playing", "/s") if word in a}
        assert {word: b.index(word) for word in words} == words


def test_a_very_large_or_small_loss_keeps_its_column() -> None:
    first, other = header(STATUS, 120)[1], header(STATUSES["diverging"], 120)[1]
    assert [first.index(word) for word in ("val", "test", "accuracy")] == [
        other.index(word) for word in ("val", "test", "accuracy")
    ]


def test_the_state_is_said_in_words() -> None:
    assert "‖ paused" in header(STATUSES["paused"], 80)[0]
    assert "‖ diverged at step 11" in header(STATUSES["diverged"].replaced(playing=False), 80)[0]
    assert "▶ diverged at step 11" in header(STATUSES["diverged"], 80)[0]
    assert "nan" in header(STATUSES["diverged"], 80)[1]


def test_a_search_says_how_far_it_is_whatever_the_run_is_like_once_it_takes_long() -> None:
    for status in (STATUSES["paused"], STATUSES["diverged"], STATUS.replaced(playing=False, micro="micro  57/256")):
        late = status.replaced(playing=False, busy=True, searched=7)
        assert re.search(r"‖ searching  7/(12|42)  step", header(late, 80)[0])
        assert "searching" not in header(late.replaced(busy=False), 80)[0]


def test_a_warning_outranks_the_state() -> None:
    assert "no worker" in header(STATUSES["no worker"], 80)[0]
    assert "slow link" in header(STATUSES["slow link"], 80)[0]


@pytest.mark.parametrize(("speed", "shown"), [(None, "max"), (1, "1/s"), (1000, "1000/s")])
def test_the_speed_is_a_rate_or_max(speed: float | None, shown: str) -> None:
    assert speed_text(speed) == shown
    assert f" {shown} " in header(STATUS.replaced(speed=speed), 80)[0]


def test_the_model_is_described_in_a_few_words() -> None:
    assert model_text(STATUS) == "yin-yang · 2→8→3 tanh · AdamW 0.1"
    assert model_text(STATUSES["two classes"]) == "yin-yang · 2→12→1 tanh squared-error · AdamW 0.0003"


def test_a_schedule_shows_the_rate_of_the_step_in_as_many_digits_at_each() -> None:
    config = Config(schedule="linear", decay_steps=100)
    shown = [
        model_text(STATUS.replaced(spec=RunSpec(config=config), metrics=metrics(step))).split()[-1] for step in (0, 42)
    ]
    assert shown == ["0.1000", "0.0580"]


def test_activations_by_layer_and_features_are_in_the_model() -> None:
    spec = RunSpec(config=Config(hidden=(4, 3), activation="tanh,relu", features=("x", "y", "x2")))
    assert model_text(STATUS.replaced(spec=spec)) == "yin-yang · 3→4→3→3 tanh,relu · AdamW 0.1"


@pytest.mark.parametrize(
    ("config", "mark"),
    [
        (Config(), ""),
        (Config(optimizer="sgd"), "+L2"),
        (Config(l1=0.1), "+L1"),
        (Config(optimizer="sgd", l1=0.1), "+L2+L1"),
    ],
)
def test_the_train_loss_names_the_penalties_that_are_part_of_it(config: Config, mark: str) -> None:
    line = header(STATUS.replaced(spec=RunSpec(config=config), playing=False), 200)[1]
    assert f"loss train{mark} 0.2429" in line


def test_the_batch_size_is_shown_at_every_full_size() -> None:
    for width in (80, 120, 200):
        assert "yin-yang · 2→8→3 tanh · AdamW 0.1 · batch 8" in header(STATUSES["batches"], width)[0]
    assert "batch" not in header(STATUS, 200)[0]


def test_where_there_is_little_room_the_activation_goes_before_the_batch_size() -> None:
    config = Config(hidden=(8, 8), loss="hinge")
    status = STATUS.replaced(data_name="circles", classes=2, spec=RunSpec("circles", config=config), batch=16)
    assert header(status, 80)[0].startswith(" circles · 2→8→8→1 · AdamW 0.1 · batch 16 ")


def test_only_the_splits_that_there_are_are_listed() -> None:
    second = header(STATUSES["train only"], 80)[1]
    assert "train" in second
    assert "val" not in second


@each_status
def test_the_header_is_ascii_where_that_is_asked_for(status: Status) -> None:
    named = status.replaced(data_name="yin-yang")
    assert ASCII.plain("".join(texts(header_lines(named, 120, ASCII)))).isascii()


@pytest.mark.parametrize("width", [20, 25, 30])
def test_a_narrow_header_still_says_something(width: int) -> None:
    assert header(STATUS, width)[0].strip()


REASONS = ("compiling", "no cc (there is no C compiler on PATH)", "cc fails (my-cc failed with status 3: no room)")


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("playing", [True, False])
def test_why_it_is_not_c_that_computes_is_said_at_every_size(reason: str, *, playing: bool) -> None:
    status = STATUS.replaced(backend=f"Python, {reason}", playing=playing)
    brief = reason.partition(" (")[0]
    assert header(status, 80)[1].replace(",", "").rstrip().endswith(f" Python {brief}")
    assert f"Python, {brief}" in header(status, 120)[1]
    assert header(status, 200)[1].endswith(f"Python, {reason} ")
    assert "accuracy train" in header(status.replaced(backend="C"), 120)[1]
