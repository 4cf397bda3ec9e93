"""One table of keys: no key twice, no action missing, and footer and help say what it says."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console
from textual.binding import Binding
from textual.fuzzy import Matcher
from textual.keys import Keys, _character_to_key
from textual.message_pump import MessagePump

import tui.keys
from tests.tui.support import ASCII, DEEP, DEFAULT, PALETTE
from tui.app import ChainruleApp
from tui.draw.palette import Palette
from tui.keys import KEYS, Key, bindings, groups
from tui.panels.boundary.panel import BoundaryPanel
from tui.panels.graph.panel import GraphPanel
from tui.panels.inspector.panel import InspectorPanel
from tui.panels.loss.panel import LossPanel
from tui.panels.parameters.panel import ParametersPanel
from tui.panels.scrolling import ScrollingPanel
from tui.panels.settings.panel import Field, SettingsPanel
from tui.run.settings import settings_in
from tui.run.spec import RunSpec
from tui.screens.branches import BranchScreen
from tui.screens.help import HelpScreen
from tui.screens.palette_commands import commands
from tui.screens.prompt import Prompt
from tui.screens.watchpoints import WatchScreen
from tui.workbench.layout import PANELS
from tui.workbench.screen import Workbench

OWNERS: dict[str, type[MessagePump]] = {
    "": Workbench,
    "app": ChainruleApp,
    "graph": GraphPanel,
    "inspector": InspectorPanel,
    "boundary": BoundaryPanel,
    "loss": LossPanel,
    "parameters": ParametersPanel,
    "settings": SettingsPanel,
    "scrolling": ScrollingPanel,
    "field": Field,
    "help": HelpScreen,
    "branches": BranchScreen,
    "watchpoints": WatchScreen,
    "prompt": Prompt,
}


def bound(panel: str) -> list[str]:
    """The keys of the main screen, or of a panel or dialog."""
    return [name for key in KEYS if key.panel == panel for name in key.keys.split(",")]


@pytest.mark.parametrize("owner", OWNERS)
def test_no_key_is_bound_twice(owner: str) -> None:
    assert len(bound(owner)) == len(set(bound(owner))) > 0


@pytest.mark.parametrize("panel", [*PANELS, "settings", "scrolling"])
def test_no_panel_takes_a_key_of_the_main_screen(panel: str) -> None:
    assert set(bound(panel)).isdisjoint(bound("") + bound("app"))


def test_every_binding_has_an_id_of_its_own() -> None:
    ids = [binding.id for owner in OWNERS for binding in bindings(owner)]
    assert all(ids)
    assert len(ids) == len(set(ids)) == len(KEYS)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.id)
def test_every_row_is_bound_by_its_owner_which_has_the_action(key: Key) -> None:
    owner = OWNERS[key.panel]
    assert callable(getattr(owner, f"action_{key.action.split('(')[0]}"))
    assert key.id in [binding.id for binding in owner.BINDINGS if isinstance(binding, Binding)]  # type: ignore[attr-defined]


def test_no_key_is_bound_outside_the_table() -> None:
    sources = Path(tui.keys.__file__).parent.rglob("*.py")
    assert [path.name for path in sources if re.search(r"\bBinding\(|BINDINGS.*\[\(", path.read_text())] == ["keys.py"]
    for owner, kind in OWNERS.items():
        assert bindings(owner) == kind.BINDINGS  # type: ignore[attr-defined]


def test_every_key_has_a_name_that_textual_knows() -> None:
    known = {key.value for key in Keys} | {_character_to_key(chr(code)) for code in range(33, 127)}
    for key in KEYS:
        names = [name.removeprefix("shift+") for name in key.keys.split(",")]
        assert {_character_to_key(name) if len(name) == 1 else name for name in names} <= known


def test_each_panel_has_a_digit() -> None:
    assert [key.action for key in KEYS if key.keys.isdigit()] == [f"go_to({panel!r})" for panel in PANELS]
    assert [key.keys for key in KEYS if key.keys.isdigit()] == [str(number) for number in range(1, len(PANELS) + 1)]


def test_every_key_is_in_the_help_by_itself_or_beside_its_partner() -> None:
    told = " ".join(f"{key.shown} {key.help}" for rows in groups().values() for key in rows)
    for key in KEYS:
        if not key.local:  # a panel's key may be told of by words, as with shift
            assert key.shown in told or key.keys in "12345", key


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
    assert offered["Unfold a sum Σ into its real additions, or fold it"] == "in_panel('graph', 'fold')"
    assert set(offered.values()) >= {key.action for key in KEYS if key.help and not key.panel}
    assert {"app.quit", "app.next_theme"} <= set(offered.values())


@pytest.mark.parametrize("spec", [DEFAULT, DEEP])
def test_the_palette_has_each_row_of_the_settings_once(spec: RunSpec) -> None:
    offered = [(name, action) for name, _, action in commands(spec) if action.startswith("setting(")]
    assert [action for _, action in offered] == [f"setting('{row.name}')" for row in settings_in(spec)]
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
        ("new run", "in_panel('settings', 'apply')"),
        ("redo", "undo(True)"),
        ("relabel", "in_panel('boundary', 'label')"),
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
