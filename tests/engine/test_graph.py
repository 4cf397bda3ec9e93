import math
import re
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given

from engine.graph import Graph, Node, evaluate, example_graph, trace
from engine.losses import LOSSES, Loss, mean, named
from engine.nn import ACTIVATIONS, MLP
from engine.ops import OPS
from engine.rng import Rng
from engine.run.config import Config
from engine.value import Value, topological_order
from tests.engine.support import Network, exact, networks, numbers, ordinary, repeatable


def graph_of(config: Config, classes: int, target: int = 0) -> Graph:
    return example_graph(trace(config.model(classes, Rng(42)), LOSSES[config.loss], classes), target)


CONFIGS = [
    (Config((8,)), 3),
    (Config((4, 4), "relu"), 2),
    (Config((3,), "sigmoid", "hinge"), 2),
    (Config((3, 2, 2), "tanh", "squared-error"), 2),
    (Config((2, 2), "linear"), 4),
    (Config(()), 6),
    (Config((), loss="hinge"), 2),
]
configs = pytest.mark.parametrize(("config", "classes"), CONFIGS)


def test_the_reference_graph_has_157_nodes_and_187_edges() -> None:
    graph = graph_of(Config((8,)), 3)
    ops = Counter(node.op for node in graph.nodes if node.op)
    assert len(graph.nodes) == 157
    assert sum(len(node.operands) for node in graph.nodes) == 187
    assert ops == {"add": 44, "mul": 43, "tanh": 8, "exp": 3, "log": 1, "pow": 1}
    assert [node.k for node in graph.nodes if node.op == "pow"] == [-1.0]


@configs
def test_a_graph_lists_operands_before_results_and_the_loss_last(config: Config, classes: int) -> None:
    for target in range(classes):
        graph = graph_of(config, classes, target)
        for index, node in enumerate(graph.nodes):
            assert all(operand < index for operand in node.operands)
            assert len(node.operands) == (OPS[node.op].arity if node.op else 0)
        assert graph.nodes[-1].name == "loss"
        read = {operand for node in graph.nodes for operand in node.operands}
        assert read == set(range(len(graph.nodes) - 1)), "everything else is an operand of something"


@configs
def test_names_are_unique_but_for_constants(config: Config, classes: int) -> None:
    for target in range(classes):
        nodes = graph_of(config, classes, target).nodes
        names = Counter(node.name for node in nodes if node.role != "constant")
        assert names.most_common(1)[0][1] == 1
        assert all(float(node.name) == node.k for node in nodes if node.role == "constant")
        assert not any(re.fullmatch(r"v\d+", name) for name in names), "no node is left without a name of its own"


def roles(graph: Graph) -> dict[str, str]:
    return {node.name: node.role for node in graph.nodes}


def test_nodes_are_named_layer_unit_input() -> None:
    role = roles(graph_of(Config((8,)), 3, target=2))
    assert role["x"] == role["y"] == "input"
    for unit in range(8):
        assert role[f"w1[{unit},0]"] == role[f"w1[{unit},1]"] == "weight"
        assert role[f"b1[{unit}]"] == "bias"
        assert role[f"w1[{unit},0]·x"] == role[f"w1[{unit},1]·y"] == "product"
        assert role[f"z1[{unit}].1"] == "partial"
        assert role[f"z1[{unit}]"] == "preactivation"
        assert role[f"h1[{unit}]"] == "activation"
    for unit in range(3):
        assert role[f"logit[{unit}]"] == "output"
        assert role[f"w2[{unit},7]·h1[7]"] == "product"
        assert role[f"logit[{unit}].7"] == "partial"
        assert role[f"e[{unit}]"] == "loss"
    assert role["p[2]"] == role["loss"] == role["Σe"] == role["1/Σe"] == role["logp"] == role["nll"] == "loss"
    assert role["Σe.1"] == role["Σe.2"] == "partial"
    assert "p[0]" not in role
    assert "z2[0]" not in role, "the last layer's sum is the logit"


def test_a_partial_sum_counts_the_terms_added_to_what_it_starts_from() -> None:
    graph = graph_of(Config((8,)), 3)
    index = {node.name: number for number, node in enumerate(graph.nodes)}

    def operands(name: str) -> list[str]:
        return [graph.nodes[operand].name for operand in graph.nodes[index[name]].operands]

    assert operands("z1[3].1") == ["b1[3]", "w1[3,0]·x"]
    assert operands("z1[3]") == ["z1[3].1", "w1[3,1]·y"]
    assert operands("logit[1].2") == ["logit[1].1", "w2[1,1]·h1[1]"]
    assert operands("Σe.1") == ["0", "e[0]"]
    assert operands("Σe") == ["Σe.2", "e[2]"]
    assert operands("p[0]") == ["e[0]", "1/Σe"]
    assert operands("nll") == ["logp", "-1"]
    assert operands("loss") == ["Σnll", "1"]


def test_the_second_hidden_layer_and_a_score_have_names_too() -> None:
    role = roles(graph_of(Config((4, 3), "relu", "hinge"), 2))
    assert role["z2[1]"] == "preactivation"
    assert role["h2[1]"] == "activation"
    assert role["w2[1,3]·h1[3]"] == "product"
    assert role["score"] == "output"
    assert role["-t·score"] == role["margin"] == role["hinge"] == "loss"
    assert {"error", "error²"} < set(roles(graph_of(Config((2,), loss="squared-error"), 2)))


def test_a_linear_hidden_unit_is_its_own_preactivation() -> None:
    role = roles(graph_of(Config((2,), "linear"), 2))
    assert role["z1[0]"] == "preactivation"
    assert "h1[0]" not in role
    assert role["w2[0,0]·z1[0]"] == "product"


@configs
def test_every_parameter_and_input_is_found_by_its_index(config: Config, classes: int) -> None:
    graph = graph_of(config, classes)
    labels = [parameter.label for parameter in config.model(classes, Rng(42)).parameters()]
    assert [graph.nodes[index].name for index in graph.parameters] == labels
    assert [graph.nodes[index].name for index in graph.inputs] == ["x", "y"]
    assert len(labels) == config.parameter_count(classes)


@configs
def test_a_graph_holds_structure_and_no_numbers_of_a_step(config: Config, classes: int) -> None:
    trained = config.model(classes, Rng(42))
    for parameter in trained.parameters():
        parameter.data += 1.0
    other = example_graph(trace(trained, LOSSES[config.loss], classes), 0)
    ours = graph_of(config, classes)
    skipped = {*ours.parameters, *ours.inputs}
    same = [(a, b) for index, (a, b) in enumerate(zip(ours.nodes, other.nodes, strict=True)) if index not in skipped]
    assert all(a == b for a, b in same)


def test_the_untrained_loss_at_the_origin_is_the_log_of_three() -> None:
    model = MLP(2, [8, 3], Rng(42))
    graph = example_graph(trace(model, LOSSES["cross-entropy"], 3), 0)
    data, _ = evaluate(graph, [parameter.data for parameter in model.parameters()], (0.0, 0.0))
    assert data[-1] == 1.0986122886681098


@repeatable(60)
@given(x=ordinary | numbers, y=ordinary | numbers, first=ordinary | numbers)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_node_has_the_data_and_gradient_of_value(
    loss: str, activation: str, x: float, y: float, first: float
) -> None:
    model = Config((2, 2), activation, loss).model(2, Rng(7))
    graph = example_graph(trace(model, LOSSES[loss], 2), 1)
    model.parameters()[0].data = first
    data, grad = evaluate(graph, [parameter.data for parameter in model.parameters()], (x, y))
    root = mean([LOSSES[loss].of_example(model([Value(x), Value(y)]), 1)])
    root.backward()
    order = topological_order(root)
    assert exact(data) == exact(node.data for node in order)
    assert exact(grad) == exact(node.grad for node in order)
    model.zero_grad()


@repeatable(300)
@given(network=networks())
def test_any_graph_evaluates_as_value_does(network: Network) -> None:
    x, y, label = network.examples[0]
    parameters, inputs = network.fresh_parameters(), [Value(x), Value(y)]
    root = mean([network.loss(network.run(parameters, inputs), label)])
    root.backward()
    order = topological_order(root)
    index = {node: number for number, node in enumerate(order)}
    used = [[leaf for leaf in leaves if leaf in index] for leaves in (parameters, inputs)]
    nodes = tuple(
        Node("", node.op.name, "", tuple(index[operand] for operand in node.operands), node.k)
        if node.op
        else Node("", "", "", (), node.data)
        for node in order
    )
    graph = Graph(nodes, *(tuple(index[leaf] for leaf in leaves) for leaves in used))
    data, grad = evaluate(graph, *([leaf.data for leaf in leaves] for leaves in used))
    assert exact(data) == exact(node.data for node in order)
    assert exact(grad) == exact(node.grad for node in order)


def test_a_loss_whose_nodes_have_no_labels_can_be_looked_at_too() -> None:
    def unlabelled(logits: Sequence[Value], target: int) -> Value:
        return logits[0].exp() * logits[1].tanh() + logits[0].sigmoid() * (logits[1] + 1.0) ** 2.0

    graph = example_graph(trace(MLP(2, [2, 2], Rng(1)), Loss("odd", unlabelled), 2), 0)
    names = Counter(node.name for node in graph.nodes if node.role != "constant")
    assert names.most_common(1)[0][1] == 1
    role = roles(graph)
    assert role["logit[1]"] == "output"
    assert role["w2[0,1]·h1[1]"] == "product"


def test_only_a_sum_is_named_a_partial_sum() -> None:
    def one_label(logits: Sequence[Value], target: int) -> Value:
        return named("odd", (logits[0].exp() + logits[1]) + 1.0)

    graph = example_graph(trace(MLP(2, [2, 2], Rng(1)), Loss("odd", one_label), 2), 0)
    assert [node.op for node in graph.nodes if node.name.startswith("odd.")] == ["add"]


def test_evaluation_is_total() -> None:
    graph = graph_of(Config((8,)), 3)
    data, grad = evaluate(graph, [1e308] * 51, (1e308, 1e308))
    assert math.isnan(data[-1])
    assert len(data) == len(grad) == 157
