"""Every panel of the main screen by name, in the order in which they are composed."""

from typing import NamedTuple, Self

from tui.draw.palette import Palette
from tui.keys import key_of
from tui.panels.bars.header import Status
from tui.panels.bars.panel import FooterBar, HeaderBar
from tui.panels.boundary.panel import BoundaryPanel
from tui.panels.graph.panel import GraphPanel
from tui.panels.inspector.panel import InspectorPanel
from tui.panels.loss.panel import LossPanel
from tui.panels.panel import Panel
from tui.panels.parameters.panel import ParametersPanel
from tui.panels.settings.panel import SettingsPanel


class Panels(NamedTuple):
    """The panels; each field is also the id of its widget."""

    header: HeaderBar
    graph: GraphPanel
    inspector: InspectorPanel
    boundary: BoundaryPanel
    loss: LossPanel
    parameters: ParametersPanel
    settings: SettingsPanel
    footer: FooterBar

    @classmethod
    def made(cls, palette: Palette, status: Status) -> Self:
        """All of them, new; `status` is what the header tells at first."""
        return cls(
            HeaderBar(palette, status),
            GraphPanel(palette),
            InspectorPanel(palette),
            BoundaryPanel(palette),
            LossPanel(palette),
            ParametersPanel(palette),
            SettingsPanel(palette, key_of("settings")),
            FooterBar(palette),
        )

    def named(self, name: str) -> Panel:
        """The panel of this name."""
        return next(panel for panel in self if panel.id == name)
