"""What the command palette offers: the key table's actions by name."""

from collections.abc import Iterator

from tui.keys import KEYS


def commands() -> Iterator[tuple[str, str, str]]:
    """Name, key and action of each."""
    for key in KEYS:
        name, action = key.command or key.help, key.action or key.local
        if action and name and action != "command_palette":
            yield f"{name[0].upper()}{name[1:]}", f"key {key.shown}", action
