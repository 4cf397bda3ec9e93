"""Which panels are to be seen at a given size of the terminal, and where.

The four main panels at once from 80x24 up, the parameters too where there is room; below, the one
with the focus and a line that says so.
"""

from textual.geometry import Region, Size

from tui.workbench.panels import Panels

PANELS = ("graph", "inspector", "boundary", "loss", "parameters")
FULL_WIDTH, FULL_HEIGHT = 80, 24
THREE_COLUMNS_FROM, THREE_COLUMNS_HEIGHT = 170, 40
HEADER_HEIGHT = 2
SETTINGS_HEIGHT, LEAST_BELOW = 34, 12
"""Rows that the settings of most runs take, and those that a panel below them needs."""


def arrange(width: int, height: int, focused: str, *, zoomed: bool, settings: bool = False) -> dict[str, Region]:
    """The region of each part that is shown: header, footer, and the panels that fit.

    `settings` are laid over the inspector and what shares its column, as far down as they need; boundary and loss stay
    in sight.
    """
    small = width < FULL_WIDTH or height < FULL_HEIGHT
    header = HEADER_HEIGHT if height >= 8 else 1 if height >= 4 else 0
    footer = 1 if height >= 3 else 0
    room = Region(0, header, width, max(0, height - header - footer))
    regions = {"header": Region(0, 0, width, header), "footer": Region(0, height - footer, width, footer)}
    panels = (
        three_columns(room) if width >= THREE_COLUMNS_FROM and height >= THREE_COLUMNS_HEIGHT else two_columns(room)
    )
    if settings:
        covered = ("inspector", "parameters") if "parameters" in panels else ("graph", "inspector")
        column = panels.pop(covered[0]).union(panels.pop(covered[1]))
        height = SETTINGS_HEIGHT if column.height - SETTINGS_HEIGHT >= LEAST_BELOW else column.height
        panels["settings"], below = column.split_horizontal(height)
        if below.height:
            panels[covered[1]] = below
    if small or zoomed or focused not in panels:
        return regions | {focused: room}
    return regions | panels


def two_columns(room: Region) -> dict[str, Region]:
    """Graph above inspector, boundary above loss."""
    left = 46 if room.width < 92 else room.width * 52 // 100
    upper = room.height * 58 // 100
    return {
        "graph": Region(0, room.y, left, upper),
        "inspector": Region(0, room.y + upper, left, room.height - upper),
        "boundary": Region(left, room.y, room.width - left, upper),
        "loss": Region(left, room.y + upper, room.width - left, room.height - upper),
    }


def three_columns(room: Region) -> dict[str, Region]:
    """The graph over the whole height, inspector above parameters, boundary above loss."""
    graph, inspector = room.width * 36 // 100, room.width * 28 // 100
    upper, middle = room.height * 60 // 100, room.height * 48 // 100
    right = graph + inspector
    return {
        "graph": Region(0, room.y, graph, room.height),
        "inspector": Region(graph, room.y, inspector, middle),
        "parameters": Region(graph, room.y + middle, inspector, room.height - middle),
        "boundary": Region(right, room.y, room.width - right, upper),
        "loss": Region(right, room.y + upper, room.width - right, room.height - upper),
    }


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
