"""The driver: what is written, counted and asked, the dirty part of a row alone, escape, and the window's size."""

import asyncio
import io
import signal
from collections.abc import Iterator
from types import FrameType

import pytest
from rich.console import Console
from rich.segment import Segment
from textual import _compositor, constants, events
from textual._compositor import ChopsUpdate
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.strip import Strip

from tui.terminal.driver import (
    ASK_CURSOR,
    Link,
    TerminalDriver,
    TerminalParser,
    dirty_spans,
    driver_class,
    fits,
    read_in_loop,
)
from tui.terminal.pacing import FENCE_EVERY, ROOM, Pacer

REPORT = "\x1b[5;7R"


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Signal handlers and Textual's own are as they were, afterwards."""
    monkeypatch.setattr(ChopsUpdate, "render_segments", ChopsUpdate.render_segments)
    monkeypatch.setattr(linux_driver, "XTermParser", XTermParser)
    before = {number: signal.getsignal(number) for number in (signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


# What is written, and whether it has arrived.


class Terminal:
    """An app's link and a driver that writes to a list: it stands in for the thread that writes."""

    def __init__(self) -> None:
        self.calls = 0
        self.written: list[str] = []
        self.link = Link(Pacer(12))
        self.link.on_room = self._called
        self.driver = TerminalDriver(self)
        self.driver._writer_thread = self  # type: ignore[assignment]

    def write(self, data: str) -> None:
        self.written.append(data)

    def _called(self) -> None:
        self.calls += 1


async def test_what_is_written_arrives_and_a_frame_is_followed_by_a_question() -> None:
    terminal = Terminal()
    terminal.driver.write("a frame")
    terminal.link.fence()
    assert terminal.written == ["a frame", ASK_CURSOR]


async def test_without_output_there_is_no_question() -> None:
    terminal = Terminal()
    terminal.link.fence()
    assert terminal.written == []


async def test_a_question_does_not_call_for_another() -> None:
    terminal = Terminal()
    terminal.driver.write("a frame")
    for _ in range(3):
        terminal.link.fence()
    assert terminal.written.count(ASK_CURSOR) == 1


async def test_a_long_answer_has_questions_within() -> None:
    terminal = Terminal()
    for _ in range(4):
        terminal.driver.write("x" * FENCE_EVERY)
    assert terminal.written.count(ASK_CURSOR) == 4


async def test_bytes_are_counted_and_not_characters() -> None:
    terminal = Terminal()
    terminal.driver.write("▀" * (FENCE_EVERY // 3 + 1))
    assert ASK_CURSOR in terminal.written


async def test_too_much_on_the_way_is_no_room_until_reports_come() -> None:
    terminal = Terminal()
    while terminal.link.room():
        terminal.driver.write("x" * 1000)
    assert sum(map(len, terminal.written)) > ROOM
    assert terminal.calls == 0
    while not terminal.link.room():
        terminal.link.reported()
    assert terminal.calls == 1


async def test_no_animation_is_due_while_a_question_is_open() -> None:
    terminal = Terminal()
    assert terminal.link.animation_due()
    terminal.driver.write("a frame")
    terminal.link.fence()
    assert not terminal.link.animation_due()


def test_under_another_driver_there_is_always_room_and_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("tui.terminal.driver.time.monotonic", lambda: now)
    link = Link(Pacer(10))
    link.ask = lambda: pytest.fail("there is nobody to ask")
    assert link.room()
    link.fence()
    assert link.animation_due()
    assert not link.animation_due(), "ten a second"
    now += 0.11
    assert link.animation_due()


def test_a_driver_that_the_environment_names_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DRIVER", None)
    assert driver_class() is TerminalDriver
    monkeypatch.setattr(constants, "DRIVER", "textual.drivers.web_driver:WebDriver")
    assert driver_class() is None


# What is replaced of Textual, and that it is still as that needs it.


async def test_this_textual_is_as_expected() -> None:
    assert fits()
    Terminal()
    assert ChopsUpdate.render_segments is dirty_spans
    assert vars(linux_driver)["XTermParser"] is TerminalParser
    assert fits(), "once more, after a suspension"


async def test_another_textual_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        def __init__(self, rows: list[str]) -> None:
            self.rows = rows

        def render_segments(self) -> str:
            return ""

    own = Other.render_segments
    monkeypatch.setattr(_compositor, "ChopsUpdate", Other)
    assert not fits()
    Terminal()
    assert Other.render_segments is own
    assert vars(linux_driver)["XTermParser"] is XTermParser


@pytest.mark.parametrize(("where", "name"), [(_compositor, "ChopsUpdate"), (linux_driver, "XTermParser")])
def test_a_textual_without_them_does_not_fit(where: object, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(where, name)
    assert not fits()
    monkeypatch.undo()
    assert fits()


def console() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, color_system=None, width=40)


def update(*spans: tuple[int, int, int]) -> ChopsUpdate:
    """Two widgets side by side, 10 cells each, in one row."""
    chops = [{0: Strip([Segment("abcdefghij")]), 10: Strip([Segment("klmnopqrst")])}]
    return ChopsUpdate(chops, list(spans), [[10, 20]])


@pytest.mark.parametrize(
    ("spans", "written"),
    [
        ([(0, 2, 4)], ["cd"]),
        ([(0, 0, 10)], ["abcdefghij"]),
        ([(0, 8, 12)], ["ij", "kl"]),
        ([(0, 12, 13)], ["m"]),
        ([(0, 1, 2), (0, 18, 20)], ["b", "st"]),
    ],
)
def test_a_row_is_written_from_its_first_dirty_cell_to_its_last(
    spans: list[tuple[int, int, int]], written: list[str]
) -> None:
    text = dirty_spans(update(*spans), console())
    assert [part.partition("H")[2] for part in text.split("\x1b[")[1:]] == written


def test_each_part_is_written_at_its_place() -> None:
    assert dirty_spans(update((0, 2, 4)), console()) == "\x1b[1;3Hcd"


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        (["\x1bs"], ["escape", "s"]),
        (["\x1bS"], ["escape", "S"]),
        (["\x1b/"], ["escape", "slash"]),
        (["\x1b "], ["escape", "space"]),
        (["\x1b\r"], ["escape", "enter"]),
        (["g\x1bg4\r", REPORT], ["g", "escape", "g", "4", "enter"]),
        (["\x1bs" + REPORT], ["escape", "s"]),
        (["\x1b", "s", REPORT], ["escape", "s"]),
        (["\x1b", REPORT, "s"], ["escape", "s"]),
        (["\x1b", "\x1b", "s"], ["escape", "escape", "s"]),
        (["\x1b\x1bs"], ["escape", "escape", "s"]),
        (["\x1b\x1b[A"], ["escape", "up"]),
        (["\x1b[A"], ["up"]),
        (["\x1b", "[A"], ["up"]),
        (["\x1b3"], ["escape", "3"]),
        (["\x1bb"], ["ctrl+left"]),
        (["\x1b[200~a b\x1b[201~s"], ["s"]),
        (["s"], ["s"]),
        (["\x1b"], ["escape"]),
    ],
)
def test_escape_is_a_key_of_its_own(sent: list[str], keys: list[str]) -> None:
    parser = TerminalParser()
    read = [event for data in (*sent, "") for event in parser.feed(data)]
    assert [event.key for event in read if isinstance(event, events.Key)] == keys


# The window's size: whatever signals come while it is read, the newest reading is the last that is told.


class Window:
    """A terminal of which a handler of SIGWINCH tells the size, as Textual's does."""

    def __init__(self) -> None:
        self.size = 1
        self.told: list[int] = []
        self.next_sizes: list[int] = []
        """Sizes that the window takes while its size is read, one at each reading."""

    def resize(self, size: int) -> None:
        self.size = size
        signal.raise_signal(signal.SIGWINCH)

    def handle(self, _number: int, _frame: FrameType | None) -> None:
        size = self.size
        if self.next_sizes:
            self.resize(self.next_sizes.pop(0))
        self.told.append(size)

    def start(self) -> None:
        """As the driver does after Textual's own handler is there."""
        signal.signal(signal.SIGWINCH, self.handle)

    async def last_told(self) -> int:
        while self.size not in self.told:
            await asyncio.sleep(0)
        return self.told[-1]


async def test_a_signal_within_a_reading_is_told_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    window = Window()
    monkeypatch.setattr(linux_driver.LinuxDriver, "start_application_mode", lambda _: window.start())
    Terminal().driver.start_application_mode()
    window.next_sizes = [3, 4, 5]
    window.resize(2)
    assert await window.last_told() == 5


async def test_a_size_that_was_told_too_late_before_is_put_right() -> None:
    window = Window()
    window.start()
    window.next_sizes = [3]
    window.resize(2)
    assert window.told == [3, 2]  # what this is all about
    window.told.clear()
    read_in_loop()
    assert await window.last_told() == 3


async def test_each_signal_is_one_reading() -> None:
    window = Window()
    window.start()
    read_in_loop()
    assert await window.last_told() == 1
    window.resize(2)
    assert await window.last_told() == 2
    assert window.told == [1, 2]


async def test_the_handler_of_another_start_is_called_by_the_loop_too() -> None:
    first, second = Window(), Window()
    for window in (first, second):
        window.start()
        read_in_loop()
    second.next_sizes = [3]
    second.resize(2)
    assert await second.last_told() == 3
    assert first.told == [1]


@pytest.mark.parametrize("handler", [signal.SIG_DFL, signal.SIG_IGN])
async def test_without_a_handler_nothing_is_done(handler: signal.Handlers) -> None:
    signal.signal(signal.SIGWINCH, handler)
    read_in_loop()
    assert signal.getsignal(signal.SIGWINCH) is handler
