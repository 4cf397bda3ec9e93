"""A run made real: the same spec gives the same digits wherever and from whatever data it is opened."""

from dataclasses import replace
from pathlib import Path

import pytest

from data.dataset import DataError
from engine.run.config import Config
from tests.tui.support import SPECS
from tui.run.spec import RunSpec, open_data, open_run


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_spec_gives_the_same_digits_each_time_and_with_data_made_before(spec: RunSpec) -> None:
    spec = replace(spec, backend="python")
    first, second, third = open_run(spec), open_run(spec), open_run(spec, open_data(spec))
    assert first.data.dataset == second.data.dataset == third.data.dataset
    assert first.session.checkpoint() == second.session.checkpoint() == third.session.checkpoint()


def test_another_seed_is_other_data_and_other_weights() -> None:
    spec = RunSpec()
    one, other = open_run(spec), open_run(spec.with_seed(43))
    assert other.spec.seed == 43
    assert one.data.dataset != other.data.dataset
    assert one.session.checkpoint() != other.session.checkpoint()


def test_data_made_before_needs_no_file(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("0,0,a\n1,1,b\n0,1,a\n1,0,b\n")
    spec = RunSpec(csv=file)
    data = open_data(spec)
    weights = open_run(spec).session.checkpoint()
    file.write_text("something else")
    with pytest.raises(DataError):
        open_run(spec)
    again = open_run(spec, data)
    assert again.session.checkpoint() == weights
    assert again.data.dataset.name == "points.csv"


def test_a_model_that_does_not_fit_the_data_is_one_line() -> None:
    with pytest.raises(ValueError, match="2 activations do not fit 1 hidden layer"):
        open_run(RunSpec(config=Config(activation="tanh,relu")))
