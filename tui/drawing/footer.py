"""The footer: the keys from the one table, as many as fit, help and quit always among them."""

from rich.cells import cell_len

from tui.drawing.text import Line, fit
from tui.keys import KEYS, Key
from tui.palette import Palette

FIRST = (
    "play",
    "step(1)",
    "move(-1)",
    "speed(1)",
    "find",
    "focus_panel(1)",
    "settings",
    "step(10)",
    "go_to_step",
    "probe(1)",
    "zoom",
)
"""The actions that a narrow footer names before any other."""


def shown_keys(width: int) -> list[Key]:
    """The rows of the table that fit in `width` cells, the most needed chosen first, in its order."""
    named = [key for key in KEYS if key.footer]
    chosen = [key for key in named if key.keep]
    room = width - 1 - sum(map(cells_of, chosen))
    by_need = sorted(named, key=lambda key: FIRST.index(key.action) if key.action in FIRST else len(FIRST))
    for key in by_need:
        if not key.keep and cells_of(key) <= room:
            chosen.append(key)
            room -= cells_of(key)
    return [key for key in named if key in chosen]


def cells_of(key: Key) -> int:
    """Cells that the key takes in the footer."""
    return cell_len(f"{key.shown} {key.footer}  ")


def footer_line(playing: bool, hint: str, width: int, palette: Palette) -> Line:
    """The footer's one line."""
    spans = [(" ", palette.text)]
    if hint:
        hint = f"{shortened(hint, width)}  "
        spans.append((palette.plain(hint), palette.negative))
    for key in shown_keys(width - cell_len(hint)):
        word = "pause" if key.action == "play" and playing else key.footer
        spans += [(palette.plain(key.shown), palette.accent), (f" {palette.plain(word)}  ", palette.muted)]
    return fit(tuple(spans), width, palette.text)


def shortened(hint: str, width: int) -> str:
    """The hint, up to its first semicolon if help and quit would not fit beside all of it."""
    kept = sum(cells_of(key) for key in KEYS if key.keep)
    return hint if 1 + cell_len(hint) + kept <= width else hint.partition(";")[0]
