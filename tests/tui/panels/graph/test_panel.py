"""Graph and inspector from the keyboard: what is selected, how it is found, that its numbers are the engine's."""

from collections.abc import Sequence
from typing import Any

import pytest
from textual import events

from engine.graph import evaluate
from engine.ops import OPS
from engine.run.session import Session
from engine.views.queries import ProbeQuery
from tests.tui.running import SIZES, Running, running
from tests.tui.support import DEFAULT, HINGE, SQUARED, session_of
from tui.draw.numbers import number
from tui.panels.graph.folding import Folding
from tui.panels.inspector.explain import Explainer
from tui.panels.panel import Panel
from tui.run.spec import RunSpec


def selected(run: Running) -> str:
    """The name of the selected node."""
    graph = run.workbench.graph
    assert graph.outline
    assert graph.node is not None
    return graph.outline.folding.graph.nodes[graph.node].name


def graph_row(run: Running, name: str) -> str:
    """The row of a node in the graph panel as it stands on the screen."""
    rows = [row for row in run.panel("graph") if f" {name} " in row]
    assert len(rows) == 1, run.text()
    return rows[0]


def numbers_of(session: Session, name: str) -> tuple[float, float]:
    """What the engine computes for a node of the first train example's graph."""
    x, y, label = session.splits["train"][0]
    graph = session.graph(label)
    index = next(i for i, node in enumerate(graph.nodes) if node.name == name)
    data, grad = evaluate(graph, session.parameters, (x, y))
    return data[index], grad[index]


async def find(run: Running, name: str) -> None:
    """Select a node by its name."""
    await run.press("slash")
    await run.type_text(name)
    await run.press("enter")


@pytest.mark.parametrize(
    ("size", "name"),
    [*((size, "h1[3]") for size in SIZES), *((SIZES[0], name) for name in ("loss", "w1[3,0]", "z1[7]", "x", "Σe"))],
    ids=str,
)
async def test_the_selected_nodes_numbers_are_the_engines(size: tuple[int, int], name: str) -> None:
    async with running(size) as run:
        await find(run, name)
        await run.press("S")
        await run.press("s")
        session = session_of(DEFAULT, 11)
        data, grad = numbers_of(session, name)
        assert selected(run) == name
        assert f" {number(data)} {number(grad, signed=True)}" in graph_row(run, name)
        inspector = run.panel("inspector")
        assert inspector[0].split()[:2] == ["data", repr(data)]
        assert inspector[1].split() == ["probe", "grad", repr(grad)]


@pytest.mark.parametrize(("spec", "name"), [(HINGE, "score"), (SQUARED, "error"), (SQUARED, "h1[2]")])
async def test_the_numbers_of_other_losses_are_the_engines_too(spec: RunSpec, name: str) -> None:
    async with running(spec=spec) as run:
        await find(run, name)
        await run.press("S")
        data, grad = numbers_of(session_of(spec, 10), name)
        assert [line.split()[-1] for line in run.panel("inspector")[:2]] == [repr(data), repr(grad)]


async def test_the_numbers_follow_while_it_plays() -> None:
    async with running() as run:
        await find(run, "h1[3]")
        await run.pilot.press("space")
        await run.until(lambda: run.step > 20)
        await run.press("space")
        data, grad = numbers_of(session_of(DEFAULT, run.step), "h1[3]")
        assert [line.split()[-1] for line in run.panel("inspector")[:2]] == [repr(data), repr(grad)]


async def test_arrows_select_the_inspector_follows() -> None:
    async with running() as run:
        await run.press("down")
        assert selected(run) == "logp"
        assert "Inspector  logp" in run.text()
        await run.press("down", "down", "up")
        assert selected(run) == "p[0]"
        await run.press("end")
        assert run.workbench.graph.outline
        assert run.workbench.graph.cursor == len(run.workbench.graph.outline.rows) - 1
        await run.press("home")
        assert selected(run) == "loss"
        await run.press("pagedown")
        page = run.workbench.graph.cursor
        assert page > 3
        await run.press("pageup")
        assert run.workbench.graph.cursor == 0


async def test_the_selected_row_stays_on_the_screen() -> None:
    async with running() as run:
        await run.press("E")
        for keys in (["end"], ["up"] * 12, ["home"], ["down"] * 12):
            await run.hold(*keys)
            assert f" {selected(run)} " in "\n".join(run.panel("graph"))


async def test_right_and_left_open_close_and_walk() -> None:
    async with running() as run:
        await find(run, "h1[3]")
        await run.press("right")
        assert "z1[3]" in "\n".join(run.panel("graph"))
        await run.press("right")
        assert selected(run) == "z1[3]"
        await run.press("left")
        assert selected(run) == "h1[3]"
        await run.press("left")
        assert "z1[3]" not in "\n".join(run.panel("graph"))
        await run.press("enter")
        assert "z1[3]" in "\n".join(run.panel("graph"))


@pytest.mark.parametrize("key", ["enter", "right"])
async def test_a_reference_is_followed_to_its_home(key: str) -> None:
    async with running() as run:
        graph = run.workbench.graph
        assert graph.outline
        await run.press("E")
        reference = next(i for i, row in enumerate(graph.outline.rows) if row.reference)
        await run.hold("home", *["down"] * reference)
        assert graph.outline.rows[graph.cursor].reference
        name = selected(run)
        await run.press(key)
        assert selected(run) == name
        assert not graph.outline.rows[graph.cursor].reference


async def test_a_sum_unfolds_into_its_real_additions_and_back() -> None:
    async with running((120, 40)) as run:
        await find(run, "z1[3]")
        assert " Σ 3 " in graph_row(run, "z1[3]")
        await run.press("f")
        assert " + " in graph_row(run, "z1[3]")
        assert "z1[3].1" in "\n".join(run.panel("graph"))
        data, grad = numbers_of(session_of(DEFAULT), "z1[3].1")
        assert f" {number(data)} {number(grad, signed=True)}" in graph_row(run, "z1[3].1")
        await run.press("f")
        assert " Σ 3 " in graph_row(run, "z1[3]")


async def test_everything_opens_and_closes_again() -> None:
    async with running() as run:
        graph = run.workbench.graph
        assert graph.outline
        before = len(graph.outline.rows)
        await run.press("E")
        assert len(graph.outline.rows) > 3 * before
        assert all(row.is_open is not False for row in graph.outline.rows)
        await run.press("E")
        assert any(row.is_open is False for row in graph.outline.rows)


async def test_slash_finds_while_it_is_typed_and_enter_stays() -> None:
    async with running() as run:
        await run.press("slash")
        await run.type_text("h1[5")
        assert selected(run) == "h1[5]"
        assert "h1[5" in run.rows()[-1]
        await run.press("enter")
        assert selected(run) == "h1[5]"
        assert run.app.focused is run.workbench.graph
        assert "quit" in run.rows()[-1]


async def test_the_search_says_which_of_how_many_it_shows() -> None:
    async with running() as run:
        await run.press("slash")
        await run.type_text("w1[")
        assert run.rows()[-1].rstrip().endswith("1 of 32 ↑ ↓")
        await run.press("up")
        assert run.rows()[-1].rstrip().endswith("32 of 32 ↑ ↓")
        await run.type_text("qq")
        assert run.rows()[-1].rstrip().endswith("no match")
        await run.press("enter")
        assert run.rows()[-1].rstrip().endswith("no match"), "it stays to be mended"
        await run.press("escape")
        assert "quit" in run.rows()[-1]


async def test_up_and_down_go_through_the_matches() -> None:
    async with running() as run:
        await run.press("slash")
        await run.type_text("w1[")
        first = selected(run)
        await run.press("down")
        second = selected(run)
        assert first != second
        assert second.startswith("w1[")
        await run.press("up")
        assert selected(run) == first
        await run.press("up")
        assert selected(run) not in (first, second)


async def test_escape_returns_to_what_was_selected() -> None:
    async with running() as run:
        await run.press("down", "down")
        before = selected(run)
        await run.press("slash")
        await run.type_text("w1[7,1]")
        assert selected(run) == "w1[7,1]"
        await run.press("escape")
        assert selected(run) == before
        assert run.app.focused is run.workbench.graph


async def test_a_text_that_no_name_has_selects_nothing_else() -> None:
    async with running() as run:
        before = selected(run)
        await run.press("slash")
        await run.type_text("qqq")
        assert selected(run) == before


async def test_letters_that_are_typed_are_not_commands() -> None:
    async with running() as run:
        await run.press("slash")
        await run.type_text("sSrnq zyt12")
        assert run.workbench.prompt.value == "sSrnq zyt12"
        assert run.step == 0
        assert not run.trainer.playing
        assert run.app.is_running
        await run.press("escape")
        await run.press("s")
        assert run.step == 1


async def test_what_is_typed_right_behind_a_slash_belongs_to_the_search() -> None:
    async with running() as run:
        await run.hold("slash", "h", "1", "s")
        assert run.workbench.prompt.value == "h1s"
        assert run.step == 0


async def test_find_works_from_any_panel_and_any_zoom() -> None:
    async with running() as run:
        await run.press("4", "z")
        await find(run, "w1[0,1]")
        assert selected(run) == "w1[0,1]"
        assert run.app.focused is run.workbench.graph
        assert "w1[0,1]" in "\n".join(run.panel("graph"))


async def test_the_search_line_stays_at_the_bottom_when_the_screen_changes() -> None:
    async with running((120, 40)) as run:
        await run.press("slash")
        await run.type_text("h1")
        for width, height in ((80, 24), (40, 10), (200, 60)):
            await run.resize(width, height)
            await run.settled()
            region = run.workbench.prompt.region
            assert (region.x, region.y, region.height) == (0, height - 1, 1)
            assert width // 2 < region.width < width  # the rest says which match it is


async def test_the_search_survives_the_loss_of_the_terminals_focus() -> None:
    async with running() as run:
        await run.press("slash")
        await run.type_text("h1")
        run.app.post_message(events.AppBlur())
        await run.settled()
        run.app.post_message(events.AppFocus())
        await run.settled()
        assert run.workbench.prompt.display
        assert run.app.focused is run.workbench.prompt
        await run.type_text("[5")
        assert selected(run) == "h1[5]"


async def test_tab_leaves_the_search_for_a_panel() -> None:
    async with running() as run:
        await run.press("slash")
        await run.press("tab")
        assert not run.workbench.prompt.display
        assert isinstance(run.app.focused, Panel)
        assert "quit" in run.rows()[-1]


async def test_the_next_probe_is_the_next_example_and_the_last_is_before_the_first() -> None:
    async with running() as run:
        splits = run.workbench.dataset.splits
        for key, expected in (
            ("right_square_bracket", ("train", 1)),
            ("left_square_bracket", ("train", 0)),
            ("left_square_bracket", ("test", len(splits["test"]) - 1)),
            ("right_square_bracket", ("train", 0)),
        ):
            await run.press(key)
            probe = run.last.part(ProbeQuery)
            assert probe
            assert (probe.split, probe.index) == expected
            x, y, _ = splits[probe.split][probe.index]
            assert f"{probe.split} {probe.index} ({x:+.2f}, {y:+.2f})" in run.text()


async def test_a_held_probe_key_counts_every_press() -> None:
    async with running() as run:
        await run.hold("right_square_bracket", times=25)
        assert (run.part(ProbeQuery).split, run.part(ProbeQuery).index) == ("train", 25)


async def test_what_is_open_unfolded_and_selected_stays_so_with_another_class() -> None:
    async with running((120, 40)) as run:
        await find(run, "z1[3]")
        await run.press("f")
        labels = [label for _, _, label in run.workbench.dataset.splits["train"]]
        other = next(i for i, label in enumerate(labels) if label != labels[0])
        await run.hold("right_square_bracket", times=other)
        assert run.part(ProbeQuery).label != labels[0]
        assert selected(run) == "z1[3]"
        assert "z1[3].1" in "\n".join(run.panel("graph"))


async def test_after_a_change_of_class_the_inspector_has_the_new_graphs_numbers() -> None:
    async with running() as run:
        await find(run, "logp")
        labels = [label for _, _, label in run.workbench.dataset.splits["train"]]
        other = next(i for i, label in enumerate(labels) if label != labels[0])
        await run.hold("right_square_bracket", times=other)
        session = session_of(DEFAULT)
        x, y, label = session.splits["train"][other]
        graph = session.graph(label)
        data, grad = evaluate(graph, session.parameters, (x, y))
        name = selected(run)
        index = next(i for i, node in enumerate(graph.nodes) if node.name == name)
        assert [line.split()[-1] for line in run.panel("inspector")[:2]] == [repr(data[index]), repr(grad[index])]


async def test_the_inspector_never_mixes_one_graphs_nodes_with_anothers_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[bool] = []

    def checked(folding: Folding, index: int, data: Sequence[float], *rest: Any) -> Explainer:
        loss = folding.graph.nodes[folding.by_name["logp"]]
        drawn.append(OPS[loss.op].compute([data[i] for i in loss.operands], loss.k) == data[folding.by_name["logp"]])
        return Explainer(folding, index, data, *rest)

    async with running() as run:
        monkeypatch.setattr("tui.panels.inspector.panel.Explainer", checked)
        for _ in range(6):
            await run.press("right_square_bracket")
    assert len(drawn) >= 6
    assert all(drawn)


async def test_a_click_selects_and_the_wheel_scrolls() -> None:
    async with running() as run:
        graph = run.workbench.graph
        await run.pilot.click(graph, offset=(10, 5))
        await run.settled()
        assert graph.cursor == 3
        await run.pilot.click(graph, offset=(10, graph.size.height - 1))
        await run.settled()
        assert graph.cursor == 3, "the frame is no row"
        graph.post_message(wheel(graph.size.height // 2))
        await run.settled()
        assert graph.cursor > 3


def wheel(y: int) -> events.MouseScrollDown:
    return events.MouseScrollDown(None, 5, y, 0, 1, 0, False, False, False)


async def test_the_inspector_scrolls_to_its_last_line() -> None:
    async with running() as run:
        await find(run, "h1[3]")
        await run.press("2", "end")
        assert run.panel("inspector")[-1].strip()
        assert "1." in "\n".join(run.panel("inspector"))
        await run.press("home")
        assert "data" in run.panel("inspector")[0]
        await run.hold("down", times=100)
        await run.hold("up", times=100)
        assert "data" in run.panel("inspector")[0]
