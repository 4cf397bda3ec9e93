"""A training step taken apart: all of it is one ordinary step, undone it is the start, each to the last bit."""

from collections.abc import Iterable
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.features import FEATURES
from engine.graph import Graph, Node, evaluate
from engine.losses import LOSSES
from engine.optim import OPTIMIZERS
from engine.run.config import Config
from engine.run.session import Session
from engine.schedules import SCHEDULES
from engine.views.batch_update import batch_update
from engine.views.micro_steps import PHASES, UNITS, Moment, Route, Walk
from engine.views.reader import Reader
from tests.engine.support import Training, exact, reference_session, repeatable, trainings

TRAIN = [(1.5, -0.5, 0), (-2.0, 1.0, 1), (0.3, 0.4, 1)]
NETWORKS = ((), (3,), (4, 3, 2))


def walk_of(session: Session) -> Walk:
    """The session's next step, taken apart for its probe."""
    probe = Reader(session).probe()
    return Walk(Route(session.graph(probe.label)), list(session.parameters), probe.point, batch_update(session))


@cache
def default_walk() -> Walk:
    session = reference_session()
    session.advance(3)
    return walk_of(session)


def data_of(moment: Moment, nodes: Iterable[int]) -> list[str | None]:
    """The data of nodes bit for bit, None where there is none."""
    return [None if (data := moment.data(i)) is None else data.hex() for i in nodes]


def state(moment: Moment) -> list[tuple[object, ...]]:
    """All that can be seen at a moment, bit for bit."""
    nodes = range(len(moment.walk.route.graph.nodes))
    grads = exact(moment.grad(i) for i in nodes)
    return list(zip(data_of(moment, nodes), grads, map(moment.arrived, nodes), map(moment.changed, nodes), strict=True))


def is_one_step(training: Training, before: int) -> None:
    """Over the whole route the parameters become those of an ordinary step; at its start they are those before it."""
    session = training.session()
    session.advance(before)
    walk = walk_of(session)
    start, end = walk.at(0), walk.at(len(walk.route.steps))
    parameters = walk.route.graph.parameters
    assert data_of(start, parameters) == exact(session.parameters)
    seeks_back = session.step_count
    session.step()
    assert data_of(end, parameters) == exact(session.parameters)
    for number, slot in enumerate(session.optimizer.slots):
        assert exact(walk.slots(i)[number][1] for i in range(len(parameters))) == exact(slot)
    session.seek(seeks_back)
    assert data_of(start, parameters) == exact(session.parameters)


@repeatable(60)
@given(training=trainings(), before=st.integers(0, 3))
def test_all_micro_steps_are_one_ordinary_step(training: Training, before: int) -> None:
    is_one_step(training, before)


@pytest.mark.parametrize("hidden", NETWORKS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.01])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_that_holds_for_every_loss_and_optimizer_with_a_penalty_too(
    loss: str, optimizer: str, weight_decay: float, hidden: tuple[int, ...]
) -> None:
    config = Config(hidden, loss=loss, optimizer=optimizer, weight_decay=weight_decay)
    is_one_step(Training(config, 2, {"train": TRAIN}, 7), 2)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_that_holds_amid_a_schedule_with_penalties_features_and_an_activation_for_each_layer(
    optimizer: str, schedule: str
) -> None:
    config = Config(
        (3, 2, 2), "leaky-relu,gelu,sin", "hinge", optimizer,
        schedule=schedule, decay_steps=2, l1=0.02, l2=0.03, features=tuple(FEATURES), batch_size=2,
    )  # fmt: skip
    is_one_step(Training(config, 3, {"train": [*TRAIN, (0.1, 0.2, 2)]}, 7), 3)


@repeatable(60)
@given(training=trainings(), before=st.integers(0, 3))
def test_the_last_arrivals_leave_the_gradients_of_the_backward_pass(training: Training, before: int) -> None:
    session = training.session()
    session.advance(before)
    walk, probe = walk_of(session), Reader(session).probe()
    data, grad = evaluate(walk.route.graph, session.parameters, probe.point)
    moment = walk.at(walk.route.batch_at - 1)
    nodes = range(len(data))
    assert data_of(moment, nodes) == exact(data)
    assert exact(moment.grad(i) for i in nodes) == exact(grad)
    assert all(so_far == of for so_far, of in map(moment.arrived, nodes))


@repeatable(40)
@given(training=trainings())
def test_gradients_arrive_in_the_order_of_the_backward_pass(training: Training) -> None:
    walk = walk_of(training.session())
    nodes = walk.route.graph.nodes
    arriving: dict[int, list[int]] = {}
    for step in walk.route.steps:
        if step.kind == "visit" and step.node is not None:
            for arrival in walk.arrivals(step.node):
                arriving.setdefault(arrival.operand, []).append(step.node)
    expected = {
        i: [reader for reader in range(len(nodes) - 1, -1, -1) for operand in nodes[reader].operands if operand == i]
        for i in arriving
    }
    assert arriving == expected


@repeatable(40)
@given(training=trainings())
def test_each_micro_step_finds_what_it_needs_and_each_node_has_its_turn(training: Training) -> None:
    walk = walk_of(training.session())
    graph = walk.route.graph
    turns: dict[str, list[int]] = {}
    for position, step in enumerate(walk.route.steps):
        before = walk.at(position)
        if step.node is None:
            continue
        turns.setdefault(step.kind, []).append(step.node)
        if step.kind == "compute":
            assert all(before.data(operand) is not None for operand in graph.nodes[step.node].operands)
            assert before.data(step.node) is None
        if step.kind == "visit":
            so_far, of = before.arrived(step.node)
            assert so_far == of > 0
            assert exact([arrival.upstream for arrival in walk.arrivals(step.node)][:1]) == exact(
                [before.grad(step.node)]
            )
    operations = [i for i, node in enumerate(graph.nodes) if node.op]
    assert sorted(turns["compute"]) == sorted(turns["visit"]) == operations
    assert turns["input"] == list(graph.inputs)
    assert turns["update"] == list(graph.parameters)
    assert turns["seed"] == [len(graph.nodes) - 1]


def test_undoing_micro_steps_shows_exactly_the_moments_that_were_there() -> None:
    walk = default_walk()
    positions = range(len(walk.route.steps) + 1)
    forwards = [state(walk.at(k)) for k in positions]
    backwards = [state(walk.at(k)) for k in reversed(positions)]
    assert backwards == forwards[::-1]
    assert all(a != b for a, b in pairwise(forwards[1:])), "each micro-step changes something"


def test_before_the_first_micro_step_only_parameters_and_constants_have_data() -> None:
    walk = default_walk()
    roles = {node.role for i, node in enumerate(walk.route.graph.nodes) if walk.at(1).data(i) is not None}
    assert roles == {"weight", "bias", "constant"}
    assert {walk.at(1).grad(i) for i in range(len(walk.route.graph.nodes))} == {0.0}


def test_the_arrivals_of_a_visit_are_added_one_by_one() -> None:
    walk = default_walk()
    graph = walk.route.graph
    for position, step in enumerate(walk.route.steps):
        if step.kind != "visit" or step.node is None:
            continue
        before, now = walk.at(position), walk.at(position + 1)
        for arrival in walk.arrivals(step.node):
            assert arrival.contribution == arrival.local * arrival.upstream
            assert arrival.total == before.grad(arrival.operand) + arrival.contribution == now.grad(arrival.operand)
            assert (arrival.number, arrival.of) == now.arrived(arrival.operand)
            assert now.changed(arrival.operand)
        assert now.visited == {step.node}
    assert graph.nodes


def test_from_the_batch_on_the_parameters_have_the_batchs_gradient() -> None:
    walk = default_walk()
    route = walk.route
    probe, batch = walk.at(route.batch_at - 1), walk.at(route.batch_at)
    assert (probe.averaged, batch.averaged) == (False, True)
    parameters = route.graph.parameters
    assert [batch.grad(i) for i in parameters] == list(walk.gradient)
    assert [probe.grad(i) for i in parameters] != list(walk.gradient)
    assert all(batch.changed(i) for i in parameters)


def test_an_update_changes_one_parameter() -> None:
    walk = default_walk()
    first = walk.route.batch_at
    for number, node in enumerate(walk.route.graph.parameters):
        moment = walk.at(first + 1 + number)
        moved = [i for i in walk.route.graph.parameters if moment.data(i) != walk.data[i]]
        assert len(moved) == number + 1
        assert moment.data(node) == walk.after[number]


# Units


def units(walk: Walk, unit: str) -> list[tuple[int, int]]:
    """(first, last) position of each unit, found by going from one to the next."""
    spans, position = [], 0
    while (end := walk.route.after(position, unit)) is not None:
        spans.append((position + 1, end))
        position = end
    return spans


@pytest.mark.parametrize("unit", UNITS)
def test_units_follow_each_other_without_a_gap_forth_and_back(unit: str) -> None:
    walk = default_walk()
    spans = units(walk, unit)
    assert spans[0][0] == 1
    assert spans[-1][1] == len(walk.route.steps)
    assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(spans))
    back = [len(walk.route.steps)]
    while (position := walk.route.before(back[-1], unit)) is not None:
        back.append(position)
    assert back[::-1] == [last for _, last in spans]


def test_a_unit_that_was_entered_half_way_ends_where_it_does() -> None:
    route = default_walk().route
    last = route.ends("neuron")[3]
    assert route.after(last - 1, "neuron") == last
    assert route.before(last - 1, "neuron") == route.ends("neuron")[2]


def names_in(walk: Walk, span: tuple[int, int], kind: str) -> set[str]:
    """The nodes of a unit at which something of a kind happens."""
    nodes = walk.route.graph.nodes
    steps = walk.route.steps[span[0] - 1 : span[1]]
    return {nodes[step.node].name for step in steps if step.node is not None and step.kind == kind}


def test_a_neuron_is_its_weighted_sum_and_its_activation() -> None:
    walk = default_walk()
    neuron = {"w1[3,0]·x", "z1[3].1", "w1[3,1]·y", "z1[3]", "h1[3]"}
    spans = units(walk, "neuron")
    assert sum(names_in(walk, span, "compute") == neuron for span in spans) == 1
    assert sum(names_in(walk, span, "visit") == neuron for span in spans) == 1
    assert sum(names_in(walk, span, "update") == {"w1[3,0]", "w1[3,1]", "b1[3]"} for span in spans) == 1


def test_a_layer_is_its_neurons_and_the_backward_pass_meets_the_last_one_first() -> None:
    walk = default_walk()
    layers = [(step.phase, step.layer) for _, last in units(walk, "layer") for step in [walk.route.steps[last - 1]]]
    forward = [("forward", 0), ("forward", 1), ("forward", 2), ("loss", 3)]
    backward = [("backward", 3), ("backward", 2), ("backward", 1)]
    assert layers == [("zero", 0), *forward, *backward, ("batch", 0), ("update", 1), ("update", 2)]


def test_the_phases_are_those_of_a_training_step() -> None:
    walk = default_walk()
    assert tuple(walk.route.steps[last - 1].phase for _, last in units(walk, "phase")) == PHASES


def test_a_chain_of_100000_nodes_is_walked() -> None:
    nodes = [Node("x", "", "input")]
    nodes += [Node(f"v{place}", "tanh", "activation", (place - 1,)) for place in range(1, 100_000)]
    route = Route(Graph(tuple(nodes), (), (0,)))
    assert len(route.steps) == 1 + 1 + 2 * 99_999 + 1 + 1
