"""Names, roles and structure of the nodes of one example's loss.

It stands apart from `nn` and `losses` so that those read as mathematics: here the same network is
run once, layer by layer, to learn which Value is which. What comes out has no numbers that
change: a `Graph` is shared by every step, and `evaluate` fills in the numbers of one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .frozen import Frozen
from .losses import Loss, mean
from .nn import MLP
from .ops import ADD, MUL, OPS
from .value import Value, lift, topological_order


@dataclass(frozen=True, slots=True)
class Node:
    """One scalar of a computation graph.

    `op` names a row of the op table ("" for a leaf), `operands` are indices of earlier nodes.
    `role` is what the node is to the network: input, feature, weight, bias, constant, product, partial,
    preactivation, activation, output or loss.
    """

    name: str
    op: str
    role: str
    operands: tuple[int, ...] = ()
    k: float = 0.0


class Graph(Frozen):
    """The structure of one example's loss: nodes with operands before results, the loss last.

    `parameters[i]` is the node of the model's i-th parameter, `inputs[i]` that of the i-th input.
    """

    nodes: tuple[Node, ...]
    parameters: tuple[int, ...]
    inputs: tuple[int, ...]


INPUT_NAMES = ("x", "y")
PARAMETER_ROLES = ("weight", "bias")
"""The roles of nodes that training changes."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A network run once with Values: its leaves, its outputs, and the loss of one example for each class.

    `hidden` has for each hidden layer the units' values before and after the activation.
    """

    inputs: list[Value]
    parameters: list[Value]
    outputs: list[Value]
    losses: list[Value]
    roles: dict[Value, str]
    hidden: list[list[tuple[Value, Value]]] = field(default_factory=list)


def trace(model: MLP, loss: Loss, classes: int) -> Traced:
    """Run the model on named inputs, and the loss for each class on the same outputs."""
    inputs = [Value(0.0, label=name) for name in INPUT_NAMES]
    roles = dict.fromkeys(inputs, "input")
    hidden: list[list[tuple[Value, Value]]] = []
    values = [lift(value) for value in model.read(inputs)]
    for feature, value in zip(model.features, values, strict=False):
        if value not in roles:
            value.label, roles[value] = feature.label, "feature"
    outputs = loss.output_names(classes)
    for number, layer in enumerate(model.layers, start=1):
        is_last = number == len(model.layers)
        sums = [neuron.weighted_sum(values) for neuron in layer.neurons]
        values = [neuron.activation(z) for neuron, z in zip(layer.neurons, sums, strict=True)]
        for unit, (neuron, z, h) in enumerate(zip(layer.neurons, sums, values, strict=True)):
            roles |= dict.fromkeys(neuron.weights, "weight") | {neuron.bias: "bias"}
            z.label, roles[z] = f"z{number}[{unit}]", "preactivation"
            if is_last:
                h.label, roles[h] = outputs[unit], "output"
            elif h is not z:
                h.label, roles[h] = f"h{number}[{unit}]", "activation"
        if not is_last:
            hidden.append(list(zip(sums, values, strict=True)))
    losses = [loss.of_example(values, target) for target in range(classes)]
    return Traced(inputs, model.parameters(), values, losses, roles, hidden)


def example_graph(traced: Traced, target: int) -> Graph:
    """The graph of the mean loss over a single example of class `target`."""
    root = mean([traced.losses[target]])
    root.label = "loss"
    root.operands[0].label = f"Σ{traced.losses[target].label}"
    order = topological_order(root)
    order = [*(x for x in traced.inputs if x not in set(order)), *order]
    index = {node: number for number, node in enumerate(order)}
    names = name_nodes(order)
    nodes = tuple(
        Node(
            names[node],
            node.op.name if node.op else "",
            traced.roles.get(node) or role_of(node),
            tuple(index[operand] for operand in node.operands),
            node.k if node.op else node.data,
        )
        for node in order
    )
    return Graph(nodes, tuple(index[p] for p in traced.parameters), tuple(index[x] for x in traced.inputs))


def role_of(node: Value) -> str:
    """The role of a node that no layer claims."""
    if node.op is None:
        return "constant"
    if node.label:
        return "loss"
    return "product" if node.op is MUL else "partial"


def name_nodes(order: Sequence[Value]) -> dict[Value, str]:
    """A name for every node: its label, or one made of its operands' names.

    A partial sum is named after the sum that it grows into: `z1[3].1` is `z1[3]` after one product.
    """
    names = {node: node.label or f"{node.data:g}" for node in order if node.label or not node.op}
    for node in order:
        if node not in names and node.op is MUL and all(operand in names for operand in node.operands):
            names[node] = "·".join(names[operand] for operand in node.operands)
    for node in order:
        if node.op is ADD and node.label:
            partials = []
            below = node.operands[0]
            while below not in names and below.op is ADD:
                partials.append(below)
                below = below.operands[0]
            for number, partial in enumerate(reversed(partials), start=1):
                names[partial] = f"{node.label}.{number}"
    for number, node in enumerate(order):
        names.setdefault(node, f"v{number}")
    return names


def evaluate(graph: Graph, parameters: Sequence[float], inputs: Sequence[float]) -> tuple[list[float], list[float]]:
    """Data and gradient of every node, as `Value` computes them: forwards, then backwards."""
    nodes = graph.nodes
    data = [node.k for node in nodes]
    for index, value in zip((*graph.parameters, *graph.inputs), (*parameters, *inputs), strict=True):
        data[index] = value
    for index, node in enumerate(nodes):
        if node.op:
            data[index] = OPS[node.op].compute([data[i] for i in node.operands], node.k)
    grad = [0.0] * len(nodes)
    grad[-1] = 1.0
    for index in range(len(nodes) - 1, -1, -1):
        node = nodes[index]
        if node.op:
            locals_ = OPS[node.op].locals([data[i] for i in node.operands], node.k, data[index])
            for operand, local in zip(node.operands, locals_, strict=True):
                grad[operand] += local * grad[index]
    return data, grad
