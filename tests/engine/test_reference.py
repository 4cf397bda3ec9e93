"""The published figures: the lecture's small examples, and every line of the yin-yang run with seed 42."""

from collections.abc import Callable

import pytest

from engine.losses import cross_entropy, mean
from engine.nn import MLP
from engine.rng import Rng
from engine.run.config import Config
from engine.value import Value, topological_order
from engine.views.reader import Reader
from tests.engine.support import (
    REFERENCE_LOG,
    ValueTraining,
    reference_session,
    slope,
    yin_yang_splits,
)

# The lecture


def parabola(x: float) -> float:
    leaf = Value(x)
    return (3 * leaf**2 - 4 * leaf + 5).data


def test_the_slope_of_the_parabola_by_hand() -> None:
    assert parabola(3.0) == 20.0
    assert (parabola(3.0 + 1e-4) - parabola(3.0)) / 1e-4 == 14.000300000063248
    assert (parabola(-3.0 + 1e-6) - parabola(-3.0)) / 1e-6 == pytest.approx(-21.999997, abs=1e-6)
    assert slope(parabola, 2 / 3) == pytest.approx(0.0, abs=1e-8)
    assert str((parabola(3.0 + 1e-15) - parabola(3.0)) / 1e-15).startswith("10.658"), "round-off wins"


@pytest.mark.parametrize(("x", "expected"), [(3.0, 14.0), (-3.0, -22.0)])
def test_the_slope_of_the_parabola_by_backward(x: float, expected: float) -> None:
    leaf = Value(x)
    (3 * leaf**2 - 4 * leaf + 5).backward()
    assert leaf.grad == expected


def test_the_first_expression_graph() -> None:
    a, b, c, f = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c"), Value(-2.0, "f")
    e = a * b
    d = e + c
    loss = d * f
    loss.backward()
    assert loss.data == -8.0
    assert [node.grad for node in (a, b, c, e, d, f)] == [6.0, -4.0, -2.0, -2.0, -2.0, 4.0]
    for leaf in (a, b, c, f):
        leaf.data += 0.01 * leaf.grad
    assert ((a * b + c) * f).data == pytest.approx(-7.286496, abs=1e-6)


def tanh_from_exponentials(n: Value) -> Value:
    e = (2.0 * n).exp()
    return (e - 1.0) / (e + 1.0)


@pytest.mark.parametrize("tanh", [Value.tanh, tanh_from_exponentials])
def test_the_neuron(tanh: Callable[[Value], Value]) -> None:
    x1, x2, w1, w2, b = Value(2.0), Value(0.0), Value(-3.0), Value(1.0), Value(6.8813735870195432)
    n = x1 * w1 + x2 * w2 + b
    o = tanh(n)
    o.backward()
    assert n.data == pytest.approx(0.8813735870195432, abs=1e-15)
    assert o.data == pytest.approx(0.7071067811865477, abs=1e-15)
    assert [leaf.grad for leaf in (x1, w1, x2, w2, b)] == pytest.approx([-1.5, 1.0, 0.5, 0.0, 0.5], abs=1e-12)


def test_the_exponential_inside_the_neuron() -> None:
    e = (2.0 * Value(0.8813735870195432)).exp()
    ((e - 1.0) / (e + 1.0)).backward()
    assert e.data == pytest.approx(5.828427124746192, abs=1e-14)
    assert e.grad == pytest.approx(0.04289321881345247, abs=1e-15)


def test_a_slot_is_added_to_and_not_assigned() -> None:
    a = Value(3.0)
    (a + a).backward()
    assert a.grad == 2.0


def test_gradients_meet_in_shared_nodes() -> None:
    a, b = Value(-2.0), Value(3.0)
    d, e = a * b, a + b
    f = d * e
    f.backward()
    assert f.data == -6.0
    assert [node.grad for node in (a, b, d, e)] == [-3.0, -8.0, 1.0, -6.0]


# Yin-yang


def test_the_data_are_the_published_points() -> None:
    splits = yin_yang_splits(Rng(42))
    assert splits["train"][:3] == [
        (-0.6436591148376465, 1.1290233135223389, 0),
        (1.502126693725586, -1.2461860179901123, 1),
        (1.0598013401031494, 0.09119725227355957, 2),
    ]
    labels = [label for _, _, label in splits["train"]]
    assert [labels.count(label) for label in range(3)] == [27, 27, 26]


def test_the_first_parameters_gradients_and_update() -> None:
    session = reference_session()
    assert len(session.parameters) == 51
    assert [float(f"{parameter:.10f}") for parameter in session.parameters[:3]] == [0.5227403657, 0.087675223, 0.0]
    _, gradient = session.program.gradients(session.parameters, session.splits["train"])
    assert gradient[:3] == (-0.031309739727744035, 0.04467930156472665, 0.0039389533294891315)
    session.step()
    assert list(session.parameters[:3]) == [0.6227351063611759, -0.012325631398992051, -0.09999974612609554]


def test_the_full_graph_of_the_training_loss_has_9414_nodes() -> None:
    rng = Rng(42)
    splits = yin_yang_splits(rng)
    loss = ValueTraining(Config(), splits["train"], 3, rng).loss()
    assert len(topological_order(loss)) == 9414


def test_the_graph_of_one_example_has_157_nodes_and_187_edges() -> None:
    loss = mean([cross_entropy(MLP(2, [8, 3], Rng(42))([Value(0.0), Value(0.0)]), 0)])
    order = topological_order(loss)
    assert (len(order), sum(len(node.operands) for node in order)) == (157, 187)
    assert loss.data == 1.0986122886681098


def printed(losses: list[tuple[float, float | None]]) -> str:
    """Step by step as the reference prints it; the val loss every tenth step."""
    lines = []
    for step, (train, val) in enumerate(losses, start=1):
        if step % 10 == 1:
            lines.append(f"step {step}/100, val loss {val:.6f}\n")
        lines.append(f"step {step}/100, train loss {train!r}\n")
    return "".join(lines)


def test_a_session_prints_every_line_of_the_reference_run() -> None:
    session = reference_session()
    records = [session.step() for _ in range(100)]
    assert REFERENCE_LOG.count("\n") == 110
    assert printed([(record.train_loss, record.val_loss) for record in records]) == REFERENCE_LOG

    metrics = session.metrics()
    assert {name: split.accuracy for name, split in metrics.splits.items()} == {"train": 1.0, "val": 1.0, "test": 0.9}
    assert {name: split.loss for name, split in metrics.splits.items()} == {
        "train": 0.03799188653942441,
        "val": 0.05882752960842666,
        "test": 0.123965562341194,
    }


def test_a_loop_over_values_prints_the_first_25_lines() -> None:
    rng = Rng(42)
    splits = yin_yang_splits(rng)
    training = ValueTraining(Config(), splits["train"], 3, rng)
    losses: list[tuple[float, float | None]] = []
    for step in range(22):
        on_val = mean([training.loss_of(*example) for example in splits["val"]]).data if step % 10 == 0 else None
        losses.append((training.step(), on_val))
    expected = REFERENCE_LOG.splitlines()[:25]
    assert printed(losses).splitlines() == expected


def test_the_trained_loss_at_the_origin() -> None:
    session = reference_session()
    for _ in range(100):
        session.step()
    session.chooser.place((0.0, 0.0), 0)
    data, grad = Reader(session).probe().numbers()
    assert (data[-1], grad[-1]) == (0.1846842882879266, 1.0)


def test_cross_entropy_of_1_2_3_for_class_0() -> None:
    assert cross_entropy([Value(1.0), Value(2.0), Value(3.0)], 0).data == 2.40760596444438
