"""A frame is exactly as large as asked, at any size, and says what it is as far as there is room."""

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.support import ASCII, PALETTE, assert_exact, repeatable, text, texts
from tui.drawing.frame import framed
from tui.drawing.text import Line

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
    assert "".join(texts(framed(TITLE, NOTE, body(1, 3), 40, 5, ASCII, focused=True))).isascii()
