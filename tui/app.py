"""The app: which panels there are, which key does what, and what goes where.

It routes and holds no mathematics: keys become intents for the trainer, snapshots go to the panels.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events, on
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.geometry import Region
from textual.notifications import Notify
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from data.dataset import Dataset
from engine.edits import Data
from engine.optim import OPTIMIZERS
from engine.snapshot import Graph
from engine.watch import watchpoint
from tui import partial
from tui.branches import BranchScreen
from tui.drawing.narration import Scene
from tui.drawing.status import Status, penalty_mark
from tui.drawing.training import Coming
from tui.editing import with_splits
from tui.ending import Ending
from tui.files import PointFiles
from tui.help import HelpScreen
from tui.keys import KEYS, bindings, key_of
from tui.layout import FULL_HEIGHT, FULL_WIDTH, PANELS, arrange
from tui.link import TerminalLink
from tui.messages import Draw, Edit, Opened, Snapshot
from tui.microscope import Microscope
from tui.pacing import FENCE_TIMEOUT, TICK, Pacer
from tui.palette import Palette
from tui.panels.bars import FooterBar, HeaderBar
from tui.panels.boundary import BoundaryPanel
from tui.panels.graph import GraphPanel
from tui.panels.inspector import InspectorPanel
from tui.panels.loss import LossPanel
from tui.panels.panel import Panel
from tui.panels.parameters import ParametersPanel
from tui.panels.prompt import Prompt, Question
from tui.panels.settings import Present, SettingsPanel
from tui.questions import confirm, find_node, go_to_step, learning_rate, parameter_value
from tui.resizing import read_in_loop
from tui.run import RunData, RunSpec
from tui.schedule import Schedule
from tui.settings import lost
from tui.shown import Shown
from tui.themes import THEMES, color_depth, theme_names
from tui.trainer import LATE, Trainer
from tui.watchpoints import WatchScreen


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """How the app shows itself: frames a second while playing, and plain ASCII or not."""

    fps: int = 12
    ascii_only: bool = False


class ChainruleApp(App[None]):
    """Watch a network learn."""

    TITLE = "chainrule"
    CSS_PATH = "styles.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, trainer: Trainer, dataset: Dataset, options: ScreenOptions) -> None:
        depth = color_depth()
        partial.install()
        super().__init__(ansi_color=True if depth in ("16", "none") else None)
        for theme in THEMES:
            self.register_theme(theme)
        self.trainer = trainer
        self.dataset = dataset
        self._themes = theme_names(depth)
        self.theme = self._themes[0]
        self.palette = Palette(depth, dark=True, ascii_only=options.ascii_only)
        self.set_class(options.ascii_only, "-ascii")
        self._link = TerminalLink(Pacer(options.fps), self._room_again)
        self.ending = Ending()
        self.microscope = Microscope(trainer)
        self.files = PointFiles(self, trainer)
        self._known_splits: Data | None = None
        self._zoomed = False
        self._look_at = ""
        self._focused_panel = "graph"
        self._schedule = Schedule()
        self._details_only = False
        self._was_playing = False
        self._frames: Timer | None = None
        self._retry: Timer | None = None
        self._regions: dict[str, Region] = {}
        self.header = HeaderBar(self.palette, self._status())
        self.graph = GraphPanel(self.palette)
        self.inspector = InspectorPanel(self.palette)
        self.boundary = BoundaryPanel(self.palette)
        self.loss = LossPanel(self.palette)
        self.parameters = ParametersPanel(self.palette)
        self.settings = SettingsPanel(self.palette, key_of("settings"))
        self._shows_settings = False
        self.footer = FooterBar(self.palette)
        self.prompt = Prompt(self.palette)
        data = (self.graph, self.inspector, self.boundary, self.loss, self.parameters)
        shown = (self.header, *data, self.settings, self.footer)
        self._panels: dict[str, Panel] = {panel.id or "": panel for panel in shown}

    def compose(self) -> ComposeResult:
        yield from self._panels.values()
        yield self.prompt

    def on_mount(self) -> None:
        self._use_dataset(self.dataset)
        self.boundary.on_edit = self._edited
        self.theme_changed_signal.subscribe(self, lambda _: self._use_theme())
        self._frames = self.set_interval(TICK, self._tick, pause=True)
        self.trainer.attach(self)
        if self._driver is not None and not self.is_headless:
            self._link.attach(self._driver)
            loop = asyncio.get_running_loop()
            self.ending.on_signals(lambda: loop.call_soon_threadsafe(self.exit))
        for panel in self._panels.values():
            panel.may_draw = self.room
        self.graph.focus()
        self._arrange()
        self._show_state()

    def on_unmount(self) -> None:
        self.trainer.close()

    # What comes from the worker.

    def wanted(self) -> Draw:
        """The parts of a snapshot that would be drawn now."""
        slow_link = self._link.pacer.slow_link
        map_due = curve_due = False
        if not self._details_only:
            map_due, curve_due = self._schedule.due(time.monotonic(), playing=self.trainer.playing, slow_link=slow_link)
        return Draw(
            probe=self.graph.display or self.inspector.display or self.microscope.on,
            grid=self.boundary.map_query() if map_due else None,
            curve_columns=self.loss.columns() if curve_due else 0,
            point=self.boundary.point_query(),
            unit=self.boundary.unit_query() if map_due else None,
            layer=self.boundary.layer_query() if map_due else None,
            check=self.inspector.check(),
            batch_update=self.microscope.on or self.inspector.shows_training() or self.parameters.shows_training(),
            trail=self.inspector.trail(),
            layers=self.parameters.shows_layers(),
            outcomes=self.parameters.outcomes_query(),
        )

    @on(InspectorPanel.Wanting)
    @on(ParametersPanel.Wanting)
    def _ask_for_details(self) -> None:
        """Ask for what a panel shows from now on; map and curves, if nothing moves, are those on the screen."""
        self._details_only = not self.trainer.waiting and not self.trainer.playing
        self.trainer.ask()
        self._details_only = False

    def opened(self, opened: Opened) -> None:
        """A run is ready: show its data."""
        self.action_micro_end()
        self._use_dataset(opened.data.dataset)
        self._schedule.everything()

    def snapshot(self, snapshot: Snapshot) -> None:
        """Give every panel its part."""
        self._follow_points()
        probe, config = snapshot.probe, self.trainer.config
        coming = None
        if update := snapshot.batch_update:
            slots = OPTIMIZERS[config.optimizer].slots
            coming = Coming.of(update, snapshot.checkpoint.parameters, slots, snapshot.trail)
        if probe:
            self.graph.show(snapshot.graph, probe)
            if self._look_at:
                self.graph.go_to_name(self._look_at)
                self._look_at = ""
            if snapshot.graph and self.graph.outline and self.graph.node is not None:
                self.inspector.inspect(self.graph.outline.folding, self.graph.node)  # before its numbers
            self.inspector.show(probe, snapshot.check, coming)
        if self.microscope.on and self.graph.outline:
            self._follow(went=self.microscope.take(snapshot, self.graph.outline.folding.graph))
        self.boundary.show(snapshot)
        if snapshot.curves:
            self.loss.show(
                snapshot.curves,
                snapshot.metrics.step,
                snapshot.metrics.end,
                penalties=penalty_mark(config),
                batches=self._batch() is not None,
                branch=self._branch_text(),
            )
        shown = Shown.of(config, len(self.dataset.class_names))
        self.parameters.show(
            snapshot.checkpoint.parameters,
            shown,
            coming=coming,
            layers=snapshot.layers,
            outcomes=snapshot.outcomes,
            probe=snapshot.choice,
        )
        self._show_settings()
        if snapshot.trail and not snapshot.trail.complete and not self.trainer.playing:
            self._ask_for_details()
        self._show_state()
        if self._was_playing and not self.trainer.playing:
            self._ask_for_everything()
        self._was_playing = self.trainer.playing
        self.call_after_refresh(self._link.fence)

    def look_at(self, node: str) -> None:
        """The node of this name is to be selected with the next snapshot."""
        self._look_at = node

    def computed_by(self) -> None:
        """Say in the header who computes."""
        self._show_state()

    def notice(self, text: str, *, serious: bool) -> None:
        """Show a line for a while."""
        if serious:
            self.action_micro_end()  # what was asked for may never come
            self.settings.refused()
        self.tell(text, wrong=serious)
        self._show_state()

    def tell(self, text: str, *, wrong: bool) -> None:
        """Show a line for a while, whatever else goes on."""
        self.notify(text, severity="error" if wrong else "information", timeout=8, markup=False)

    def on_notify(self, _: Notify) -> None:
        """Make room: the newest notice is the one that is true."""
        self.clear_notifications()
        for screen in self.screen_stack:
            screen.query("ToastHolder").remove()  # Textual leaves an empty one behind

    def _use_dataset(self, dataset: Dataset) -> None:
        self.dataset, self._known_splits = dataset, None
        self.boundary.use(dataset, self.trainer.spec.config)
        self.parameters.use(dataset.class_names)

    def _follow_points(self) -> None:
        """Show the examples that the worker has, unless it has not heard of an edit yet."""
        splits = self.trainer.splits
        if splits is None or splits is self._known_splits or not self.trainer.settled:
            return
        self._known_splits = splits
        dataset = with_splits(self.dataset, splits)
        if dataset != self.dataset:
            self.dataset = dataset
            self.boundary.take(dataset)

    def _edited(self, edit: Edit) -> None:
        """A person changed the points, and the boundary shows it already."""
        if self.boundary.points:
            self.dataset, self._known_splits = self.boundary.points.dataset, None
        self.files.edited()
        self.trainer.edit(edit)

    def _branch_text(self) -> str:
        """Which of several branches this is, or nothing."""
        timeline = self.trainer.timeline
        several = timeline and len(timeline.branches) > 1
        return f"branch {timeline.current}" if timeline and several else ""

    # When to draw.

    def _tick(self) -> None:
        """Ask for the next frame of animation if it is time."""
        if not self.trainer.waiting and self._link.animation_due():
            self.trainer.ask()

    def room(self) -> bool:
        """Whether something may be drawn now; if not, it will be tried again."""
        room = self._link.room()
        if not room and self._retry is None:
            self._retry = self.set_timer(FENCE_TIMEOUT, self._room_again)
        return room

    def _room_again(self) -> None:
        """Draw what was held back while the terminal was behind."""
        if self._retry is not None:
            self._retry.stop()
            self._retry = None
        for panel in self._panels.values():
            panel.catch_up()
        self.trainer.ask_if_due()

    def on_cursor_position(self, _: events.CursorPosition) -> None:
        self._link.reported()

    def _show_state(self) -> None:
        """Header, footer, and whether there is an animation at all."""
        if self._frames is not None:
            (self._frames.resume if self.trainer.playing else self._frames.pause)()
        self.header.show(self._status())
        self.footer.show(playing=self.trainer.playing, hint=self._hint())

    def _batch(self) -> int | None:
        """How many examples a step learns from; None for all of them."""
        return self.trainer.config.batch_of(len(self.dataset.splits["train"]))

    def _status(self) -> Status:
        trainer = self.trainer
        last = trainer.last
        return Status(
            spec=trainer.present,
            data_name=self.dataset.name,
            classes=len(self.dataset.class_names),
            playing=trainer.playing,
            busy=trainer.busy,
            speed=trainer.speed,
            rate=last.rate if last else 0.0,
            metrics=last.metrics if last else None,
            backend=trainer.backend,
            batch=self._batch(),
            slow_link=self._link.pacer.slow_link,
            warning="" if trainer.alive else "no worker",
            micro=self.microscope.status,
        )

    def _hint(self) -> str:
        width, height = self.size
        if width < FULL_WIDTH or height < FULL_HEIGHT:
            return f"{FULL_WIDTH}x{FULL_HEIGHT} shows all panels; tab: next"
        if self.microscope.moment:
            return f"by {self.microscope.unit}: . next , back; m unit, esc end"
        if self.boundary.hint:
            return self.boundary.hint
        if self._zoomed:
            return "z shows all panels"
        if not (self.graph.display or self.settings.display):
            return "1 shows all panels"
        last = self.trainer.last
        return "D shows where and why" if last and last.metrics.diverged_at is not None else ""

    # Where the panels are.

    def on_resize(self) -> None:
        if not self.is_headless:
            read_in_loop()  # here, as a driver tells the size whenever it starts: at first, and after a suspension
        self.call_next(self._arrange)  # Textual notes the new size after this handler

    def _arrange(self) -> None:
        if self._frames is None:
            return  # a first size comes before `on_mount`, which arranges by itself
        width, height = self.size
        regions = arrange(width, height, self._focused_panel, zoomed=self._zoomed, settings=self._shows_settings)
        if regions == self._regions:
            return
        self._regions = regions
        for name, panel in self._panels.items():
            region = regions.get(name)
            panel.display = region is not None and region.area > 0
            if region:
                panel.styles.offset = region.offset
                panel.styles.width, panel.styles.height = region.size
        self._show_state()
        self.call_after_refresh(self._ask_for_everything)

    @on(Panel.Resized)
    def _ask_for_everything(self) -> None:
        self._schedule.everything()
        self.trainer.ask()

    def on_descendant_focus(self) -> None:
        if self.focused and self.focused.id in (*PANELS, "settings"):
            self._focused_panel = self.focused.id
            self._arrange()

    # What the keys do.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of the main screen rest while another screen is open or a name is typed."""
        if action in {key.action.split("(")[0] for key in KEYS} - {"quit", "command_palette"}:
            typing = isinstance(self.focused, Input)
            return len(self.screen_stack) == 1 and not typing
        return True

    def action_play(self) -> None:
        self.trainer.play(not self.trainer.playing)
        self._show_state()

    def action_step(self, count: int) -> None:
        self._travel(self.trainer.step, count)

    def action_speed(self, by: int) -> None:
        self.trainer.change_speed(by)
        self._show_state()

    def _travel(self, go: Callable[..., None], *arguments: object) -> None:
        """Go to another step; the screen is drawn when it is there, and says so where that takes long."""
        self._schedule.everything()
        go(*arguments)
        self._show_state()
        self.set_timer(LATE * 1.1, self._show_state)

    def action_move(self, steps: int) -> None:
        self._travel(self.trainer.move, steps)

    @on(LossPanel.Moved)
    def _moved(self, event: LossPanel.Moved) -> None:
        self._travel(self.trainer.move, event.by)

    @on(LossPanel.Sought)
    def _sought(self, event: LossPanel.Sought) -> None:
        self._travel(self.trainer.seek, event.step)

    def action_reset(self) -> None:
        self._travel(self.trainer.rewind)

    def action_new_seed(self) -> None:
        spec = self.trainer.present
        self.files.unless_unwritten(self.dataset, lambda: self.use_run(spec.with_seed(spec.seed + 1), None))

    def use_run(self, spec: RunSpec, data: RunData | None) -> None:
        """Begin another run in the place of this one."""
        self._schedule.everything()
        self.files.another_run()
        self.trainer.open(spec, data)
        self._show_state()

    def action_undo(self, again: bool) -> None:
        self.boundary.drop()
        self.trainer.undo(again=again)

    @on(BoundaryPanel.PutBack)
    def _put_back(self) -> None:
        self.trainer.undo()

    @on(BoundaryPanel.InHand)
    def _in_hand(self) -> None:
        self._show_state()

    @on(BoundaryPanel.Told)
    def _told(self, event: BoundaryPanel.Told) -> None:
        self.tell(event.text, wrong=False)

    def action_write_points(self) -> None:
        self.files.write(lambda: self.dataset)

    def action_read_points(self) -> None:
        self.files.read(lambda: self.dataset)

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Let it run beside everything else."""
        self.run_worker(work)

    async def action_quit(self) -> None:
        """Leave; edits that would be lost are asked about once."""
        if self.files.unwritten(self.dataset) and not self.prompt.display and len(self.screen_stack) == 1:
            self.ask(confirm("quit and drop the edits?", self.exit))
        else:
            self.exit()

    def action_probe(self, by: int) -> None:
        self.trainer.move_probe(by)

    def action_wrong(self, by: int) -> None:
        self.trainer.move_probe(by, by_loss=True)

    def action_view(self) -> None:
        self.boundary.next_view()

    def action_unit(self, by: int) -> None:
        self.boundary.next_unit(by)

    def action_focus_panel(self, by: int) -> None:
        width, height = self.size
        alone = self._zoomed or width < FULL_WIDTH or height < FULL_HEIGHT
        every = (*PANELS, "settings")
        order = PANELS if alone else [name for name in every if self._panels[name].display]
        place = order.index(self._focused_panel) if self._focused_panel in order else 0
        self.action_go_to(order[(place + by) % len(order)])

    def action_go_to(self, name: str) -> None:
        self._focused_panel = name  # at once: the next key may be about it
        if name != "settings" and name not in self._regions:
            self._shows_settings = False  # they cover it
        self._arrange()
        self.screen.set_focus(self._panels[name])

    def action_settings(self) -> None:
        """Open them over the inspector's column, or close them."""
        self._shows_settings = not self._shows_settings
        self._show_settings()
        self.action_go_to("settings" if self._shows_settings else "graph")

    def _show_settings(self) -> None:
        trainer, last = self.trainer, self.trainer.last
        if self._shows_settings and last:
            examples = last.metrics.splits["train"].examples
            classes = len(self.dataset.class_names)
            unsaved = lost(trainer.timeline, unwritten=self.files.unwritten(self.dataset))
            self.settings.show(Present(trainer.present, last.metrics.step, examples, classes, unsaved, trainer.settled))

    @on(SettingsPanel.Changed)
    def _settings_changed(self, event: SettingsPanel.Changed) -> None:
        self.trainer.change(**event.settings)

    @on(SettingsPanel.NewRun)
    def _new_run(self, event: SettingsPanel.NewRun) -> None:
        self.use_run(event.spec, None)

    def action_zoom(self) -> None:
        self._zoomed = not self._zoomed
        self._arrange()

    def action_log_axis(self) -> None:
        self.loss.toggle_log()

    def action_next_theme(self) -> None:
        names = self._themes
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]

    def _use_theme(self) -> None:
        self.palette = replace(self.palette, dark=self.current_theme.dark)
        for panel in self._panels.values():
            panel.use_palette(self.palette)
        self._ask_for_everything()

    def action_micro_unit(self) -> None:
        self.microscope.choose()
        self._follow()

    def action_micro(self, by: int) -> None:
        self._follow(went=self.microscope.go(by))

    def action_leave(self) -> None:
        """Drop what waits in the settings or put back what is in hand; else end micro-stepping or a check."""
        if self.settings.has_focus:
            if not self.settings.drop():
                self.action_settings()
            return
        if self.boundary.put_back():
            return
        if self.microscope.on:
            self.action_micro_end()
        elif self.inspector.checking:
            self.inspector.toggle_check()

    def action_micro_end(self) -> None:
        self.microscope.end()
        self._follow()

    @on(GraphPanel.Micro)
    def _micro_stepped(self, event: GraphPanel.Micro) -> None:
        self.action_micro(event.by)

    def _follow(self, *, went: bool = True) -> None:
        """Show where micro-stepping stands."""
        if not went:
            self.notice("this is where the run begins: there is nothing before it", serious=False)
        moment, probe = self.microscope.moment, self.microscope.probe
        self.graph.follow(moment)
        scene = None
        if moment and probe:
            scene = Scene(moment, self.microscope.unit, probe, self.trainer.config)
        self.inspector.follow(scene)
        self._show_state()

    def action_help(self) -> None:
        self.push_screen(HelpScreen(self.palette))

    def action_find(self) -> None:
        self.action_go_to("graph")
        self.ask(find_node(self.graph))

    def action_go_to_step(self) -> None:
        self.ask(go_to_step(self.trainer))

    def action_learning_rate(self) -> None:
        self.ask(learning_rate(self.trainer))

    def action_set_parameter(self) -> None:
        graph = self.graph.outline.folding.graph if self.graph.outline else Graph((), (), ())
        names = [graph.nodes[place].name for place in graph.parameters]
        name = self.parameters.selected if self.parameters.has_focus else None
        if name is None and self.graph.node is not None:
            name = self.graph.name_of(self.graph.node)
        if name in names:
            self.ask(parameter_value(self.trainer, name, names.index(name)))
        else:
            self.tell("= is for a weight or a bias: select one in the graph or the table (5 →)", wrong=False)

    def ask(self, question: Question) -> None:
        """Ask for a line of text."""
        self.prompt.ask(question)

    def action_branches(self) -> None:
        timeline, last = self.trainer.timeline, self.trainer.last
        if timeline and last:
            screen = BranchScreen(timeline, last.metrics.end, self.trainer.end_loss, self.palette)
            self.push_screen(screen, lambda number: self._travel(self.trainer.switch, number) if number else None)

    def action_watch(self) -> None:
        trainer = self.trainer
        self.push_screen(
            WatchScreen(trainer.conditions, self._condition_error, trainer.watch, self.palette), self._to_first
        )

    def _condition_error(self, text: str) -> str:
        graph = self.graph.outline.folding.graph if self.graph.outline else Graph((), (), ())
        nodes = [node.name for node in graph.nodes]
        parameters = [graph.nodes[place].name for place in graph.parameters]
        try:
            watchpoint(text, parameters, nodes, list(self.dataset.splits), batches=self._batch() is not None)
        except ValueError as error:
            return str(error)
        return ""

    def _to_first(self, condition: str | None) -> None:
        if condition:
            self._travel(self.trainer.go_to_first, condition)

    def action_divergence(self) -> None:
        self._travel(self.trainer.go_to_divergence)

    def action_mistakes(self) -> None:
        self.action_go_to("parameters")
        self.parameters.show_view("classes")

    def action_jump_back(self) -> None:
        self.graph.back()

    def action_check(self) -> None:
        seen = self.inspector.shows_check
        self.action_micro_end()
        if seen or not self.inspector.checking:
            self.inspector.toggle_check()
        if not self.inspector.display:
            self.action_go_to("inspector")

    def action_nudge(self, by: int) -> None:
        """The size of h while a check is shown, else the speed, which had these keys first."""
        if self.inspector.shows_check:
            self.inspector.nudge(by)
        else:
            self.action_speed(by)

    @on(InspectorPanel.Followed)
    def _name_followed(self, event: InspectorPanel.Followed) -> None:
        self.graph.jump(event.node)

    @on(ParametersPanel.Chosen)
    def _parameter_chosen(self, event: ParametersPanel.Chosen) -> None:
        if self.graph.outline:
            self.action_go_to("graph")
            self.graph.jump(self.graph.outline.folding.by_name[event.name])

    @on(ParametersPanel.Picked)
    def _mistake_picked(self, event: ParametersPanel.Picked) -> None:
        self.trainer.select_probe(event.split, event.index)
        if not self.graph.display:
            self.action_go_to("graph")

    @on(GraphPanel.Selected)
    def _node_selected(self, event: GraphPanel.Selected) -> None:
        self.inspector.inspect(event.folding, event.node)

    @on(BoundaryPanel.Wanting)
    def _boundary_wants(self) -> None:
        if not self.trainer.playing:  # else the next frame brings it
            self.trainer.ask()

    @on(BoundaryPanel.Selected)
    def _example_selected(self, event: BoundaryPanel.Selected) -> None:
        self.trainer.select_probe(event.split, event.index)

    @on(BoundaryPanel.Put)
    def _probe_placed(self, event: BoundaryPanel.Put) -> None:
        self.trainer.place_probe(event.point)

    @on(BoundaryPanel.Relabelled)
    def _probe_relabelled(self) -> None:
        self.trainer.relabel_probe(1)

    @on(Prompt.Remark)
    def _remark(self, event: Prompt.Remark) -> None:
        if self.prompt.display:  # else it is closed already, and the keys are back
            self.footer.note(event.text)

    @on(Prompt.Closed)
    def _prompt_closed(self) -> None:
        self.graph.end_search()
        if self.prompt.display:
            return  # another question has followed
        self.footer.note(None)
        if not isinstance(self.focused, Panel):
            self.screen.set_focus(self._panels[self._focused_panel])

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The key table's actions by name, and Textual's choice of theme.

        Its other commands don't fit: they lay something over the panels, or repeat ours.
        """
        plain = self.palette.plain
        for key in KEYS:
            name = key.command or key.help
            action = key.action or key.local
            if action and name and action != "command_palette":
                yield SystemCommand(
                    plain(name.capitalize()),
                    plain(f"key {key.shown}"),
                    lambda action=action: self.run_action(action),
                )
        yield from (command for command in super().get_system_commands(screen) if command.title == "Theme")

    async def action_boundary(self, action: str) -> None:
        """An action of the boundary panel, from anywhere: it comes to the front."""
        self.action_go_to("boundary")
        await self.boundary.run_action(action)

    async def action_parameters(self, action: str) -> None:
        """An action of the parameters panel, from anywhere: it comes to the front."""
        self.action_go_to("parameters")
        await self.parameters.run_action(action)

    async def action_graph(self, action: str) -> None:
        """An action of the graph, from anywhere."""
        await self.graph.run_action(action)
