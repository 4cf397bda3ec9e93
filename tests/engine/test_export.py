"""Exported programs print what `chainrule train` prints."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.compiler import UnavailableError, find_compiler
from engine.export import identifier
from tui.cli import main

RUNS = (
    "",
    "--steps 0",
    "--dataset moons --loss hinge --optimizer sgd --activation relu --hidden 4,3 --steps 30",
    "--dataset circles --loss squared-error --optimizer sgd --weight-decay 0 --hidden none --steps 12",
    "--dataset blobs --classes 5 --activation sigmoid --hidden 3 --steps 12 --points 40",
    "--lr 1e200 --activation linear --steps 12",
    "--batch-size 7 --steps 40",
    "--batch-size 1 --batch-seed 18446744073709551615 --dataset moons --loss hinge --optimizer sgd --steps 90",
    "--batch-size 500 --steps 3",
    "--optimizer momentum --schedule linear --decay-steps 9 --final-lr 0.01 --l1 0.01 --l2 0 --steps 12",
    "--optimizer nesterov --schedule step --decay-steps 4 --decay-factor 0.3 --batch-size 9 --steps 12",
    "--optimizer rmsprop --momentum 0.5 --schedule cosine --decay-steps 9 --steps 12",
    "--optimizer adam --l1 0.001 --l2 0.01 --steps 12 --lr 1e200",
    "--l1 0.001 --l2 0.01 --schedule cosine --steps 12",
    "--hidden 3,3,2 --activation leaky-relu,gelu,sin --steps 12",
    "--activation sin --lr 1e200 --steps 12",
    "--features x2,y2,xy,sinx,siny --init he-normal --loss hinge --steps 12",
    "--features y --hidden none --dataset blobs --classes 8 --points 40 --loss squared-error --steps 12",
)


def output(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def has_compiler() -> bool:
    try:
        find_compiler()
    except UnavailableError:
        return False
    return True


@pytest.mark.parametrize("options", RUNS)
def test_the_python_script_prints_the_run(options: str, tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(output("export", "python", *shlex.split(options)))
    printed = subprocess.check_output([sys.executable, "-S", "-I", str(script)], text=True)
    assert printed == output("train", *shlex.split(options))


@pytest.mark.skipif(not has_compiler(), reason="there is no C compiler")
@pytest.mark.parametrize("flags", [[], ["-O2", "-std=c99"]])
@pytest.mark.parametrize("options", RUNS)
def test_the_c_program_prints_the_run(options: str, flags: list[str], tmp_path: Path) -> None:
    source, program = tmp_path / "run.c", tmp_path / "run"
    source.write_text(output("export", "c", *shlex.split(options)))
    command = [*find_compiler().command, "-Wall", "-Wno-unknown-pragmas", "-Werror", *flags]
    subprocess.run([*command, str(source), "-o", str(program), "-lm"], check=True)
    assert subprocess.check_output([str(program)], text=True) == output("train", *shlex.split(options))


@pytest.mark.parametrize("language", ["c", "python"])
def test_only_a_run_with_batches_has_them_in_its_text(language: str) -> None:
    assert output("export", language, "--batch-size", "80") == output("export", language)
    assert "order" not in output("export", language)
    assert "80 examples, batches of 79, 100 steps" in output("export", language, "--batch-size", "79")


@pytest.mark.parametrize("language", ["c", "python"])
def test_nodes_go_by_their_names(language: str) -> None:
    text = output("export", language)
    assert re.search(r"h1_3 = tanh\(.*p\[w1_3_0\] \* x.*p\[w1_3_1\] \* y", text)
    assert re.search(r"g\[b2_1\] \+= ", text)


def test_names_are_identifiers_and_different() -> None:
    used: set[str] = set()
    names = [identifier(name, used) for name in ("w1[3,0]", "Σe", "1/Σe", "error²", "-t·score", "3", "", "w1[3,0]")]
    assert names == ["w1_3_0", "sum_e", "one_over_sum_e", "error_squared", "minus_t_score", "v_3", "v", "w1_3_0_2"]
