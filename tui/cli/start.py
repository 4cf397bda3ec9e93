"""Start and end of the app: the worker is started before Textual is even imported."""

import contextlib
import gc
import io
import os
import sys
import tempfile

from tui.run.spec import RunData, RunSpec
from tui.worker.client import WorkerClient
from tui.worker.remote import Trainer


def run_app(
    spec: RunSpec, data: RunData, *, steps: int | None, speed: float | None, playing: bool, conditions: tuple[str, ...],
    fps: int, mouse: bool, ascii_only: bool,
) -> int:  # fmt: skip
    """Run the app with the run's data until the person quits; the exit status."""
    client = WorkerClient()
    trainer = Trainer(client, spec, until=steps, speed=speed, playing=playing, conditions=conditions, data=data)
    os.environ.setdefault("TEXTUAL_FPS", "120")
    gc.disable()  # until the first frame: the app does not collect what stays
    from tui.app import ChainruleApp, ScreenOptions  # noqa: PLC0415  # after the worker is on its way

    app = ChainruleApp(trainer, data.dataset, ScreenOptions(fps, ascii_only or not writes_unicode()))
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        app.run(mouse=mouse)
    if app.return_code:
        report(said.getvalue())
    return app.return_code or app.shutdown.status


def writes_unicode() -> bool:
    """Whether what Textual writes reaches the terminal as it is: it writes to standard error, in its encoding."""
    encoding = sys.__stderr__.encoding if sys.__stderr__ else ""
    return encoding.lower().replace("-", "").startswith("utf")


def report(details: str) -> None:
    """Say in one line that the app failed and where the details are, instead of a traceback over the screen."""
    with tempfile.NamedTemporaryFile("w", prefix="chainrule-", suffix=".log", delete=False) as log:
        log.write(details)
    print(f"chainrule: an error of its own ended the app; {log.name} says which", file=sys.stderr)
