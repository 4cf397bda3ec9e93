"""What a person can want of the run: each a frozen value, and beside it what it does to the session.

A panel posts it, the app sends it on, and in the worker's process it is applied. What is to be known before, as whether
it pauses, is said by its class.
"""

from typing import TYPE_CHECKING, ClassVar

from engine.examples import Located
from engine.frozen import Frozen
from engine.run.changes import Setting

if TYPE_CHECKING:
    from tui.worker.process import Worker  # the app sends what it never applies


class Intent(Frozen):
    """What all have: what is known of one before it is applied."""

    pauses: ClassVar[bool] = False
    """Training stands after it."""
    ends_search: ClassVar[bool] = True
    """A search that is under way is called off: two that walk through one session would miss steps."""
    keeps_reason: ClassVar[bool] = False
    """It changes nothing about why the run stands where it does."""
    by_hand: ClassVar[bool] = False
    """It is a person's work, to be done again if the worker ends before it is known to be done."""
    said_if_refused: ClassVar[bool] = False
    """Where it can't be, that is said, and training goes on as it was; else it is a problem, which pauses."""
    names_examples: ClassVar[bool] = False
    """It is about examples that are on the screen, and is not sent while those are another run's."""

    def apply(self, worker: "Worker") -> None:
        """Do it."""
        raise NotImplementedError


class Play(Intent):
    """Train, or pause. Playing on past the step limit lifts it."""

    playing: bool

    def apply(self, worker: "Worker") -> None:
        worker.play(self.playing)


class Step(Intent):
    """Take so many steps and pause."""

    count: int
    pauses = True

    def apply(self, worker: "Worker") -> None:
        worker.step(self.count)


class Speed(Intent):
    """Steps a second while playing; None is as fast as it goes."""

    steps_per_second: float | None
    ends_search = False
    keeps_reason = True

    def apply(self, worker: "Worker") -> None:
        worker.use_speed(self.steps_per_second)


class Seek(Intent):
    """Go to a step of this branch and pause; to its end where it has not come that far."""

    step: int
    pauses = True

    def apply(self, worker: "Worker") -> None:
        worker.seek(self.step)


class Move(Intent):
    """Go so many steps back (negative) or on, from where earlier intents lead, and pause; never past the end."""

    by: int
    pauses = True

    def apply(self, worker: "Worker") -> None:
        worker.move(self.by)


class ChangeSettings(Intent):
    """Train with other settings from this step on: names of `Config` and their values."""

    settings: tuple[tuple[str, Setting], ...]
    by_hand = True

    def apply(self, worker: "Worker") -> None:
        worker.arrive().change(**dict(self.settings))


class Edit(Intent):
    """Let these examples be gone and those be there, each in the place of the old one with its number.

    `more`: it goes on with the edit before, and is taken back together with that.
    """

    old: tuple[Located, ...]
    new: tuple[Located, ...]
    what: str
    more: bool = False
    by_hand = said_if_refused = names_examples = True

    def apply(self, worker: "Worker") -> None:
        worker.arrive().edit(self.old, self.new, self.what, more=self.more)


class SetParameter(Intent):
    """Give a parameter, by its index, another value."""

    index: int
    value: float
    by_hand = said_if_refused = True

    def apply(self, worker: "Worker") -> None:
        worker.arrive().set_parameter(self.index, self.value)


class Undo(Intent):
    """Take the latest edit back, or with `again` do again what was taken back."""

    again: bool = False
    by_hand = said_if_refused = True

    def apply(self, worker: "Worker") -> None:
        session = worker.arrive()
        worker.say(f"done again: {session.redo()}" if self.again else f"undone: {session.undo()}")


class SwitchBranch(Intent):
    """Go to another branch, as far along it as this one is, and pause."""

    number: int
    pauses = True

    def apply(self, worker: "Worker") -> None:
        worker.arrive().switch(self.number)
        worker.stay()


class Watch(Intent):
    """Stop whenever one of these conditions turns true; see `engine.views.conditions`.

    Where the run `begins` with them, one that is true at its first step stops it there.
    """

    conditions: tuple[str, ...]
    begins: bool = False

    def apply(self, worker: "Worker") -> None:
        worker.watch(self.conditions, begins=self.begins)


class GoToFirst(Intent):
    """Go to the first step of this branch at which a condition holds, and pause."""

    condition: str
    pauses = True

    def apply(self, worker: "Worker") -> None:
        worker.search(self.condition)


class GoToDivergence(Intent):
    """Go to the first step and node that was not finite, and pause."""

    pauses = True

    def apply(self, worker: "Worker") -> None:
        worker.explain_divergence()


class SelectProbe(Intent):
    """Show the graph of another example."""

    split: str
    index: int
    keeps_reason = names_examples = True

    def apply(self, worker: "Worker") -> None:
        worker.arrive().chooser.select(self.split, self.index)


class MoveProbe(Intent):
    """Show the graph of the example so many places on; `by_loss` counts from the largest loss as it is now."""

    by: int
    by_loss: bool = False
    keeps_reason = True

    def apply(self, worker: "Worker") -> None:
        session = worker.arrive()
        (session.move_probe_by_loss if self.by_loss else session.chooser.move)(self.by)


class PlaceProbe(Intent):
    """Show the graph of a free point, of this class or of the one that the probe has."""

    point: tuple[float, float]
    label: int | None = None
    keeps_reason = True

    def apply(self, worker: "Worker") -> None:
        worker.arrive().chooser.place(self.point, self.label)


class RelabelProbe(Intent):
    """Make the probe a free point where it is, of the class so many places on."""

    by: int
    keeps_reason = True

    def apply(self, worker: "Worker") -> None:
        worker.arrive().chooser.relabel(self.by)
