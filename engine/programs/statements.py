"""A traced network as statements: straight-line code in the common subset of Python and C, before it is either.

The loss of one example is traced once and written out as assignments, to be run for each example of a batch. They
are the floating-point operations of `Value` in the order of `Value.backward`, so that every program that is made of
them has `Value`'s losses and gradients bit for bit:

- the sum over examples is added forwards, while their gradients arrive from the last example to the first, as in a
  depth-first walk from the mean;
- within an example, contributions reach a node in reversed topological order. That order depends on the class, so
  each class has a backward pass of its own.

A sum that starts with its first term instead of 0.0 + term may differ in the sign of a zero on the way, never in a
parameter's gradient, which does start from 0.0.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from ..graph import Traced
from ..penalties import Penalty
from ..value import Value, topological_order

MAX_NESTING = 40
"""Parentheses within each other in one expression; Python's tokenizer takes 200."""

TERM = re.compile(r"\b[abky]\b")
ATOM = re.compile(r"[\w.]+")


@dataclass(frozen=True, slots=True)
class Statement:
    """`target = expression`, or `target += expression` for an accumulator."""

    target: str
    expression: str
    accumulate: bool = False

    def __str__(self) -> str:
        return f"{self.target} {'+=' if self.accumulate else '='} {self.expression}"


def substitute(expression: str, terms: Mapping[str, str]) -> str:
    """The row's expression with its letters replaced by terms, in parentheses where needed."""
    return TERM.sub(lambda letter: protect(terms[letter[0]]), expression)


def protect(term: str) -> str:
    """The term in parentheses, unless it is one name or plain number."""
    return term if ATOM.fullmatch(term) else f"({term})"


def letters(expression: str) -> set[str]:
    """Which of a, b, k and y an expression reads."""
    return set(TERM.findall(expression))


class Writer:
    """Writes the forward and backward passes of a graph as statements.

    Nodes that are read once, and by no derivative, go into the expression that reads them.
    """

    def __init__(self, leaves: Mapping[Value, str], parameters: Sequence[Value], roots: Sequence[Value]) -> None:
        self.terms = dict(leaves)
        self.accumulators = {parameter: f"g{index}" for index, parameter in enumerate(parameters)}
        self.order = list(dict.fromkeys(node for root in roots for node in topological_order(root)))
        self.varies = {node for node in self.order if node in self.accumulators}
        for node in self.order:
            if any(operand in self.varies for operand in node.operands):
                self.varies.add(node)
        self.index = {node: index for index, node in enumerate(self.order)}
        self.kept = self._kept(roots)
        self.depth: dict[Value, int] = {}

    def _kept(self, roots: Sequence[Value]) -> set[Value]:
        """The nodes that need a variable: read twice or more, read by a derivative, or a result."""
        readers: dict[Value, int] = {}
        kept = set(roots)
        for node in self.order:
            for operand in node.operands:
                readers[operand] = readers.get(operand, 0) + 1
            if node.op:
                for operand, partial in zip(node.operands, node.op.partials, strict=True):
                    if operand in self.varies:
                        read = letters(partial)
                        kept.update({"a": node.operands[0], "b": node.operands[-1], "y": node}[x] for x in read - {"k"})
        return kept | {node for node, count in readers.items() if count > 1}

    def forward(self, nodes: Sequence[Value]) -> list[Statement]:
        """Statements that compute the nodes that need a variable; `terms` then holds what to call each node."""
        statements = []
        for node in nodes:
            if node in self.terms:
                continue
            if node.op is None:
                self.terms[node] = repr(node.data)
                continue
            expression = substitute(node.op.forward, self._letters(node))
            depth = 1 + max(self.depth.get(operand, 0) for operand in node.operands)
            if node in self.kept or depth > MAX_NESTING:
                self.terms[node] = f"v{self.index[node]}"
                statements.append(Statement(self.terms[node], expression))
            else:
                self.terms[node] = expression
                self.depth[node] = depth
        return statements

    def _letters(self, node: Value) -> dict[str, str]:
        operands = [self.terms[operand] for operand in node.operands]
        return {"a": operands[0], "b": operands[-1], "k": repr(node.k), "y": self.terms.get(node, "")}

    def backward(self, root: Value, seed: str) -> list[Statement]:
        """Statements that add the gradients of `root`, times `seed`, to the parameters' accumulators."""
        statements = []
        arrivals: dict[Value, list[str]] = {root: [seed]}
        for node in reversed(topological_order(root)):
            if node not in self.varies or node.op is None:
                continue
            upstream = " + ".join(arrivals.pop(node))
            if not ATOM.fullmatch(upstream):
                statements.append(Statement(f"d{self.index[node]}", upstream))
                upstream = f"d{self.index[node]}"
            terms = self._letters(node)
            for operand, partial in zip(node.operands, node.op.partials, strict=True):
                if operand not in self.varies:
                    continue
                local = substitute(partial, terms)
                contribution = upstream if partial == "1.0" else f"{protect(local)} * {upstream}"
                if operand in self.accumulators:
                    statements.append(Statement(self.accumulators[operand], contribution, accumulate=True))
                else:
                    arrivals.setdefault(operand, []).append(contribution)
        return statements


class Passes(NamedTuple):
    """A traced network as statements: for every class a head and a backward pass, all of which end with `tail`.

    `outputs` and `results` are terms: the network's outputs, and for each class its loss.
    """

    leaves: Mapping[Value, str]
    forward: list[Statement]
    heads: list[list[Statement]]
    backwards: list[list[Statement]]
    tail: Sequence[Statement]
    outputs: list[str]
    results: list[str]
    order: list[Value]
    """The nodes whose variables are v0, v1 … and d0, d1 …"""


def passes_of(traced: Traced) -> Passes:
    """The statements that every form of the program is made of."""
    leaves = {parameter: f"p{index}" for index, parameter in enumerate(traced.parameters)}
    leaves |= {x: f"x{index}" for index, x in enumerate(traced.inputs)}
    writer = Writer(leaves, traced.parameters, [*traced.outputs, *traced.losses])
    below = {node: None for root in traced.outputs for node in topological_order(root)}
    forward = writer.forward(list(below))
    heads, backwards = [], []
    for loss in traced.losses:
        heads.append(writer.forward(topological_order(loss)))
        backwards.append(writer.backward(loss, "seed"))
    tail = common_tail(backwards)
    outputs = [writer.terms[output] for output in traced.outputs]
    results = [writer.terms[loss] for loss in traced.losses]
    own = [statements[: len(statements) - len(tail)] for statements in backwards]
    return Passes(leaves, forward, heads, own, tail, outputs, results, writer.order)


def one_penalty(penalty: Penalty) -> list[Statement]:
    """A penalty's share of one parameter p0, added to `total`, and its gradient times `strength`, added to g0.

    A program runs it in a loop over all parameters.
    """
    parameter = Value(0.0)
    root = penalty.of_one(parameter)
    writer = Writer({parameter: "p0"}, [parameter], [root])
    forward = writer.forward(writer.order)
    return [*forward, Statement("total", writer.terms[root], accumulate=True), *writer.backward(root, "strength")]


def common_tail(passes: Sequence[Sequence[Statement]]) -> Sequence[Statement]:
    """The statements with which all the passes end."""
    same = list(takewhile(lambda row: len(set(row)) == 1, zip(*map(reversed, passes), strict=False)))
    return passes[0][len(passes[0]) - len(same) :]
