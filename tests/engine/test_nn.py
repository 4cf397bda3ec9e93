import math

import pytest

import engine
from engine.features import FEATURES
from engine.nn import ACTIVATIONS, INITS, MLP, Layer, Module, Neuron, linear
from engine.ops import OPS
from engine.rng import Rng
from engine.value import Value, topological_order
from tests.engine.support import exact


def test_a_neuron_adds_its_products_to_the_bias_from_left_to_right() -> None:
    neuron = Neuron(2, linear, Rng(1))
    for parameter, data in zip(neuron.parameters(), [1.0, 1.0, 1.0], strict=True):
        parameter.data = data
    assert neuron([1e16, -1e16]).data == 0.0, "(1 + 1e16) - 1e16, in this order"
    assert neuron([0.25, 0.5]).data == 1.75


def test_a_neuron_applies_its_activation_to_the_weighted_sum() -> None:
    neuron = Neuron(2, Value.tanh, Rng(3))
    inputs = [0.3, -0.8]
    assert neuron(inputs).data == math.tanh(neuron.weighted_sum(inputs).data)


def test_a_neuron_refuses_the_wrong_number_of_inputs() -> None:
    with pytest.raises(ValueError, match="zip"):
        Neuron(2, linear, Rng(1))([1.0])


def test_weights_are_drawn_in_order_and_scaled_by_the_fan_in() -> None:
    rng = Rng(42)
    expected = [rng.uniform(-1.0, 1.0) * 3**-0.5 for _ in range(3)]
    neuron = Neuron(3, linear, Rng(42))
    assert exact(weight.data for weight in neuron.weights) == exact(expected)
    assert neuron.bias.data == 0.0
    assert neuron.parameters() == [*neuron.weights, neuron.bias]


def test_a_layers_neurons_read_the_same_inputs_and_draw_one_after_another() -> None:
    layer = Layer(2, 3, linear, Rng(5))
    rng = Rng(5)
    alone = [Neuron(2, linear, rng) for _ in range(3)]
    assert [node.data for node in layer([0.5, 2.0])] == [neuron([0.5, 2.0]).data for neuron in alone]
    assert layer.parameters() == [p for neuron in layer.neurons for p in neuron.parameters()]


def test_an_mlp_has_its_layers_parameters_in_order_labelled_layer_unit_input() -> None:
    model = MLP(2, [8, 3], Rng(42))
    labels = [parameter.label for parameter in model.parameters()]
    assert labels[:4] == ["w1[0,0]", "w1[0,1]", "b1[0]", "w1[1,0]"]
    assert labels[-9:] == [*(f"w2[2,{index}]" for index in range(8)), "b2[2]"]
    assert {"w1[3,0]", "b1[3]"} < set(labels)
    assert len(labels) == len(set(labels)) == 51


def test_hidden_layers_are_activated_and_the_last_one_is_not() -> None:
    model = MLP(2, [4, 4, 2], Rng(1), "relu")
    ops = [node.op.name for output in model([5.0, -5.0]) for node in topological_order(output) if node.op]
    assert ops.count("relu") == 16, "8 units, seen from each of 2 outputs"
    hidden = [layer.neurons[0].activation for layer in model.layers]
    assert hidden == [Value.relu, Value.relu, linear]


def test_a_network_without_hidden_layers_is_linear() -> None:
    model = MLP(2, [1], Rng(1))
    w0, w1, b = (parameter.data for parameter in model.parameters())
    assert model([3.0, -4.0])[0].data == b + w0 * 3.0 + w1 * -4.0


def test_the_generator_that_is_passed_in_decides_the_weights() -> None:
    def weights(seed: int) -> list[float]:
        return [parameter.data for parameter in MLP(2, [3, 2], Rng(seed)).parameters()]

    assert weights(1) == weights(1) != weights(2)
    rng = Rng(1)
    MLP(2, [3, 2], rng)
    assert rng.state != Rng(1).state, "whoever comes next draws on from there"


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_by_name(name: str) -> None:
    assert name == "linear" or name in OPS
    assert ACTIVATIONS[name](Value(-0.5)).data == (OPS[name].compute((-0.5,), 0.01) if name in OPS else -0.5), (
        "leaky relu has the slope 0.01"
    )


def test_each_hidden_layer_may_have_an_activation_of_its_own() -> None:
    model = MLP(2, [4, 3, 2], Rng(1), "tanh,relu")
    assert [layer.neurons[0].activation for layer in model.layers] == [Value.tanh, Value.relu, linear]
    assert len(MLP(2, [2], Rng(1), "sin").layers) == 1
    for names in ("tanh,relu,sin", "tanh,relu"):
        with pytest.raises(ValueError, match=r"activations do not fit 1 hidden layer: one is needed, or one for each"):
            MLP(2, [4, 2], Rng(1), names)


SPREADS = {  # of a layer that reads 30 values and has 20 units
    "uniform": 30**-0.5,
    "xavier-uniform": (6 / 50) ** 0.5,
    "xavier-normal": (2 / 50) ** 0.5,
    "he-uniform": (6 / 30) ** 0.5,
    "he-normal": (2 / 30) ** 0.5,
    "zeros": 0.0,
}
"""The bound of a uniform draw, the standard deviation of a normal one."""


@pytest.mark.parametrize("init", INITS)
def test_weights_are_drawn_as_wide_as_the_initialisation_says_and_biases_are_zero(init: str) -> None:
    layer = MLP(30, [20], Rng(5), init=init).layers[0]
    weights = [weight.data for neuron in layer.neurons for weight in neuron.weights]
    spread = (math.fsum(weight * weight for weight in weights) / len(weights)) ** 0.5
    expected = SPREADS[init]
    if "normal" in init:
        assert max(map(abs, weights)) > 2.5 * expected
    else:
        assert max(map(abs, weights)) <= expected
        expected /= 3**0.5
    assert spread == pytest.approx(expected, rel=0.06)
    assert all(neuron.bias.data == 0.0 for neuron in layer.neurons)


def test_the_first_layer_reads_features_instead_of_the_inputs() -> None:
    names = ["x", "y", "x2", "y2", "xy", "sinx", "siny"]
    assert names == list(FEATURES)
    model = MLP(2, [1], Rng(1), features=names)
    x, y = 0.75, -1.5
    for weight, expected in zip(
        model.layers[0].neurons[0].weights, (x, y, x * x, y * y, x * y, math.sin(x), math.sin(y)), strict=True
    ):
        for parameter in model.parameters():
            parameter.data = float(parameter is weight)
        assert model([x, y])[0].data == model([Value(x), Value(y)])[0].data == expected


def test_linear_adds_no_node() -> None:
    z = Value(1.0)
    assert linear(z) is z


def test_zero_grad_clears_every_parameter() -> None:
    model = MLP(2, [3, 2], Rng(1))
    sum(model([1.0, 2.0]), Value(0.0)).backward()
    assert any(parameter.grad for parameter in model.parameters())
    model.zero_grad()
    assert not any(parameter.grad for parameter in model.parameters())


def test_a_script_imports_value_and_mlp_from_the_package() -> None:
    assert engine.Value is Value
    assert engine.MLP is MLP
    assert all(hasattr(engine, name) for name in engine.__all__)


def test_a_module_of_its_own_needs_only_parameters() -> None:
    class Scale(Module):
        def __init__(self) -> None:
            self.factor = Value(2.0)

        def parameters(self) -> list[Value]:
            return [self.factor]

    scale = Scale()
    (scale.factor * 3.0).backward()
    scale.zero_grad()
    assert scale.factor.grad == 0.0
    assert Module().parameters() == []
