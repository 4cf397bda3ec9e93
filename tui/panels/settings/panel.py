"""The settings of the run: chosen with the arrows, changed with them or typed, with the network in sight."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Input

from tui.draw.frame import in_view, thumb
from tui.draw.palette import Palette
from tui.draw.text import Line
from tui.keys import bindings
from tui.panels.scrolling import ScrollingPanel
from tui.panels.settings.lines import LABEL_WIDTH, TOLD_ROWS, Present, Told, settings_lines, told_lines
from tui.run import draft
from tui.run.draft import SettingRow, needs_new_run
from tui.run.spec import RunSpec
from tui.worker.intents import ChangeSettings


class Field(Input):
    """Where a value is typed, in its row."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("field")]

    class Left(Message):
        """Nothing is typed any more."""

    def action_give_up(self) -> None:
        self.post_message(self.Left())

    def on_blur(self) -> None:
        if self.app.app_focus:  # else another window has the focus, and it comes back
            self.post_message(self.Left())


class SettingsPanel(ScrollingPanel):
    """All settings with their present values. What is live changes at once; the rest waits for a new run."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("settings")]

    @dataclass
    class Typing(Message):
        """A value is being typed, or no longer."""

        on: bool

    @dataclass
    class NewRun(Message):
        """Begin such a run in the place of the present one."""

        spec: RunSpec

    def __init__(self, palette: Palette, key: str) -> None:
        super().__init__(palette, "settings")
        self.display = False
        self._key = key
        self._present: Present | None = None
        self._draft, self._sent = RunSpec(), False
        self.on_change: Callable[[ChangeSettings], object] = lambda _: None
        """Called with other live settings, at once and not by a message: what comes meanwhile is older than they."""
        self._chosen = 0
        self._setting = self._typed_for = ""
        """The setting that is selected, and the one that a value is typed for: rows come and go."""
        self._wrong, self._refused, self._idle = "", "", False
        self.field = Field(compact=True, id="setting")
        self.field.cursor_blink = False
        self.field.display = False

    def compose(self) -> ComposeResult:
        yield self.field

    # What is known.

    def show(self, present: Present) -> None:
        """Show the values of this moment; what was asked for and is not answered yet counts as done."""
        old, self._present = self._present, present
        if old is None or needs_new_run(old.spec, present.spec):
            self._draft = present.spec  # another run
        elif present.settled or not self._sent:
            self._draft, self._sent = draft.merged(present.spec, self._draft), False
        self._stay()
        self.redraw()

    def _stay(self) -> None:
        """Keep to the selected setting among other rows, or to its place until it comes back."""
        names = self._names()
        self._chosen = names.index(self._setting) if self._setting in names else min(self._chosen, len(names) - 1)
        if self.field.display and self._typed_for not in names:
            self._leave_field()

    def _select(self, place: int) -> None:
        """Select a row by its place."""
        names = self._names()
        self._chosen = max(0, min(place, len(names) - 1))
        self._setting = names[self._chosen] if names else ""

    def _rows(self) -> list[SettingRow]:
        now = self._present
        return draft.rows(now.spec, self._draft, now.step, now.examples) if now else []

    def _names(self) -> list[str]:
        return [row.setting.name for row in self._rows()]

    @property
    def waiting(self) -> bool:
        """Whether settings wait for a new run."""
        return self._present is not None and needs_new_run(self._present.spec, self._draft)

    # What the keys do.

    def action_move(self, by: int) -> None:
        self._select(self._chosen + by)
        self._calm()

    def choose(self, name: str) -> None:
        """Select the row of this setting, if there is one."""
        if name in (names := self._names()):
            self._select(names.index(name))
        self._calm()

    def action_scroll(self, rows: int) -> None:
        self.action_move(rows)

    def _calm(self) -> None:
        """Another key: what was wrong before is no longer said."""
        self._wrong, self._idle = "", False
        self.redraw()

    def action_step(self, by: int) -> None:
        if now := self._present:
            self._calm()
            self._select(self._chosen)
            name = self._setting
            self._try(lambda: draft.stepped(self._draft, name, by, now.examples))

    def action_type(self) -> None:
        if self._present is None:
            return
        self._calm()
        self._select(self._chosen)
        row, self._typed_for = self._rows()[self._chosen], self._setting
        self.field.value = row.editable
        self.field.display = True
        self._place_field()
        self.screen.set_focus(self.field)  # at once: what is typed next belongs here
        self.post_message(self.Typing(True))

    def _place_field(self) -> None:
        places = self._row_lines(max(0, self.size.width - 2))[1]
        self.field.styles.offset = (LABEL_WIDTH + 3, 1 + (places[self._chosen] if places else 0) - self.top)
        self.field.styles.width = max(4, self.size.width - LABEL_WIDTH - 4)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        name, text = self._typed_for, event.value
        if (not text.strip() and name != "hidden") or self._try(lambda: draft.with_text(self._draft, name, text)):
            self._leave_field()
        else:
            self._refused = text

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._wrong and self.field.value != self._refused:  # news of earlier characters may come late
            self._calm()

    def on_field_left(self, event: Field.Left) -> None:
        event.stop()
        self._wrong = ""
        self._leave_field()

    def _leave_field(self) -> None:
        had_focus = self.field.has_focus
        self.field.display = False
        if had_focus:
            self.screen.set_focus(self)
        self.post_message(self.Typing(False))
        self.redraw()

    def _try(self, other: Callable[[], RunSpec]) -> bool:
        """Let the draft be another one, if that can be; what is live in it goes out at once."""
        now = self._present
        assert now
        try:
            wanted = other()
            if needs_new_run(self._draft, wanted):
                draft.refuse_misfit(wanted, now.classes)
        except draft.WrongError as error:
            self._wrong = str(error)
            self.redraw()
            return False
        changes = draft.live_changes(self._draft.config, wanted.config)
        self._draft = wanted
        self._stay()
        if changes:
            self._sent = True
            self.on_change(ChangeSettings(tuple(changes.items())))
        self.redraw()
        return True

    def action_apply(self) -> None:
        """Ask for the run that the draft describes."""
        self._calm()
        if self.waiting:
            self.post_message(self.NewRun(self._draft))
        else:
            self._idle = True
            self.redraw()

    def drop(self) -> bool:
        """Let go of what waits for a new run; whether there was something."""
        if not (self._present and self.waiting):
            return False
        self._draft = draft.merged(self._draft, self._present.spec)
        self._stay()
        self._calm()
        return True

    def refused(self) -> None:
        """Something that was asked for did not happen."""
        self._sent = False

    def on_click(self, event: events.Click) -> None:
        _, places = self._row_lines(self.size.width - 2)
        line = self.top + event.y - 1
        if 0 < event.y < self.size.height - 1 - self._told_rows() and line in places:
            again = places.index(line) == self._chosen
            self._select(places.index(line))
            self._calm()
            if again:
                self.action_type()

    # What is shown.

    def _told_rows(self) -> int:
        """Rows of words below: words that answer a key leave one row of settings in sight, others more."""
        return TOLD_ROWS + 1 if self.size.height >= (7 if self._wrong or self._idle else 14) else 0

    def _told(self) -> Told:
        now = self._present
        if now is None:
            return Told("")
        row = self._rows()[self._chosen]
        if self._idle:
            waiting = "nothing waits: change model or data first"
        elif self.waiting:
            waiting = "* waits for a new run: a begins, esc drops"
        else:
            waiting = f"live: from step {now.step} on" if row.setting.live else "needs a new run from step 0"
        text = self._wrong or row.setting.sentence(self._draft)
        return Told(text, wrong=bool(self._wrong), waiting=waiting)

    def _row_lines(self, width: int) -> tuple[list[Line], list[int]]:
        return settings_lines(
            self._rows(), self._chosen, width, self.palette, focused=self._active, typing=self.field.display
        )

    @property
    def _active(self) -> bool:
        return self.has_focus or self.field.has_focus

    def title(self) -> Line:
        return (("Settings", self.palette.strong),)

    def note(self, more: bool) -> Line:
        return ((f"{self.palette.sideways}  enter types  {self._key} closes", self.palette.muted),)

    def draw(self, width: int, height: int) -> list[Line]:
        palette, inside = self.palette, max(0, width - 2)
        lines, places = self._row_lines(inside)
        told = told_lines(self._told(), inside, palette) if self._told_rows() else []
        shown = max(1, height - 2 - len(told))
        here = places[self._chosen] if places else 0
        heading = here - 1 if self._chosen == 0 or here - 1 not in places else here  # with the first row of a group
        self.top = in_view(self.top, heading, here, shown, len(lines))
        window = lines[self.top : self.top + shown]
        window += [()] * (shown - len(window))
        if self.field.display:
            self._place_field()
        body, marked = [*window, *told], thumb(self.top, shown, len(lines))
        return self.framed(self.title(), self.note(False), body, (width, height), focused=self._active, marked=marked)
