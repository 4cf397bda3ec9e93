"""What can be asked for in the prompt, and what the answers mean: pure text in, a call to the trainer out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tui.worker.intents import ChangeSettings, Seek, SetParameter, Step
from tui.worker.remote import Trainer

FARTHEST = 10**9
"""No step beyond this one is asked for by a slip of the finger."""


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


class Searchable(Protocol):
    """What shows its nodes while the name of one is typed."""

    def begin_search(self) -> None:
        """Remember what is open and selected."""

    def search(self, text: str, place: int) -> str:
        """Select a match; which of how many it is."""

    def matches(self, text: str) -> list[int]:
        """The nodes that match."""

    def cancel_search(self) -> None:
        """Select what was selected before."""


def find_node(graph: Searchable) -> Question:
    """A node by its name; the graph follows while it is typed."""
    graph.begin_search()

    def answer(text: str) -> str:
        return "" if graph.matches(text) else "no match"

    return Question("node name: h1[3], w2[0, loss …", answer, typed=graph.search, cancelled=graph.cancel_search)


def go_to_step(trainer: Trainer) -> Question:
    """A step of the run; beyond its end the run is trained so far."""

    def answer(text: str) -> str:
        metrics = trainer.last.metrics if trainer.last else None
        step, end = (metrics.step, metrics.end) if metrics else (0, 0)
        try:
            wanted = parse_step(text, step, end)
        except ValueError as error:
            return str(error)
        if wanted <= end:
            trainer.send(Seek(wanted))
        else:
            trainer.send(Seek(end), Step(wanted - end))
        return ""

    return Question("step: 412, -100, +10, first, last", answer)


def parse_step(text: str, now: int, end: int) -> int:
    """The step that a text means at step `now` of a run known up to step `end`.

    Raises:
        ValueError: it means none; the message says what would.
    """
    word = text.strip().lower().replace(",", "").replace("_", "")
    named = {"first": 0, "start": 0, "last": end, "end": end}
    if word in named:
        return named[word]
    if not word.removeprefix("+" if word[:1] == "+" else "-").isdecimal() or len(word) > 12:
        raise ValueError(f"'{text.strip()[:6]}': 412, -100, +10 or last")
    step = max(0, now + int(word)) if word[0] in "+-" else int(word)
    if step > FARTHEST:
        raise ValueError(f"at most step {FARTHEST:,}")
    return step


def learning_rate(trainer: Trainer) -> Question:
    """Another learning rate from this step on."""

    def answer(text: str) -> str:
        try:
            rate = float(text)
        except ValueError:
            rate = math.nan
        if not 0.0 < rate < math.inf:
            return f"'{text.strip()[:6]}': above 0, such as 0.03"
        trainer.send(ChangeSettings((("lr", rate),)))
        return ""

    return Question(f"learning rate, now {trainer.config.lr:g}: 0.03, 1 …", answer)


def parameter_value(trainer: Trainer, names: Sequence[str], selected: str | None) -> Question:
    """Another value from this step on for the selected weight or bias, or for one that is named before it."""

    def now(name: str | None) -> str:
        if trainer.last is None or name not in names:
            return ""
        return f"now {trainer.last.checkpoint.parameters[names.index(name)]:.5g}"

    def parts(text: str) -> tuple[str | None, str]:
        name, _, value = text.rpartition("=")
        return "".join(name.split()) or selected, value.strip()

    def answer(text: str) -> str:
        name, number = parts(text)
        if name is None:
            known = "".join(text.split())
            return f"and what? {known} = -0.5" if known in names else f"which one? such as {names[0]} = -0.5"
        if name not in names:
            return f"'{name[:9]}' is no weight or bias"
        try:
            value = float(number.replace("_", " "))
        except ValueError:
            return f"'{number[:6]}': a number such as -0.5"
        if not math.isfinite(value):
            return f"'{number[:6]}': a finite number, as -0.5"
        trainer.send(SetParameter(names.index(name), value))
        return ""

    def typed(text: str, _place: int) -> str:
        return now(parts(text)[0] if "=" in text else "".join(text.split()))

    hint = f"{selected}, {now(selected)}: -0.5, 2 …" if selected else f"weight = value: {names[0]} = -0.5"
    return Question(hint, answer, typed)


def confirm(question: str, yes: Callable[[], object], lost: str = "") -> Question:
    """Whether something is to be done that can't be taken back; what would be `lost` is told beside."""

    def answer(text: str) -> str:
        if text.lower() not in ("y", "n"):
            return "y or n"
        if text.lower() == "y":
            yes()
        return ""

    return Question(f"{question} y, n", answer, lambda *_: lost, short=True)
