"""All weights and biases of the network, where the screen has room for them."""

from collections.abc import Sequence

from tui.drawing.parameters import parameter_lines
from tui.drawing.text import Line
from tui.palette import Palette
from tui.panels.scrolling import ScrollingPanel


class ParametersPanel(ScrollingPanel):
    """One matrix a layer."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, "parameters")
        self._values: Sequence[float] = ()
        self._widths: Sequence[int] = ()
        self._single_output = False

    def show(self, values: Sequence[float], widths: Sequence[int], *, single_output: bool) -> None:
        """Show these values of a network with layers of these widths, the inputs' first."""
        self._values, self._widths, self._single_output = values, widths, single_output
        self.redraw()

    def title(self) -> Line:
        return (("Parameters", self.palette.strong), (f"  {len(self._values)} weights and biases", self.palette.muted))

    def content(self, width: int) -> list[Line]:
        if not self._values:
            return []
        return parameter_lines(self._values, self._widths, self._single_output, width, self.palette)
