"""Which panels are to be seen at the moment, where, and in which order tab goes through them."""

from textual.geometry import Region, Size

from tui.workbench.layout import FULL_HEIGHT, FULL_WIDTH, PANELS, arrange
from tui.workbench.panels import Panels


class Arrangement:
    """Puts panels in their places. `front` is the one that has the focus, or will have it."""

    def __init__(self, panels: Panels) -> None:
        self._panels = panels
        self._regions: dict[str, Region] = {}
        self.front = "graph"
        self.zoomed = False
        self.with_settings = False

    def bring(self, name: str) -> None:
        """Let a panel be in front, from under the settings too."""
        self.front = name
        if name != "settings" and name not in self._regions:
            self.with_settings = False

    def fit(self, size: Size) -> bool:
        """Put every panel where it belongs at this size of the terminal; whether one is elsewhere now."""
        regions = arrange(*size, self.front, zoomed=self.zoomed, settings=self.with_settings)
        if regions == self._regions:
            return False
        self._regions = regions
        for panel in self._panels:
            region = regions.get(panel.id or "")
            panel.display = region is not None and region.area > 0
            if region:
                panel.styles.offset = region.offset
                panel.styles.width, panel.styles.height = region.size
        return True

    def neighbour(self, by: int, size: Size) -> str:
        """The panel so many places on: of those in sight, or of all where one covers the others."""
        alone = self.zoomed or is_small(size)
        order = PANELS if alone else [name for name in (*PANELS, "settings") if self._panels.named(name).display]
        place = order.index(self.front) if self.front in order else 0
        return order[(place + by) % len(order)]


def is_small(size: Size) -> bool:
    """Whether there is room for one panel only."""
    return size.width < FULL_WIDTH or size.height < FULL_HEIGHT
