"""`chainrule train`: a run as plain lines, with a progress bar for whoever waits.

It stands apart from the Session because here is all that knows streams: lines belong to standard output and are written
in batches, the bar belongs to standard error, and where both are the same terminal it is removed while lines go out.
"""

import errno
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from engine.run.records import VAL_EVERY, StepRecord
from engine.run.session import Session
from engine.views.conditions import Watchpoint, condition_of
from engine.views.watching import Watches
from tui.run.options import Refusal
from tui.run.slices import Slices

if TYPE_CHECKING:
    from rich.progress import Progress

SECONDS_BETWEEN_BATCHES = 0.1


def conditions_of(texts: tuple[str, ...], session: Session) -> list[Watchpoint]:
    """The conditions that were given with --stop; refuses what is none."""
    try:
        return [condition_of(text, session) for text in texts]
    except ValueError as error:
        raise Refusal(f"--stop: {error}.") from error


def print_run(session: Session, steps: int, conditions: Sequence[Watchpoint] = ()) -> str:
    """Take `steps` steps, or as many as lead to one at which a condition holds, and print the losses of each.

    What holds then, or nothing.

    Raises:
        OSError: standard output can't be written.
    """
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    pending: list[str] = []
    due = 0.0
    watches = Watches()
    turned = watches.use(conditions, session, begins=True)
    with closing(Bar(steps)) as bar:  # gone, and the cursor back, however the run ends
        slices = Slices(0.02)
        while session.step_count < steps and not turned:
            started = time.monotonic()
            updates = watches.train(session, min(slices.steps, steps - session.step_count))
            now = time.monotonic()
            slices.took(len(updates.train_losses), now - started)
            turned = watches.look(session)
            pending += [lines_of(record, steps) for record in updates.records()]
            if now >= due or turned or session.step_count == steps:
                due = now + SECONDS_BETWEEN_BATCHES
                bar.lift()
                sys.stdout.write("".join(pending))
                sys.stdout.flush()
                pending.clear()
                bar.show(session.step_count)
    return turned


def lines_of(record: StepRecord, steps: int) -> str:
    """What a step prints: the train loss, and before it the validation loss of every tenth step."""
    head = f"step {record.step}/{steps}"
    train = f"{head}, train loss {record.train_loss!r}\n"
    if record.val_loss is None or record.step % VAL_EVERY != 1:
        return train
    return f"{head}, val loss {record.val_loss:.6f}\n{train}"


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Ctrl-C waits: half-way through it rich would leave the cursor hidden, and an import may swallow it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Bar:
    """A progress bar on standard error: none unless that is a terminal and the run has taken a while."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.wanted = sys.stderr is not None and sys.stderr.isatty()
        self.beside_lines = sys.stdout.isatty()
        self.due = time.monotonic() + 0.5
        self.drawn: Progress | None = None

    def show(self, step: int) -> None:
        """Draw it at `step`, if it is time for it."""
        if not self.wanted or time.monotonic() < self.due:
            return
        with interrupts_held():
            if self.drawn is None:
                self.drawn = new_progress(self.steps)
            if self.drawn is None:
                self.wanted = False
                return
            self.drawn.update(self.drawn.task_ids[0], completed=step)
            if self.drawn.live.is_started:
                self.drawn.refresh()
            else:
                self.drawn.start()

    def lift(self) -> None:
        """Clear the way for lines on the same terminal."""
        if self.beside_lines:
            self.close()

    def close(self) -> None:
        """Leave no trace of it."""
        if self.drawn is not None:
            with interrupts_held():
                self.drawn.stop()


def new_progress(steps: int) -> "Progress | None":
    """Rich's bar, not started; None on a terminal that can't move its cursor."""
    from rich.console import Console  # noqa: PLC0415  # short runs need not wait for rich
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_interactive:
        return None
    columns = ("step", MofNCompleteColumn(), BarColumn(), TimeRemainingColumn())
    # Threads and replaced streams are what makes a bar and other output meet: neither is wanted here.
    drawn = Progress(
        *columns, console=console, transient=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
    )
    drawn.add_task("", total=steps)
    return drawn
