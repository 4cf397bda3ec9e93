"""The loss curves over the whole run, and the way through it: the arrow keys and the mouse go to its steps."""

from collections.abc import Iterator
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType

from engine.run.curve import Curves
from engine.views.queries import CurvesQuery, Query
from tui.draw.palette import Palette
from tui.draw.text import Line
from tui.keys import bindings
from tui.panels.loss.curve import LABEL_WIDTH, curve_lines, step_at
from tui.panels.network import penalty_mark
from tui.panels.panel import Panel
from tui.panels.state import RunState
from tui.worker.intents import Move, Seek


class LossPanel(Panel, can_focus=True):
    """Train and val loss, on a linear or a logarithmic axis."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("loss")]

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, "loss")
        self._curves: Curves | None = None
        self._train = "train"
        self._branch = ""
        self._step = self._end = 0
        self._pressed = False
        self.log_axis = False

    def wanted(self) -> Iterator[Query[Any]]:
        if self.display and (columns := 2 * max(0, self.size.width - 2 - LABEL_WIDTH)):
            yield CurvesQuery(columns)

    def take(self, state: RunState) -> None:
        if curves := state.part(CurvesQuery):
            self._step, self._end = state.snapshot.metrics.step, state.snapshot.metrics.end
            self._curves, self._branch = curves, state.branch
            self._train = ("batch" if state.batches else "train") + penalty_mark(state.config)
            self.redraw()

    def toggle_log(self) -> None:
        """Change to the other loss axis."""
        self.log_axis = not self.log_axis
        self.redraw()

    def action_move(self, by: int) -> None:
        self.post_message(self.Intends(Move(by)))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._pressed = True
        self.capture_mouse()
        self._point(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._pressed:
            self._point(event.x)

    def on_mouse_up(self) -> None:
        self._pressed = False
        self.release_mouse()

    def _point(self, x: int) -> None:
        if self._curves:
            step = step_at(x - 1, self._curves, self.size.width - 3)
            self.post_message(self.Intends(Seek(max(0, min(step, self._end)))))

    def draw(self, width: int, height: int) -> list[Line]:
        palette, curves, log = self.palette, self._curves, self.log_axis
        title: Line = (("Loss", palette.strong), (f"  {self._train}", palette.train))
        body: list[Line] = []
        if curves:
            size = width - 3, height - 2
            body = curve_lines(curves, *size, palette, log=log, step=self._step, end=self._end)
            title += ((" val", palette.val),) if curves.val else ()
        if self._branch:
            title += ((f"  {self._branch}", palette.accent),)
        return self.framed(title, (("log axis" if log else "y log axis", palette.muted),), body, (width, height))
