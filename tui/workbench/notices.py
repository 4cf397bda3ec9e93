"""Lines that are shown in a box for a while."""

from textual.app import App


def tell(app: App[None], text: str, *, wrong: bool) -> None:
    """Show a line, whatever else goes on."""
    app.notify(text, severity="error" if wrong else "information", timeout=8, markup=False)


def make_room(app: App[None]) -> None:
    """Take away the lines that are shown: the newest is the one that is true."""
    app.clear_notifications()
    for screen in app.screen_stack:
        screen.query("ToastHolder").remove()  # Textual leaves an empty one behind
