"""The rules against PyTorch's documented formulas, written here once more as plain loops over floats."""

import math
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.optim import ADAMW, OPTIMIZERS, SGD, Optimizer, Rule
from engine.value import Value
from tests.engine.support import EXTREMES, exact, numbers, repeatable

START = [0.5, -1.25, 3.0, 0.0]
Gradient = Callable[[list[float], int], list[float]]


def gradient(parameters: list[float], step: int) -> list[float]:
    """Of a bowl that shakes from step to step."""
    return [2.0 * p * (index + 1) + math.sin(3.0 * step + index) for index, p in enumerate(parameters)]


def trained(rule: Rule, settings: Mapping[str, float], steps: int = 12) -> list[float]:
    optimizer = Optimizer(rule, len(START), dict(settings))
    parameters = list(START)
    for step in range(steps):
        parameters = optimizer.update(parameters, gradient(parameters, step))
    return parameters


def torch_sgd(steps: int, lr: float, momentum: float, weight_decay: float = 0.0) -> list[float]:
    """torch.optim.SGD, dampening 0, not Nesterov."""
    parameters = list(START)
    buffers: list[float] = []
    for step in range(steps):
        grads = [g + weight_decay * p for g, p in zip(gradient(parameters, step), parameters, strict=True)]
        buffers = [momentum * b + g for b, g in zip(buffers, grads, strict=True)] if buffers else grads
        parameters = [p - lr * b for p, b in zip(parameters, buffers, strict=True)]
    return parameters


def torch_adamw(steps: int, lr: float, beta1: float, beta2: float, eps: float, weight_decay: float) -> list[float]:
    """torch.optim.AdamW, no amsgrad."""
    parameters = list(START)
    means, squares = [0.0] * len(START), [0.0] * len(START)
    for step in range(steps):
        for index, g in enumerate(gradient(parameters, step)):
            decayed = parameters[index] - lr * weight_decay * parameters[index]
            means[index] = beta1 * means[index] + (1 - beta1) * g
            squares[index] = beta2 * squares[index] + (1 - beta2) * g * g
            mean_hat = means[index] / (1 - beta1 ** (step + 1))
            square_hat = squares[index] / (1 - beta2 ** (step + 1))
            parameters[index] = decayed - lr * mean_hat / (math.sqrt(square_hat) + eps)
    return parameters


@pytest.mark.parametrize("steps", [1, 2, 50])
@pytest.mark.parametrize("lr", [0.003, 0.1])
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_sgd_takes_the_steps_of_pytorchs(steps: int, lr: float, momentum: float) -> None:
    ours = trained(SGD, {"lr": lr, "momentum": momentum}, steps)
    assert ours == pytest.approx(torch_sgd(steps, lr, momentum), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("steps", [1, 2, 50])
@pytest.mark.parametrize(
    "settings",
    [
        {"lr": 0.1, "beta1": 0.9, "beta2": 0.95, "eps": 1e-8, "weight_decay": 1e-4},
        {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0},
        {"lr": 0.3, "beta1": 0.5, "beta2": 0.7, "eps": 0.1, "weight_decay": 0.2},
        {"lr": 0.1, "beta1": 0.0, "beta2": 0.0, "eps": 1e-3, "weight_decay": 0.01},
    ],
)
def test_adamw_takes_the_steps_of_pytorchs(steps: int, settings: dict[str, float]) -> None:
    assert trained(ADAMW, settings, steps) == pytest.approx(torch_adamw(steps, **settings), rel=1e-12, abs=1e-12)


def test_the_defaults_are_those_of_the_reference_run() -> None:
    assert ADAMW.settings == {"lr": 0.1, "beta1": 0.9, "beta2": 0.95, "eps": 1e-8, "weight_decay": 1e-4}
    assert trained(ADAMW, {}) == trained(ADAMW, ADAMW.settings)
    assert trained(SGD, {}) == trained(SGD, SGD.settings)


@pytest.mark.parametrize(("rule", "setting"), [(rule, name) for rule in OPTIMIZERS.values() for name in rule.settings])
def test_every_hyperparameter_matters(rule: Rule, setting: str) -> None:
    default = rule.settings[setting]
    changed = 1e-3 if setting == "eps" else 0.6 * default + 0.01
    results = trained(rule, {}), trained(rule, {setting: changed})
    assert all(a != b for a, b in zip(*results, strict=True))


@pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_rule_says_what_a_selector_needs(rule: Rule) -> None:
    assert OPTIMIZERS[rule.name] is rule
    assert rule.title
    assert rule.penalised == ("weight_decay" not in rule.settings), "decayed once, not twice"


def test_momentum_carries_on_without_a_gradient() -> None:
    optimizer = Optimizer(SGD, 1, {"lr": 1.0, "momentum": 0.5})
    assert optimizer.update([0.0], [1.0]) == [-1.0]
    assert optimizer.update([-1.0], [0.0]) == [-1.5]
    assert optimizer.update([-1.5], [0.0]) == [-1.75]


def test_weight_decay_shrinks_a_parameter_that_has_no_gradient() -> None:
    assert Optimizer(ADAMW, 1, {"lr": 0.1, "weight_decay": 0.5}).update([2.0], [0.0]) == [2.0 - 0.1 * (0.5 * 2.0)]


def test_an_optimizer_owns_its_slots_and_the_parameters_hold_none() -> None:
    optimizer = Optimizer(ADAMW, 2, {})
    assert optimizer.slots == [[0.0, 0.0], [0.0, 0.0]]
    optimizer.update([1.0, 1.0], [1.0, 2.0])
    assert optimizer.steps == 1
    assert optimizer.slots == [[pytest.approx(0.1), pytest.approx(0.2)], [pytest.approx(0.05), pytest.approx(0.2)]]
    assert Optimizer(ADAMW, 2, {}).slots == [[0.0, 0.0], [0.0, 0.0]]


def test_a_parameter_moves_by_its_own_gradient_and_slots_only() -> None:
    alone, beside = Optimizer(ADAMW, 1, {}), Optimizer(ADAMW, 2, {})
    for _ in range(3):
        assert alone.update([1.0], [0.3]) == beside.update([1.0, 5.0], [0.3, -7.0])[:1]


@pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_update_leaves_what_it_was_given_alone(rule: Rule) -> None:
    parameters, gradients = [1.0, 2.0], [0.5, 0.5]
    assert Optimizer(rule, 2, {}).update(parameters, gradients) != parameters
    assert (parameters, gradients) == ([1.0, 2.0], [0.5, 0.5])


@pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_step_of_values_is_the_update_of_their_numbers(rule: Rule) -> None:
    on_values, on_numbers = Optimizer(rule, len(START), {}), Optimizer(rule, len(START), {})
    values, plain = [Value(data) for data in START], list(START)
    for step in range(5):
        grads = gradient(plain, step)
        for value, grad in zip(values, grads, strict=True):
            value.grad = grad
        on_values.step(values)
        plain = on_numbers.update(plain, grads)
        assert exact(value.data for value in values) == exact(plain)
    assert [value.grad for value in values] == grads, "clearing gradients is the loop's business"


def test_a_setting_that_the_rule_does_not_have_is_refused() -> None:
    with pytest.raises(KeyError, match="sgd has no setting beta1"):
        Optimizer(SGD, 1, {"beta1": 0.9})


def test_lists_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        Optimizer(SGD, 2, {}).update([1.0, 2.0], [1.0])


@pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
@repeatable(60)
@given(moves=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=4), lr=st.sampled_from([0.1, 1e6, 1e308]))
def test_an_update_is_total(rule: Rule, moves: list[tuple[float, float]], lr: float) -> None:
    optimizer = Optimizer(rule, 1, {"lr": lr})
    for parameter, grad in moves:
        assert type(optimizer.update([parameter], [grad])[0]) is float


def test_the_second_moment_of_a_huge_gradient_is_inf() -> None:
    optimizer = Optimizer(ADAMW, len(EXTREMES), {})
    new = optimizer.update([1.0] * len(EXTREMES), EXTREMES)
    assert optimizer.slots[1][EXTREMES.index(1e200)] == math.inf
    assert new[EXTREMES.index(1e200)] == 1.0 - 0.1 * (0.0 + 1e-4 * 1.0)
    assert math.isnan(new[EXTREMES.index(math.inf)])
    assert new[EXTREMES.index(2.0)] == pytest.approx(0.9, abs=1e-4)
