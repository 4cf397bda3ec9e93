"""Which queries are worth asking at a moment: what changes slowly or costs much is asked less often."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.views.queries import CurvesQuery, LayerQuery, MapQuery, Query, UnitQuery

SLOW_INTERVAL = 1.5
"""Seconds between two pictures over a slow link while playing."""
INTERVALS: Mapping[type[Query[Any]], float] = {MapQuery: 0.0, UnitQuery: 0.0, LayerQuery: 0.0, CurvesQuery: 0.3}
"""The queries that are answered with a picture, and the seconds between two of them over a fast link."""


class Schedule:
    """Remembers when the pictures were asked for. Times are seconds on a monotonic clock."""

    def __init__(self) -> None:
        self._all = True
        self._asked_at: dict[type[Query[Any]], float] = {}

    def everything(self) -> None:
        """Let the next snapshot have all its parts."""
        self._all = True

    def due(self, queries: Iterable[Query[Any]], now: float, *, playing: bool, slow_link: bool) -> list[Query[Any]]:
        """Those of the queries that are due now; they count as asked."""
        everything, self._all = self._all or not playing, False
        due = []
        for query in queries:
            kind = type(query)
            interval = max(INTERVALS.get(kind, 0.0), SLOW_INTERVAL if slow_link and kind in INTERVALS else 0.0)
            if everything or now - self._asked_at.get(kind, -1e9) >= interval:
                self._asked_at[kind] = now
                due.append(query)
        return due
