"""Escape, and the key right behind it.

A terminal sends the same bytes for escape and then `s` as for alt+s, and Textual takes what comes
within a tenth of a second for the latter, or for the beginning of a report: a quick hand or a slow
link would lose the escape and type the `s`. No key here has alt, so such an escape is written out
as newer terminals send it, unmistakably. `install` reaches into Textual's parser; where a later
Textual has changed it, nothing is replaced, and the test says so.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from textual._xterm_parser import XTermParser
from textual.message import Message

ESCAPE = "\x1b"
WRITTEN_OUT = "[27u"
OPENING = "[]OPNX^_\x1bbf\x7f\t"
"""What makes more than the escape key of an escape before it: sequences, and what terminals send for keys that move and
delete by words."""
ALONE = re.compile(f"{ESCAPE}(?=[^{re.escape(OPENING)}])")
PASTED = f"{ESCAPE}[200~"
Feed = Callable[[Any, str], Iterable[Message]]


def in_two(feed: Feed) -> Feed:
    """The parser's method that takes what was read, with every escape that is a key of its own written out."""

    def replaced(parser: Any, data: str) -> Iterable[Message]:
        yield from parser.tick()  # an escape that was too long ago is a key by now
        if PASTED not in data:
            pending = getattr(parser, "ended_in_escape", False) and parser._timeout_time is not None
            if data and pending and data[0] not in OPENING:
                data = WRITTEN_OUT + data
            data = ALONE.sub(ESCAPE + WRITTEN_OUT, data)
        parser.ended_in_escape = data.endswith(ESCAPE)
        yield from feed(parser, data)

    return replaced


def install() -> bool:
    """Read escape so from now on; False where Textual is not as expected."""
    feed = XTermParser.feed
    if not hasattr(XTermParser(), "_timeout_time") or not hasattr(XTermParser, "tick"):
        return False
    if feed.__name__ != "replaced":
        XTermParser.feed = in_two(feed)  # type: ignore[method-assign,assignment]
    return True
