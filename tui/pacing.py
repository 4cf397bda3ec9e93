"""When to draw: the frame rate, and the fence that keeps a slow link from falling behind.

A terminal that can't take frames as fast as they are written queues them, and the answer to a
key waits behind them all. So after each frame of animation the terminal is asked for its cursor
position; its report says that the frame has arrived, and none is drawn before. A link that took
long then rests as long again, which leaves room for keys.
"""

FENCE_TIMEOUT = 1.5
"""Seconds without a report after which the terminal is taken for one that never reports."""
MUTE_FRAMES_PER_SECOND = 4.0
TICK = 1 / 96
"""Seconds between two looks at whether to draw."""
SLOW_DRAIN = 0.25
"""Seconds that a frame may take to arrive before the link is called slow."""


class Pacer:
    """Decides, from times that it is told (seconds, monotonic), whether a frame may be drawn."""

    def __init__(self, frames_per_second: float, *, fenced: bool) -> None:
        self.interval = 1.0 / frames_per_second
        self._fenced = fenced
        self._began_at = -1e9
        self._asked_at: float | None = None
        self._rest_until = -1e9
        self._mute = False
        self.drain = 0.0

    @property
    def slow_link(self) -> bool:
        """Whether frames take long to arrive, or nothing tells whether they do."""
        return self.drain > SLOW_DRAIN

    def may_draw(self, now: float) -> bool:
        """Whether the next frame of animation may be drawn now."""
        if self._asked_at is not None:
            if now - self._asked_at < FENCE_TIMEOUT:
                return False
            self._asked_at, self._mute = None, self.drain == 0.0
        interval = max(self.interval, 1.0 / MUTE_FRAMES_PER_SECOND) if self._mute else self.interval
        return now >= self._rest_until and now - self._began_at >= interval - TICK / 2

    def began(self, now: float) -> None:
        """Note that a frame is being made."""
        self._began_at = now

    def drew(self, now: float) -> bool:
        """Note that the frame is drawn; True if the terminal should now be asked to report."""
        if not self._fenced or self._mute:
            return False
        self._asked_at = now
        return True

    def reported(self, now: float) -> None:
        """Note the terminal's report."""
        self._mute = False
        if self._asked_at is not None:
            self.drain = now - self._asked_at
            self._asked_at = None
            if self.drain > self.interval:
                self._rest_until = now + self.drain
