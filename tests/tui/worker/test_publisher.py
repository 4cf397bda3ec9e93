"""What of a moment is sent: the parts that were asked for and that the app does not have, whatever fails on the way."""

from dataclasses import fields, replace

import pytest

from engine.views.queries import Grid, LayerQuery, UnitQuery
from tests.tui.support import DEFAULT, session_of
from tui.worker.messages import Draw, Snapshot
from tui.worker.publisher import Publisher

GRID = Grid(6, 4, -2.0, 2.0, -2.0, 2.0)
WANTED = Draw(probe=True, grid=GRID, curve_columns=0)


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
    assert there.decision_map
    assert there.graph
    assert there.timeline
    assert desk.draw().decision_map is None, "it was sent"


def fail(*_: object) -> None:
    raise MemoryError("no room")


@pytest.mark.parametrize(
    ("made_by", "part", "wanted"),
    [
        ("Reader.decision_map", "map", WANTED),
        ("Reader.curves", "curves", replace(WANTED, curve_columns=9)),
        ("Reader.answer", "answer", replace(WANTED, point=(0.0, 0.0))),
        ("Reader.unit_map", "unit", replace(WANTED, unit=UnitQuery(1, 0, GRID))),
        ("Reader.layer_view", "layer", replace(WANTED, layer=LayerQuery(6, 4, 9))),
        ("Reader.batch_update", "update", replace(WANTED, batch_update=True)),
        ("Reader.layer_states", "layers", replace(WANTED, layers=True)),
        ("Reader.check", "check", replace(WANTED, check=(0, 0))),
        ("Trails.of", "trail", replace(WANTED, trail=(0, 9))),
        ("Reader.outcomes", "outcomes", replace(WANTED, outcomes="val")),
    ],
)
def test_a_part_that_fails_is_said_once_and_the_others_are_sent(
    monkeypatch: pytest.MonkeyPatch, made_by: str, part: str, wanted: Draw
) -> None:
    desk = Desk()
    with monkeypatch.context() as broken:
        broken.setattr(f"tui.worker.publisher.{made_by}", fail)
        without = desk.draw(wanted)
        desk.draw(wanted)
        assert desk.said == [f"the {part} is not shown: MemoryError: no room"]
    assert without.probe
    field = {"map": "decision_map", "unit": "unit_map", "layer": "layer_view", "update": "batch_update"}.get(part, part)
    assert getattr(without, field) is None
    whole = Desk().draw(wanted)
    for other in {each.name for each in fields(Snapshot)} - {field, "timeline"}:
        assert getattr(without, other) == getattr(whole, other), other
    assert getattr(desk.draw(wanted), field) is not None, "it is made again"


def test_a_weight_that_the_network_lacks_has_no_trail() -> None:
    desk = Desk()
    assert desk.draw(replace(WANTED, trail=(99, 10))).trail is None
    assert desk.said == ["the trail is not shown: IndexError: array index out of range"]
