"""The least that Textual shows: what the first frame of an app is compared with."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.widgets import Static


class BareApp(App[None]):
    BINDINGS: ClassVar = [("q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        yield Static("Nothing but Textual.", markup=False)


if __name__ == "__main__":
    BareApp().run()
