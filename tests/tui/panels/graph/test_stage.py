"""How far a node is: a mark for each stage, numbers only where they are, running sums in folded ones."""

import math

import pytest

from engine.graph import Graph
from engine.views.micro_steps import Moment
from tests.tui.support import DEFAULT, PALETTE, PALETTES, scene_at, walk_of
from tui.draw.numbers import WIDTH, number
from tui.draw.palette import Palette
from tui.panels.graph.folding import Folding
from tui.panels.graph.stage import CHANGED, HERE, PENDING, UNFINISHED, Stage, at_moment, finished


def graph() -> Graph:
    return walk_of(DEFAULT)[0].route.graph


def node_of(name: str) -> int:
    return next(index for index, node in enumerate(graph().nodes) if node.name == name)


def after(kind: str, name: str) -> Moment:
    """The moment at which something of a kind has just happened at a node."""
    walk, _ = walk_of(DEFAULT)
    steps = enumerate(walk.route.steps, start=1)
    return walk.at(next(at for at, step in steps if step.kind == kind and step.node == node_of(name)))


def stage(moment: Moment, name: str, *, here: str = "", folded: bool = True, palette: Palette = PALETTE) -> Stage:
    unfolded = frozenset() if folded else frozenset(range(len(graph().nodes)))
    return at_moment(Folding(graph(), unfolded), node_of(name), node_of(here) if here else None, moment, palette)


def test_what_is_to_come_has_a_dot_and_no_number() -> None:
    shown = stage(scene_at(1).moment, "h1[3]")
    assert (shown.mark[0], shown.data[0].strip(), shown.grad[0].strip()) == (" ", PENDING, "0")
    assert shown.is_pending


def test_the_present_node_and_what_it_changed_have_marks_that_need_no_colour() -> None:
    moment = after("visit", "w2[0,3]·h1[3]")
    assert stage(moment, "w2[0,3]·h1[3]", here="w2[0,3]·h1[3]").mark[0] == HERE
    for name in ("w2[0,3]", "h1[3]"):
        shown = stage(moment, name)
        assert shown.mark[0] == CHANGED
        assert shown.grad[1].bold
        assert not shown.data[1].bold
    assert stage(moment, "b2[0]").mark[0] == " "


def test_an_unfinished_gradient_is_marked_and_shows_the_sum_so_far() -> None:
    moment = after("visit", "w2[1,3]·h1[3]")
    later = moment.walk.at(moment.position + 1)
    shown = stage(later, "h1[3]")
    assert later.arrived(node_of("h1[3]")) == (2, 3)
    assert shown.mark[0] == UNFINISHED
    assert shown.grad[0] == number(later.walk.totals[node_of("h1[3]")][1], signed=True)


def test_a_folded_sum_shows_as_much_as_is_computed() -> None:
    moment = after("compute", "z1[3].1")
    data = moment.walk.data[node_of("z1[3].1")]
    shown = stage(moment, "z1[3]", here="z1[3]")
    assert (shown.mark[0], shown.data[0]) == (HERE, number(data))
    assert shown.is_pending
    assert stage(moment.walk.at(moment.position + 1), "z1[3]").mark[0] == UNFINISHED
    assert stage(moment, "z1[3]", folded=False).data[0].strip() == PENDING
    done = stage(after("compute", "z1[3]"), "z1[3]")
    assert done.data[0] == number(moment.walk.data[node_of("z1[3]")])
    assert done.data[1].bold
    assert not done.is_pending


def test_from_the_batch_on_only_parameters_have_a_gradient() -> None:
    walk, _ = walk_of(DEFAULT)
    moment = walk.at(walk.route.batch_at)
    weight, unit = stage(moment, "w1[3,0]"), stage(moment, "h1[3]")
    assert weight.grad[0] == number(walk.gradient[walk.parameter_of[node_of("w1[3,0]")]], signed=True)
    assert weight.mark[0] == CHANGED
    assert (unit.grad[0].strip(), unit.slope) == (PENDING, 0.0)


def test_an_updated_parameter_has_its_new_value() -> None:
    moment = after("update", "w1[3,0]")
    shown = stage(moment, "w1[3,0]")
    assert shown.data[0] == number(moment.walk.after[moment.walk.parameter_of[node_of("w1[3,0]")]])
    assert shown.data[1].bold
    assert not shown.grad[1].bold


@pytest.mark.parametrize("palette", PALETTES, ids=lambda p: f"{p.depth}{'-dark' * p.dark}{'-ascii' * p.ascii_only}")
def test_every_cell_is_eight_wide_in_every_look(palette: Palette) -> None:
    walk, _ = walk_of(DEFAULT)
    for position in range(0, len(walk.route.steps) + 1, 7):
        for name in ("loss", "z1[3]", "w1[3,0]", "x"):
            shown = stage(walk.at(position), name, palette=palette)
            assert (len(shown.mark[0]), len(shown.data[0]), len(shown.grad[0])) == (1, WIDTH, WIDTH)
            assert all(mark.isascii() for mark in (palette.plain(shown.mark[0]), palette.plain(shown.data[0]))) or (
                not palette.ascii_only
            )


def test_marks_stay_apart_in_ascii() -> None:
    plain = Palette(ascii_only=True).plain
    assert len({plain(mark) for mark in (HERE, CHANGED, UNFINISHED, " ")}) == 4


def test_numbers_that_are_none_are_in_the_colour_of_an_alert() -> None:
    shown = finished(math.nan, math.inf, PALETTE)
    assert shown.data[1] == shown.grad[1] == PALETTE.alert
