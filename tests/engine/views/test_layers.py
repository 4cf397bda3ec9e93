"""How layers fare, against plain loops over every unit of every example."""

import math

import pytest

from engine.graph import evaluate
from engine.ops import OPS, Op
from engine.run.config import Config
from engine.views.layers import layer_states
from engine.views.reader import Reader
from tests.tui.support import DEFAULT, HINGE, SQUARED, next_update, session_of
from tui.run.spec import RunSpec

TWO = RunSpec(dataset="moons", config=Config(hidden=(5, 4), activation="relu", loss="hinge"))
TWO_GELU = RunSpec(dataset="moons", config=Config(hidden=(5, 4), activation="gelu", lr=1.0))
TWO_SIGMOID = RunSpec(dataset="moons", config=Config(hidden=(3, 4), activation="sigmoid", lr=3.0))


@pytest.mark.parametrize("spec", [DEFAULT, HINGE, SQUARED, TWO, TWO_SIGMOID, TWO_GELU])
def test_flat_units_and_gradients_are_those_of_the_graph(spec: RunSpec) -> None:
    session = session_of(spec, 30)
    gradient, _ = next_update(session)
    states = Reader(session).layer_states()
    assert len(states) == len(spec.config.hidden) + 1
    op = OPS[spec.config.activation]
    rows = []
    for x, y, label in session.splits["train"]:
        graph = session.graph(label)
        data, _ = evaluate(graph, session.parameters, (x, y))
        rows.append({node.name: data[i] for i, node in enumerate(graph.nodes)})
    names = session.parameter_names
    for state, units in zip(states[:-1], spec.config.hidden, strict=True):
        assert state.units == units
        both = [(f"z{state.layer}[{unit}]", f"h{state.layer}[{unit}]") for unit in range(units)]
        flat = {unit: [op.is_flat((row[z],), 0.0, row[h]) for row in rows] for unit, (z, h) in enumerate(both)}
        assert state.flat == sum(map(sum, flat.values())) / (units * len(rows))
        assert state.stuck == tuple(unit for unit, each in flat.items() if all(each))
    for state in states:
        mine = [g for name, g in zip(names, gradient, strict=True) if name.startswith(f"w{state.layer}[")]
        assert len(mine) == state.units * state.inputs
        assert state.gradient == pytest.approx(math.sqrt(sum(g * g for g in mine) / len(mine)))
        assert state.largest == max(map(abs, mine))
    assert states[-1].flat is None


def test_features_and_activations_of_their_own_are_followed() -> None:
    config = Config((5, 4, 3), "leaky-relu,relu,tanh", "hinge", features=("x2", "xy"))
    session = session_of(RunSpec(dataset="moons", config=config), 30)
    states = Reader(session).layer_states()
    assert [state.flat is None for state in states] == [True, False, False, True]
    names = [node.name for node in session.graph(0).nodes]
    at_zero = 0
    for x, y, label in session.splits["train"]:
        data, _ = evaluate(session.graph(label), session.parameters, (x, y))
        at_zero += sum(data[names.index(f"h2[{unit}]")] == 0.0 for unit in range(4))
    assert states[1].flat == at_zero / (4 * len(session.splits["train"]))


def test_a_dead_relu_is_named() -> None:
    # 2 inputs, 2 relu units, 1 output: unit 0 has a bias that nothing overcomes
    states = layer_states((2, 2, 1), ["relu"], [1, 1, -100, 1, 1, 100, 1, 1, 0], [0.0] * 9, [(1.0, 2.0), (-1.0, 0.0)])
    assert states[0].stuck == (0,)
    assert states[0].flat == 0.5


def test_numbers_that_are_not_finite_are_told_and_not_flat() -> None:
    states = layer_states((2, 1, 1), ["tanh"], [math.nan, 1, 0, 1, 0], [math.nan, 0, 0, 1e200, 0], [(1.0, 2.0)])
    assert math.isnan(states[0].gradient)
    assert states[0].flat == 0.0
    assert states[1].largest == 1e200


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.flat], ids=lambda op: op.name)
def test_flat_is_where_the_slope_stays_next_to_nothing(op: Op) -> None:
    """Towards infinity below 6 % of its steepest, and wherever it stays below 5 %."""
    sums = [place / 10 + 0.05 for place in range(-100, 100)]
    slopes = [abs(op.locals((z,), 0.0, op.compute((z,), 0.0))[0]) for z in sums]
    steepest = max(slopes)
    for place, z in enumerate(sums):
        stays = min(max(slopes[: place + 1]), max(slopes[place:])) / steepest
        flat = op.is_flat((z,), 0.0, op.compute((z,), 0.0))
        assert stays < 0.06 if flat else stays >= 0.05, z


def test_a_linear_layer_has_no_flat_units_and_passes_its_sums_on() -> None:
    states = layer_states((2, 1, 1, 1), ["linear"] * 2, [1.0] * 3 + [1.0] * 2 + [1.0] * 2, [0.0] * 7, [(1.0, 2.0)])
    assert [state.flat for state in states] == [None] * 3
