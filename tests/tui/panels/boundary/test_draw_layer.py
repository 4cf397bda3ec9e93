"""The last hidden layer's view: points at their values, axes named, a map behind only where it means something."""

from array import array

import pytest

from engine.run.config import Config
from engine.views.queries import LayerQuery
from engine.views.reader import Reader
from tests.tui.support import PALETTES, assert_exact, session_of, texts
from tui.draw.palette import Palette
from tui.panels.boundary.draw_layer import AXIS_ROWS, scatter_lines
from tui.panels.boundary.draw_points import mode_of
from tui.run.spec import RunSpec


@pytest.mark.parametrize("palette", PALETTES, ids=str)
@pytest.mark.parametrize("hidden", [(1,), (2,), (5,)])
@pytest.mark.parametrize(("width", "height"), [(32, 8), (70, 30), (3, 1)])
def test_every_cell_is_there(width: int, height: int, hidden: tuple[int, ...], palette: Palette) -> None:
    session = session_of(RunSpec(config=Config(hidden=hidden)), 2)
    rows = 2 * height if mode_of(palette) == "half" else height
    view = Reader(session).layer_view(LayerQuery(width, rows, 1000))
    lines = scatter_lines(view, session.chooser.now, "h1", palette)
    assert_exact(lines, width, height + AXIS_ROWS)
    if palette.ascii_only:
        assert palette.plain("".join(texts(lines))).isascii()


def test_points_stand_where_the_layer_puts_them_and_axes_say_which_units() -> None:
    palette = Palette("none")
    session = session_of(RunSpec(config=Config(hidden=(5,))), 2)
    view = Reader(session).layer_view(LayerQuery(60, 20, 1000))
    lines = texts(scatter_lines(view, session.chooser.now, "h1", palette))
    assert f"↑ h1[{view.units[1]}]" in lines[0]
    assert f"h1[{view.units[0]}] →" in lines[-1]
    x, y = array("d", view.points)[-2:]
    column = int((x - view.grid.left) / (view.grid.right - view.grid.left) * 60)
    row = int((view.grid.top - y) / (view.grid.top - view.grid.bottom) * 20)
    assert lines[1 + row][column - 1 : column + 2] == f"({palette.glyph(session.chooser.now.label)})"


def test_only_two_units_have_a_map_behind_them() -> None:
    palette = Palette()
    for hidden, coloured in (((2,), True), ((3,), False)):
        session = session_of(RunSpec(config=Config(hidden=hidden)), 2)
        view = Reader(session).layer_view(LayerQuery(30, 20, 1000))
        lines = scatter_lines(view, session.chooser.now, "h1", palette)
        assert any(style.bgcolor for line in lines for _, style in line) is coloured
