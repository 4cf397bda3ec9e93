"""Thinning keeps about the share that it should, and of every class in any regular order."""

import pytest

from engine.examples import subsampled


@pytest.mark.parametrize("every", [1, 2, 3, 4, 10, 50])
def test_about_one_in_so_many_is_kept(every: int) -> None:
    kept = subsampled(range(10_000), every)
    assert len(kept) == pytest.approx(10_000 / every, abs=5)
    assert kept[0] == 0
    assert list(kept) == sorted(set(kept))


@pytest.mark.parametrize("classes", [2, 3, 5, 8])
@pytest.mark.parametrize("every", [2, 3, 4, 8])
def test_classes_that_take_turns_are_all_kept_alike(every: int, classes: int) -> None:
    labels = [place % classes for place in range(1000 * classes)]
    kept = subsampled(labels, every)
    for label in range(classes):
        assert list(kept).count(label) == pytest.approx(1000 / every, rel=0.1)


def test_nothing_is_nothing() -> None:
    assert len(subsampled([], 3)) == 0
