"""When to draw: the frame rate, and the fence that keeps a slow link from falling behind.

A terminal that can't take output as fast as it is written queues it, and the answer to a key waits behind it all. So
the terminal is asked for its cursor position behind each frame; its report says that everything before has arrived. No
frame of animation is drawn before the last one has, and one that took long is followed by as long a rest, which leaves
room for keys. Answers to keys may overtake, as long as no more than ROOM bytes are on the way.
"""

from collections import deque

TICK = 1 / 96
"""Seconds between two looks at whether to draw."""
FENCE_TIMEOUT = 1.5
"""Seconds without a report after which a terminal that never gave one is taken not to report at all."""
LOST_TIMEOUT = 20.0
"""The same for a terminal that did report before."""
MUTE_FRAMES_PER_SECOND = 4.0
SLOW_DRAIN = 0.25
"""Seconds that a frame may take to arrive before the link is called slow."""
ROOM = 12_000
"""Bytes that may be on the way when a key is answered: 0.4 s at 30 KB/s."""
FENCE_EVERY = 4096
"""Bytes after which the terminal is asked, frame or not."""


class Pacer:
    """Decides, from what it is told (seconds on a monotonic clock, bytes), whether to draw."""

    def __init__(self, frames_per_second: float) -> None:
        self.interval = 1.0 / frames_per_second
        self._began_at = -1e9
        self._rest_until = -1e9
        self._sent = 0
        self._arrived = 0
        self._fences: deque[tuple[float, int]] = deque()
        self._reports = False
        self._mute = False
        self.drain = 0.0

    @property
    def slow_link(self) -> bool:
        """Whether frames take long to arrive."""
        return self.drain > SLOW_DRAIN

    def may_animate(self, now: float) -> bool:
        """Whether the next frame of animation may be drawn now."""
        self._give_up(now)
        interval = max(self.interval, 1.0 / MUTE_FRAMES_PER_SECOND) if self._mute else self.interval
        return not self._fences and now >= self._rest_until and now - self._began_at >= interval - TICK / 2

    def has_room(self, now: float) -> bool:
        """Whether the answer to a key may be drawn now."""
        self._give_up(now)
        return self._sent - self._arrived <= ROOM

    def _give_up(self, now: float) -> None:
        """Stop waiting for a report that is not going to come."""
        patience = LOST_TIMEOUT if self._reports else FENCE_TIMEOUT
        if self._fences and now - self._fences[0][0] >= patience:
            self._mute = not self._reports
            self._fences.clear()
            self._arrived = self._sent

    def began(self, now: float) -> None:
        """Note that a frame of animation is being made."""
        self._began_at = now

    def wrote(self, count: int) -> bool:
        """Note so many bytes on their way; True if the terminal should now be asked to report."""
        self._sent += count
        if self._mute:
            self._arrived = self._sent
            return False
        return self._sent - (self._fences[-1][1] if self._fences else self._arrived) >= FENCE_EVERY

    def asked(self, now: float) -> bool:
        """Note the end of a frame; True if the terminal should be asked to report, which is then under way."""
        if self._mute or self._sent == (self._fences[-1][1] if self._fences else self._arrived):
            return False
        self._fences.append((now, self._sent))
        return True

    def reported(self, now: float) -> None:
        """Note a report: everything before the oldest question has arrived."""
        self._reports, self._mute = True, False
        if self._fences:
            asked_at, self._arrived = self._fences.popleft()
            self.drain = now - asked_at
            if self.drain > self.interval:
                self._rest_until = now + self.drain
