"""Send only the dirty part of a row.

Textual knows which columns of a row are dirty, but writes each widget's part of the row from its
first column on. In this app numbers at the end of a row change twelve times a second while the
name before them stays, so `install` replaces the one method that writes rows by one that begins
at the first dirty column. It reaches into a private class of Textual; where a later Textual has
changed it, nothing is replaced, rows are sent whole, and the test of this module says so.
"""

from rich.console import Console
from rich.control import Control
from textual import _compositor

NAMES = ("chops", "spans", "chop_ends")


def render_segments(update: "_compositor.ChopsUpdate", console: Console) -> str:
    """The dirty spans of an update as escape sequences and text."""
    sequences: list[str] = []
    for y, x1, x2 in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x >= x2 or end <= x1:
                continue
            start = max(x, x1)
            sequences.append(Control.move_to(start, y).segment.text)
            sequences.append(strip.crop(start - x, min(end, x2) - x).render(console))
    return "".join(sequences)


def install() -> bool:
    """Use `render_segments` from now on; False where Textual is not as expected."""
    update = getattr(_compositor, "ChopsUpdate", None)
    known = update is not None and set(NAMES) <= set(update.__init__.__annotations__)
    if known and hasattr(update, "render_segments"):
        _compositor.ChopsUpdate.render_segments = render_segments  # type: ignore[method-assign,assignment]
        return True
    return False
