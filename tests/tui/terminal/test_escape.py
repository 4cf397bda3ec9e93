"""Escape and the key right behind it are two keys, however they arrive together."""

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from tui.terminal import escape

REPORT = "\x1b[5;7R"


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
    assert escape.install()
    assert escape.install(), "again, and once"
    parser = XTermParser()
    read = [event for data in (*sent, "") for event in parser.feed(data)]
    assert [event.key for event in read if isinstance(event, events.Key)] == keys
