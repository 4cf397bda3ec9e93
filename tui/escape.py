"""Escape, and the key right behind it.

A terminal sends the same bytes for escape and then `s` as for alt+s, and Textual takes what comes
within a tenth of a second for the latter: a quick hand or a slow link would lose the escape and type
the `s`. No key here has alt, so `install` reads such bytes as the two keys. It reaches into a private
method of Textual; where a later Textual has changed it, nothing is replaced, and the test says so.
"""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser

METHOD = "_sequence_to_key_events"
Keys = Callable[..., Iterable[events.Key]]


def two_keys(keys_of: Keys) -> Keys:
    """The method that gives the keys of a sequence, with escape as a key of its own."""

    def replaced(parser: Any, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if alt:
            yield events.Key("escape", "\x1b")
        yield from keys_of(parser, sequence)

    replaced.__wrapped__ = keys_of  # type: ignore[attr-defined]
    return replaced


def install() -> bool:
    """Read escape so from now on; False where Textual is not as expected."""
    keys_of = getattr(XTermParser, METHOD, None)
    if keys_of is None or "alt" not in inspect.signature(keys_of).parameters:
        return False
    if not hasattr(keys_of, "__wrapped__"):
        setattr(XTermParser, METHOD, two_keys(keys_of))
    return True
