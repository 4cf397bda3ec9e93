"""The line in which something is typed: a node's name, a step, a learning rate."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Input

from tui.draw.palette import Palette
from tui.keys import bindings
from tui.screens.questions import Question


class Prompt(Input):
    """One line over the footer. Enter answers, escape goes back; a wrong answer stays to be mended."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("prompt")]

    @dataclass
    class Remark(Message):
        """A few words about what is typed, to be shown beside it, or on what is `wrong` with it."""

        text: str
        wrong: bool = False

    class Closed(Message):
        """The prompt is gone."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(id="prompt")
        self.cursor_blink = False  # a paused screen sends nothing
        self._plain = palette.plain
        self._question = Question("")
        self._place = 0

    def ask(self, question: Question) -> None:
        """Begin to type an answer, in the place of one that is being typed."""
        if self.display:
            self._question.cancelled()
        self._question, self._place = question, 0
        self.placeholder = self._plain(f"{question.hint}  esc back")
        self.value = question.text
        self.cursor_position = len(question.text)
        self._remark()  # the text may be the one that was there
        self.display = True
        self.screen.set_focus(self)  # at once: what is typed next belongs here

    def asks(self, question: Question | None) -> bool:
        """Whether this very question is open."""
        return self.display and self._question is question

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._place = 0
        if self._question.short and self.value:
            self._answer()
        else:
            self._remark()

    def action_next(self, by: int) -> None:
        self._place += by
        self._remark()

    def _remark(self) -> None:
        words = self._question.typed(self.value, self._place)
        if self.value:
            words = words or self._question.hint.partition(":")[0]
        elif not self._question.short:
            words = ""  # the empty field has the whole hint
        self.post_message(self.Remark(words))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._answer()

    def _answer(self) -> None:
        wrong = self._question.answer(self.value) if self.value.strip() else ""
        if wrong:
            self.post_message(self.Remark(wrong, wrong=True))
            if self._question.short:
                with self.prevent(Input.Changed):
                    self.value = ""
        else:
            self.action_close(False)

    def on_blur(self) -> None:
        if self.app.app_focus:  # else another window has the focus, and it comes back
            self._gone()

    def action_close(self, back: bool) -> None:
        if back:
            self._question.cancelled()
        self._gone()

    def _gone(self) -> None:
        if self.display:
            self.display = False
            self.screen.set_focus(None)
            self.post_message(self.Closed())
