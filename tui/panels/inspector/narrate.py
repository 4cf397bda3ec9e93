"""What the inspector says while micro-stepping: what happened just now, with which numbers, and why.

It stands apart from `explain`, which speaks of a node when the step is over and everything is known.
"""

import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from engine.examples import SPLITS
from engine.graph import Graph
from engine.ops import OPS
from engine.optim import OPTIMIZERS, Rule
from engine.run.config import Config
from engine.run.probe import Probe
from engine.views.micro_steps import Arrival, MicroStep, Moment
from tui.draw.numbers import number
from tui.draw.palette import Palette
from tui.draw.text import Line, sentence
from tui.panels.graph.folding import Folding
from tui.panels.inspector.explain import LEAVES, Explainer, equation, gradient, name_width
from tui.panels.network import penalty_mark

COLUMN = 11
"""Cells of a column of numbers."""
UNTOLD = ("product", "partial")
"""Roles of nodes that are left out where several layers are told of at once; constants always are."""


class Scene(NamedTuple):
    """What the narration is about: a moment of the walk, in what unit, whose example it is, how it is trained."""

    moment: Moment
    unit: str
    probe: Probe
    config: Config

    @property
    def rule(self) -> Rule:
        """Who updates."""
        return OPTIMIZERS[self.config.optimizer]

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
        places = self.moment.walk.route.places
        if self.unit == "phase":
            return WHOLE[step.phase]
        if step.layer > places.layers:
            return "the loss"
        if step.layer == 0:
            return "the inputs"
        if self.unit == "neuron":
            return f"neuron {self.name(list(places.members.values())[step.neuron][-1])}"
        return f"layer {step.layer}"


WHOLE = {"forward": "the network", "loss": "the loss", "backward": "the graph", "update": "all parameters"}
"""What a phase goes through."""
DOINGS = {
    "input": "is set", "compute": "is computed", "seed": "starts the backward pass", "visit": "backward visit",
    "update": "update",
}  # fmt: skip


def heading(scene: Scene) -> tuple[str, str]:
    """The node or the group of nodes that is meant, and what happened there."""
    step = scene.moment.step
    if step.kind == "zero":
        return "zero", "the gradients"
    if step.kind == "batch":
        return "batch", "the other examples"
    if len(scene.moment.steps) > 1:
        return scene.place(step), "forward" if step.phase in ("forward", "loss") else step.phase
    return scene.name(step.node or 0), DOINGS[step.kind]


class Narrator:
    """Writes the lines about a scene, each at most `width` cells; `folding`: how the graph is displayed beside them."""

    def __init__(self, scene: Scene, folding: Folding, width: int, palette: Palette) -> None:
        self.scene, self.folding, self.width, self.palette = scene, folding, width, palette
        self.moment, self.walk = scene.moment, scene.moment.walk

    def lines(self) -> Iterator[Line]:
        """All there is to say."""
        step, now, muted, strong = self.moment.step, self.walk.update.step, self.palette.muted, self.palette.strong
        if self.moment.position == len(self.walk.route.steps):
            over = (
                f"All {len(self.walk.after)} parameters have moved: step {now} is over, and step {now + 1} comes next."
            )
            yield from self._words(over, strong=True)
        if step.kind == "zero":
            begins = f"Step {now} begins: every gradient is set to 0, because backward only ever adds to it (+=)."
            yield from self._words(begins, strong=True)
            yield from self._words("What is not computed yet shows as · in the graph.")
            yield from self._part()
        elif step.kind == "batch":
            yield from self._batch()
        elif len(self.moment.steps) > 1:
            yield from self._group()
        elif step.node is None:
            return
        elif step.kind == "seed":
            yield ((" grad  ", muted), ("1.0", strong))
            back = "d loss / d loss = 1. From here the gradients go backwards, from each node to its operands."
            yield from self._words(back, strong=True)
        elif step.kind == "visit":
            yield from self._visit(step.node)
        elif step.kind == "update":
            yield from self._update(step.node)
        else:
            yield ((" data  ", muted), (repr(self.moment.data(step.node)), strong))
            yield from self._words(LEAVES["input"]) if step.kind == "input" else self._computed(step.node)

    def _words(self, text: str, *, strong: bool = False) -> Iterator[Line]:
        yield from sentence(text, self.width, self.palette.text if strong else self.palette.muted, hyphens=False)

    def _part(self) -> Iterator[Line]:
        """Whether the probe is in the batch."""
        split, index = self.scene.probe.split, self.scene.probe.index
        probe = f"{split} {index}" if split in SPLITS else f"a {split} point"
        of = f"is one of the {len(self.walk.update.batch)} examples of the batch."
        apart = "is not in the batch: its walk is shown, but the update is made without it."
        yield from self._words(f"The probe, {probe}, {of if self.scene.takes_part else apart}")

    def _computed(self, node: int) -> Iterator[Line]:
        """How the node came about, and what comes of it."""
        real = Folding(self.scene.graph, frozenset({node}))
        yield from Explainer(real, node, self.walk.data, (), self.width, self.palette).formula()
        count = len(self.walk.route.arrivals_at[node])
        if count > 1:
            yield from self._words(f"It is read {count} times, so its gradient will be a sum of {count} terms.")
        yield from self._stands_for(node)

    def _stands_for(self, node: int) -> Iterator[Line]:
        """Where the graph shows the node, if not in a row of its own."""
        shown = self.folding.shown_reader(node)
        if shown != node:
            yield from self._words(f"In the graph it is folded into {self.scene.name(shown)} (f there unfolds it).")

    def _visit(self, node: int) -> Iterator[Line]:
        palette = self.palette
        text, style = gradient(self.moment.grad(node), palette)
        yield ((" grad ", palette.muted), (text.strip(), style), (", complete; to its operands:", palette.muted))
        for arrival in self.walk.arrivals(node):
            yield from self._arrival(arrival)
        yield from self._words(OPS[self.scene.graph.nodes[node].op].why)
        yield from self._stands_for(node)

    def _arrival(self, arrival: Arrival) -> Iterator[Line]:
        """The product that reaches an operand, and in the same columns its addition to what is there."""
        room, palette = name_width(self.width), self.palette
        name, count = self.scene.name(arrival.operand), f"  += {arrival.number} of {arrival.of}"
        if cell_len(name) > room:
            yield ((f" {name}", palette.text),)
            name = ""
        named, local = (f" {name:{room}}", palette.text), (number(arrival.local), palette.text)
        yield equation(named, local, "×", arrival.upstream, arrival.contribution, palette)
        counted = (f" {count if len(count) <= room else count.strip():{room}}", palette.muted)
        before = gradient(arrival.before, palette)
        yield equation(counted, before, "+", arrival.contribution, arrival.total, palette)

    def _batch(self) -> Iterator[Line]:
        """What the other examples of the batch make of the gradients."""
        scene, update, palette = self.scene, self.walk.update, self.palette
        size, factor = len(update.batch), update.clip_factor
        count = size - scene.takes_part
        others = f"the {'other ' if scene.takes_part else ''}{count} example{'s' if count != 1 else ''} of the batch"
        whose = f"All {size}" if scene.takes_part else "Their"
        same = f"The same happens for {others}. {whose} gradients are averaged"
        alone = "The probe is all of the batch: its gradient is the batch's"
        added = penalty_mark(scene.config).lstrip("+").replace("+", " and the ")
        penalty = f", and the {added} penalty's is added" if added else ""
        yield from self._words(f"{same if count else alone}{penalty}.", strong=True)
        used = ": what the optimizer uses."
        if factor != 1.0:
            used = f". Its norm is clipped to {scene.config.clip_norm:g}: the optimizer uses it × {factor:.4g}."
        yield from self._words(f"The grad column is now the batch grad{used}")
        if not scene.takes_part:
            yield from self._part()
        yield ((" batch loss  ", palette.muted), (repr(update.loss), palette.strong))
        both = zip(scene.graph.parameters, self.walk.gradient, strict=True)
        rows = [(scene.name(node), [self.walk.totals[node][-1], batch], "") for node, batch in both]
        yield from self._table(("probe grad", "batch grad"), rows)

    def _table(self, heads: Sequence[str], rows: Sequence[tuple[str, list[float], str]]) -> Iterator[Line]:
        """Names, numbers in columns, and a remark; the names take no more room than the numbers leave.

        Gradients have a sign and its colour.
        """
        palette, plain = self.palette, self.palette.text
        room = min(max((cell_len(name) for name, _, _ in rows), default=0), self.width - 2 - COLUMN * len(heads))
        yield ((" " * (1 + room) + "".join(f"{head:>{COLUMN}}" for head in heads), palette.muted),)
        for name, values, remark in rows:
            numbers = [
                (number(value, signed=signed, width=COLUMN), palette.of_sign(value) if signed else plain)
                for signed, value in zip(["grad" in head for head in heads], values, strict=True)
            ]
            fits = cell_len(name) <= room
            if not fits:
                yield ((f" {name}", plain),)
            yield ((f" {name if fits else '':{room}}", plain), *numbers, (remark, palette.muted))

    def _update(self, node: int) -> Iterator[Line]:
        palette, walk, rule = self.palette, self.walk, self.scene.rule
        parameter, factor, muted = walk.parameter_of[node], walk.update.clip_factor, palette.muted
        yield ((" data  ", muted), (repr(walk.data[node]), palette.text), (" before", muted))
        yield ((" data  ", muted), (repr(walk.after[parameter]), palette.strong), (" now", muted))
        grad = walk.gradient[parameter]
        label = " g, batch grad  "
        if factor != 1.0:
            yield ((" batch grad  ", muted), (repr(grad), palette.of_sign(grad)))
            label, grad = f" g, that × {factor:.4g}  ", grad * factor
        yield ((label, muted), (repr(grad), palette.of_sign(grad)))
        for name, (before, now) in zip(rule.slots, walk.slots(parameter), strict=True):
            yield ((f" {name}  ", palette.accent), gradient(before, palette), (" → ", muted), gradient(now, palette))
        settings = self.scene.config.settings | {"lr": self.scene.config.lr_at(walk.update.step)}
        yield from self._words("with " + ", ".join(f"{name} {value:g}" for name, value in settings.items()))
        for name, expression in rule.update:
            for part in textwrap.wrap(f"{name} = {expression}", max(10, self.width - 2), subsequent_indent="    "):
                yield ((f" {part}", muted),)

    def _group(self) -> Iterator[Line]:
        """What came of several micro-steps, node by node in their order; of many, only what has a name of its own."""
        moment, scene, walk, kind = self.moment, self.scene, self.walk, self.moment.step.kind
        nodes = [step.node for step in moment.steps if step.node is not None and (kind != "visit" or step.kind == kind)]
        if kind == "visit":
            nodes = list(dict.fromkeys(arrival.operand for node in nodes for arrival in walk.arrivals(node)))
        untold = ("constant", *(UNTOLD if scene.unit != "neuron" else ()))
        told = [(scene.name(node), node) for node in nodes if scene.graph.nodes[node].role not in untold]
        if kind == "visit":
            yield from self._words("Handed on to the operands (+=); these grew:")
            yield from self._table(["grad"], [(name, [moment.grad(i)], self._to_come(i)) for name, i in told])
        elif kind == "update":
            factor = walk.update.clip_factor
            clipped = "" if factor == 1.0 else f" × {factor:.4g}"
            yield from self._words(f"{scene.rule.title} moved each by its own batch grad{clipped}:")
            old = [(name, i, walk.parameter_of[i]) for name, i in told]
            rows = [(name, [walk.gradient[p], walk.data[i], walk.after[p]], "") for name, i, p in old]
            yield from self._table(["batch grad", "before", "now"], rows)
        else:
            yield from self._words("Computed, operands first:")
            yield from self._table(["data"], [(name, [walk.data[i]], "") for name, i in told])

    def _to_come(self, node: int) -> str:
        """How much of the node's gradient has arrived, where it is not all."""
        arrived, of = self.moment.arrived(node)
        return "" if arrived == of else f"  {arrived} of {of} so far"
