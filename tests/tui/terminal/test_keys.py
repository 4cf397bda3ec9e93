"""One key after another, also where a widget never answers."""

import asyncio
from collections.abc import Callable

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.message_pump import MessagePump
from textual.widgets import Input

from tui.terminal import keys as key_order
from tui.terminal.keys import KeyOrder


class Deaf(MessagePump):
    """Takes callbacks and never calls them, as a widget that was going away."""

    def call_later(self, callback: Callable[..., object], *args: object, **names: object) -> bool:
        return True


class Closed(MessagePump):
    """Takes none any more."""

    def call_later(self, callback: Callable[..., object], *args: object, **names: object) -> bool:
        return False


class Typing(App[None]):
    """A field, and keys that go through a KeyOrder."""

    def __init__(self, before: list[MessagePump]) -> None:
        super().__init__()
        self.order = KeyOrder(super().on_event, lambda: [*before, *(self.focused or self.screen).ancestors_with_self])

    def compose(self) -> ComposeResult:
        yield Input()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            await self.order.take(event)
        else:
            await super().on_event(event)


@pytest.mark.parametrize("before", [[], [Closed()], [Deaf()]], ids=["all answer", "one is closed", "one never answers"])
async def test_every_key_comes_through_in_order(before: list[MessagePump], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_order, "GIVE_UP", 0.01)
    app = Typing(before)
    async with app.run_test() as pilot:
        assert app._driver
        for key in ("a", "b", "left", "ctrl+u", "c"):
            app._driver.send_message(events.Key(key, key if len(key) == 1 else None))
        app._driver.send_message(events.Paste("de"))
        app._driver.send_message(events.Key("backspace", None))
        while not (app.order.idle and app.query_one(Input).value.startswith("cdb")):
            await asyncio.sleep(0)
            await pilot.pause(0)
        assert app.query_one(Input).value == "cdb"
