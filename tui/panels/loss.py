"""The loss curves over the whole run."""

from engine.snapshot import Curves
from tui.drawing.curve import LABEL_WIDTH, curve_lines
from tui.drawing.frame import framed
from tui.drawing.status import PENALTY
from tui.drawing.text import Line
from tui.palette import Palette
from tui.panels.panel import Panel


class LossPanel(Panel, can_focus=True):
    """Train and val loss, on a linear or a logarithmic axis."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, "loss")
        self._curves: Curves | None = None
        self._train = "train"
        self.log_axis = False

    def show(self, curves: Curves, *, penalised: bool, batches: bool) -> None:
        """Show these curves; `penalised`: the train loss includes the L2 penalty; `batches`: it is a batch's."""
        self._curves = curves
        self._train = ("batch" if batches else "train") + (PENALTY if penalised else "")
        self.redraw()

    def toggle_log(self) -> None:
        """Change to the other loss axis."""
        self.log_axis = not self.log_axis
        self.redraw()

    def columns(self) -> int:
        """How many columns of the curve can be told apart; 0 where none is shown."""
        return 2 * max(0, self.size.width - 2 - LABEL_WIDTH) if self.display else 0

    def draw(self, width: int, height: int) -> list[Line]:
        palette = self.palette
        body = curve_lines(self._curves, width - 3, height - 2, palette, log=self.log_axis) if self._curves else []
        title: Line = (("Loss", palette.strong), (f"  {self._train}", palette.train))
        if self._curves and self._curves.val:
            title = (*title, (" val", palette.val))
        note: Line = (("log axis" if self.log_axis else "y log axis", palette.muted),)
        return framed(title, note, body, width, height, palette, focused=self.has_focus)
