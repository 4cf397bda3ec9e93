"""A run as one program to read and keep: data, weights, forward, backward, optimizer and loop, in C or Python.

The statements are those that every backend runs, here with the nodes' names; so what the program
prints are the bytes of `chainrule train`. It is written for a reader and not for speed: one
example at a time, one function for each thing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..run.session import Session

LANGUAGES = ("c", "python")
"""What a run can be exported to; the command line offers what stands here. Each is a module of its own."""


def exported(session: "Session", language: str, steps: int) -> str:
    """A run's first steps as one program."""
    program: str = getattr(import_module(f".{language}", __package__), f"{language}_program")(session, steps)
    return program
