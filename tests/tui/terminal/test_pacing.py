"""When a frame may be drawn, on a clock that the test moves, over links that the test makes fast, slow or mute."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from tui.terminal.pacing import (
    FENCE_EVERY,
    FENCE_TIMEOUT,
    LOST_TIMEOUT,
    MUTE_FRAMES_PER_SECOND,
    ROOM,
    SLOW_DRAIN,
    TICK,
    Pacer,
)

FRAME = 1000
"""Bytes of a frame."""


class Link:
    """A pacer that is looked at in ticks, and a terminal whose reports take as long as `answer` says (None: none)."""

    def __init__(self, fps: float, answer: Callable[[float], float | None]) -> None:
        self.pacer = Pacer(fps)
        self.now = 100.0
        self.drawn: list[float] = []
        self.questions = 0
        self.answer = answer
        self.reports: list[float] = []

    def run(self, seconds: float) -> list[float]:
        """The times at which frames were drawn in so many seconds."""
        before = len(self.drawn)
        end = self.now + seconds
        while self.now < end:
            self.now += TICK
            while self.reports and self.reports[0] <= self.now:
                self.pacer.reported(self.reports.pop(0))
            if self.pacer.may_animate(self.now):
                self.pacer.began(self.now)
                self.drawn.append(self.now)
                self.pacer.wrote(FRAME)
                if self.pacer.asked(self.now):
                    self.questions += 1
                    if (delay := self.answer(self.now)) is not None:
                        self.reports.append(self.now + delay)
        return self.drawn[before:]


def at_once(_: float) -> float:
    return 0.001


def never(_: float) -> None:
    return None


@pytest.mark.parametrize("fps", [1, 4, 12, 24, 30])
def test_a_quick_terminal_gets_the_frame_rate_that_was_asked_for(fps: int) -> None:
    link = Link(fps, at_once)
    assert len(link.run(10.0)) == pytest.approx(10 * fps, rel=0.1, abs=1)
    assert not link.pacer.slow_link


def test_no_frame_is_drawn_before_the_last_one_has_arrived() -> None:
    times = Link(12, lambda _: 0.2).run(10.0)
    assert all(b - a >= 0.2 for a, b in pairwise(times))


def test_a_slow_link_rests_as_long_as_the_frame_took() -> None:
    link = Link(12, lambda _: 0.6)
    assert all(b - a >= 1.2 - TICK for a, b in pairwise(link.run(12.0)))
    assert link.pacer.slow_link


def test_a_link_that_is_quick_again_gets_the_full_rate_again() -> None:
    link = Link(12, lambda now: 0.6 if now < 105 else 0.001)
    link.run(8.0)
    assert len(link.run(5.0)) == pytest.approx(60, rel=0.1)
    assert not link.pacer.slow_link


@pytest.mark.parametrize(("delay", "slow"), [(SLOW_DRAIN - 0.05, False), (SLOW_DRAIN + 0.05, True)])
def test_a_link_is_called_slow_by_what_a_frame_takes(delay: float, slow: bool) -> None:
    link = Link(12, lambda _: delay)
    link.run(3.0)
    assert link.pacer.slow_link is slow


def test_a_terminal_that_never_reports_gets_a_low_rate_after_a_time_out_and_is_asked_no_more() -> None:
    link = Link(12, never)
    assert len(link.run(FENCE_TIMEOUT - 2 * TICK)) == 1
    assert len(link.run(10.0)) == pytest.approx(10 * MUTE_FRAMES_PER_SECOND, rel=0.1)
    assert link.questions == 1
    assert link.pacer.has_room(link.now)


def test_a_low_rate_that_was_asked_for_is_not_raised_for_a_mute_terminal() -> None:
    link = Link(1, never)
    link.run(FENCE_TIMEOUT)
    assert len(link.run(10.0)) == pytest.approx(10, abs=1)


def test_a_terminal_that_begins_to_report_is_fenced_again() -> None:
    link = Link(12, never)
    link.run(5.0)
    link.answer = at_once
    link.pacer.reported(link.now)
    assert len(link.run(5.0)) == pytest.approx(60, rel=0.1)
    assert link.questions > 50


def test_a_terminal_that_has_reported_is_waited_for_much_longer() -> None:
    link = Link(12, lambda now: 0.001 if now < 102 else None)
    link.run(2.0 + 2 * TICK)
    assert len(link.run(LOST_TIMEOUT - 1.0)) <= 1
    assert link.run(2.0)


def test_a_report_that_nobody_asked_for_changes_nothing() -> None:
    link = Link(12, at_once)
    link.pacer.reported(link.now)
    assert link.pacer.drain == 0.0
    assert len(link.run(5.0)) == pytest.approx(60, rel=0.1)


def test_answers_to_keys_have_room_until_so_many_bytes_are_on_their_way() -> None:
    pacer = Pacer(12)
    pacer.wrote(ROOM)
    pacer.asked(1.0)
    assert pacer.has_room(1.0)
    pacer.wrote(1)
    assert not pacer.has_room(1.0)
    pacer.reported(1.2)
    assert pacer.has_room(1.2)


def test_reports_stand_for_what_was_written_before_their_questions() -> None:
    pacer = Pacer(12)
    for now in (1.0, 1.1):
        pacer.wrote(ROOM)
        pacer.asked(now)
    pacer.wrote(10)
    pacer.reported(1.2)
    assert not pacer.has_room(1.2), "one frame and ten bytes are still on their way"
    pacer.reported(1.3)
    assert pacer.has_room(1.3)


def test_the_terminal_is_asked_amid_a_long_answer() -> None:
    pacer = Pacer(12)
    assert not pacer.wrote(FENCE_EVERY - 1)
    assert pacer.wrote(1)
    pacer.asked(1.0)
    assert not pacer.wrote(FENCE_EVERY - 1), "since the last question"


def test_nothing_written_is_nothing_to_ask_for() -> None:
    pacer = Pacer(12)
    assert not pacer.asked(1.0)
    pacer.wrote(1)
    assert pacer.asked(1.0)
    assert not pacer.asked(1.1)
