"""The footer: the keys from the one table, as many as fit, help and quit always among them."""

from rich.cells import cell_len, set_cell_size

from tui.draw.palette import Palette
from tui.draw.text import Line, fit
from tui.keys import KEYS, Key

FIRST = (
    *("play", "step(1)", "move(-1)", "speed(1)", "find", "focus_panel(1)"),
    *("settings", "step(10)", "go_to_step", "probe(1)", "zoom"),
)
"""The actions that a narrow footer names before any other."""


def shown_keys(width: int, panel: str = "") -> list[Key]:
    """The rows of the table that fit in `width` cells, the most needed chosen first, in its order.

    Those of the panel with the focus come before all others but playing.
    """
    named = [key for key in KEYS if key.footer and (not key.local or key.panel == panel)]
    chosen = [key for key in named if key.keep]
    room = width - 1 - sum(map(cells_of, chosen))
    for key in sorted(named, key=need):
        if not key.keep and cells_of(key) <= room:
            chosen.append(key)
            room -= cells_of(key)
    return [key for key in named if key in chosen]


def need(key: Key) -> float:
    """How soon a key has to give way to others: the least last."""
    if key.local:
        return 0.5
    return FIRST.index(key.action) if key.action in FIRST else len(FIRST)


def cells_of(key: Key) -> int:
    """Cells that the key takes in the footer."""
    return cell_len(f"{key.shown} {key.footer}  ")


def footer_line(playing: bool, hint: str, width: int, palette: Palette, panel: str = "") -> Line:
    """The footer's one line; `panel` has the focus."""
    spans = [(" ", palette.text)]
    if hint:
        hint = f"{shortened(hint, width)}  "
        spans.append((hint, palette.negative))
    for key in shown_keys(width - cell_len(hint), panel):
        word = "pause" if key.action == "play" and playing else key.footer
        spans += [(key.shown, palette.accent), (f" {word}  ", palette.muted)]
    return fit(tuple(spans), width, palette.text)


def shortened(hint: str, width: int) -> str:
    """The hint as far as help and quit fit beside it: up to its first semicolon, without parentheses, or cut."""
    room = width - 1 - sum(cells_of(key) for key in KEYS if key.keep)
    brief = hint.partition(";")[0]
    bare = brief.partition(" (")[0]
    cut = f"{set_cell_size(bare, max(0, room - 1)).rstrip()}…"
    return next((text for text in (hint, brief, bare) if cell_len(text) <= room), cut)
