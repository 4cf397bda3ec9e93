"""The real program in a real pseudo-terminal, read through a terminal emulator, at two sizes."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.csv.read import load_csv
from engine.graph import evaluate
from engine.rng import Rng
from engine.views.reader import Reader
from tests.e2e.held_size import HELD, TITLE
from tests.e2e.program import PATIENCE, program
from tests.e2e.terminal import Terminal
from tui.draw.numbers import number
from tui.run.spec import Run, RunData, RunSpec, open_run

SIZES = ((80, 24), (120, 40))
TITLES = ("Graph", "Inspector", "Boundary", "Loss")

DELETING = """
import tui.run.spec as spec
load = spec.load_csv
def load_and_delete(path, *settings):
    dataset = load(path, *settings)
    path.unlink()
    return dataset
spec.load_csv = load_and_delete
from tui.cli.main import main
main()
"""
"""The command, where each file is gone as soon as it was read once."""


COLLECTING = """
import atexit, gc
atexit.register(lambda: print("collects:", gc.isenabled(), "left alone:", gc.get_freeze_count() > 50_000))
from chainrule.__main__ import main
main()
"""
"""The command, which says in the end how it collects garbage: imports of the command line alone leave half as much."""


def step_of(terminal: Terminal) -> int:
    """The step in the header."""
    found = re.search(r"step (\d+)(?:/\d+)? *$", terminal.lines()[0])
    return int(found[1]) if found else -1


def wait_paused(terminal: Terminal) -> int:
    """Pause, and the step at which everything on the screen then stands."""
    terminal.press("space")
    terminal.wait_for(lambda t: "paused" in t.lines()[0], PATIENCE)
    terminal.wait_quiet()
    return step_of(terminal)


def session_at(step: int) -> Run:
    """The default run at a step, computed here."""
    run = open_run(RunSpec())
    for _ in range(step):
        run.session.step()
    return run


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    with program(tmp_path, size=request.param) as terminal:
        terminal.wait_for(lambda t: "playing" in t.lines()[0] and "acc" in t.lines()[1], PATIENCE)
        yield terminal


def test_every_panel_is_there_without_a_key_pressed(app: Terminal) -> None:
    app.wait_for(lambda t: all(title in t.text() for title in TITLES) and "┤" in t.text(), PATIENCE)


def test_play_moves_the_step_pause_stops_it_and_step_adds_exactly_one(app: Terminal) -> None:
    first = step_of(app)
    app.wait_for(lambda t: step_of(t) > first, PATIENCE)
    paused = wait_paused(app)
    app.wait_quiet(1.0)
    assert step_of(app) == paused
    app.press("s")
    app.wait_for(lambda t: step_of(t) == paused + 1, PATIENCE)
    app.press("s")
    app.wait_for(lambda t: step_of(t) == paused + 2, PATIENCE)
    app.press("S")
    app.wait_for(lambda t: step_of(t) == paused + 12, PATIENCE)
    app.wait_quiet()
    assert step_of(app) == paused + 12


def micro_at(place: str, step: int | None = None) -> Callable[[Terminal], bool]:
    """Whether the header tells this position in a step of 256 micro-steps."""
    return lambda t: f"micro {place}/256 " in t.lines()[0] and step in (None, step_of(t))


def test_micro_steps_go_into_a_step_over_its_border_and_back(app: Terminal) -> None:
    step = wait_paused(app)
    app.press("m")
    app.wait_for(micro_at("  1"), PATIENCE)
    for key, place in ((".", "  2"), ("right", "  3"), (",", "  2"), ("left", "  1")):
        app.press(key)
        app.wait_for(micro_at(place), PATIENCE)
    app.press(",")
    app.wait_for(micro_at("256", step - 1), PATIENCE)
    app.press(".")
    app.wait_for(micro_at("  1", step), PATIENCE)
    app.press("escape")
    app.wait_for(lambda t: "paused" in t.lines()[0], PATIENCE)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_points_are_added_moved_painted_written_and_taken_back(size: tuple[int, int], tmp_path: Path) -> None:
    with program(tmp_path, "--paused", size=size) as app:
        app.wait_for(lambda t: "paused" in t.lines()[0] and "acc" in t.lines()[1], PATIENCE)
        app.press("3")
        app.wait_for(r"Boundary  \+ ●", PATIENCE)
        app.press("end", "shift+right", "down", "o", "a")
        app.wait_for(r"\+ ▲.*on ▲ train 80", PATIENCE)
        app.press("e", "right", "right", "down", "enter")
        app.wait_for(lambda t: "moving" not in t.text() and "on ▲ train 80" in t.text(), PATIENCE)
        app.press("A", "down", "right", "escape")
        app.wait_for(lambda t: "painting" not in t.text() and "space play" in t.lines()[-1], PATIENCE)
        app.press("s")
        app.wait_for(lambda t: step_of(t) == 1, PATIENCE)
        app.press("W")
        app.wait_for(r"enter writes 1\d\d points", PATIENCE)
        app.press("enter")
        app.wait_for(r"points\s+written|written", PATIENCE)
        written = load_csv(tmp_path / "yin-yang-42.csv", Rng(1))
        assert written.splits["train"][80][2] == 1
        session = open_run(RunSpec(), RunData(written, session_at(0).data.rng_state)).session
        session.step()
        loss = session.metrics().splits["train"].loss
        app.wait_for(lambda t: f"train {number(loss).strip()}" in t.lines()[1], PATIENCE)
        app.press(*["ctrl+u"] * 9)
        app.wait_for(r"nothing to\s+undo", PATIENCE)
        app.press("3", "end")
        app.wait_for(lambda t: "▲ train 80" not in t.text(), PATIENCE)


def test_the_selected_node_s_numbers_on_screen_are_the_engine_s(app: Terminal) -> None:
    step = wait_paused(app)
    app.press("/")
    app.type("h1[3]")
    app.press("enter")
    app.wait_for(r"Inspector  h1\[3\]", PATIENCE)
    app.wait_quiet()
    session = session_at(step).session
    probe = Reader(session).probe()
    graph = session.graph(probe.label)
    data, grad = evaluate(graph, session.parameters, probe.point)
    node = next(index for index, each in enumerate(graph.nodes) if each.name == "h1[3]")
    assert re.search(rf"data +{re.escape(repr(data[node]))}", app.text())
    assert re.search(rf"probe grad +{re.escape(repr(grad[node]))}", app.text())
    row = next(line for line in app.lines() if re.search(r"[▾▸] h1\[3\]", line))
    assert f"{number(data[node])} {number(grad[node], signed=True)}" in row
    loss = session.metrics().splits["train"].loss
    assert f"train {number(loss).strip()}" in app.lines()[1]


def test_cells_sent_one_by_one_add_up_to_the_screen_that_a_full_redraw_gives(app: Terminal) -> None:
    app.press(*[">"] * 12)
    app.wait_for(lambda t: "max" in t.lines()[0] and step_of(t) > 1000, PATIENCE)
    app.press("down", "right", "down", "right")
    wait_paused(app)
    before = app.lines()
    del before[1]  # it says who computes, and the compiler may just have finished
    app.press("?")
    app.wait_for("play or pause", PATIENCE)
    app.press("escape")
    app.wait_for(lambda t: "play or pause" not in t.text() and "Boundary" in t.text(), PATIENCE)
    app.wait_quiet()
    after = app.lines()
    del after[1]
    assert after == before


def test_paused_it_sends_nothing(app: Terminal) -> None:
    wait_paused(app)
    mark = app.mark()
    with pytest.raises(AssertionError):
        app.wait_for(lambda t: bool(t.bytes_since(mark)), 1.5)
    assert app.bytes_since(mark) == b""


def test_a_killed_worker_is_replaced_and_training_goes_on_with_the_same_digits(app: Terminal) -> None:
    step = wait_paused(app)
    (worker,) = app.children()
    os.kill(worker.pid, signal.SIGKILL)
    app.wait_for("SIGKILL", PATIENCE)
    app.press("s")
    app.wait_for(lambda t: step_of(t) == step + 1, PATIENCE)
    app.wait_quiet()
    (replacement,) = app.children()
    assert replacement.pid != worker.pid
    loss = session_at(step + 1).session.metrics().splits["train"].loss
    assert f"train {number(loss).strip()}" in app.lines()[1]


@pytest.mark.parametrize("how", ["q", "ctrl+c", "ctrl+q", signal.SIGTERM, signal.SIGHUP])
def test_it_quits_within_a_second_and_leaves_the_terminal_as_it_was(how: str | int, tmp_path: Path) -> None:
    with program(tmp_path) as terminal:
        terminal.wait_for(lambda t: "acc" in t.lines()[1], PATIENCE)
        began = time.monotonic()
        if isinstance(how, str):
            terminal.press(how)
        else:
            terminal.signal(how)
        assert terminal.wait_gone() - began < 2.0  # a second on an idle machine; measure.py has the figure
        assert terminal.modes_restored(), terminal.modes_left()


@pytest.mark.parametrize("how", [signal.SIGKILL, "a lost terminal"])
def test_the_worker_ends_however_the_app_ended(how: str | int, tmp_path: Path) -> None:
    with program(tmp_path, "--hidden", "32,32") as terminal:
        terminal.wait_for(lambda t: "acc" in t.lines()[1], PATIENCE)
        began = time.monotonic()
        if isinstance(how, str):
            terminal.hang_up()
        else:
            terminal.signal(how)
        assert terminal.wait_gone() - began < 2.0
        assert terminal.processes() == []


def test_no_color_sends_no_color(tmp_path: Path) -> None:
    with program(tmp_path, env={"NO_COLOR": "1"}) as terminal:
        terminal.wait_for(lambda t: "acc" in t.lines()[1] and "┤" in t.text(), PATIENCE)
        wait_paused(terminal)
        sent = terminal.bytes_since()
        assert b"38;2" not in sent
        assert not re.search(rb"\x1b\[(?:[\d;]*;)?(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|38;5|48;5)[;m]", sent)


def test_plain_ascii_stays_plain(tmp_path: Path) -> None:
    with program(tmp_path, "--ascii") as terminal:
        terminal.wait_for(lambda t: "acc" in t.lines()[1] and "1.0" in t.text(), PATIENCE)
        wait_paused(terminal)
        assert all(line.isascii() for line in terminal.lines())


def test_a_diverged_run_pauses_and_says_at_which_step(tmp_path: Path) -> None:
    with program(tmp_path, "--lr", "1e6") as terminal:
        terminal.wait_for(lambda t: "‖ diverged at step 1" in t.lines()[0], PATIENCE)
        step = step_of(terminal)
        terminal.press("s")
        terminal.wait_for(lambda t: step_of(t) == step + 1, PATIENCE)
        terminal.press("r", "s")
        terminal.wait_for(lambda t: step_of(t) == 1 and "1.01" not in t.lines()[1], PATIENCE)


def test_any_size_at_any_moment_is_safe(tmp_path: Path) -> None:
    with program(tmp_path, size=(120, 40)) as terminal:
        terminal.wait_for(lambda t: "acc" in t.lines()[1], PATIENCE)
        for columns, rows in ((40, 10), (10, 3), (2, 1), (250, 80), (79, 24), (80, 23), (80, 24)):
            terminal.resize(columns, rows)
            terminal.press("down", "tab", "z", "z")
        terminal.press("1")
        terminal.wait_for(lambda t: all(title in t.text() for title in TITLES), PATIENCE)
        terminal.press("s")  # it pauses; `down` did so before if the loss panel had the focus
        terminal.wait_for(r"paused.* step \d", PATIENCE)
        terminal.wait_quiet()
        rested = step_of(terminal)
        terminal.press("s")
        terminal.wait_for(lambda t: step_of(t) > rested, PATIENCE)


def test_a_size_that_comes_while_another_is_read_is_the_one_that_stays(tmp_path: Path) -> None:
    with program(tmp_path, size=(120, 40), start=("-m", "tests.e2e.held_size")) as terminal:
        terminal.wait_for(lambda t: "acc" in t.lines()[1], PATIENCE)
        wait_paused(terminal)  # so that nothing is being written when the title is
        terminal.resize(*HELD)
        terminal.wait_for(lambda t: t.title == TITLE, PATIENCE)
        terminal.resize(80, 24)
        terminal.wait_for(lambda t: all(title in t.text() for title in TITLES), PATIENCE)


def test_held_keys_and_pasted_text_do_no_harm(tmp_path: Path) -> None:
    with program(tmp_path) as terminal:
        terminal.wait_for(lambda t: "acc" in t.lines()[1], PATIENCE)
        paused = wait_paused(terminal)
        terminal.press(*["s"] * 50)
        terminal.wait_for(lambda t: step_of(t) == paused + 50, PATIENCE)
        terminal.send(b"\x1b[200~quit q; rm -rf \x1b[201~")
        terminal.press("s")
        terminal.wait_for(lambda t: step_of(t) == paused + 51, PATIENCE)


def test_a_file_is_read_once_by_the_command_for_app_worker_and_stop_conditions(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text(
        "x,y,label\n" + "".join(f"{n},{n * n % 7},{n % 3}\n" for n in range(3000))
    )  # more than a pipe holds
    options = ("--data", str(points), "--stop", "train loss < 0.0001", "--steps", "3", "--backend", "python")
    with program(tmp_path, *options, start=("-c", DELETING)) as terminal:
        terminal.wait_for(lambda t: step_of(t) == 3 and "paused" in t.lines()[0], PATIENCE)
        assert not points.exists()
        terminal.press("space")
        terminal.wait_for(lambda t: step_of(t) > 3, PATIENCE)


def test_garbage_is_collected_again_once_the_first_frame_is_there(tmp_path: Path) -> None:
    with program(tmp_path, start=("-c", COLLECTING)) as terminal:
        wait_paused(terminal)
        terminal.press("q")
        assert terminal.wait_exit(PATIENCE) == 0
        assert "collects: True left alone: True" in terminal.text()
