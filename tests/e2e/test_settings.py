"""The settings in the real program: a rate changed live, another data set begun, and the digits that follow."""

from pathlib import Path

from engine.run.config import Config
from tests.e2e.program import PATIENCE, program
from tests.e2e.terminal import Terminal
from tui.draw.numbers import number
from tui.run.spec import RunSpec, open_run


def loss_shown(terminal: Terminal, loss: float) -> bool:
    """Whether the header has this train loss."""
    return f"train {number(loss).strip()}" in terminal.lines()[1]


def test_a_walk_through_the_settings_trains_with_exactly_what_they_say(tmp_path: Path) -> None:
    with program(tmp_path, "--paused") as terminal:
        terminal.wait_for(lambda t: "acc" in t.lines()[1], PATIENCE)
        session = open_run(RunSpec()).session
        terminal.press("S")
        terminal.wait_for(lambda t: t.lines()[0].rstrip().endswith("step 10"), PATIENCE)
        terminal.press("M")
        terminal.wait_for(lambda t: "Settings" in t.text() and "Boundary" in t.text() and "Loss" in t.text(), PATIENCE)
        terminal.press("down", "right")
        terminal.wait_for("AdamW 0.2 ", PATIENCE)
        terminal.send(b"\rfast\r")  # as it comes over a link that gathers keys
        terminal.wait_for(r"'fast' is not a finite number above 0", PATIENCE)
        terminal.press(*["backspace"] * 4)
        terminal.wait_for(r"learning rate +┃", PATIENCE)
        terminal.type("0.035")
        terminal.press("enter")
        terminal.wait_for("AdamW 0.035 ", PATIENCE)
        terminal.press("S")
        session.seek(0).advance(10)
        session.change(lr=0.035)
        session.advance(10)
        loss = session.metrics().splits["train"].loss
        terminal.wait_for(lambda t: "AdamW 0.035" in t.lines()[0] and loss_shown(t, loss), PATIENCE)
        terminal.press("b", "B")
        terminal.wait_for(r"learning rate ‹ 0\.1 ›", PATIENCE)

        terminal.press("end", *["up"] * 5, "right")
        terminal.wait_for(r"\*data set +‹ moons › +was yin-yang", PATIENCE)
        terminal.press("a")
        terminal.wait_for(lambda t: "moons" in t.lines()[0] and "step 0" in t.lines()[0], PATIENCE)
        terminal.press("s", "s", "s")
        other = open_run(RunSpec(dataset="moons", config=Config(lr=0.1))).session
        other.advance(3)
        loss = other.metrics().splits["train"].loss
        terminal.wait_for(lambda t: "moons" in t.lines()[0] and loss_shown(t, loss), PATIENCE)
        terminal.press("escape")
        terminal.wait_for(lambda t: "Settings" not in t.text() and "Graph" in t.text(), PATIENCE)
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.modes_restored(), terminal.modes_left()
