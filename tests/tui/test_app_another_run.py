"""Another run in the place of this one, whatever the screen had asked of the old network."""

from dataclasses import replace

import pytest

from engine.config import Config
from tests.tui.running import Running, running
from tui.run import RunSpec

LARGE = RunSpec(dataset="blobs", points=12, classes=3, config=Config(hidden=(2, 2)), backend="python")
SMALL = RunSpec(dataset="xor", points=12, config=Config(hidden=(2,)), backend="python")


async def begin(run: Running, spec: RunSpec) -> None:
    """Another run, as the settings and the files begin it."""
    run.app.use_run(spec, None)
    await run.until(lambda: run.trainer.last and run.last.number == run.trainer._number, "its first snapshot")
    await run.settled()


async def select(run: Running, name: str) -> None:
    """Go to a node as its name is typed."""
    run.app.graph.go_to_name(name)
    await run.handled()
    assert run.app.graph.node is not None
    assert run.app.graph.name_of(run.app.graph.node) == name


def one_of_each(run: Running) -> list[str]:
    """Every parameter, and the last node of every other role."""
    assert run.app.graph.outline
    graph = run.app.graph.outline.folding.graph
    last = {node.role: node.name for node in graph.nodes if node.role not in ("constant", "product", "partial")}
    return list(dict.fromkeys([*run.app.graph.parameter_names, *last.values()]))


@pytest.mark.parametrize("checking", [False, True], ids=["trail", "check"])
async def test_a_smaller_network_is_opened_whatever_node_of_the_old_one_is_inspected(checking: bool) -> None:
    async with running((120, 40), LARGE) as run:
        if checking:
            await run.press("c")
        for name in one_of_each(run)[checking * (len(run.last.checkpoint.parameters) - 1) :]:
            await select(run, name)
            await run.until(lambda: not run.trainer.waiting)
            assert bool(run.app.inspector.check()) == checking
            await begin(run, SMALL)
            assert not run.notices(), name
            assert run.app.graph.outline
            assert len(run.app.graph.parameter_names) == len(run.last.checkpoint.parameters)
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
            assert not run.app.microscope.on


async def test_what_is_selected_stays_so_by_name_in_a_run_that_has_it_too() -> None:
    async with running((120, 40), LARGE) as run:
        await select(run, "w2[1,1]")
        await begin(run, LARGE.with_seed(7))
        assert "w2[1,1]" in run.rows()[run.app.inspector.region.y]
        assert run.app.inspector.trail() == (
            run.app.graph.parameter_names.index("w2[1,1]"),
            run.app.inspector.size.width - 4,
        )
        assert run.last.trail, "and its course is asked for"


async def test_until_another_network_is_there_no_node_of_the_old_one_is_spoken_of() -> None:
    async with running((120, 40), LARGE) as run:
        await select(run, "w2[1,1]")
        run.app.presenter.look_at("w2[0,1]")
        run.app.use_run(SMALL, None)
        assert run.app.inspector.trail() is None
        assert run.app.graph.parameter_names == []
        assert run.app.dealer.look_at == ""
        await run.press("equals_sign")
        await run.until(lambda: run.trainer.last)


async def test_a_unit_of_the_old_network_is_not_asked_of_a_new_one_that_is_long_in_coming() -> None:
    async with running((120, 40), LARGE, playing=True, speed=100) as run:
        await run.press("3", "v", "v", "u")
        assert run.app.boundary.unit == (1, 1)
        run.app.use_run(RunSpec(config=Config(hidden=(1,)), backend="python", points=20_000), None)
        await run.until(lambda: run.trainer.last and run.last.metrics.step)
        assert not run.notices()
        assert run.trainer.playing


async def test_points_of_a_run_that_was_let_go_are_not_edited() -> None:
    async with running((120, 40), LARGE) as run:
        await run.press("3")
        run.app.use_run(SMALL, None)
        run.app.boundary.action_add()
        await run.until(lambda: run.trainer.last)
        await run.settled()
        assert run.trainer.timeline
        assert not run.trainer.timeline.branch.changes
        assert len(run.app.dataset.examples()) == len(run.trainer.data.dataset.examples() if run.trainer.data else ())
        await run.press("s", "b", "n")
        assert run.trainer.spec.seed == 43, "nothing would be lost: nothing is asked"
