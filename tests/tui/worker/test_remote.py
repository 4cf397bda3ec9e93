"""What the app knows of the run, with a client that the test plays: requests, staleness, deaths and fresh starts."""

import time
from collections.abc import Callable
from typing import cast

import pytest

from engine.examples import FREE, Located
from engine.run.changes import Change
from engine.run.probe import Choice
from engine.run.records import Metrics
from engine.views.queries import CurvesQuery, ProbeQuery
from engine.views.reader import Reader
from tests.tui.support import DEFAULT, Walked, session_of
from tui.run.spec import RunSpec, open_data
from tui.worker.client import WorkerClient
from tui.worker.intents import (
    ChangeSettings,
    Edit,
    MoveProbe,
    PlaceProbe,
    Play,
    RelabelProbe,
    Seek,
    SelectProbe,
    SetParameter,
    Speed,
    Step,
    SwitchBranch,
    Undo,
    Watch,
)
from tui.worker.messages import Arrived, ComputedBy, Draw, Open, Opened, Problem, Report, Request, Snapshot
from tui.worker.remote import LATE, MOST_DEATHS, SPEEDS, WITHIN, Trainer, next_speed

DRAW = Draw((ProbeQuery(), CurvesQuery(10)))
SESSION = session_of(DEFAULT, 5)


class FakeClient:
    """Notes what is sent; the test says what comes back and when the worker dies."""

    def __init__(self) -> None:
        self.sent: list[Request] = []
        self.starts = 1
        self.closed = False
        self.report: Callable[[Report], None] = print
        self.die: Callable[[str], None] = print

    def start(self) -> None:
        self.starts += 1

    def attach(self, on_report: Callable[[Report], None], on_death: Callable[[str], None]) -> None:
        self.report, self.die = on_report, on_death

    def send(self, intent: Request) -> None:
        self.sent.append(intent)

    def close(self) -> None:
        self.closed = True

    def take(self) -> list[Request]:
        """What was sent since the last call."""
        sent, self.sent = self.sent, []
        return sent


class Screen:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.has_room = True
        self.changes = 0
        self.snapshots: list[Snapshot] = []
        self.runs: list[Opened] = []
        self.notices: list[tuple[str, bool]] = []

    def wanted(self) -> Draw:
        return DRAW

    def room(self) -> bool:
        return self.has_room

    def opened(self, opened: Opened) -> None:
        self.runs.append(opened)

    def snapshot(self, snapshot: Snapshot) -> None:
        self.snapshots.append(snapshot)

    def show_state(self) -> None:
        self.changes += 1

    def notice(self, text: str, *, serious: bool) -> None:
        self.notices.append((text, serious))

    def look_at(self, node: str) -> None:
        self.looked_at = node


class Stage:
    """A trainer between a fake client and a fake screen, its run opened and drawn once."""

    def __init__(self, *, playing: bool = False, until: int | None = None) -> None:
        self.client, self.screen = FakeClient(), Screen()
        self.trainer = Trainer(cast("WorkerClient", self.client), DEFAULT, until=until, speed=10, playing=playing)
        self.first = self.client.take()
        self.trainer.attach(self.screen)
        self.opened(1)
        self.answer()
        self.client.take()

    def opened(self, number: int, spec: RunSpec = DEFAULT) -> None:
        """The worker has opened a run."""
        self.client.report(Opened(number, spec, open_data(spec)))

    def answer(
        self,
        step: int = 5,
        *,
        playing: bool | None = None,
        number: int | None = None,
        steps_left: int = 0,
        choice: Choice | None = None,
    ) -> Snapshot:
        """The worker sends a snapshot."""
        metrics = Metrics(step, step, SESSION.metrics().splits, None)
        snapshot = Snapshot(
            number=number or self.trainer._number,
            playing=self.trainer.playing if playing is None else playing,
            steps_left=steps_left,
            rate=0.0,
            metrics=metrics,
            checkpoint=SESSION.checkpoint(),
            parts={CurvesQuery: Reader(SESSION).curves(10)},
            timeline=SESSION.history.timeline(),
            choice=choice or SESSION.chooser.now,
        )
        self.client.report(snapshot)
        return snapshot


def test_a_worker_is_told_everything_at_once() -> None:
    assert Stage(playing=True, until=30).first == [Open(1, DEFAULT, until=30), Speed(10), Play(True)]


def test_who_computes_is_told_without_a_request_and_only_of_the_present_run() -> None:
    stage = Stage()
    stage.client.report(ComputedBy(1, "C"))
    assert (stage.trainer.backend, stage.screen.changes) == ("C", 1)
    stage.trainer.open(stage.trainer.present.with_seed(43))
    stage.client.take()
    stage.client.report(ComputedBy(1, "Python, late"))
    assert (stage.trainer.backend, stage.screen.changes) == ("C", 1)
    assert stage.client.take() == []


def test_one_request_is_under_way_at_a_time() -> None:
    stage = Stage()
    for _ in range(5):
        stage.trainer.ask()
    assert stage.client.take() == [DRAW]
    assert stage.trainer.waiting
    stage.answer()
    assert stage.client.take() == [DRAW], "what was asked for meanwhile is one request"
    stage.answer()
    assert stage.client.take() == []
    assert not stage.trainer.waiting


def test_nothing_is_asked_for_that_has_no_room_until_it_has() -> None:
    stage = Stage()
    stage.screen.has_room = False
    stage.trainer.send(Play(True))
    stage.trainer.ask()
    assert stage.client.take() == [Play(True)]
    stage.screen.has_room = True
    stage.trainer.ask_if_due()
    assert stage.client.take() == [DRAW]
    stage.answer()
    stage.trainer.ask_if_due()
    assert stage.client.take() == [], "it has been drawn"


def test_nothing_is_asked_about_the_old_run_until_the_new_one_is_open() -> None:
    stage = Stage()
    stage.trainer.open(stage.trainer.present.with_seed(43))
    stage.client.take()
    stage.trainer.ask()
    stage.trainer.send(SelectProbe("train", 79))
    stage.trainer.send(Edit((), (Located("train", (0.0, 0.0, 0)),), "add point"))
    assert stage.client.take() == []
    stage.trainer.send(Play(True))
    assert stage.client.take() == [Play(True)], "what is about any run is told at once"
    stage.opened(2, DEFAULT.with_seed(43))
    assert stage.client.take() == [DRAW]
    stage.answer()
    assert stage.client.take() == []


def test_a_worker_that_dies_before_a_run_is_open_is_not_asked_about_the_one_before() -> None:
    stage = Stage()
    stage.trainer.open(stage.trainer.present.with_seed(43))
    stage.client.die("killed")
    assert DRAW not in stage.client.take()
    stage.opened(3, DEFAULT.with_seed(43))
    assert stage.client.take() == [DRAW]


@pytest.mark.parametrize(
    ("command", "intent"),
    [
        (lambda trainer: trainer.send(Play(True)), Play(True)),
        (lambda trainer: trainer.send(Step(10)), Step(10)),
        (lambda trainer: trainer.send(Speed(20)), Speed(20)),
        (lambda trainer: trainer.send(Seek(0)), Seek(0)),
        (lambda trainer: trainer.send(SelectProbe("val", 3)), SelectProbe("val", 3)),
        (lambda trainer: trainer.send(MoveProbe(-1)), MoveProbe(-1)),
        (lambda trainer: trainer.send(MoveProbe(1, by_loss=True)), MoveProbe(1, by_loss=True)),
        (lambda trainer: trainer.send(PlaceProbe((0.5, 1.0))), PlaceProbe((0.5, 1.0))),
        (lambda trainer: trainer.send(RelabelProbe(1)), RelabelProbe(1)),
    ],
    ids=["play", "step", "speed", "reset", "probe", "previous", "most wrong", "free", "class"],
)
def test_each_command_is_sent_at_once_and_then_drawn(command: Callable[[Trainer], None], intent: Request) -> None:
    stage = Stage()
    command(stage.trainer)
    assert stage.client.take() == [intent, DRAW]


def test_what_an_older_snapshot_says_of_playing_is_ignored() -> None:
    stage = Stage()
    stage.trainer.ask()
    stage.trainer.send(Play(True))
    stage.answer(playing=False)
    assert stage.trainer.playing
    stage.answer(playing=False)
    assert not stage.trainer.playing, "this one was asked for after the command"


def test_a_run_that_pauses_by_itself_is_seen_as_paused() -> None:
    stage = Stage(playing=True)
    stage.trainer.ask()
    stage.answer(playing=False)
    assert not stage.trainer.playing


def test_stepping_is_pausing() -> None:
    stage = Stage(playing=True)
    stage.trainer.send(Step(1))
    assert not stage.trainer.playing


def test_speeds_end_at_one_step_a_second_and_at_full_speed() -> None:
    stage = Stage()
    for _ in range(20):
        stage.trainer.send(Speed(next_speed(stage.trainer.speed, 1)))
    assert stage.trainer.speed is None
    assert stage.client.take()[-1] == Speed(None)
    speeds: list[float | None] = []
    for _ in range(20):
        stage.trainer.send(Speed(next_speed(stage.trainer.speed, -1)))
        speeds.append(stage.trainer.speed)
    assert speeds[:10] == list(reversed(SPEEDS[:-1]))
    assert stage.trainer.speed == 1


@pytest.mark.parametrize(("speed", "faster", "slower"), [(7, 10, 5), (0.5, 1, 0.5), (5000, None, 1000)])
def test_a_speed_between_the_levels_goes_to_the_next_one(speed: float, faster: float | None, slower: float) -> None:
    for by, expected in ((1, faster), (-1, slower)):
        assert next_speed(speed, by) == expected


def test_a_snapshot_of_an_earlier_run_is_ignored() -> None:
    stage = Stage()
    stage.trainer.open(stage.trainer.present.with_seed(43))
    shown = len(stage.screen.snapshots)
    stage.answer(number=1)
    assert len(stage.screen.snapshots) == shown
    assert stage.trainer.last is None


def test_an_earlier_run_that_is_open_at_last_is_ignored() -> None:
    stage = Stage()
    stage.trainer.open(stage.trainer.present.with_seed(43))
    stage.trainer.open(stage.trainer.present.with_seed(44))
    shown = len(stage.screen.runs)
    stage.opened(2, DEFAULT.with_seed(43))
    assert len(stage.screen.runs) == shown
    stage.opened(3, DEFAULT.with_seed(44))
    assert len(stage.screen.runs) == shown + 1


def test_a_new_seed_is_a_fresh_run_that_plays_as_before() -> None:
    stage = Stage(playing=True, until=30)
    stage.trainer.open(stage.trainer.present.with_seed(43))
    assert stage.client.take() == [Open(2, DEFAULT.with_seed(43), until=30), Speed(10), Play(True)]


def test_a_run_that_could_not_be_opened_leaves_the_spec_of_the_one_that_is() -> None:
    stage = Stage()
    stage.trainer.open(stage.trainer.present.with_seed(43))
    stage.opened(2, DEFAULT)
    assert stage.trainer.spec == DEFAULT


def test_a_dead_worker_is_replaced_from_the_last_snapshot() -> None:
    stage = Stage(playing=True, until=30)
    last = stage.answer(step=5, choice=Choice("val", 3, (0.0, 1.0), 2))
    stage.client.take()
    stage.client.die("killed by SIGKILL")
    assert stage.client.starts == 2
    assert stage.client.take() == [
        Open(2, DEFAULT, last.checkpoint, SESSION.history.timeline(), last.part(CurvesQuery), 30, open_data(DEFAULT)),
        Speed(10),
        SelectProbe("val", 3),
        Play(True),
        DRAW,
    ]
    assert stage.screen.notices == [("The worker ended (killed by SIGKILL). A new one goes on from step 5.", True)]
    assert stage.trainer.alive


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (Choice("test", 3, (0.0, 1.0), 2, rank=4), SelectProbe("test", 3)),
        (Choice(FREE, 0, (0.25, 1.0), 2), PlaceProbe((0.25, 1.0), 2)),
    ],
    ids=["example", "free"],
)
def test_a_new_worker_is_told_the_probe_that_the_last_snapshot_had(choice: Choice, told: Request) -> None:
    stage = Stage()
    stage.trainer.send(MoveProbe(1, by_loss=True))
    stage.answer(choice=choice)
    stage.client.take()
    stage.client.die("killed by SIGKILL")
    assert told in stage.client.take()


def test_a_new_worker_is_not_told_of_a_probe_that_only_the_lost_edit_would_have_made() -> None:
    stage = Stage()
    stage.trainer.ask()
    stage.trainer.send(Edit((), (Located("train", (0.0, 0.0, 0)),), "add point"))
    stage.trainer.send(SelectProbe("train", 80))
    stage.answer(choice=Choice("train", 7, (0.0, 1.0), 2))
    stage.client.take()
    stage.client.die("killed by SIGKILL")
    told = stage.client.take()
    assert SelectProbe("train", 7) in told
    assert SelectProbe("train", 80) not in told


@pytest.mark.parametrize(
    ("command", "lost"),
    [
        (lambda trainer: trainer.send(Edit((), (Located("train", (0.0, 0.0, 0)),), "add point")), True),
        (lambda trainer: trainer.send(SetParameter(0, 1.0)), True),
        (lambda trainer: trainer.send(Undo()), True),
        (lambda trainer: trainer.send(ChangeSettings((("lr", 0.1),))), True),
        (lambda trainer: trainer.send(Step(1)), False),
        (lambda trainer: trainer.send(MoveProbe(1)), False),
    ],
    ids=["point", "weight", "undo", "setting", "step", "probe"],
)
def test_what_a_worker_had_not_told_of_when_it_died_is_said_to_be_lost(
    command: Callable[[Trainer], object], lost: bool
) -> None:
    stage = Stage()
    command(stage.trainer)
    stage.client.die("killed")
    assert ("What you changed last was lost" in stage.screen.notices[-1][0]) == lost
    stage.answer()
    stage.client.die("killed")
    assert "lost" not in stage.screen.notices[-1][0], "it was said"
    stage = Stage()
    command(stage.trainer)
    stage.answer()
    stage.client.die("killed")
    assert "lost" not in stage.screen.notices[-1][0], "it was confirmed"


def test_a_worker_that_dies_before_its_first_snapshot_is_replaced_from_the_start() -> None:
    client, screen = FakeClient(), Screen()
    trainer = Trainer(cast("WorkerClient", client), DEFAULT, until=None, speed=10, playing=False)
    trainer.attach(screen)
    client.take()
    client.die("status 1")
    assert client.take()[0] == Open(2, DEFAULT)
    assert "step 0" in screen.notices[0][0]


def test_the_request_that_died_with_the_worker_is_not_waited_for() -> None:
    stage = Stage()
    stage.trainer.ask()
    stage.client.die("killed")
    assert DRAW in stage.client.take()
    stage.answer()
    assert not stage.trainer.waiting


def test_after_three_deaths_in_a_short_time_no_worker_is_started_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.worker.remote.time.monotonic", lambda: 100.0)
    stage = Stage(playing=True)
    for _ in range(MOST_DEATHS):
        stage.client.die("killed")
    assert stage.client.starts == MOST_DEATHS
    assert not stage.trainer.alive
    assert not stage.trainer.playing
    assert "Any training key starts another from step 5" in stage.screen.notices[-1][0]
    stage.client.take()
    stage.trainer.ask()
    assert stage.client.take() == [], "a worker that is not there is not asked"


@pytest.mark.parametrize(
    "command",
    [
        lambda trainer: trainer.send(Play(True)),
        lambda trainer: trainer.send(Step(1)),
        lambda trainer: trainer.send(Seek(0)),
        lambda trainer: trainer.open(trainer.present.with_seed(43)),
    ],
    ids=["play", "step", "reset", "seed"],
)
def test_any_training_key_then_starts_another(
    monkeypatch: pytest.MonkeyPatch, command: Callable[[Trainer], None]
) -> None:
    monkeypatch.setattr("tui.worker.remote.time.monotonic", lambda: 100.0)
    stage = Stage()
    for _ in range(MOST_DEATHS):
        stage.client.die("killed")
    stage.client.take()
    command(stage.trainer)
    assert stage.trainer.alive
    assert stage.client.starts == MOST_DEATHS + 1
    assert isinstance(stage.client.take()[0], Open)


def test_deaths_that_are_far_apart_are_each_made_good(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("tui.worker.remote.time.monotonic", lambda: now)
    stage = Stage()
    for _ in range(3 * MOST_DEATHS):
        stage.client.die("killed")
        now += WITHIN / (MOST_DEATHS - 1) + 0.1
    assert stage.trainer.alive
    assert stage.client.starts == 1 + 3 * MOST_DEATHS


def test_a_problem_is_told_and_pauses_and_the_session_is_drawn_again() -> None:
    stage = Stage(playing=True)
    stage.trainer.ask()
    stage.client.take()
    stage.client.report(Problem(1, "there is no example 1000 in train"))
    assert stage.screen.notices == [("there is no example 1000 in train", True)]
    assert not stage.trainer.playing
    assert stage.client.take() == [DRAW]


def test_a_drawing_that_fails_is_tried_once_more_and_then_not_before_something_else_happens() -> None:
    stage = Stage()
    stage.trainer.ask()
    for number in range(5):
        stage.client.report(Problem(1, "MemoryError: "))
        assert stage.client.take() == ([DRAW, DRAW] if number == 0 else [])
    stage.trainer.send(Step(1))
    assert stage.client.take() == [Step(1), DRAW]
    stage.client.report(Problem(1, "MemoryError: "))
    assert stage.client.take() == [DRAW]
    stage.answer()
    stage.trainer.ask()
    stage.client.take()
    stage.client.report(Problem(1, "MemoryError: "))
    assert stage.client.take() == [DRAW]


def test_a_problem_of_an_earlier_run_is_ignored() -> None:
    stage = Stage(playing=True)
    stage.trainer.open(stage.trainer.present.with_seed(43))
    stage.client.report(Problem(1, "too late"))
    assert stage.screen.notices == []
    assert stage.trainer.playing


def test_steps_that_are_still_to_be_taken_are_asked_after() -> None:
    stage = Stage()
    stage.trainer.send(Step(10))
    stage.client.take()
    stage.answer(steps_left=7)
    assert stage.trainer.busy
    assert stage.client.take() == [DRAW]
    stage.answer(steps_left=0)
    assert not stage.trainer.busy
    assert stage.client.take() == []


def test_an_answer_that_is_late_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    stage.trainer.send(Step(1))
    assert not stage.trainer.busy
    later = time.monotonic() + 2 * LATE
    monkeypatch.setattr("tui.worker.remote.time.monotonic", lambda: later)
    assert stage.trainer.busy
    stage.answer()
    assert not stage.trainer.busy


def test_a_file_is_not_read_again_for_another_worker_but_for_another_seed() -> None:
    stage = Stage()
    stage.client.die("killed")
    reopened = stage.client.take()[0]
    assert isinstance(reopened, Open)
    assert reopened.data == open_data(DEFAULT)
    stage.trainer.open(stage.trainer.present.with_seed(43))
    fresh = stage.client.take()[0]
    assert isinstance(fresh, Open)
    assert fresh.data is None


def test_curves_survive_snapshots_without_them() -> None:
    stage = Stage()
    stage.trainer.ask()
    last = stage.answer()
    stage.trainer.ask()
    stage.client.report(last.replaced(parts={}))
    stage.client.take()
    stage.client.die("killed")
    reopened = stage.client.take()[0]
    assert isinstance(reopened, Open)
    assert reopened.curves == last.part(CurvesQuery)


def test_closing_ends_the_worker() -> None:
    stage = Stage()
    stage.trainer.close()
    assert stage.client.closed


def test_conditions_hold_from_the_beginning_of_a_run_and_go_on_after_a_death() -> None:
    client = FakeClient()
    trainer = Trainer(
        cast("WorkerClient", client), DEFAULT, until=None, speed=None, playing=True, conditions=("loss < 1",)
    )
    assert client.take()[-2:] == [Play(True), Watch(("loss < 1",), begins=True)], "playing must not undo a stop"
    trainer.open(trainer.present.with_seed(7))
    assert client.take()[-1] == Watch(("loss < 1",), begins=True)
    stage = Stage()
    stage.trainer.send(Watch(("loss < 1",)))
    stage.answer()
    stage.client.take()
    stage.client.die("killed")
    assert Watch(("loss < 1",)) in stage.client.take()


def test_a_snapshot_more_than_was_asked_for_after_a_problem_is_no_older_than_the_one_before() -> None:
    stage = Stage()
    stage.trainer.send(MoveProbe(1))
    stage.client.report(Problem(1, "no"))
    stage.answer()
    assert stage.trainer.settled
    stage.answer()
    assert stage.trainer.settled
    stage.trainer.send(MoveProbe(1))
    stage.trainer.send(MoveProbe(1))
    stage.answer()
    assert not stage.trainer.settled, "it was asked for between the two"
    stage.answer()
    assert stage.trainer.settled


@pytest.mark.parametrize(
    ("command", "stays"),
    [
        (lambda trainer: trainer.send(SetParameter(0, 50.0)), False),
        (lambda trainer: trainer.send(Edit((), (Located("train", (0.0, 0.0, 0)),), "add point")), False),
        (lambda trainer: trainer.send(ChangeSettings((("l2", 1.0),))), False),
        (lambda trainer: trainer.send(Undo()), False),
        (lambda trainer: trainer.send(SwitchBranch(2)), False),
        (lambda trainer: trainer.send(Speed(20)), True),
        (lambda trainer: trainer.send(SelectProbe("val", 3)), True),
        (lambda trainer: trainer.send(MoveProbe(1, by_loss=True)), True),
        (lambda trainer: trainer.send(PlaceProbe((0.5, 1.0))), True),
        (lambda trainer: trainer.send(RelabelProbe(1)), True),
        (lambda trainer: trainer.ask(), True),
    ],
    ids=["weight", "point", "setting", "undo", "branch", "speed", "probe", "most wrong", "free", "class", "view"],
)
def test_why_it_stopped_stands_until_the_run_is_changed(command: Callable[[Trainer], None], stays: bool) -> None:
    stage = Stage()
    stage.client.report(Arrived(1, "loss < 0.5: true from step 5.", reason="stopped: loss < 0.5", step=5))
    stage.answer(step=5)
    assert stage.trainer.reason == "stopped: loss < 0.5"
    command(stage.trainer)
    stage.answer(step=5)
    assert stage.trainer.reason == ("stopped: loss < 0.5" if stays else "")


def test_the_settings_of_a_step_are_found_without_going_through_all_edits_each_time() -> None:
    stage = Stage()
    changes = Walked([Change(2, (("lr", 0.5),)), *[Change(3, what="add point")] * 9, Change(7, (("lr", 1.0),))])
    stage.trainer.timeline = SESSION.history.timeline().updated(changes=changes)
    last = stage.trainer.last
    assert last
    for step, lr in ((5, 0.5), (7, 1.0), (2, 0.5), (0, DEFAULT.config.lr)):
        stage.trainer.last = last.replaced(metrics=last.metrics.replaced(step=step))
        assert stage.trainer.config.lr == lr
    assert changes.walks == 1
