"""What is said of each micro-step: complete numbers, the engine's own, in words that fit the panel."""

import re
from dataclasses import replace

import pytest

from engine.ops import OPS
from engine.run.config import Config
from engine.views.batch_update import batch_update
from engine.views.micro_steps import UNITS, Moment, Route, Walk
from engine.views.reader import Reader
from tests.tui.support import (
    ASCII,
    DEEP,
    DEFAULT,
    HINGE,
    PALETTE,
    SMALLEST,
    SQUARED,
    WIDE,
    scene_at,
    session_of,
    text,
    texts,
    walk_of,
)
from tui.draw.numbers import number
from tui.draw.text import width_of
from tui.panels.graph.folding import Folding
from tui.panels.inspector.narrate import Narrator, Scene, heading
from tui.run.spec import RunSpec

WIDTHS = (44, 60, 83)
SPECS = {"default": DEFAULT, "hinge": HINGE, "squared-error": SQUARED, "smallest": SMALLEST}
each_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


def said(scene: Scene, width: int = 60, *, folded: bool = True) -> list[str]:
    """The lines of a scene as text."""
    nodes = frozenset() if folded else frozenset(range(len(scene.graph.nodes)))
    return texts(list(Narrator(scene, Folding(scene.graph, nodes), width, PALETTE).lines()))


def words(scene: Scene) -> str:
    """All that is said as one line."""
    return " ".join(" ".join(said(scene)).split())


def moments(spec: RunSpec, kind: str) -> list[tuple[Moment, int]]:
    """The moments of a kind with their nodes."""
    walk, _ = walk_of(spec)
    steps = enumerate(walk.route.steps, start=1)
    return [(walk.at(at), step.node) for at, step in steps if step.kind == kind and step.node is not None]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("spec", [*SPECS.values(), DEEP, WIDE], ids=[*SPECS, "deep", "wide"])
def test_no_line_is_wider_than_the_panel_and_something_is_said(spec: RunSpec, unit: str) -> None:
    ends = walk_of(spec)[0].route.ends(unit)
    for position in ends[:: max(1, len(ends) // 300)]:
        scene = scene_at(position, spec, unit)
        for width in WIDTHS:
            lines = list(Narrator(scene, Folding(scene.graph), width, PALETTE).lines())
            assert lines
            assert max(map(width_of, lines)) <= width, texts(lines)
        assert all(heading(scene))


@pytest.mark.parametrize("unit", UNITS)
def test_it_is_ascii_where_that_is_asked_for(unit: str) -> None:
    for position in walk_of(DEFAULT)[0].route.ends(unit):
        scene = scene_at(position, unit=unit)
        assert all(
            ASCII.plain(text(line)).isascii() for line in list(Narrator(scene, Folding(scene.graph), 44, ASCII).lines())
        )


@each_spec
def test_a_computed_node_is_told_with_its_data_in_full(spec: RunSpec) -> None:
    for moment, node in moments(spec, "compute"):
        lines = said(scene_at(moment.position, spec))
        assert lines[0].split() == ["data", repr(moment.walk.data[node])]
        assert lines[1].startswith(" = ")


def test_a_sum_in_the_making_is_told_as_the_one_addition_that_happens() -> None:
    by_name = {scene_at(1).name(node): moment.position for moment, node in moments(DEFAULT, "compute")}
    assert "= z1[3].1 + w1[3,1]·y = " in words(scene_at(by_name["z1[3]"]))
    partial = scene_at(by_name["z1[3].1"])
    assert "= b1[3] + w1[3,0]·x = " in words(partial)
    assert "folded into z1[3]" in words(partial)
    assert "folded" not in " ".join(said(partial, folded=False))
    assert "read 3 times, so its gradient will be a sum of 3 terms" in words(scene_at(by_name["h1[3]"]))


@each_spec
def test_every_arrival_of_a_visit_is_told_with_its_factors_and_the_sum_so_far(spec: RunSpec) -> None:
    for moment, node in moments(spec, "visit"):
        lines = said(scene_at(moment.position, spec))
        arrivals = moment.walk.arrivals(node)
        assert number(moment.grad(node), signed=True).strip() in lines[0]
        for place, arrival in enumerate(arrivals):
            product, added = lines[1 + 2 * place], lines[2 + 2 * place]
            numbers = (arrival.local, arrival.upstream, arrival.contribution)
            shown = [number(value, signed=place > 0).strip() for place, value in enumerate(numbers)]
            assert product.split()[-5::2] == shown
            sums = (arrival.before, arrival.contribution, arrival.total)
            assert added.split()[-5::2] == [number(value, signed=True).strip() for value in sums]
            assert f"+= {arrival.number} of {arrival.of} " in added
            assert [product.rindex("="), product.index("×")] == [added.rindex("="), added.rindex(" + ") + 1]
        assert OPS[scene_at(1, spec).graph.nodes[node].op].why in words(scene_at(moment.position, spec))


@pytest.mark.parametrize("spec", [DEFAULT, SQUARED], ids=["adamw", "sgd"])
def test_an_update_is_told_with_the_batch_gradient_and_the_slots(spec: RunSpec) -> None:
    for moment, node in moments(spec, "update"):
        walk = moment.walk
        parameter = walk.parameter_of[node]
        scene = scene_at(moment.position, spec)
        whole = words(scene)
        assert f"data {walk.data[node]!r} before data {walk.after[parameter]!r} now" in whole
        assert f"g, batch grad {walk.gradient[parameter]!r}" in whole
        for name, (before, now) in zip(scene.rule.slots, walk.slots(parameter), strict=True):
            told = f" {name} {number(before, signed=True).strip()} → {number(now, signed=True).strip()} "
            assert told in f"{whole} "
        for name, expression in scene.rule.update:
            assert f"{name} = {expression}" in whole


def test_a_clipped_gradient_is_told_with_its_factor_and_what_the_update_uses() -> None:
    spec = replace(DEFAULT, config=Config(clip_norm=0.01, optimizer="sgd"))
    walk, _ = walk_of(spec)
    factor = f"× {walk.update.clip_factor:.4g}"
    assert f"Its norm is clipped to 0.01: the optimizer uses it {factor}." in words(scene_at(walk.route.batch_at, spec))
    for moment, node in moments(spec, "update"):
        told, grad = words(scene_at(moment.position, spec)), walk.gradient[walk.parameter_of[node]]
        used = grad * walk.update.clip_factor
        assert f"batch grad {grad!r} g, that {factor} {used!r}" in told
        assert walk.after[walk.parameter_of[node]] == walk.data[node] - 0.1 * used
    group = words(scene_at(len(walk.route.steps) - 1, spec, "layer"))
    assert f"SGD moved each by its own batch grad {factor}:" in group


def test_the_end_of_a_step_is_told_first() -> None:
    walk, _ = walk_of(DEFAULT)
    for unit in UNITS:
        assert words(scene_at(len(walk.route.steps), unit=unit)).startswith(
            "All 51 parameters have moved: step 3 is over, and step 4 comes next."
        )


def test_the_batch_is_told_with_the_probes_gradient_beside_its_own() -> None:
    walk, _ = walk_of(DEFAULT)
    scene = scene_at(walk.route.batch_at)
    assert "The same happens for the other 79 examples of the batch." in words(scene)
    assert "All 80 gradients are averaged." in words(scene)
    rows = [line.split() for line in said(scene) if re.match(r" [wb]\d\[", line)]
    assert rows == [
        [
            scene.name(node),
            number(walk.totals[node][-1], signed=True).strip(),
            number(batch, signed=True).strip(),
        ]
        for node, batch in zip(scene.graph.parameters, walk.gradient, strict=True)
    ]


def test_a_batch_of_the_probe_alone_has_no_other_examples() -> None:
    spec = replace(DEFAULT, config=replace(DEFAULT.config, batch_size=1))
    session = session_of(spec)
    session.chooser.select("train", session.batch()[0])
    probe = Reader(session).probe()
    walk = Walk(Route(session.graph(probe.label)), session.parameters, probe.point, batch_update(session))
    scene = Scene(walk.at(walk.route.batch_at), "node", probe, spec.config)
    assert "The probe is all of the batch: its gradient is the batch's." in words(scene)


def test_a_penalty_is_mentioned_where_there_is_one() -> None:
    walk, _ = walk_of(SQUARED)
    assert "averaged, and the L2 penalty's is added" in words(scene_at(walk.route.batch_at, SQUARED))
    both = replace(SQUARED, config=replace(SQUARED.config, l1=0.01))
    assert "averaged, and the L2 and the L1 penalty's is added" in words(scene_at(walk.route.batch_at, both))


def test_an_update_is_told_with_the_settings_of_its_step() -> None:
    spec = replace(DEFAULT, config=Config(optimizer="rmsprop", schedule="step", decay_steps=1, decay_factor=0.1))
    walk, _ = walk_of(spec)
    told = words(scene_at(len(walk.route.steps) - 1, spec))
    assert "with lr 0.0001, alpha 0.99, eps 1e-08, momentum 0" in told


@pytest.mark.parametrize("split", ["val", "test"])
def test_a_probe_outside_the_batch_is_said_to_be_outside(split: str) -> None:
    walk, _ = walk_of(DEFAULT, split)
    for position in (1, walk.route.batch_at):
        assert f"The probe, {split} 0, is not in the batch" in words(scene_at(position, split=split))
    assert "for the 80 examples of the batch" in words(scene_at(walk.route.batch_at, split=split))


def test_a_probe_of_another_minibatch_takes_no_part_in_this_one() -> None:
    spec = replace(DEFAULT, config=replace(DEFAULT.config, batch_size=8))
    session = session_of(spec, 3)
    inside = session.batch()[0]
    outside = next(index for index in range(80) if index not in session.batch())
    for index, says in ((inside, "is one of the 8 examples of the batch"), (outside, "is not in the batch")):
        session.chooser.select("train", index)
        probe = Reader(session).probe()
        update = batch_update(session)
        walk = Walk(Route(session.graph(probe.label)), list(session.parameters), probe.point, update)
        config = spec.config
        assert f"The probe, train {index}, {says}" in words(Scene(walk.at(1), "node", probe, config))
        others = "the other 7 examples" if index == inside else "the 8 examples"
        assert f"for {others} of the batch" in words(Scene(walk.at(walk.route.batch_at), "node", probe, config))


def test_headings_are_words() -> None:
    def headings(unit: str) -> list[str]:
        ends = walk_of(DEFAULT)[0].route.ends(unit)
        return [" ".join(heading(scene_at(position, unit=unit))) for position in ends]

    assert headings("node")[:4] == ["zero the gradients", "x is set", "y is set", "w1[0,0]·x is computed"]
    assert headings("neuron")[1:3] == ["the inputs forward", "neuron h1[0] forward"]
    assert headings("phase") == [
        "zero the gradients",
        "the network forward",
        "the loss forward",
        "the graph backward",
        "batch the other examples",
        "all parameters update",
    ]
    assert headings("layer") == [
        "zero the gradients",
        "the inputs forward",
        "layer 1 forward",
        "layer 2 forward",
        "the loss forward",
        "the loss backward",
        "layer 2 backward",
        "layer 1 backward",
        "batch the other examples",
        "layer 1 update",
        "layer 2 update",
    ]


def test_a_neuron_going_backwards_tells_what_its_operands_have_by_now() -> None:
    walk, _ = walk_of(DEFAULT)
    scenes = [scene_at(position, unit="neuron") for position in walk.route.ends("neuron")]
    scene = next(scene for scene in scenes if heading(scene) == ("neuron h1[3]", "backward"))
    rows = {line.split()[0]: line.split()[1:] for line in said(scene) if line.startswith(" ")}
    names = {scene.name(node): node for node in range(len(scene.graph.nodes))}
    assert rows["w1[3,0]"] == [number(walk.totals[names["w1[3,0]"]][-1], signed=True).strip()]
    assert rows["x"][1:] == ["5", "of", "8", "so", "far"]
    assert rows["x"][0] == number(scene.moment.grad(names["x"]), signed=True).strip()
