"""What the command palette offers: the key table's actions by name, and the rows of the settings."""

from collections.abc import Iterator

from tui.keys import KEYS, key_of
from tui.run.settings import names, title_of
from tui.run.spec import RunSpec


def commands(spec: RunSpec) -> Iterator[tuple[str, str, str]]:
    """Name, key and action of each, for such a run."""
    for key in KEYS:
        name, action = key.command or key.help, key.action or key.local
        if action and name and action != "command_palette":
            yield f"{name[0].upper()}{name[1:]}", f"key {key.shown}", action
    for _, setting in names(spec):
        yield f"Settings: {title_of(setting)}", f"key {key_of('settings')}", f"setting('{setting}')"
