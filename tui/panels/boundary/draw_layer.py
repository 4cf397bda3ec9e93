"""The examples as the last hidden layer sees them: two units are the axes.

With exactly two units every place in the picture has one answer, and the decision map is behind; with more, what the
other units say of a place is not in the picture.
"""

from array import array

from engine.examples import FREE
from engine.run.probe import Choice
from engine.views.hidden_units import LayerView
from tui.draw.numbers import short
from tui.draw.palette import Palette
from tui.draw.text import Line, spread
from tui.panels.boundary.cells import Mark, height_of
from tui.panels.boundary.draw_map import map_cells, place
from tui.panels.boundary.draw_points import laid_over, mode_of

AXIS_ROWS = 2
"""Rows that the names of the axes take."""


def scatter_lines(view: LayerView, choice: Choice, name: str, palette: Palette) -> list[Line]:
    """The scatter between a row for each axis; `name` is the layer's, as in h1."""
    mode = mode_of(palette)
    width, height = view.grid.columns, height_of(view.grid, mode)
    blank = [[(" ", palette.text)] * width for _ in range(height)]
    cells = map_cells(view.regions, palette) if view.regions else blank
    points = array("d", view.points)
    places = list(zip(points[::2], points[1::2], strict=True))
    probe = Mark(*places[-1], choice.label, choice.split != "train", choice.split == FREE)
    marks = [Mark(*places[i], label, i >= view.trained_on) for i, label in enumerate(view.labels)]
    placed = place(reversed(marks), view.grid, mode)  # those that are trained on come first and win a shared cell
    body = laid_over(cells, placed, probe, None, view.grid, palette)
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
