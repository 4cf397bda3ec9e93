"""A frame is exactly as large as asked, at any size, and says what it is as far as there is room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.support import ASCII, PALETTE, assert_exact, repeatable, text, texts
from tui.draw.frame import framed, thumb
from tui.draw.text import Line

TITLE: Line = (("Graph", PALETTE.strong), ("  train 0", PALETTE.muted))
NOTE: Line = (("94 nodes", PALETTE.muted),)


def body(rows: int, width: int) -> list[Line]:
    return [(("x" * width, PALETTE.text),)] * rows


@given(st.integers(0, 40), st.integers(0, 12), st.integers(0, 15), st.integers(0, 50))
@repeatable(200)
def test_a_frame_has_exactly_the_size_that_is_asked_for(width: int, height: int, rows: int, row_width: int) -> None:
    assert_exact(framed(TITLE, NOTE, body(rows, row_width), width, height, PALETTE, focused=False), width, height)


def test_title_left_note_right_body_inside() -> None:
    lines = texts(framed(TITLE, NOTE, body(1, 3), 40, 4, PALETTE, focused=False))
    assert lines == [
        "╭─ Graph  train 0 ────────── 94 nodes ─╮",
        "│xxx                                   │",
        "│                                      │",
        "╰──────────────────────────────────────╯",
    ]


def test_the_note_gives_way_to_the_title() -> None:
    assert "94 nodes" in text(framed(TITLE, NOTE, [], 32, 3, PALETTE, focused=False)[0])
    narrow = text(framed(TITLE, NOTE, [], 27, 3, PALETTE, focused=False)[0])
    assert "94" not in narrow
    assert "Graph  train 0" in narrow


def test_the_focused_frame_has_a_style_of_its_own() -> None:
    focused, other = (framed(TITLE, NOTE, [], 30, 3, PALETTE, focused=state) for state in (True, False))
    assert texts(focused) == texts(other)
    assert all(a != b for a, b in zip(focused, other, strict=True))


def test_the_frame_is_ascii_where_that_is_asked_for() -> None:
    rows = framed(TITLE, NOTE, body(1, 3), 40, 5, ASCII, focused=True, marked=range(1))
    assert ASCII.plain("".join(texts(rows))).isascii()


@pytest.mark.parametrize("total", [0, 1, 9, 10, 11, 50, 1000, 100_000])
def test_the_thumb_is_within_the_frame_and_moves_from_end_to_end(total: int) -> None:
    shown = 10
    edges = [thumb(top, shown, total) for top in range(0, max(1, total - shown + 1))]
    if total <= shown:
        assert all(len(edge) == 0 for edge in edges)
        return
    assert all(0 <= edge.start < edge.stop <= shown for edge in edges)
    assert (edges[0].start, edges[-1].stop) == (0, shown)
    assert [edge.start for edge in edges] == sorted(edge.start for edge in edges)
    assert thumb(0, 0, total) == range(0)
    assert thumb(0, shown, total, skip=1) == range(edges[0].start + 1, edges[0].stop + 1)


def test_the_thumb_replaces_the_right_hand_frame_only() -> None:
    rows = texts(framed((), (), [(("body", PALETTE.text),)] * 5, 6, 7, PALETTE, focused=True, marked=range(1, 3)))
    assert rows[1:-1] == ["│body│", "│body┃", "│body┃", "│body│", "│body│"]
