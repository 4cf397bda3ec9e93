"""The way to the terminal: all output counted, questions behind it, and a call when there is room again."""

from typing import cast

import pytest
from textual.driver import Driver

from tui.terminal.link import ASK_CURSOR, TerminalLink
from tui.terminal.pacing import FENCE_EVERY, ROOM, Pacer


class FakeDriver:
    """Notes what is written."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, data: str) -> None:
        self.written.append(data)


class Terminal:
    """A link to a fake driver."""

    def __init__(self) -> None:
        self.driver = FakeDriver()
        self.calls = 0
        self.link = TerminalLink(Pacer(12), self._called)
        self.link.attach(cast("Driver", self.driver))

    def _called(self) -> None:
        self.calls += 1


def test_what_is_written_arrives_and_a_frame_is_followed_by_a_question() -> None:
    terminal = Terminal()
    terminal.driver.write("a frame")
    terminal.link.fence()
    assert terminal.driver.written == ["a frame", ASK_CURSOR]


def test_without_output_there_is_no_question() -> None:
    terminal = Terminal()
    terminal.link.fence()
    assert terminal.driver.written == []


def test_a_question_does_not_call_for_another() -> None:
    terminal = Terminal()
    terminal.driver.write("a frame")
    for _ in range(3):
        terminal.link.fence()
    assert terminal.driver.written.count(ASK_CURSOR) == 1


def test_a_long_answer_has_questions_within() -> None:
    terminal = Terminal()
    for _ in range(4):
        terminal.driver.write("x" * FENCE_EVERY)
    assert terminal.driver.written.count(ASK_CURSOR) == 4


def test_bytes_are_counted_and_not_characters() -> None:
    terminal = Terminal()
    terminal.driver.write("▀" * (FENCE_EVERY // 3 + 1))
    assert ASK_CURSOR in terminal.driver.written


def test_too_much_on_the_way_is_no_room_until_reports_come() -> None:
    terminal = Terminal()
    while terminal.link.room():
        terminal.driver.write("x" * 1000)
    assert sum(map(len, terminal.driver.written)) > ROOM
    assert terminal.calls == 0
    while not terminal.link.room():
        terminal.link.reported()
    assert terminal.calls == 1


def test_no_animation_is_due_while_a_question_is_open() -> None:
    terminal = Terminal()
    assert terminal.link.animation_due()
    terminal.driver.write("a frame")
    terminal.link.fence()
    assert not terminal.link.animation_due()


def test_without_a_terminal_there_is_always_room_and_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("tui.terminal.link.time.monotonic", lambda: now)
    link = TerminalLink(Pacer(10), lambda: None)
    assert link.room()
    link.fence()
    assert link.animation_due()
    assert not link.animation_due(), "ten a second"
    now += 0.11
    assert link.animation_due()
