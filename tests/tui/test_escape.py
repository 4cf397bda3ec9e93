"""Escape and the key right behind it are two keys, as they arrive together."""

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from tui import escape


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("\x1bs", ["escape", "s"]),
        ("\x1bS", ["escape", "S"]),
        ("\x1b/", ["escape", "slash"]),
        ("\x1b ", ["escape", "space"]),
        ("\x1b\r", ["escape", "enter"]),
        ("\x1bg5\r", ["escape", "g", "5", "enter"]),
        ("\x1b\x1bs", ["escape", "escape", "s"]),
        ("\x1b\x1b[A", ["escape", "up"]),
        ("\x1b[A", ["up"]),
        ("s", ["s"]),
        ("\x1b", ["escape"]),
    ],
)
def test_escape_is_a_key_of_its_own(sent: str, keys: list[str]) -> None:
    assert escape.install()
    assert escape.install(), "again, and once"
    parser = XTermParser()
    read = [*parser.feed(sent), *parser.feed("")]
    assert [event.key for event in read if isinstance(event, events.Key)] == keys
