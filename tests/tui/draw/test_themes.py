"""Which colours the terminal has, and the themes that suit it."""

import pytest

from tui.draw.palette import ROLES
from tui.draw.themes import THEMES, color_depth, theme_names

VARIABLES = ("NO_COLOR", "COLORTERM", "TERM", "FORCE_COLOR", "TTY_COMPATIBLE")


@pytest.mark.parametrize(
    ("environment", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "tmux-256color"}, "256"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "dumb"}, "none"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": ""}, "truecolor"),
    ],
)
def test_the_depth_of_colour_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], depth: str
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert color_depth() == depth


def test_few_colours_mean_the_terminals_own_themes() -> None:
    assert theme_names("16") == theme_names("none") == ("ansi-dark", "ansi-light")
    assert theme_names("truecolor") == theme_names("256") == tuple(theme.name for theme in THEMES)


def test_there_is_a_dark_theme_first_and_a_light_one_in_the_palettes_colours() -> None:
    assert [theme.dark for theme in THEMES] == [True, False]
    assert [theme.accent for theme in THEMES] == list(ROLES["accent"][:2])
    assert [theme.foreground for theme in THEMES] == list(ROLES["text"][:2])
