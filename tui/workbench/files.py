"""Points from and to CSV files, amid a run: paths are asked for, files are read and written beside the event loop.

Whatever a file or a disk refuses is one line, and the run and what was typed stay as they were.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from data.csv.write import save_csv
from data.dataset import MIN_CLASSES, DataError, Dataset
from data.wording import counted, printable, shown_path
from engine.examples import Data, in_order
from engine.run.changes import Undo
from engine.run.history import Timeline
from tui.run.option_types import listed
from tui.run.spec import RunData, RunSpec, open_data
from tui.screens.questions import Question, confirm
from tui.worker.remote import Trainer
from tui.worker.replica import Ends, OfLatest

SHOWN_NAME = 16
"""Characters of a file's name in a question."""


class Host(Protocol):
    """What the app does for this."""

    def ask(self, question: Question) -> None:
        """Ask the person."""

    def tell(self, text: str, *, wrong: bool) -> None:
        """Show a line for a while."""

    def run_worker(self, work: Coroutine[None, None, None], /) -> object:
        """Let it run beside everything else."""

    def use_run(self, spec: RunSpec, data: RunData) -> None:
        """Begin another run."""


class PointFiles:
    """Remembers where the points were written, and what of a person's work would be lost with the run."""

    def __init__(self, host: Host, trainer: Trainer) -> None:
        self._host = host
        self._trainer = trainer
        self._forget()

    def _forget(self) -> None:
        self._path: Path | None = None
        self._written: dict[Path, Data] = {}
        self._edited = False
        self._opened: Dataset | None = None
        self._ends = Ends({})

    def edited(self) -> None:
        """A person changed the points."""
        self._edited = True

    def another_run(self) -> None:
        """The points are others, and whole."""
        self._forget()

    def unwritten(self, dataset: Dataset) -> bool:
        """Whether edits would be lost with the run that now has these points: on any branch, up to its end."""
        data, timeline = self._trainer.data, self._trainer.timeline
        if data is None:
            return False
        if self._opened is not data.dataset:
            self._opened, self._ends = data.dataset, Ends(data.dataset.splits)
        kept = [in_order(data.dataset.splits), *self._written.values()]
        ends = self._ends.of(timeline) if timeline else []
        if self._edited and not self._trainer.settled:  # the worker may yet have to hear of the latest edits
            ends.append(in_order(dataset.splits))
        return any(end not in kept for end in ends)

    def lost(self, dataset: Dataset) -> str:
        """What a person did by hand and would lose with the run that now has these points; nothing if nothing."""
        return lost(self._trainer.timeline, unwritten=self.unwritten(dataset))

    def unless_lost(self, dataset: Dataset, then: Callable[[], None]) -> None:
        """Do it, but ask first where something would be lost."""
        if what := self.lost(dataset):
            self._host.ask(confirm("drop the unsaved edits?", then, what))
        else:
            then()

    def write(self, dataset: Callable[[], Dataset], text: str = "") -> None:
        """Ask for a path and write the points there."""

        def answer(typed: str) -> str:
            self._host.run_worker(self._write(path_of(typed), dataset(), over=False))
            return ""

        def told(_typed: str, _place: int) -> str:
            return f"enter writes {counted(len(dataset().examples()), 'point')}; esc back"

        spec = self._trainer.spec
        usual = self._path or spec.csv or Path(f"{dataset().name}-{spec.seed}.csv")
        self._host.ask(Question("write the points to: a path", answer, told, text=text or str(usual)))

    async def _write(self, path: Path, dataset: Dataset, *, over: bool) -> None:
        try:
            count = await asyncio.to_thread(save_csv, path, dataset, replace=over)
        except FileExistsError:
            name = path.name if len(path.name) <= SHOWN_NAME else f"{path.name[: SHOWN_NAME - 1]}…"
            again = confirm(
                f"replace {printable(name)}?", lambda: self._host.run_worker(self._write(path, dataset, over=True))
            )
            self._host.ask(again)
        except DataError as error:
            self._host.tell(str(error), wrong=True)
            self.write(lambda: dataset, str(path))
        else:
            self._path = path
            self._written[path.absolute()] = in_order(dataset.splits)
            self._host.tell(f"{shown_path(path)}: {counted(count, 'point')} written{without(dataset)}", wrong=False)

    def read(self, dataset: Callable[[], Dataset], text: str = "") -> None:
        """Ask for a path and begin a run with the points there."""

        def answer(typed: str) -> str:
            self._host.run_worker(self._read(typed, dataset))
            return ""

        usual = self._path or self._trainer.spec.csv
        self._host.ask(
            Question(
                "read points from: a CSV file",
                answer,
                lambda *_: "enter begins a new run; esc back",
                text=text or str(usual or ""),
            )
        )

    async def _read(self, typed: str, dataset: Callable[[], Dataset]) -> None:
        spec = replace(self._trainer.present, csv=path_of(typed), split=None)
        try:
            data = await asyncio.to_thread(open_data, spec)
        except ValueError as error:
            self._host.tell(str(error), wrong=True)
            self.read(dataset, typed)
            return
        self.unless_lost(dataset(), lambda: self._host.use_run(spec, data))


def path_of(text: str) -> Path:
    """What is typed as a path; ~ is the person's home."""
    path = Path(text.strip())
    try:
        return path.expanduser()
    except RuntimeError:  # the home of somebody who is not known
        return path


def without(dataset: Dataset) -> str:
    """The classes that have no points, and so will be none where the file is read; with one alone it can't be."""
    used = {label for _, _, label in dataset.examples()}
    if len(used) < MIN_CLASSES:
        return "; of one class only: it can't be opened by itself"
    missing = [name for label, name in enumerate(dataset.class_names) if label not in used]
    return f"; without any of {', '.join(missing)}" if missing else ""


def lost(timeline: Timeline | None, *, unwritten: bool) -> str:
    """What a person did by hand in this run and would lose with a new one; nothing if nothing.

    `unwritten`: points were edited, and are in no file.
    """
    kinds = {"edited points": unwritten, "typed-in weights": timeline is not None and typed_in(timeline)}
    return listed([kind for kind, there in kinds.items() if there] or [""], "and")


@OfLatest
def typed_in(timeline: Timeline) -> bool:
    """Whether on any branch a weight is in force that a person typed in."""
    with_values = (branch.changes for branch in timeline.branches if any(change.values for change in branch.changes))
    return any(change.values for changes in with_values for change in Undo(changes).done)
