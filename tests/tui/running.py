"""The whole app with a real worker, driven by the pilot, and its screen as text."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input
from textual.widgets._toast import Toast

from engine.views.queries import Answer, Query
from tests.tui.nursery import ForkedClient
from tests.tui.support import DEFAULT, Asked, query_of
from tui.app import ChainruleApp, ScreenOptions
from tui.run.spec import RunSpec, open_data
from tui.workbench.screen import Workbench
from tui.worker.client import WorkerClient
from tui.worker.messages import Snapshot
from tui.worker.remote import Trainer

PATIENCE = 20.0
"""Seconds after which a test gives up waiting."""
SIZES = ((80, 24), (120, 40), (200, 60))


class Running:
    """The app while it runs."""

    def __init__(self, app: ChainruleApp, pilot: Pilot[None], client: WorkerClient) -> None:
        self.app = app
        self.pilot = pilot
        self.client = client

    @property
    def workbench(self) -> Workbench:
        return self.app.workbench

    @property
    def trainer(self) -> Trainer:
        return self.workbench.trainer

    @property
    def last(self) -> Snapshot:
        """The snapshot that is on the screen."""
        assert self.trainer.last
        return self.trainer.last

    def part(self, kind: type[Query[Answer]]) -> Answer:
        """A part of the snapshot that is on the screen."""
        part = self.last.part(kind)
        assert part is not None
        return part

    def asked(self, kind: type[Asked]) -> Asked | None:
        """The query of this type that would be sent now, if there is one."""
        return query_of(self.workbench.refresher.wanted().queries, kind)

    @property
    def step(self) -> int:
        """The step that the app shows."""
        return self.last.metrics.step

    def rows(self) -> list[str]:
        """The screen as text."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def row_widths(self) -> list[int]:
        """The cells that each row takes."""
        return [strip.cell_length for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.rows())

    def panel(self, name: str) -> list[str]:
        """The rows of one panel as it stands on the screen, without its frame."""
        region = self.workbench.query_one(f"#{name}").region
        rows = self.rows()[region.y + 1 : region.bottom - 1]
        return [row[region.x + 1 : region.right - 1] for row in rows]

    def notices(self) -> list[str]:
        """What the app says in boxes over the screen."""
        return [str(toast.render()) for toast in self.app.screen.query(Toast)]

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Let the app work until something is so."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if self.app._exception:
                raise self.app._exception
            assert time.monotonic() < end, f"it did not happen: {what}\n{self.text()}"
            await asyncio.sleep(0.003)
            await self._drained()
            self.app.screen._on_timer_update()

    def _busy(self) -> bool:
        """Whether a key is under way, or a message waits for the app or for anything on the screen."""
        pumps = (self.app, *self.app.screen.walk_children(with_self=True))
        return not self.app.key_order.idle or any(pump._message_queue.qsize() or pump._next_callbacks for pump in pumps)

    async def _drained(self) -> None:
        """Let messages go from queue to queue until none is left, or so many that more keep coming."""
        quiet = 0
        for _ in range(100):
            await asyncio.sleep(0)
            quiet = 0 if self._busy() else quiet + 1
            if quiet == 3:
                return

    async def handled(self) -> None:
        """Let the app work until its queues, and those of what is on the screen, are empty, and all is drawn.

        The pilot's pause posts a message to each widget and awaits that they are handled. That costs more than a
        key press, so it comes last: it waits for a handler that is still under way.
        """
        for _ in range(3):
            await self._drained()
            await self.until(lambda: self.app.key_order.idle, "every key is handled")
            await self.pilot.pause(0)
            if not self._busy() and not self.app.screen._callbacks:
                return

    async def settled(self) -> None:
        """Let the app work until nothing is under way and everything is drawn."""
        await self.handled()
        if not self.trainer.last or self.trainer.waiting:
            await self.until(lambda: self.trainer.last and not self.trainer.waiting, "settled")
            await self.handled()

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, letting the app settle after each."""
        for key in keys:
            await self.hold(key)

    async def hold(self, *keys: str, times: int = 1) -> None:
        """Press keys as fast as a terminal sends them when they are held down or pasted."""
        self._send(*(events.Key(key, key if len(key) == 1 else None) for key in keys * times))
        await self.settled()

    async def type_text(self, text: str) -> None:
        """Type into the field that has the focus."""
        assert isinstance(self.app.focused, Input)
        self._send(*(events.Key(_character_to_key(character), character) for character in text))
        await self.settled()

    def _send(self, *keys: events.Key) -> None:
        assert self.app._driver
        for key in keys:
            self.app._driver.send_message(key)

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        await self.pilot.resize_terminal(width, height)
        await self.until(lambda: self.app.size == (width, height))
        await self.handled()


@asynccontextmanager
async def running(
    size: tuple[int, int] = (80, 24),
    spec: RunSpec = DEFAULT,
    *,
    playing: bool = False,
    speed: float | None = None,
    until: int | None = None,
    ascii_only: bool = False,
    compiling: bool = False,
    conditions: tuple[str, ...] = (),
) -> AsyncIterator[Running]:
    """The app on a screen of this size, its first snapshot drawn."""
    client = ForkedClient()
    if (
        spec.backend == "auto" and not compiling
    ):  # the header says when the compiler has finished, and that is no moment of the test's
        spec = replace(spec, backend="python")
    trainer = Trainer(client, spec, until=until, speed=speed, playing=playing, conditions=conditions)
    app = ChainruleApp(trainer, open_data(spec).dataset, ScreenOptions(ascii_only=ascii_only))
    async with app.run_test(size=size, notifications=True) as pilot:
        run = Running(app, pilot, client)
        await run.until(lambda: trainer.last, "first snapshot")
        if not playing:
            await run.settled()
        yield run
