"""A run as one program to read and keep: data, weights, forward, backward, optimizer and loop, in C or Python.

The statements are those that every backend runs, here with the nodes' names; so what the program
prints are the bytes of `chainrule train`. It is written for a reader and not for speed: one
example at a time, one function for each thing.
"""

from collections.abc import Callable

from ..run.session import Session
from .c import c_program
from .python import python_program

LANGUAGES: dict[str, Callable[[Session, int], str]] = {"c": c_program, "python": python_program}
"""What a run can be exported to; the command line offers what stands here."""
