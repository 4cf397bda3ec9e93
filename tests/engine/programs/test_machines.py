"""The compiled program as other processors, C libraries and compilers would have it: the digits stay Value's."""

import random
import shutil
from pathlib import Path

import pytest

from engine.examples import Example
from engine.programs import c_library as compiler
from engine.programs import c_source
from engine.rng import Rng
from engine.run.config import Config
from engine.run.session import Session
from engine.views.queries import Grid
from engine.views.reader import Reader
from tests.engine.support import exact, needs_compiler

pytestmark = needs_compiler

PROCESSORS: dict[str, tuple[str, ...]] = {"the family's least": (), "vectors of the first kind": ("-mavx",)}
LACKS = {"no single instructions": "#define SHORTCUTS 1", "libm's own powers": "#define QUICK_POWERS 1"}
COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]
CARELESS = ("-ffast-math", "-Ofast", "-freciprocal-math", "-funsafe-math-optimizations")
GRID = Grid(9, 5, -2.0, 2.0, -1.5, 1.5)


@pytest.fixture(params=[*PROCESSORS, *LACKS, *COMPILERS])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Another machine than this one."""
    name = str(request.param)
    if name in PROCESSORS:
        monkeypatch.setattr(compiler, "machine_flags", lambda: PROCESSORS[name] if compiler.is_x86() else ())
    elif name in LACKS:
        pieces = tmp_path / "c"
        shutil.copytree(c_source.PIECES, pieces)
        lanes = (pieces / "lanes.h").read_text()
        assert LACKS[name] in lanes
        (pieces / "lanes.h").write_text(lanes.replace(LACKS[name], ""))
        monkeypatch.setattr(c_source, "PIECES", pieces)
    else:
        monkeypatch.setenv("CC", name)
    return name


def examples(count: int) -> list[Example]:
    draw = random.Random(count)
    return [(draw.uniform(-2, 2), draw.uniform(-2, 2), draw.randrange(2)) for _ in range(count)]


def told(config: Config, backend: str) -> list[object]:
    """A run's losses, its last parameters and slots, and its decision map."""
    session = Session(config, {"train": examples(23), "val": examples(6)}, 2, Rng(5), backend=backend)
    assert session.backend.name == backend, session.backend.note
    updates = session.advance(12)
    slots = [exact(slot) for slot in session.optimizer.slots]
    losses = exact([*updates.train_losses, *(updates.val_losses or ())])
    return [losses, exact(session.parameters), slots, Reader(session).decision_map(GRID)]


@pytest.mark.parametrize(
    ("loss", "activation", "optimizer"),
    [("cross-entropy", "tanh", "adamw"), ("hinge", "relu", "sgd"), ("squared-error", "sigmoid", "adamw")],
)
@pytest.mark.usefixtures("machine")
def test_a_run_has_values_digits_on_every_machine(loss: str, activation: str, optimizer: str) -> None:
    config = Config((5, 3), activation, loss, optimizer, weight_decay=0.1)
    assert told(config, "c") == told(config, "value")


@pytest.mark.parametrize("flag", CARELESS)
@pytest.mark.parametrize("name", COMPILERS)
def test_flags_in_cc_that_cost_digits_are_taken_back(name: str, flag: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", f"{name} {flag}")
    config = Config((6, 6), "relu", "cross-entropy", "sgd", lr=0.5)
    assert told(config, "c") == told(config, "value")
    smallest = float("5e-324")
    assert smallest * 1.0 == smallest != 0.0, "a library changed how the process computes"


@pytest.mark.usefixtures("machine")
def test_a_diverged_run_has_values_digits_on_every_machine() -> None:
    config = Config((4,), loss="squared-error", optimizer="sgd", lr=1e6)
    assert repr(told(config, "c")) == repr(told(config, "value"))
