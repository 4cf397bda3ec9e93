"""The playground in a real pseudo-terminal at 80x24: points, files, weights, stopping, mistakes, models."""

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import inf
from pathlib import Path

from data.csv.read import load_csv
from engine.examples import ALL, Located
from engine.rng import Rng
from engine.run.config import Config
from engine.run.session import Session
from engine.views.reader import Reader
from tests.e2e.program import PATIENCE, program
from tests.e2e.terminal import Terminal
from tests.e2e.test_app import step_of
from tests.e2e.test_microscope import losses
from tui.run.spec import RunSpec, open_run

WITHOUT_OVERRIDES = (
    "import ctypes, os, sys; [ctypes.CDLL(None).prctl(24, each, 0, 0, 0) for each in (1, 2)]; "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
"""Drops the capabilities with which root passes over the rights of files, and goes on as Python."""
SPIRALS = (
    "--dataset spirals --points 60 --noise 0.05 --split 60,20,20 --seed 7 --features x,y,x2,sinx --hidden 4,3 "
    "--activation tanh,relu --init he-normal --loss hinge --optimizer nesterov --lr 0.05 --momentum 0.8 --l1 0.001 "
    "--l2 0.002 --schedule cosine --decay-steps 50 --final-lr 0.001 --batch-size 8 --batch-seed 3"
)


@contextmanager
def paused(home: Path, *options: str) -> Iterator[Terminal]:
    """The app, paused, where files are written into `home`."""
    with program(home, "--paused", *options, start=("-c", WITHOUT_OVERRIDES, "-m", "chainrule")) as terminal:
        terminal.wait_for(lambda t: "paused" in t.lines()[0] and "acc" in t.lines()[1], PATIENCE)
        yield terminal


def shows(terminal: Terminal, session: Session) -> None:
    """Wait until the header has the step and the losses of a session."""
    step, wanted = session.step_count, losses(session)

    def so(t: Terminal) -> bool:
        return step_of(t) == step and re.findall(r"(?:train|val|test)\S* +(\S+)", t.lines()[1]) == wanted

    terminal.wait_for(so, PATIENCE)


def told(terminal: Terminal, words: str) -> None:
    """Wait until these words stand in a box over the screen."""

    def so(t: Terminal) -> bool:
        boxes = (line.partition("▌")[2].strip(" │─╯") for line in t.lines() if "▌" in line)
        return words in " ".join(box for box in boxes if box)

    terminal.wait_for(so, PATIENCE)


def after(steps: int) -> Session:
    """The default run after so many steps."""
    session = open_run(RunSpec()).session
    session.advance(steps)
    return session


def on(terminal: Terminal, session: Session) -> Located:
    """The point that the boundary's title names, as the engine has it."""
    found = re.search(r"Boundary .* on \S (train|val|test) +(\d+) ", terminal.text())
    assert found, terminal.text()
    return Located(found[1], session.splits[found[1]][int(found[2])])


def relabelled(point: Located) -> Located:
    """With the next of three classes."""
    x, y, label = point.example
    return Located(point.split, (x, y, (label + 1) % 3))


def test_edits_amid_a_run_are_learnt_from_sought_across_undone_and_done_again(tmp_path: Path) -> None:
    run = after(3)
    with paused(tmp_path) as app:
        app.press("s", "s", "s", "3", "end")
        shows(app, run)
        app.wait_for(r" on \S train", PATIENCE)
        first = on(app, run)
        app.press("l")
        run.edit([first], [relabelled(first)], "relabel point")
        shows(app, run)
        app.press("h")
        run.edit([relabelled(first)], [Located("val", relabelled(first).example)], "point to val")
        shows(app, run)
        app.wait_for(r" on \S val 10 ", PATIENCE)
        app.press("end")
        app.wait_for(r" on \S train", PATIENCE)
        second = on(app, run)
        app.press("d")
        run.edit([second], [], "delete point")
        shows(app, run)
        app.type("/w2[0,1]\r")
        app.wait_for(r"Inspector  w2\[0,1\]", PATIENCE)
        app.type("=-1.5\r")
        run.set_parameter(run.parameter_names.index("w2[0,1]"), -1.5)
        shows(app, run)
        app.wait_for(r"data +-1\.5 ", PATIENCE)
        app.press("S")
        run.advance(10)
        shows(app, run)

        app.type("g2\r")
        shows(app, after(2))
        app.type("glast\r")
        shows(app, run)
        for _ in range(4):
            app.press("ctrl+u")
            run.undo()
            shows(app, run)
        assert run.splits == after(0).splits
        app.press("ctrl+u")
        told(app, "nothing to undo")
        for _ in range(4):
            app.press("ctrl+r")
            run.redo()
            shows(app, run)
        assert first.example not in run.splits["train"]
        app.press("S")
        run.advance(10)
        shows(app, run)

        app.press("b", "3", "d")
        app.wait_for("branch 2", PATIENCE)
        assert "paused" in app.lines()[0]
        app.press("space")
        app.wait_for(lambda t: step_of(t) > 24, PATIENCE)
        app.press("right", "a")
        app.wait_for(r" on ● train 7\d ", PATIENCE)
        added = step_of(app)
        app.wait_for(lambda t: step_of(t) > added and "playing" in t.lines()[0], PATIENCE)


def write(terminal: Terminal, *, over: bool) -> None:
    """Write the points to the file that is proposed."""
    terminal.press("W")
    terminal.wait_for(r"enter writes \d+ points", PATIENCE)
    terminal.press("enter")
    if over:
        terminal.wait_for(r"replace yin-yang-42\.csv\?", PATIENCE)


def test_points_are_written_and_read_and_what_a_disk_refuses_is_one_line_and_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "points"
    folder.mkdir()
    file = folder / "yin-yang-42.csv"
    with paused(folder) as app:
        write(app, over=False)
        told(app, "csv: 100 points written")
        as_it_was = file.read_bytes()
        assert load_csv(file, Rng(1)).splits == after(0).splits
        app.press("3", "right", "a")
        app.wait_for(r" on ● train 80 ", PATIENCE)

        write(app, over=True)
        app.press("n")
        app.wait_for(lambda t: "? help" in t.lines()[-1], PATIENCE)
        app.wait_quiet()
        folder.chmod(0o500)
        write(app, over=True)
        app.press("y")
        told(app, "not saved: you have no right to write in ")
        assert file.read_bytes() == as_it_was
        folder.chmod(0o700)
        app.wait_for(r"enter writes 101 points", PATIENCE)  # what was typed is still there
        limits = resource.prlimit(app.pid, resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
        app.press("enter")
        app.wait_for(r"replace yin-yang-42\.csv\?", PATIENCE)
        app.press("y")
        told(app, "not saved: File too large")
        assert list(folder.glob("*.csv")) == [file]
        assert file.read_bytes() == as_it_was
        resource.prlimit(app.pid, resource.RLIMIT_FSIZE, limits)
        app.wait_for(r"enter writes 101 points", PATIENCE)
        app.press("enter")
        app.wait_for(r"replace yin-yang-42\.csv\?", PATIENCE)
        app.press("y")
        told(app, "101 points written")

        app.wait_quiet()
        app.press("right", "right", "a")
        app.wait_for(r" on ● train 81 ", PATIENCE)
        (folder / "bad.csv").write_text("x,y,label\n1,2,a\n1,two,b\n")
        app.press("R")
        app.wait_for("begins a new run", PATIENCE)
        app.press("ctrl+u")
        app.wait_for(r"^ read points from", PATIENCE)
        app.type("bad.csv\r")
        told(app, "row 3")
        app.wait_for(r"^ bad\.csv ", PATIENCE)
        app.press("ctrl+u")
        app.wait_for(r"^ read points from", PATIENCE)
        app.type("yin-yang-42.csv\r")
        app.wait_for(r"drop the unsaved edits\?", PATIENCE)
        app.press("y")
        read = open_run(RunSpec(csv=file)).session
        assert len(read.splits["train"]) == 81
        app.wait_for(lambda t: "yin-yang-42.csv" in t.lines()[0], PATIENCE)
        app.press("S")
        read.advance(10)
        shows(app, read)


def turns(steps: int) -> dict[str, int]:
    """For some conditions the step at which each turns true first, found by looking at every step."""
    session = after(0)
    found: dict[str, int] = {}
    best = inf
    best_step = 0
    for step in range(steps):
        train, val = (session.metrics().splits[name] for name in ("train", "val"))
        if val.loss < best:
            best, best_step = val.loss, step
        holds = {
            "accuracy >= 80%": train.accuracy >= 0.8,
            "step >= 30": step >= 30,
            "loss < 0.2": train.loss < 0.2,
            "val loss not better for 10": step - best_step >= 10,
        }
        for text, is_so in holds.items():
            if is_so:
                found.setdefault(text, step)
        session.step()
    return found


def test_training_stops_at_each_kind_of_condition_and_a_mistake_becomes_the_probe(tmp_path: Path) -> None:
    steps = turns(700)
    accurate, thirty, low, worn = steps
    assert list(steps.values()) == sorted(set(steps.values())), steps
    with paused(tmp_path, "--stop", accurate, "--stop", thirty) as app:

        def stops(condition: str) -> None:
            app.press("space")
            app.wait_for(lambda t: "paused" in t.lines()[0] and step_of(t) == steps[condition], PATIENCE)
            shows(app, after(steps[condition]))

        def add(condition: str) -> None:
            app.press("w")
            app.wait_for(r"(?s)Watchpoints.*accuracy >= 80%.*step >= 30", PATIENCE)
            app.type(f"{condition}\r")
            app.wait_for(rf"│ +{condition} +│", PATIENCE)
            app.press("escape")
            app.wait_for(lambda t: "Watchpoints" not in t.text(), PATIENCE)

        app.press(*[">"] * 12)
        app.wait_for(r"^ chainrule .* max +step 0", PATIENCE)
        stops(accurate)
        stops(thirty)
        add(low)
        stops(low)
        add(worn)
        stops(worn)
        app.press("w")
        app.wait_for("Watchpoints", PATIENCE)
        app.type("step >\r")
        app.wait_for(r"'step >' is no condition", PATIENCE)
        app.press("down")
        app.wait_quiet()
        app.press("enter")
        app.wait_for(lambda t: step_of(t) == steps[accurate], PATIENCE)

        run = after(steps[accurate])
        app.press("C")
        found = Reader(run).outcomes(ALL)
        app.wait_for(rf"{100 - found.wrong} of 100 right", PATIENCE)
        rows = [" ".join(line.split()) for line in app.lines()]
        for name, counts in zip(("yin", "yang", "dot"), found.counts, strict=True):
            numbers = " ".join(str(count or "·") for count in counts[:3])
            assert any(f" {name} {numbers} " in row for row in rows), numbers
        app.press("down", "down")
        chosen = found.mistake(2)
        app.wait_quiet()
        app.press("enter")
        app.wait_for(rf"Graph  probe {chosen.split} {chosen.index} ", PATIENCE)
        app.wait_for(rf"▾ loss +×-1 +{chosen.loss:.4f} ", PATIENCE)


def row_of(terminal: Terminal, label: str) -> str:
    """The row of a setting, if it is in sight."""
    return next((line[1:45] for line in terminal.lines() if re.match(rf"│[ *]{label}[ ‹]", line)), "")


def chosen_row(terminal: Terminal) -> str:
    """The row of the chosen setting."""
    return next((line[1:45] for line in terminal.lines() if "‹" in line[:45]), "")


def choose(terminal: Terminal, label: str) -> None:
    """Go down to a setting."""
    terminal.press("home")
    terminal.wait_for(r"optimizer +‹", PATIENCE)
    for _ in range(40):
        if "‹" in row_of(terminal, label):
            return
        before = chosen_row(terminal)
        terminal.press("down")
        terminal.wait_for(lambda t, before=before: chosen_row(t) not in ("", before), PATIENCE)  # type: ignore[misc]
    raise AssertionError(label)


def test_a_model_is_built_from_options_and_another_from_the_settings(tmp_path: Path) -> None:
    config = Config(
        (4, 3), "tanh,relu", "hinge", "nesterov", 0.05, momentum=0.8, l1=0.001, l2=0.002, schedule="cosine",
        decay_steps=50, final_lr=0.001, batch_size=8, batch_seed=3, init="he-normal",
        features=("x", "y", "x2", "sinx"),
    )  # fmt: skip
    spec = RunSpec("spirals", points=60, noise=0.05, split=(60, 20, 20), seed=7, config=config)
    with paused(tmp_path, *SPIRALS.split()) as app:
        run = open_run(spec).session
        app.press("S")
        run.advance(10)
        shows(app, run)

        def typed(label: str, text: str, shown: str = "") -> None:
            choose(app, label)
            app.press("enter", "ctrl+u")
            app.wait_for(rf"[ *]{label} +[┃│]", PATIENCE)
            app.type(f"{text}\r")
            app.wait_for(rf"[ *]{label} *‹ {shown or text} ›", PATIENCE)

        app.press("M")
        choose(app, "optimizer")
        app.press("right")
        app.wait_for(r"optimizer +‹ RMSProp ›", PATIENCE)
        run.change(optimizer="rmsprop")
        for label, name, value in (
            ("learning rate", "lr", 0.004), ("alpha", "alpha", 0.9), ("L2", "l2", 0.01), ("L1", "l1", 0.0),
            ("final rate", "final_lr", 0.002), ("decay steps", "decay_steps", 70), ("batch size", "batch_size", 16),
        ):  # fmt: skip
            typed(label, f"{value:g}")
            run.change(**{name: value})
        choose(app, "schedule")
        app.press("right")
        app.wait_for(r"schedule +‹ step ›", PATIENCE)
        run.change(schedule="step")
        app.press("S")
        run.advance(10)
        shows(app, run)
        assert run.config.batch_size == 16
        app.press("b")
        run.seek(19)
        shows(app, run)

        typed("features", "x,y,xy", "x y x·y")
        typed("units in each", "5,4")
        typed("activation", "gelu")
        typed("  in layer 2", "sin")
        typed("weight init", "xavier-normal")
        typed("loss", "squared-error")
        typed("data set", "blobs")
        typed("points", "80")
        typed("noise", "0.4")
        typed("classes", "5")
        typed("split", "70,20,10")
        typed("seed", "11")
        assert "Nesterov" not in app.text()
        app.press("a")
        model = replace(
            run.config, features=("x", "y", "xy"), hidden=(5, 4), activation="gelu,sin", init="xavier-normal",
            loss="squared-error",
        )  # fmt: skip
        other = open_run(
            RunSpec("blobs", points=80, noise=0.4, classes=5, split=(70, 20, 10), seed=11, config=model)
        ).session
        app.wait_for(r"^ (chainrule  )?blobs · 3→5→4→5", PATIENCE)
        app.press("s")
        other.step()
        shows(app, other)
        app.press("escape")
        app.wait_for(lambda t: "Settings" not in t.text(), PATIENCE)
        app.wait_quiet()
        app.type("/x·y\r")
        app.wait_for(r"Inspector  x·y ", PATIENCE)
