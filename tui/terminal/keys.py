"""Keys one at a time: the next is not looked at before the last one has done what it does.

Textual looks up the bindings of some keys when they arrive and of others only after they have gone
through the focused widget and all that is around it. So of keys that come together (pasted, held
down, or over a slow link) one could overtake another, or be taken for the place where the last was
typed. Here each waits until a callback has gone the way of the one before.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from textual import events
from textual.message_pump import MessagePump
from textual.timer import Timer

Typed = events.Key | events.Paste
LAPS = 3
"""How often to go from the focused widget up to the app before the next key: for the key, for the message that it
posts, and for the message which that posts.
"""
GIVE_UP = 0.5
"""Seconds to wait for widgets that do not answer, as some of them are going away."""


class KeyOrder:
    """Lets one key after another through to `deliver`.

    `way_up` tells through which widgets a key would go now: the focused one first, the app last.
    """

    def __init__(
        self, deliver: Callable[[Typed], Awaitable[None]], way_up: Callable[[], Sequence[MessagePump]]
    ) -> None:
        self._deliver = deliver
        self._way_up = way_up
        self._waiting: deque[Typed] = deque()
        self._turn = 0
        self._under_way = False
        self._timer: Timer | None = None

    @property
    def idle(self) -> bool:
        """Whether every key has done what it does."""
        return not self._under_way

    async def take(self, event: Typed) -> None:
        """Deliver it now, or after those before it."""
        if self._under_way:
            self._waiting.append(event)
        else:
            await self._let_through(event)

    async def _let_through(self, event: Typed) -> None:
        self._under_way, self._turn = True, self._turn + 1
        way = self._way_up()  # before it is delivered: it may move the focus
        self._look_again_later()
        await self._deliver(event)
        await self._go_up(self._turn, [*way] * LAPS)

    def _look_again_later(self) -> None:
        if self._timer is None:
            self._timer = self._way_up()[-1].set_timer(GIVE_UP, partial(self._look_again, self._turn))

    async def _look_again(self, turn: int) -> None:
        self._timer = None
        await self._done(turn)  # if that one is still under way
        if self._under_way:
            self._look_again_later()

    async def _go_up(self, turn: int, way: Sequence[MessagePump]) -> None:
        for passed, pump in enumerate(way, start=1):
            if pump.call_later(self._go_up, turn, way[passed:]):
                return
        await self._done(turn)

    async def _done(self, turn: int) -> None:
        if turn == self._turn and self._under_way:
            self._under_way = False
            if self._waiting:
                await self._let_through(self._waiting.popleft())
