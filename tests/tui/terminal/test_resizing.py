"""The terminal's size: whatever signals come while it is read, the newest reading is the last that is told."""

import asyncio
import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from tui.terminal.resizing import read_in_loop


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """SIGWINCH is as it was, afterwards."""
    before = signal.getsignal(signal.SIGWINCH)
    yield
    signal.signal(signal.SIGWINCH, before)


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

    async def last_told(self) -> int:
        while self.size not in self.told:
            await asyncio.sleep(0)
        return self.told[-1]


async def test_a_signal_within_a_reading_is_told_after_it() -> None:
    window = Window()
    signal.signal(signal.SIGWINCH, window.handle)
    read_in_loop()
    window.next_sizes = [3, 4, 5]
    window.resize(2)
    assert await window.last_told() == 5


async def test_a_size_that_was_told_too_late_before_is_put_right() -> None:
    window = Window()
    signal.signal(signal.SIGWINCH, window.handle)
    window.next_sizes = [3]
    window.resize(2)
    assert window.told == [3, 2]  # what this is all about
    window.told.clear()
    read_in_loop()
    assert await window.last_told() == 3


async def test_each_signal_is_one_reading_however_often_the_loop_is_asked_for_it() -> None:
    window = Window()
    signal.signal(signal.SIGWINCH, window.handle)
    for _ in range(3):
        read_in_loop()
    assert await window.last_told() == 1
    window.resize(2)
    assert await window.last_told() == 2
    assert window.told == [1, 2]


async def test_a_handler_that_came_later_is_called_by_the_loop_too() -> None:
    first, second = Window(), Window()
    for window in (first, second):
        signal.signal(signal.SIGWINCH, window.handle)
        read_in_loop()
    second.next_sizes = [3]
    second.resize(2)
    assert await second.last_told() == 3
    assert first.told == [1]


async def test_a_handler_of_the_loop_itself_is_still_called() -> None:
    window = Window()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGWINCH, window.handle, signal.SIGWINCH, None)
    read_in_loop()
    window.resize(2)
    assert await window.last_told() == 2
    loop.remove_signal_handler(signal.SIGWINCH)


@pytest.mark.parametrize("handler", [signal.SIG_DFL, signal.SIG_IGN])
async def test_without_a_handler_nothing_is_done(handler: signal.Handlers) -> None:
    signal.signal(signal.SIGWINCH, handler)
    read_in_loop()
    assert signal.getsignal(signal.SIGWINCH) is handler
