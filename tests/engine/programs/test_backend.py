"""Who computes: the same run on every backend, and the Python program wherever there is no compiled one."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.examples import Example
from engine.losses import LOSSES
from engine.optim import OPTIMIZERS
from engine.programs import BACKENDS
from engine.programs import backend as backends
from engine.rng import Rng
from engine.run.config import Config
from engine.run.session import Session
from engine.views.batch_update import batch_update
from engine.views.queries import Grid
from engine.views.reader import Reader
from tests.engine.support import exact, needs_compiler, reference_session

TRAIN: list[Example] = [(1.5, -0.5, 0), (-2.0, 1.0, 1), (0.3, 0.4, 1), (1.0, 1.2, 0), (0.2, -1.2, 0)]
SPLITS = {"train": TRAIN, "val": TRAIN[:3], "test": TRAIN[1:4]}
GRID = Grid(7, 5, -2.0, 2.0, -1.5, 1.5)
SOON = 60.0


def session(backend: str, config: Config | None = None, cache: Path | None = None) -> Session:
    return Session(config or Config((4,)), SPLITS, 2, Rng(5), backend=backend, cache=cache)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The optimizer and its rate are not part of a compiled program, so that few are made."""
    return tmp_path_factory.mktemp("compiled")


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def everything(run: Session, steps: int) -> list[object]:
    """All that a session tells, after as many steps."""
    told: list[object] = []
    while run.step_count < steps:
        updates = run.advance(steps - run.step_count)
        told += [exact(updates.train_losses), exact(updates.val_losses or ())]
    checkpoint = run.checkpoint()
    told += [exact(checkpoint.parameters), [exact(slot) for slot in checkpoint.slots], run.diverged_at]
    metrics = run.metrics()
    told += [(name, exact([split.loss, split.accuracy])) for name, split in metrics.splits.items()]
    told += [Reader(run).decision_map(GRID), Reader(run).curves(40)]
    update = batch_update(run)
    arrays = (update.gradient, *update.slots, update.after, *update.slots_after)
    told += [exact([update.loss]), [exact(memoryview(numbers).cast("d")) for numbers in arrays]]
    return told


@needs_compiler
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_backend_tells_the_same(loss: str, optimizer: str, cache: Path) -> None:
    diverged = []
    for lr in (0.1, 1e6, 1e60, 1e155):
        config = Config((4,), loss=loss, optimizer=optimizer, lr=lr, weight_decay=0.01)
        runs = {name: session(name, config, cache) for name in ("value", "python", "c")}
        assert [run.backend.name for run in runs.values()] == ["value", "python", "c"]
        told = [everything(run, 10) for run in runs.values()]
        assert repr(told[0]) == repr(told[1]) == repr(told[2])
        diverged.append(runs["value"].diverged_at is not None)
    assert not diverged[0]
    assert diverged[-1]


@needs_compiler
def test_a_checkpoint_goes_on_in_another_backend() -> None:
    told = []
    for first, second in (("python", "c"), ("c", "python"), ("python", "python")):
        run = session(first)
        run.advance(9)
        told.append(everything(session(second).restore(run.checkpoint()), 20))
    assert repr(told[0]) == repr(told[1]) == repr(told[2])


@needs_compiler
def test_auto_starts_on_python_and_goes_on_compiled_with_the_same_digits() -> None:
    run = session("auto")
    assert (run.backend.name, run.backend.note) in (("python", "compiling"), ("c", ""))
    run.advance(5)
    wait_until(lambda: run.backend.name == "c")
    assert (run.backend.note, run.backend.brief, run.backend.compiling) == ("", "", False)
    reference = session("python")
    reference.advance(5)
    assert repr(everything(run, 30)) == repr(everything(reference, 30))


@pytest.mark.parametrize("wanted", ["auto", "c"])
def test_without_a_compiler_python_runs_and_says_why(
    wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    run = session(wanted)
    wait_until(lambda: run.backend.note != "compiling")
    assert (run.backend.name, run.backend.brief) == ("python", "no cc")
    assert run.backend.note == "there is no C compiler on PATH"
    assert repr(everything(run, 10)) == repr(everything(session("python"), 10))


def test_an_unusable_cache_means_python(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    run = session("c", cache=tmp_path)
    assert run.backend.name == "python"
    assert run.backend.note


def test_whether_a_graph_is_compiled_depends_on_its_size_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "LEVELS", ((10, "-O1"),))
    run = session("c")
    assert run.backend.name == "python"
    assert run.backend.note.endswith("nodes is too large to compile")


def test_an_unknown_backend_is_refused() -> None:
    assert "cuda" not in BACKENDS
    with pytest.raises(KeyError, match="cuda"):
        session("cuda")


@needs_compiler
def test_updates_in_a_row_have_a_record_of_each_step() -> None:
    runs = [reference_session(), reference_session()]
    single = [runs[0].step() for _ in range(7)]
    assert list(runs[1].advance(7).records()) == single


@pytest.mark.parametrize("backend", ["value", "python", "c"])
def test_the_step_that_diverges_ends_the_updates_and_the_next_goes_on(backend: str) -> None:
    run = session(backend, Config((4,), loss="squared-error", optimizer="sgd", lr=1e6))
    first = run.advance(60)
    assert run.diverged_at == run.step_count - 1
    assert len(first.train_losses) == run.step_count < 60
    assert len(run.advance(10).train_losses) == 10
