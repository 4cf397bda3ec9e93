"""Watchpoints: every condition that the help names is read, anything else gets one clear line."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.session import Config, Session
from engine.watch import EXAMPLES, Watchpoint, watchpoint
from tests.engine.support import repeatable
from tests.engine.test_session import SGD, session_of


def watch(text: str, session: Session) -> Watchpoint:
    nodes = [node.name for node in session.graph(0).nodes]
    return watchpoint(text, session.parameter_names, nodes, list(session.splits))


def node(session: Session, name: str, part: int) -> float:
    graph = session.graph(session.choice.label)
    place = next(place for place, node in enumerate(graph.nodes) if node.name == name)
    return session.probe().numbers()[part][place]


MEASURES: dict[str, Callable[[Session], float]] = {
    "loss": lambda s: s.metrics().splits["train"].loss,
    "val loss": lambda s: s.metrics().splits["val"].loss,
    "TEST  loss": lambda s: s.metrics().splits["test"].loss,
    "accuracy": lambda s: s.metrics().splits["train"].accuracy,
    "val acc": lambda s: s.metrics().splits["val"].accuracy,
    "|w|": lambda s: max(map(abs, s.parameters)),
    "w1[0,1]": lambda s: s.parameters[1],
    "|w1[0,1]|": lambda s: abs(s.parameters[1]),
    "h1[2]": lambda s: node(s, "h1[2]", 0),
    "grad h1[2]": lambda s: node(s, "h1[2]", 1),
    "probe grad h1[2]": lambda s: node(s, "h1[2]", 1),
    "|grad w1[0,1]|": lambda s: abs(node(s, "w1[0,1]", 1)),
    "batch grad w1[0,1]": lambda s: s.batch_gradient()[1],
}


@pytest.mark.parametrize("text", MEASURES)
def test_each_quantity_is_compared_as_it_is(text: str) -> None:
    session = session_of(SGD)
    session.advance(3)
    value = MEASURES[text](session)
    for how, expected in (("<", False), ("<=", True), ("=", True), ("==", True), (">=", True), (">", False)):
        assert watch(f"{text} {how} {value!r}", session).holds(session) is expected
    assert watch(f"{text}!={value!r}", session).holds(session) is False
    assert watch(f"{text}<{value + 1!r}", session).holds(session)
    assert not watch(f"{text} > {value + 1!r}", session).holds(session)


def test_a_percentage_is_a_share() -> None:
    session = session_of(SGD)
    assert watch("accuracy >= 0%", session).holds(session)
    assert not watch("accuracy > 100%", session).holds(session)


@pytest.mark.parametrize("text", ["not finite", "nan", "inf", "NaN/inf", "Not  finite"])
def test_not_finite_turns_true_where_a_run_diverges(text: str) -> None:
    session = session_of(Config((3,), optimizer="sgd", lr=1e6))
    condition = watch(text, session)
    assert not condition.holds(session)
    session.advance(1000)
    assert condition.holds(session)
    assert condition.text == "not finite"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no condition"),
        ("loss", "is no condition"),
        ("loss < ", "is no condition"),
        ("loss < soon", "'soon' is no number"),
        ("loss = nan", "write 'not finite'"),
        ("size < 3", "there is no node 'size'"),
        ("w9[0,0] > 1", "there is no node 'w9[0,0]'"),
        ("batch grad h1[0] = 0", "only weights and biases"),
        ("a b c < 3", "nothing that can be watched"),
        ("__import__('os') > 0", "there is no node"),
    ],
)
def test_what_is_no_condition_is_refused_in_one_line(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"\A[^\n]*\Z") as refused:
        watch(text, session_of(SGD))
    assert told in str(refused.value)


def test_without_such_examples_there_is_nothing_to_watch() -> None:
    with pytest.raises(ValueError, match="there are no val examples"):
        watchpoint("val loss < 1", ["w1[0,0]"], [], ["train"])


def test_every_example_of_the_message_is_a_condition() -> None:
    session = session_of(SGD)
    for text in EXAMPLES.split(", "):
        assert watch(text, session).holds(session) in (True, False)


@repeatable(200)
@given(st.text(st.sampled_from("loswgradh1[0,]|<>=!%. 95enaif"), max_size=20))
def test_any_text_is_a_condition_or_a_clear_refusal(text: str) -> None:
    session = session_of(SGD)
    try:
        condition = watch(text, session)
    except ValueError as refused:
        assert "\n" not in str(refused)
    else:
        assert condition.holds(session) in (True, False)


def test_a_node_that_this_class_has_not_is_never_true() -> None:
    session = session_of(Config((3,)))
    name = next(iter({n.name for n in session.graph(1).nodes} - {n.name for n in session.graph(0).nodes}))
    everything = [n.name for label in (0, 1) for n in session.graph(label).nodes]
    session.select_probe("train", next(i for i, e in enumerate(session.splits["train"]) if e[2] == 0))
    condition = watchpoint(f"{name} < {math.inf}", session.parameter_names, everything, ["train"])
    assert not condition.holds(session)
