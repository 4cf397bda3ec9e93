"""The README says what is so: its tables are the code's, its example runs, its picture is there."""

import re
import subprocess
import sys

from tests.pictures import PICTURES, Picture
from tests.readme import BENCH_COMMAND, README, bench_report, command, with_generated
from tui.cli.bench import ROWS


def test_the_tables_of_the_readme_are_the_code_s() -> None:
    text = README.read_text()
    assert with_generated(text) == text, "run: python -m tests.readme"


def test_the_readme_s_measurements_are_of_what_the_bench_measures() -> None:
    report = bench_report()
    assert report["exact"]
    assert [row["name"] for row in report["rows"]] == [row.name for row in ROWS]
    for row, measured in zip(ROWS, report["rows"], strict=True):
        contestants = {"value", "python", "c"} | (set() if row.of_map else {"torch"})
        assert set(measured["seconds"]) == contestants
    assert BENCH_COMMAND in README.read_text()


def test_the_readme_s_engine_example_runs_as_it_stands() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    ran = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, cwd=README.parent, check=True)
    data = float(ran.stdout.removeprefix("Value(").split(",")[0])
    assert data < 0.01


def test_the_readme_shows_every_picture_and_no_other() -> None:
    paths = re.findall(r"!\[.*?\]\((\S*?)\)", README.read_text())
    assert paths == [f"tests/shown/{picture.name}.svg" for picture in ordered()]
    assert all("rich-terminal" in (README.parent / path).read_text() for path in paths)


def ordered() -> list[Picture]:
    """The pictures in the order in which the README shows them."""
    text = README.read_text()
    return sorted(PICTURES, key=lambda picture: text.index(f"/{picture.name}.svg"))


def test_the_two_commands_need_nothing_but_python() -> None:
    for name in ("start", "test"):
        assert command(name).startswith("python3 -m venv .venv && .venv/bin/pip install ")
