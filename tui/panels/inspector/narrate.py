"""What the inspector says while micro-stepping: what happened just now, with which numbers, and why.

It stands apart from `explain`, which speaks of a node when the step is over and everything is known.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
from tui.panels.inspector.explain import LEAVES, equation, formula, gradient, name_width
from tui.panels.network import penalty_mark

ZERO = "Step {step} begins: every gradient is set to 0, because backward only ever adds to it (+=)."
BEGINS = "What is not computed yet shows as · in the graph."
TAKES_PART = "The probe, {probe}, is one of the {batch} examples of the batch."
IS_APART = "The probe, {probe}, is not in the batch: its walk is shown, but the update is made without it."
READERS = "It is read {count} times, so its gradient will be a sum of {count} terms."
SEED = "d loss / d loss = 1. From here the gradients go backwards, from each node to its operands."
SAME = "The same happens for {others}. {whose} gradients are averaged{penalty}."
ALONE = "The probe is all of the batch: its gradient is the batch's{penalty}."
NOW_BATCH = "The grad column is now the batch grad: what the optimizer uses."
CLIPPED = (
    "The grad column is now the batch grad. Its norm is clipped to {norm:g}: the optimizer uses it × {factor:.4g}."
)
COMPUTED = "Computed, operands first:"
GREW = "Handed on to the operands (+=); these grew:"
UPDATED = "{rule} moved each by its own batch grad{clipped}:"
UNTOLD = ("constant", "product", "partial")
UNTOLD_IN_NEURON = ("constant",)
COLUMN = 11
"""Cells of a column of numbers."""
LAST = "All {count} parameters have moved: step {step} is over, and step {next} comes next."


@dataclass(frozen=True, slots=True)
class Scene:
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
        layers = self.moment.walk.route.places.layers
        if self.unit == "phase":
            return WHOLE[step.phase]
        if step.layer > layers:
            return "the loss"
        if step.layer == 0:
            return "the inputs"
        if self.unit == "neuron":
            top = list(self.moment.walk.route.places.members)[step.neuron]
            return f"neuron {self.name(self.moment.walk.route.places.members[top][-1])}"
        return f"layer {step.layer}"


WHOLE = {"forward": "the network", "loss": "the loss", "backward": "the graph", "update": "all parameters"}
"""What a phase goes through."""
DOINGS = {"input": "is set", "compute": "is computed", "seed": "starts the backward pass", "visit": "backward visit"}


def heading(scene: Scene) -> tuple[str, str]:
    """The node or the group of nodes that is meant, and what happened there."""
    step = scene.moment.step
    if step.kind == "zero":
        return "zero", "the gradients"
    if step.kind == "batch":
        return "batch", "the other examples"
    if len(scene.moment.steps) > 1:
        return scene.place(step), "forward" if step.phase in ("forward", "loss") else step.phase
    if step.kind == "update":
        return scene.name(step.node or 0), "update"
    return scene.name(step.node or 0), DOINGS[step.kind]


def narrate(scene: Scene, folding: Folding, width: int, palette: Palette) -> list[Line]:
    """The lines about a moment, each at most `width` cells; `folding` is how the graph is displayed beside them."""
    return list(Narrator(scene, folding, width, palette).lines())


class Narrator:
    """Writes the lines for one scene at one width."""

    def __init__(self, scene: Scene, folding: Folding, width: int, palette: Palette) -> None:
        self.scene, self.folding, self.width, self.palette = scene, folding, width, palette
        self.moment, self.walk = scene.moment, scene.moment.walk

    def lines(self) -> Iterator[Line]:
        """All there is to say."""
        step = self.moment.step
        if self.moment.position == len(self.walk.route.steps):
            now = self.walk.update.step
            yield from self._words(LAST.format(count=len(self.walk.after), step=now, next=now + 1), strong=True)
        if step.kind == "zero":
            yield from self._zero()
        elif step.kind == "batch":
            yield from self._batch()
        elif len(self.moment.steps) > 1:
            yield from self._group()
        elif step.node is not None:
            writers = {
                "input": self._input, "compute": self._compute, "seed": self._seed,
                "visit": self._visit, "update": self._update,
            }  # fmt: skip
            yield from writers[step.kind](step.node)

    def _words(self, text: str, *, strong: bool = False) -> Iterator[Line]:
        yield from sentence(text, self.width, self.palette.text if strong else self.palette.muted, hyphens=False)

    def _zero(self) -> Iterator[Line]:
        yield from self._words(ZERO.format(step=self.walk.update.step), strong=True)
        yield from self._words(BEGINS)
        yield from self._part()

    def _part(self) -> Iterator[Line]:
        split, index = self.scene.probe.split, self.scene.probe.index
        probe = f"{split} {index}" if split in SPLITS else f"a {split} point"
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
        readers = len(self.walk.route.arrivals_at[node])
        if readers > 1:
            yield from self._words(READERS.format(count=readers))
        yield from self._stands_for(node)

    def _stands_for(self, node: int) -> Iterator[Line]:
        shown = self.folding.shown_reader(node)
        if shown != node:
            yield from self._words(f"In the graph it is folded into {self.scene.name(shown)} (f there unfolds it).")

    def _seed(self, node: int) -> Iterator[Line]:
        yield ((" grad  ", self.palette.muted), ("1.0", self.palette.strong))
        yield from self._words(SEED, strong=True)

    def _visit(self, node: int) -> Iterator[Line]:
        palette = self.palette
        grad = self.moment.grad(node)
        yield (
            (" grad ", palette.muted),
            (number(grad, signed=True).strip(), palette.of_sign(grad)),
            (", complete; to its operands:", palette.muted),
        )
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
        scene, update = self.scene, self.walk.update
        count = len(update.batch) - scene.takes_part
        others = f"the {'other ' if scene.takes_part else ''}{count} example{'s' if count != 1 else ''} of the batch"
        whose = f"All {len(update.batch)}" if scene.takes_part else "Their"
        added = penalty_mark(scene.config).lstrip("+").replace("+", " and the ")
        penalty = f", and the {added} penalty's is added" if added else ""
        same = SAME if count else ALONE
        yield from self._words(same.format(others=others, whose=whose, penalty=penalty), strong=True)
        factor = update.clip_factor
        said = NOW_BATCH if factor == 1.0 else CLIPPED.format(norm=scene.config.clip_norm, factor=factor)
        yield from self._words(said)
        if not scene.takes_part:
            yield from self._part()
        yield ((" batch loss  ", self.palette.muted), (repr(update.loss), self.palette.strong))
        rows = [
            (scene.name(node), [self.walk.totals[node][-1], batch], "")
            for node, batch in zip(scene.graph.parameters, self.walk.gradient, strict=True)
        ]
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
                yield ((f" {name}", palette.text),)
            yield ((f" {name if fits else '':{room}}", palette.text), *numbers, (remark, palette.muted))

    def _update(self, node: int) -> Iterator[Line]:
        palette, walk, rule = self.palette, self.walk, self.scene.rule
        parameter = walk.parameter_of[node]
        old, new = walk.data[node], walk.after[parameter]
        yield ((" data  ", palette.muted), (repr(old), palette.text), (" before", palette.muted))
        yield ((" data  ", palette.muted), (repr(new), palette.strong), (" now", palette.muted))
        grad = walk.gradient[parameter]
        factor = walk.update.clip_factor
        if factor != 1.0:
            yield ((" batch grad  ", palette.muted), (repr(grad), palette.of_sign(grad)))
            grad *= factor
        label = " g, batch grad  " if factor == 1.0 else f" g, that × {factor:.4g}  "
        yield ((label, palette.muted), (repr(grad), palette.of_sign(grad)))
        for name, (before, now) in zip(rule.slots, walk.slots(parameter), strict=True):
            was, has = gradient(before, palette), gradient(now, palette)
            yield ((f" {name}  ", palette.accent), was, (" → ", palette.muted), has)
        settings = self.scene.config.settings | {"lr": self.scene.config.lr_at(walk.update.step)}
        yield from self._words("with " + ", ".join(f"{name} {value:g}" for name, value in settings.items()))
        for name, expression in rule.update:
            for part in textwrap.wrap(f"{name} = {expression}", max(10, self.width - 2), subsequent_indent="    "):
                yield ((f" {part}", palette.muted),)

    def _group(self) -> Iterator[Line]:
        """What came of several micro-steps, node by node in their order; of many, only what has a name of its own."""
        moment, scene, walk = self.moment, self.scene, self.walk
        all_of_them = scene.unit == "neuron"
        nodes = [step.node for step in moment.steps if step.node is not None]
        if moment.step.kind == "visit":
            visits = [step.node for step in moment.steps if step.kind == "visit" and step.node is not None]
            nodes = list(dict.fromkeys(arrival.operand for node in visits for arrival in walk.arrivals(node)))
        told = [
            node for node in nodes if scene.graph.nodes[node].role not in (UNTOLD_IN_NEURON if all_of_them else UNTOLD)
        ]
        if moment.step.kind == "visit":
            yield from self._words(GREW)
            yield from self._table(["grad"], [(scene.name(i), [moment.grad(i)], self._to_come(i)) for i in told])
        elif moment.step.kind == "update":
            factor = walk.update.clip_factor
            clipped = "" if factor == 1.0 else f" × {factor:.4g}"
            yield from self._words(UPDATED.format(rule=scene.rule.title, clipped=clipped))
            old = [(i, walk.parameter_of[i]) for i in told]
            rows = [(scene.name(i), [walk.gradient[p], walk.data[i], walk.after[p]], "") for i, p in old]
            yield from self._table(["batch grad", "before", "now"], rows)
        else:
            yield from self._words(COMPUTED)
            yield from self._table(["data"], [(scene.name(i), [walk.data[i]], "") for i in told])

    def _to_come(self, node: int) -> str:
        """How much of the node's gradient has arrived, where it is not all."""
        number_, of = self.moment.arrived(node)
        return "" if number_ == of else f"  {number_} of {of} so far"
