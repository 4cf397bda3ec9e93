"""Session: the only owner of mutable training state.

It works headless and knows no screen: it steps, and it answers with frozen values. Everything
that it computes for training runs on a motor, the straight-line program in Python or C; the one
example whose graph is shown is evaluated node by node.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from time import monotonic
from typing import Any, Self

from engine.answers import probabilities
from engine.backends import Backend, Network
from engine.batches import Batches
from engine.check import check
from engine.choosing import Chooser
from engine.config import LIVE, OF_LOSSES, OF_OPTIMIZERS, Config, live_settings
from engine.edits import Data, Undo, inverse, patched, patches_for
from engine.features import FEATURES
from engine.graph import evaluate, example_graph, trace
from engine.history import History, Keyframe
from engine.layers import layer_states
from engine.losses import LOSSES
from engine.motor import Course, Program
from engine.nn import each_layers
from engine.outcomes import outcomes
from engine.patience import Best, bettered
from engine.rng import Rng
from engine.snapshot import (
    BatchUpdate,
    Change,
    Check,
    Checkpoint,
    Choice,
    Curves,
    DecisionMap,
    Example,
    Graph,
    Grid,
    LayerQuery,
    LayerState,
    LayerView,
    Located,
    Metrics,
    Outcomes,
    PointAnswer,
    Probe,
    SplitMetrics,
    Timeline,
    Trail,
    UnitMap,
    UnitQuery,
    settings_of,
)
from engine.trail import COARSE, Samples, sample_steps
from engine.units import Units
from engine.value import lift

SPLIT_NAMES = ("train", "val", "test")
MOST_GHOSTS = 3
"""Curves of other branches that are drawn."""
REPLAY = 0.01
"""Seconds that the steps between two keyframes may take to be computed again."""
COSTS = {"value": 4e-6, "python": 5e-8, "c": 2.5e-9}
"""Seconds a step takes for each parameter and example, roughly, by backend."""
MOST_APART = 64
"""Steps between two keyframes at first, at most."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One optimizer update: its number from 1, and the losses at the parameters before it.

    `train_loss` is what the step learns from: the mean loss of its batch, plus the penalty if there is one.
    `val_loss` is of all val examples, None without any.
    """

    step: int
    train_loss: float
    val_loss: float | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Several updates in a row: the number of the first, and the losses before each."""

    first: int
    train_losses: Sequence[float]
    val_losses: Sequence[float] | None

    def records(self) -> Iterator[StepRecord]:
        """The updates one by one."""
        for index, train_loss in enumerate(self.train_losses):
            yield StepRecord(self.first + index, train_loss, self.val_losses[index] if self.val_losses else None)


Until = Callable[[Stretch], int]
"""How many updates of a stretch that could follow are to be taken: fewer than all of them ends training there."""


class Session:
    """A network in training on examples (x, y, class) that are split into train, val and test.

    The weights are drawn from `rng`, so that whoever made the data with it can continue its draws.
    `backend` is who computes, a name of `engine.backends.BACKENDS`; compiled code is kept in `cache`.

    Raises:
        ValueError: no train examples, a batch of none, or activations that don't fit the layers.
    """

    def __init__(
        self,
        config: Config,
        splits: Mapping[str, Sequence[Example]],
        classes: int,
        rng: Rng,
        *,
        backend: str = "python",
        cache: Path | None = None,
    ) -> None:
        if not splits.get("train"):
            raise ValueError("there are no train examples to learn from")
        self._given = self.config = config
        self.classes = classes
        self.splits: Data = {name: tuple(examples) for name, examples in splits.items() if examples}
        self._first_splits = self.splits
        model = config.model(classes, rng)
        self._traced = trace(model, LOSSES[config.loss], classes)
        self._graphs: dict[int, Graph] = {}
        self._initial = [parameter.data for parameter in model.parameters()]
        self._seed = rng.state
        self.batches = self._batches_of(config)
        self.backend = Backend(
            backend,
            Network(
                self._traced,
                lambda: config.model(classes, Rng(1)),
                LOSSES[config.loss],
            ),
            self.splits,
            self.batches,
            cache,
        )
        self._chooser = Chooser(self.splits, classes)
        self._ranked_at: Sequence[float] | None = None
        self._units = Units(self._traced)
        self._start()

    def _start(self) -> None:
        """Step 0 of a run without a history."""
        self.config, self.splits = self._given, self._first_splits
        self.step_count = 0
        self.parameters: Sequence[float] = list(self._initial)
        self.optimizer = self.config.make_optimizer(len(self.parameters))
        examples = len(self.splits["train"])
        self.history = History(spacing(len(self.parameters) * examples, self.backend.wanted), self.splits)
        self._met = (self.history.current.number, 0)
        self._undo = (self._met, Undo())
        self._best: dict[str, Best] = {}
        self._samples, self._sampled = Samples(), (0, 0)
        self._keep()

    @property
    def parameter_names(self) -> list[str]:
        """What each parameter is called, in their order."""
        return [parameter.label for parameter in self._traced.parameters]

    @property
    def program(self) -> Program:
        """What computes losses and gradients."""
        return self.backend.motor.program

    def step(self) -> StepRecord:
        """One optimizer update, on the step's batch. A run that has diverged goes on, with inf and nan."""
        return next(self.advance(1).records())

    def advance(self, most: int, until: Until | None = None) -> Stretch:
        """At most `most` updates in a row; the one at which the run diverges ends them, or the last that `until` wants.

        Where the history knows the steps already, they are taken again with the same digits.
        """
        first = self.step_count
        train: list[float] = []
        val: list[float] | None = [] if "val" in self.splits else None
        while len(train) < most:
            was_fine = self.diverged_at is None
            losses, val_losses, wanted = self._stretch(most - len(train), until)
            train.extend(losses)
            if val is not None and val_losses is not None:
                val.extend(val_losses)
            has_diverged = was_fine and self.diverged_at is not None
            if has_diverged or not wanted or (val is None) == ("val" in self.splits):
                break
        return Stretch(first + 1, train, val)

    def _stretch(self, most: int, until: Until | None = None) -> tuple[Sequence[float], Sequence[float] | None, bool]:
        """Updates up to the next keyframe, change or end of what is known: as `_updates`."""
        branch, first = self.history.current, self.step_count
        stops = [first + most, first - first % self.history.spacing + self.history.spacing]
        is_new = first == branch.end
        if not is_new:
            stops.append(branch.end)
            if (change := branch.next_change(first)) is not None:
                stops.append(change)
            if branch.diverged_at is not None and first <= branch.diverged_at:
                stops.append(branch.diverged_at + 1)
        train, val, wanted = self._updates(min(stops) - first, until)
        if not train:
            return train, val, wanted
        self._note_best(train, val)
        self.step_count += len(train)
        if is_new:
            branch.end = self.step_count
            branch.curves["train"].extend(first, train)
            if val is not None:
                branch.curves["val"].extend(first, val)
            if branch.diverged_at is None and not isfinite(train[-1]):
                self.history.diverged(self.step_count - 1)
        is_due = self.step_count % self.history.spacing == 0 or branch.changes_at(self.step_count)
        if is_due and not self.history.at(self.step_count):
            self._keep()
        if not is_new:
            self._meet_changes()
        return train, val, wanted

    def _updates(self, most: int, until: Until | None) -> tuple[Sequence[float], Sequence[float] | None, bool]:
        """Updates in a row: the losses before each, and whether `until` wanted all of them.

        What it does not want is never part of the run: the updates that it does want are made once more.
        """
        first, before, fine = self.step_count, self.parameters, self.history.current.diverged_at is None
        course, motor = Course(first, self.config.strengths, self.config.rates), self.backend.motor
        optimizer = copy(self.optimizer) if until else self.optimizer
        self.parameters, train, val = motor.train(before, self.optimizer, most, course, until_diverged=fine)
        count = until(Stretch(first + 1, train, val)) if until else most
        if count >= len(train):
            return train, val, True
        self.optimizer, self.parameters = optimizer, before
        if count:
            self.parameters, *_ = motor.train(before, optimizer, count, course, until_diverged=fine)
        return train[:count], None if val is None else val[:count], False

    def _note_best(self, train: Sequence[float], val: Sequence[float] | None) -> None:
        """Take the losses of the updates from this step on into account; of a batch's loss there is no best."""
        if self._begins_anew():
            self._best = {}
        for split, losses in (("train", None if self.batches else train), ("val", val)):
            if losses is not None and (best := bettered(self._best.get(split), self.step_count, losses)):
                self._best[split] = best

    def best(self, split: str) -> Best | None:
        """The least loss of train or val at the steps before this one, since the examples or a penalty last changed.

        Steps that learnt from batches don't count for train. It is part of the run's state: the same whenever the
        run is at this step.
        """
        return None if self._begins_anew() else self._best.get(split)

    def _begins_anew(self) -> bool:
        """Whether a change at this step makes its losses and those before it no longer comparable."""
        branch, step = self.history.current, self.step_count
        return any(
            change.patches or any(name in OF_LOSSES for name, _ in change.settings)
            for change in branch.changes[branch.changes_until(step - 1) : branch.changes_until(step)]
        )

    def _meet_changes(self) -> None:
        """Take over what the history has changed up to this step."""
        branch = self.history.current
        number, known = self._met
        count = branch.changes_until(self.step_count)
        for change in branch.changes[branch.changes_until(self.step_count - 1) : count]:
            self._set(change)
        if (number, known) == (branch.number, count):
            return
        if number == branch.number and known < count:
            met = branch.changes[known:count]
            self._use(self._changed(self.config, met), self._patched(met))
        else:
            self._use(self._changed(self._given, branch.changes[:count]), branch.data_after(count))
        self._met = (branch.number, count)

    def _changed(self, config: Config, changes: Iterable[Change]) -> Config:
        settings = settings_of(changes)
        return replace(config, **settings) if settings else config

    def _patched(self, changes: Iterable[Change]) -> Data:
        patches = [patch for change in changes for patch in change.patches]
        return patched(self.splits, patches) if patches else self.splits

    def _set(self, change: Change) -> None:
        """Give the parameters the values that the change gave them."""
        if change.values:
            parameters = list(self.parameters)
            for index, _, value in change.values:
                parameters[index] = value
            self.parameters = parameters

    def _use(self, config: Config, data: Data) -> None:
        """Train with these settings on these examples from now on; another optimizer begins with nothing gathered."""
        if config != self.config:
            self.config = config
            if config.optimizer == self.optimizer.rule.name:
                self.optimizer.settings |= config.settings
            else:
                self.optimizer = config.make_optimizer(len(self._initial))
        changed = data is not self.splits
        self.splits = data
        batches = self._batches_of(config)
        if changed or batches != self.batches:
            self.batches = batches
            self.backend.deal(data, batches)
        self._chooser.use(data)

    def _batches_of(self, config: Config) -> Batches | None:
        """How the train examples are dealt to the steps; None where each step has all of them, in their own order."""
        examples = len(self.splits["train"])
        size = config.batch_of(examples)
        if size is None:
            return None
        return Batches(examples, size, self._seed if config.batch_seed is None else config.batch_seed)

    def _keep(self) -> None:
        self.history.keep(self.step_count, self._frame())

    def _frame(self) -> Keyframe:
        numbers = array("d", self.parameters)
        for slot in self.optimizer.slots:
            numbers.extend(slot)
        best = tuple(self._best.items())
        return Keyframe(numbers.tobytes(), self.optimizer.steps, self.optimizer.rule.name, best)

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
        """Stand at or shortly before a step of this branch; `advance` leads on to it. The step that is meant.

        A step that is not there yet is the end, one before the first is the first.
        """
        step = max(0, min(step, self.end))
        nearest, frame = self.history.current.nearest(step)
        if not nearest <= self.step_count <= step:
            self._stand(nearest, frame)
        return step

    def _stand(self, step: int, frame: Keyframe) -> None:
        """Take over a keyframe of this branch, and what changes at its step."""
        rows = self._rows(frame)
        self.step_count, self.parameters = step, rows[0]
        self._meet_changes()
        self._load(frame.optimizer, rows[1:], frame.updates)
        self._best = dict(frame.best)

    def _rows(self, frame: Keyframe) -> list[list[float]]:
        size = len(self._initial)
        numbers = array("d", frame.numbers)
        return [numbers[start : start + size].tolist() for start in range(0, len(numbers), size)]

    def _load(self, optimizer: str, slots: list[list[float]], updates: int) -> None:
        """Take over what an optimizer has gathered, if it is still the one in use."""
        if optimizer == self.config.optimizer:
            self.optimizer.slots, self.optimizer.steps = slots, updates
        else:
            self.optimizer = self.config.make_optimizer(len(self._initial))

    def seek(self, step: int) -> Self:
        """Go to a step of this branch; everything has exactly the digits that it had there."""
        step = self.set_out(step)
        while self.step_count < step:
            self._stretch(step - self.step_count)
        return self

    def reset(self) -> None:
        """Back to step 0 and the same initial weights; what comes after is still known."""
        self.seek(0)

    def change(self, **settings: Any) -> None:
        """Train with other settings, those of LIVE, from this step on.

        Where later steps are known, that begins a branch at this one, and they stay as they were.

        Several changes of the optimizer at one step are one: what it had gathered is there again when all of them are
        taken back.

        Raises:
            ValueError: a setting that can't change amid a run, or that the optimizer or the schedule does not have.
        """
        config = replace(self.config, **settings)
        allowed = live_settings(config)
        for name in settings:
            if name not in LIVE:
                raise ValueError(f"{name} can't change amid a run: it takes a new network")
            if name not in allowed:
                owner = config.optimizer if name in OF_OPTIMIZERS else f"the {config.schedule} schedule"
                raise ValueError(f"{owner} has no {name}")
        if config != self.config:
            self._make(Change(self.step_count, tuple(settings.items()), what=", ".join(settings)))

    def _make(self, change: Change) -> None:
        """Let something be different from this step on."""
        arrival, before = self._arrival(), self.config.optimizer
        if self.step_count < self.end:
            self.history.fork(self.step_count)
            self._met = (self.history.current.number, self._met[1])
        if not self.history.at(self.step_count):
            self.history.keep(self.step_count, arrival)
        self.history.change(change)
        self._use(self._changed(self.config, [change]), self._patched([change]))
        if self.config.optimizer != before:
            self._load(arrival.optimizer, self._rows(arrival)[1:], arrival.updates)
        self._set(change)
        number, count = self._met
        self._met = (number, count + 1)

    def _arrival(self) -> Keyframe:
        """The state in which training arrived at the present step, before any change there."""
        step, branch = self.step_count, self.history.current
        if not branch.changes_at(step):
            return self._frame()
        if branch.nearest(step)[0] != step:
            self.seek(step - 1).seek(step)  # which keeps one on the way
        return branch.nearest(step)[1]

    def edit(self, old: Sequence[Located], new: Sequence[Located], what: str, *, more: bool = False) -> None:
        """From this step on the old examples are gone and the new ones there, each in the place of that of its number.

        `more`: this goes on with the edit before, if that is of the same kind, and is taken back together with it.

        Raises:
            ValueError: an old example is not there, a new one can't be, or none would be left to learn from.
        """
        for each in new:
            x, y, label = each.example
            if each.split not in SPLIT_NAMES:
                raise ValueError(f"there is no split {each.split!r}: it is {', '.join(SPLIT_NAMES)}")
            if not (isfinite(x) and isfinite(y)):
                raise ValueError("a point needs finite coordinates")
            if not 0 <= label < self.classes:
                raise ValueError(f"there is no class {label}: the network has {self.classes}")
        patches = patches_for(self.splits, old, new)
        if "train" not in patched(self.splits, patches):
            raise ValueError("the last train example stays: the network learns from it")
        branch = self.history.current
        before = branch.changes[: branch.changes_until(self.step_count)][-1:]
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
        done = self._undoable().done
        if not done:
            raise ValueError("there is nothing to undo")
        return self._follow(inverse(done[-1], self.step_count, "undo"))

    def redo(self) -> str:
        """Do again what was taken back last; what it was.

        Raises:
            ValueError: there is none.
        """
        undone = self._undoable().undone
        if not undone:
            raise ValueError("there is nothing to do again")
        return self._follow(replace(undone[-1], step=self.step_count, role="redo"))

    def _follow(self, change: Change) -> str:
        if change.values:  # training has moved them on: what is taken back is the setting, not what was learnt since
            change = replace(
                change, values=tuple((index, self.parameters[index], after) for index, _, after in change.values)
            )
        undo = self._undoable()
        self._make(change)
        undo.follow(change)
        self._undo = (self._met, undo)
        return change.what

    def _undoable(self) -> Undo:
        met, undo = self._undo
        if met != self._met:
            number, count = self._met
            if met[0] == number and met[1] < count:
                for change in self.history.current.changes[met[1] : count]:
                    undo.follow(change)
            else:
                undo = Undo(self.history.current.changes[:count])
            self._undo = (self._met, undo)
        return undo

    def switch(self, number: int) -> None:
        """Go to another branch, as far along it as this one is.

        Raises:
            ValueError: there is none of this number.
        """
        self.history.switch(number)
        step = min(self.step_count, self.end)
        self._stand(*self.history.current.nearest(step))
        self.seek(step)

    def batch(self) -> Sequence[int]:
        """The train examples, by their numbers, from which the next step learns, in the order of its loss's sum."""
        return self.batches.of(self.step_count) if self.batches else range(len(self.splits["train"]))

    def judge(self, split: str) -> SplitMetrics:
        """Loss and accuracy of one split at the present parameters; the train loss with the penalty."""
        loss, right = self.backend.motor.evaluate(self.parameters, split)
        if split == "train":
            loss = self.program.with_penalty(loss, self.parameters, self.config.strengths)
        examples = len(self.splits[split])
        return SplitMetrics(examples, loss, right / examples)

    def batch_gradient(self) -> Sequence[float]:
        """The gradient of the training loss at the present parameters: what the optimizer would use next."""
        return self._gradients()[1]

    def _gradients(self) -> tuple[float, tuple[float, ...]]:
        """The loss that the next step learns from, and its gradient."""
        return self.program.gradients(self.parameters, self._batch(), self.config.strengths)

    def metrics(self) -> Metrics:
        """Loss and accuracy of every split at the present parameters; the train loss is what is minimised.

        That is, it is of all train examples and includes the penalties where there are any.
        """
        return Metrics(self.step_count, self.end, {name: self.judge(name) for name in self.splits}, self.diverged_at)

    def select_probe(self, split: str, index: int) -> None:
        """Choose the example whose graph is shown.

        Raises:
            ValueError: there is no such example.
        """
        self._chooser.select(split, index)

    def move_probe(self, by: int) -> None:
        """Choose the example so many places after the last that was chosen, over all splits."""
        self._chooser.move(by)

    def move_probe_by_loss(self, by: int) -> None:
        """Choose the example with the largest loss at the present parameters, or so many places on from there."""
        program = self.program
        losses = [row[0] for examples in self.splits.values() for row in program.losses(self.parameters, examples)]
        self._chooser.move_by_loss(by, losses)
        self._ranked_at = self.parameters

    def place_probe(self, point: tuple[float, float], label: int | None = None) -> None:
        """Show the graph of a free point, of the probe's class if no other is given. Training never sees it.

        Raises:
            ValueError: the point is not finite, or there is no such class.
        """
        self._chooser.place(point, label)

    def relabel_probe(self, by: int) -> None:
        """Make the probe a free point where it is, of the class so many places on."""
        self._chooser.relabel(by)

    @property
    def choice(self) -> Choice:
        """Which point is the probe."""
        return self._chooser.now

    def graph(self, label: int) -> Graph:
        """The structure of one example's loss, for an example of class `label`; always the same object."""
        if label not in self._graphs:
            self._graphs[label] = example_graph(self._traced, label)
        return self._graphs[label]

    def probe(self) -> Probe:
        """The probe with the data and gradient of each node of its graph."""
        now = self.choice
        data, grad = map(packed, evaluate(self.graph(now.label), self.parameters, now.point))
        rank = now.rank if self._ranked_at is self.parameters else 0
        return Probe(self.step_count, now.split, now.index, now.point, now.label, data, grad, rank)

    def batch_update(self) -> BatchUpdate:
        """The update that the next step will make, to the last bit; nothing moves."""
        loss, gradient = self._gradients()
        optimizer = copy(self.optimizer)  # an update gives it other lists and leaves these alone
        after = optimizer.update(self.parameters, gradient, self.config.lr_at(self.step_count))
        slots, slots_after = (tuple(map(packed, each.slots)) for each in (self.optimizer, optimizer))
        return BatchUpdate(self.step_count, loss, packed(gradient), slots, packed(after), slots_after, self.batch())

    def check(self, label: int, node: int) -> Check | None:
        """The probe's loss with one node of its graph nudged; None where the probe is of another class than `label`."""
        now = self.choice
        graph = self.graph(now.label)
        if label != now.label or node >= len(graph.nodes):
            return None
        return check(graph, label, evaluate(graph, self.parameters, now.point)[0], node)

    def _batch(self) -> Sequence[Example]:
        """The examples from which the next step learns."""
        train = self.splits["train"]
        return [train[index] for index in self.batch()]

    def layer_states(self, gradient: bytes) -> tuple[LayerState, ...]:
        """How each layer fares with this batch gradient (doubles), and on all train examples."""
        config = self.config
        points = [(x, y) for x, y, _ in self.splits["train"]]
        inputs = [[lift(FEATURES[name].of(*point)).data for name in config.features] for point in points]
        activations = each_layers(config.activation, len(config.hidden))
        widths = config.widths(self.classes)
        return layer_states(widths, activations, self.parameters, memoryview(gradient).cast("d"), inputs)

    def trail(self, parameter: int, columns: int, seconds: float) -> Trail:
        """One parameter over the run, at as many steps as there are columns or somewhat fewer.

        Steps that were not looked at before are computed again for at most about so many seconds; the next call
        goes on with the rest.
        """
        known = (self.history.revision, len(self.history.current.changes))
        if self._sampled != known:  # parameters may have been set, or examples been edited
            self._samples, self._sampled = Samples(), known
        steps = sample_steps(self.end, columns, len(self._initial))
        self._samples.thin(steps.step, 2 * columns)
        branch = self.history.current
        keys = [(branch.owner(step).number, step) for step in steps]
        missing = [
            key
            for key in keys
            if key not in self._samples and key[1] - branch.nearest(key[1])[0] < self.history.spacing
        ]
        missing.sort(
            key=lambda key: (key[1] % (COARSE * steps.step) != 0, key[1])
        )  # first a rough picture of all of it
        if missing:
            here, step = self._frame(), self.step_count
            before = self.parameters, self.splits, copy(self._chooser)
            until = monotonic() + seconds
            while missing:
                key = missing.pop(0)
                self.seek(key[1])
                gradient = self._gradients()[1]
                self._samples.keep(key, array("d", self.parameters), array("d", gradient))
                if monotonic() >= until:
                    break
            self._stand(step, here)
            self.parameters, self.splits, self._chooser = before  # the same objects: who has them knows what he has
        there = [key for key in keys if key in self._samples]
        rows = [self._samples.of(key, parameter) for key in there]
        values, gradients = zip(*rows, strict=True) if rows else ((), ())
        return Trail(parameter, self.end, tuple(step for _, step in there), values, gradients, not missing)

    def decision_map(self, grid: Grid) -> DecisionMap:
        """The winning class and the confidence in the middle of each cell of the grid."""
        return DecisionMap(self.step_count, grid, *self.backend.motor.decision_map(self.parameters, *grid.middles()))

    def answer(self, point: tuple[float, float]) -> PointAnswer:
        """The network's outputs at a point, and the probabilities of the classes."""
        outputs = self.program.outputs(self.parameters, [point])[0]
        return PointAnswer(self.step_count, point, outputs, probabilities(outputs))

    def outcomes(self, split: str) -> Outcomes:
        """The confusion matrix and the misclassified examples of a split, or of `snapshot.ALL`."""
        return outcomes(self.step_count, self.program, self.parameters, self.splits, self.classes, split)

    def unit_map(self, query: UnitQuery) -> UnitMap:
        """A hidden unit over a grid.

        Raises:
            ValueError: there is no such unit.
        """
        return self._units.unit_map(self.step_count, self.parameters, query)

    def layer_view(self, query: LayerQuery) -> LayerView:
        """The examples and the probe as the last hidden layer sees them.

        Raises:
            ValueError: the network has no hidden layer.
        """
        now = self.choice
        return self._units.layer_view(self.step_count, self.parameters, self.splits, (now.point, now.label), query)

    def curves(self, columns: int, metrics: Metrics) -> Curves:
        """The loss curves of this branch, at most two points for each of `columns` columns, and the point of `metrics`.

        With them the train curves of the latest other branches. With batches the train curve is of their losses,
        so that the loss of all train examples does not belong to it.
        """
        current = self.history.current
        if metrics.step == current.end:
            current.tips = {name: (metrics.step, split.loss) for name, split in metrics.splits.items()}
        ends = {name: (tip,) for name, tip in current.tips.items() if tip[0] == current.end and isfinite(tip[1])}
        if self.batches:
            ends.pop("train", None)
        train, val = ((*current.curves[name].points(columns), *ends.get(name, ())) for name in ("train", "val"))
        others = [branch for branch in self.history.branches.values() if branch is not current]
        ghosts = tuple((branch.number, branch.curves["train"].points(columns)) for branch in others[-MOST_GHOSTS:])
        return Curves(train, val, ghosts)

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
            raise ValueError(
                f"the checkpoint has {len(checkpoint.parameters)} parameters, the network {len(self._initial)}"
            )
        self._use(self._given, self._first_splits)
        self._start()
        if timeline:
            self.history.restore(timeline)
        else:
            self.history.current.end = checkpoint.step
        self.step_count, self.parameters = checkpoint.step, checkpoint.parameters
        self._meet_changes()
        self._load(self.config.optimizer, [list(slot) for slot in checkpoint.slots], checkpoint.updates)
        self._best = dict(checkpoint.best)
        if not self.history.current.changes_at(self.step_count):
            self._keep()
        known = (
            [(self.history.current, "train", curves.train), (self.history.current, "val", curves.val)] if curves else []
        )
        known += [
            (self.history.branches[number], "train", points)
            for number, points in (curves.ghosts if curves else ())
            if number in self.history.branches
        ]
        for branch, name, points in known:
            for step, loss in points:
                if step < branch.end:
                    branch.curves[name].add(step, loss)
        return self


def packed(numbers: Sequence[float]) -> bytes:
    """The numbers as doubles."""
    return array("d", numbers).tobytes()


def spacing(scalars: int, backend: str) -> int:
    """Steps between two keyframes: a power of two, fewer where each of them costs more.

    `scalars` is the number of parameters times that of examples. It decides how long going back
    takes, never what is found there.
    """
    affordable = REPLAY / (scalars * COSTS.get(backend, COSTS["python"]))
    return 1 << max(0, min(MOST_APART, int(affordable)).bit_length() - 1)
