"""The mouse on a plane with points: it moves the cursor, and does what keys do to the points.

It stands apart from the keys because it is never needed.
"""

from textual import events

from tui.draw.palette import Palette
from tui.panels.boundary.cells import Cell
from tui.panels.boundary.editing import delete
from tui.panels.boundary.plane import PlanePanel
from tui.panels.boundary.points import Spot

POINTED_AT = 1.5
"""Columns within which the mouse means a point."""
RIGHT_BUTTON = 3
DOUBLE = 2


class PointedPanel(PlanePanel):
    """A drag takes a point along, or paints where the pen is down."""

    def __init__(self, palette: Palette, name: str) -> None:
        super().__init__(palette, name)
        self._pressed = False
        self._grip: Spot | None = None

    def _cell_of(self, event: events.MouseEvent) -> Cell | None:
        """The cell that the mouse points at, None on the frame."""
        inside = 0 < event.x < self.size.width - 1 and 0 < event.y < self.size.height - 1
        return (event.x - 1, event.y - 1) if inside else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        cell, grid = self._cell_of(event), self.plane()
        if cell is None or not grid:
            return
        self.drop()
        self.cursor.to(cell, *grid)
        if event.button == RIGHT_BUTTON:
            here = self._here()
            spot = self.points.near(here, POINTED_AT) if here and self.points else None
            self._edit(delete(spot) if spot else None)
            return
        self._pressed = True
        self.capture_mouse()
        if self.hand.painting:
            self._drag(more=False)
            return
        if self.shows_points() and (points := self._laid()):
            self._grip = points.at(self.cursor.settle(*grid))
        self._want()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        grid = self.plane()
        if not self._pressed or not grid:
            return
        before = self.cursor.cell(*grid)
        self.cursor.to((event.x - 1, event.y - 1), *grid)
        if self.cursor.cell(*grid) == before:
            return
        if self._grip:
            self.hand.pick_up(self._grip)
            self._grip = None
            self._in_hand()
        self._drag(more=True)

    def on_mouse_up(self) -> None:
        if self._pressed:
            self._pressed, self._grip = False, None
            self.release_mouse()
            self.drop()

    def on_click(self, event: events.Click) -> None:
        if event.chain == DOUBLE and event.button != RIGHT_BUTTON and not self.hand.painting and self._cell_of(event):
            here = self._here()
            if here and self.points:
                (self.action_label if self.points.at(here) else self.action_add)()
