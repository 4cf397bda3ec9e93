"""The README says what is so: its tables are the code's, its example runs, its picture is there."""

import re
import subprocess
import sys
from pathlib import Path

from tests.readme import README, command, with_generated


def test_the_tables_of_the_readme_are_the_code_s() -> None:
    text = README.read_text()
    assert with_generated(text) == text, "run: python -m tests.readme"


def test_the_readme_s_engine_example_runs_as_it_stands() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    ran = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, cwd=README.parent, check=True)
    data = float(ran.stdout.removeprefix("Value(").split(",")[0])
    assert data < 0.01


def test_the_readme_s_picture_is_the_app_s_export() -> None:
    (path,) = re.findall(r"!\[.*?\]\((.*?)\)", README.read_text())
    assert "rich-terminal" in (Path(README.parent) / path).read_text()


def test_the_two_commands_need_nothing_but_python() -> None:
    for name in ("start", "test"):
        assert command(name).startswith("python3 -m venv .venv && .venv/bin/pip install ")
