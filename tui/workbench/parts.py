"""What of a snapshot the panels want now, and what of it each of them is given.

It knows the panels with their data, and neither keys nor where on the screen a panel stands.
"""

import time

from data.dataset import Dataset
from engine.examples import Data
from engine.views.queries import GraphQuery, ProbeQuery
from tui.panels.boundary.editing import with_splits
from tui.panels.state import RunState
from tui.workbench.files import PointFiles
from tui.workbench.micro_stepping import MicroStepping
from tui.workbench.panels import Panels
from tui.workbench.schedule import INTERVALS, Schedule
from tui.workbench.status import batch_of, present_of
from tui.worker.messages import Draw, Snapshot
from tui.worker.remote import Trainer


class Parts:
    """Asks for parts of snapshots and hands them out; keeps the dataset shown, with edits still on their way.

    `look_at` is the name of a node to be selected with the next snapshot, or empty. `details_only`: the decision map
    and the curves are to stay those on the screen.
    """

    def __init__(
        self, trainer: Trainer, micro_stepping: MicroStepping, files: PointFiles, dataset: Dataset, panels: Panels
    ) -> None:
        self._trainer = trainer
        self._micro_stepping = micro_stepping
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
        """What the panels and micro-stepping would show now."""
        askers = (*self._panels, self._micro_stepping)
        queries = dict.fromkeys(query for asker in askers for query in asker.wanted())
        if self.details_only:
            return Draw(tuple(query for query in queries if type(query) not in INTERVALS))
        now, playing = time.monotonic(), self._trainer.playing
        return Draw(tuple(self.schedule.due(queries, now, playing=playing, slow_link=slow_link)))

    def hand_out(self, snapshot: Snapshot) -> None:
        """Give every panel its part."""
        self._follow_points()
        trainer, graph = self._trainer, self._panels.graph
        batches = batch_of(trainer, self.dataset) is not None
        state = RunState(snapshot, trainer.config, len(self.dataset.class_names), batches, self._branch_text())
        graph.take(state)
        if snapshot.part(ProbeQuery) and self.look_at:
            graph.go_to_name(self.look_at)
            self.look_at = ""
        if snapshot.part(GraphQuery) and graph.outline and graph.node is not None:
            self._panels.inspector.inspect(graph.outline.folding, graph.node)  # before its numbers
        for panel in self._panels:
            if panel is not graph:
                panel.take(state)

    def show_settings(self) -> None:
        """Let the settings be those of now."""
        if present := present_of(self._trainer, self.dataset):
            self._panels.settings.show(present)

    def _follow_points(self) -> None:
        """Show the examples that the worker has, unless it has not heard of an edit yet."""
        splits = self._trainer.splits
        if splits is None or splits is self._known_splits or not self._trainer.settled:
            return
        self._known_splits = splits
        dataset = with_splits(self.dataset, splits)
        if dataset != self.dataset:
            self.dataset = dataset
            self._panels.boundary.follow(dataset)

    def _branch_text(self) -> str:
        """Which of several branches this is, or nothing."""
        timeline = self._trainer.timeline
        several = timeline and len(timeline.branches) > 1
        return f"branch {timeline.current}" if timeline and several else ""
