"""`chainrule bench`: it must notice a digit, and its figures must hold together."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from engine.losses import LOSSES
from engine.nn import ACTIVATIONS
from engine.ops import TANH
from engine.optim import OPTIMIZERS
from engine.schedules import SCHEDULES
from tui.cli.bench import TARGET
from tui.cli.machine import c_library, machine
from tui.cli.main import main

pytestmark = pytest.mark.usefixtures("bench_cache")


def bench(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["bench", "--quick", *arguments], catch_exceptions=False)


@pytest.fixture
def rounded_otherwise() -> Iterator[None]:
    """The table's slope of tanh in another form, which only programs written from now on will use."""
    right = TANH.partials
    object.__setattr__(TANH, "partials", ("(1.0 - y) * (1.0 + y)",))
    yield
    object.__setattr__(TANH, "partials", right)


def test_the_program_is_exact_and_fast_enough() -> None:
    result = bench("--json", "--rounds", "5")
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert report["exact"]
    assert len(report["checks"]) == 3 + len(LOSSES) * len(ACTIVATIONS)
    checked = " ".join(check["name"] for check in report["checks"])
    assert all(name in checked for name in (*LOSSES, *ACTIVATIONS, *OPTIMIZERS, *SCHEDULES))
    training, decision_map = report["rows"]
    assert {training["name"], decision_map["name"]} <= {check["name"] for check in report["checks"]}
    assert {"value", "python"} <= set(training["seconds"]) == set(decision_map["seconds"]) | set(training["seconds"])
    ratios = {(each["fast"], each["slow"]): each["ratio"] for each in training["ratios"]}
    assert ratios["python", "value"] >= TARGET
    assert set(report["where"]) == {"machine", "chainrule", "python", "c_library", "compiler", "torch"}
    assert all(report["where"].values())
    for row in report["rows"]:
        for name, each in row["nanoseconds_each"].items():
            assert each * row["scalars"] == pytest.approx(row["seconds"][name]["median"] * 1e9)
        for timing in row["seconds"].values():
            assert 0 < timing["low"] <= timing["median"] <= timing["high"]


def test_the_table_fits_80_columns_and_says_where_it_was_measured() -> None:
    shown = bench("--rounds", "1").stdout
    assert "all equal, bit for bit" in shown
    assert "Python 3." in shown or "PyPy" in shown or "CPython" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert machine() in " ".join(shown.split())
    assert c_library() in shown


@pytest.mark.usefixtures("rounded_otherwise")
def test_a_digit_that_differs_is_shown_and_is_status_1() -> None:
    result = bench("--rounds", "1")
    assert result.exit_code == 1
    assert "default: step 1, gradient of w1[0,0] is " in result.stdout
    assert "by Value" in result.stdout
    report = json.loads(bench("--json", "--rounds", "1").stdout)
    assert not report["exact"]
    differing = {check["name"] for check in report["checks"] if check["difference"]}
    assert all("tanh" in name or name == "default" for name in differing)
