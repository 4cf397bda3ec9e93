"""Micro-stepping from the keyboard: through a step, back again, and over its borders."""

from dataclasses import replace

import pytest

from engine.run.config import Config
from engine.run.session import Session
from engine.views.micro_steps import UNITS, Route
from engine.views.reader import Reader
from tests.tui.running import SIZES, Running, running
from tests.tui.support import DEFAULT, HINGE, SMALLEST, SQUARED, session_of
from tui.draw.numbers import number
from tui.run.spec import RunSpec

each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
SMALL = RunSpec(dataset="moons", config=Config(hidden=(2,), optimizer="sgd", weight_decay=0.01))


def route_of(session: Session) -> Route:
    """The micro-steps of the first train example."""
    return Route(session.graph(session.splits["train"][0][2]))


def position(run: Running) -> tuple[int, int]:
    """(position, number of micro-steps) that the header tells."""
    here, _, of = run.rows()[0].partition("micro ")[2].split()[0].partition("/")
    return int(here), int(of)


def picture(run: Running) -> list[str]:
    """The graph and the inspector as they stand on the screen, the numbers of a scrolled tree included."""
    graph = run.workbench.graph
    assert graph.outline
    moment = graph.moment
    assert moment
    nodes = range(len(graph.outline.folding.graph.nodes))
    return [*map(repr, map(moment.data, nodes)), *map(repr, map(moment.grad, nodes)), *run.panel("inspector")]


def row(run: Running, name: str) -> str:
    """The row of a node in the graph panel, its mark in front."""
    rows = [row for row in run.panel("graph") if f" {name} " in row and "↩" not in row]
    assert len(rows) == 1, run.text()
    return rows[0]


def shown_parameters(run: Running) -> list[str]:
    """Every parameter as the graph has it, bit for bit."""
    moment = run.workbench.graph.moment
    assert moment
    values = [moment.data(node) for node in moment.walk.route.graph.parameters]
    return [value.hex() for value in values if value is not None]


def exact(session: Session) -> list[str]:
    return [value.hex() for value in session.parameters]


def narrow(spec: RunSpec) -> RunSpec:
    """The run with two hidden units: a step of few micro-steps of every kind."""
    return replace(spec, config=replace(spec.config, hidden=(2,)))


@pytest.mark.parametrize(
    "spec", [SMALL, narrow(SQUARED), narrow(HINGE), SMALLEST], ids=["penalty", "squared", "hinge", "smallest"]
)
async def test_arrow_keys_walk_through_a_step_undo_it_and_cross_into_the_next(spec: RunSpec) -> None:
    session = session_of(spec)
    last = len(route_of(session).steps)
    async with running((80, 24), spec) as run:
        await run.press("m")
        assert position(run) == (1, last)
        forth = [picture(run)]
        assert shown_parameters(run) == exact(session)
        for _ in range(last - 1):
            await run.press("right")
            forth.append(picture(run))
        assert position(run) == (last, last)
        assert run.step == 0
        session.step()
        assert shown_parameters(run) == exact(session)
        await run.press("right")
        assert (run.step, position(run)) == (1, (1, last))
        assert shown_parameters(run) == exact(session)
        back = []
        for _ in range(last):
            await run.press("left")
            back.append(picture(run))
        assert back == forth[::-1]
        assert (run.step, position(run)) == (0, (1, last))
        assert shown_parameters(run) == exact(session_of(spec))


async def test_a_key_that_is_held_down_goes_through_several_steps_exactly() -> None:
    last = len(route_of(session_of(SMALL)).steps)
    async with running((80, 24), SMALL) as run:
        await run.press("m")
        await run.hold("full_stop", times=2 * last + 4)
        await run.until(lambda: run.step == 2 and position(run) == (5, last), "two steps on")
        assert shown_parameters(run) == exact(session_of(SMALL, 2))
        await run.hold("comma", times=2 * last)
        await run.until(lambda: run.step == 0 and position(run) == (5, last), "two steps back")


async def test_forth_and_back_at_once_over_a_border_is_where_it_began() -> None:
    last = len(route_of(session_of(SMALL)).steps)
    async with running((80, 24), SMALL) as run:
        await run.press("m", "s")
        assert "micro" not in run.rows()[0]
        await run.press("m")
        await run.hold("comma", "full_stop", "comma", "comma", "full_stop")
        await run.until(lambda: run.step == 0 and position(run) == (last, last), "the end of the first step")
        await run.hold("full_stop", "comma")
        await run.until(lambda: run.step == 0 and position(run) == (last, last), "the same again")


async def test_before_the_run_there_is_nothing_and_it_says_so() -> None:
    async with running((80, 24), SMALL) as run:
        await run.press("comma")
        assert position(run)[0] == 1
        assert any("where the run begins" in notice for notice in run.notices())
        await run.press("comma")
        assert (run.step, position(run)[0]) == (0, 1)


async def test_back_from_an_ordinary_step_shows_the_update_that_led_there() -> None:
    last = len(route_of(session_of(SMALL)).steps)
    async with running((80, 24), SMALL) as run:
        await run.press("s", "s", "comma")
        assert (run.step, position(run)) == (1, (last, last))
        assert shown_parameters(run) == exact(session_of(SMALL, 2))


@pytest.mark.parametrize("unit", UNITS)
async def test_by_any_unit_a_whole_step_leads_to_the_next(unit: str) -> None:
    session = session_of(DEFAULT)
    ends = route_of(session).ends(unit)
    async with running() as run:
        await run.press("m", *["m"] * UNITS.index(unit))
        assert f"by {unit}:" in run.rows()[-1]
        for end in ends[1:4]:
            await run.press("right")
            assert position(run)[0] == end
        await run.hold("right", times=len(ends) - 4)
        assert position(run)[0] == ends[-1]
        await run.hold("right")
        await run.until(lambda: run.step == 1 and position(run)[0] == 1)
        session.step()
        assert shown_parameters(run) == exact(session)


async def test_the_unit_changes_where_it_stands_and_comes_round_again() -> None:
    async with running() as run:
        await run.press("m", *["right"] * 9)
        for unit in (*UNITS[1:], UNITS[0]):
            await run.press("m")
            assert f"by {unit}:" in run.rows()[-1]
            assert position(run)[0] == 10


@each_size
async def test_the_tree_shows_what_is_computed_what_is_pending_and_what_changed(size: tuple[int, int]) -> None:
    session = session_of(DEFAULT)
    probe = Reader(session).probe()
    graph, (data, _) = session.graph(probe.label), probe.numbers()
    names = {node.name: index for index, node in enumerate(graph.nodes)}
    async with running(size) as run:
        await run.press("m", "right", "right", "right")
        product = row(run, "w1[0,0]·x")
        assert product.startswith("▶")
        assert number(data[names["w1[0,0]·x"]]) in product
        assert " ".join(row(run, "z1[0]").split()).partition(" Σ 3 ")[2].startswith("· 0")
        await run.press("right")
        half = row(run, "z1[0]")
        assert half.startswith("▶"), "a partial sum shows at its Σ"
        assert number(data[names["z1[0].1"]]) in half
        await run.press("right")
        assert row(run, "z1[0]").startswith("…")


async def test_a_visit_marks_its_operands_and_tells_their_arrivals() -> None:
    session = session_of(DEFAULT)
    route = route_of(session)
    names = {node.name: index for index, node in enumerate(route.graph.nodes)}
    visit = route.visited_at[names["w2[0,3]·h1[3]"]]
    assert visit
    async with running((120, 40)) as run:
        await run.press("m")
        await run.hold("right", times=visit - 1)
        assert row(run, "w2[0,3]·h1[3]").startswith("▶")
        assert row(run, "w2[0,3]").startswith("+")
        assert row(run, "h1[3]").startswith("+")
        moment = run.workbench.graph.moment
        assert moment
        weight, unit = moment.walk.arrivals(names["w2[0,3]·h1[3]"])
        inspector = run.panel("inspector")
        assert number(weight.contribution, signed=True) in inspector[1]
        assert inspector[2].split()[:4] == ["+=", "1", "of", "1"]
        assert inspector[4].split() == [
            "+=", "3", "of", "3", number(unit.before, signed=True).strip(), "+",
            number(unit.contribution, signed=True).strip(), "=", number(unit.total, signed=True).strip(),
        ]  # fmt: skip


async def test_on_the_way_the_present_node_is_always_on_the_screen_and_nothing_in_the_header_moves() -> None:
    async with running() as run:
        await run.press("m")
        places = set()
        for _ in range(len(route_of(session_of(DEFAULT)).steps) - 1):
            await run.hold("right")
            places.add((run.rows()[0].index("micro"), run.rows()[0].index("step ")))
            assert run.workbench.graph.moment
            if run.workbench.graph.moment.visited:
                assert sum(line.startswith("▶") for line in run.panel("graph")) == 1
        assert len(places) == 1


async def test_it_says_that_the_same_happens_for_the_other_examples() -> None:
    route = route_of(session_of(DEFAULT))
    async with running() as run:
        await run.press("m")
        await run.hold("right", times=route.batch_at - 1)
        said = " ".join(line.strip() for line in run.panel("inspector"))
        assert "The same happens for the other 79 examples of the batch" in said
        assert run.panel("graph")[0].split() == ["op", "data", "batch"]


async def test_it_says_when_the_probe_is_not_in_the_batch() -> None:
    async with running() as run:
        await run.press("left_square_bracket", "m")
        assert "is not in the batch" in " ".join(line.strip() for line in run.panel("inspector"))


async def test_another_probe_is_looked_at_in_the_same_place() -> None:
    async with running() as run:
        await run.press("m", *["right"] * 20)
        for _ in range(4):  # of several classes
            await run.press("right_square_bracket")
            assert position(run)[0] == 21
        assert sum(line.startswith("▶") for line in run.panel("graph")) == 1
        await run.press("right")
        assert position(run)[0] == 22


@pytest.mark.parametrize("key", ["escape", "s", "S", "space", "n"])
async def test_what_leads_elsewhere_ends_it(key: str) -> None:
    async with running(speed=1) as run:
        await run.press("s", "m", "right", "right", "right")
        opened = len(run.workbench.graph.outline.rows) if run.workbench.graph.outline else 0
        await run.hold(key)
        await run.until(lambda: "micro" not in run.rows()[0], "the end")
        assert run.workbench.graph.moment is None
        await run.press("m")
        await run.until(lambda: "micro" in run.rows()[0] and position(run)[0] == 1, "begun again")
        assert opened


async def test_resetting_ends_it_where_there_is_something_to_reset() -> None:
    async with running() as run:
        await run.press("s", "m", "right", "r")
        assert run.step == 0
        assert "micro" not in run.rows()[0]


async def test_beginning_pauses() -> None:
    async with running(playing=True) as run:
        await run.hold("m")
        await run.until(lambda: "micro" in run.rows()[0], "begun")
        assert not run.trainer.playing
        assert position(run)[0] == 1


async def test_what_was_opened_on_the_way_is_closed_in_the_end() -> None:
    async with running() as run:
        outline = run.workbench.graph.outline
        assert outline
        before = len(outline.rows)
        await run.press("m", *["right"] * 40)
        assert len(outline.rows) > before
        await run.hold("m", "m", "m", *["right"] * 3)
        await run.press("escape")
        assert len(outline.rows) == before
        assert "probe grad" in " ".join(run.panel("inspector")[1].split())


async def test_folding_goes_on_while_micro_stepping() -> None:
    async with running() as run:
        await run.press("m", *["right"] * 4)
        assert "folded into z1[0]" in " ".join(" ".join(run.panel("inspector")).split())
        await run.press("f")
        assert row(run, "z1[0].1").startswith("▶")
        assert "folded into" not in " ".join(" ".join(run.panel("inspector")).split())


async def test_a_dead_worker_ends_it_and_it_begins_again() -> None:
    async with running() as run:
        await run.press("m", "right")
        process = run.client._process
        assert process
        process.kill()
        await run.until(run.notices, "the notice")
        await run.until(lambda: "micro" not in run.rows()[0], "the end")
        await run.until(lambda: not run.trainer.waiting, "a new worker")
        await run.press("m")
        await run.until(lambda: "micro" in run.rows()[0], "begun again")
