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
        self._inputs: Sequence[str] = ()
        self._outputs: Sequence[str] = ()

    def show(
        self, values: Sequence[float], widths: Sequence[int], inputs: Sequence[str], outputs: Sequence[str]
    ) -> None:
        """Show these values of a network with layers of these widths, the inputs' first, with their names."""
        self._values, self._widths, self._inputs, self._outputs = values, widths, inputs, outputs
        self.redraw()

    def title(self) -> Line:
        return (("Parameters", self.palette.strong), (f"  {len(self._values)} weights and biases", self.palette.muted))

    def content(self, width: int) -> list[Line]:
        if not self._values:
            return []
        return parameter_lines(self._values, self._widths, self._inputs, self._outputs, width, self.palette)
