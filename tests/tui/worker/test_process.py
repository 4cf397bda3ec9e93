"""The worker as a real process: it obeys, tells only what is asked for, survives errors and ends with the app."""

import io
import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest

from engine.examples import ALL, Located
from engine.run.changes import Change
from engine.run.config import Config
from engine.run.history import BranchRecord, Timeline
from engine.run.records import Checkpoint
from engine.views.queries import (
    CurvesQuery,
    GraphQuery,
    Grid,
    LayerQuery,
    MapQuery,
    OutcomesQuery,
    PointQuery,
    ProbeQuery,
    Query,
    UnitQuery,
    UpdateQuery,
)
from engine.views.reader import Reader
from tests.tui.gated_compiler import FAILS, GatedCompiler, outcomes
from tests.tui.support import DEFAULT, HINGE, session_of
from tests.tui.worker_process import EVERYTHING, NOTHING, PATIENCE, WorkerProcess, worker_process
from tui.run.spec import RunSpec
from tui.worker.intents import (
    ChangeSettings,
    Edit,
    GoToFirst,
    Move,
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
from tui.worker.messages import Arrived, ComputedBy, Draw, Open, Opened, Request, Said, Snapshot
from tui.worker.process import Settled, Worker
from tui.worker.replica import Examples

HEAVY = RunSpec(config=Config(hidden=(60, 60)), points=2000)
"""One step of this takes seconds."""


@pytest.fixture
def worker() -> Iterator[WorkerProcess]:
    with worker_process() as process:
        yield process


def loss(snapshot: Snapshot) -> float:
    return snapshot.metrics.splits["train"].loss


def test_an_opened_run_is_at_step_0_with_the_first_loss_of_the_reference(worker: WorkerProcess) -> None:
    opened = worker.open(number=7)
    assert (opened.number, opened.spec) == (7, DEFAULT)
    assert len(opened.data.dataset.splits["train"]) == 80
    snapshot = worker.draw()
    assert (snapshot.number, snapshot.metrics.step, snapshot.playing) == (7, 0, False)
    assert loss(snapshot) == 1.0122152826497561


def test_steps_are_exactly_as_many_as_asked_and_the_sessions_own(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Step(1))
    worker.wait_for(lambda snapshot: snapshot.metrics.step == 1)
    worker.send(Step(10), Step(1))
    there = worker.wait_for(lambda snapshot: snapshot.metrics.step == 12)
    assert there.checkpoint == session_of(DEFAULT, 12).checkpoint()


def test_many_steps_are_told_as_they_go_and_can_be_called_off(worker: WorkerProcess) -> None:
    worker.open(RunSpec(points=1000))
    worker.send(Step(10_000))
    under_way = worker.wait_for(lambda snapshot: snapshot.metrics.step > 0)
    assert under_way.metrics.step + under_way.steps_left == 10_000
    worker.send(Play(False))
    stopped = worker.draw()
    assert stopped.steps_left == 0
    assert stopped.metrics.step < 10_000
    assert worker.draw().metrics.step == stopped.metrics.step


def test_reset_and_another_run_call_off_the_steps_that_are_left(worker: WorkerProcess) -> None:
    spec = RunSpec(points=1000)
    worker.open(spec)
    worker.send(Step(10_000), Seek(0))
    assert worker.draw().metrics.step == 0
    worker.send(Step(10_000))
    worker.open(spec, number=2)
    assert (worker.draw().metrics.step, worker.draw().steps_left) == (0, 0)


def test_stepping_pauses(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Play(True))
    worker.wait_for(lambda snapshot: snapshot.metrics.step > 0)
    worker.send(Step(1))
    first = worker.draw()
    assert not first.playing
    assert worker.draw().metrics.step == first.metrics.step


def test_playing_trains_and_pausing_stops(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Play(True))
    playing = worker.wait_for(lambda snapshot: snapshot.metrics.step > 20)
    assert playing.playing
    worker.send(Play(False))
    paused = worker.draw()
    assert not paused.playing
    assert worker.draw().metrics.step == paused.metrics.step
    assert paused.checkpoint == session_of(DEFAULT, paused.metrics.step).checkpoint()


def test_a_speed_is_kept(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Speed(100), Play(True))
    first = worker.wait_for(lambda snapshot: snapshot.metrics.step >= 1)
    start = time.monotonic()
    last = worker.wait_for(lambda snapshot: snapshot.metrics.step >= first.metrics.step + 60)
    steps = last.metrics.step - first.metrics.step
    assert steps / (time.monotonic() - start) == pytest.approx(100, rel=0.2)
    assert last.rate == pytest.approx(100, rel=0.35)


def test_the_slowest_speed_is_one_step_a_second(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Speed(1), Play(True))
    worker.wait_for(lambda snapshot: snapshot.metrics.step == 1)
    start = time.monotonic()
    second = worker.wait_for(lambda snapshot: snapshot.metrics.step > 1)
    assert second.metrics.step == 2
    assert 0.8 < time.monotonic() - start < 1.3
    assert second.rate == pytest.approx(1, rel=0.1)


def test_full_speed_is_faster_than_the_fastest_step_rate(worker: WorkerProcess) -> None:
    worker.open(RunSpec(points=10, config=Config(hidden=(1,))))
    worker.send(Speed(None), Play(True))
    assert worker.wait_for(lambda snapshot: snapshot.rate > 1000).metrics.step > 10


def test_reset_is_step_0_and_the_same_weights(worker: WorkerProcess) -> None:
    worker.open()
    before = worker.draw(EVERYTHING)
    worker.send(Step(10))
    worker.wait_for(lambda snapshot: snapshot.metrics.step == 10)
    worker.send(Seek(0))
    after = worker.draw(EVERYTHING)
    assert after.checkpoint == before.checkpoint
    assert (after.part(ProbeQuery), after.part(MapQuery)) == (before.part(ProbeQuery), before.part(MapQuery))
    now, then = after.part(CurvesQuery), before.part(CurvesQuery)
    assert now
    assert then
    assert now.train[:1] == then.train
    assert after.metrics.end == 10


def test_another_seed_is_another_run_with_its_number(worker: WorkerProcess) -> None:
    worker.open()
    first = worker.draw()
    worker.open(DEFAULT.with_seed(43), number=2)
    other = worker.draw()
    assert other.number == 2
    assert other.metrics.step == 0
    assert loss(other) != loss(first)
    assert other.checkpoint == session_of(DEFAULT.with_seed(43)).checkpoint()


def test_the_probe_is_the_example_that_is_selected(worker: WorkerProcess) -> None:
    worker.open()
    for split, index in (("val", 3), ("train", 79), ("test", 0)):
        worker.send(SelectProbe(split, index))
        probe = worker.draw(EVERYTHING).part(ProbeQuery)
        assert probe
        assert (probe.split, probe.index) == (split, index)


def test_the_probe_moves_by_place_and_by_loss_and_is_put_anywhere(worker: WorkerProcess) -> None:
    worker.open()
    session = session_of(DEFAULT)
    cases: tuple[tuple[Request, Callable[[], None]], ...] = (
        (MoveProbe(-1), lambda: session.chooser.move(-1)),
        (MoveProbe(1, by_loss=True), lambda: session.move_probe_by_loss(1)),
        (MoveProbe(1, by_loss=True), lambda: session.move_probe_by_loss(1)),
        (PlaceProbe((0.25, -0.5)), lambda: session.chooser.place((0.25, -0.5))),
        (RelabelProbe(1), lambda: session.chooser.relabel(1)),
        (PlaceProbe((1.0, 1.0), 2), lambda: session.chooser.place((1.0, 1.0), 2)),
    )
    for intent, act in cases:
        worker.send(intent)
        act()
        snapshot = worker.draw(EVERYTHING)
        assert snapshot.choice == session.chooser.now
        assert snapshot.part(ProbeQuery) == Reader(session).probe()
        assert worker.draw(NOTHING).choice == session.chooser.now


def test_a_probe_that_cannot_be_is_a_problem_and_the_one_before_stays(worker: WorkerProcess) -> None:
    worker.open()
    for intent, problem in (
        (PlaceProbe((float("nan"), 0.0)), "a probe needs finite coordinates"),
        (PlaceProbe((0.0, 0.0), 3), "there is no class 3"),
    ):
        worker.send(intent)
        assert problem in worker.problem()
    choice = worker.draw().choice
    assert choice
    assert (choice.split, choice.index) == ("train", 0)


GRID = Grid(6, 4, -2.0, 2.0, -2.0, 2.0)


def test_the_answer_a_unit_and_the_last_layer_come_when_they_are_asked_for(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Step(2))
    session = session_of(DEFAULT, 2)
    assert not worker.draw(NOTHING).parts
    unit, layer = UnitQuery(1, 3, GRID), LayerQuery(6, 4, 50)
    whole = worker.draw(Draw((PointQuery((0.5, 0.5)), unit, layer)))
    assert whole.part(PointQuery) == Reader(session).answer((0.5, 0.5))
    assert whole.part(UnitQuery) == Reader(session).unit_map(unit)
    assert whole.part(LayerQuery) == Reader(session).layer_view(layer)


def test_what_was_sent_for_the_same_weights_is_not_made_again(worker: WorkerProcess) -> None:
    worker.open()
    unit, layer = UnitQuery(1, 3, GRID), LayerQuery(6, 4, 50)
    wanted = (MapQuery(GRID), PointQuery((0.5, 0.5)), unit, layer)

    def parts(queries: tuple[Query[Any], ...]) -> tuple[bool, ...]:
        came = worker.draw(Draw(queries)).parts
        return tuple(kind in came for kind in (MapQuery, UnitQuery, LayerQuery))

    assert parts(wanted) == (True, True, True)
    assert parts(wanted) == (False, False, False)
    assert parts((MapQuery(GRID), PointQuery((1.0, 0.5)), unit, layer)) == (False, False, False)
    assert parts((MapQuery(GRID), UnitQuery(1, 4, GRID), layer)) == (False, True, False)
    worker.send(PlaceProbe((1.0, 1.0)))
    assert parts(wanted) == (False, True, True), "the last layer's view holds the probe"
    worker.send(Step(1))
    assert parts(wanted) == (True, True, True)
    worker.send(Seek(0))
    assert parts(wanted) == (True, True, True)
    worker.open(number=2)
    assert parts(wanted) == (True, True, True)


def test_a_unit_that_is_not_there_is_said_once_and_training_goes_on(worker: WorkerProcess) -> None:
    worker.open()
    wanted = Draw((*EVERYTHING.queries, UnitQuery(9, 0, GRID)))
    worker.send(Play(True), wanted)
    assert worker.expect(Said).text == "the unit is not shown: there is no hidden unit 0 in layer 9"
    rest = worker.expect(Snapshot)
    assert rest.playing
    assert rest.part(MapQuery)
    assert worker.draw(wanted).part(UnitQuery) is None
    assert worker.draw(NOTHING)


def test_a_snapshot_holds_what_was_asked_for_and_nothing_else(worker: WorkerProcess) -> None:
    worker.open()
    assert not worker.draw(NOTHING).parts
    for query in (*EVERYTHING.queries, UpdateQuery()):
        assert worker.draw(Draw((query,))).parts.keys() == {type(query)}


def test_the_graph_comes_once_for_each_structure(worker: WorkerProcess) -> None:
    dataset = worker.open().data.dataset
    first = worker.draw(EVERYTHING)
    assert first.part(GraphQuery)
    worker.send(Step(1))
    assert worker.draw(EVERYTHING).part(GraphQuery) is None
    labels = [label for _, _, label in dataset.splits["train"]]
    same, other = labels.index(labels[0], 1), next(i for i, label in enumerate(labels) if label != labels[0])
    worker.send(SelectProbe("train", same))
    assert worker.draw(EVERYTHING).part(GraphQuery) is None
    worker.send(SelectProbe("train", other))
    changed = worker.draw(EVERYTHING).part(GraphQuery)
    assert changed
    assert changed != first.part(GraphQuery)
    worker.send(SelectProbe("train", 0))
    assert worker.draw(EVERYTHING).part(GraphQuery) == first.part(GraphQuery)
    worker.open(HINGE, number=2)
    assert worker.draw(EVERYTHING).part(GraphQuery)


def test_a_snapshot_without_the_probe_does_not_count_as_having_sent_the_graph(worker: WorkerProcess) -> None:
    worker.open()
    worker.draw(NOTHING)
    assert worker.draw(EVERYTHING).part(GraphQuery)


def test_one_request_is_one_snapshot(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Play(True))
    for _ in range(5):
        worker.draw()
    worker.send(SelectProbe("train", 1000))
    assert worker.problem(), "no snapshot comes unasked"


def test_the_step_limit_pauses(worker: WorkerProcess) -> None:
    worker.open(until=25)
    worker.send(Play(True))
    stopped = worker.wait_for(lambda snapshot: not snapshot.playing)
    assert stopped.metrics.step == 25


def test_after_a_reset_the_limit_holds_again(worker: WorkerProcess) -> None:
    worker.open(until=5)
    for _ in range(2):
        worker.send(Play(True))
        assert worker.wait_for(lambda snapshot: not snapshot.playing).metrics.step == 5
        worker.send(Seek(0))


def test_playing_on_goes_past_the_limit(worker: WorkerProcess) -> None:
    worker.open(until=5)
    worker.send(Play(True))
    worker.wait_for(lambda snapshot: not snapshot.playing)
    worker.send(Play(True))
    assert worker.wait_for(lambda snapshot: snapshot.metrics.step > 6).playing


def test_a_limit_of_no_steps_does_not_train(worker: WorkerProcess) -> None:
    worker.open(until=0)
    worker.send(Play(True))
    assert worker.wait_for(lambda snapshot: not snapshot.playing).metrics.step == 0


def test_a_diverged_run_pauses_at_once_and_can_go_on(worker: WorkerProcess) -> None:
    worker.open(RunSpec(config=Config(lr=1e6)))
    worker.send(Play(True))
    stopped = worker.wait_for(lambda snapshot: not snapshot.playing, EVERYTHING)
    diverged_at = stopped.metrics.diverged_at
    assert diverged_at is not None
    assert stopped.metrics.step == diverged_at + 1
    worker.send(Play(True))
    assert worker.wait_for(lambda snapshot: snapshot.metrics.step > diverged_at + 3, EVERYTHING).playing


def test_a_checkpoint_goes_on_bit_for_bit_with_its_curves(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Step(7))
    middle = worker.wait_for(lambda snapshot: snapshot.metrics.step == 7, EVERYTHING)
    worker.send(Step(5))
    end = worker.wait_for(lambda snapshot: snapshot.metrics.step == 12, EVERYTHING)
    timeline = session_of(DEFAULT, 7).history.timeline()
    with worker_process() as other:
        other.send(Open(3, DEFAULT, middle.checkpoint, timeline, middle.part(CurvesQuery)))
        other.expect(Opened)
        first = other.draw(EVERYTHING)
        apart: dict[str, Any] = {"parts": {}, "timeline": None, "number": 1, "backend": ""}
        assert first.replaced(**apart) == middle.replaced(**apart)
        sent_once: dict[type, Any] = {GraphQuery: None}  # with the first snapshot, which may be an earlier one
        assert {**first.parts, **sent_once} == {**middle.parts, **sent_once}
        other.send(Step(5))
        again = other.wait_for(lambda snapshot: snapshot.metrics.step == 12, EVERYTHING)
    assert again.checkpoint == end.checkpoint
    assert again.part(CurvesQuery) == end.part(CurvesQuery)


def test_after_a_restart_past_its_limit_a_run_plays_on(worker: WorkerProcess) -> None:
    worker.send(Open(1, DEFAULT, session_of(DEFAULT, 9).checkpoint(), until=9), Play(True))
    worker.expect(Opened)
    assert worker.wait_for(lambda snapshot: snapshot.metrics.step > 10).playing


def test_a_wrong_intent_is_a_problem_in_words_and_the_session_stays(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Step(3))
    worker.wait_for(lambda snapshot: snapshot.metrics.step == 3)
    worker.send(SelectProbe("train", 1000))
    assert worker.problem() == "there is no example 1000 in train"
    assert worker.draw(EVERYTHING).metrics.step == 3


def test_an_error_pauses(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Play(True), SelectProbe("nowhere", 0))
    worker.problem()
    first = worker.draw()
    assert not first.playing
    assert worker.draw().metrics.step == first.metrics.step


def test_a_checkpoint_of_another_network_is_a_problem(worker: WorkerProcess) -> None:
    worker.send(
        Open(1, DEFAULT, Checkpoint(3, (1.0, 2.0), (), 3), Timeline((BranchRecord(1, None, 0, 3, (), None),), 1))
    )
    assert "2 parameters" in worker.problem()
    worker.open()
    assert worker.draw().metrics.step == 0


def test_a_run_that_cannot_be_opened_leaves_the_one_that_there_is(worker: WorkerProcess, tmp_path: Path) -> None:
    worker.open(number=1)
    worker.send(Step(4))
    worker.wait_for(lambda snapshot: snapshot.metrics.step == 4)
    worker.send(Open(2, RunSpec(csv=tmp_path / "gone.csv")))
    offered = worker.expect(Opened)
    assert (offered.number, offered.spec) == (2, DEFAULT)
    assert "gone.csv" in worker.problem()
    snapshot = worker.draw(EVERYTHING)
    assert (snapshot.number, snapshot.metrics.step) == (2, 4)
    assert snapshot.part(GraphQuery)


def test_a_worker_without_a_run_takes_other_intents_quietly(worker: WorkerProcess, tmp_path: Path) -> None:
    worker.send(Open(1, RunSpec(csv=tmp_path / "gone.csv")), SelectProbe("train", 0), Step(1), Seek(0))
    assert "gone.csv" in worker.problem()
    worker.open()
    assert worker.draw().metrics.step == 0


class NoIntents(SimpleQueue[Request | Settled]):
    """A queue that notes how it was waited on, and that nothing came."""

    waited: tuple[bool, float | None] | None = None

    def get(self, block: bool = True, timeout: float | None = None) -> Request:
        self.waited = (block, timeout)
        raise Empty


def test_a_worker_that_has_nothing_to_do_waits_for_the_next_intent(tmp_path: Path) -> None:
    intents = NoIntents()
    idle = Worker(io.BytesIO(), intents)
    for intent in (Play(True), EVERYTHING):
        idle._obey(intent)
    idle._wait()
    assert intents.waited == (True, None)
    idle._obey(Open(1, DEFAULT))
    idle._obey(Play(False))
    idle._wait()
    assert intents.waited == (True, None)
    idle._obey(NOTHING)
    idle._wait()
    assert intents.waited[0] is False


@pytest.mark.parametrize(("work", "backend"), outcomes())
def test_when_the_compiler_is_through_it_says_once_who_computes(
    work: str, backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = GatedCompiler(tmp_path, work, monkeypatch)
    with worker_process() as worker:
        worker.open(number=3)
        assert worker.draw().backend == "Python, compiling"
        compiler.begin()
        assert worker.settled() == ComputedBy(3, backend)
        assert worker.draw().backend == backend
        worker.open(replace(DEFAULT, backend="python"), number=4)
        assert worker.draw().backend == "Python"
        assert worker.computed_by == [], "nothing comes twice"


def test_another_run_begins_with_slices_of_its_own(worker: WorkerProcess) -> None:
    worker.open(RunSpec(points=10, config=Config(hidden=(1,)), backend="python"))
    worker.send(Speed(None), Play(True))
    worker.wait_for(lambda snapshot: snapshot.metrics.step > 20_000)
    worker.send(Open(2, RunSpec(points=2000, config=Config(hidden=(16,)), backend="python")), NOTHING)
    worker.expect(Opened)
    assert worker.expect(Snapshot).metrics.step <= 2


def test_a_run_plays_while_its_compiler_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    GatedCompiler(tmp_path, FAILS, monkeypatch)
    with worker_process() as worker:
        worker.open()
        worker.send(Speed(None), Play(True))
        worker.wait_for(lambda snapshot: snapshot.metrics.step > 5)
        worker.open(DEFAULT.with_seed(43), number=2)
        went_on = worker.wait_for(lambda snapshot: snapshot.metrics.step > 5)
        assert (went_on.number, went_on.backend) == (2, "Python, compiling")
        worker.send(Play(False))
        paused = worker.draw()
    assert paused.checkpoint == session_of(DEFAULT.with_seed(43), paused.metrics.step).checkpoint()


@pytest.mark.parametrize(("work", "backend"), outcomes())
def test_of_a_run_that_is_gone_the_compiler_says_nothing(
    work: str, backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = GatedCompiler(tmp_path, work, monkeypatch)
    with worker_process() as worker:
        worker.open()
        worker.open(DEFAULT.with_seed(43), number=2)
        compiler.begin()
        assert worker.settled() == ComputedBy(2, backend)
        worker.draw()
        assert worker.computed_by == []


def test_it_ends_when_its_pipe_does(worker: WorkerProcess) -> None:
    worker.open()
    assert worker.process.stdin
    worker.process.stdin.close()
    assert worker.process.wait(PATIENCE) == 0


def test_it_ends_with_its_pipe_even_amid_a_long_computation(worker: WorkerProcess) -> None:
    worker.open(HEAVY)
    worker.send(Step(1000))
    assert worker.process.stdin
    worker.process.stdin.close()
    assert worker.process.wait(2.0) == 0


def test_the_compiler_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    GatedCompiler(tmp_path, f'echo at work > "{fifo}"; sleep 60 > "{fifo}"', monkeypatch).begin()
    with worker_process() as worker:
        worker.open()
        with fifo.open() as compiler:
            assert compiler.readline() == "at work\n"
        with fifo.open() as compiler:
            assert worker.process.stdin
            worker.process.stdin.close()
            assert worker.process.wait(PATIENCE) == 0
            assert select.select([compiler], [], [], PATIENCE)[0], "nobody is left at the other end"


def test_the_compiler_ends_with_it_where_nobody_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    GatedCompiler(tmp_path, f'sleep 60 > "{fifo}"', monkeypatch).begin()
    with worker_process() as worker:
        worker.open()
        with fifo.open() as compiler:
            assert worker.process.stdout
            worker.process.stdout.close()
            worker.send(NOTHING)
            assert worker.process.wait(PATIENCE) == 0
            assert select.select([compiler], [], [], PATIENCE)[0], "nobody is left at the other end"


def test_it_ends_when_nobody_reads(worker: WorkerProcess) -> None:
    worker.open()
    assert worker.process.stdout
    worker.process.stdout.close()
    worker.send(NOTHING)
    assert worker.process.wait(PATIENCE) == 0


def test_ctrl_c_is_for_the_app_and_not_for_the_worker(worker: WorkerProcess) -> None:
    worker.open()
    os.kill(worker.process.pid, signal.SIGINT)
    assert worker.draw().metrics.step == 0


def test_seeking_goes_to_a_step_with_its_digits_and_pauses(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Speed(None), Play(True))
    worker.wait_for(lambda snapshot: snapshot.metrics.step > 300)
    worker.send(Seek(77))
    there = worker.draw(EVERYTHING)
    assert there.checkpoint == session_of(DEFAULT, 77).checkpoint()
    assert not there.playing
    assert there.metrics.end > 300
    worker.send(Play(True))
    assert worker.wait_for(lambda snapshot: snapshot.metrics.step > there.metrics.end)


def test_moves_add_up_and_call_off_steps_that_are_not_taken_yet(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Step(50))
    worker.wait_for(lambda snapshot: snapshot.metrics.step == 50)
    worker.send(Move(-10), Move(-1), Move(3))
    worker.wait_for(lambda snapshot: snapshot.metrics.step == 42)
    worker.send(Move(100))
    assert worker.draw().metrics.step == 50
    worker.send(Step(5), Move(-2), Step(1))
    worker.wait_for(lambda snapshot: snapshot.metrics.step == 54)
    worker.send(Move(-100))
    assert worker.draw().metrics.step == 0


@pytest.mark.parametrize("intent", [Step(3), Play(True)])
def test_whoever_trains_on_calls_a_search_off(worker: WorkerProcess, intent: Request) -> None:
    worker.open(RunSpec(backend="python"), until=3003)
    worker.send(Step(3000))
    worker.wait_for(lambda snapshot: snapshot.metrics.step == 3000)
    worker.send(GoToFirst("loss < 1e-9"), Speed(None), intent)
    assert worker.expect(Said).text == "loss < 1e-9: the search was called off at step 0."
    there = worker.wait_for(lambda snapshot: snapshot.metrics.step == 3003 and not snapshot.playing)
    assert there.metrics.end == 3003, "it went on from where the search began"


@pytest.mark.parametrize(("intent", "leads_to"), [(Move(-1), 2999), (Seek(7), 7)], ids=["back", "go to"])
def test_whoever_goes_elsewhere_amid_a_search_sets_out_from_where_it_began(
    worker: WorkerProcess, intent: Request, leads_to: int
) -> None:
    worker.open(RunSpec(backend="python"))
    worker.send(Step(3000))
    worker.wait_for(lambda snapshot: snapshot.metrics.step == 3000)
    worker.send(GoToFirst("loss < 1e-9"), intent)
    assert worker.expect(Said).text == "loss < 1e-9: the search was called off at step 0."
    assert worker.draw().metrics.step == leads_to


def test_another_setting_amid_the_run_begins_a_branch(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Step(20))
    assert worker.draw(EVERYTHING).timeline
    worker.wait_for(lambda snapshot: snapshot.metrics.step == 20)
    worker.send(Seek(8), ChangeSettings((("lr", 0.01),)), Step(4))
    branched = worker.draw(EVERYTHING)
    assert branched.timeline
    assert (branched.timeline.current, branched.timeline.branch.fork) == (2, 8)
    curves = branched.part(CurvesQuery)
    assert curves
    assert [number for number, _ in curves.ghosts] == [1]
    assert worker.draw(EVERYTHING).timeline is None, "it did not change"
    worker.send(SwitchBranch(1))
    back = worker.draw(EVERYTHING)
    assert back.checkpoint == session_of(DEFAULT, 12).checkpoint()
    assert back.metrics.end == 20
    worker.send(SwitchBranch(5))
    assert worker.problem() == "there is no branch 5"


def test_edits_are_sent_once_and_training_goes_on_as_it_was(worker: WorkerProcess) -> None:
    before = worker.open().data.dataset.splits
    examples = Examples(before)
    timeline = worker.draw(EVERYTHING).timeline
    assert timeline
    assert not worker.draw(EVERYTHING).changes
    worker.send(Speed(100), Play(True))
    point = Located("train", (0.5, -0.5, 1))
    worker.send(Edit((), (point,), "add point"))
    edited = worker.draw(EVERYTHING)
    assert edited.playing
    timeline = timeline.updated(changes=edited.changes)
    assert examples.at(timeline, edited.metrics.step)["train"] == (*before["train"], point.example)
    assert [change.what for change in edited.changes] == ["add point"]
    assert edited.timeline is None
    worker.send(Undo())
    assert worker.expect(Said).text == "undone: add point"
    undone = worker.draw(EVERYTHING)
    timeline = timeline.updated(changes=edited.changes + undone.changes)
    assert examples.at(timeline, undone.metrics.step) == before
    assert undone.playing
    moved = Located("train", (0.25, -0.5, 1))
    worker.send(Undo(again=True))
    assert worker.expect(Said).text == "done again: add point"
    worker.send(Edit((point,), (moved,), "move point"), Edit((moved,), (point,), "move point", more=True), Undo())
    assert worker.expect(Said).text == "undone: move point"
    worker.send(Undo(), Undo(again=True))
    assert worker.expect(Said).text == "undone: add point"
    assert worker.expect(Said).text == "done again: add point"
    worker.send(Undo(again=True))
    assert worker.expect(Said).text == "done again: move point"
    worker.send(Undo(again=True))
    assert worker.expect(Said).text == "there is nothing to do again"
    assert worker.draw().playing, "a refusal does not pause"


def test_a_parameter_is_set(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(SetParameter(3, 0.25))
    assert worker.draw().checkpoint.parameters[3] == 0.25
    worker.send(SetParameter(3, float("nan")))
    assert worker.expect(Said).text == "a parameter needs a finite value"


def test_a_new_worker_takes_over_the_edits(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Step(3), Edit((), (Located("val", (0.5, -0.5, 1)),), "add point"))
    worker.wait_for(lambda snapshot: snapshot.metrics.step == 3)
    worker.send(SetParameter(0, 1.5), Step(4))
    last = worker.wait_for(lambda snapshot: snapshot.metrics.step == 7)
    worker.send(Seek(7))
    whole = worker.draw(EVERYTHING)
    with worker_process() as other:
        timeline = Timeline((BranchRecord(1, None, 0, 7, session_changes(), None),), 1)
        other.send(Open(2, DEFAULT, last.checkpoint, timeline))
        opened = other.expect(Opened)
        again = other.draw(EVERYTHING)
        assert again.timeline
        assert len(Examples(opened.data.dataset.splits).at(again.timeline, 7)["val"]) == 11
        assert again.metrics.splits == whole.metrics.splits
        other.send(Seek(0), Seek(7))
        assert other.draw().checkpoint == last.checkpoint


def session_changes() -> tuple[Change, ...]:
    """The changes of the test above, made in a session of its own."""
    session = session_of(DEFAULT, 3)
    session.edit([], [Located("val", (0.5, -0.5, 1))], "add point")
    session.set_parameter(0, 1.5)
    return tuple(session.history.current.changes)


def test_a_condition_stops_unlimited_play_at_its_very_step_and_says_so(worker: WorkerProcess) -> None:
    worker.open()
    worker.send(Watch(("loss < 0.5",)), Play(True))
    assert worker.expect(Arrived).text == "loss < 0.5: true from step 19."
    snapshot = worker.draw()
    assert (snapshot.metrics.step, snapshot.metrics.end, snapshot.playing) == (19, 19, False)
    assert snapshot.checkpoint == session_of(DEFAULT, 19).checkpoint()
    worker.send(Seek(3), Play(True))
    assert worker.expect(Arrived).text == "loss < 0.5: true from step 19."


def test_a_condition_ends_single_steps_and_one_that_begins_true_stops_a_run_before_it_starts(
    worker: WorkerProcess,
) -> None:
    worker.open()
    worker.send(Watch(("step >= 7",)), Step(100))
    assert worker.expect(Arrived).text == "step >= 7: true from step 7."
    assert (worker.draw().metrics.step, worker.draw().steps_left) == (7, 0)
    worker.open(number=2)
    worker.send(Play(True), Watch(("loss < 100",), begins=True))
    assert worker.expect(Arrived).text == "loss < 100: true from step 0."
    assert worker.draw().metrics.step == 0


def test_patience_goes_on_where_an_earlier_worker_left_it(worker: WorkerProcess) -> None:
    spec = RunSpec(config=Config(optimizer="sgd", lr=2.0))
    condition = ("val loss not better for 5",)
    worker.open(spec)
    worker.send(Watch(condition), Play(True))
    told = worker.expect(Arrived).text
    stopped = worker.draw()
    before = session_of(spec, stopped.metrics.step - 3)
    worker.send(Open(2, spec, before.checkpoint(), before.history.timeline()))
    worker.expect(Opened)
    worker.send(Watch(condition), Play(True))
    assert worker.expect(Arrived).text == told
    assert worker.draw().checkpoint == stopped.checkpoint


def test_outcomes_come_when_they_are_asked_for_and_only_where_they_are_others(worker: WorkerProcess) -> None:
    worker.open()
    assert worker.draw().part(OutcomesQuery) is None
    wanted = Draw((OutcomesQuery(ALL),))
    session = session_of(DEFAULT)
    assert worker.draw(wanted).part(OutcomesQuery) == Reader(session).outcomes(ALL)
    assert worker.draw(wanted).part(OutcomesQuery) is None, "they are those sent last"
    assert worker.draw(Draw((OutcomesQuery("val"),))).part(OutcomesQuery) == Reader(session).outcomes("val")
    worker.send(Step(1))
    assert worker.draw(wanted).part(OutcomesQuery) == Reader(session_of(DEFAULT, 1)).outcomes(ALL)
    old = session.splits["val"][0]
    worker.send(Edit((Located("val", old),), (Located("val", (*old[:2], (old[2] + 1) % 3)),), "relabel"))
    changed = worker.draw(wanted).part(OutcomesQuery)
    assert changed
    assert changed != Reader(session_of(DEFAULT, 1)).outcomes(ALL)
