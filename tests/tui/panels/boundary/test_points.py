"""The examples on the plane: near and in a cell as one sees them, a view that keeps still, and which are drawn."""

import pytest

from data.dataset import Dataset
from engine.views.queries import Grid
from tui.panels.boundary.cells import cell_at
from tui.panels.boundary.points import Points, Spot

TRAIN = ((0.0, 0.0, 0), (1.0, 1.0, 1), (0.0, 0.0, 1))
DATASET = Dataset("few", ("a", "b"), {"train": TRAIN, "val": ((0.0, 0.0, 1),), "test": ()})


def laid(dataset: Dataset = DATASET) -> Points:
    points = Points(dataset)
    points.lay(points.grid(40, 20, "flat"), "flat")
    return points


def test_what_is_trained_on_is_drawn_over_what_is_not_and_the_last_over_the_first() -> None:
    points = laid()
    grid = points.grid(40, 20, "flat")
    assert points.placed[cell_at(0.0, 0.0, grid, 20)].label == 1
    spot = points.at((0.0, 0.0))
    assert spot
    assert (spot.split, spot.index) == ("train", 2), "the one that is seen"


def test_near_is_within_reach_on_the_screen() -> None:
    points = laid()
    spot = points.near((0.9, 1.0))
    assert spot
    assert spot.example == TRAIN[1]
    assert points.near((0.5, 0.5)) is None
    assert points.near((0.9, 1.0), 1.0) is None


def test_nearest_is_meant_as_on_the_screen_and_first_in_the_cell_itself() -> None:
    far = Dataset("far", ("a", "b"), {"train": ((0.0, 0.0, 0), (10.0, 400.0, 1), (2.0, 0.0, 1)), "val": (), "test": ()})
    points = Points(far)
    grid = Grid(12, 8, -1.0, 11.0, -100.0, 700.0)
    points.lay(grid, "flat")  # a cell is 1 wide and 100 high here, and on the screen twice as high as wide
    assert points.nearest((1.01, 80.0)) == Spot("train", 2, (2.0, 0.0, 1))
    assert points.nearest((10.0, 199.0)) == Spot("train", 1, (10.0, 400.0, 1))
    assert points.nearest((0.9, 90.0)) == Spot("train", 0, (0.0, 0.0, 0)), "up and down counts twice"
    near = far.replaced(splits={**far.splits, "train": ((0.0, 0.99, 0), (0.01, 99.9, 1), (0.02, 100.1, 0))})
    points.take(near)
    points.lay(grid, "flat")
    assert points.nearest((0.02, 99.999)) == Spot("train", 1, (0.01, 99.9, 1)), "the one in the cell"


def test_the_next_point_is_in_reading_order_and_comes_around_and_is_the_one_that_is_seen() -> None:
    examples = ((8.2, 390.0, 0), (1.1, 20.0, 0), (3.3, 390.0, 0), (3.4, 390.0, 1))
    points = Points(Dataset("rows", ("a", "b"), {"train": examples, "val": (), "test": ()}))
    grid = Grid(10, 4, 0.0, 10.0, 0.0, 400.0)
    points.lay(grid, "flat")
    cell = cell_at(5.0, 390.0, grid, 4)
    order = []
    for _ in range(4):
        spot = points.after(cell)
        assert spot
        order.append(spot.index)
        assert points.at(spot.example[:2]) == spot
        cell = cell_at(*spot.example[:2], grid, 4)
    assert order == [0, 1, 3, 0]


@pytest.mark.parametrize("place", [(5.0, 0.0), (-5.0, 0.5), (0.5, 3.0), (0.0, -9.0)])
def test_the_view_grows_for_a_point_outside_and_stays_so(place: tuple[float, float]) -> None:
    points = laid()
    before = points.grid(40, 20, "flat")
    inside = DATASET.replaced(splits={**DATASET.splits, "test": ((-0.02, 1.02, 0),)})
    points.take(inside)
    assert points.grid(40, 20, "flat") == before
    points.take(DATASET.replaced(splits={**DATASET.splits, "test": ((*place, 0),)}))
    wider = points.grid(40, 20, "flat")
    assert wider != before
    assert 0 <= cell_at(*place, wider, 20)[0] < 40
    assert 0 <= cell_at(*place, wider, 20)[1] < 20
    points.take(DATASET)
    assert points.grid(40, 20, "flat") == wider


def test_of_many_points_some_are_drawn_always_the_same_and_all_that_are_new() -> None:
    many = tuple((x / 60, y / 40, (x + y) % 2) for x in range(60) for y in range(40))
    points = laid(DATASET.replaced(splits={"train": many, "val": (), "test": ()}))
    assert points.thinned > 1
    drawn = dict(points.placed)
    gone = next(example for example in many if points.at(example[:2]) is None)
    place = many.index(gone)
    points.take(DATASET.replaced(splits={"train": many[:place] + many[place + 1 :], "val": (), "test": ()}))
    points.lay(points.grid(40, 20, "flat"), "flat")
    assert points.placed == drawn
    new = (0.501, 0.503, 0)
    points.take(DATASET.replaced(splits={"train": (*many, new), "val": (), "test": ()}))
    points.lay(points.grid(40, 20, "flat"), "flat")
    spot = points.at(new[:2])
    assert spot
    assert spot.example == new
