"""What the command palette offers: the key table's actions by name, and the rows of the settings."""

from collections.abc import Iterator

from tui.keys import KEYS, key_of
from tui.run.settings import settings_in
from tui.run.spec import RunSpec


def commands(spec: RunSpec) -> Iterator[tuple[str, str, str]]:
    """Name, key and the main screen's action of each, for such a run."""
    for key in KEYS:
        if key.name is not None and (name := key.name or key.help):
            yield f"{name[0].upper()}{name[1:]}", f"key {key.shown}", key.command
    for row in settings_in(spec):
        yield f"Settings: {row.title or row.called}", f"key {key_of('settings')}", f"setting('{row.name}')"
