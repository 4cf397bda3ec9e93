"""What the panels are given with each snapshot: the numbers that came, and what is known of their run."""

from functools import cached_property

from engine.frozen import Frozen
from engine.optim import OPTIMIZERS
from engine.run.config import Config
from engine.views.queries import Answer, Query, TrailQuery, UpdateQuery
from tui.panels.network import Shown
from tui.panels.next_update import NextUpdate
from tui.worker.messages import Snapshot


class RunState(Frozen):
    """A snapshot of a run with `classes`; `config` is in force there, `branch` names one of several branches.

    `batches`: each step learns from some of the train examples only.
    """

    snapshot: Snapshot
    config: Config
    classes: int
    batches: bool
    branch: str

    def part(self, kind: type[Query[Answer]]) -> Answer | None:
        """The answer to a query of this type, if it came."""
        return self.snapshot.part(kind)

    @property
    def parameters(self) -> tuple[float, ...]:
        """Every weight and bias."""
        return self.snapshot.checkpoint.parameters

    @cached_property
    def network(self) -> Shown:
        """How the parts of the network are called."""
        return Shown.of(self.config, self.classes)

    @cached_property
    def next_update(self) -> NextUpdate | None:
        """The next update, if it came."""
        update = self.part(UpdateQuery)
        slots = OPTIMIZERS[self.config.optimizer].slots
        return NextUpdate.of(update, self.parameters, slots, self.part(TrailQuery)) if update else None
