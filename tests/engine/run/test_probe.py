"""The probe: any example, in the order of the data or of the losses, or any point of any class."""

import math

import pytest

from engine.classify import probabilities
from engine.examples import FREE
from engine.run.probe import Choice, Chooser
from engine.run.session import Session
from engine.views.reader import Reader
from tests.tui.support import DEFAULT, HINGE, session_of

SPLITS = {"train": [(0.0, 1.0, 0), (2.0, 3.0, 1)], "test": [(4.0, 5.0, 1)]}


def chooser() -> Chooser:
    return Chooser(SPLITS, 3)


def losses_of(session: Session) -> list[float]:
    return [
        session.program.losses(session.parameters, [example])[0][0]
        for examples in session.splits.values()
        for example in examples
    ]


def test_moving_goes_through_all_splits_and_around() -> None:
    chosen = chooser()
    seen = []
    for _ in range(4):
        seen.append((chosen.now.split, chosen.now.index))
        chosen.move(1)
    assert seen == [("train", 0), ("train", 1), ("test", 0), ("train", 0)]
    chosen.move(-2)
    assert chosen.now == Choice("test", 0, (4.0, 5.0), 1)


def test_by_loss_the_largest_comes_first_and_what_is_not_a_number_before_it() -> None:
    chosen = chooser()
    order = []
    for _ in range(4):
        chosen.move_by_loss(1, [1.0, 3.0, math.nan])
        order.append((chosen.now.split, chosen.now.index, chosen.now.rank))
    assert order == [("test", 0, 1), ("train", 1, 2), ("train", 0, 3), ("test", 0, 1)]
    chosen.move_by_loss(-1, [1.0, 3.0, math.nan])
    assert chosen.now.rank == 3


def test_back_by_loss_from_anywhere_else_is_the_smallest() -> None:
    chosen = chooser()
    chosen.move_by_loss(-1, [1.0, 3.0, 2.0])
    assert (chosen.now.split, chosen.now.index, chosen.now.rank) == ("train", 0, 3)


def test_equal_losses_are_in_the_order_of_the_data() -> None:
    chosen = chooser()
    for expected in (("train", 0), ("train", 1), ("test", 0)):
        chosen.move_by_loss(1, [math.inf] * 3)
        assert (chosen.now.split, chosen.now.index) == expected


def test_a_free_point_has_the_probes_class_unless_another_is_given() -> None:
    chosen = chooser()
    chosen.select("test", 0)
    chosen.place((0.5, -0.5), None)
    assert chosen.now == Choice(FREE, 0, (0.5, -0.5), 1)
    chosen.place((0.5, -0.5), 2)
    assert chosen.now.label == 2


def test_another_class_makes_an_example_a_free_point_and_comes_around() -> None:
    chosen = chooser()
    chosen.select("train", 1)
    labels = []
    for _ in range(3):
        chosen.relabel(1)
        assert (chosen.now.split, chosen.now.point) == (FREE, (2.0, 3.0))
        labels.append(chosen.now.label)
    assert labels == [2, 0, 1]
    assert SPLITS["train"][1] == (2.0, 3.0, 1)


def test_from_a_free_point_the_next_example_is_the_one_after_the_last() -> None:
    chosen = chooser()
    chosen.select("train", 1)
    chosen.place((9.0, 9.0), 0)
    chosen.move(1)
    assert (chosen.now.split, chosen.now.index) == ("test", 0)


def test_edited_data_keep_the_place_and_a_free_point() -> None:
    chosen = chooser()
    chosen.select("train", 1)
    chosen.use({"train": [(0.0, 1.0, 0), (7.0, 3.0, 2)], "test": [(4.0, 5.0, 1)]})
    assert chosen.now == Choice("train", 1, (7.0, 3.0), 2)
    chosen.use({"train": [(0.0, 1.0, 0)]})
    assert chosen.now == Choice("train", 0, (0.0, 1.0), 0)
    chosen.place((0.5, 0.5), 2)
    chosen.use(SPLITS)
    assert chosen.now == Choice(FREE, 0, (0.5, 0.5), 2)
    chosen.move(1)
    assert (chosen.now.split, chosen.now.index) == ("train", 1)


def test_data_edited_elsewhere_leave_the_rank() -> None:
    chosen = chooser()
    chosen.move_by_loss(1, [3.0, 2.0, 1.0])
    chosen.use({**SPLITS, "test": [(4.0, 6.0, 1)]})
    assert chosen.now.rank == 1


@pytest.mark.parametrize("point", [(math.nan, 0.0), (0.0, math.inf)])
def test_a_place_that_is_none_is_refused(point: tuple[float, float]) -> None:
    chosen = chooser()
    with pytest.raises(ValueError, match="finite coordinates"):
        chosen.place(point, 0)
    with pytest.raises(ValueError, match="no class 3"):
        chosen.place((0.0, 0.0), 3)
    assert chosen.now.split == "train"


def test_the_session_ranks_by_the_losses_at_its_present_parameters() -> None:
    session = session_of(DEFAULT, 5)
    for rank in (1, 2, 3):
        session.move_probe_by_loss(1)
        losses = losses_of(session)
        assert Reader(session).probe().numbers()[0][-1] == sorted(losses)[-rank]
        assert Reader(session).probe().rank == rank
    session.step()
    assert Reader(session).probe().rank == 0, "the order was of other weights"
    session.move_probe_by_loss(1)
    assert Reader(session).probe().numbers()[0][-1] == sorted(losses_of(session))[-4]


def test_a_free_probe_has_the_graph_of_an_example_at_its_place_and_changes_nothing_of_training() -> None:
    session, other = session_of(DEFAULT), session_of(DEFAULT)
    x, y, label = session.splits["val"][2]
    session.chooser.select("val", 2)
    example = Reader(session).probe()
    session.chooser.place((x, y), label)
    free = Reader(session).probe()
    assert (free.data, free.grad, free.label) == (example.data, example.grad, label)
    assert free == example.replaced(split=FREE, index=0)
    for _ in range(3):
        assert session.step() == other.step()
    assert session.metrics() == other.metrics()
    assert session.parameters == other.parameters


def test_the_answer_at_a_point_is_the_networks_and_its_softmax() -> None:
    session = session_of(DEFAULT, 5)
    answer = Reader(session).answer((0.3, -0.4))
    assert answer.outputs == session.program.outputs(session.parameters, [(0.3, -0.4)])[0]
    graph = session.graph(1)
    session.chooser.place((0.3, -0.4), 1)
    data, _ = Reader(session).probe().numbers()
    names = [node.name for node in graph.nodes]
    assert answer.probabilities[1] == pytest.approx(data[names.index("p[1]")], rel=1e-12)
    assert sum(answer.probabilities) == pytest.approx(1.0)
    single = Reader(session_of(HINGE, 2)).answer((0.0, 0.0))
    assert (len(single.outputs), single.probabilities) == (1, ())


def test_the_softmax_is_total() -> None:
    assert probabilities((1e308, -1e308)) == (1.0, 0.0)
    assert probabilities((math.inf, 0.0)) == (1.0, 0.0)
    assert all(map(math.isnan, probabilities((math.nan, 0.0))))
    assert all(map(math.isnan, probabilities((0.0, math.nan))))
