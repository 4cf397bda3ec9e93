"""Outcomes: the confusion matrix and the mistakes, against plain loops over Values."""

import math
from collections import Counter

import pytest
from hypothesis import given

from engine.classify import NO_CLASS, predicted
from engine.examples import ALL, Located
from engine.rng import Rng
from engine.run.config import Config
from engine.run.session import Session
from engine.views.outcomes import Mistake, Outcomes
from engine.views.reader import Reader
from tests.engine.run.test_session import HINGE, SGD, session_of, values_at
from tests.engine.support import Training, repeatable, trainings


def plain(session: Session, split: str) -> tuple[Counter[tuple[int, int]], list[Mistake]]:
    """Actual and predicted class of each example, and the mistakes by loss, with no program but `Value`."""
    pairs: Counter[tuple[int, int]] = Counter()
    mistakes = []
    for name, examples in session.splits.items():
        if split not in (ALL, name):
            continue
        values = values_at(session, name)
        for index, (x, y, label) in enumerate(examples):
            outputs = values.model([x, y])
            answer = predicted([output.data for output in outputs])
            pairs[label, answer] += 1
            if answer != label:
                loss = values.loss_of(x, y, label).data
                mistakes.append(Mistake(loss, name, index, (x, y), label, answer))
    return pairs, sorted(mistakes, key=lambda each: -math.inf if math.isnan(each.loss) else -each.loss)


def told(found: Outcomes) -> tuple[tuple[tuple[int, ...], ...], list[str]]:
    """Counts and mistakes; one nan is as good as another."""
    return found.counts, [repr(found.mistake(row)) for row in range(found.wrong)]


def assert_same(session: Session, split: str) -> None:
    found = Reader(session).outcomes(split)
    pairs, mistakes = plain(session, split)
    classes = session.classes
    assert (found.step, found.split, found.names) == (session.step_count, split, tuple(session.splits))
    assert len(found.counts) == classes
    for label, row in enumerate(found.counts):
        assert row == (*(pairs[label, answer] for answer in range(classes)), pairs[label, NO_CLASS])
    assert told(found)[1] == list(map(repr, mistakes))


@repeatable(60)
@given(trainings())
def test_counts_and_mistakes_are_those_of_a_plain_loop(training: Training) -> None:
    session = training.session()
    for _ in range(3):
        for split in (ALL, *session.splits):
            assert_same(session, split)
        session.step()


@pytest.mark.parametrize("config", [SGD, HINGE, Config((3,), optimizer="sgd", lr=1e6)], ids=["sgd", "hinge", "wild"])
def test_every_backend_finds_the_same(config: Config) -> None:
    session = session_of(config)
    session.advance(20)
    assert_same(session, ALL)
    for backend in ("value", "c"):
        other = Session(config, session.splits, 2, Rng(42), backend=backend)
        other.advance(20)
        assert told(Reader(other).outcomes(ALL)) == told(Reader(session).outcomes(ALL))


def test_outputs_that_are_not_numbers_are_a_column_of_their_own_and_the_most_wrong() -> None:
    session = session_of(Config((3,), optimizer="sgd", lr=1e300))
    session.advance(10)
    found = Reader(session).outcomes(ALL)
    assert [row[-1] for row in found.counts] == [3, 4]
    assert found.wrong == 7
    assert found.mistake(0).predicted == NO_CLASS


def test_the_shares_agree_with_the_accuracies() -> None:
    session = session_of(SGD)
    session.advance(5)
    for split, metrics in session.metrics().splits.items():
        assert 1.0 - Reader(session).outcomes(split).wrong / metrics.examples == metrics.accuracy


def test_edited_examples_are_judged_as_they_are_now_and_an_emptied_split_is_empty() -> None:
    session = session_of(SGD)
    session.edit([Located("test", session.splits["test"][0])], [], "delete")
    found = Reader(session).outcomes("test")
    assert sum(map(sum, found.counts)) == found.wrong == 0
    assert "test" not in found.names
    x, y, label = session.splits["train"][0]
    session.edit([Located("train", (x, y, label))], [Located("train", (x, y, 1 - label))], "relabel")
    assert_same(session, ALL)
