"""Schedules of the learning rate: figures of PyTorch, both ends, and the same rates wherever a run begins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.run.config import Config
from engine.schedules import SCHEDULES, Rates
from tests.engine.support import exact, repeatable

LINEAR = (0.3, 0.273, 0.246, 0.219, 0.192, 0.165, 0.138, 0.111, 0.084, 0.057, 0.03, 0.03, 0.03, 0.03)
COSINE = (
    *(0.3, 0.2933926296998458, 0.2742172942406179, 0.2443510090594839, 0.2067172942406179, 0.165),
    *(0.12328270575938212, 0.08564899094051615, 0.055782705759382115, 0.03660737030015428, 0.03, 0.03, 0.03, 0.03),
)
STEP = (0.3, 0.3, 0.3, 0.3, 0.15, 0.15, 0.15, 0.15, 0.075, 0.075, 0.075, 0.075, 0.0375, 0.0375)


@pytest.mark.parametrize(
    ("rates", "figures"),
    [
        (Rates("constant", 0.3, {}), (0.3,) * 14),
        (Rates("linear", 0.3, {"decay_steps": 10, "final_lr": 0.03}), LINEAR),
        (Rates("cosine", 0.3, {"decay_steps": 10, "final_lr": 0.03}), COSINE),
        (Rates("step", 0.3, {"decay_steps": 4, "decay_factor": 0.5}), STEP),
    ],
    ids=SCHEDULES,
)
def test_the_rates_are_pytorchs(rates: Rates, figures: tuple[float, ...]) -> None:
    """LinearLR, CosineAnnealingLR until its end, and StepLR of PyTorch 2.13."""
    assert list(rates.several(0, 14)) == pytest.approx(figures, rel=1e-14)


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@repeatable(100)
@given(lr=st.floats(1e-6, 10.0), final=st.floats(0.0, 10.0), steps=st.integers(1, 10**9))
def test_a_decay_begins_and_ends_with_exactly_what_was_asked_for(
    schedule: str, lr: float, final: float, steps: int
) -> None:
    rates = Rates(schedule, lr, {"decay_steps": float(steps), "final_lr": final})
    assert exact([rates.at(0), rates.at(steps), rates.at(steps * 3 + 1)]) == exact([lr, final, final])


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_rate_depends_on_the_number_of_its_step_alone(schedule: str) -> None:
    values = {"decay_steps": 6.0, "final_lr": 0.01, "decay_factor": 0.9}
    rates = Rates(schedule, 0.7, {name: values[name] for name in SCHEDULES[schedule].settings})
    assert list(rates.several(3, 9)) == [rates.at(step) for step in range(3, 12)]


def test_only_a_schedule_that_changes_the_rate_is_asked_at_each_step() -> None:
    assert Config().rates is None
    config = Config(schedule="linear", decay_steps=4, lr=0.5)
    assert [config.lr_at(step) for step in range(5)] == [0.5, 0.375, 0.25, 0.125, 0.0]
    assert Config(lr=0.5).lr_at(7) == 0.5
