"""The themes of the app, and which of them suit a terminal's depth of colour."""

import os

from rich.console import Console
from textual.theme import Theme

from tui.draw.palette import BACKGROUND, ROLES, Depth


def theme(name: str, place: int) -> Theme:
    """A Textual theme of the palette's own colours, dark (0) or light (1)."""
    color = {role: row[:2][place] for role, row in ROLES.items()}
    background = BACKGROUND[place]
    surface = ("#1a1e29", "#e9ecf2")[place]
    return Theme(
        name=name,
        primary=color["accent"],
        secondary=color["val"],
        accent=color["accent"],
        warning=color["negative"],
        error=color["alert"],
        success=color["good"],
        foreground=color["text"],
        background=background,
        surface=surface,
        panel=surface,
        dark=place == 0,
    )


THEMES = (theme("chainrule-dark", 0), theme("chainrule-light", 1))


def color_depth() -> Depth:
    """How many colours the terminal shows, by what the environment says of it."""
    if os.environ.get("NO_COLOR"):
        return "none"
    system = Console(force_terminal=True).color_system
    depths: dict[str | None, Depth] = {"truecolor": "truecolor", "256": "256", "standard": "16", "windows": "16"}
    return depths.get(system, "none")


def theme_names(depth: Depth) -> tuple[str, ...]:
    """The themes that the theme key goes through, the default first."""
    if depth in ("16", "none"):
        return ("ansi-dark", "ansi-light")
    return tuple(each.name for each in THEMES)
