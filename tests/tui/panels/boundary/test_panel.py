"""The boundary through keys and mouse: the cursor and the answer at it, the probe from the map, and the views."""

import math

import pytest

from engine.examples import FREE
from engine.run.config import Config
from engine.views.queries import LayerQuery, MapQuery, PointQuery, ProbeQuery, UnitQuery
from engine.views.reader import Reader
from tests.tui.running import SIZES, Running, running
from tests.tui.support import DEFAULT, HINGE, SMALLEST, session_of
from tui.panels.boundary.cells import cell_at, height_of
from tui.panels.boundary.draw_points import mode_of
from tui.run.spec import RunSpec

each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
DEEP = RunSpec(config=Config(hidden=(3, 2)))


def cursor_cell(run: Running) -> tuple[int, int]:
    grid = run.workbench.boundary.grid()
    assert grid
    return run.workbench.boundary.cursor.cell(grid, height_of(grid, mode_of(run.workbench.palette)))


def lit(run: Running) -> list[tuple[int, int]]:
    """The cells of the panel that have the cursor's colour behind them."""
    region = run.workbench.boundary.region
    white = run.workbench.palette.strong.color
    return [
        (column, row)
        for row in range(region.height - 2)
        for column in range(region.width - 2)
        if run.app.screen.get_style_at(region.x + 1 + column, region.y + 1 + row).bgcolor == white
    ]


def foot(run: Running) -> str:
    """The lower edge of the panel."""
    region = run.workbench.boundary.region
    return run.rows()[region.bottom - 1][region.x : region.right]


def note(run: Running) -> str:
    """The upper edge of the panel."""
    region = run.workbench.boundary.region
    return run.rows()[region.y][region.x : region.right]


def graph_title(run: Running) -> str:
    region = run.workbench.graph.region
    return run.rows()[region.y][region.x : region.right]


@each_size
async def test_the_cursor_is_plainly_there_with_the_focus_and_moves_by_a_cell(size: tuple[int, int]) -> None:
    async with running(size) as run:
        assert lit(run) == []
        await run.press("3")
        column, row = cursor_cell(run)
        assert lit(run) == [(column, row)]
        for key, there in (
            ("right", (column + 1, row)),
            ("down", (column + 1, row + 1)),
            ("left", (column, row + 1)),
            ("up", (column, row)),
        ):
            await run.press(key)
            assert lit(run) == [there]
        await run.press("1")
        assert lit(run) == []
        assert "─" * (run.workbench.boundary.size.width - 2) in foot(run)


async def test_the_cursor_jumps_and_stops_at_the_edges() -> None:
    async with running() as run:
        await run.press("3")
        column, row = cursor_cell(run)
        await run.press("shift+right", "pagedown")
        assert cursor_cell(run) == (column + 5, row + 3)
        await run.press("shift+left", "shift+up")
        assert cursor_cell(run) == (column, row)
        inside = run.workbench.boundary.size
        await run.hold("right", "down", times=60)
        assert lit(run) == [(inside.width - 3, inside.height - 3)]
        await run.hold("left", "up", times=60)
        assert lit(run) == [(0, 0)]
        await run.press("home")
        assert cursor_cell(run) == (column, row)


async def test_end_goes_from_point_to_point_exactly() -> None:
    async with running() as run:
        places = {(x, y) for x, y, _ in run.workbench.dataset.examples()}
        await run.press("3")
        seen = set()
        for _ in range(5):
            await run.press("end")
            seen.add(run.workbench.boundary.cursor.point)
        assert len(seen) == 5
        assert seen <= places


async def test_the_cursor_stays_at_its_place_when_the_panel_has_another_size() -> None:
    async with running() as run:
        await run.press("3", "right", "up", "up")
        place = run.workbench.boundary.cursor.point
        assert place
        for size in ((120, 40), (200, 60), (81, 25)):
            await run.resize(*size)
            await run.settled()
            assert run.workbench.boundary.cursor.point == place
            grid = run.workbench.boundary.grid()
            assert grid
            assert lit(run) == [cell_at(*place, grid, grid.rows // 2)]
        await run.press("z", "z")
        assert run.workbench.boundary.cursor.point == place


async def test_a_click_puts_the_cursor_there() -> None:
    async with running() as run:
        region = run.workbench.boundary.region
        await run.pilot.click("#boundary", offset=(5, 3))
        await run.settled()
        assert run.app.focused is run.workbench.boundary
        assert lit(run) == [(4, 2)]
        await run.pilot.click("#boundary", offset=(0, region.height - 1))
        await run.settled()
        assert lit(run) == [(4, 2)], "the frame is no place"


@each_size
async def test_the_answer_at_the_cursor_is_the_networks_and_follows_training(size: tuple[int, int]) -> None:
    async with running(size) as run:
        await run.press("3", "right")
        session = session_of(DEFAULT)
        for step in range(3):
            place = run.workbench.boundary.cursor.point
            assert place
            expected = Reader(session).answer(place).probabilities
            wide = ".4f" if size[0] > 80 else ".2f"
            shown = [f"{share:{wide}}".removeprefix("0" if size[0] == 80 else "") for share in expected]
            line = foot(run)
            assert f"{place[0]:+.2f}" in line
            assert f"{place[1]:+.2f}" in line
            assert [line.index(share) for share in shown] == sorted(line.index(share) for share in shown), step
            await run.press("s")
            session.step()


async def test_a_single_output_is_shown_as_its_score() -> None:
    async with running(spec=HINGE) as run:
        await run.press("3")
        place = run.workbench.boundary.cursor.point
        assert place
        (score,) = Reader(session_of(HINGE)).answer(place).outputs
        assert f"score  {score:+.4f}" in foot(run)


async def test_the_answer_is_live_while_training() -> None:
    async with running(playing=True, speed=20) as run:
        await run.pilot.press("3")
        before = foot(run)
        await run.until(lambda: "." in foot(run) and foot(run) != before)
        now = foot(run)
        await run.until(lambda: foot(run) != now)


async def test_moving_the_cursor_asks_for_no_map() -> None:
    async with running() as run:
        await run.press("3")
        for view in range(5):
            await run.press("right", "down")
            run.trainer.ask()
            await run.settled()
            snapshot = run.last
            assert not {MapQuery, UnitQuery, LayerQuery} & snapshot.parts.keys(), view
            await run.press("v")


async def test_what_nobody_looks_at_is_not_asked_for() -> None:
    async with running() as run:
        kinds = (MapQuery, UnitQuery, LayerQuery, PointQuery)

        def asked() -> list[type]:
            return [kind for kind in kinds if run.asked(kind)]

        assert asked() == [MapQuery]
        await run.press("3")
        assert asked() == [MapQuery, PointQuery]
        await run.press("v", "v")
        assert asked() == [UnitQuery, PointQuery]
        await run.press("v", "v")
        assert asked() == [LayerQuery]


async def test_enter_makes_the_nearest_example_the_probe() -> None:
    async with running((120, 40)) as run:
        x, y, _ = run.workbench.dataset.splits["test"][4]
        await run.press("3")
        run.workbench.boundary.cursor.point = (x + 1e-6, y - 1e-6)
        await run.press("enter")
        assert run.last.choice
        assert (run.last.choice.split, run.last.choice.index) == ("test", 4)
        assert f"probe test 4 ({x:+.2f}, {y:+.2f})" in graph_title(run)


async def test_p_makes_the_very_place_the_probe_and_k_changes_its_class() -> None:
    async with running() as run:
        await run.press("3", "right")
        place = run.workbench.boundary.cursor.point
        assert place
        await run.press("p")
        choice, probe = run.last.choice, run.last.part(ProbeQuery)
        assert choice
        assert probe
        assert (choice.split, choice.point, choice.label) == (FREE, place, 0)
        title = f"probe free ({place[0]:+.2f}, {place[1]:+.2f}) as "
        assert f"{title}○" in graph_title(run)
        await run.press("k")
        assert f"{title}△" in graph_title(run)
        session = session_of(DEFAULT)
        session.chooser.place(place, 1)
        assert run.part(ProbeQuery).data == Reader(session).probe().data
        await run.press("left", "left")
        assert "[△]" in "\n".join(run.panel("boundary"))
        await run.press("right_square_bracket")
        assert "probe train 1 " in graph_title(run)
        assert "[" not in "\n".join(run.panel("boundary"))


async def test_training_is_the_same_with_a_free_probe() -> None:
    async with running() as run:
        await run.press("3", "p", "k", "S")
        assert run.last.checkpoint == session_of(DEFAULT, 10).checkpoint()


async def test_x_goes_down_the_most_wrong_examples_at_the_present_weights() -> None:
    async with running((120, 40)) as run:
        await run.press("S")
        losses = []
        for rank in (1, 2, 3):
            await run.press("x")
            assert f"loss #{rank} " in graph_title(run)
            losses.append(run.part(ProbeQuery).numbers()[0][-1])
        session = session_of(DEFAULT, 10)
        examples = [example for split in session.splits.values() for example in split]
        everything = [session.program.losses(session.parameters, [example])[0][0] for example in examples]
        assert losses == sorted(everything, reverse=True)[:3]
        await run.press("X")
        assert "loss #2 " in graph_title(run)
        await run.press("s")
        assert "loss #" not in graph_title(run), "the order was of other weights"


async def test_a_new_worker_has_the_same_free_probe() -> None:
    async with running() as run:
        await run.press("3", "p", "k")
        before = run.last.choice
        run.client._process.kill()  # type: ignore[union-attr]
        await run.until(run.notices)
        await run.settled()
        assert run.last.choice == before


@each_size
async def test_the_views_go_around_and_each_is_named(size: tuple[int, int]) -> None:
    async with running(size) as run:
        whole = run.panel("boundary")
        looks = set()
        for name in ("class probability", "class regions", "h1[0]", "z1[i] = 0", "h1["):
            assert name in note(run)
            looks.add("\n".join(run.panel("boundary")))
            await run.press("v")
        assert len(looks) == 5
        assert run.panel("boundary") == whole


async def test_units_of_every_hidden_layer_are_gone_through() -> None:
    async with running(spec=DEEP) as run:
        await run.press("u")
        seen = []
        for _ in range(6):
            seen.append(next(word for word in note(run).split() if word.startswith("h")))
            await run.press("u")
        assert seen == ["h1[0]", "h1[1]", "h1[2]", "h2[0]", "h2[1]", "h1[0]"]
        await run.press("U", "U")
        assert "h2[1]" in note(run)


async def test_the_unit_map_is_of_the_step_on_the_screen() -> None:
    async with running() as run:
        await run.press("u", "S")
        panel = run.workbench.boundary
        query = run.asked(UnitQuery)
        assert query
        assert panel._unit_map == Reader(session_of(DEFAULT, 10)).unit_map(query)


async def test_a_view_that_was_left_comes_back_with_the_weights_of_now() -> None:
    async with running() as run:
        await run.press("v", "v", "S", "v", "v", "v")
        async with running() as fresh:
            await fresh.press("S")
            assert run.panel("boundary") == fresh.panel("boundary")


async def test_a_network_without_hidden_units_has_two_views() -> None:
    async with running(spec=SMALLEST) as run:
        assert "score" in note(run)
        await run.press("v")
        assert "class regions" in note(run)
        await run.press("v", "u", "U")
        assert "score" in note(run)


async def test_a_layer_of_two_units_has_its_boundary_behind_the_points() -> None:
    async with running(spec=DEEP) as run:
        await run.press("v", "v", "v", "v")
        assert run.workbench.boundary._layer
        assert run.workbench.boundary._layer.regions
        assert "↑ h2[1]" in run.panel("boundary")[0]
        assert "h2[0] →" in run.panel("boundary")[-1]


@pytest.mark.parametrize("views", range(5))
async def test_every_view_survives_every_size_and_a_diverged_run(views: int) -> None:
    spec = RunSpec(config=Config(lr=1e6, activation="relu", optimizer="sgd"), backend="python")
    async with running(spec=spec) as run:
        await run.press("3", *("v",) * views, "S", "S")
        assert not all(map(math.isfinite, run.last.checkpoint.parameters))
        for width, height in ((120, 40), (1, 1), (10, 5), (3, 4), (80, 24)):
            await run.resize(width, height)
            await run.settled()
            assert run.row_widths() == [width] * height


@pytest.mark.parametrize("views", range(5))
async def test_every_view_is_ascii_where_that_is_asked_for(views: int) -> None:
    async with running(ascii_only=True) as run:
        await run.press("3", *("v",) * views, "p", "right")
        assert run.text().isascii()
