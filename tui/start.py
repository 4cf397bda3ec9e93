"""Start and end of the app: the worker is started before Textual is even imported."""

import os
import sys

from data.dataset import Dataset
from tui.client import WorkerClient
from tui.run import RunSpec
from tui.trainer import Trainer


def run_app(
    spec: RunSpec,
    dataset: Dataset,
    *,
    steps: int | None = None,
    fps: int = 12,
    mouse: bool = True,
    ascii_only: bool = False,
    speed: float | None = 10.0,
    playing: bool = True,
) -> int:
    """Run the app until the person quits; the exit status."""
    client = WorkerClient()
    trainer = Trainer(client, spec, until=steps, speed=speed, playing=playing)
    os.environ.setdefault("TEXTUAL_FPS", "120")
    from tui.app import ChainruleApp, ScreenOptions  # noqa: PLC0415  # after the worker is on its way

    app = ChainruleApp(trainer, dataset, ScreenOptions(fps, ascii_only))
    app.run(mouse=mouse)
    sys.stdout.flush()
    return app.return_code or 0
