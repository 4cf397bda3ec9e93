import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rng import Rng
from tests.engine.support import repeatable


def test_the_first_draws_of_seed_42_are_the_published_ones() -> None:
    rng = Rng(42)
    assert [rng.draw() for _ in range(5)] == [1456360119, 3359763283, 3393612768, 4054632243, 3283045847]


def test_random_and_uniform_are_made_of_the_upper_24_bits() -> None:
    assert Rng(42).random() == (1456360119 >> 8) / 2**24
    assert Rng(42).uniform(-2.0, 3.0) == -2.0 + 5.0 * ((1456360119 >> 8) / 2**24)


@repeatable(50)
@given(seed=st.integers(1, 2**64 - 1))
def test_draws_stay_in_range_for_every_seed(seed: int) -> None:
    rng = Rng(seed)
    for _ in range(20):
        assert 0 <= rng.draw() < 2**32
        number = rng.random()
        assert 0.0 <= number < 1.0
        assert (number * 2**24).is_integer()
        assert 1 <= rng.state < 2**64


@pytest.mark.parametrize("seed", [0, -1, 2**64])
def test_a_seed_that_the_generator_cannot_use_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match=rf"seed {seed}: a whole number from 1 to 18446744073709551615"):
        Rng(seed)


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    first, again, other = Rng(7), Rng(7), Rng(8)
    draws = [first.draw() for _ in range(10)]
    assert draws == [again.draw() for _ in range(10)]
    assert draws != [other.draw() for _ in range(10)]


def test_a_generator_continues_from_its_state() -> None:
    rng = Rng(42)
    rng.draw()
    assert Rng(rng.state).draw() == 3359763283


def test_normal_draws_have_mean_0_and_deviation_1() -> None:
    rng = Rng(42)
    draws = [rng.normal() for _ in range(20_000)]
    assert statistics.fmean(draws) == pytest.approx(0.0, abs=0.02)
    assert statistics.stdev(draws) == pytest.approx(1.0, abs=0.02)
    assert sum(abs(draw) < 1.0 for draw in draws) / len(draws) == pytest.approx(0.6827, abs=0.01)


@repeatable(50)
@given(seed=st.integers(1, 2**64 - 1), count=st.integers(0, 40))
def test_shuffled_is_a_permutation(seed: int, count: int) -> None:
    assert sorted(Rng(seed).shuffled(count)) == list(range(count))


def test_every_order_of_three_is_equally_likely() -> None:
    rng = Rng(42)
    orders = [tuple(rng.shuffled(3)) for _ in range(6000)]
    assert len(set(orders)) == 6
    assert all(850 < orders.count(order) < 1150 for order in set(orders))
