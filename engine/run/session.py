"""Session: the only owner of mutable training state, with its history.

It works headless and knows no screen: it steps, seeks, is edited, and answers with frozen values. `Training` is
where numbers are computed; here is told which of them belong to which step.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from math import isfinite
from typing import Any, Self

from ..examples import Located
from .changes import Change, Undo, checked, patched, patches_for, patches_of, settings_of
from .config import OF_LOSSES, changed
from .curve import Curves
from .history import History, Keyframe, Timeline, spacing
from .records import Best, Checkpoint, Metrics, StepLosses, StepRecord, Until, bettered
from .training import Training


class Session(Training):
    """Training of which every step can be gone back to, with what was changed on the way, and its branches.

    The arguments are those of `Training`.
    """

    def _begin(self) -> None:
        """Step 0 of a run without a history."""
        super()._begin()
        self._given, self._first_splits = self.config, self.splits
        examples = len(self.splits["train"])
        self.history = History(spacing(len(self.parameters) * examples, self.backend.wanted), self.splits)
        self._applied = (self.history.current.number, 0)
        self._undo = Undo()
        self._best: dict[str, Best] = {}
        self._keep()

    def step(self) -> StepRecord:
        """One optimizer update, on the step's batch. A run that has diverged goes on, with inf and nan."""
        return next(self.advance(1).records())

    def advance(self, most: int, until: Until | None = None) -> StepLosses:
        """At most `most` updates in a row; the one at which the run diverges ends them, or the last that `until` wants.

        Where the history knows the steps already, they are taken again with the same digits.
        """
        first = self.step_count
        train: list[float] = []
        val: list[float] | None = [] if "val" in self.splits else None
        while len(train) < most:
            was_fine = self.diverged_at is None
            losses, val_losses, wanted = self._advance_within(most - len(train), until)
            train.extend(losses)
            if val is not None and val_losses is not None:
                val.extend(val_losses)
            has_diverged = was_fine and self.diverged_at is not None
            if has_diverged or not wanted or (val is None) == ("val" in self.splits):
                break
        return StepLosses(first + 1, train, val)

    def _advance_within(
        self, most: int, until: Until | None = None
    ) -> tuple[Sequence[float], Sequence[float] | None, bool]:
        """Updates up to the next keyframe, change or end of what is known: as `_train`."""
        branch, first = self.history.current, self.step_count
        stops = [first + most, first - first % self.history.spacing + self.history.spacing]
        is_new = first == branch.end
        if not is_new:
            stops.append(branch.end)
            if (change := branch.next_change(first)) is not None:
                stops.append(change)
            if branch.diverged_at is not None and first <= branch.diverged_at:
                stops.append(branch.diverged_at + 1)
        train, val, wanted = self._train(min(stops) - first, until, until_diverged=branch.diverged_at is None)
        if not train:
            return train, val, wanted
        self._note_best(first, train, val)
        if is_new:
            branch.end = self.step_count
            branch.curves["train"].extend(first, train)
            if val is not None:
                branch.curves["val"].extend(first, val)
            if branch.diverged_at is None and not isfinite(train[-1]):
                self.history.diverged(self.step_count - 1)
        if self.step_count % self.history.spacing == 0 and not self.history.at(self.step_count):
            self._keep()
        if not is_new:
            self._take_over_changes()
        return train, val, wanted

    def _note_best(self, first: int, train: Sequence[float], val: Sequence[float] | None) -> None:
        """Take the losses of the steps from `first` on into account; of a batch's loss there is no best."""
        if self._begins_anew(first):
            self._best = {}
        for split, losses in (("train", None if self.batches else train), ("val", val)):
            if losses is not None and (best := bettered(self._best.get(split), first, losses)):
                self._best[split] = best

    def best(self, split: str) -> Best | None:
        """The least loss of train or val at the steps before this one, since the examples or a penalty last changed.

        Steps that learnt from batches don't count for train. It is part of the run's state: the same whenever the
        run is at this step.
        """
        return None if self._begins_anew(self.step_count) else self._best.get(split)

    def _begins_anew(self, step: int) -> bool:
        """Whether a change at a step makes its losses and those before it no longer comparable."""
        return any(
            change.patches or any(name in OF_LOSSES for name, _ in change.settings)
            for change in self.history.current.changes_at(step)
        )

    def _take_over_changes(self) -> None:
        """Take over what the history has changed up to this step."""
        branch = self.history.current
        number, known = self._applied
        count = branch.changes_until(self.step_count)
        for change in branch.changes_at(self.step_count):
            self._set(change)
        if (number, known) == (branch.number, count):
            return
        if number == branch.number and known < count:
            self._apply(branch.changes[known:count])
        else:
            config = replace(self._given, **settings_of(branch.changes[:count]))
            self._use(config, branch.versions.after(count, branch.changes))
        self._applied = (branch.number, count)

    def _apply(self, changes: Sequence[Change]) -> None:
        """Train with what the changes leave of the present settings and data."""
        config = replace(self.config, **settings_of(changes))
        self._use(config, patched(self.splits, patches_of(changes)))

    def _keep(self) -> None:
        self.history.keep(self.step_count, self._frame())

    def _frame(self) -> Keyframe:
        best = tuple(self._best.items())
        return Keyframe(self._packed(), self.optimizer.steps, self.optimizer.rule.name, best)

    # Going elsewhere in the history

    @property
    def diverged_at(self) -> int | None:
        """The first step whose loss is not finite, if this one is that or a later one."""
        step = self.history.current.diverged_at
        return step if step is not None and step <= self.step_count else None

    @property
    def end(self) -> int:
        """The last step of this branch that is known."""
        return self.history.current.end

    def set_out(self, step: int) -> int:
        """Go to the nearest keyframe, or stay where it is nearer, at or before a step; the step, within 0 and the end.

        `advance` leads on to the step.
        """
        step = max(0, min(step, self.end))
        nearest, frame = self.history.current.nearest(step)
        if not nearest <= self.step_count <= step:
            self._stand(nearest, frame)
        return step

    def _stand(self, step: int, frame: Keyframe) -> None:
        """Take over a keyframe of this branch, and what changes at its step."""
        rows = self._unpacked(frame.numbers)
        self.step_count, self.parameters = step, rows[0]
        self._take_over_changes()
        self._load(frame.optimizer, rows[1:], frame.updates)
        self._best = dict(frame.best)

    def seek(self, step: int) -> Self:
        """Go to a step of this branch; everything has exactly the digits that it had there."""
        step = self.set_out(step)
        while self.step_count < step:
            self._advance_within(step - self.step_count)
        return self

    @contextmanager
    def excursion(self) -> Iterator[None]:
        """Seek anywhere on this branch within, and be back afterwards as if nothing had been.

        The parameters and examples are the same objects then: who has them knows what he has.
        """
        step, frame = self.step_count, self._frame()
        before = self.parameters, self.splits, copy(self.chooser)
        try:
            yield
        finally:
            self._stand(step, frame)
            self.parameters, self.splits, self.chooser = before

    def reset(self) -> None:
        """Back to step 0 and the same initial weights; what comes after is still known."""
        self.seek(0)

    def change(self, **settings: Any) -> None:
        """Train with other settings, those of LIVE, from this step on.

        Where later steps are known, that begins a branch at this one, and they stay as they were. Several changes of
        the optimizer at one step are one: what it had gathered is there again when all of them are taken back.

        Raises:
            ValueError: a setting that can't change amid a run, or that the optimizer or the schedule does not have.
        """
        if changed(self.config, settings) != self.config:
            self._make(Change(self.step_count, tuple(settings.items()), what=", ".join(settings)))

    def _make(self, change: Change) -> None:
        """Let something be different from this step on."""
        arrival, before = self._arrival(), self.config.optimizer
        if self.step_count < self.end:
            self.history.fork(self.step_count)
            self._applied = (self.history.current.number, self._applied[1])
        if not self.history.at(self.step_count):
            self.history.keep(self.step_count, arrival)
        self.history.current.changes.append(change)
        self._apply([change])
        if self.config.optimizer != before:
            self._load(arrival.optimizer, self._unpacked(arrival.numbers)[1:], arrival.updates)
        self._set(change)
        self._applied = (self._applied[0], self._applied[1] + 1)

    def _arrival(self) -> Keyframe:
        """The state in which training arrived at the present step, before any change there."""
        step, branch = self.step_count, self.history.current
        if not branch.changes_at(step):
            return self._frame()
        nearest, frame = branch.nearest(step)
        if nearest == step:
            return frame
        with self.excursion():
            self.seek(step - 1)
            train, val, _ = self._train(1, None, until_diverged=False)  # which meets no change
            self._note_best(step - 1, train, val)
            return self._frame()

    def edit(self, old: Sequence[Located], new: Sequence[Located], what: str, *, more: bool = False) -> None:
        """From this step on the old examples are gone and the new ones there, each in the place of that of its number.

        `more`: this goes on with the edit before, if that is of the same kind, and is taken back together with it.

        Raises:
            ValueError: an old example is not there, a new one can't be, or none would be left to learn from.
        """
        checked(new, self.classes)
        patches = patches_for(self.splits, old, new)
        if "train" not in patched(self.splits, patches):
            raise ValueError("the last train example stays: the network learns from it")
        known = self._applied[1]
        before = self.history.current.changes[max(0, known - 1) : known]
        goes_on = more and any(each.what == what and each.role in ("do", "more") for each in before)
        self._make(Change(self.step_count, patches=patches, role="more" if goes_on else "do", what=what))

    def set_parameter(self, index: int, value: float) -> None:
        """Give one parameter another value from this step on.

        Raises:
            ValueError: there is no such parameter, or the value is not finite.
        """
        if not 0 <= index < len(self.parameters):
            raise ValueError(f"there is no parameter {index}: the network has {len(self.parameters)}")
        if not isfinite(value):
            raise ValueError("a parameter needs a finite value")
        if value != self.parameters[index]:
            name = self.parameter_names[index]
            self._make(Change(self.step_count, values=((index, self.parameters[index], value),), what=f"set {name}"))

    def undo(self) -> str:
        """Take back the latest edit of data or parameters that is still in force here; what it was.

        Raises:
            ValueError: there is none.
        """
        return self._follow(self._undoable().back(self.step_count, self.history.current.changes))

    def redo(self) -> str:
        """Do again what was taken back last; what it was.

        Raises:
            ValueError: there is none.
        """
        return self._follow(self._undoable().again(self.step_count))

    def _follow(self, change: Change) -> str:
        # Training has moved values on: what is taken back is that they were set, not what was learnt since.
        values = tuple((index, self.parameters[index], after) for index, _, after in change.values)
        self._make(change.replaced(values=values))
        return change.what

    def _undoable(self) -> Undo:
        return self._undo.after(self.history.current.changes, self._applied[1])

    def switch(self, number: int) -> None:
        """Go to another branch, as far along it as this one is.

        Raises:
            ValueError: there is none of this number.
        """
        self.history.switch(number)
        step = min(self.step_count, self.end)
        self._stand(*self.history.current.nearest(step))
        self.seek(step)

    def metrics(self) -> Metrics:
        """Loss and accuracy of every split at the present parameters; the train loss is what is minimised.

        That is, it is of all train examples and includes the penalties where there are any.
        """
        return Metrics(self.step_count, self.end, {name: self.judge(name) for name in self.splits}, self.diverged_at)

    def checkpoint(self) -> Checkpoint:
        """What `restore` needs to go on from here with the same digits."""
        slots = tuple(tuple(slot) for slot in self.optimizer.slots)
        best = tuple(self._best.items())
        return Checkpoint(self.step_count, tuple(self.parameters), slots, self.optimizer.steps, best)

    def restore(self, checkpoint: Checkpoint, timeline: Timeline | None = None, curves: Curves | None = None) -> Self:
        """Continue from a checkpoint of a session with the same config and data, and know its history.

        Without a timeline the run came straight from step 0.

        Raises:
            ValueError: the checkpoint is of a network of another size.
        """
        if len(checkpoint.parameters) != len(self._initial):
            count = len(checkpoint.parameters)
            raise ValueError(f"the checkpoint has {count} parameters, the network {len(self._initial)}")
        self._use(self._given, self._first_splits)
        self._begin()
        if timeline:
            self.history.restore(timeline)
        else:
            self.history.current.end = checkpoint.step
        self.step_count, self.parameters = checkpoint.step, checkpoint.parameters
        self._take_over_changes()
        self._load(self.config.optimizer, [list(slot) for slot in checkpoint.slots], checkpoint.updates)
        self._best = dict(checkpoint.best)
        if not self.history.current.changes_at(self.step_count):
            self._keep()
        if curves:
            self.history.restore_curves(curves)
        return self
