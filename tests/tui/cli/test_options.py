"""What may be typed: values, names, combinations, and what is said where they don't fit."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from chainrule import __version__
from data.csv.read import load_csv
from data.dataset import Dataset
from data.generators import GENERATORS
from engine.features import FEATURES
from engine.losses import LOSSES
from engine.nn import ACTIVATIONS, INITS
from engine.optim import OPTIMIZERS
from engine.run.config import Config
from engine.schedules import SCHEDULES
from tui.cli import main as cli
from tui.run import spec
from tui.run.spec import Run, RunData, RunSpec, open_run


def chainrule(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments, prog_name="chainrule", catch_exceptions=False)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[RunSpec]:
    """The specs of the runs that commands open."""
    specs: list[RunSpec] = []

    def recording(spec: RunSpec, data: RunData) -> Run:
        specs.append(spec)
        return open_run(spec, data)

    monkeypatch.setattr(cli, "open_run", recording)
    return specs


def refused(result: Result, *fragments: str) -> None:
    """Exit 2, nothing on stdout, and one line of error with all the fragments."""
    assert result.exit_code == 2
    assert result.stdout == ""
    *usage, error = result.stderr.splitlines()
    assert error.startswith("Error: ")
    assert not any(line.startswith("Error") for line in usage)
    for fragment in fragments:
        assert fragment in error


def test_without_options_train_opens_the_default_spec(opened: list[RunSpec]) -> None:
    assert chainrule("train", "--steps", "0").exit_code == 0
    assert opened == [RunSpec()]


def test_every_option_reaches_the_spec(opened: list[RunSpec]) -> None:
    typed = (
        "train --steps 0 --dataset blobs --points 50 --noise 0.5 --classes 2 --split 50,30,20 --seed 7 --hidden 4,3 "
        "--activation relu --loss hinge --optimizer sgd --lr 0.5 --weight-decay 0.01 --momentum 0 --batch-size 9 "
        "--batch-seed 6 --schedule linear --decay-steps 7 --final-lr 0.25 --l1 0.125 --init he-uniform "
        "--features x,sinx --clip-norm 0.75"
    )
    assert chainrule(*typed.split()).exit_code == 0
    config = Config(
        *((4, 3), "relu", "hinge", "sgd"),
        lr=0.5,
        weight_decay=0.01,
        momentum=0.0,
        batch_size=9,
        batch_seed=6,
        schedule="linear",
        decay_steps=7,
        final_lr=0.25,
        l1=0.125,
        clip_norm=0.75,
        init="he-uniform",
        features=("x", "sinx"),
    )
    assert opened == [RunSpec("blobs", None, 50, 0.5, 2, (50, 30, 20), 7, config)]
    typed = "--optimizer adam --beta1 0.5 --beta2 0.6 --eps 0.01 --schedule step --decay-factor 0.25 --l2 0.5"
    assert chainrule("train", "--steps", "0", *typed.split()).exit_code == 0
    adam = Config(optimizer="adam", beta1=0.5, beta2=0.6, eps=0.01, schedule="step", decay_factor=0.25, l2=0.5)
    assert chainrule("train", "--steps", "0", "--optimizer", "rmsprop", "--alpha", "0.5").exit_code == 0
    assert [spec.config for spec in opened[1:]] == [adam, Config(optimizer="rmsprop", alpha=0.5)]


@pytest.mark.parametrize(
    ("typed", "hidden"),
    [("8", (8,)), ("16,4", (16, 4)), (" 3 , 2 ", (3, 2)), ("none", ()), ("NONE", ()), ("", ())],
)
def test_hidden_layers_are_unit_counts_or_none(opened: list[RunSpec], typed: str, hidden: tuple[int, ...]) -> None:
    assert chainrule("train", "--steps", "1", "--hidden", typed).exit_code == 0
    assert opened[0].config.hidden == hidden


def test_names_are_taken_in_any_case(opened: list[RunSpec]) -> None:
    result = chainrule("train", "--steps", "0", "--dataset", "MOONS", "--activation", "ReLU", "--optimizer", "SGD")
    assert result.exit_code == 0
    assert (opened[0].dataset, opened[0].config.activation, opened[0].config.optimizer) == ("moons", "relu", "sgd")


@pytest.mark.parametrize("name", GENERATORS)
def test_every_data_set_of_the_registry_trains(name: str) -> None:
    assert chainrule("train", "--steps", "1", "--dataset", name).exit_code == 0


@pytest.mark.parametrize(
    ("flag", "value", "wanted"),
    [
        ("--hidden", "0", "'0' is not a list of unit counts: whole numbers from 1 to 20000"),
        ("--hidden", "8,-1", "such as 8 or 16,16, or none"),
        ("--hidden", "8,,8", "unit counts"),
        ("--hidden", "8x8", "unit counts"),
        ("--hidden", "9" * 5000, "unit counts"),
        ("--lr", "nan", "'nan' is not a finite number above 0"),
        ("--lr", "inf", "a finite number above 0"),
        ("--lr", "1e999", "a finite number above 0"),
        ("--lr", "0", "a finite number above 0"),
        ("--lr", "-0.1", "a finite number above 0"),
        ("--lr", "fast", "a finite number above 0, such as 0.1"),
        ("--weight-decay", "-1", "a finite number from 0 up"),
        ("--weight-decay", "nan", "a finite number from 0 up"),
        ("--momentum", "1", "from 0 up and below 1"),
        ("--momentum", "nan", "from 0 up and below 1"),
        ("--batch-size", "0", "'0' is not a whole number from 1 to 100000"),
        ("--batch-size", "-8", "a whole number from 1 to 100000"),
        ("--batch-size", "all", "a whole number from 1 to 100000"),
        ("--batch-size", "8.0", "a whole number from 1 to 100000"),
        ("--batch-seed", "0", "a whole number from 1 to 18446744073709551615"),
        ("--split", "80,20", "'80,20' is not three whole percentages that make 100, the first above 0"),
        ("--split", "0,50,50", "three whole percentages that make 100, the first above 0, such as 80,10,10"),
        ("--split", "80,10,x", "three whole percentages that make 100"),
        ("--noise", "-0.1", "a number from 0 to 10"),
        ("--noise", "inf", "a number from 0 to 10"),
        ("--points", "9", "a whole number from 10 to 100000"),
        ("--points", "1e3", "a whole number from 10 to 100000"),
        ("--classes", "1", "a whole number from 2 to 8"),
        ("--classes", "9", "a whole number from 2 to 8"),
        ("--seed", "0", "a whole number from 1 to 18446744073709551615"),
        ("--seed", "18446744073709551616", "a whole number from 1"),
        ("--steps", "-1", "a whole number from 0"),
        ("--steps", "1.5", "a whole number from 0"),
        ("--steps", "", "a whole number from 0"),
        ("--dataset", "iris", "'iris' is not yin-yang, moons, circles, spirals, xor or blobs."),
        ("--dataset", "spiral", "Did you mean spirals?"),
        ("--activation", "Tanhh", "Did you mean tanh?"),
        ("--features", "x,x3", "'x3' is not x, y, x2, y2, xy, sinx or siny. Did you mean x?"),
        ("--features", "x,X", "'x,X' has a feature twice"),
        ("--init", "xavier", "Did you mean xavier-normal?"),
        ("--activation", "tanh,rlu", "'rlu' is not tanh, relu"),
        ("--activation", "", "'' is not tanh, relu"),
        ("--loss", "mse", "cross-entropy, hinge or squared-error"),
        ("--optimizer", "adan", "Did you mean adam?"),
        ("--beta1", "1", "from 0 up and below 1"),
        ("--beta2", "-0.1", "from 0 up and below 1"),
        ("--alpha", "nan", "from 0 up and below 1"),
        ("--clip-norm", "0", "a finite number above 0, such as 1"),
        ("--decay-steps", "0", "a whole number from 1"),
        ("--final-lr", "-1", "a finite number from 0 up"),
        ("--decay-factor", "0", "above 0 and at most 1"),
        ("--decay-factor", "1.5", "above 0 and at most 1"),
        ("--schedule", "cosin", "Did you mean cosine?"),
        ("--l1", "-1", "a finite number from 0 up"),
        ("--l2", "inf", "a finite number from 0 up"),
        ("--eps", "0", "a finite number above 0, such as 1e-8"),
        ("--dataset", "\x1b[31m", "'\\x1b[31m' is not"),
    ],
)
def test_a_bad_value_is_named_with_what_would_be_right(flag: str, value: str, wanted: str) -> None:
    for command in ([], ["train"]):
        refused(chainrule(*command, flag, value), flag, wanted)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("train --optimizr sgd", "Did you mean"),
        ("trian", "Did you mean train?"),
        ("frobnicate", "it is train, bench, export, doctor or completion"),
        ("points.csv", "A file is opened with --data"),
        ("train extra", "unexpected extra argument"),
        ("train --lr", "requires an argument"),
        ("--fps 61", "from 1 to 60"),
        ("--fps 0", "from 1 to 60"),
        ("bench --rounds 0", "from 1 to 1000"),
        ("completion tcsh", "bash, zsh or fish"),
        ("train --fps 12", "--fps"),
        ("train --momentum 0.5", "--momentum goes with --optimizer sgd, momentum, nesterov or rmsprop; adamw"),
        ("train --optimizer sgd --beta1 0.5", "--beta1 goes with --optimizer adam or adamw; sgd has none"),
        ("train --decay-steps 5", "--decay-steps goes with --schedule linear, cosine or step; constant has none"),
        ("train --schedule step --final-lr 0", "--final-lr goes with --schedule linear or cosine; step has none"),
        ("train --optimizer sgd --l2 0 --weight-decay 0", "--weight-decay of sgd is the strength of --l2"),
        ("train --activation tanh,relu", "2 activations do not fit 1 hidden layer: one is needed, or one for each"),
        ("train --alpha 0.5", "--alpha goes with --optimizer rmsprop; adamw has none"),
        ("train --batch-seed 4", "--batch-seed goes with --batch-size"),
        ("--batch-seed 4", "--batch-seed goes with --batch-size"),
        ("train --classes 4", "--classes goes with --dataset blobs; yin-yang always has 3"),
        ("train --data x.csv --points 20", "--data brings its own points: leave out --points"),
        ("train --data x.csv --dataset yin-yang --noise 0", "leave out --dataset or --noise"),
        ("--data x.csv train --seed 3 --noise 0", "leave out --noise"),
        ("train --hidden 200,200", "41,403 parameters: at most 20,000"),
    ],
)
def test_a_bad_combination_is_named_with_what_would_be_right(typed: str, wanted: str) -> None:
    refused(chainrule(*typed.split()), wanted)


def test_options_in_front_of_the_command_carry_over(opened: list[RunSpec]) -> None:
    assert chainrule("--seed", "3", "--hidden", "4", "--steps", "0", "train").exit_code == 0
    assert (opened[0].seed, opened[0].config.hidden) == (3, (4,))


def test_options_after_the_command_win(opened: list[RunSpec]) -> None:
    assert chainrule("--seed", "3", "train", "--seed", "4", "--steps", "0").exit_code == 0
    assert opened[0].seed == 4


@pytest.mark.parametrize("typed", ["--ascii train", "--fps 3 train", "--lr 1 bench", "--no-mouse completion bash"])
def test_an_option_that_the_command_does_not_have_is_not_ignored(typed: str) -> None:
    words = typed.split()
    refused(chainrule(*words), f"has no {words[0]}")


def test_data_errors_name_file_row_and_what_was_expected(tmp_path: Path) -> None:
    ragged = tmp_path / "ragged.csv"
    ragged.write_text("x,y,label\n1,2,a\n3,b\n")
    for command in ("train", None):
        arguments = [*filter(None, [command]), "--data", str(ragged)]
        if command:
            refused(chainrule(*arguments), "ragged.csv, row 3", "3 were expected")
    refused(chainrule("train", "--data", str(tmp_path)), "a directory", "a CSV file was expected")
    refused(chainrule("train", "--data", str(tmp_path / "none.csv")), "no such file")


@pytest.mark.parametrize("command", ["train --steps 2 --stop patience.2", "export c --steps 2", "doctor"])
def test_a_file_is_read_once(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = tmp_path / "points.csv"
    points.write_text("".join(f"{n},{n},{n % 3}\n" for n in range(20)))

    def load_and_delete(path: Path, *settings: Any) -> Dataset:
        dataset = load_csv(path, *settings)
        path.unlink()
        return dataset

    monkeypatch.setattr(spec, "load_csv", load_and_delete)
    assert chainrule(*(word.replace(".", " ") for word in command.split()), "--data", str(points)).exit_code == 0


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_takes_a_csv_file_with_three_classes(loss: str, tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("".join(f"{n},{n},{n % 3}\n" for n in range(20)))
    assert chainrule("train", "--data", str(points), "--steps", "2", "--loss", loss).stdout.count("\n") == 3


def test_without_a_terminal_the_app_names_train() -> None:
    result = chainrule()
    refused(result, "chainrule train", "terminal")
    assert len(result.stderr.splitlines()) == 1


def test_the_help_lists_every_registered_name_in_sections_of_80_columns() -> None:
    for command in ([], ["train"]):
        shown = chainrule(*command, "--help").stdout
        assert max(map(len, shown.splitlines())) <= 80
        assert shown.isascii(), "a terminal without UTF-8 shows it too"
        for title in ("Data:", "Model:", "Training:"):
            assert title in shown
        for name in (*GENERATORS, *LOSSES, *ACTIVATIONS, *OPTIMIZERS, *SCHEDULES, *INITS, *FEATURES):
            assert name in shown
    assert "Screen:" in chainrule("--help").stdout
    assert chainrule("-h").stdout == chainrule("--help").stdout


@pytest.mark.parametrize("command", cli.main.commands)
def test_every_command_says_what_it_does(command: str) -> None:
    shown = chainrule(command, "--help").stdout
    assert shown.startswith(f"Usage: chainrule {command}")
    assert max(map(len, shown.splitlines())) <= 80


def test_the_version_is_that_of_this_code_whatever_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "1.2.3")
    assert chainrule("--version").stdout == f"chainrule {__version__}\n"
