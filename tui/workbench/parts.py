"""What of a snapshot the panels want now, and what of it each of them is given.

It knows the panels with their data, and neither keys nor where on the screen a panel stands.
"""

import time

from data.dataset import Dataset
from engine.examples import Data
from engine.optim import OPTIMIZERS
from tui.panels.boundary.editing import with_splits
from tui.panels.network import Shown, penalty_mark
from tui.panels.next_update import Coming
from tui.workbench.files import PointFiles
from tui.workbench.micro_stepping import Microscope
from tui.workbench.panels import Panels
from tui.workbench.schedule import Schedule
from tui.workbench.status import batch_of, present_of
from tui.worker.messages import Draw, Snapshot
from tui.worker.remote import Trainer


class Dealer:
    """Deals snapshots out, and keeps the dataset that is shown, with the edits that the worker has yet to hear of.

    `look_at` is the name of a node to be selected with the next snapshot, or empty. `details_only`: the decision map
    and the curves are to stay those on the screen.
    """

    def __init__(
        self, trainer: Trainer, microscope: Microscope, files: PointFiles, dataset: Dataset, panels: Panels
    ) -> None:
        self._trainer = trainer
        self._microscope = microscope
        self._files = files
        self._panels = panels
        self.dataset = dataset
        self._known_splits: Data | None = None
        self.schedule = Schedule()
        self.details_only = False
        self.look_at = ""

    def let_go(self) -> None:
        """Another run is on its way: no node of the present network can be asked for any more."""
        self.look_at = ""
        self._panels.graph.let_go()
        self._panels.inspector.let_go()

    def use(self, dataset: Dataset) -> None:
        """Show other data."""
        self.dataset, self._known_splits = dataset, None
        self._panels.boundary.use(dataset, self._trainer.spec.config)
        self._panels.parameters.use(dataset.class_names)

    def edited(self, dataset: Dataset) -> None:
        """A person changed the points, and the boundary shows these already."""
        self.dataset, self._known_splits = dataset, None
        self._files.edited()

    def wanted(self, *, slow_link: bool) -> Draw:
        """The parts of a snapshot that would be drawn now."""
        _, graph, inspector, boundary, loss, parameters, *_ = self._panels
        map_due = curve_due = False
        if not self.details_only:
            now = time.monotonic()
            map_due, curve_due = self.schedule.due(now, playing=self._trainer.playing, slow_link=slow_link)
        return Draw(
            probe=graph.display or inspector.display or self._microscope.on,
            grid=boundary.map_query() if map_due else None,
            curve_columns=loss.columns() if curve_due else 0,
            point=boundary.point_query(),
            unit=boundary.unit_query() if map_due else None,
            layer=boundary.layer_query() if map_due else None,
            check=inspector.check(),
            batch_update=self._microscope.on or inspector.shows_training() or parameters.shows_training(),
            trail=inspector.trail(),
            layers=parameters.shows_layers(),
            outcomes=parameters.outcomes_query(),
        )

    def deal(self, snapshot: Snapshot) -> None:
        """Give every panel its part."""
        self._follow_points()
        config = self._trainer.config
        coming = None
        if update := snapshot.batch_update:
            slots = OPTIMIZERS[config.optimizer].slots
            coming = Coming.of(update, snapshot.checkpoint.parameters, slots, snapshot.trail)
        self._deal_probe(snapshot, coming)
        self._panels.boundary.show(snapshot)
        if snapshot.curves:
            self._panels.loss.show(
                snapshot.curves,
                snapshot.metrics.step,
                snapshot.metrics.end,
                penalties=penalty_mark(config),
                batches=batch_of(self._trainer, self.dataset) is not None,
                branch=self._branch_text(),
            )
        self._panels.parameters.show(
            snapshot.checkpoint.parameters,
            Shown.of(config, len(self.dataset.class_names)),
            coming=coming,
            layers=snapshot.layers,
            outcomes=snapshot.outcomes,
            probe=snapshot.choice,
        )

    def deal_settings(self) -> None:
        """Let the settings be those of now."""
        if present := present_of(self._trainer, self.dataset):
            self._panels.settings.show(present)

    def _deal_probe(self, snapshot: Snapshot, coming: Coming | None) -> None:
        graph, inspector = self._panels.graph, self._panels.inspector
        if snapshot.probe is None:
            return
        graph.show(snapshot.graph, snapshot.probe)
        if self.look_at:
            graph.go_to_name(self.look_at)
            self.look_at = ""
        if snapshot.graph and graph.outline and graph.node is not None:
            inspector.inspect(graph.outline.folding, graph.node)  # before its numbers
        inspector.show(snapshot.probe, snapshot.check, coming)

    def _follow_points(self) -> None:
        """Show the examples that the worker has, unless it has not heard of an edit yet."""
        splits = self._trainer.splits
        if splits is None or splits is self._known_splits or not self._trainer.settled:
            return
        self._known_splits = splits
        dataset = with_splits(self.dataset, splits)
        if dataset != self.dataset:
            self.dataset = dataset
            self._panels.boundary.take(dataset)

    def _branch_text(self) -> str:
        """Which of several branches this is, or nothing."""
        timeline = self._trainer.timeline
        several = timeline and len(timeline.branches) > 1
        return f"branch {timeline.current}" if timeline and several else ""
