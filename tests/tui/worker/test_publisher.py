"""What of a moment is sent: the parts that were asked for and that the app does not have, whatever fails on the way."""

from typing import Any

import pytest

from engine.views import queries
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
    Query,
    TrailQuery,
    UnitQuery,
    UpdateQuery,
)
from engine.views.reader import VIEWS
from tests.tui.support import DEFAULT, session_of
from tui.worker.messages import Draw, Snapshot
from tui.worker.publisher import Publisher

GRID = Grid(6, 4, -2.0, 2.0, -2.0, 2.0)
WANTED = Draw((ProbeQuery(), GraphQuery(), MapQuery(GRID)))


class Desk:
    """A session that is published."""

    def __init__(self) -> None:
        self.session = session_of(DEFAULT, 3)
        self.said: list[str] = []
        self.publisher = Publisher(self.session, self.said.append)

    def draw(self, wanted: Draw = WANTED) -> Snapshot:
        """One snapshot."""
        return self.publisher.snapshot(wanted, 1, playing=False, steps_left=0, rate=0.0)


def test_what_failed_to_be_sent_is_sent_with_the_next_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    with monkeypatch.context() as broken:
        broken.setattr("engine.run.history.History.timeline", fail)
        with pytest.raises(MemoryError):
            desk.draw()
    there = desk.draw()
    assert there.part(MapQuery)
    assert there.part(GraphQuery)
    assert there.timeline
    assert desk.draw().part(MapQuery) is None, "it was sent"


def fail(*_: object) -> None:
    raise MemoryError("no room")


@pytest.mark.parametrize(
    ("made_by", "part", "query"),
    [
        ("Reader.decision_map", "map", MapQuery(GRID)),
        ("Reader.curves", "curves", CurvesQuery(9)),
        ("Reader.answer", "answer", PointQuery((0.0, 0.0))),
        ("Reader.unit_map", "unit", UnitQuery(1, 0, GRID)),
        ("Reader.layer_view", "layer", LayerQuery(6, 4, 9)),
        ("batch_update", "update", UpdateQuery()),
        ("Reader.layer_states", "layers", LayersQuery()),
        ("Reader.check", "check", CheckQuery(0, 0)),
        ("Trails.of", "trail", TrailQuery(0, 9)),
        ("Reader.outcomes", "outcomes", OutcomesQuery("val")),
    ],
)
def test_a_part_that_fails_is_said_once_and_the_others_are_sent(
    monkeypatch: pytest.MonkeyPatch, made_by: str, part: str, query: Query[Any]
) -> None:
    desk = Desk()
    wanted = Draw(tuple(dict.fromkeys((*WANTED.queries, query))))
    with monkeypatch.context() as broken:
        broken.setattr(f"engine.views.reader.{made_by}", fail)
        without = desk.draw(wanted)
        desk.draw(wanted)
        assert desk.said == [f"the {part} is not shown: MemoryError: no room"]
    assert without.part(ProbeQuery)
    whole = Desk().draw(wanted)
    assert {**without.parts, type(query): whole.parts[type(query)]} == whole.parts
    assert without.replaced(parts={}, timeline=None) == whole.replaced(parts={}, timeline=None)
    assert type(query) not in without.parts
    assert type(query) in desk.draw(wanted).parts, "it is made again"


def test_every_query_has_an_answer_and_a_name_of_its_own() -> None:
    kinds = {kind for kind in vars(queries).values() if isinstance(kind, type) and issubclass(kind, Query)} - {Query}
    assert VIEWS.keys() == kinds
    assert len({view.name for view in VIEWS.values()}) == len(kinds)


def test_what_two_answers_need_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    computed: list[int] = []
    gradients = desk.session.gradients
    monkeypatch.setattr(desk.session, "gradients", lambda: computed.append(1) or gradients())  # type: ignore[func-returns-value]
    assert desk.draw(Draw((LayersQuery(), UpdateQuery()))).parts.keys() == {LayersQuery, UpdateQuery}
    assert computed == [1]


def test_a_weight_that_the_network_lacks_has_no_trail() -> None:
    desk = Desk()
    assert desk.draw(Draw((TrailQuery(99, 10),))).part(TrailQuery) is None
    assert desk.said == ["the trail is not shown: IndexError: array index out of range"]
