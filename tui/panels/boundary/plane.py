"""A plane with points and a cursor: keys that move the cursor and edit the points.

What is drawn on it is its subclass's business.
"""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from data.dataset import Dataset
from engine.views.queries import Grid
from tui.draw.palette import Palette
from tui.keys import bindings
from tui.panels.boundary.cells import Point
from tui.panels.boundary.cursor import Cursor
from tui.panels.boundary.draw_points import mode_of
from tui.panels.boundary.editing import Hand, delete, edited, no_room, relabel, to_next_split
from tui.panels.boundary.points import Points, Spot
from tui.panels.panel import Panel
from tui.worker.intents import Edit, PlaceProbe, RelabelProbe, SelectProbe, Undo

FAR = 5
"""Cells to the side that a larger jump of the cursor is; up and down it is a third of the panel."""


class PlanePanel(Panel):
    """`points` are the examples, `hand` what is being done to them."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("boundary")]

    class InHand(Message):
        """Something else is in hand."""

    def __init__(self, palette: Palette, name: str) -> None:
        super().__init__(palette, name)
        self.cursor = Cursor()
        self.points: Points | None = None
        self.hand = Hand()
        self.on_edit: Callable[[Edit, Dataset], None] = lambda *_: None
        """Called with the examples after it, at once and not by a message: the next key may be about the same point."""

    def follow(self, dataset: Dataset) -> None:
        """Go on with these points, edited by whatever it was."""
        if self.points:
            self.points.take(dataset)
            self.hand.follow(dataset)
            self.redraw()
            self.post_message(self.InHand())

    def plane(self) -> tuple[Grid, int] | None:
        """The grid that the cursor moves on and its height in cells, where there is one."""
        raise NotImplementedError

    def shows_points(self) -> bool:
        """Whether points are to be seen, so that they can be edited."""
        raise NotImplementedError

    def show_points(self) -> None:
        """Go to where they are seen."""
        raise NotImplementedError

    def _want(self) -> None:
        self.redraw()
        self.post_message(self.Lacks(details=False))

    # The cursor.

    def action_move(self, columns: int, rows: int) -> None:
        if grid := self.plane():
            self.cursor.move(columns, rows, *grid)
            self._drag(more=False)

    def action_jump(self, columns: int, rows: int) -> None:
        self.action_move(FAR * columns, max(2, (self.size.height - 2) // 3) * rows)

    def action_middle(self) -> None:
        self.cursor.point = None
        self.action_move(0, 0)

    def action_next_point(self) -> None:
        grid = self.plane()
        if grid and (points := self._laid()):
            self.drop()
            if spot := points.after(self.cursor.cell(*grid)):
                self.cursor.point = spot.example[:2]
            self._want()

    def action_probe_nearest(self) -> None:
        grid = self.plane()
        if self.hand.held:
            self.drop()
        elif grid and (points := self._laid()) and (spot := points.nearest(self.cursor.settle(*grid))):
            self.post_message(self.Intends(SelectProbe(spot.split, spot.index)))

    def action_probe_here(self) -> None:
        if grid := self.plane():
            self.post_message(self.Intends(PlaceProbe(self.cursor.settle(*grid))))

    def action_relabel(self) -> None:
        self.post_message(self.Intends(RelabelProbe(1)))

    # The points.

    def _here(self) -> Point | None:
        """Where the cursor is, in a view with points; None where it was not to be seen before."""
        if not self.shows_points():
            was_there = self.plane() is not None
            self.show_points()
            if not was_there:
                self.post_message(self.Tells("points are edited here: press the key again"))
                return None
        grid = self.plane()
        return self.cursor.settle(*grid) if grid and self._laid() else None

    def _laid(self) -> Points | None:
        """The points, those that are drawn in their cells; None where there are none or no plane."""
        grid = self.plane()
        if not grid or not self.points:
            return None
        self.points.lay(grid[0], mode_of(self.palette))
        return self.points

    def _edit(self, edit: Edit | None) -> None:
        """Show the edit and pass it on; the worker says why where it can't be."""
        if edit is None or not self.points:
            self._want()
            return
        if full := no_room(self.points.dataset, edit):
            if not self.rest():
                self._want()
            self.post_message(self.Tells(full))
            return
        try:
            self.points.take(edited(self.points.dataset, edit))
        except ValueError:
            self.hand.rest()
        self.redraw()
        self.on_edit(edit, self.points.dataset)

    def _drag(self, *, more: bool) -> None:
        """What is in hand goes where the cursor has gone; `more`: in one stroke with what was painted before."""
        hand, edit = self.hand, None
        if (hand.held or hand.painting) and (here := self._here()) and self.points:
            edit = hand.move(here) if hand.held else hand.paint(here, self.points.all_at(here), more=more)
        self._edit(edit)

    def _meant(self) -> Spot | None:
        """The point that a key is about, the nearest one; the cursor goes to it."""
        here = self._here()
        if here is None or not self.points:
            return None
        self.drop()
        spot = self.points.at(here) or self.points.near(here)
        if spot is None:
            self.post_message(self.Tells("no point near the cursor: End goes to the next"))
        else:
            self.cursor.point = spot.example[:2]
        return spot

    def action_add(self) -> None:
        if here := self._here():
            self.drop()
            self._edit(self.hand.add(here))

    def action_choose(self, by: int) -> None:
        if self.points:
            self.hand.label = (self.hand.label + by) % len(self.points.dataset.class_names)
            self._in_hand()

    def action_paint(self) -> None:
        if self.hand.painting:
            self.rest()
        elif self._here():
            self.drop()
            self.hand.painting = True
            self._in_hand()
            self._drag(more=False)

    def action_pick_up(self) -> None:
        if self.hand.held:
            self.drop()
        elif spot := self._meant():
            self.hand.rest()
            self.hand.pick_up(spot)
            self._in_hand()
            self._want()

    def action_label(self) -> None:
        if (spot := self._meant()) and self.points:
            self._edit(relabel([spot], (spot.example[2] + 1) % len(self.points.dataset.class_names)))

    def action_hold_out(self) -> None:
        if spot := self._meant():
            self._edit(to_next_split(spot))

    def action_delete(self) -> None:
        if spot := self._meant():
            self._edit(delete(spot))

    def _in_hand(self) -> None:
        self.redraw()
        self.post_message(self.InHand())

    def drop(self) -> None:
        """Leave the point in hand where it is."""
        if self.hand.held:
            self.hand.held, self.hand.moved = None, False
            self._in_hand()

    def rest(self) -> bool:
        """Leave the point where it is, lift the pen; False if there was neither."""
        if not (self.hand.held or self.hand.painting):
            return False
        self.hand.rest()
        self._in_hand()
        return True

    def put_back(self) -> bool:
        """Put the point in hand back to where it was, or lift the pen; False if there was neither."""
        if self.hand.held and self.hand.moved:
            self.post_message(self.Intends(Undo()))
        return self.rest()

    @property
    def hint(self) -> str:
        """What keys do with what is in hand, or nothing."""
        if self.hand.held:
            return "moving: arrows, e drops; esc puts back"
        return "painting: arrows, o class; esc ends" if self.hand.painting else ""

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        if has_focus:
            self.post_message(self.Lacks(details=False))
        else:
            self.rest()
