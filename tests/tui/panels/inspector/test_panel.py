"""From the keyboard: names that lead on and back, the batch's numbers, the check, the views of the parameters."""

import pytest

from engine.graph import evaluate
from engine.views.gradient_check import NUDGES, check, slope
from engine.views.queries import CheckQuery, CurvesQuery, LayersQuery, MapQuery, ProbeQuery, TrailQuery, UpdateQuery
from engine.views.reader import Reader
from engine.views.trail import Trail
from tests.tui.panels.graph.test_panel import find, selected
from tests.tui.running import SIZES, Running, running
from tests.tui.support import DEFAULT, HINGE, next_update, session_of
from tui.draw.numbers import number
from tui.panels.graph.folding import Folding
from tui.panels.inspector.panel import USUAL_H
from tui.worker.messages import Draw

each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def words(run: Running, row: int) -> list[str]:
    return run.panel("inspector")[row].split()


async def filled(run: Running) -> Trail:
    """Wait until the trail is complete."""
    await run.until(lambda: (trail := run.last.part(TrailQuery)) and trail.complete, "trail")
    await run.settled()
    return run.part(TrailQuery)


@each_size
async def test_a_weight_has_its_batch_gradient_its_update_and_its_course(size: tuple[int, int]) -> None:
    async with running(size) as run:
        await find(run, "w1[3,0]")
        await run.press("S")
        trail = await filled(run)
        session = session_of(DEFAULT, 10)
        place = session.parameter_names.index("w1[3,0]")
        gradient, update = next_update(session)
        assert words(run, 2)[:3] == ["batch", "grad", repr(gradient[place])]
        assert words(run, 3)[:3] == ["next", "update", repr(update[place])]
        slots = [number(values[place], signed=True).strip() for values in session.optimizer.slots]
        assert words(run, 4) == ["slots", "m", slots[0], "v", slots[1]]
        assert (trail.parameter, trail.end) == (place, 10)
        assert trail.values[-1] == session.parameters[place]
        await run.press("2", "z")
        assert "value over the run" in "\n".join(run.panel("inspector"))


async def test_the_update_that_is_shown_is_the_one_that_comes() -> None:
    async with running() as run:
        await find(run, "b1[2]")
        data, update = float(words(run, 0)[1]), float(words(run, 3)[2])
        before = session_of(DEFAULT, 0).parameters[session_of(DEFAULT).parameter_names.index("b1[2]")]
        assert data == before
        await run.press("s")
        assert float(words(run, 0)[1]) - data == update


async def test_nothing_of_it_is_computed_for_a_node_that_is_no_parameter() -> None:
    async with running() as run:
        await find(run, "h1[3]")
        await run.press("s")
        assert not {UpdateQuery, TrailQuery, CheckQuery, LayersQuery} & run.last.parts.keys()
        await find(run, "w1[0,0]")
        assert run.last.part(UpdateQuery)
        await run.press("4", "z", "s")
        assert not {UpdateQuery, TrailQuery} & run.last.parts.keys(), "the inspector is out of sight"


async def test_going_from_node_to_node_asks_for_no_new_map() -> None:
    async with running() as run:
        asked: list[Draw] = []
        wanted = run.workbench.refresher.wanted
        run.workbench.refresher.wanted = lambda: asked.append(wanted()) or asked[-1]  # type: ignore[func-returns-value, method-assign]
        await run.press("E", "c", "down", "down")
        assert asked
        assert not any(type(query) in (MapQuery, CurvesQuery) for draw in asked for query in draw.queries)


async def test_arrows_select_a_name_and_enter_goes_there_and_back() -> None:
    async with running() as run:
        await find(run, "h1[3]")
        await run.press("2", "down", "down")
        assert any("w2[0,3]·h1[3]" in line for line in run.panel("inspector"))
        await run.press("enter")
        assert selected(run) == "w2[0,3]·h1[3]"
        assert "Inspector  w2[0,3]·h1[3]" in run.text()
        assert run.app.focused is run.workbench.inspector
        await run.press("backspace")
        assert selected(run) == "h1[3]"
        await run.press("backspace")
        assert selected(run) == "loss", "where the search began"
        await run.press("backspace")
        assert selected(run) == "loss"


@each_size
async def test_a_gradient_is_followed_from_the_loss_to_a_weight_with_arrows_and_enter_alone(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        await run.press("2")
        way = ["loss"]
        for wanted in ("logp", "p[0]", "e[0]", "logit[0]", "w2[0,3]·h1[3]", "h1[3]", "z1[3]", "w1[3,0]·x", "w1[3,0]"):
            for _ in range(30):
                said = run.workbench.inspector._said
                rows = run.workbench.inspector._names()
                node = said[rows[run.workbench.inspector._cursor]].node
                assert node is not None
                if run.workbench.graph.name_of(node) == wanted:
                    break
                await run.press("down")
            line = "".join(part for part, _ in said[rows[run.workbench.inspector._cursor]].line).split()[0]
            assert line in "\n".join(run.panel("inspector")), "the selected name is on the screen"
            way.append(wanted)
            await run.press("enter")
            assert selected(run) == wanted
        for name in reversed(way[:-1]):
            await run.press("backspace")
            assert selected(run) == name


async def test_a_reference_that_was_followed_is_a_jump_too() -> None:
    async with running() as run:
        graph = run.workbench.graph
        assert graph.outline
        await run.press("E")
        reference = next(i for i, row in enumerate(graph.outline.rows) if row.reference)
        graph._select(reference - 1)
        before = selected(run)
        await run.press("down", "enter")
        row = graph.outline.rows[graph.cursor]
        assert not row.reference
        await run.press("up", "backspace")
        assert selected(run) == graph.name_of(row.node)
        assert before != selected(run)


async def test_a_search_that_was_called_off_is_no_jump() -> None:
    async with running() as run:
        await run.press("down", "slash")
        await run.type_text("w1[7,1]")
        await run.press("escape", "backspace")
        assert selected(run) == "logp"


async def test_the_jump_list_holds_in_the_graph_of_another_class() -> None:
    async with running() as run:
        await find(run, "z1[3]")
        await find(run, "w1[0,0]")
        labels = [label for _, _, label in run.workbench.dataset.splits["train"]]
        other = next(i for i, label in enumerate(labels) if label != labels[0])
        await run.hold("right_square_bracket", times=other)
        await run.press("backspace")
        assert selected(run) == "z1[3]"


async def test_a_click_selects_a_name_and_another_goes_there() -> None:
    async with running((120, 40)) as run:
        await find(run, "h1[3]")
        inspector = run.workbench.inspector
        row = next(i for i, line in enumerate(run.panel("inspector")) if "w2[1,3]·h1[3]" in line)
        await run.pilot.click(inspector, offset=(5, row + 1))
        await run.settled()
        assert selected(run) == "h1[3]"
        await run.pilot.click(inspector, offset=(5, row + 1))
        await run.settled()
        assert selected(run) == "w2[1,3]·h1[3]"


@each_size
async def test_c_checks_the_gradient_and_plus_and_minus_change_h(size: tuple[int, int]) -> None:
    async with running(size) as run:
        await find(run, "w1[3,0]")
        await run.press("S", "c")
        session = session_of(DEFAULT, 10)
        x, y, label = session.splits["train"][0]
        graph = session.graph(label)
        data, grad = evaluate(graph, session.parameters, (x, y))
        node = Folding(graph).by_name["w1[3,0]"]
        found = check(graph, label, data, node)
        assert run.last.part(CheckQuery) == found
        assert "Check  w1[3,0]" in run.text()
        assert words(run, 0)[:3] == ["probe", "grad", repr(grad[node])]
        for keys, place in ((), USUAL_H), (("plus",), USUAL_H - 1), (("minus", "minus"), USUAL_H + 1):
            await run.press(*keys)
            assert words(run, 1)[:4] == ["h", "=", f"1e-{place + 1}", repr(slope(found, place))]
        await run.hold("minus", times=40)
        assert words(run, 1)[2] == f"1e-{len(NUDGES)}"
        assert run.trainer.speed is None, "the speed is as it was"
        await run.press("c")
        assert words(run, 0)[0] == "data"
        assert run.last.part(CheckQuery) is None


async def test_the_check_follows_the_node_and_the_step() -> None:
    async with running(spec=HINGE) as run:
        await run.press("c", "down", "s")
        for _ in range(3):
            found = run.last.part(CheckQuery)
            assert found
            assert found.node == run.workbench.graph.node
            assert found.value == run.part(ProbeQuery).numbers()[0][found.node]
            assert words(run, 1)[:4] == ["h", "=", "1e-5", repr(slope(found, USUAL_H))]
            await run.press("down", "s")
        await run.press("2", "escape")
        assert words(run, 0)[0] == "data"


async def test_the_check_brings_the_inspector_where_it_is_out_of_sight() -> None:
    async with running() as run:
        await run.press("5", "c")
        assert run.app.focused is run.workbench.inspector
        assert "agree in" in run.text()
        await run.press("5", "c")
        assert "agree in" in run.text(), "it was on and out of sight"


async def test_micro_stepping_covers_a_check_and_gives_it_back() -> None:
    async with running(speed=10) as run:
        await run.press("down", "c", "m")
        assert "+ - h" not in run.text()
        run.trainer.ask()
        await run.settled()
        assert run.last.part(CheckQuery) is None, "what is not on the screen is not computed"
        await run.press("plus")
        assert run.trainer.speed == 20
        await run.press("escape")
        assert words(run, 1)[:3] == ["h", "=", "1e-5"]
        assert run.last.part(CheckQuery)
        await run.press("m", "c")
        assert words(run, 1)[:3] == ["h", "=", "1e-5"], "c shows the check, also where one waits below"


async def test_without_a_check_plus_and_minus_are_the_speed() -> None:
    async with running(speed=10) as run:
        await run.press("plus")
        assert run.trainer.speed == 20
        await run.press("minus", "minus")
        assert run.trainer.speed == 5


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_table_is_ordered_and_leads_to_the_graph(size: tuple[int, int]) -> None:
    async with running(size) as run:
        await run.press("S", "5", "right")
        session = session_of(DEFAULT, 10)
        names = session.parameter_names
        gradient, update = next_update(session)
        columns = (range(0, -len(names), -1), session.parameters, gradient, update)
        for order, column in enumerate(columns):
            assert words_of(run, 1)[0] == min(names, key=lambda name: -abs(column[names.index(name)]) if order else 0)
            place = names.index(words_of(run, 1)[0])
            assert words_of(run, 1)[1:4] == [
                number(each[place], signed=True).strip() for each in (session.parameters, gradient, update)
            ]
            await run.press("o")
        assert "↓probe" in words_of(run, 0)
        await run.press("o")
        assert words_of(run, 0)[0] == "↑name"
        await run.press("end")
        assert names[-1] in run.panel("parameters")[-1]
        await run.press("enter")
        assert selected(run) == names[-1]
        assert run.app.focused is run.workbench.graph
        await run.press("backspace")
        assert selected(run) == "loss"


def words_of(run: Running, row: int) -> list[str]:
    return run.panel("parameters")[row].split()


async def test_the_layers_summary_has_the_engines_numbers_and_comes_with_each_step() -> None:
    async with running() as run:
        await run.press("5", "left", "left")
        for step in (0, 10):
            session = session_of(DEFAULT, step)
            states = Reader(session).layer_states()
            assert run.last.part(LayersQuery) == states
            assert words_of(run, 2)[2:4] == [number(states[0].gradient).strip(), number(states[0].largest).strip()]
            await run.press("S")
        await run.press("left", "left")
        assert run.workbench.parameters.view == "matrices"
        assert run.asked(LayersQuery) is None


async def test_the_views_are_in_the_palette() -> None:
    async with running() as run:
        await run.app.run_action("in_panel('parameters', 'view(1)')", run.workbench)
        await run.settled()
        assert run.workbench.parameters.view == "table"
        assert run.app.focused is run.workbench.parameters
        await run.press("right")
        await run.app.run_action("in_panel('parameters', 'order')", run.workbench)
        await run.settled()
        assert words_of(run, 0)[0] == "↑name", "the order is the table's"


async def test_a_node_that_is_selected_again_asks_for_nothing_more() -> None:
    async with running() as run:
        await run.press("slash")
        await run.type_text("w1[0,0]")
        await run.press("enter")
        graph = run.workbench.graph
        assert graph.outline
        assert graph.node is not None
        shown = run.last
        run.workbench.inspector.inspect(graph.outline.folding, graph.node)
        await run.settled()
        assert run.last is shown, "else a micro-step of the update would ask for ever"
