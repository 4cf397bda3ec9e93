"""The rules against figures of PyTorch, and what any rule must hold to."""

import math
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.optim import ADAM, ADAMW, MOMENTUM, NESTEROV, OPTIMIZERS, RMSPROP, SGD, Optimizer, Rule
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


GRADIENTS = ([0.3, -1.0, 2.5, 0.125], [-0.7, 0.01, 2.0, -0.5], [0.0, 1e-3, -4.0, 0.25], [1.5, -2.0, 0.5, 0.75])
FIGURES: tuple[tuple[Rule, dict[str, float], tuple[list[float], ...]], ...] = (
    (
        SGD,
        {"lr": 0.1, "momentum": 0.0},
        (
            [0.47, -1.15, 2.75, -0.0125],
            [0.5399999999999999, -1.1509999999999998, 2.55, 0.037500000000000006],
            [0.5399999999999999, -1.1510999999999998, 2.9499999999999997, 0.012500000000000004],
            [0.3899999999999999, -0.9510999999999998, 2.9, -0.0625],
        ),
    ),
    (
        MOMENTUM,
        {"lr": 0.1, "momentum": 0.9},
        (
            [0.47, -1.15, 2.75, -0.0125],
            [0.513, -1.061, 2.325, 0.026250000000000002],
            [0.5517, -0.981, 2.3425000000000002, 0.036125000000000004],
            [0.43653, -0.709, 2.30825, -0.029987499999999997],
        ),
    ),
    (
        NESTEROV,
        {"lr": 0.1, "momentum": 0.9},
        (
            [0.443, -1.06, 2.525, -0.02375],
            [0.5517, -0.9809, 1.9425, 0.061125000000000006],
            [0.58653, -0.909, 2.35825, 0.045012500000000004],
            [0.332877, -0.46419999999999995, 2.277425, -0.08948874999999999],
        ),
    ),
    (
        RMSPROP,
        {"lr": 0.05, "alpha": 0.99, "eps": 1e-08, "momentum": 0.0},
        (
            [1.6666661134534522e-07, -0.7500000499999953, 2.5000000199999994, -0.4999996000003198],
            [0.4599296016244478, -0.7550249847930892, 2.1866958498207674, -0.014785713113310617],
            [0.4599296016244478, -0.7555300094838474, 2.5782838400822907, -0.23394431353142445],
            [0.01311904570956629, -0.3069866850109783, 2.529325152487684, -0.6326636950247059],
        ),
    ),
    (
        RMSPROP,
        {"lr": 0.02, "alpha": 0.8, "eps": 0.001, "momentum": 0.5},
        (
            [0.45560950764487335, -1.205378417342091, 2.955318604704888, -0.04393541888403869],
            [0.4750485757582491, -1.1835663480389194, 2.903185873028427, -0.022449198775439546],
            [0.48476810981493695, -1.1727160557547824, 2.914241341446692, -0.03303238375394563],
            [0.448159990088381, -1.1252278949173369, 2.9146159972391916, -0.07619368636012142],
        ),
    ),
    (
        ADAM,
        {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-08},
        (
            [0.4000000033333332, -1.150000001, 2.9000000004, -0.09999999200000065],
            [0.4420185420395012, -1.0837420018280635, 2.801187420424198, -0.04404964413113972],
            [0.4744989941064796, -1.0325883443242585, 2.803370070074224, -0.03303227806872294],
            [0.43470531516270616, -0.9618781897310097, 2.799500523227707, -0.07375687125796418],
        ),
    ),
    (
        ADAM,
        {"lr": 0.3, "beta1": 0.5, "beta2": 0.7, "eps": 0.1},
        (
            [0.275, -0.9772727272727273, 2.7115384615384617, -0.16666666666666666],
            [0.4390944580767703, -0.8451500299382053, 2.431313554525496, 0.011257923733795916],
            [0.5296795949460041, -0.7721572024191907, 2.5562205125668185, -0.0010692613072344447],
            [0.33106850945882194, -0.5312642154167093, 2.598889374554553, -0.19297097420349338],
        ),
    ),
    (
        ADAMW,
        {"lr": 0.1, "beta1": 0.9, "beta2": 0.95, "eps": 1e-08, "weight_decay": 0.2},
        (
            [0.3900000033333332, -1.125000001, 2.8400000004, -0.09999999200000065],
            [0.4238590653847597, -1.0353928121767435, 2.6841135976356556, -0.042659816223452794],
            [0.4480008376145819, -0.9622058034591224, 2.6325936343779546, -0.030825526675593407],
            [0.4002798307134492, -0.873840455570099, 2.5760598315822123, -0.07011661208724033],
        ),
    ),
)
"""Parameters after each step from START on GRADIENTS, computed with PyTorch 2.13 (float64): SGD (plain, with momentum,
Nesterov), RMSprop, Adam and AdamW of torch.optim."""


@pytest.mark.parametrize(
    ("rule", "settings", "figures"), FIGURES, ids=[f"{rule.name} {number}" for number, (rule, *_) in enumerate(FIGURES)]
)
def test_each_step_is_that_of_pytorch(rule: Rule, settings: dict[str, float], figures: tuple[list[float], ...]) -> None:
    optimizer = Optimizer(rule, len(START), dict(settings))
    parameters = list(START)
    for gradients, expected in zip(GRADIENTS, figures, strict=True):
        parameters = optimizer.update(parameters, gradients)
        assert parameters == pytest.approx(expected, rel=1e-12, abs=1e-15)


CLIPPED: tuple[tuple[Rule, tuple[list[float], ...]], ...] = (
    (
        MOMENTUM,
        (
            [0.4861732115717992, -1.2039107052393307, 2.8847767630983268, -0.00576116184508366],
            [0.5139187406528857, -1.1630044776499637, 2.666248310839772, 0.017760677256103273],
            [0.5388897168258634, -1.126220061953858, 2.594329241105566, 0.031133048866015686],
            [0.4908095568014362, -0.9990420363872199, 2.5060840654847447, 0.007891164024883247],
        ),
    ),
    (
        ADAMW,
        (
            [0.39999500723233694, -1.1499875021697012, 2.8999700008678806, -0.09999998264239308],
            [0.448097470875025, -1.0830560243929872, 2.7999457925770526, -0.040897913086223606],
            [0.4857602444065219, -1.030691402786011, 2.777527189053505, -0.012701516148036718],
            [0.4526073723608295, -0.9617278309002886, 2.752350303603619, -0.0412819308349379],
        ),
    ),
)
"""The same with clip_grad_norm_ to 1.25 before each step, lr 0.1, the other settings those of the rule."""


@pytest.mark.parametrize(("rule", "figures"), CLIPPED, ids=lambda value: getattr(value, "name", ""))
def test_clipping_by_norm_is_that_of_pytorch(rule: Rule, figures: tuple[list[float], ...]) -> None:
    optimizer = Optimizer(rule, len(START), {"lr": 0.1}, 1.25)
    parameters = list(START)
    for gradients, expected in zip(GRADIENTS, figures, strict=True):
        parameters = optimizer.update(parameters, gradients)
        assert parameters == pytest.approx(expected, rel=3e-15, abs=1e-15)


def test_a_gradient_is_clipped_only_if_it_is_too_long_and_a_norm_that_is_not_finite_spoils_it_as_in_pytorch() -> None:
    def clipped(*gradients: float, norm: float | None = 1.0) -> list[float]:
        optimizer = Optimizer(SGD, len(gradients), {"lr": 1.0}, norm)
        return [0.0 - parameter for parameter in optimizer.update([0.0] * len(gradients), gradients)]

    assert clipped(0.3, -0.4) == [0.3, -0.4]
    assert clipped(30.0, -40.0, norm=None) == clipped(30.0, -40.0, norm=51.0) == [30.0, -40.0]
    assert clipped(30.0, -40.0) == pytest.approx([0.6, -0.8], rel=1e-7)
    assert clipped(3e200, 4.0) == [0.0, 0.0]
    assert exact(clipped(math.inf, 1.0)) == exact([math.nan, 0.0])
    assert all(map(math.isnan, clipped(math.nan, 1.0)))


def test_pytorchs_figures_are_there_for_every_optimizer() -> None:
    assert {rule.name for rule, *_ in FIGURES} == set(OPTIMIZERS)


def test_the_defaults_are_those_of_the_reference_run() -> None:
    assert ADAMW.settings == {"lr": 0.1, "beta1": 0.9, "beta2": 0.95, "eps": 1e-8, "weight_decay": 1e-4}
    assert trained(ADAMW, {}) == trained(ADAMW, ADAMW.settings)
    assert SGD.settings == {"lr": 0.1, "momentum": 0.0}
    assert all(trained(rule, {}) == trained(rule, rule.settings) for rule in OPTIMIZERS.values())


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
    assert next(iter(rule.settings)) == "lr", "the compiled program finds it there"
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
