import math
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.losses import LOSSES, cross_entropy, hinge, mean, squared_error
from engine.penalties import L1, L2, PENALTIES, Penalty, penalised
from engine.value import Value, topological_order
from tests.engine.support import repeatable


@pytest.mark.parametrize("classes", [2, 3, 4, 5, 6])
def test_cross_entropy_and_its_gradient_for_any_number_of_classes(classes: int) -> None:
    numbers = [0.7 * unit - 1.1 + 0.3 * unit * unit for unit in range(classes)]
    exponentials = [math.exp(number) for number in numbers]
    probabilities = [e / math.fsum(exponentials) for e in exponentials]
    for target in range(classes):
        logits = [Value(number) for number in numbers]
        loss = cross_entropy(logits, target)
        loss.backward()
        assert loss.data == pytest.approx(-math.log(probabilities[target]), abs=1e-12)
        expected = [p - (unit == target) for unit, p in enumerate(probabilities)]
        assert [logit.grad for logit in logits] == pytest.approx(expected, abs=1e-12)


@repeatable(60)
@given(numbers=st.lists(st.floats(-30, 30), min_size=2, max_size=6))
def test_cross_entropy_gradients_add_up_to_zero(numbers: list[float]) -> None:
    logits = [Value(number) for number in numbers]
    cross_entropy(logits, 0).backward()
    assert math.fsum(logit.grad for logit in logits) == pytest.approx(0.0, abs=1e-9)


def test_cross_entropy_of_1_2_3() -> None:
    loss = cross_entropy([Value(1.0), Value(2.0), Value(3.0)], 0)
    assert loss.data == 2.40760596444438


def test_cross_entropy_is_written_as_exp_sum_divide_log_negate() -> None:
    loss = cross_entropy([Value(1.0), Value(2.0), Value(3.0)], 1)
    ops = [node.op.name for node in topological_order(loss) if node.op]
    assert ops == ["exp", "exp", "add", "add", "exp", "add", "pow", "mul", "log", "mul"]
    labels = {node.label for node in topological_order(loss) if node.label}
    assert labels == {"e[0]", "e[1]", "e[2]", "Σe", "1/Σe", "p[1]", "logp", "nll"}


def test_cross_entropy_subtracts_no_maximum_and_overflows_quietly() -> None:
    logits = [Value(1000.0), Value(0.0)]
    loss = cross_entropy(logits, 0)
    loss.backward()
    assert math.isnan(loss.data), "inf / inf"
    assert cross_entropy([Value(0.0), Value(1000.0)], 0).data == math.inf
    assert all(math.isnan(logit.grad) for logit in logits)


@pytest.mark.parametrize(
    ("score", "target", "value", "grad"),
    [
        (0.5, 1, 0.5, -1.0),
        (0.5, 0, 1.5, 1.0),
        (-3.0, 1, 4.0, -1.0),
        (-3.0, 0, 0.0, 0.0),
        (2.0, 1, 0.0, 0.0),
        (1.0, 1, 0.0, 0.0),
        (-1.0, 0, 0.0, 0.0),
        (0.0, 0, 1.0, 1.0),
        (0.0, 1, 1.0, -1.0),
    ],
)
def test_hinge_by_hand(score: float, target: int, value: float, grad: float) -> None:
    leaf = Value(score)
    loss = hinge([leaf], target)
    loss.backward()
    assert (loss.data, leaf.grad) == (value, grad)


@pytest.mark.parametrize(
    ("score", "target", "value", "grad"),
    [(0.5, 1, 0.25, -1.0), (0.5, 0, 2.25, 3.0), (-3.0, 1, 16.0, -8.0), (-3.0, 0, 4.0, -4.0), (1.0, 1, 0.0, 0.0)],
)
def test_squared_error_by_hand(score: float, target: int, value: float, grad: float) -> None:
    leaf = Value(score)
    loss = squared_error([leaf], target)
    loss.backward()
    assert (loss.data, leaf.grad) == (value, grad)


@pytest.mark.parametrize("classes", [3, 4, 8])
@pytest.mark.parametrize(
    ("loss", "one", "slope"),
    [
        (hinge, lambda s, t: max(0.0, 1.0 - t * s), lambda s, t: -t if t * s < 1.0 else 0.0),
        (squared_error, lambda s, t: (s - t) ** 2, lambda s, t: 2.0 * (s - t)),
    ],
    ids=["hinge", "squared error"],
)
def test_more_classes_have_a_score_each_against_the_rest(
    loss: Callable[[Sequence[Value], int], Value],
    one: Callable[[float, float], float],
    slope: Callable[[float, float], float],
    classes: int,
) -> None:
    numbers = [0.75 * unit - 1.5 + 0.125 * unit * unit for unit in range(classes)]
    for target in range(classes):
        scores = [Value(number) for number in numbers]
        root = loss(scores, target)
        root.backward()
        wanted = [1.0 if unit == target else -1.0 for unit in range(classes)]
        assert root.data == pytest.approx(math.fsum(map(one, numbers, wanted)), abs=1e-12)
        assert [score.grad for score in scores] == pytest.approx(list(map(slope, numbers, wanted)), abs=1e-12)
        labels = [node.label for node in topological_order(root) if node.label]
        assert len(labels) == len(set(labels))


def test_a_loss_decides_how_many_outputs_the_network_has() -> None:
    assert LOSSES["cross-entropy"].outputs(5) == 5
    assert LOSSES["hinge"].outputs(2) == LOSSES["squared-error"].outputs(2) == 1
    assert LOSSES["hinge"].outputs(3) == LOSSES["squared-error"].outputs(3) == 3
    assert LOSSES["cross-entropy"].output_names(2) == ["logit[0]", "logit[1]"]
    assert LOSSES["hinge"].output_names(2) == ["score"]
    assert LOSSES["hinge"].output_names(3) == ["score[0]", "score[1]", "score[2]"]
    assert all(loss.name == name for name, loss in LOSSES.items())


def test_the_mean_is_added_from_first_to_last_and_times_one_over_the_number() -> None:
    assert mean([Value(1.0), Value(1e16), Value(-1e16)]).data == 0.0
    assert mean([Value(1e16), Value(-1e16), Value(1.0)]).data == 1 / 3
    losses = [Value(0.1), Value(0.2), Value(0.4)]
    result = mean(losses)
    result.backward()
    assert result.data == (0.1 + 0.2 + 0.4) * (1.0 / 3.0)
    assert [loss.grad for loss in losses] == [1.0 / 3.0] * 3


@pytest.mark.parametrize(
    ("penalty", "amount", "gradient"), [(L2, 6.25, [1.5, -2.0, 0.0]), (L1, 1.75, [0.25, -0.25, 0.0])]
)
def test_a_penalty_is_its_strength_times_the_sum_of_squares_or_sizes(
    penalty: Penalty, amount: float, gradient: list[float]
) -> None:
    parameters = [Value(3.0), Value(-4.0), Value(0.0)]
    total = penalty.of(parameters, 0.25)
    total.backward()
    assert total.data == amount
    assert [parameter.grad for parameter in parameters] == gradient


def test_a_penalty_without_a_strength_takes_no_part() -> None:
    parameters, loss = [Value(math.inf)], Value(1.0)
    assert penalised(loss, parameters, [0.0] * len(PENALTIES)) is loss
    assert penalised(loss, parameters, [0.0, 1.0]).data == math.inf
