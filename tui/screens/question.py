"""What the prompt asks and what becomes of the answer: a plain value, without the line it is typed in."""

from collections.abc import Callable
from dataclasses import dataclass, field


def nothing(text: str, place: int) -> str:
    """While this is typed nothing follows it."""
    return ""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: words in the empty field or a text to begin with, and what happens with the answer.

    `answer` takes the text when enter is pressed; what it returns is what is wrong with it, or nothing. `typed`
    follows every character, and the arrow keys with a number that they raise and lower; it returns a few words
    to show beside. `cancelled` is called on escape. What is `short` is answered by one character, without enter.
    """

    hint: str
    answer: Callable[[str], str] = field(default=lambda text: "")
    typed: Callable[[str, int], str] = nothing
    cancelled: Callable[[], None] = field(default=lambda: None)
    text: str = ""
    short: bool = False
