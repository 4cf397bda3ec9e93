"""What is sent between the two processes: values that nobody can change and that a pipe can carry."""

import pickle
from array import array
from typing import Any, cast, get_args, get_type_hints

import pytest

from engine.examples import Located
from engine.graph import Graph, Node
from engine.run.changes import Change, Patch
from engine.run.config import Config
from engine.run.curve import Curves
from engine.run.history import BranchRecord, Timeline
from engine.run.probe import Choice, Probe
from engine.run.records import Best, Checkpoint, Metrics, SplitMetrics
from engine.views import reader
from engine.views.batch_update import BatchUpdate
from engine.views.decision_map import DecisionMap, PointAnswer
from engine.views.gradient_check import Check
from engine.views.hidden_units import LayerView, UnitMap
from engine.views.layers import LayerState
from engine.views.outcomes import Mistake, Outcomes
from engine.views.queries import (
    CheckQuery,
    CurvesQuery,
    GraphQuery,
    Grid,
    LayerQuery,
    LayersQuery,
    MapQuery,
    OutcomesQuery,
    PointQuery,
    ProbeQuery,
    TrailQuery,
    UnitQuery,
    UpdateQuery,
)
from engine.views.trail import Trail
from tui.worker.intents import Intent
from tui.worker.messages import Draw, Open, Report

SAMPLES = [
    Config(),
    Node("z1[3]", "add", "preactivation", (0, 1)),
    Graph((Node("x", "", "input"),), (), (0,)),
    Probe(1, "train", 0, (0.5, 1.0), 2, array("d", [1.0]).tobytes(), array("d", [0.5]).tobytes()),
    SplitMetrics(80, 0.5, 0.9),
    Best(3, 0.5),
    Metrics(3, 3, {"train": SplitMetrics(80, 0.5, 0.9)}, None),
    Grid(4, 2, -1.0, 1.0, -1.0, 1.0),
    Choice("free", 0, (0.5, 1.0), 2),
    PointAnswer(3, (0.5, 1.0), (0.0, 0.0), (0.5, 0.5)),
    UnitQuery(1, 3, Grid(1, 1, -1.0, 1.0, -1.0, 1.0)),
    UnitMap(3, UnitQuery(1, 3, Grid(1, 1, -1.0, 1.0, -1.0, 1.0)), b"\x01", b"\xff", -0.5, 0.5),
    LayerQuery(4, 2, 100),
    LayerView(3, LayerQuery(4, 2, 9), 1, (0, 3), b"", b"", 0, Grid(4, 2, -1.0, 1.0, -1.0, 1.0), None),
    DecisionMap(3, Grid(1, 1, -1.0, 1.0, -1.0, 1.0), b"\x00", b"\xff"),
    Curves(((0, 1.0),), ()),
    BatchUpdate(3, 0.5, bytes(8), (bytes(8), bytes(8)), bytes(8), (bytes(8), bytes(8)), range(80)),
    Checkpoint(3, (0.5,), ((0.1,), (0.2,)), 3),
    Change(4, (("lr", 0.1),), (Patch("train", 0, None, (0.5, 1.0, 2)),), ((0, 0.1, 0.2),), "undo", "add point"),
    Located("val", (0.5, 1.0, 2)),
    Patch("train", 0, None, (0.5, 1.0, 2)),
    BranchRecord(1, None, 0, 9, (), None),
    Timeline((BranchRecord(1, None, 0, 9, (), None),), 1),
    Check(2, 7, 0.5, ((0.1, 0.2),), ((),)),
    Trail(3, 9, (0, 8), (0.1, 0.2), (0.3, -0.4), complete=True),
    Mistake(2.5, "val", 3, (0.5, 1.0), 2, 0),
    Outcomes(3, "val", ((1, 0, 0), (0, 2, 0)), ("train", "val"), b"", b"", b"", b"", b"", b""),
    ProbeQuery(),
    GraphQuery(),
    MapQuery(Grid(4, 2, -1.0, 1.0, -1.0, 1.0)),
    PointQuery((0.5, 1.0)),
    CurvesQuery(9),
    UpdateQuery(),
    LayersQuery(),
    CheckQuery(2, 7),
    TrailQuery(3, 40),
    OutcomesQuery("val"),
    LayerState(1, 2, 8, 0.01, 0.02, 0.25, (3,)),
]
samples = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)


def names_in(value: Any) -> tuple[str, ...]:
    """The names of what a frozen value, or one of its type, is made of: a class of ours, a dataclass, a named tuple."""
    names: tuple[str, ...] = value._fields if hasattr(value, "_fields") else value.__match_args__
    return names


def values_in(annotation: Any) -> set[type]:
    """The engine's types of values that a value of this type is made of, itself among them."""
    found = set().union(*map(values_in, get_args(annotation)))
    if hasattr(annotation, "__match_args__"):
        hints = get_type_hints(annotation)
        found |= set().union(*(values_in(hints[name]) for name in names_in(annotation)))
        if annotation.__module__.startswith("engine."):
            found.add(cast("type", annotation))
    return found


def test_every_value_that_is_sent_has_a_sample_here() -> None:
    names = vars(reader) | globals()
    answers = [eval(get_args(kind.__orig_bases__[0])[0].__forward_arg__, names) for kind in reader.VIEWS]  # type: ignore[attr-defined]
    sent = set().union(
        values_in(Report | Open | Draw), *map(values_in, (*Intent.__subclasses__(), *reader.VIEWS, *answers))
    )
    assert len(sent) > len(answers)
    assert sent <= {type(sample) for sample in SAMPLES}


def test_every_intent_says_what_it_does() -> None:
    assert len(Intent.__subclasses__()) > 10
    assert all("apply" in vars(intent) for intent in Intent.__subclasses__())


@samples
def test_a_value_cannot_be_changed(sample: object) -> None:
    for name in names_in(sample):
        with pytest.raises(AttributeError):
            setattr(sample, name, None)
    with pytest.raises((AttributeError, TypeError)):
        sample.anything = 1  # type: ignore[attr-defined]


@samples
def test_a_value_goes_through_a_pipe(sample: object) -> None:
    assert pickle.loads(pickle.dumps(sample)) == sample


def test_a_probes_numbers_are_read_without_a_copy() -> None:
    data, grad = array("d", [1.0, -2.5]), array("d", [0.0, float("inf")])
    probe = Probe(1, "train", 0, (0.5, 1.0), 2, data.tobytes(), grad.tobytes())
    assert [list(numbers) for numbers in probe.numbers()] == [[1.0, -2.5], [0.0, float("inf")]]
    assert len(probe.data) == 16
