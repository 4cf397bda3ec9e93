"""Which parts of a snapshot are worth drawing at a moment: what changes slowly is drawn less often."""

CURVE_INTERVAL = 0.3
"""Seconds between two drawings of the loss curves while playing."""
SLOW_INTERVAL = 1.5
"""The same over a slow link, and for the decision map there."""


class Schedule:
    """Remembers when the costly parts were drawn. Times are seconds on a monotonic clock."""

    def __init__(self) -> None:
        self._all = True
        self._map_at = self._curve_at = -1e9

    def everything(self) -> None:
        """Let the next snapshot have all its parts."""
        self._all = True

    def due(self, now: float, *, playing: bool, slow_link: bool) -> tuple[bool, bool]:
        """Whether the decision map and the curves are due now; those that are count as drawn."""
        everything = self._all or not playing
        self._all = False
        map_due = everything or not slow_link or now - self._map_at >= SLOW_INTERVAL
        curve_due = everything or now - self._curve_at >= (SLOW_INTERVAL if slow_link else CURVE_INTERVAL)
        self._map_at = now if map_due else self._map_at
        self._curve_at = now if curve_due else self._curve_at
        return map_due, curve_due
