"""The jump list: where a person was before going somewhere by name."""

from collections import deque

MOST_JUMPS = 200


class Jumps:
    """Names of nodes, so that they hold in the graph of another class too; the oldest are forgotten."""

    def __init__(self) -> None:
        self._left: deque[str] = deque(maxlen=MOST_JUMPS)

    def leave(self, name: str) -> None:
        """Remember this place."""
        if not self._left or self._left[-1] != name:
            self._left.append(name)

    def back(self, here: str) -> str | None:
        """The place that was left last and is not this one; None where there is none."""
        while self._left:
            if (name := self._left.pop()) != here:
                return name
        return None
