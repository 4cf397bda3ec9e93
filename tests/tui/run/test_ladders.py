"""What the arrow keys go through: the next of the usual values from any value, there and back."""

import pytest

from tui.run.ladders import (
    USUAL_FEATURES,
    along,
    around,
    batch_seeds,
    batch_sizes,
    counting,
    one_two_five,
    whole,
    wider,
)


def test_one_two_five_are_the_decimals_that_a_person_would_type() -> None:
    assert one_two_five(-2, 1) == (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


@pytest.mark.parametrize(
    ("value", "larger", "smaller"), [(0.1, 0.2, 0.05), (0.13, 0.2, 0.1), (1e-9, 0.01, 1e-9), (10.0, 10.0, 5.0)]
)
def test_from_any_number_the_next_rung_is_found_and_at_an_end_nothing_moves(
    value: float, larger: float, smaller: float
) -> None:
    ladder = along(one_two_five(-2, 1))
    assert (ladder(value, 1), ladder(value, -1)) == (larger, smaller)


def test_whole_numbers_stay_whole() -> None:
    assert repr(whole(one_two_five(1, 5))(100, 1)) == "200"


def test_choices_go_round_and_what_is_none_of_them_leads_to_an_end() -> None:
    ladder = around(("a", "b", "c"))
    assert [ladder("c", 1), ladder("a", -1), ladder("x", 1), ladder("x", -1)] == ["a", "c", "a", "c"]


def test_counting_stays_within_its_range() -> None:
    ladder = counting(2, 8)
    assert [ladder(2, -1), ladder(2, 1), ladder(8, 1)] == [2, 3, 8]


def test_batch_sizes_are_powers_of_two_and_then_all() -> None:
    ladder = batch_sizes(80)
    climbed: list[int | None] = [1]
    while climbed[-1] is not None:
        climbed.append(ladder(climbed[-1], 1))
    assert climbed == [1, 2, 4, 8, 16, 32, 64, None]
    assert ladder(None, 1) is None
    assert [ladder(None, -1), ladder(500, -1), ladder(1, -1), ladder(24, 1)] == [64, 64, 1, 32]


def test_one_example_is_one_batch() -> None:
    assert [batch_sizes(1)(None, by) for by in (-1, 1)] == [None, None]


def test_batch_seeds_count_from_the_runs_own() -> None:
    assert [batch_seeds(None, 1), batch_seeds(1, 1), batch_seeds(1, -1), batch_seeds(None, -1)] == [1, 2, None, None]


def test_every_layer_gets_wider() -> None:
    assert [wider((8, 5), 1), wider((8, 5), -1), wider((), 1), wider((), -1)] == [(12, 6), (6, 4), (1,), ()]


def test_usual_features_are_different() -> None:
    assert len(set(USUAL_FEATURES)) == len(USUAL_FEATURES)
