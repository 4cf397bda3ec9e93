"""Micro-stepping in a real pseudo-terminal at 80x24: into a step, back out of it, ten thousand steps back, a branch."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.run.session import Session
from tests.e2e.program import PATIENCE, program
from tests.e2e.terminal import Terminal
from tests.e2e.test_app import step_of
from tui.draw.numbers import number
from tui.run.spec import RunSpec, open_run

FAR = 10_000


@pytest.fixture
def paused(tmp_path: Path) -> Iterator[Terminal]:
    with program(tmp_path, "--paused") as terminal:
        terminal.wait_for(lambda t: "paused" in t.lines()[0] and "acc" in t.lines()[1], PATIENCE)
        yield terminal


def go_to(terminal: Terminal, step: int) -> None:
    """Type a step; the run is trained so far if it has not come to it."""
    terminal.press("g")
    terminal.wait_for(lambda t: "first, last" in t.lines()[-1], PATIENCE)
    terminal.type(str(step))
    terminal.press("enter")
    terminal.wait_for(lambda t: step_of(t) == step, PATIENCE)
    terminal.wait_quiet()


def losses(session: Session) -> list[str]:
    """The losses as the header shows them."""
    return [number(split.loss, width=7).strip() for split in session.metrics().splits.values()]


def losses_shown(terminal: Terminal) -> list[str]:
    return re.findall(r"(?:train|val|test) +(\S+)", terminal.lines()[1])


def selected(terminal: Terminal) -> str:
    """The name behind the mark of the micro-step."""
    found = [line for line in terminal.lines() if "▶" in line[:3]]
    return found[0] if found else ""


def beside_the_tree(terminal: Terminal) -> list[str]:
    """The screen without the rows of the tree, where the node that was looked at last stays open."""
    lines = terminal.lines()
    top = next(row for row, line in enumerate(lines) if "Graph" in line)
    edge = lines[top].index("Boundary") - 3
    bottom = next(row for row, line in enumerate(lines) if "Inspector" in line)
    return [line[edge:] if top < row < bottom - 1 else line for row, line in enumerate(lines)]


def micro_step(terminal: Terminal, key: str) -> None:
    """One micro-step; the header counts them."""
    place = terminal.lines()[0]
    terminal.press(key)
    terminal.wait_for(lambda t: t.lines()[0] != place, PATIENCE)


def test_a_gradient_is_followed_to_a_weight_with_the_arrow_keys_alone_and_undone(paused: Terminal) -> None:
    go_to(paused, 3)
    before = beside_the_tree(paused)
    paused.press("m")
    paused.wait_for(lambda t: "micro" in t.lines()[0], PATIENCE)
    steps = 0
    while "w2[0,0]" not in selected(paused) or "backward" not in paused.lines()[0]:
        micro_step(paused, "right")
        steps += 1
        assert steps < 400, "no visit of a product with that weight"
    for _ in range(steps):
        micro_step(paused, "left")
    paused.press("escape")
    paused.wait_for(lambda t: "micro" not in t.lines()[0], PATIENCE)
    paused.press("home")
    paused.wait_quiet()
    assert beside_the_tree(paused) == before
    assert step_of(paused) == 3


def test_ten_thousand_steps_back_a_branch_and_both_compared(paused: Terminal) -> None:
    run = open_run(RunSpec()).session
    go_to(paused, FAR + 25)
    go_to(paused, 25)
    assert f"step 25/{FAR + 25}" in paused.lines()[0]
    run.advance(25)
    assert losses_shown(paused) == losses(run)
    paused.press("L")
    paused.wait_for(lambda t: "learning rate" in t.lines()[-1], PATIENCE)
    paused.type("0.5")
    paused.press("enter")
    paused.wait_for(lambda t: "AdamW 0.5" in t.lines()[0] and "branch 2" in t.text(), PATIENCE)
    paused.press("S")
    paused.wait_for(lambda t: step_of(t) == 35, PATIENCE)
    paused.wait_quiet()
    run.change(lr=0.5)
    run.advance(10)
    assert losses_shown(paused) == losses(run)

    paused.press("H")
    paused.wait_for(lambda t: "from 1 at step 25" in t.text() and f"to step {FAR + 25}" in t.text(), PATIENCE)
    paused.press("up", "enter")
    paused.wait_for(lambda t: "AdamW 0.1" in t.lines()[0] and f"step 35/{FAR + 25}" in t.lines()[0], PATIENCE)
    paused.wait_quiet()
    straight = open_run(RunSpec()).session
    straight.advance(35)
    assert losses_shown(paused) == losses(straight)
