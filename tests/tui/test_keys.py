"""One table of keys: no key twice, no action missing, and footer and help say what it says."""

import io

import pytest
from rich.console import Console
from textual.fuzzy import Matcher
from textual.keys import Keys, _character_to_key

from tests.tui.support import ASCII, DEEP, DEFAULT, PALETTE
from tui.app import ChainruleApp
from tui.draw.palette import Palette
from tui.keys import KEYS, bindings, groups
from tui.panels.boundary.panel import BoundaryPanel
from tui.panels.graph.panel import GraphPanel
from tui.panels.inspector.panel import InspectorPanel
from tui.panels.loss.panel import LossPanel
from tui.panels.panel import Panel
from tui.panels.parameters.panel import ParametersPanel
from tui.panels.scrolling import ScrollingPanel
from tui.panels.settings.panel import SettingsPanel
from tui.run.settings import names
from tui.run.spec import RunSpec
from tui.screens.help import HelpScreen
from tui.screens.palette_commands import commands
from tui.workbench.layout import PANELS

ALONE = {binding_key for key in KEYS if key.action for binding_key in key.keys.split(",")}


def test_no_key_is_bound_twice() -> None:
    bound = [name for key in KEYS if key.action for name in key.keys.split(",")]
    assert len(bound) == len(set(bound))


def test_no_panel_takes_a_key_of_the_app() -> None:
    for panel in (GraphPanel, BoundaryPanel, LossPanel, ScrollingPanel, InspectorPanel, ParametersPanel, SettingsPanel):
        taken = {name for binding in panel.BINDINGS for name in binding.key.split(",")}  # type: ignore[union-attr]
        assert taken.isdisjoint(ALONE)


def test_every_binding_has_an_id_of_its_own() -> None:
    ids = [binding.id for binding in bindings()]
    assert all(ids)
    assert len(ids) == len(set(ids))


def test_every_action_exists_on_the_app() -> None:
    for key in KEYS:
        if key.action:
            assert callable(getattr(ChainruleApp, f"action_{key.action.split('(')[0]}"))


def test_every_row_without_an_action_is_bound_by_the_panel_of_its_group() -> None:
    panels: dict[str, type[Panel]] = {
        "Graph": GraphPanel,
        "Boundary": BoundaryPanel,
        "Points": BoundaryPanel,
        "Inspector": InspectorPanel,
        "Parameters": ParametersPanel,
        "Loss": LossPanel,
        "Settings": SettingsPanel,
    }
    for key in KEYS:
        if not key.action:
            bound = {name for each in panels[key.group].BINDINGS for name in each.key.split(",")}  # type: ignore[union-attr]
            assert set(key.keys.split(",")) <= bound


def test_every_key_has_a_name_that_textual_knows() -> None:
    known = {key.value for key in Keys} | {_character_to_key(chr(code)) for code in range(33, 127)}
    for key in KEYS:
        assert {name.removeprefix("shift+") for name in key.keys.split(",")} <= known


def test_each_panel_has_a_digit() -> None:
    assert [key.action for key in KEYS if key.keys.isdigit()] == [f"go_to({panel!r})" for panel in PANELS]
    assert [key.keys for key in KEYS if key.keys.isdigit()] == [str(number) for number in range(1, len(PANELS) + 1)]


def test_every_key_is_in_the_help_by_itself_or_beside_its_partner() -> None:
    told = " ".join(f"{key.shown} {key.help}" for rows in groups().values() for key in rows)
    for key in KEYS:
        assert key.shown in told or (key.keys.isdigit() and int(key.keys) <= len(PANELS)), key


def help_text(palette: Palette, width: int = 200) -> str:
    """The help as it is printed in so many columns."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(HelpScreen(palette).table())
    return capture.get()


def test_help_says_what_the_table_says() -> None:
    lines = [line.rstrip() for line in help_text(PALETTE).splitlines()]
    for group, rows in groups().items():
        assert group in lines
        for key in rows:
            assert any(line.startswith(f"  {key.shown} ") and line.endswith(key.help) for line in lines)


def test_every_key_of_the_help_takes_one_row_at_eighty_columns() -> None:
    lines = [line.rstrip() for line in help_text(PALETTE, 80 - 5).splitlines()]
    for key in (key for rows in groups().values() for key in rows):
        assert any(line.startswith(f"  {key.shown} ") and line.endswith(key.help) for line in lines), key


def test_help_is_ascii_where_that_is_asked_for_and_arrows_are_not_other_keys() -> None:
    text = help_text(ASCII)
    assert text.isascii()
    assert "up down" in text
    assert "right left" in text


def test_the_palette_offers_every_action_by_its_own_words() -> None:
    offered = {name: action for name, _, action in commands(DEFAULT)}
    assert offered["Save: write the points to a CSV file"] == "write_points"
    assert offered["Unfold a sum Σ into its real additions, or fold it"] == "graph('fold')"
    assert set(offered.values()) >= {key.action for key in KEYS if key.help and key.action} - {"command_palette"}


@pytest.mark.parametrize("spec", [DEFAULT, DEEP])
def test_the_palette_has_each_row_of_the_settings_once(spec: RunSpec) -> None:
    offered = [(name, action) for name, _, action in commands(spec) if action.startswith("setting(")]
    assert [action for _, action in offered] == [f"setting('{name}')" for _, name in names(spec)]
    titles = [name for name, _ in offered]
    assert len(set(titles)) == len(titles)
    assert all(title.startswith("Settings: ") and "  " not in title for title in titles)


@pytest.mark.parametrize(
    ("typed", "action"),
    [
        ("optimizer", "setting('optimizer')"),
        ("activation", "setting('activation')"),
        ("learning rate", "setting('lr')"),
        ("batch size", "setting('batch_size')"),
        ("hidden", "setting('layers')"),
        ("hidden layers", "setting('layers')"),
        ("new run", "in_settings('apply')"),
        ("redo", "undo(True)"),
        ("relabel", "boundary('label')"),
        ("regenerate", "new_seed"),
        ("undo", "undo(False)"),
        ("save", "write_points"),
        ("write", "write_points"),
        ("load", "read_points"),
    ],
)
def test_what_a_person_would_type_is_among_the_first_that_the_palette_finds(typed: str, action: str) -> None:
    matcher = Matcher(typed)
    scores = {found: matcher.match(name) for name, _, found in commands(DEFAULT)}
    best = sorted((found for found, score in scores.items() if score > 0), key=lambda found: -scores[found])
    assert action in best[:3]


def test_what_must_always_be_in_the_footer_is_help_and_quit() -> None:
    assert [key.action for key in KEYS if key.keep] == ["help", "quit"]
