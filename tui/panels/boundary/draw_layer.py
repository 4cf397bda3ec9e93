"""The examples as the last hidden layer sees them: two units are the axes.

With exactly two units every place in the picture has one answer, and the decision map is behind;
with more, what the other units say of a place is not in the picture.
"""

from array import array
from collections.abc import Iterator

from engine.examples import FREE
from engine.run.probe import Choice
from engine.views.hidden_units import LayerView
from tui.draw.numbers import short
from tui.draw.palette import Palette
from tui.draw.text import Line, spread
from tui.panels.boundary.cells import Mark, height_of
from tui.panels.boundary.draw_map import map_cells, place, probe_cell
from tui.panels.boundary.draw_points import blank, laid_over, mode_of

AXIS_ROWS = 2
"""Rows that the names of the axes take."""


def scatter_lines(view: LayerView, choice: Choice, name: str, palette: Palette) -> list[Line]:
    """The scatter between a row for each axis; `name` is the layer's, as in h1."""
    mode = mode_of(palette)
    width, height = view.grid.columns, height_of(view.grid, mode)
    cells = map_cells(view.regions, palette) if view.regions else blank(width, height, palette)
    marks = list(marks_of(view))
    x, y = array("d", view.points)[-2:]
    probe = Mark(x, y, choice.label, choice.split != "train", choice.split == FREE)
    placed = place(reversed(marks), view.grid, mode)
    body = laid_over(cells, placed, probe_cell(probe, view.grid, mode), None, mode, palette)
    across = f"{name}[{view.units[0]}] →"
    up, extent = "↑ class", ""
    if len(view.units) == 2:
        up, extent = f"↑ {name}[{view.units[1]}]", f"{short(view.grid.bottom)} … {short(view.grid.top)}"
    return [
        axis_row(up, extent, width, palette, left=True),
        *body,
        axis_row(across, f"{short(view.grid.left)} … {short(view.grid.right)}", width, palette, left=False),
    ]


def axis_row(name: str, extent: str, width: int, palette: Palette, *, left: bool) -> Line:
    """An axis's name, and from where to where it goes."""
    spans = (name, palette.accent), ("  ", palette.text), (extent, palette.muted)
    return spread(spans if left else (), () if left else spans[::-1], width, palette.text)


def marks_of(view: LayerView) -> Iterator[Mark]:
    """The examples where the layer puts them, those that are trained on first."""
    points = array("d", view.points)
    for number, label in enumerate(view.labels):
        yield Mark(points[2 * number], points[2 * number + 1], label, number >= view.trained_on)
