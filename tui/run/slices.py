"""How many training steps fit into a slice of time.

A step takes ten microseconds or half a second, by the network and by who computes it; the number of steps asked for at
once follows what the last ones took.
"""

MOST = 1 << 16
"""Steps at once, however fast they are: their losses are held in memory."""


class Slices:
    """`steps` is how many to take next, so that they take about `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.steps = 1

    def took(self, steps: int, seconds: float) -> None:
        """The last steps took so long."""
        if seconds > self._seconds:
            self.steps = max(1, int(steps * self._seconds / seconds))
        elif steps >= self.steps and seconds < 0.5 * self._seconds:
            self.steps = min(MOST, 2 * self.steps)
