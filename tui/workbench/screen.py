"""The workbench, which is the main screen: which panels there are, which key does what, and what goes where.

It routes and holds no mathematics: keys become intents for the trainer, snapshots go to the panels.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Input

from data.dataset import Dataset
from tui.draw.palette import Palette
from tui.keys import KEYS, bindings
from tui.panels.boundary.panel import BoundaryPanel
from tui.panels.graph.panel import GraphPanel
from tui.panels.panel import Panel
from tui.panels.settings.panel import SettingsPanel
from tui.run.spec import RunData, RunSpec
from tui.screens.branches import BranchScreen
from tui.screens.help import HelpScreen
from tui.screens.palette_commands import commands
from tui.screens.prompt import Prompt
from tui.screens.questions import Question, confirm, find_node, go_to_step, learning_rate, parameter_value
from tui.screens.watchpoints import WatchScreen, wrong_with
from tui.terminal.driver import Link
from tui.workbench.files import PointFiles
from tui.workbench.layout import PANELS, Arrangement
from tui.workbench.micro_stepping import MicroStepping
from tui.workbench.panels import Panels
from tui.workbench.parts import Parts
from tui.workbench.refresh import Refresher, make_room, tell
from tui.workbench.status import batch_of, status_of
from tui.worker.intents import (
    Edit,
    GoToDivergence,
    GoToFirst,
    Move,
    MoveProbe,
    Play,
    Seek,
    Speed,
    Step,
    SwitchBranch,
    Undo,
)  # fmt: skip
from tui.worker.remote import Trainer, next_speed

ACTIONS = {key.action.partition("(")[0] for key in KEYS if not key.panel}


class Workbench(Screen[None]):
    """One run in all panels."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]

    def __init__(self, trainer: Trainer, dataset: Dataset, palette: Palette, link: Link) -> None:
        super().__init__()
        self.trainer = trainer
        self.palette = palette
        self.micro_stepping = MicroStepping(trainer)
        self.files = PointFiles(self, trainer)
        self.panels = Panels.made(palette, status_of(trainer, dataset, micro="", slow_link=False))
        _, self.graph, self.inspector, self.boundary, self.loss, self.parameters, self.settings, self.footer = (
            self.panels
        )
        self.prompt = Prompt(palette)
        self._leaving: Question | None = None
        self.arrangement = Arrangement(self.panels)
        self.parts = Parts(trainer, self.micro_stepping, self.files, dataset, self.panels)
        self.refresher = Refresher(self, trainer, self.micro_stepping, self.parts, self.panels, self.arrangement, link)

    @property
    def dataset(self) -> Dataset:
        """The examples as they are shown."""
        return self.parts.dataset

    def compose(self) -> ComposeResult:
        yield from self.panels
        yield self.prompt

    def on_mount(self) -> None:
        self.parts.use(self.dataset)
        self.boundary.on_edit = self._edited
        self.settings.on_change = self.trainer.send
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._use_theme(dark=theme.dark))
        self.refresher.begin()
        self.graph.focus()
        self._arrange()
        self.refresher.show_state()

    def on_unmount(self) -> None:
        self.trainer.close()

    def tell(self, text: str, *, wrong: bool) -> None:
        """Show a line for a while, whatever else goes on."""
        tell(self.app, text, wrong=wrong)

    def _edited(self, edit: Edit, dataset: Dataset) -> None:
        if self.trainer.send(edit):
            self.parts.edited(dataset)

    # Where the panels are.

    def on_resize(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        if self.refresher.begun and self.arrangement.fit(self.app.size):  # a first size comes before `on_mount`
            self.refresher.show_state()
            self.call_after_refresh(self.refresher.ask_for_everything)

    @on(Panel.Resized)
    def _resized(self) -> None:
        self.refresher.ask_for_everything()

    @on(Panel.Lacks)
    def _lacking(self, event: Panel.Lacks) -> None:
        if event.details:
            self.refresher.ask_for_details()
        elif not self.trainer.playing:  # else the next frame brings it
            self.trainer.ask()

    def on_descendant_focus(self) -> None:
        if self.focused and self.focused.id in (*PANELS, "settings"):
            self.arrangement.front = self.focused.id
            self._arrange()
            self.refresher.show_state()  # the footer has keys of the panel

    # What the keys do.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys rest while something is typed, those too that write no character; tab leaves it."""
        return action not in ACTIONS or action == "focus_panel" or not isinstance(self.focused, Input)

    @on(Panel.Intends)
    def _intended(self, event: Panel.Intends) -> None:
        self.refresher.send(event.intent)
        if event.show and not self.panels.named(event.show).display:
            self.action_go_to(event.show)

    @on(Panel.Tells)
    def _told(self, event: Panel.Tells) -> None:
        self.tell(event.text, wrong=False)

    def action_play(self) -> None:
        if self.trainer.call_off():
            self.refresher.show_state()
        else:
            self.refresher.send(Play(not self.trainer.playing))

    def action_step(self, count: int) -> None:
        self.refresher.send(Step(count))

    def action_speed(self, by: int) -> None:
        self.refresher.send(Speed(next_speed(self.trainer.speed, by)))

    def action_move(self, steps: int) -> None:
        self.refresher.send(Move(steps))

    def action_reset(self) -> None:
        """Back to step 0, and on from there as before: playing or paused."""
        self.refresher.send(Seek(0), Play(self.trainer.playing))

    def action_new_seed(self) -> None:
        spec = self.trainer.present
        self.files.unless_lost(self.dataset, lambda: self.use_run(spec.with_seed(spec.seed + 1), None))

    def use_run(self, spec: RunSpec, data: RunData | None) -> None:
        """Begin another run in the place of this one; what was said of this one goes."""
        make_room(self.app)
        self.parts.schedule.everything()
        self.files.another_run()
        self.refresher.end_micro()
        self.parts.let_go()
        self.trainer.open(spec, data)
        self.refresher.show_state()

    def action_undo(self, again: bool) -> None:
        self.boundary.drop()
        self.refresher.send(Undo(again))

    @on(BoundaryPanel.InHand)
    def _in_hand(self) -> None:
        self.refresher.show_state()

    def action_write_points(self) -> None:
        self.files.write(lambda: self.dataset)

    def action_read_points(self) -> None:
        self.files.read(lambda: self.dataset)

    def may_leave(self) -> bool:
        """Whether nothing would be lost; else it asks, whatever else is open. Asked again, that question is a yes."""
        lost = self.files.lost(self.dataset)
        if not lost or self.prompt.asks(self._leaving):
            return True
        while self.app.screen is not self:
            self.app.pop_screen()
        self._leaving = confirm("quit and drop the edits?", self.app.exit, lost)
        self.ask(self._leaving)
        return False

    def action_probe(self, by: int) -> None:
        self.refresher.send(MoveProbe(by))

    def action_wrong(self, by: int) -> None:
        self.refresher.send(MoveProbe(by, by_loss=True))

    def action_view(self) -> None:
        self.boundary.next_view()

    def action_unit(self, by: int) -> None:
        self.boundary.next_unit(by)

    def action_focus_panel(self, by: int) -> None:
        if isinstance(self.focused, Input):
            (self.focus_next if by > 0 else self.focus_previous)()
        else:
            self.action_go_to(self.arrangement.neighbour(by, self.app.size))

    def action_go_to(self, name: str) -> None:
        self.arrangement.bring(name)  # at once: the next key may be about it
        self._arrange()
        self.set_focus(self.panels.named(name))

    def action_settings(self) -> None:
        """Open them over the inspector's column, or close them."""
        if self.arrangement.with_settings:
            self.arrangement.with_settings = False
            self.action_go_to("graph")
        else:
            self._open_settings()

    def _open_settings(self) -> None:
        self.arrangement.with_settings = True
        self.parts.show_settings()
        self.action_go_to("settings")

    @on(SettingsPanel.NewRun)
    def _new_run(self, event: SettingsPanel.NewRun) -> None:
        self.files.unless_lost(self.dataset, lambda: self.use_run(event.spec, None))

    @on(SettingsPanel.Typing)
    def _setting_typed(self, event: SettingsPanel.Typing) -> None:
        if not self.prompt.display:  # else what is said there is the prompt's
            self.footer.note("enter takes it; esc back" if event.on else None)

    def action_zoom(self) -> None:
        self.arrangement.zoomed = not self.arrangement.zoomed
        self._arrange()

    def action_log_axis(self) -> None:
        self.loss.toggle_log()

    def _use_theme(self, *, dark: bool) -> None:
        self.palette = replace(self.palette, dark=dark)
        for panel in self.panels:
            panel.use_palette(self.palette)
        self.refresher.ask_for_everything()

    def action_micro_unit(self) -> None:
        self.micro_stepping.choose()
        self.refresher.follow_micro()

    def action_micro(self, by: int) -> None:
        self.refresher.follow_micro(went=self.micro_stepping.go(by))

    def action_leave(self) -> None:
        """Call a search off, drop what waits in the settings, put back what is in hand, end micro-stepping or a check.

        It is the first of these that there is.
        """
        if self.trainer.call_off():
            return
        if self.settings.has_focus:
            if not self.settings.drop():
                self.action_settings()
            return
        if self.boundary.put_back():
            return
        if self.micro_stepping.on:
            self.action_micro_end()
        elif self.inspector.checking:
            self.inspector.toggle_check()

    def action_micro_end(self) -> None:
        self.refresher.end_micro()

    @on(GraphPanel.Micro)
    def _micro_stepped(self, event: GraphPanel.Micro) -> None:
        self.action_micro(event.by)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen(self.palette))

    def action_find(self) -> None:
        self.action_go_to("graph")
        self.ask(find_node(self.graph))

    def action_go_to_step(self) -> None:
        self.ask(go_to_step(self.trainer))

    def action_learning_rate(self) -> None:
        self.ask(learning_rate(self.trainer))

    def action_set_parameter(self) -> None:
        names = self.graph.parameter_names
        name = self.parameters.selected if self.parameters.has_focus else None
        if name is None and self.graph.node is not None:
            name = self.graph.name_of(self.graph.node)
        if names:  # else there is no network yet
            self.ask(parameter_value(self.trainer, names, name if name in names else None))

    def ask(self, question: Question) -> None:
        """Ask for a line of text."""
        self.prompt.ask(question)

    def action_branches(self) -> None:
        timeline, last = self.trainer.timeline, self.trainer.last
        if timeline and last:
            screen = BranchScreen(timeline, last.metrics.end, self.trainer.end_loss, self.palette)
            self.app.push_screen(screen, self._to_branch)

    def _to_branch(self, number: int | None) -> None:
        if number:
            self.refresher.send(SwitchBranch(number))

    def action_watch(self) -> None:
        def wrong(text: str) -> str:
            batches = batch_of(self.trainer, self.dataset) is not None
            return wrong_with(text, self.graph, list(self.dataset.splits), batches=batches)

        self.app.push_screen(
            WatchScreen(self.trainer.conditions, wrong, self.trainer.send, self.palette), self._to_first
        )

    def _to_first(self, condition: str | None) -> None:
        if condition:
            self.refresher.send(GoToFirst(condition))

    def action_divergence(self) -> None:
        self.refresher.send(GoToDivergence())

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

    @on(Panel.Follows)
    def _name_followed(self, event: Panel.Follows) -> None:
        if event.focus:
            self.action_go_to("graph")
        self.graph.go_to_name(event.name)

    @on(GraphPanel.Selected)
    def _node_selected(self, event: GraphPanel.Selected) -> None:
        outline = self.graph.outline
        if outline and event.folding is outline.folding:  # else another network has come since
            self.inspector.inspect(event.folding, event.node)

    @on(Prompt.Remark)
    def _remark(self, event: Prompt.Remark) -> None:
        if self.prompt.display:  # else it is closed already, and the keys are back
            self.footer.note(event.text, wrong=event.wrong)

    @on(Prompt.Closed)
    def _prompt_closed(self) -> None:
        self.graph.end_search()
        if self.prompt.display:
            return  # another question has followed
        self.footer.note(None)
        if not isinstance(self.focused, Panel):
            self.set_focus(self.panels.named(self.arrangement.front))

    def commands(self) -> Iterator[SystemCommand]:
        """What the command palette offers here: the key table's actions by name."""
        plain = self.palette.plain
        for name, key, action in commands(self.trainer.present):
            yield SystemCommand(plain(name), plain(key), lambda action=action: self.app.run_action(action, self))

    async def action_in_panel(self, name: str, action: str) -> None:
        """An action of a panel, from anywhere: it comes to the front, unless it is the graph."""
        if name == "settings":
            self._open_settings()
        elif name != "graph":
            self.action_go_to(name)
        await self.panels.named(name).run_action(action)

    def action_setting(self, name: str) -> None:
        """A row of the settings, from anywhere: they open with it."""
        self._open_settings()
        self.settings.choose(name)
