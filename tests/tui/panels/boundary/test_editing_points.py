"""The points through keys and mouse: every edit, undone and redone, in the run's history, and to and from files."""

import random
from pathlib import Path

import pytest

from data.csv.read import load_csv
from data.dataset import DataError
from engine.examples import SPLITS, Located
from engine.rng import Rng
from engine.run.config import Config
from tests.tui.panels.boundary.test_panel import cursor_cell, foot, note
from tests.tui.running import SIZES, Running, running
from tests.tui.support import DEFAULT, HINGE, session_of
from tests.tui.workbench.test_history import go_to, trained
from tests.tui.workbench.test_training import kill_worker, state
from tui.run.spec import RunSpec
from tui.screens.branches import BranchScreen
from tui.worker.intents import ChangeSettings, SetParameter, SwitchBranch

each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def points(run: Running) -> dict[str, tuple[tuple[float, float, int], ...]]:
    """The examples that the app shows, which are those that the worker has."""
    shown = run.workbench.boundary.points
    assert shown
    assert run.workbench.dataset == shown.dataset
    assert run.trainer.splits
    assert {name: run.trainer.splits.get(name, ()) for name in SPLITS} == shown.dataset.splits
    return dict(shown.dataset.splits)


def place(run: Running) -> tuple[float, float]:
    """Where the cursor is."""
    assert run.workbench.boundary.cursor.point
    return run.workbench.boundary.cursor.point


async def to_point(run: Running, split: str, index: int) -> tuple[float, float, int]:
    """The cursor to an example."""
    await run.press("3")
    example = run.workbench.dataset.splits[split][index]
    run.workbench.boundary.cursor.point = example[:2]
    run.workbench.boundary._want()
    await run.settled()
    return example


@each_size
async def test_a_adds_a_point_of_the_chosen_class_at_the_cursor_and_the_network_learns_from_it(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        before = points(run)
        await run.press("3", "right", "down")
        assert "+ ●" in note(run)
        await run.press("o")
        assert "+ ▲" in note(run)
        await run.press("a")
        added = (*place(run), 1)
        assert points(run) == {**before, "train": (*before["train"], added)}
        assert f"▲ train {len(before['train'])}" in note(run)
        assert run.last.metrics.splits["train"].examples == len(before["train"]) + 1
        await run.press("S")
        session = session_of(DEFAULT)
        session.edit([], [Located("train", added)], "add point")
        session.advance(10)
        assert run.last.checkpoint == session.checkpoint()


async def test_the_chosen_class_goes_around_both_ways() -> None:
    async with running() as run:
        await run.press("3")
        seen = []
        for key in ("o", "o", "o", "O"):
            await run.press(key)
            seen.append(run.workbench.boundary.hand.label)
        assert seen == [1, 2, 0, 2]


async def test_a_point_is_picked_up_moves_with_the_arrows_and_is_dropped_as_one_edit() -> None:
    async with running() as run:
        before = points(run)
        x, y, label = await to_point(run, "train", 7)
        await run.press("e")
        assert f"moving {run.workbench.palette.glyph(label)} train" in note(run)
        assert "e drops; esc puts back" in run.rows()[-1]
        await run.press("right", "right", "up")
        assert points(run)["train"][7] == (*place(run), label)
        assert place(run) != (x, y)
        await run.press("e")
        assert "moving" not in run.text()
        moved = points(run)
        await run.press("left")
        assert points(run) == moved
        await run.press("ctrl+u")
        assert points(run) == before
        assert any("undone: move point" in said for said in run.notices())
        await run.press("ctrl+r")
        assert points(run) == moved


async def test_escape_puts_a_point_back_and_what_was_not_moved_is_no_edit() -> None:
    async with running() as run:
        before = points(run)
        await to_point(run, "val", 2)
        await run.press("e", "left", "left", "down", "escape")
        assert points(run) == before
        assert "moving" not in note(run)
        await run.press("e", "escape", "e", "enter", "ctrl+u")
        assert points(run) == before
        assert any("nothing to undo" in said for said in run.notices())


async def test_keys_that_come_at_once_are_about_the_same_point() -> None:
    async with running() as run:
        before = points(run)
        await to_point(run, "train", 3)
        label = before["train"][3][2]
        await run.hold("l", "l", "e", "right", "right", "right", "down", "e", "l")
        assert points(run)["train"][3] == (*place(run), label)
        await run.hold("d", "a", "d", "a", "h")
        assert len(points(run)["val"]) == len(before["val"]) + 1
        assert not run.notices()


async def test_l_relabels_h_holds_out_and_d_deletes_the_nearest_point() -> None:
    async with running((120, 40)) as run:
        before = points(run)
        x, y, label = await to_point(run, "train", 5)
        assert f"train 5{' '}" in note(run)
        await run.press("l")
        assert points(run)["train"][5] == (x, y, (label + 1) % 3)
        for split in ("val", "test"):
            await run.press("h")
            assert points(run)[split][-1] == (x, y, (label + 1) % 3)
            assert f"{split} {len(before[split])}" in note(run)
        await run.press("h", "delete")
        assert points(run) == {**before, "train": before["train"][:5] + before["train"][6:]}
        assert run.last.metrics.splits["train"].examples == len(before["train"]) - 1
        for _ in range(5):
            await run.press("ctrl+u")
        assert points(run) == before


async def test_where_no_point_is_near_nothing_happens_and_that_is_said() -> None:
    async with running((120, 40)) as run:
        before = points(run)
        await run.press("3")
        await run.hold("right", "down", times=80)
        for key in ("d", "l", "h", "e"):
            await run.press(key)
        assert points(run) == before
        assert any("no point near the cursor" in said for said in run.notices())


async def test_painting_adds_a_point_in_every_cell_and_gives_its_class_to_those_that_are_there() -> None:
    async with running() as run:
        before = points(run)
        await run.press("3")
        column, row = cursor_cell(run)
        await run.press("o", "A")
        assert "painting ▲" in note(run)
        assert "painting" in run.rows()[-1]
        await run.hold("left", times=6)
        assert cursor_cell(run) == (column - 6, row)
        shown = run.workbench.boundary.points
        assert shown
        assert all(shown.placed[column - away, row].label == 1 for away in range(7))
        count = len(run.trainer.timeline.branch.changes) if run.trainer.timeline else 0
        await run.press("right", "right")
        assert run.trainer.timeline
        assert len(run.trainer.timeline.branch.changes) == count, "those have the class already"
        await run.press("escape")
        painted = points(run)
        await run.press("down")
        assert points(run) == painted
        for _ in range(count):
            await run.press("ctrl+u")
        assert points(run) == before


async def test_leaving_the_panel_ends_what_is_in_hand() -> None:
    async with running() as run:
        await run.press("3", "A", "1", "3", "right", "right")
        assert run.trainer.timeline
        assert len(run.trainer.timeline.branch.changes) == 1
        await run.press("e", "2", "3")
        assert run.workbench.boundary.hand.held is None


async def test_the_last_train_example_stays_and_training_plays_on() -> None:
    spec = RunSpec(dataset="xor", points=10)
    async with running(spec=spec) as run:
        for _ in range(len(points(run)["train"]) - 1):
            await to_point(run, "train", 0)
            await run.press("d")
        last = points(run)
        assert len(last["train"]) == 1
        await run.press("space")
        await to_point(run, "train", 0)
        await run.press("d")
        await run.until(lambda: any("the last train example stays" in said for said in run.notices()))
        assert run.trainer.playing
        await run.press("h", "space")
        assert points(run) == last
        assert len(run.notices()) == 1


async def test_edits_go_on_while_training_plays() -> None:
    async with running(playing=True, speed=100) as run:
        await run.press("3", "a", "right", "A", "right", "right", "escape")
        await run.until(lambda: run.last.metrics.splits["train"].examples == 84)
        assert run.trainer.playing
        assert run.trainer.timeline
        assert len(run.trainer.timeline.branches) == 1
        await run.press("space")
        end = run.last
        await go_to(run, "first")
        await go_to(run, str(end.metrics.step))
        assert run.last.checkpoint == end.checkpoint


async def test_seeking_shows_the_points_of_that_step_and_an_edit_amid_the_run_is_a_branch() -> None:
    async with running((120, 40)) as run:
        first = points(run)
        await trained(run, 10)
        await run.press("3", "a", "right", "a")
        second = points(run)
        await trained(run, 20)
        await run.press("d")
        third = points(run)
        for step, expected in ((15, second), (3, first), (20, third), (9, first), (10, second)):
            await go_to(run, str(step))
            assert points(run) == expected, step
        await go_to(run, "5")
        await run.press("3", "o", "a", "left", "a", "left", "a", "ctrl+u")
        fourth = points(run)
        assert len(fourth["train"]) == 82
        assert run.trainer.timeline
        assert run.trainer.timeline.current == 2
        await run.press("H")
        assert isinstance(run.app.screen, BranchScreen)
        rows = [row for row in run.rows() if "from " in row]
        assert "add point" in rows[0]
        assert "delete point" in rows[0]
        assert rows[1].rstrip(" │").endswith("add point ×2")
        await run.press("up", "enter")
        await go_to(run, "last")
        assert points(run) == third


async def test_a_new_worker_has_the_edited_points() -> None:
    async with running() as run:
        await run.press("3", "a", "S", "o", "right", "a")
        before = points(run)
        await kill_worker(run)
        await run.until(run.notices)
        await run.settled()
        assert points(run) == before
        await run.press("ctrl+u")
        assert len(points(run)["train"]) == len(before["train"]) - 1


async def test_the_view_keeps_still_while_points_are_edited_and_grows_for_one_outside() -> None:
    async with running((200, 60)) as run:
        grid = run.workbench.boundary.grid()
        await run.press("3")
        await run.hold("left", "up", times=90)
        await run.press("a")
        await to_point(run, "train", 0)
        await run.press("d")
        assert run.workbench.boundary.grid() == grid
        await run.resize(80, 24)
        await run.settled()
        small = run.workbench.boundary.grid()
        assert small
        corner = points(run)["train"][-1]
        assert small.left <= corner[0]
        assert corner[1] <= small.top
        shown = run.workbench.boundary.points
        assert shown
        assert sum(mark.label == 0 and (mark.x, mark.y) == corner[:2] for mark in shown.placed.values()) == 1
        await run.press("d")
        assert run.workbench.boundary.grid() == small


async def test_what_is_edited_is_drawn_even_where_most_points_are_not() -> None:
    async with running(spec=RunSpec(points=2000)) as run:
        await run.press("3")
        shown = run.workbench.boundary.points
        assert shown
        assert shown.thinned > 10
        before = dict(shown.placed)
        await run.press("home", "A", "right", "right", "right", "escape")
        assert all(shown.placed[cell] == mark for cell, mark in before.items() if mark.label == 0)
        column, row = cursor_cell(run)
        assert all(shown.placed[column - away, row].label == 0 for away in range(4))
        await run.press("d")
        assert shown.at(place(run)) is None


async def test_end_goes_to_points_that_are_drawn_and_what_is_under_the_cursor_is_what_keys_are_about() -> None:
    async with running(spec=RunSpec(points=2000)) as run:
        await run.press("3")
        shown = run.workbench.boundary.points
        assert shown
        for _ in range(12):
            await run.press("end")
            spot = shown.at(place(run))
            assert spot
            assert spot.example[:2] == place(run)
            await run.press("enter")
            assert run.last.choice
            assert (run.last.choice.split, run.last.choice.index) == (spot.split, spot.index)
        spot = shown.at(place(run))
        assert spot
        before = points(run)[spot.split]
        await run.press("d")
        assert points(run)[spot.split] == (*before[: spot.index], *before[spot.index + 1 :])


async def test_an_edit_on_the_lines_is_made_and_seen_where_the_points_are() -> None:
    async with running() as run:
        await run.press("3", "v", "v", "v", "right")
        assert "lines" in run.text()
        await run.press("a")
        assert run.workbench.boundary.view == "confidence"
        assert points(run)["train"][80] == (*place(run), 0)


async def test_an_edit_where_the_plane_is_not_to_be_seen_goes_there_first_and_says_so() -> None:
    async with running() as run:
        before = points(run)
        await run.press("3", "v", "v", "v", "v", "a")
        assert points(run) == before
        assert run.workbench.boundary.view == "confidence"
        assert run.notices() == ["points are edited here: press the key again"]
        await run.press("a")
        assert len(points(run)["train"]) == 81


async def test_painting_gives_its_class_to_every_point_of_a_cell_in_one_edit(tmp_path: Path) -> None:
    file = tmp_path / "close.csv"
    file.write_text(
        ".31,.31,a,train\n.311,.311,a,train\n.311,.311,a,train\n.31,.31,a,val\n1,1,b,train\n-1,-1,b,train\n"
    )
    async with running(spec=RunSpec(csv=file)) as run:
        before = points(run)
        await to_point(run, "train", 0)
        await run.press("o", "A")
        assert [label for _, _, label in points(run)["train"]] == [1] * 5
        assert [label for _, _, label in points(run)["val"]] == [1]
        await run.press("escape", "ctrl+u")
        assert points(run) == before


async def test_the_mouse_drags_adds_relabels_deletes_and_paints() -> None:
    async with running() as run:
        before = points(run)
        await to_point(run, "train", 7)
        column, row = cursor_cell(run)
        at = (column + 1, row + 1)
        await run.pilot.mouse_down("#boundary", offset=at)
        await run.pilot.hover("#boundary", offset=(at[0] + 1, at[1]))
        await run.pilot.hover("#boundary", offset=(at[0] + 2, at[1] - 1))
        await run.pilot.mouse_up("#boundary", offset=(at[0] + 2, at[1] - 1))
        await run.settled()
        assert cursor_cell(run) == (column + 2, row - 1)
        changed = [old for old, new in zip(before["train"], points(run)["train"], strict=True) if old != new]
        assert len(changed) == 1
        await run.press("ctrl+u")
        assert points(run) == before

        await run.pilot.click("#boundary", offset=(30, 9), times=2)
        await run.settled()
        assert len(points(run)["train"]) == 81
        await run.pilot.click("#boundary", offset=(30, 9), times=2)
        await run.settled()
        assert points(run)["train"][80][2] == 1
        await run.pilot.click("#boundary", offset=(30, 9), button=3)
        await run.settled()
        assert points(run) == before

        async def drag() -> None:
            await run.pilot.mouse_down("#boundary", offset=(2, 10))
            for away in range(3, 8):
                await run.pilot.hover("#boundary", offset=(away, 10))
            await run.pilot.mouse_up("#boundary", offset=(7, 10))
            await run.settled()

        await drag()
        assert points(run) == before, "only after A does a drag paint"
        assert cursor_cell(run) == (6, 9)
        await run.press("A", "ctrl+u")
        await drag()
        assert len(points(run)["train"]) > 80
        await run.press("ctrl+u")
        assert points(run) == before, "a stroke is one edit"


async def test_a_stroke_that_begins_on_a_point_of_its_class_is_an_edit_of_its_own() -> None:
    async def drag(*cells: tuple[int, int]) -> None:
        await run.pilot.mouse_down("#boundary", offset=cells[0])
        for cell in cells[1:]:
            await run.pilot.hover("#boundary", offset=cell)
        await run.pilot.mouse_up("#boundary", offset=cells[-1])
        await run.settled()

    async with running((120, 40)) as run:
        await run.press("3", "A", "ctrl+u")
        before = points(run)
        await drag((3, 2), (4, 2), (5, 2))
        first = points(run)
        assert len(first["train"]) == len(before["train"]) + 3
        await drag((5, 2), (5, 3), (5, 4))
        assert len(points(run)["train"]) == len(first["train"]) + 2
        await run.press("ctrl+u")
        assert points(run) == first
        await run.press("ctrl+u")
        assert points(run) == before


async def test_any_weight_or_bias_is_typed_in_and_taken_back() -> None:
    async with running() as run:
        await run.press("slash")
        await run.type_text("w1[3,0]")
        await run.press("enter", "equals_sign")
        assert "w1[3,0], now " in run.workbench.prompt.placeholder
        await run.type_text("much")
        await run.press("enter")
        assert "'much': a number such as -0.5" in run.rows()[-1]
        for far in ("1e999", "-inf", "nan"):
            await run.press("ctrl+u")
            await run.type_text(far)
            await run.press("enter")
            assert f"'{far}': a finite number, as -0.5" in run.rows()[-1]
        await run.press("ctrl+u")
        await run.type_text("-1.25")
        await run.press("enter")
        session = session_of(DEFAULT)
        index = session.parameter_names.index("w1[3,0]")
        session.set_parameter(index, -1.25)
        assert run.last.checkpoint == session.checkpoint()
        assert "-1.2500" in run.panel("graph")[run.workbench.graph.cursor - run.workbench.graph.top + 1]
        await run.press("ctrl+u")
        assert run.last.checkpoint == session_of(DEFAULT).checkpoint()
        await run.press("5", "right", "down", "down", "equals_sign")
        await run.type_text("2")
        await run.press("enter")
        assert run.last.checkpoint.parameters[2] == 2.0


async def test_where_no_weight_is_selected_one_is_named_with_its_value_and_what_is_typed_is_no_key() -> None:
    async with running((80, 24)) as run:
        await run.press("equals_sign")
        await run.type_text("0.5")
        await run.press("enter")
        assert run.rows()[-1].rstrip().endswith("which one? such as w1[0,0] = -0.5")
        run.workbench.prompt.value = "w1[3, 0]"
        await run.press("enter")
        assert run.rows()[-1].rstrip().endswith("and what? w1[3,0] = -0.5")
        run.workbench.prompt.value = "0.5"
        await run.type_text("xS")
        assert (run.step, run.workbench.graph.has_focus, run.workbench.micro_stepping.on) == (0, False, False)
        await run.press(*["backspace"] * 5)
        await run.type_text("w7[0,0] = 1")
        await run.press("enter")
        assert run.rows()[-1].rstrip().endswith("'w7[0,0]' is no weight or bias")
        await run.press(*["backspace"] * 11)
        await run.type_text("w1[3, 0] =")
        place = session_of(DEFAULT).parameter_names.index("w1[3,0]")
        assert run.rows()[-1].rstrip().endswith(f"now {run.last.checkpoint.parameters[place]:.5g}")
        await run.type_text(" -1.25")
        await run.press("enter")
        assert not run.workbench.prompt.display
        assert run.last.checkpoint.parameters[place] == -1.25
        await run.press("slash")
        await run.type_text("b1[0]")
        await run.press("enter", "equals_sign")
        await run.type_text("b1[1]=2")
        await run.press("enter")
        assert run.last.checkpoint.parameters[session_of(DEFAULT).parameter_names.index("b1[1]")] == 2.0


async def test_undo_before_the_edit_says_where_it_was_made() -> None:
    async with running() as run:
        await run.press("S", "3", "a", "b", "b", "ctrl+u")
        await run.until(run.notices)
        words = " ".join(run.notices()[0].split())
        assert words == "there is nothing to undo at step 8: the latest edit, add point, was made at step 10"


async def test_while_something_is_typed_no_key_of_the_footer_is_shown_and_nothing_of_the_line_is_cut() -> None:
    async with running((80, 24)) as run:
        await run.press("3", "a", "n")
        await run.until(lambda: "drop the unsaved edits?" in run.rows()[-1])
        await run.settled()
        assert " drop the unsaved edits? y, n  esc back " in run.rows()[-1]
        assert run.rows()[-1].rstrip().endswith(" edited points")
        await run.press("escape")
        await run.until(lambda: "q quit" in run.rows()[-1])
        await run.press("R")
        await run.type_text("some.csv")
        await run.until(lambda: " enter begins a new run; esc back" in run.rows()[-1])
        await run.press("escape")
        await run.until(lambda: "q quit" in run.rows()[-1])


async def test_points_are_written_and_read_back_to_the_same_digits(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    async with running(spec=RunSpec(split=(60, 30, 10), config=Config(hidden=(3,)))) as run:
        await run.press("3", "a", "right", "o", "a", "W")
        await run.until(lambda: run.workbench.prompt.value == "yin-yang-42.csv")
        assert "enter writes 102 points" in run.rows()[-1]
        run.workbench.prompt.value = str(file)
        await run.press("enter")
        await run.until(lambda: any("102 points written" in said for said in run.notices()))
        written = points(run)
        assert load_csv(file, Rng(1)).splits == written
        await run.press("n")
        assert run.trainer.spec.seed == 43, "nothing is lost: nothing is asked"
        await run.settled()
        assert run.notices() == [], "what was said was of the run before"
        await run.press("R")
        await run.type_text(str(file))
        await run.press("enter")
        await run.until(lambda: run.trainer.spec.csv == file and run.trainer.last, "the file is open")
        await run.settled()
        assert points(run) == written
        assert run.trainer.spec.split is None, "the file has its own"
        assert "mine.csv · 2→3→3" in state(run)
        assert run.step == 0


async def test_points_of_one_class_are_written_and_it_is_said_that_no_run_begins_with_them(tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    async with running(spec=RunSpec(dataset="xor", points=10)) as run:
        for split, examples in points(run).items():
            for index, (_, _, label) in enumerate(examples):
                if label == 1:
                    await to_point(run, split, index)
                    await run.press("l")
        assert {label for _, _, label in run.workbench.dataset.examples()} == {0}
        await run.press("W")
        run.workbench.prompt.value = str(file)
        await run.press("enter")
        await run.until(lambda: any("written" in said for said in run.notices()))
        assert "10 points written; of one class only: it can't be opened by itself" in run.notices()[-1]
        with pytest.raises(DataError):
            load_csv(file, Rng(1))


async def test_there_are_never_more_points_than_a_file_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.panels.boundary.editing.MAX_POINTS", 102)
    async with running() as run:
        await run.press("3", "a", "right", "a")
        full = points(run)
        assert len(run.workbench.dataset.examples()) == 102
        await run.press("right", "a")
        assert points(run) == full
        assert run.notices() == ["at most 102 points: d deletes one"]
        await run.press("left", "l", "e", "right", "e", "h")
        assert len(run.workbench.dataset.examples()) == 102
        await run.press("d", "A")
        assert len(run.workbench.dataset.examples()) == 102
        assert run.workbench.boundary.hand.painting
        await run.hold("up", "left")
        assert len(run.workbench.dataset.examples()) == 102
        assert not run.workbench.boundary.hand.painting


@pytest.mark.parametrize("seen", [True, False])
async def test_after_a_run_with_data_elsewhere_the_cursor_is_in_sight(tmp_path: Path, seen: bool) -> None:
    file = tmp_path / "small.csv"
    file.write_text("x,y,label\n" + "".join(f"{i * 0.001},{i * 0.0007},{i % 2}\n" for i in range(30)))
    async with running((120, 40)) as run:
        await run.press("3", "shift+left", "shift+left", "shift+up")
        if not seen:
            await run.press("1", "z")
        await run.press("R")
        run.workbench.prompt.value = str(file)
        await run.press("enter")
        await run.until(lambda: run.trainer.spec.csv == file and run.trainer.last, "the file is open")
        if not seen:
            await run.press("z")
        await run.press("3")
        column, row = cursor_cell(run)
        width, height = run.workbench.boundary.size.width - 2, run.workbench.boundary.size.height - 2
        if seen:
            assert (column, row) == (width // 2, height // 2)
        grid = run.workbench.boundary.grid()
        assert grid
        await run.press("a")
        assert run.workbench.boundary.grid() == grid
        assert grid.left <= place(run)[0] <= grid.right


async def test_a_file_is_replaced_only_if_the_person_says_so(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("precious")
    async with running() as run:
        for reply, kept in (("perhaps", True), ("n", True), ("y", False)):
            await run.press("W")
            run.workbench.prompt.value = str(file)
            await run.press("enter")
            await run.until(
                lambda: "replace mine.csv?" in run.workbench.prompt.placeholder and run.workbench.prompt.display
            )
            await run.type_text(reply)
            if reply == "perhaps":
                assert "y or n" in run.rows()[-1]
                await run.press("escape")
            if not kept:
                await run.until(lambda: any("100 points written" in said for said in run.notices()))
            assert (file.read_text() == "precious") == kept


async def test_what_the_disk_refuses_is_one_line_and_the_path_can_be_mended(tmp_path: Path) -> None:
    async with running() as run:
        for path in (tmp_path / "none" / "mine.csv", tmp_path):
            await run.press("W")
            run.workbench.prompt.value = str(path)
            await run.press("enter")
            await run.until(lambda: run.workbench.prompt.display and len(run.notices()) == 1)
            assert run.workbench.prompt.value == str(path)
            await run.settled()
            assert "enter writes 100 points" in run.rows()[-1]
            assert len(run.notices()) == 1
            await run.press("escape")
        run.app.clear_notifications()
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "no such file"),
        ("x,y,label\n1,2,a\n", "every row has the label"),
        ("1,2,a\n3,4,b\n5,6,train\n7,eight,a\n", "a finite number"),
    ],
    ids=["missing", "one class", "no number"],
)
async def test_a_file_that_is_refused_leaves_the_run_as_it_is(tmp_path: Path, content: str | None, told: str) -> None:
    file = tmp_path / "points.csv"
    if content is not None:
        file.write_text(content)
    async with running(spec=HINGE, playing=True, speed=50) as run:
        await run.press("3", "a")
        await run.press("R")
        await run.type_text(str(file))
        await run.press("enter")
        await run.until(lambda: any(told in said for said in run.notices()))
        assert run.workbench.prompt.value == str(file)
        await run.press("escape")
        assert run.trainer.playing
        assert run.trainer.spec.csv is None
        assert len(points(run)["train"]) == 81
        step = run.step
        await run.until(lambda: run.step > step)


async def test_unsaved_edits_are_not_lost_without_a_question(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("1,2,a\n3,4,b\n5,6,a\n7,8,b\n9,9,a\n8,1,b\n")
    async with running() as run:
        await run.press("3", "a")
        edited = points(run)
        await run.press("n")
        assert "drop the unsaved edits?" in run.workbench.prompt.placeholder
        await run.press("escape")
        await run.press("q")
        assert "quit and drop the edits?" in run.workbench.prompt.placeholder
        await run.type_text("n")
        assert points(run) == edited
        await run.press("R")
        await run.type_text(str(file))
        await run.press("enter")
        await run.until(lambda: "drop the unsaved edits?" in run.workbench.prompt.placeholder)
        await run.type_text("n")
        assert points(run) == edited
        await run.press("n")
        await run.type_text("y")
        await run.until(lambda: run.trainer.spec.seed == 43 and run.trainer.last)
        await run.settled()
        await run.press("3", "a", "ctrl+u", "n")
        assert run.trainer.spec.seed == 44, "the edit was taken back"


async def test_edits_that_only_another_branch_has_are_not_lost_without_a_question(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("1,2,a\n3,4,b\n5,6,a\n7,8,b\n9,9,a\n8,1,b\n")
    async with running((120, 40)) as run:
        opened = points(run)
        await run.press("S", "3", "a", "S")
        edited = points(run)
        await go_to(run, "3")
        run.trainer.send(ChangeSettings((("lr", 0.5),)))
        await run.press("S")
        assert points(run) == opened
        await run.press("q")
        assert "quit and drop the edits?" in run.workbench.prompt.placeholder
        await run.press("escape", "n")
        assert "drop the unsaved edits?" in run.workbench.prompt.placeholder
        await run.press("escape", "R")
        run.workbench.prompt.value = str(file)
        await run.press("enter")
        await run.until(lambda: "drop the unsaved edits?" in run.workbench.prompt.placeholder)
        await run.press("escape", "M", "end", "right", "a")
        assert "drop the unsaved edits?" in run.workbench.prompt.placeholder
        await run.press("escape", "escape", "M")
        run.trainer.send(SwitchBranch(1))
        await go_to(run, "last")
        assert points(run) == edited
        await run.press("W")
        run.workbench.prompt.value = str(tmp_path / "kept.csv")
        await run.press("enter")
        await run.until(lambda: any("points written" in said for said in run.notices()))
        run.trainer.send(SwitchBranch(2))
        await go_to(run, "last")
        await run.press("n")
        await run.until(lambda: run.trainer.spec.seed == 43, "all of it is in files")


async def test_an_edit_is_not_lost_before_the_worker_has_heard_of_it() -> None:
    async with running() as run:
        await run.press("3")
        run.workbench.boundary.action_add()
        assert run.workbench.files.lost(run.workbench.dataset) == "edited points"
        run.workbench.boundary.action_delete()
        assert not run.workbench.files.lost(run.workbench.dataset)


async def test_each_branch_is_to_be_in_a_file_that_still_has_it(tmp_path: Path) -> None:
    async def write(name: str) -> None:
        run.app.clear_notifications()
        await run.press("W")
        run.workbench.prompt.value = str(tmp_path / name)
        await run.press("enter")
        await run.until(lambda: run.workbench.prompt.display or any("points written" in said for said in run.notices()))
        if run.workbench.prompt.display:
            await run.type_text("y")
            await run.until(lambda: any("points written" in said for said in run.notices()))

    async with running() as run:
        await run.press("S", "3", "a")
        await write("one.csv")
        assert not run.workbench.files.lost(run.workbench.dataset)
        await run.press("b", "3", "d")
        assert run.trainer.timeline
        assert run.trainer.timeline.current == 2
        assert run.workbench.files.lost(run.workbench.dataset) == "edited points"
        await write("two.csv")
        assert not run.workbench.files.lost(run.workbench.dataset)
        await write("one.csv")
        assert run.workbench.files.lost(run.workbench.dataset) == "edited points", "those of branch 1"


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_leaving_amid_a_question_or_under_the_help_asks_about_edits_once(key: str) -> None:
    async with running((120, 40)) as run:
        run.app.exit = lambda *_: run.app.notify("left")  # type: ignore[method-assign]
        await run.press("3", "a")
        for before in (["g"], ["slash"], ["question_mark"], ["H"], ["w"], ["M", "enter"]):
            await run.press(*before, key)
            assert len(run.app.screen_stack) == 1
            assert "quit and drop the edits?" in run.workbench.prompt.placeholder
            assert run.app.focused is run.workbench.prompt
            assert not run.notices()
            await run.type_text("n")
            assert not run.workbench.prompt.display
        await run.press("1")
        node = run.workbench.graph.node
        await run.press("slash")
        await run.type_text("w1[3")
        assert run.workbench.graph.node != node
        await run.press(key, "escape")
        assert run.workbench.graph.node == node, "as if the search had been left with escape"
        await run.press("question_mark", key, key)
        assert run.notices() == ["left"]


async def test_typed_in_weights_are_asked_about_before_they_are_lost() -> None:
    async with running() as run:
        run.trainer.send(SetParameter(0, 0.5))
        await run.settled()
        for key, asked in (("q", "quit and drop the edits? y, n"), ("n", "drop the unsaved edits? y, n")):
            await run.press(key)
            assert run.rows()[-1].strip().startswith(asked)
            assert run.rows()[-1].rstrip().endswith(" typed-in weights")
            await run.press("escape")
        await run.press("3", "a", "q")
        assert run.rows()[-1].rstrip().endswith("edited points and typed-in weights")
        await run.type_text("x")
        assert run.rows()[-1].rstrip().endswith("y or n")
        await run.press("escape", "ctrl+u", "ctrl+u", "n")
        assert run.trainer.spec.seed == 43, "both were taken back"


@each_size
async def test_the_screen_is_whole_with_every_class_in_hand_and_in_ascii(size: tuple[int, int]) -> None:
    async with running(size, spec=RunSpec(dataset="blobs", classes=8), ascii_only=True) as run:
        await run.press("3", "A", "right", "e", "up", "k")
        assert run.text().isascii()
        assert run.row_widths() == [size[0]] * size[1]
        assert foot(run)


@pytest.mark.parametrize("seed", [1, 2])
async def test_any_keys_in_any_order_leave_app_and_worker_with_the_same_points(seed: int) -> None:
    chance = random.Random(seed)
    keys = [
        "a",
        "o",
        "O",
        "A",
        "e",
        "l",
        "h",
        "d",
        "ctrl+u",
        "ctrl+r",
        "left",
        "right",
        "up",
        "down",
        "end",
        "home",
        "enter",
        "p",
        "k",
        "escape",
        "b",
        "s",
        "S",
        "v",
        "x",
        "r",
        "3",
        "3",
        "tab",
        "z",
    ]
    spec = RunSpec(dataset="blobs", points=30, classes=8, config=Config(batch_size=4))
    async with running(spec=spec, playing=seed == 2) as run:
        await run.hold("3")
        for _ in range(25):
            await run.hold(*chance.choices(keys, k=chance.randrange(1, 12)))
            assert not any("Error" in said for said in run.notices())
        if run.trainer.playing:
            await run.press("space")
        await run.until(lambda: run.trainer.settled)
        points(run)


async def test_keys_that_come_together_do_what_they_would_do_one_by_one(tmp_path: Path) -> None:
    def row() -> str:
        return run.rows()[-1]

    async with running() as run:
        await run.press("S")
        await run.hold("g", "5", "enter", "slash", "h", "1")
        assert run.step == 5
        assert (run.workbench.prompt.display, run.workbench.prompt.value) == (True, "h1")
        await run.hold("escape", "g", "7", "ctrl+u", "1", "2", "left", "backspace", "enter", "down", "down")
        assert run.step == 2
        assert run.workbench.graph.cursor == 2, "the arrows are for the panel again"
        await run.hold("w", *"step >", "enter", "ctrl+u", *"step > 3", "enter", "down", "enter")
        await run.until(lambda: run.step == 4 and len(run.app.screen_stack) == 1, "the first step with it")
        await run.hold("3", "a", "q", "x", "n", "s")
        assert run.step == 5
        assert not run.workbench.prompt.display
        run.app.exit = lambda *_: run.app.notify("left")  # type: ignore[method-assign]
        await run.hold("q", "y")
        assert run.notices()[-1] == "left"
