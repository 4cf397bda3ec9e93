"""The lines of `chainrule train`."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.programs import BACKENDS
from tui.cli.main import main

REFERENCE = Path(__file__).parents[2] / "reference" / "yinyang_seed42.log"


def train(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["train", *arguments], catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_the_default_run_prints_the_reference_log() -> None:
    assert train().encode() == REFERENCE.read_bytes()


def test_steps_change_how_long_and_nothing_else() -> None:
    first = [line.replace("/100,", "/12,") for line in REFERENCE.read_text().splitlines()[:14]]
    assert train("--steps", "12").splitlines() == first


def test_zero_steps_print_nothing() -> None:
    assert train("--steps", "0") == ""


def test_without_validation_examples_there_are_train_lines_only(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("0,0,a,train\n1,1,b,train\n")
    lines = train("--data", str(points), "--steps", "11").splitlines()
    assert len(lines) == 11
    assert all("train loss" in line for line in lines)


def test_a_diverged_run_goes_on_and_prints_nan_or_inf() -> None:
    lines = train("--lr", "1e200", "--steps", "11").splitlines()
    assert lines[-1] == "step 11/11, train loss nan"
    assert lines[-2] == "step 11/11, val loss nan"


def test_another_seed_gives_other_digits_and_the_same_seed_the_same() -> None:
    assert train("--seed", "7", "--steps", "2") == train("--seed", "7", "--steps", "2")
    assert train("--seed", "7", "--steps", "2") != train("--seed", "8", "--steps", "2")


def test_lines_are_the_loss_before_the_update_in_full_digits() -> None:
    line = train("--steps", "1", "--dataset", "xor").splitlines()[1]
    number = re.fullmatch(r"step 1/1, train loss (\S+)", line)
    assert number
    assert repr(float(number[1])) == number[1]


def test_a_batch_of_all_examples_or_more_prints_the_reference_log() -> None:
    for size in ("80", "100000"):
        assert train("--batch-size", size, "--batch-seed", "5").encode() == REFERENCE.read_bytes()


def test_the_batch_seed_orders_the_batches_and_changes_nothing_else() -> None:
    runs = [train("--batch-size", "8", "--steps", "1", *more).splitlines() for more in ((), ("--batch-seed", "3"))]
    assert runs[0][0] == runs[1][0] == REFERENCE.read_text().splitlines()[0].replace("/100,", "/1,"), "the val loss"
    assert runs[0][1] != runs[1][1]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--loss", "hinge", "--dataset", "moons", "--optimizer", "sgd"),
        ("--lr", "1e200"),
        ("--batch-size", "9"),
    ],
)
def test_every_backend_prints_the_same_bytes(backend: str, options: tuple[str, ...]) -> None:
    given = (*options, "--steps", "25")
    result = CliRunner().invoke(main, ["train", *given, "--backend", backend], catch_exceptions=False)
    assert result.exit_code == 0
    assert result.stdout == train(*given, "--backend", "python")


def test_a_backend_that_can_not_run_is_said_on_stderr_and_python_prints_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(main, ["train", "--backend", "c"], catch_exceptions=False)
    assert result.stdout.encode() == REFERENCE.read_bytes()
    assert result.stderr == (
        "chainrule: Python computes this run, with the same digits: there is no C compiler on PATH.\n"
    )
    assert CliRunner().invoke(main, ["train", "--steps", "1"]).stderr == ""


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("conditions", "step", "told"),
    [
        (("loss < 0.5",), 19, "loss < 0.5"),
        (("accuracy >= 80%",), 20, "accuracy >= 80%"),
        (("step >= 7", "loss < 0.5"), 7, "step >= 7"),
        (("loss < 100",), 0, "loss < 100"),
    ],
)
def test_a_stop_condition_ends_the_run_and_says_why(
    backend: str, conditions: tuple[str, ...], step: int, told: str
) -> None:
    options = [part for condition in conditions for part in ("--stop", condition)]
    result = CliRunner().invoke(main, ["train", *options, "--backend", backend], catch_exceptions=False)
    assert result.exit_code == 0
    lines = [line for line in REFERENCE.read_text().splitlines() if int(line.split("/")[0].split()[1]) <= step]
    assert result.stdout.splitlines() == lines
    assert result.stderr.splitlines()[-1] == f"chainrule: stopped at step {step} of 100: {told}"


def test_a_run_out_of_patience_says_what_the_best_was() -> None:
    result = CliRunner().invoke(main, ["train", "--stop", "val loss not better for 5"], catch_exceptions=False)
    said = re.fullmatch(
        r"chainrule: stopped at step (\d+) of 100: val loss not better for 5 \(the least was (\S+) at step (\d+)\)\n",
        result.stderr,
    )
    assert said, result.stderr
    assert int(said[1]) == int(said[3]) + 5


def test_a_stop_condition_that_is_not_met_changes_nothing() -> None:
    assert train("--stop", "loss < 1e-9", "--stop", "patience 1000").encode() == REFERENCE.read_bytes()


def test_a_stop_in_front_of_the_command_counts_too() -> None:
    result = CliRunner().invoke(main, ["--stop", "step = 3", "train"], catch_exceptions=False)
    assert result.stderr == "chainrule: stopped at step 3 of 100: step = 3\n"


@pytest.mark.parametrize("text", ["loss", "w9[0,0] > 1", "val loss not better for ever", ""])
def test_what_is_no_stop_condition_is_refused_before_anything_is_printed(text: str) -> None:
    for command in (["train"], []):
        result = CliRunner().invoke(main, [*command, "--stop", text], catch_exceptions=False)
        assert result.exit_code == 2
        assert result.stdout == ""
    assert CliRunner().invoke(main, ["export", "c", "--stop", "loss < 1"]).exit_code == 2
    result = CliRunner().invoke(main, ["train", "--stop", "size < 3"], catch_exceptions=False)
    assert result.stderr == "Error: --stop: there is no node 'size' in the probe's graph.\n"
