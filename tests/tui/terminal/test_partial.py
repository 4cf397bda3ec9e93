"""Only the dirty part of a row is written, and Textual is still as that needs it."""

import io
from collections.abc import Iterator

import pytest
from rich.console import Console
from rich.segment import Segment
from textual import _compositor
from textual._compositor import ChopsUpdate
from textual.strip import Strip

from tui.terminal import partial


@pytest.fixture
def restored() -> Iterator[None]:
    """Textual's own method comes back afterwards."""
    original = ChopsUpdate.render_segments
    yield
    ChopsUpdate.render_segments = original  # type: ignore[method-assign]


def console() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, color_system=None, width=40)


def update(*spans: tuple[int, int, int]) -> ChopsUpdate:
    """Two widgets side by side, 10 cells each, in one row."""
    chops = [{0: Strip([Segment("abcdefghij")]), 10: Strip([Segment("klmnopqrst")])}]
    return ChopsUpdate(chops, list(spans), [[10, 20]])


@pytest.mark.usefixtures("restored")
def test_this_textual_is_as_expected() -> None:
    assert partial.install()
    assert _compositor.ChopsUpdate.render_segments is partial.render_segments


@pytest.mark.parametrize(
    ("spans", "written"),
    [
        ([(0, 2, 4)], ["cd"]),
        ([(0, 0, 10)], ["abcdefghij"]),
        ([(0, 8, 12)], ["ij", "kl"]),
        ([(0, 12, 13)], ["m"]),
        ([(0, 1, 2), (0, 18, 20)], ["b", "st"]),
    ],
)
def test_a_row_is_written_from_its_first_dirty_cell_to_its_last(
    spans: list[tuple[int, int, int]], written: list[str]
) -> None:
    text = partial.render_segments(update(*spans), console())
    assert [part.partition("H")[2] for part in text.split("\x1b[")[1:]] == written


def test_each_part_is_written_at_its_place() -> None:
    assert partial.render_segments(update((0, 2, 4)), console()) == "\x1b[1;3Hcd"


@pytest.mark.usefixtures("restored")
def test_another_textual_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        def __init__(self, rows: list[str]) -> None:
            self.rows = rows

        def render_segments(self) -> str:
            return ""

    own = Other.render_segments
    monkeypatch.setattr(_compositor, "ChopsUpdate", Other)
    assert not partial.install()
    assert Other.render_segments is own
