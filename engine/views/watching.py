"""The watchpoints of a run: which there are, and which has just turned true."""

from collections.abc import Sequence

from ..run.records import StepLosses
from ..run.session import Session
from .conditions import Watchpoint


class Watches:
    """Conditions with what they were last; a condition that was true all along does not turn true."""

    def __init__(self) -> None:
        self._held: dict[Watchpoint, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._held)

    def use(self, conditions: Sequence[Watchpoint], session: Session, *, begins: bool = False) -> str:
        """Watch these from now on. Where a run `begins` none was so before: the text of one that is, or none."""
        self._held = dict.fromkeys(conditions, False)
        turned = self.look(session)
        return turned if begins else ""

    def look(self, session: Session) -> str:
        """The text of a condition that has turned true since the last look, or none."""
        turned = ""
        for condition, held in self._held.items():
            self._held[condition] = holds = condition.holds(session)
            if holds and not held:
                turned = turned or condition.text + condition.remark(session)
        return turned

    def train(self, session: Session, most: int) -> StepLosses:
        """At most so many updates, up to the first step at which a condition turns true; then it is time to look.

        It is one update where the losses that training records don't tell every condition.
        """
        if not self._held:
            return session.advance(most)
        if not all(condition.is_recorded(session) for condition in self._held):
            return session.advance(1)
        looked_at = session.step_count
        return session.advance(most, lambda updates: self._scan(session, updates, session.step_count == looked_at))

    def _scan(self, session: Session, updates: StepLosses, looked: bool) -> int:
        """How many of these updates lead to the first step at which a condition turns true.

        `looked`: the conditions were tested at the first of these steps already, so that they don't turn true there.
        """
        # One flag for each step before an update, and in front of them that of the step before.
        rows = {}
        for condition, held in self._held.items():
            assert condition.series
            flags = bytes(condition.series(session, updates))
            rows[condition] = (flags[:1] if looked else bytes([held])) + flags
        turns = [place for row in rows.values() if (place := row.find(b"\0\1")) >= 0]
        wanted = min(turns, default=len(updates.train_losses))
        self._held = {condition: bool(row[wanted]) for condition, row in rows.items()}
        return wanted
