"""Seeking, branches and watchpoints, through the keys."""

import re
from dataclasses import replace

import pytest
from textual import events
from textual.keys import _character_to_key

from engine.run.config import Config
from engine.views.queries import CurvesQuery
from tests.tui.running import Running, running
from tests.tui.support import DEFAULT, session_of
from tests.tui.workbench.test_training import kill_worker, state, step_shown
from tui.panels.loss.curve import LABEL_WIDTH
from tui.run.spec import RunSpec
from tui.screens.branches import BranchScreen
from tui.screens.watchpoints import WatchScreen
from tui.worker.intents import ChangeSettings, GoToFirst, Speed, Watch

WIDER = RunSpec(config=Config(hidden=(64,)))
"""A graph of a thousand nodes: looking at one of them at every step takes its time."""
WILD = RunSpec(config=Config(optimizer="sgd", lr=1e6))


async def go_to(run: Running, text: str) -> None:
    """Type a step into the prompt."""
    await run.press("g")
    await run.type_text(text)
    await run.press("enter")


async def trained(run: Running, steps: int) -> None:
    await go_to(run, str(steps))
    await run.until(lambda: run.step == steps)


async def test_back_and_on_again_show_the_digits_of_each_step() -> None:
    async with running() as run:
        await run.press("S", "b")
        assert run.step == 9
        assert run.last.checkpoint == session_of(DEFAULT, 9).checkpoint()
        assert "step 9/10" in state(run)
        await run.press("s", "s")
        assert run.step == run.last.metrics.end == 11
        assert run.last.checkpoint == session_of(DEFAULT, 11).checkpoint()
        await run.press("B")
        assert run.step == 1
        await run.press("B")
        assert run.step == 0


async def test_keys_held_down_go_as_far_as_they_were_pressed() -> None:
    async with running() as run:
        await trained(run, 60)
        await run.hold("b", times=25)
        assert run.step == 35
        await run.hold("s", times=5)
        await run.until(lambda: run.step == 40)
        assert run.last.checkpoint == session_of(DEFAULT, 40).checkpoint()


@pytest.mark.parametrize(("text", "step"), [("12", 12), ("-3", 27), ("first", 0), ("last", 30), ("+15", 45)])
async def test_a_step_is_typed(text: str, step: int) -> None:
    async with running() as run:
        await trained(run, 30)
        await go_to(run, text)
        await run.until(lambda: run.step == step)
        assert run.last.checkpoint == session_of(DEFAULT, step).checkpoint()
        assert not run.workbench.prompt.display
        assert run.app.focused is run.workbench.graph


async def test_what_is_no_step_says_so_and_can_be_mended() -> None:
    async with running() as run:
        await run.press("S")
        await go_to(run, "soon")
        assert "'soon': 412, -100, +10 or last" in run.rows()[-1]
        await run.press("backspace", "backspace", "backspace", "backspace")
        await run.type_text("4")
        await run.press("enter")
        assert run.step == 4


async def test_a_step_that_is_typed_at_once_is_not_a_row_of_commands() -> None:
    async with running() as run:
        await run.press("S")
        await run.hold("g", "3", "enter")
        assert run.step == 3
        assert run.app.focused is run.workbench.graph


async def test_the_arrows_walk_along_the_loss_curve() -> None:
    async with running() as run:
        await trained(run, 250)
        await run.press("4")
        for key, step in (
            ("left", 249),
            ("down", 239),
            ("pageup", 139),
            ("right", 140),
            ("up", 150),
            ("home", 0),
            ("pagedown", 100),
            ("end", 250),
            ("right", 250),
        ):
            await run.press(key)
            assert run.step == step, key


async def test_the_curve_marks_the_step_and_dims_what_comes_after() -> None:
    async with running((120, 40)) as run:
        await trained(run, 100)
        whole = run.panel("loss")
        await go_to(run, "50")
        rows = run.panel("loss")
        marked = [row[LABEL_WIDTH + 1 :].find("│") for row in rows[:-1]]
        column = max(marked)
        assert column == pytest.approx(len(rows[0]) // 2 - LABEL_WIDTH // 2, abs=3)
        assert [row[: LABEL_WIDTH + column] for row in rows] == [row[: LABEL_WIDTH + column] for row in whole]
        styles = {style for line in run.workbench.loss._lines[1:-2] for text, style in line if text.strip(" │╭╮╰╯")}
        assert {run.workbench.palette.train, run.workbench.palette.muted} <= styles


async def test_the_mouse_goes_to_the_step_it_points_at() -> None:
    async with running((120, 40)) as run:
        await trained(run, 100)
        region = run.workbench.loss.region
        left = region.x + 1 + LABEL_WIDTH + 1
        await run.pilot.mouse_down(offset=(left, region.y + 5))
        await run.settled()
        assert run.step == 0
        await run.pilot.hover(offset=(left + (region.right - left) // 2, region.y + 5))
        await run.settled()
        assert run.step == pytest.approx(50, abs=6)
        await run.pilot.hover(offset=(region.right - 1, region.y + 5))
        await run.settled()
        assert run.step == 100
        await run.pilot.mouse_up(offset=(region.right - 1, region.y + 5))
        await run.pilot.hover(offset=(left, region.y + 5))
        await run.settled()
        assert run.step == 100, "the button is up"


async def test_another_learning_rate_amid_the_run_is_a_branch_and_both_can_be_returned_to() -> None:
    async with running() as run:
        await trained(run, 40)
        await go_to(run, "25")
        await run.press("L")
        await run.type_text("0.01")
        await run.press("enter")
        assert "AdamW 0.01" in state(run)
        assert "branch 2" in run.text()
        await run.press("S")
        branched = run.last.checkpoint
        assert branched != session_of(DEFAULT, 35).checkpoint()
        assert [number for number, _ in run.part(CurvesQuery).ghosts] == [1]

        await run.press("H")
        assert isinstance(run.app.screen, BranchScreen)
        shown = run.text()
        assert "from 1 at step 25" in shown
        assert "learning rate 0.01" in shown
        await run.press("up", "enter")
        await run.until(lambda: run.trainer.timeline and run.trainer.timeline.current == 1)
        assert run.last.checkpoint == session_of(DEFAULT, 35).checkpoint()
        assert "AdamW 0.1 " in state(run)
        assert run.last.metrics.end == 40

        await run.press("H", "down", "enter")
        await run.until(lambda: run.trainer.timeline and run.trainer.timeline.current == 2)
        assert run.last.checkpoint == branched
        await run.press("b")
        await go_to(run, "20")
        assert "AdamW 0.1 " in state(run), "before the fork"


async def test_each_branch_is_one_row_with_what_came_of_it() -> None:
    async with running(spec=WILD) as run:
        await run.press("S", "r", "L")
        await run.type_text("0.1")
        await run.press("enter", "S", "S", "r", "L")
        await run.type_text("0.5")
        await run.press("enter", "S", "H")
        rows = [row.strip("│ ").rstrip() for row in run.rows() if "to step" in row]
        runs = [
            session_of(replace(WILD, config=replace(WILD.config, lr=lr)), end) for lr, end in ((0.1, 20), (0.5, 10))
        ]
        losses = [f"{run.metrics().splits['train'].loss:.4f}" for run in runs]
        assert [" ".join(row.split()) for row in rows] == [
            "1 from the start to step 10 diverged at 1",
            f"2 from 1 at step 0 to step 20 loss {losses[0]} learning rate 0.1",
            f"▸ 3 from 2 at step 0 to step 10 loss {losses[1]} learning rate 0.5",
        ]
        assert len({row.index("to step") for row in run.rows() if "to step" in row}) == 1


async def test_keys_that_come_at_once_after_an_answer_do_not_spoil_it() -> None:
    async with running() as run:
        await run.press("L")
        run._send(*(events.Key(_character_to_key(each), each) for each in "0.5"), events.Key("enter", "\r"))
        run._send(*(events.Key("s", "s") for _ in range(3)))
        await run.until(lambda: run.step == 3)
        assert not run.workbench.prompt.display
        assert run.trainer.config.lr == 0.5


@pytest.mark.parametrize("wrong", ["fast", "-1", "0", "nan", "inf"])
async def test_what_is_no_learning_rate_is_refused_in_the_line_below(wrong: str) -> None:
    async with running() as run:
        await run.press("L")
        await run.type_text(wrong)
        assert run.rows()[-1].rstrip().endswith("learning rate, now 0.1"), "what is asked for stays in sight"
        await run.press("enter")
        assert "above 0, such as 0.03" in run.rows()[-1]
        said = run.app.screen._compositor.render_strips()[-1]
        assert run.workbench.palette.alert.color in {
            part.style.color for part in said if "above 0" in part.text and part.style
        }
        await run.press("escape")
        assert run.trainer.config == DEFAULT.config


async def test_training_stops_where_a_watched_condition_turns_true_and_its_first_step_is_found() -> None:
    async with running() as run:
        await run.press("w")
        assert isinstance(run.app.screen, WatchScreen)
        await run.type_text("loss < 0.5")
        await run.press("enter", "escape")
        await run.press("space")
        await run.until(run.notices)
        await run.settled()
        stopped = run.step
        assert f"loss < 0.5: true from step {stopped}." in run.notices()[0]
        assert not run.trainer.playing
        assert session_of(DEFAULT, stopped).metrics().splits["train"].loss < 0.5
        assert session_of(DEFAULT, stopped - 1).metrics().splits["train"].loss >= 0.5

        await run.press("space")
        await run.until(lambda: run.step > stopped + 50)
        await run.press("space", "w", "down", "enter")
        await run.until(lambda: run.step == stopped)
        assert any(f"Step {stopped} is the first with loss < 0.5" in notice for notice in run.notices())
        await run.press("w", "down", "delete", "escape")
        assert run.trainer.conditions == ()


async def test_a_condition_is_in_force_from_when_it_is_entered_while_the_list_is_still_open() -> None:
    async with running(playing=True, speed=1) as run:
        await run.press("w")
        await run.type_text("loss < 0.5")
        await run.press("enter")
        assert list(run.trainer.conditions) == ["loss < 0.5"]
        run.trainer.send(Speed(None))
        await run.until(lambda: not run.trainer.playing)
        assert isinstance(run.app.screen, WatchScreen)
        await run.press("down", "delete")
        assert not run.trainer.conditions


async def test_a_condition_that_was_just_typed_is_gone_to_with_down_and_enter() -> None:
    async with running() as run:
        await trained(run, 60)
        await run.press("w")
        await run.type_text("accuracy > 50%")
        await run.press("enter")
        await run.type_text("loss < 0.5")
        await run.press("enter", "down", "enter")
        await run.until(run.notices)
        assert "is the first with loss < 0.5" in run.notices()[0]


async def test_what_is_no_condition_is_refused_where_it_is_typed() -> None:
    async with running() as run:
        await run.press("w")
        height = run.app.screen.query_one("Vertical").size.height
        await run.type_text("loss is small")
        await run.press("enter")
        assert run.app.screen.query_one("Vertical").size.height == height, "nothing jumps"
        assert "is no condition" in run.text()
        assert run.trainer.conditions == ()


async def test_a_search_without_a_find_says_so_and_comes_back() -> None:
    async with running() as run:
        await trained(run, 20)
        run.trainer.send(GoToFirst("loss > 1000"))
        await run.until(run.notices)
        await run.settled()
        assert "loss > 1000: not so at any step from 0 to 20" in run.notices()[0]
        assert run.step == 20


@pytest.mark.parametrize("key", ["escape", "space"])
async def test_a_long_search_says_how_far_it_is_and_is_called_off(key: str) -> None:
    async with running(spec=WIDER, speed=None, playing=True, until=200) as run:
        await run.until(lambda: run.step == 200 and not run.trainer.playing, "trained")
        run.workbench.refresher.send(GoToFirst("grad h1[0] > 1e9"))
        await run.until(lambda: re.search(r"searching +[1-9]\d*/200", run.rows()[0]), "how far it is")
        assert "esc calls the search off" in run.rows()[-1]
        assert "space pause" in run.rows()[-1]
        assert run.rows()[-1].rstrip().endswith("q quit")
        await run.press(key)
        await run.until(run.notices)
        await run.settled()
        assert "grad h1[0] > 1e9: the search was called off at step" in run.notices()[0]
        assert (run.step, run.trainer.playing) == (200, False)
        assert "paused" in run.rows()[0]
        await run.press("space")
        await run.until(lambda: run.step > 200, "space plays again")


async def test_a_diverged_run_goes_to_the_first_number_that_was_not_finite() -> None:
    async with running(spec=WILD, speed=None, playing=True) as run:
        await run.until(lambda: not run.trainer.playing)
        await run.settled()
        diverged = run.last.metrics.diverged_at
        assert diverged is not None
        assert "D shows where and why" in run.rows()[-1]
        await run.press("D")
        await run.until(lambda: any("is" in notice for notice in run.notices()))
        await run.settled()
        assert run.step in (diverged, diverged - 1)
        node = run.workbench.graph.node
        assert node is not None
        assert run.workbench.graph.outline
        name = run.workbench.graph.outline.folding.graph.nodes[node].name
        assert name in run.notices()[-1]


async def test_a_run_that_is_finite_has_no_such_number() -> None:
    async with running() as run:
        await run.press("m")
        await run.hold("D", times=20)
        await run.until(run.notices)
        await run.handled()
        assert len(run.app.screen.query("ToastHolder")) == len(run.notices()) == 1
        assert "has not diverged" in run.notices()[0]
        assert run.workbench.micro_stepping.on, "asking is no reason to leave"


async def test_a_worker_that_dies_leaves_history_and_branches() -> None:
    async with running() as run:
        await trained(run, 30)
        await go_to(run, "10")
        await run.press("L")
        await run.type_text("0.5")
        await run.press("enter", "S")
        before = run.last
        await kill_worker(run)
        await run.until(run.notices)
        await run.settled()
        assert run.last.checkpoint == before.checkpoint
        assert run.trainer.config == replace(DEFAULT.config, lr=0.5)
        await go_to(run, "7")
        assert run.last.checkpoint == session_of(DEFAULT, 7).checkpoint()
        await run.press("H", "up", "enter")
        await run.until(lambda: run.trainer.timeline and run.trainer.timeline.current == 1)
        await go_to(run, "last")
        assert run.last.checkpoint == session_of(DEFAULT, 30).checkpoint()
        assert step_shown(run) == 30


@pytest.mark.parametrize("keys", [("H", "enter", "enter"), ("w", "enter", "enter"), ("w", "down", "enter", "enter")])
async def test_enter_that_comes_twice_closes_a_list_once(keys: tuple[str, ...]) -> None:
    async with running() as run:
        run.trainer.send(Watch(("loss < 0.1",)))
        await run.press("s", keys[0])
        await run.hold(*keys[1:])
        await run.until(lambda: len(run.app.screen_stack) == 1, "closed")


async def test_batches_that_are_begun_live_are_said_and_gone_again_before_that_step() -> None:
    async with running((120, 40)) as run:
        await run.press("S")
        run.trainer.send(ChangeSettings((("batch_size", 8),)))
        await run.settled()
        assert "batch 8" in state(run)
        await run.press("S")
        assert "Loss  batch" in run.text()
        await go_to(run, "5")
        assert "batch" not in state(run)
