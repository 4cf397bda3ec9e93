"""Training from the keyboard, with a real worker: what is on the screen is the run, digit for digit."""

import os
import re
import signal
from pathlib import Path

import pytest

from engine.run.config import Config
from engine.views.queries import CurvesQuery, ProbeQuery
from tests.tui.running import SIZES, Running, running
from tests.tui.support import DEFAULT, session_of
from tui.run.spec import RunSpec
from tui.worker.remote import MOST_DEATHS, SPEEDS

TINY = RunSpec(dataset="xor", points=10, config=Config(hidden=(1,)))
each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def step_shown(run: Running) -> int:
    """The step in the header."""
    match = re.search(r"step (\d+)(?:/\d+)? *$", run.rows()[0])
    assert match, run.rows()[0]
    return int(match[1])


def state(run: Running) -> str:
    """The header's first line."""
    return run.rows()[0]


@each_size
async def test_play_moves_the_step_and_pause_stops_it(size: tuple[int, int]) -> None:
    async with running(size) as run:
        assert "‖ paused" in state(run)
        assert "1.0122" in run.rows()[1]
        await run.pilot.press("space")
        await run.until(lambda: step_shown(run) > 10)
        assert "▶ playing" in state(run)
        assert "space pause" in run.rows()[-1]
        await run.press("space")
        assert "‖ paused" in state(run)
        assert "space play" in run.rows()[-1]
        stopped = run.step
        assert step_shown(run) == stopped
        run.trainer.ask()
        await run.settled()
        assert run.step == stopped
        assert run.last.checkpoint == session_of(DEFAULT, stopped).checkpoint()


@each_size
async def test_s_is_one_step_and_shift_s_ten(size: tuple[int, int]) -> None:
    async with running(size) as run:
        for key, expected in (("s", 1), ("s", 2), ("S", 12), ("s", 13)):
            await run.press(key)
            assert (step_shown(run), run.step) == (expected, expected)
        assert run.last.checkpoint == session_of(DEFAULT, 13).checkpoint()


async def test_stepping_while_it_plays_pauses() -> None:
    async with running(playing=True) as run:
        await run.until(lambda: run.step > 0)
        await run.press("s")
        assert "‖ paused" in state(run)
        shown = run.step
        await run.press("s")
        assert run.step == shown + 1


async def test_the_first_loss_is_the_references() -> None:
    async with running() as run:
        assert run.last.metrics.splits["train"].loss == 1.0122152826497561


async def test_faster_and_slower_go_through_the_speeds_to_unlimited() -> None:
    async with running(speed=10) as run:
        seen = []
        for _ in range(7):
            await run.press("greater_than_sign")
            seen.append(re.findall(r"paused +(\S+)", state(run))[0])
        assert seen == ["20/s", "50/s", "100/s", "200/s", "500/s", "1000/s", "max"]
        await run.hold("greater_than_sign", times=5)
        assert " max " in state(run)
        await run.hold("less_than_sign", times=20)
        assert " 1/s " in state(run)
        await run.hold("plus", "plus", "minus", "minus", "plus")
        assert " 2/s " in state(run)


async def test_a_chosen_speed_is_kept() -> None:
    async with running(spec=TINY, speed=200, playing=True) as run:
        await run.until(lambda: run.step > 40)
        await run.until(lambda: run.last.rate > 0)
        assert run.last.rate == pytest.approx(200, rel=0.3)
        await run.pilot.press(*["greater_than_sign"] * 4)
        await run.until(lambda: run.last.rate > 1000)
        assert "max" in state(run)


async def test_reset_is_step_0_with_the_same_weights() -> None:
    async with running() as run:
        first = run.last.checkpoint
        await run.press("S")
        await run.press("r")
        assert step_shown(run) == 0
        assert run.last.checkpoint == first
        assert "1.0122" in run.rows()[1]


async def test_reset_goes_on_playing() -> None:
    async with running(speed=50, playing=True) as run:
        await run.until(lambda: run.step > 15)
        await run.pilot.press(*["<"] * len(SPEEDS), "r")  # one step a second: a beginning that no busy machine misses
        await run.until(lambda: run.step < 15)
        assert run.trainer.playing


async def test_a_new_seed_is_another_run_as_with_its_seed() -> None:
    async with running((120, 40)) as run:
        await run.press("S")
        await run.press("n")
        assert "seed 43" in state(run)
        assert step_shown(run) == 0
        session = session_of(DEFAULT.with_seed(43))
        assert run.last.checkpoint == session.checkpoint()
        assert run.workbench.dataset.splits["train"] == tuple(session.splits["train"])
        await run.press("s")
        assert (
            run.last.metrics.splits["train"].loss == session_of(DEFAULT.with_seed(43), 1).metrics().splits["train"].loss
        )


async def test_the_step_limit_pauses_and_playing_goes_on() -> None:
    async with running(playing=True, until=20) as run:
        await run.until(lambda: not run.trainer.playing)
        await run.settled()
        assert step_shown(run) == 20
        assert "‖ paused" in state(run)
        await run.pilot.press("space")
        await run.until(lambda: step_shown(run) > 21)


async def test_a_limit_of_no_steps_shows_the_start() -> None:
    async with running(playing=True, until=0) as run:
        await run.until(lambda: not run.trainer.playing)
        await run.settled()
        assert step_shown(run) == 0


@each_size
async def test_a_diverged_run_pauses_says_at_which_step_and_can_be_looked_at(size: tuple[int, int]) -> None:
    async with running(size, RunSpec(config=Config(lr=1e6)), playing=True) as run:
        await run.until(lambda: not run.trainer.playing)
        await run.settled()
        diverged_at = run.last.metrics.diverged_at
        assert f"‖ diverged at step {diverged_at}" in state(run)
        assert step_shown(run) == run.step
        await run.press("E", "end", "up", "y", "tab", "tab", "z", "z")
        await run.press("space")
        await run.until(lambda: run.step > (diverged_at or 0) + 5)
        await run.press("space")
        await run.press("r")
        assert "diverged" not in state(run)


async def test_a_loss_beyond_all_bounds_is_drawn() -> None:
    wild = RunSpec(dataset="moons", config=Config(loss="squared-error", optimizer="sgd", lr=1e80, activation="linear"))
    async with running((200, 60), wild) as run:
        for _ in range(6):
            await run.press("s")
        await run.press("y")
        await run.press("s")
        assert run.step == 7
        assert "diverged" in state(run)


async def kill_worker(run: Running) -> None:
    """Kill the worker and wait until the app has noticed."""
    pid = run.client.pid
    os.kill(pid, signal.SIGKILL)
    await run.until(lambda: run.client.pid != pid or not run.trainer.alive, "the death is noticed")


async def test_a_killed_worker_is_said_and_replaced_and_the_digits_go_on() -> None:
    async with running((120, 40)) as run:
        await run.press("S", "right_square_bracket")
        await kill_worker(run)
        await run.until(run.notices)
        assert run.notices() == ["The worker ended (killed by SIGKILL). A new one goes on from step 10."]
        await run.settled()
        assert step_shown(run) == 10
        await run.press("S", "s")
        assert run.step == 21
        assert run.last.checkpoint == session_of(DEFAULT, 21).checkpoint()
        assert run.part(ProbeQuery).index == 1


async def test_a_worker_killed_while_it_plays_plays_on() -> None:
    async with running(playing=True) as run:
        await run.until(lambda: run.step > 20)
        await kill_worker(run)
        again = run.step
        await run.until(lambda: run.step > again + 20)
        assert run.trainer.playing
        await run.press("space")
        assert run.last.checkpoint == session_of(DEFAULT, run.step).checkpoint()


async def test_the_curve_before_a_death_is_still_there() -> None:
    async with running() as run:
        await run.press("S", "S")
        curves = run.last.part(CurvesQuery)
        await kill_worker(run)
        await run.settled()
        assert run.last.part(CurvesQuery) == curves


async def test_batches_are_named_and_the_same_after_a_death() -> None:
    spec = RunSpec(config=Config(batch_size=9))
    async with running(spec=spec) as run:
        await run.press("S", "s")
        assert "AdamW 0.1 · batch 9 " in run.rows()[0]
        assert "Loss  batch val" in run.text()
        await kill_worker(run)
        await run.settled()
        await run.press("s", "S")
        assert run.last.checkpoint == session_of(spec, 22).checkpoint()


async def test_a_batch_of_all_examples_is_not_mentioned() -> None:
    async with running(spec=RunSpec(config=Config(batch_size=80))) as run:
        await run.press("s")
        assert "batch" not in run.rows()[0]
        assert "Loss  train val" in run.text()


async def test_when_workers_keep_dying_the_app_says_so_waits_for_a_key_and_quits_in_order() -> None:
    async with running() as run:
        await run.press("S")
        for _ in range(MOST_DEATHS):
            await run.settled()
            await kill_worker(run)
        await run.until(lambda: not run.trainer.alive)
        await run.until(lambda: "no worker" in state(run))
        await run.press("down", "tab", "z", "z", "t")
        assert "no worker" in state(run)
        await run.pilot.press("s")
        await run.settled()
        assert run.step == 11
        assert "no worker" not in state(run)
        await kill_worker(run)
        await run.until(lambda: not run.trainer.alive)
        await run.pilot.press("q")
    assert run.app.return_code == 0


async def test_quitting_ends_the_worker() -> None:
    async with running(playing=True) as run:
        process = run.client._process
        assert process
        await run.pilot.press("q")
    assert process.poll() is not None


async def test_a_file_that_is_gone_leaves_the_run_that_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("".join(f"{i % 7},{i % 5},{'ab'[i % 2]}\n" for i in range(40)))
    async with running(spec=RunSpec(csv=file)) as run:
        await run.press("S")
        file.unlink()
        await run.press("n")
        await run.until(run.notices)
        assert "points.csv: " in run.notices()[0]
        await run.settled()
        assert run.trainer.spec.seed == 42
        assert step_shown(run) == 10
        await run.press("s")
        assert step_shown(run) == 11


async def test_a_held_step_key_counts_every_press() -> None:
    async with running() as run:
        await run.hold("s", times=100)
        assert run.step == 100
        assert run.last.checkpoint == session_of(DEFAULT, 100).checkpoint()


async def test_keys_held_down_while_it_plays_do_no_harm() -> None:
    async with running((120, 40), playing=True) as run:
        for key in ("space", "down", "E", "right_square_bracket", "tab", "z", "y", "t", "n", "r", "plus"):
            await run.hold(key, times=15)
        await run.press("s")
        assert "‖ paused" in state(run)
