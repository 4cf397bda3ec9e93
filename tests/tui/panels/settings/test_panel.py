"""The settings in the app: every row reached and changed by keys alone, live or with a new run, at the step shown."""

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import Input

from engine.run.config import LIVE, Config
from tests.tui.running import SIZES, Running, running
from tests.tui.support import DEFAULT
from tui.run.draft import value_of
from tui.run.settings import settings_in
from tui.run.spec import RunSpec
from tui.worker.intents import Seek, SetParameter, SwitchBranch, Watch


def chosen(run: Running) -> str:
    """The name of the selected row."""
    panel = run.workbench.settings
    return panel._rows()[panel._chosen].setting.name


def shown(run: Running, label: str) -> str:
    """The row of a setting as it stands on the screen."""
    return next(row for row in run.panel("settings") if row[1:].startswith(label))


def holds(run: Running, name: str, value: object) -> bool:
    """Whether a setting is shown with this value."""
    return bool(value_of(run.workbench.settings._draft, name) == value)


async def go_to(run: Running, name: str) -> None:
    """Select a row with the arrow keys."""
    await run.press("home")
    for _ in range(60):
        if chosen(run) == name:
            return
        await run.press("down")
    raise AssertionError(name)


async def type_value(run: Running, text: str) -> None:
    """Type another value in the place of the selected one."""
    await run.press("enter")
    assert isinstance(run.app.focused, Input)
    run.app.focused.value = ""
    await run.type_text(text)
    await run.press("enter")


async def changed(run: Running, **settings: object) -> None:
    """Wait until the run is trained with these settings."""
    await run.until(
        lambda: all(getattr(run.trainer.config, name) == value for name, value in settings.items()), str(settings)
    )


@pytest.mark.parametrize("size", SIZES)
async def test_the_settings_leave_boundary_and_loss_in_sight_and_go_as_they_came(size: tuple[int, int]) -> None:
    async with running(size) as run:
        before = run.rows()
        await run.press("M")
        assert all(run.workbench.query_one(f"#{name}").display for name in ("settings", "boundary", "loss"))
        assert not run.workbench.inspector.display
        assert shown(run, "learning rate").split()[-1] == "0.1"
        await run.press("M")
        await run.until(lambda: run.rows() == before, "as before")


async def test_every_row_is_reached_seen_and_changed_there_and_back() -> None:
    async with running() as run:
        await run.press("M")
        now = replace(run.trainer.spec)
        for name in [row.name for row in settings_in(now)]:
            if name == "classes":
                continue
            for first, back in (("right", "left"), ("left", "right")):
                await go_to(run, name)
                assert "‹" in "".join(run.panel("settings")), "it is in sight"
                before = run.workbench.settings._draft
                await run.press(first)
                if run.workbench.settings._draft == before:
                    continue  # at an end
                if name in LIVE:
                    wanted = {name: getattr(run.workbench.settings._draft.config, name)}
                    await changed(run, **wanted)
                await run.press(back)
                value = value_of(before, name)
                await run.until(partial(holds, run, name, value), f"{name} is {value} again")
                break
            else:
                raise AssertionError(f"{name} does not move")


async def test_a_live_change_while_it_plays_acts_from_that_step_on_and_it_plays_on() -> None:
    async with running(playing=True, speed=100) as run:
        await run.until(lambda: run.step > 3, "plays")
        await run.press("M", "down", "right")
        await changed(run, lr=0.2)
        timeline = run.trainer.timeline
        assert timeline
        (change,) = timeline.branch.changes
        assert change.settings == (("lr", 0.2),)
        assert change.step > 3
        assert len(timeline.branches) == 1
        await run.until(lambda: run.step > change.step + 3, "plays on")
        assert run.trainer.playing
        assert "0.2" in shown(run, "learning rate")


async def test_a_live_change_amid_the_known_begins_a_branch_and_the_other_shows_its_own_value() -> None:
    async with running() as run:
        await run.press("S", "b", "b", "M", "down", "right", "right")
        await changed(run, lr=0.5)
        assert run.trainer.timeline
        assert len(run.trainer.timeline.branches) == 2
        assert "0.5" in shown(run, "learning rate")
        run.trainer.send(SwitchBranch(1))
        await run.until(lambda: "0.1" in shown(run, "learning rate"), "the first branch's")


async def test_seeking_shows_the_value_of_the_step() -> None:
    async with running() as run:
        await run.press("S", "M", "right")
        await run.press("right")
        await changed(run, optimizer="momentum")
        await run.press("s")
        assert "Momentum" in shown(run, "optimizer")
        assert "momentum  " in "\n".join(run.panel("settings"))
        run.trainer.send(Seek(5))
        await run.until(lambda: "AdamW" in shown(run, "optimizer"), "the old one")
        assert "beta1" in "\n".join(run.panel("settings"))
        assert "AdamW" in run.rows()[0]
        run.trainer.send(Seek(11))
        await run.until(lambda: "Momentum" in shown(run, "optimizer") and "Momentum" in run.rows()[0], "the new one")


async def test_the_selection_is_a_setting_wherever_its_row_goes() -> None:
    async with running() as run:
        await run.press("S", "M")
        await run.press("right")
        await changed(run, optimizer="sgd")
        await run.press("s")
        assert run.trainer.config.optimizer == "sgd"
        await go_to(run, "batch_size")
        place = run.workbench.settings._chosen
        await run.press("B")
        assert run.trainer.config.optimizer == "adamw"
        assert run.workbench.settings._chosen != place
        assert chosen(run) == "batch_size"
        assert "‹" in shown(run, "batch size")
        await go_to(run, "beta2")
        run.trainer.send(Seek(11))
        await run.until(lambda: run.step == 11)
        assert chosen(run) != "beta2"
        run.trainer.send(Seek(0))
        await run.until(lambda: run.step == 0)
        assert chosen(run) == "beta2", "it has come back"


async def test_a_value_belongs_to_the_row_in_which_it_was_begun() -> None:
    async with running() as run:
        await run.press("S", "M")
        await run.press("right")
        await changed(run, optimizer="sgd")
        await run.press("s")
        await go_to(run, "batch_size")
        await run.press("enter")
        run.trainer.send(Seek(0))
        await run.until(lambda: "AdamW" in shown(run, "optimizer"), "the rows of before")
        run.workbench.settings.field.value = ""
        await run.type_text("20")
        assert "20" in shown(run, "batch size")
        await run.press("enter")
        await changed(run, batch_size=20)
        await go_to(run, "beta2")
        await run.press("enter")
        run.trainer.send(Seek(run.last.metrics.end))
        run.trainer.send(SwitchBranch(1))
        run.trainer.send(Seek(11))
        await run.until(lambda: "SGD" in shown(run, "optimizer"), "without it")
        await run.handled()
        assert not run.workbench.settings.field.display
        assert run.workbench.settings.has_focus


async def test_keys_held_down_go_on_from_what_they_asked_for() -> None:
    async with running() as run:
        await run.press("M", "down")
        await run.hold("right", times=9)
        await changed(run, lr=100.0)
        assert "100" in shown(run, "learning rate")


async def test_new_runs_are_collected_and_begun_together_with_the_same_seed_speed_and_end() -> None:
    async with running(playing=True, speed=50, until=50_000) as run:
        await run.press("M")
        await go_to(run, "hidden")
        await run.press("right")
        await go_to(run, "dataset")
        await run.press("right")
        await go_to(run, "lr")
        await run.press("right")
        await changed(run, lr=0.2)
        assert run.trainer.spec == replace(DEFAULT, backend="python")
        await go_to(run, "hidden")
        assert "was 8" in shown(run, "units in each")
        await go_to(run, "dataset")
        assert "was yin-yang" in shown(run, "data set")
        assert "* waits for a new run: a begins, esc drops" in "\n".join(run.panel("settings"))
        await run.press("a")
        await run.until(lambda: run.workbench.dataset.name == "moons" and run.trainer.last, "the new run")
        spec = run.trainer.spec
        assert (spec.dataset, spec.seed, spec.config) == ("moons", 42, Config(hidden=(12,), lr=0.2))
        assert (run.trainer.speed, run.trainer.until, run.trainer.playing) == (50, 50_000, True)
        await run.until(lambda: run.step > 2, "plays")
        assert "moons · 2→12→2" in run.rows()[0]
        assert "was" not in "\n".join(run.panel("settings"))


async def test_a_watchpoint_on_a_unit_that_the_new_network_lacks_is_left_out_and_the_others_stay() -> None:
    async with running(speed=500) as run:
        run.trainer.send(Watch(("|h1[7]| > 100", "loss < 0.3")))
        await run.press("M")
        await go_to(run, "hidden")
        await run.press("left", "a")
        await run.until(lambda: run.trainer.spec.config.hidden == (6,) and run.trainer.last, "the new run")
        await run.press("space")
        await run.until(lambda: run.last.metrics.splits["train"].loss < 0.3, "it trains")
        await run.until(lambda: not run.trainer.playing, "the other one stops it")
        assert run.last.metrics.step < 200
        assert run.trainer.conditions == ("|h1[7]| > 100", "loss < 0.3")


async def test_escape_drops_what_waits_and_then_closes() -> None:
    async with running() as run:
        await run.press("M")
        await go_to(run, "seed")
        await run.press("right", "right")
        assert "*seed" in "\n".join(run.panel("settings"))
        await run.press("escape")
        assert "*seed" not in "\n".join(run.panel("settings"))
        assert run.workbench.settings.display
        await run.press("escape")
        assert not run.workbench.settings.display
        assert run.workbench.graph.has_focus
        assert run.trainer.spec.seed == 42


async def test_a_wrong_value_stays_to_be_mended() -> None:
    async with running() as run:
        await run.press("M", "down")
        await type_value(run, "-1")
        assert isinstance(run.app.focused, Input)
        assert run.app.focused.value == "-1"
        assert "'-1' is not a finite number above 0" in "\n".join(run.panel("settings"))
        assert run.trainer.config.lr == 0.1
        run.app.focused.value = ""
        await run.type_text("0.035")
        assert "not a finite" not in "\n".join(run.panel("settings"))
        await run.press("enter")
        await changed(run, lr=0.035)
        assert run.workbench.settings.has_focus
        assert "0.035" in shown(run, "learning rate")


async def test_while_a_value_is_typed_neither_footer_nor_row_offers_keys_that_would_be_text() -> None:
    async with running() as run:
        await run.press("M")
        assert "‹ AdamW ›" in shown(run, "optimizer")
        await run.press("enter")
        assert run.rows()[-1].strip() == "enter takes it; esc back"
        assert "‹" not in shown(run, "optimizer")
        await run.press("escape")
        assert run.rows()[-1].rstrip().endswith("q quit")
        assert "‹ AdamW ›" in shown(run, "optimizer")
        await run.press("enter", "enter")
        assert run.rows()[-1].rstrip().endswith("q quit")


@pytest.mark.parametrize("height", [10, 14, 23])
async def test_what_was_wrong_is_said_on_a_low_screen_too_beside_the_row(height: int) -> None:
    async with running((79, height)) as run:
        await run.press("M", "down")
        await type_value(run, "fast")
        assert "'fast' is not a finite number above 0" in "\n".join(run.panel("settings"))
        assert "fast" in shown(run, "learning rate")
        await run.press("escape", "a")
        assert "nothing waits: change model or data first" in "\n".join(run.panel("settings"))


async def test_escape_leaves_a_value_as_it_was() -> None:
    async with running() as run:
        await run.press("M", "down", "enter")
        await run.type_text("77")
        await run.press("escape")
        assert run.workbench.settings.has_focus
        assert "0.1" in shown(run, "learning rate")
        assert "77" not in "\n".join(run.panel("settings"))
        assert run.workbench.settings.display


async def test_while_a_value_is_typed_no_key_does_anything_else() -> None:
    async with running() as run:
        await run.press("M")
        await go_to(run, "activation")
        await type_value(run, "sin q?")
        assert "'sin q?' is not tanh" in "\n".join(run.panel("settings"))
        assert len(run.app.screen_stack) == 1
        assert run.step == 0


async def test_a_network_that_does_not_fit_is_refused_and_the_run_goes_on() -> None:
    async with running() as run:
        await run.press("M")
        await go_to(run, "hidden")
        await type_value(run, "5000,5000")
        assert "makes a network of" in "\n".join(run.panel("settings"))
        await run.press("escape", "s")
        assert run.step == 1
        assert run.workbench.settings.waiting is False


async def test_classes_are_refused_where_they_are_given() -> None:
    async with running() as run:
        await run.press("M")
        await go_to(run, "classes")
        await run.press("right")
        assert "yin-yang always has 3" in " ".join("\n".join(run.panel("settings")).split())


@pytest.mark.parametrize("what", ["edited points", "typed-in weights"])
async def test_what_was_done_by_hand_is_asked_about_before_a_new_run_drops_it(what: str) -> None:
    async with running() as run:
        if what == "edited points":
            await run.press("3", "d")
        else:
            run.trainer.send(SetParameter(0, 2.0))
        await run.settled()
        await run.press("M")
        await go_to(run, "seed")
        await run.press("right", "a")
        assert what in run.rows()[-1]
        for reply in ("a", "n"):
            assert "drop the unsaved edits? y, n" in run.rows()[-1]
            assert run.trainer.spec.seed == 42
            await run.press(reply)
        assert not run.workbench.prompt.display
        assert "*seed" in "\n".join(run.panel("settings")), "it waits still"
        await run.press("a", "y")
        await run.until(lambda: run.trainer.spec.seed == 43 and run.trainer.last, "the new run")


async def test_a_file_is_shown_by_its_name_and_a_new_run_reads_it_again(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("x,y,label\n" + "".join(f"{i},{-i},{'ab'[i % 2]}\n" for i in range(20)))
    async with running(spec=RunSpec(csv=path)) as run:
        await run.press("M")
        await go_to(run, "dataset")
        assert "points.csv" in shown(run, "data set")
        assert all(not row.startswith(" points ") for row in run.panel("settings"))
        await go_to(run, "loss")
        await run.press("right", "a")
        await run.until(lambda: run.trainer.spec.config.loss == "hinge" and run.trainer.last, "the new run")
        assert run.trainer.spec.csv == path
        await run.settled()
        await go_to(run, "split")
        assert "as file" in shown(run, "split")
        await type_value(run, "50,25,25")
        assert "was as file" in shown(run, "split")
        await run.press("a")
        await run.until(lambda: run.trainer.spec.split == (50, 25, 25) and run.trainer.last, "the new run")
        await run.settled()
        assert [len(examples) for examples in run.workbench.dataset.splits.values()] == [10, 5, 5]
        await go_to(run, "dataset")
        await run.press("right")
        assert "was points.csv" in shown(run, "data set")


async def test_data_that_can_no_longer_be_read_leave_the_run_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("x,y,label\n" + "".join(f"{i},{-i},{'ab'[i % 2]}\n" for i in range(20)))
    async with running(spec=RunSpec(csv=path)) as run:
        path.unlink()
        await run.press("3", "a", "M")
        await go_to(run, "loss")
        await run.press("right", "a", "y")
        await run.until(lambda: any("points.csv" in text for text in run.notices()), "it is said")
        await run.until(lambda: run.trainer.spec.config.loss == "cross-entropy" and run.trainer.last, "the old run")
        await run.until(lambda: len(run.workbench.dataset.examples()) == 21, "its edits too")
        assert run.workbench.files.lost(run.workbench.dataset) == "edited points"
        await run.press("s")
        assert run.step == 1


@pytest.mark.parametrize("opened", [False, True])
async def test_the_palette_leads_to_each_row(opened: bool) -> None:
    async with running() as run:
        if opened:
            await run.press("M", "1")
        for title, name in (("batch size", "batch_size"), ("activation", "activation"), ("optimizer", "optimizer")):
            (command,) = [
                each for each in run.app.get_system_commands(run.app.screen) if each.title == f"Settings: {title}"
            ]
            await command.callback()
            await run.settled()
            assert run.app.focused is run.workbench.settings
            assert chosen(run) == name
            assert title in " ".join(run.panel("settings"))


async def test_the_palette_begins_the_new_run_that_waits() -> None:
    async with running() as run:
        (command,) = [each for each in run.app.get_system_commands(run.app.screen) if "begin a new run" in each.title]
        await command.callback()
        await run.settled()
        assert any("nothing waits" in row for row in run.panel("settings"))
        await go_to(run, "seed")
        await run.press("right", "1")
        await command.callback()
        await run.until(lambda: run.trainer.spec.seed == 43)


async def test_beginning_with_nothing_that_waits_says_so_until_the_next_key() -> None:
    async with running() as run:
        await run.press("M", "a")
        assert any("nothing waits: change model or data first" in row for row in run.panel("settings"))
        assert not run.workbench.settings.waiting
        await run.press("down")
        assert not any("nothing waits" in row for row in run.panel("settings"))


async def test_the_optimizer_is_typed_as_it_is_shown_and_refused_in_the_same_words() -> None:
    async with running() as run:
        await run.press("M")
        assert any("SGD, Momentum, Nesterov, RMSProp, Adam or" in row for row in run.panel("settings"))
        await run.press("enter")
        assert run.workbench.settings.field.value == "AdamW"
        await run.press("escape")
        await type_value(run, "adan")
        assert any("'adan' is not SGD, Momentum" in row for row in run.panel("settings"))
        await run.press("escape")
        await type_value(run, "NESTEROV")
        await changed(run, optimizer="nesterov")
        assert "Nesterov" in shown(run, "optimizer")


async def test_going_to_a_panel_below_closes_the_settings_and_others_stay_beside_them() -> None:
    async with running() as run:
        await run.press("M", "3")
        assert run.workbench.settings.display
        assert run.workbench.boundary.has_focus
        await run.press("tab", "tab")
        assert run.workbench.settings.has_focus
        await run.press("1")
        assert not run.workbench.settings.display
        assert run.workbench.graph.display


async def test_training_keys_work_beside_the_settings() -> None:
    async with running() as run:
        await run.press("M", "s", "S", "b")
        assert run.step == 10
        await run.press("space")
        await run.until(lambda: run.step > 12, "plays")


@pytest.mark.parametrize("size", [(79, 23), (40, 10), (30, 6), (20, 3)])
async def test_small_screens_show_the_settings_alone(size: tuple[int, int]) -> None:
    async with running(size) as run:
        await run.press("M")
        assert run.workbench.settings.has_focus
        assert not run.workbench.boundary.display
        for key in ("down", "right", "enter", "escape", "end", "pageup"):
            await run.press(key)
        await run.press("M")
        assert run.workbench.graph.has_focus


async def test_a_click_selects_a_row_and_another_types() -> None:
    async with running() as run:
        await run.press("M")
        rows = run.panel("settings")
        line = next(number for number, row in enumerate(rows) if row.startswith(" L1"))
        await run.pilot.click("#settings", offset=(5, line + 1))
        assert chosen(run) == "l1"
        await run.pilot.click("#settings", offset=(5, line + 1))
        assert isinstance(run.app.focused, Input)


async def test_a_new_seed_keeps_what_was_changed_live() -> None:
    async with running() as run:
        await run.press("M", "down", "right")
        await changed(run, lr=0.2)
        await run.press("n")
        await run.until(lambda: run.trainer.spec.seed == 43 and run.trainer.last, "the new run")
        assert run.trainer.config.lr == 0.2


async def test_the_header_and_the_parameters_know_features_schedule_and_activations() -> None:
    spec = replace(
        DEFAULT,
        config=Config(hidden=(4, 3), activation="tanh,relu", features=("x", "y", "x2"), schedule="linear", l1=0.01),
    )
    async with running((120, 40), spec) as run:
        await run.press("S", "5")
        assert "3→4→3→3 tanh,relu · AdamW 0.0900" in run.rows()[0]
        assert "train+L1" in run.rows()[1]
        heads = run.panel("parameters")[0].split()
        assert heads[-4:] == ["x", "y", "x²", "bias"]


async def test_other_screens_do_not_see_the_keys_of_the_settings() -> None:
    async with running() as run:
        await run.press("question_mark", "M")
        assert not run.workbench.settings.display
        await run.press("escape", "M")
        await asyncio.sleep(0)
        assert run.workbench.settings.display
