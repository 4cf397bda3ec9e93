"""The watchpoints of a run: which there are, and which has just turned true."""

from collections.abc import Sequence

from engine.session import Session
from engine.watch import Watchpoint


class Watches:
    """Conditions with what they were last; a condition that was true all along does not turn true."""

    def __init__(self) -> None:
        self._held: dict[Watchpoint, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._held)

    def use(self, conditions: Sequence[Watchpoint], session: Session) -> None:
        """Watch these from now on."""
        self._held = dict.fromkeys(conditions, False)
        self.look(session)

    def look(self, session: Session) -> str:
        """The text of a condition that has turned true since the last look, or none."""
        turned = ""
        for condition, held in self._held.items():
            self._held[condition] = holds = condition.holds(session)
            if holds and not held:
                turned = turned or condition.text
        return turned
