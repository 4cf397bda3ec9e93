"""Hidden units over the plane and over the examples: the digits of the graph, and sense at every size of network."""

import math
from array import array
from itertools import product

import pytest

from engine.classify import NO_CLASS, predicted
from engine.graph import evaluate
from engine.run.config import Config
from engine.run.session import Session
from engine.views.queries import Grid, LayerQuery, UnitQuery
from engine.views.reader import Reader
from tests.tui.support import session_of
from tui.run.spec import RunSpec

GRID = Grid(5, 4, -2.0, 2.0, -1.5, 1.5)
ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")


def made(hidden: tuple[int, ...], activation: str = "tanh", dataset: str = "yin-yang", loss: str = "") -> Session:
    config = Config(hidden=hidden, activation=activation, loss=loss or "cross-entropy")
    return session_of(RunSpec(dataset=dataset, config=config, backend="python"), 3)


def values_of(session: Session, name: str, point: tuple[float, float]) -> float:
    """A node's value at a point, as the graph has it."""
    graph = session.graph(0)
    data, _ = evaluate(graph, session.parameters, point)
    return data[[node.name for node in graph.nodes].index(name)]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("hidden", "layer"), [((3,), 1), ((3, 4), 1), ((3, 4), 2), ((2, 2, 2), 3)])
def test_a_units_map_is_the_graphs_own_number_at_every_place(
    hidden: tuple[int, ...], layer: int, activation: str
) -> None:
    session = made(hidden, activation)
    letter = "z" if activation == "linear" else "h"
    rest = {"sigmoid": 0.5}.get(activation, 0.0)
    for unit in range(hidden[layer - 1]):
        answer = Reader(session).unit_map(UnitQuery(layer, unit, GRID))
        places = [(x, y) for y in GRID.middles()[1] for x in GRID.middles()[0]]
        values = [values_of(session, f"{letter}{layer}[{unit}]", place) for place in places]
        sums = [values_of(session, f"z{layer}[{unit}]", place) for place in places]
        assert (answer.low, answer.high) == (min(values), max(values))
        assert list(answer.signs) == [int(total > 0.0) for total in sums]
        most = max(abs(value - rest) for value in values)
        for size, value in zip(answer.sizes, values, strict=True):
            assert size == pytest.approx(255.0 * abs(value - rest) / most if most else 0.0, abs=1.5)


def test_a_diverged_unit_is_no_number_and_no_error() -> None:
    session = made((3, 3), "relu")
    session.parameters = [math.nan] * len(session.parameters)
    answer = Reader(session).unit_map(UnitQuery(2, 0, GRID))
    assert set(answer.signs) == {NO_CLASS}
    assert math.isnan(answer.low)
    session.parameters = [1e300] * len(session.parameters)
    assert len(Reader(session).unit_map(UnitQuery(2, 0, GRID)).sizes) == GRID.columns * GRID.rows
    assert Reader(session).layer_view(LayerQuery(5, 4, 100)).grid.left < math.inf


@pytest.mark.parametrize(("layer", "unit"), [(0, 0), (2, 0), (1, 3), (1, -1)])
def test_a_unit_that_is_not_there_is_an_error(layer: int, unit: int) -> None:
    with pytest.raises(ValueError, match="no hidden unit"):
        Reader(made((3,))).unit_map(UnitQuery(layer, unit, GRID))


def test_a_network_without_a_hidden_layer_has_none_to_look_at() -> None:
    with pytest.raises(ValueError, match="without a hidden layer"):
        Reader(made(())).layer_view(LayerQuery(5, 4, 100))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(3,), (4, 2), (2, 5)])
def test_every_example_is_at_its_values_of_the_two_units(hidden: tuple[int, ...], activation: str) -> None:
    session = made(hidden, activation)
    session.chooser.place((0.25, -0.75), 1)
    view = Reader(session).layer_view(LayerQuery(20, 10, 1000))
    letter = "z" if activation == "linear" else "h"
    names = [f"{letter}{len(hidden)}[{unit}]" for unit in view.units]
    examples = [example for examples in session.splits.values() for example in examples]
    points = array("d", view.points)
    assert len(points) == 2 * (len(examples) + 1)
    assert (list(view.labels), view.trained_on) == ([label for _, _, label in examples], 80)
    for number, (x, y) in enumerate([*((x, y) for x, y, _ in examples), (0.25, -0.75)]):
        expected = [values_of(session, name, (x, y)) for name in names]
        assert list(points[2 * number : 2 * number + 2]) == expected
        assert view.grid.left < expected[0] < view.grid.right
        assert view.grid.bottom < expected[1] < view.grid.top


def test_a_large_set_is_thinned_out_split_by_split() -> None:
    session = made((3,))
    view = Reader(session).layer_view(LayerQuery(20, 10, 30))
    assert 20 < len(view.labels) < 30
    assert set(view.labels) == {0, 1, 2}
    assert 15 < view.trained_on < 25
    assert len(array("d", view.points)) == 2 * (len(view.labels) + 1)


def test_a_layer_of_one_unit_has_the_class_for_y() -> None:
    session = made((1,))
    view = Reader(session).layer_view(LayerQuery(20, 10, 1000))
    labels = [label for examples in session.splits.values() for _, _, label in examples]
    assert view.units == (0,)
    assert list(array("d", view.points)[1::2]) == [*labels, session.chooser.now.label]
    assert view.regions is None


@pytest.mark.parametrize(("dataset", "loss"), [("yin-yang", "cross-entropy"), ("moons", "hinge")])
def test_only_a_layer_of_two_units_has_regions_and_they_are_the_networks_answer(dataset: str, loss: str) -> None:
    session = made((4, 2), "tanh", dataset, loss)
    view = Reader(session).layer_view(LayerQuery(40, 30, 1000))
    assert view.regions
    points = array("d", view.points)
    seen = 0
    for number, (x, y, _) in enumerate(session.splits["train"]):
        column = int((points[2 * number] - view.grid.left) / (view.grid.right - view.grid.left) * 40)
        row = int((view.grid.top - points[2 * number + 1]) / (view.grid.top - view.grid.bottom) * 30)
        if view.regions.confidence[40 * row + column] > 40:  # else the cell may lie on the boundary
            seen += 1
            expected = predicted(session.program.outputs(session.parameters, [(x, y)])[0])
            assert view.regions.classes[40 * row + column] == expected
    assert seen
    assert Reader(made((4, 3))).layer_view(LayerQuery(40, 30, 1000)).regions is None


def test_the_grid_of_a_layer_stands_still_while_points_move_a_little() -> None:
    session = made((8,))
    grids = set()
    for _ in range(20):
        grids.add(Reader(session).layer_view(LayerQuery(20, 10, 1000)).grid)
        session.step()
    assert len(grids) <= 4


def test_the_middles_of_a_grid_are_those_of_its_cells() -> None:
    xs, ys = Grid(2, 4, 0.0, 2.0, 0.0, 4.0).middles()
    assert (xs, ys) == ([0.5, 1.5], [3.5, 2.5, 1.5, 0.5])
    assert len(list(product(xs, ys))) == 8
