"""Exported programs print what `chainrule train` prints."""

import random
import re
import shlex
import struct
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest
from click.testing import CliRunner

from engine.export.c import PRINTING
from engine.export.text import identifier
from engine.nn import ACTIVATIONS
from engine.programs.c_library import find_compiler
from tests.engine.support import has_compiler, needs_compiler
from tui.cli.main import main

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
    f"--hidden {','.join('3' * len(ACTIVATIONS))} --activation {','.join(ACTIVATIONS)} --steps 12",
    "--activation sin --lr 1e200 --steps 12",
    "--clip-norm 0.05 --optimizer momentum --l1 0.01 --schedule linear --batch-size 7 --steps 24",
    "--clip-norm 0.5 --loss squared-error --activation linear --lr 1e200 --steps 12",
    "--features x2,y2,xy,sinx,siny --init he-normal --loss hinge --steps 12",
    "--features y --hidden none --dataset blobs --classes 8 --points 40 --loss squared-error --steps 12",
)


def output(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


@pytest.mark.parametrize("options", RUNS)
def test_the_python_script_prints_the_run(options: str, tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(output("export", "python", *shlex.split(options)))
    printed = subprocess.check_output([sys.executable, "-S", "-I", str(script)], text=True)
    assert printed == output("train", *shlex.split(options))


def compilers() -> list[tuple[str, ...]]:
    """The compiler that the app would take, also with other flags, and clang, if they are there."""
    found = [find_compiler().command] if has_compiler() else []
    return [*found, *((*command, "-O2", "-std=c99") for command in found), *([("clang",)] if which("clang") else [])]


@pytest.mark.parametrize("compiler", compilers(), ids=" ".join)
@pytest.mark.parametrize("options", RUNS)
def test_the_c_program_prints_the_run(options: str, compiler: tuple[str, ...], tmp_path: Path) -> None:
    source, program = tmp_path / "run.c", tmp_path / "run"
    source.write_text(output("export", "c", *shlex.split(options)))
    command = [*compiler, "-Wall", "-Wno-unknown-pragmas", "-Werror"]
    subprocess.run([*command, str(source), "-o", str(program), "-lm"], check=True)
    assert subprocess.check_output([str(program)], text=True) == output("train", *shlex.split(options))


READS_AND_PRINTS = f"""
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
{PRINTING}
int main(void) {{
    char line[100];
    while (fgets(line, sizeof line, stdin)) {{
        print_number(strtod(line, NULL));
        puts("");
    }}
    return 0;
}}
"""


@needs_compiler
def test_a_c_program_writes_a_number_as_python_does(tmp_path: Path) -> None:
    source, program = tmp_path / "numbers.c", tmp_path / "numbers"
    source.write_text(READS_AND_PRINTS)
    subprocess.run([*find_compiler().command, str(source), "-o", str(program), "-lm"], check=True)
    draw = random.Random(3)
    numbers = [sign * 2.0**exponent for exponent in range(-1074, 1024) for sign in (1.0, -1.0)]
    numbers += [struct.unpack("d", draw.randbytes(8))[0] for _ in range(1000)]
    numbers += [draw.random() * 10.0 ** draw.randint(-6, 18) for _ in range(1000)]
    numbers += [0.0, -0.0, 9007199254740993.0, 1e15, 1e16, 1e22, 1e23, 1e-4, 1e-5, 0.1, 9.5, 99.0, 1.7e308]
    numbers += [float("inf"), float("-inf")]
    given = "\n".join(number.hex() for number in numbers)
    printed = subprocess.check_output([str(program)], input=given, text=True).splitlines()
    assert printed == [repr(number) for number in numbers]


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


@needs_compiler
def test_a_run_without_val_examples_has_nothing_of_them_in_its_c(tmp_path: Path) -> None:
    data, source, program = tmp_path / "points.csv", tmp_path / "run.c", tmp_path / "run"
    data.write_text("x,y,label,split\n0.5,1,a,train\n-1,2,b,train\n2,-0.25,c,train\n")
    options = ("--data", str(data), "--steps", "12")
    source.write_text(output("export", "c", *options))
    command = [*find_compiler().command, "-Wall", "-Wno-unknown-pragmas", "-Werror"]
    subprocess.run([*command, str(source), "-o", str(program), "-lm"], check=True)
    assert subprocess.check_output([str(program)], text=True) == output("train", *options)
