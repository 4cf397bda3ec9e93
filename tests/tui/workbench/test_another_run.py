"""Another run in the place of this one, whatever the screen had asked of the old network."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events

from engine.run.config import Config
from engine.views.queries import CheckQuery, TrailQuery
from tests.tui.running import Running, running
from tui.panels.panel import Panel
from tui.run.spec import RunSpec

LARGE = RunSpec(dataset="blobs", points=12, classes=3, config=Config(hidden=(2, 2)), backend="python")
SMALL = RunSpec(dataset="xor", points=12, config=Config(hidden=(2,)), backend="python")


async def begin(run: Running, spec: RunSpec) -> None:
    """Another run, as the settings and the files begin it."""
    run.workbench.use_run(spec, None)
    await run.until(lambda: run.trainer.last and run.last.number == run.trainer._number, "its first snapshot")
    await run.settled()


async def select(run: Running, name: str) -> None:
    """Go to a node as its name is typed."""
    run.workbench.graph.go_to_name(name)
    await run.handled()
    assert run.workbench.graph.node is not None
    assert run.workbench.graph.name_of(run.workbench.graph.node) == name


def one_of_each(run: Running) -> list[str]:
    """Every parameter, and the last node of every other role."""
    assert run.workbench.graph.outline
    graph = run.workbench.graph.outline.folding.graph
    last = {node.role: node.name for node in graph.nodes if node.role not in ("constant", "product", "partial")}
    return list(dict.fromkeys([*run.workbench.graph.parameter_names, *last.values()]))


@pytest.mark.parametrize("checking", [False, True], ids=["trail", "check"])
async def test_a_smaller_network_is_opened_whatever_node_of_the_old_one_is_inspected(checking: bool) -> None:
    async with running((120, 40), LARGE) as run:
        if checking:
            await run.press("c")
        for name in one_of_each(run)[checking * (len(run.last.checkpoint.parameters) - 1) :]:
            await select(run, name)
            await run.until(lambda: not run.trainer.waiting)
            assert bool(run.asked(CheckQuery)) == checking
            await begin(run, SMALL)
            assert not run.notices(), name
            assert run.workbench.graph.outline
            assert len(run.workbench.graph.parameter_names) == len(run.last.checkpoint.parameters)
            await begin(run, LARGE)


@pytest.mark.parametrize(
    "keys",
    [
        ("3", "v", "v", *("u",) * 5),
        ("3", *("v",) * 4),
        ("5", "v", "v"),
        ("m", *("right",) * 9),
        ("m", "m", *("right",) * 3, "left"),
        ("5", "v"),
    ],
    ids=["unit", "layer", "outcomes", "nodes", "units", "layers"],
)
@pytest.mark.parametrize("playing", [False, True], ids=["paused", "playing"])
async def test_a_smaller_network_is_opened_from_every_view_of_the_old_one(keys: tuple[str, ...], playing: bool) -> None:
    async with running((200, 60), LARGE, playing=playing, speed=100) as run:
        await run.press(*keys)
        for spec in (SMALL, replace(SMALL, config=replace(SMALL.config, hidden=())), LARGE):
            await begin(run, spec)
            assert not run.notices()
            assert not run.workbench.micro_stepping.on


async def test_what_is_selected_stays_so_by_name_in_a_run_that_has_it_too() -> None:
    async with running((120, 40), LARGE) as run:
        await select(run, "w2[1,1]")
        await begin(run, LARGE.with_seed(7))
        assert "w2[1,1]" in run.rows()[run.workbench.inspector.region.y]
        assert run.asked(TrailQuery) == TrailQuery(
            run.workbench.graph.parameter_names.index("w2[1,1]"), run.workbench.inspector.size.width - 4
        )
        assert run.last.part(TrailQuery), "and its course is asked for"


async def test_until_another_network_is_there_no_node_of_the_old_one_is_spoken_of() -> None:
    async with running((120, 40), LARGE) as run:
        await select(run, "w2[1,1]")
        run.workbench.refresher.look_at("w2[0,1]")
        run.workbench.use_run(SMALL, None)
        assert run.asked(TrailQuery) is None
        assert run.workbench.graph.parameter_names == []
        assert run.workbench.parts.look_at == ""
        await run.press("equals_sign")
        await run.until(lambda: run.trainer.last)


async def test_a_unit_of_the_old_network_is_not_asked_of_a_new_one_that_is_long_in_coming() -> None:
    async with running((120, 40), LARGE, playing=True, speed=100) as run:
        await run.press("3", "v", "v", "u")
        assert run.workbench.boundary.unit == (1, 1)
        run.workbench.use_run(RunSpec(config=Config(hidden=(1,)), backend="python", points=20_000), None)
        await run.until(lambda: run.trainer.last and run.last.metrics.step)
        assert not run.notices()
        assert run.trainer.playing


@pytest.mark.parametrize("key", ["enter", "escape", "backspace"])
async def test_a_search_goes_on_in_the_network_that_comes_amid_it(key: str) -> None:
    async with running((120, 40), LARGE) as run:
        await select(run, "b3[2]")
        await run.press("slash")
        await run.type_text("w2[1")
        await begin(run, SMALL)
        assert run.workbench.prompt.display
        await run.press(key, "escape")
        assert not run.workbench.prompt.display
        assert run.workbench.graph.name_of(run.workbench.graph.node or 0) == ("w2[1,0]" if key == "enter" else "loss")
        assert not run.notices()


async def test_points_of_a_run_that_was_let_go_are_not_edited() -> None:
    async with running((120, 40), LARGE) as run:
        await run.press("3")
        run.workbench.use_run(SMALL, None)
        run.workbench.boundary.action_add()
        await run.until(lambda: run.trainer.last)
        await run.settled()
        assert run.trainer.timeline
        assert not run.trainer.timeline.branch.changes
        assert len(run.workbench.dataset.examples()) == len(
            run.trainer.data.dataset.examples() if run.trainer.data else ()
        )
        await run.press("s", "b", "n")
        assert run.trainer.spec.seed == 43, "nothing would be lost: nothing is asked"


async def test_a_name_of_the_old_network_that_comes_late_leads_nowhere() -> None:
    async with running((120, 40), LARGE) as run:
        await begin(run, SMALL)
        before = run.workbench.graph.node
        run.workbench.inspector.post_message(Panel.Follows("b3[2]"))
        run.workbench.parameters.post_message(Panel.Follows("w3[2,1]", focus=True))
        await run.settled()
        assert run.workbench.graph.node == before


@pytest.mark.parametrize("seed", [2, 3, 8, 9])
async def test_any_keys_with_new_runs_among_them_leave_a_run_that_is_drawn(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    file = tmp_path / "two.csv"
    file.write_text("x,y,label\n" + "".join(f"{i * 0.1},{i * 0.07},{i % 2}\n" for i in range(30)))
    late = ("b3[2]", "w3[2,1]", "b2[1]", "w2[1,1]", "p[2]", "logit[1]", "h2[1]", "loss")
    keys = ["1", "2", "3", "5", "v", "u", "U", "m", "c", "C", "right", "left", "up", "down", "enter", "p", "k", "b"]
    keys += ["s", "S", "]", "}", "n", "r", "a", "ctrl+u", "x", "z", "tab", "space"]
    config = Config(hidden=(2, 2), batch_size=4)
    spec = RunSpec(dataset="blobs", points=1000, classes=3, config=config, backend="python")
    complaints: set[str] = set()

    def at_once(*keys: str) -> None:
        run._send(*(events.Key(key, key if len(key) == 1 else None) for key in keys))

    async def typed(key: str, text: str) -> None:
        at_once("escape", key)
        await run.handled()
        if run.workbench.prompt.display:
            run.workbench.prompt.value = text
            at_once("enter")

    async def other_settings() -> None:
        await run.hold("escape", "escape")
        if not run.workbench.settings.display:
            await run.hold("M")
        if (panel := run.workbench.settings).has_focus:
            panel.choose(chance.choice(("hidden", "layers", "dataset", "features", "loss")))
            await run.hold(chance.choice(("left", "right")), "a", "y", "escape", "M")

    async with running((120, 40), spec, playing=seed % 2 == 0, speed=100) as run:
        for _ in range(15):
            match chance.randrange(5):
                case 0:
                    await typed("slash", chance.choice(late))
                case 1:
                    await typed("R", str(file))
                    at_once(*chance.choices(keys, k=3))
                case 2:
                    await other_settings()
                case _:
                    at_once(*chance.choices(keys, k=chance.randrange(1, 9)))
            if chance.random() < 0.5:
                await run.settled()
            complaints.update(run.notices())
        if run.workbench.prompt.display:
            await run.hold("escape")
        await run.until(lambda: run.trainer.last and run.last.number == run.trainer._number, "the last run is drawn")
        await run.settled()
        complaints.update(run.notices())
        strange = ("Error", "Exception", "not shown", "there is no hidden", "there is no example", "there is no class")
        assert not [said for said in complaints if any(words in said for words in strange)]
        assert run.row_widths() == [120] * 40
