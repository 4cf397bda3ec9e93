"""What the inspector says while micro-stepping: what happened just now, with which numbers, and why.

It stands apart from `explain`, which speaks of a node when the step is over and everything is known.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from engine.micro import Arrival, MicroStep, Moment
from engine.ops import OPS
from engine.optim import Rule
from engine.snapshot import Graph, Probe
from tui.drawing.explain import LEAVES, formula, term
from tui.drawing.numbers import number
from tui.drawing.text import Line
from tui.folding import Folding
from tui.palette import Palette

ZERO = "Step {step} begins: every gradient is set to 0, because backward only ever adds to it (+=)."
BEGINS = "What is not computed yet shows as · in the graph."
TAKES_PART = "The probe, {probe}, is one of the {batch} examples of the batch."
IS_APART = "The probe, {probe}, is not in the batch: its walk is shown, but the update is made without it."
SEED = "d loss / d loss = 1. From here the gradients go backwards, from each node to its operands."
SAME = "The same happens for {others}. Their gradients are averaged{penalty}."
NOW_BATCH = "The grad column now shows the batch grad, which the optimizer uses; it was the probe grad."
LAST = "All {count} parameters have moved: step {step} is over, and step {next} comes next."


@dataclass(frozen=True, slots=True)
class Scene:
    """What the narration is about: a moment of the walk, whose example it is, how it is displayed, who updates."""

    moment: Moment
    unit: str
    probe: Probe
    folding: Folding
    rule: Rule
    penalised: bool

    @property
    def graph(self) -> Graph:
        """The probe's graph."""
        return self.moment.walk.route.graph

    @property
    def takes_part(self) -> bool:
        """Whether the probe is in the batch."""
        return self.probe.split == "train" and self.probe.index in self.moment.walk.update.batch

    def name(self, node: int) -> str:
        """What a node is called."""
        return self.graph.nodes[node].name

    def place(self, step: MicroStep) -> str:
        """The neuron, layer or phase of a micro-step, in words."""
        layers = self.moment.walk.route.places.layers
        if self.unit == "phase":
            return step.phase
        if step.layer > layers:
            return "the loss"
        if step.layer == 0:
            return "the inputs"
        if self.unit == "neuron":
            top = list(self.moment.walk.route.places.members)[step.neuron]
            return f"neuron {self.name(self.moment.walk.route.places.members[top][-1])}"
        return f"layer {step.layer}"


DOINGS = {"input": "is set", "compute": "is computed", "seed": "starts the backward pass", "visit": "backward visit"}


def heading(scene: Scene) -> tuple[str, str]:
    """The node or the group of nodes that is meant, and what happened there."""
    step = scene.moment.step
    if step.kind == "zero":
        return "zero", "the gradients"
    if step.kind == "batch":
        return "batch", "the other examples, and the mean"
    if len(scene.moment.steps) > 1:
        return scene.place(step), "forward" if step.phase in ("forward", "loss") else step.phase
    if step.kind == "update":
        return scene.name(step.node or 0), "the optimizer's update"
    return scene.name(step.node or 0), DOINGS[step.kind]


def narrate(scene: Scene, width: int, palette: Palette) -> list[Line]:
    """The lines about a moment, each at most `width` cells."""
    lines = list(Narrator(scene, width, palette).lines())
    return [tuple((palette.plain(text), style) for text, style in line) for line in lines]


class Narrator:
    """Writes the lines for one scene at one width."""

    def __init__(self, scene: Scene, width: int, palette: Palette) -> None:
        self.scene, self.width, self.palette = scene, width, palette
        self.moment, self.walk = scene.moment, scene.moment.walk

    def lines(self) -> Iterator[Line]:
        """All there is to say."""
        step = self.moment.step
        if step.kind in ("zero", "batch"):
            yield from self._zero() if step.kind == "zero" else self._batch()
        elif len(self.moment.steps) > 1:
            yield from self._group()
        elif step.node is not None:
            writers = {
                "input": self._input, "compute": self._compute, "seed": self._seed,
                "visit": self._visit, "update": self._update,
            }  # fmt: skip
            yield from writers[step.kind](step.node)
        if self.moment.position == len(self.walk.route.steps):
            now = self.walk.update.step
            yield from self._words(LAST.format(count=len(self.walk.after), step=now, next=now + 1))

    def _words(self, text: str, *, strong: bool = False) -> Iterator[Line]:
        style = self.palette.text if strong else self.palette.muted
        for part in textwrap.wrap(text, max(10, self.width - 2), break_on_hyphens=False):
            yield ((f" {part}", style),)

    def _zero(self) -> Iterator[Line]:
        yield from self._words(ZERO.format(step=self.walk.update.step), strong=True)
        yield from self._words(BEGINS)
        yield from self._part()

    def _part(self) -> Iterator[Line]:
        probe = f"{self.scene.probe.split} {self.scene.probe.index}"
        text = TAKES_PART if self.scene.takes_part else IS_APART
        yield from self._words(text.format(probe=probe, batch=len(self.walk.update.batch)))

    def _data(self, node: int) -> Line:
        return ((" data  ", self.palette.muted), (repr(self.moment.data(node)), self.palette.strong))

    def _input(self, node: int) -> Iterator[Line]:
        yield self._data(node)
        yield from self._words(LEAVES["input"])

    def _compute(self, node: int) -> Iterator[Line]:
        yield self._data(node)
        real = Folding(self.scene.graph, frozenset({node}))
        yield from formula(real, node, self.walk.data, self.width, self.palette)
        yield from self._stands_for(node)

    def _stands_for(self, node: int) -> Iterator[Line]:
        shown = self.scene.folding.shown_reader(node)
        if shown != node:
            yield from self._words(f"In the graph it is folded into {self.scene.name(shown)} (f there unfolds it).")

    def _seed(self, node: int) -> Iterator[Line]:
        yield ((" grad  ", self.palette.muted), ("1.0", self.palette.strong))
        yield from self._words(SEED, strong=True)

    def _visit(self, node: int) -> Iterator[Line]:
        palette = self.palette
        grad = self.moment.grad(node)
        yield (
            (" its grad is complete ", palette.muted),
            (number(grad, signed=True).strip(), palette.of_sign(grad)),
            (": local × it", palette.muted),
        )
        for arrival in self.walk.arrivals(node):
            name = self.scene.name(arrival.operand)
            yield from term(name, arrival.local, arrival.upstream, arrival.contribution, self.width, palette)
            yield self._sum(arrival)
        yield from self._words(OPS[self.scene.graph.nodes[node].op].why)
        yield from self._stands_for(node)

    def _sum(self, arrival: Arrival) -> Line:
        """The gradient of an operand after the addition, at the right, and how much of it has arrived."""
        palette = self.palette
        left = arrival.of - arrival.number
        state = "complete" if left == 0 else f"{arrival.number} of {arrival.of} so far"
        text, total = f"+= grad, {state}", number(arrival.total, signed=True)
        return (
            (f"{text:>{max(0, self.width - 3 - len(total))}}", palette.muted),
            (" → ", palette.muted),
            (total, palette.of_sign(arrival.total)),
        )

    def _batch(self) -> Iterator[Line]:
        scene, update = self.scene, self.walk.update
        count = len(update.batch) - scene.takes_part
        others = f"the {'other ' if scene.takes_part else ''}{count} example{'s' if count != 1 else ''} of the batch"
        penalty = ", and the L2 penalty's is added" if scene.penalised else ""
        yield from self._words(SAME.format(others=others, penalty=penalty), strong=True)
        yield from self._words(NOW_BATCH)
        if not scene.takes_part:
            yield from self._part()
        yield ((" batch loss  ", self.palette.muted), (repr(update.loss), self.palette.strong))
        yield (("".join(f"{text:>12}" for text in ("", "probe grad", "batch grad")), self.palette.muted),)
        for node, batch in zip(scene.graph.parameters, self.walk.gradient, strict=True):
            yield self._row(scene.name(node), self.walk.totals[node][-1], batch)

    def _row(self, name: str, *values: float, signed: bool = True) -> Line:
        """A name and numbers in columns."""
        palette = self.palette
        numbers = [(number(value, signed=signed, width=12), palette.of_sign(value)) for value in values]
        return ((f" {name:<11}", palette.text), *(numbers if signed else [(text, palette.text) for text, _ in numbers]))

    def _update(self, node: int) -> Iterator[Line]:
        palette, walk, rule = self.palette, self.walk, self.scene.rule
        parameter = walk.parameter_of[node]
        old, new = walk.data[node], walk.after[parameter]
        yield ((" data  ", palette.muted), (repr(old), palette.text), (" before", palette.muted))
        yield ((" data  ", palette.muted), (repr(new), palette.strong), (" now", palette.muted))
        grad = walk.gradient[parameter]
        yield ((" g, batch grad  ", palette.muted), (repr(grad), palette.of_sign(grad)))
        changes = dict(zip(rule.slots, walk.slots(parameter), strict=True)) | {"p": (old, new)}
        for name, expression in rule.update:
            before, now = changes[name]
            yield (
                (f" {name}  ", palette.accent),
                (number(before, signed=True), palette.of_sign(before)),
                (" → ", palette.muted),
                (number(now, signed=True), palette.of_sign(now)),
            )
            for part in textwrap.wrap(f"= {expression}", max(10, self.width - 5)):
                yield ((f"    {part}", palette.muted),)

    def _group(self) -> Iterator[Line]:
        """What came of several micro-steps, node by node in their order."""
        moment = self.moment
        step = moment.step
        if step.kind in ("input", "compute"):
            yield (("".join(f"{text:>12}" for text in ("", "data")), self.palette.muted),)
            for done in moment.steps:
                if done.node is not None:
                    yield self._row(self.scene.name(done.node), moment.data(done.node) or 0.0, signed=False)
        elif step.kind in ("seed", "visit"):
            yield from self._arrived()
        else:
            yield (("".join(f"{text:>12}" for text in ("", "before", "now", "batch grad")), self.palette.muted),)
            for done in moment.steps:
                if done.node is not None:
                    parameter = self.walk.parameter_of[done.node]
                    old, new = self.walk.data[done.node], self.walk.after[parameter]
                    yield self._row(self.scene.name(done.node), old, new, self.walk.gradient[parameter])

    def _arrived(self) -> Iterator[Line]:
        """The nodes whose gradients grew, in the order in which that began, with what has arrived by now."""
        yield (("".join(f"{text:>12}" for text in ("", "grad")), self.palette.muted),)
        grown: dict[int, None] = {}
        for done in self.moment.steps:
            if done.kind == "visit" and done.node is not None:
                grown |= {arrival.operand: None for arrival in self.walk.arrivals(done.node)}
        for node in grown:
            if self.scene.graph.nodes[node].role != "constant":
                number_, of = self.moment.arrived(node)
                state = "" if number_ == of else f"  {number_} of {of} so far"
                yield (*self._row(self.scene.name(node), self.moment.grad(node)), (state, self.palette.muted))
