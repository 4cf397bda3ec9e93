"""Value: the readable autograd engine, and the specification that the fast programs must match.

Each arithmetic operation on a `Value` makes a new one that remembers its operands; `backward`
walks that graph from the result to the leaves and applies the chain rule once per edge. Nodes
point at their operands and never back, so a graph is freed as soon as its root is dropped.
"""

from collections.abc import Iterable

from .ops import ABS, ADD, EXP, GELU, LEAKY, LOG, MUL, POW, RELU, SIGMOID, SILU, SIN, SOFTPLUS, TANH, Op


class Value:
    """One scalar of the computation: `data`, and `grad` = d(root)/d(self) once `backward` ran.

    Operators work with plain numbers on either side. `op` is the row of the table that made the
    node (None for a leaf), `operands` what it was applied to, `k` its constant if the row has one.
    """

    __slots__ = ("data", "grad", "k", "label", "op", "operands")

    def __init__(self, data: float, label: str = "") -> None:
        self.data = float(data)
        self.grad = 0.0
        self.label = label
        self.op: Op | None = None
        self.operands: tuple[Value, ...] = ()
        self.k = 0.0

    def __add__(self, other: "Value | float") -> "Value":
        return apply(ADD, self, lift(other))

    def __mul__(self, other: "Value | float") -> "Value":
        return apply(MUL, self, lift(other))

    def __pow__(self, exponent: float) -> "Value":
        if not isinstance(exponent, int | float):
            raise TypeError(f"a power needs a plain number as exponent, not {type(exponent).__name__}")
        return apply(POW, self, k=float(exponent))

    def exp(self) -> "Value":
        return apply(EXP, self)

    def log(self) -> "Value":
        return apply(LOG, self)

    def tanh(self) -> "Value":
        return apply(TANH, self)

    def relu(self) -> "Value":
        return apply(RELU, self)

    def leaky_relu(self, slope: float = 0.01) -> "Value":
        return apply(LEAKY, self, k=slope)

    def sigmoid(self) -> "Value":
        return apply(SIGMOID, self)

    def gelu(self) -> "Value":
        return apply(GELU, self)

    def softplus(self) -> "Value":
        return apply(SOFTPLUS, self)

    def silu(self) -> "Value":
        return apply(SILU, self)

    def sin(self) -> "Value":
        return apply(SIN, self)

    def __abs__(self) -> "Value":
        return apply(ABS, self)

    def __neg__(self) -> "Value":
        return self * -1.0

    def __sub__(self, other: "Value | float") -> "Value":
        return self + (-other)

    def __truediv__(self, other: "Value | float") -> "Value":
        return self * lift(other) ** -1.0

    def __radd__(self, other: float) -> "Value":
        return lift(other) + self

    def __rmul__(self, other: float) -> "Value":
        return lift(other) * self

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __rtruediv__(self, other: float) -> "Value":
        return lift(other) / self

    def backward(self) -> None:
        """Add d(self)/d(node) to the `grad` of every node below, this one included.

        A second call adds the same again: set `grad` to 0 first for a fresh start.
        """
        order = topological_order(self)
        upstream = dict.fromkeys(order, 0.0)
        upstream[self] = 1.0
        for node in reversed(order):
            arriving = upstream[node]
            node.grad += arriving
            if node.op:
                a_b = tuple(operand.data for operand in node.operands)
                for operand, local in zip(node.operands, node.op.locals(a_b, node.k, node.data), strict=True):
                    upstream[operand] += local * arriving

    def __repr__(self) -> str:
        name = f"{self.label}: " * bool(self.label)
        made_by = f", {self.op.name}" * bool(self.op) if self.op else ""
        return f"Value({name}{self.data!r}, grad {self.grad!r}{made_by})"


def lift(other: Value | float) -> Value:
    """A plain number as a leaf; a Value as it is.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(other, Value):
        return other
    if isinstance(other, int | float):
        return Value(other)
    raise TypeError(f"a Value works with numbers, not with {type(other).__name__}")


def apply(op: Op, *operands: Value, k: float = 0.0) -> Value:
    """A new node: `op` applied to `operands`."""
    node = Value(op.compute([operand.data for operand in operands], k))
    node.op = op
    node.operands = operands
    node.k = k
    return node


def topological_order(root: Value, known: Iterable[Value] = ()) -> list[Value]:
    """Every node below `root` once, operands before what is made of them, `root` last; none from the `known` ones down.

    Depth first, first operand first, with a stack of our own: a chain may be 100,000 deep.
    """
    order: list[Value] = []
    seen = {root, *known}
    stack = [(root, iter(root.operands))]
    while stack:
        node, remaining = stack[-1]
        for operand in remaining:
            if operand not in seen:
                seen.add(operand)
                stack.append((operand, iter(operand.operands)))
                break
        else:
            order.append(node)
            stack.pop()
    return order
