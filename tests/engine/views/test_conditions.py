"""Watchpoints: every condition that the help names is read, anything else gets one clear line."""

import math
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.examples import Located
from engine.run.config import Config
from engine.run.session import Session
from engine.views.conditions import EXAMPLES, Watchpoint, condition_of, watchpoint
from engine.views.reader import Reader
from tests.engine.run.test_session import SGD, session_of
from tests.engine.support import repeatable

FUZZED = session_of(SGD)


def watch(text: str, session: Session) -> Watchpoint:
    nodes = [node.name for node in session.graph(0).nodes]
    return watchpoint(text, session.parameter_names, nodes, list(session.splits))


def node(session: Session, name: str, part: int) -> float:
    graph = session.graph(session.chooser.now.label)
    place = next(place for place, node in enumerate(graph.nodes) if node.name == name)
    return Reader(session).probe().numbers()[part][place]


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
    "batch grad w1[0,1]": lambda s: s.gradients()[1][1],
    "step": lambda s: s.step_count,
}


@pytest.mark.parametrize("text", MEASURES)
def test_each_quantity_is_compared_as_it_is(text: str) -> None:
    session = session_of(SGD)
    session.advance(3)
    value = MEASURES[text](session)
    highest = 1.0 if "acc" in text else math.inf
    for how, expected in (("<", False), ("<=", True), ("=", True), ("==", True), (">=", True), (">", False)):
        if (how, value) == (">", highest):
            with pytest.raises(ValueError, match="can never be"):
                watch(f"{text} {how} {value!r}", session)
        else:
            assert watch(f"{text} {how} {value!r}", session).holds(session) is expected
    assert watch(f"{text}!={value!r}", session).holds(session) is False
    assert watch(f"{text}<{value + 1!r}", session).holds(session)
    if value + 1 > highest:
        with pytest.raises(ValueError, match="can never be"):
            watch(f"{text} > {value + 1!r}", session)
    else:
        assert not watch(f"{text} > {value + 1!r}", session).holds(session)


def test_a_percentage_is_a_share() -> None:
    session = session_of(SGD)
    assert watch("accuracy >= 0%", session).holds(session)
    assert not watch("accuracy > 99.99%", session).holds(session)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("accuracy >= 95", "it is from 0 to 100%, so write 95%"),
        ("val acc = 1.5", "it is from 0 to 100%, so write 1.5%"),
        *(
            (f"accuracy {limit}", "it is from 0 to 100%$")
            for limit in ("> 100%", ">= 9000%", "> 1", "< 0", "= -1", ">= inf")
        ),
        *((f"{text} < 0", "it is never below 0") for text in ("loss", "val loss", "step", "|w|", "|grad h1[0]|")),
        ("test loss <= -0.1", "it is never below 0"),
    ],
)
def test_what_can_never_be_is_refused(text: str, why: str) -> None:
    session = session_of(SGD)
    with pytest.raises(ValueError, match=f"can never be: {why}"):
        watch(text, session)


@pytest.mark.parametrize(
    "text",
    ["accuracy >= 1", "accuracy = 100%", "accuracy <= 200%", "accuracy != 7", "loss <= 0", "loss > 1e9", "step = 0"],
)
def test_what_can_only_just_be_is_taken(text: str) -> None:
    assert watch(text, session_of(SGD)).text == text


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
        ("||w1[0,1]|| > 3", "'||w1[0,1]||' has bars within bars: write |h1[0]|"),
        ("| |w| | > 3", "bars within bars"),
        ("|" * 3000 + " > 1", "'" + "|" * 40 + "...' has bars within bars"),
        ("h1[\x1b[31m] > 1", "there is no node 'h1[?[31m]'"),
        ("val loss not better for", "is no condition"),
        ("val loss not better for long", "'long' is no number of steps"),
        ("patience 0", "'0' is no number of steps"),
        ("patience -3", "'-3' is no number of steps"),
        ("patience 1.5", "'1.5' is no number of steps"),
        ("test loss not better for 3", "is no condition"),
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


PARTS = st.sampled_from(["|", "<", "=", " ", "not better for ", "grad ", "batch ", "val ", "loss", "w1[0,0]", "9", "%"])
LIKE_ONE = st.text(st.sampled_from("loswgradh1[0,]|<>=!%. 95enaif"), max_size=20)
REPEATED = st.builds(
    lambda parts: "".join(part * count for part, count in parts),
    st.lists(st.tuples(PARTS | st.text(max_size=3), st.sampled_from([1, 1, 2, 3000])), max_size=6),
)


@repeatable(400)
@given(LIKE_ONE | st.text() | REPEATED)
def test_any_text_is_a_condition_or_a_clear_refusal_at_once(text: str) -> None:
    begun = time.process_time()
    try:
        condition = watch(text, FUZZED)
    except ValueError as refused:
        assert str(refused).isprintable()
        assert len(str(refused)) < 300
    else:
        assert condition.holds(FUZZED) in (True, False)
    assert time.process_time() - begun < 1.0


def test_a_node_that_this_class_has_not_is_never_true() -> None:
    session = session_of(Config((3,)))
    name = next(iter({n.name for n in session.graph(1).nodes} - {n.name for n in session.graph(0).nodes}))
    everything = [n.name for label in (0, 1) for n in session.graph(label).nodes]
    session.chooser.select("train", next(i for i, e in enumerate(session.splits["train"]) if e[2] == 0))
    condition = watchpoint(f"{name} < {math.inf}", session.parameter_names, everything, ["train"])
    assert not condition.holds(session)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("val loss not better for 20", "val loss not better for 20"),
        ("VAL  loss not better for 20 steps", "val loss not better for 20"),
        ("loss not better for 1 step", "train loss not better for 1"),
        ("train loss patience 7", "train loss not better for 7"),
        ("val loss no improvement for 7 steps", "val loss not better for 7"),
        ("patience 7", "val loss not better for 7"),
        ("no improvement for 7", "val loss not better for 7"),
    ],
)
def test_patience_may_be_said_in_several_ways(text: str, meant: str) -> None:
    assert watch(text, session_of(SGD)).text == meant


def test_without_val_examples_patience_is_with_the_train_loss() -> None:
    assert watchpoint("patience 7", ["w1[0,0]"], [], ["train"]).text == "train loss not better for 7"
    with pytest.raises(ValueError, match="there are no val examples"):
        watchpoint("val loss not better for 7", ["w1[0,0]"], [], ["train"])


def test_with_batches_there_is_no_patience_with_the_train_loss() -> None:
    session = session_of(Config((3,), batch_size=2))
    with pytest.raises(ValueError, match="watch 'val loss not better for 200'"):
        condition_of("loss not better for 7", session)
    assert condition_of("patience 7", session).text == "val loss not better for 7"


def test_patience_is_exhausted_when_no_loss_since_the_best_was_better() -> None:
    session = session_of(replace(SGD, lr=0.9))
    condition = watch("val loss not better for 3", session)
    losses: list[float] = []
    seen = set()
    for step in range(60):
        losses.append(session.judge("val").loss)
        expected = step - losses.index(min(losses)) >= 3
        assert condition.holds(session) is expected
        seen.add(expected)
        session.step()
    assert seen == {True, False}
    best = losses.index(min(losses))
    assert condition.remark(session) == f" (the least was {min(losses):.6g} at step {best})"


def test_a_split_that_has_been_emptied_is_no_longer_watched_and_no_error() -> None:
    session = session_of(SGD)
    conditions = [watch(text, session) for text in ("val loss < 100", "val accuracy >= 0", "patience 1")]
    session.advance(5)
    session.edit([Located("val", example) for example in session.splits["val"]], [], "delete")
    session.advance(5)
    assert not any(condition.holds(session) for condition in conditions)
    assert not any(condition.is_recorded(session) for condition in conditions)
