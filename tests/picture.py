"""The README's picture: `python -m tests.picture` lets the app export itself at step 42 of the default run."""

import asyncio
import os
import re
from pathlib import Path

from tui.app import ChainruleApp, ScreenOptions
from tui.client import WorkerClient
from tui.run import RunSpec, open_run
from tui.trainer import Trainer

PICTURE = Path(__file__).parent / "pictures" / "chainrule.svg"
STEP = 42
WEB_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""The picture is to need nothing from elsewhere: a local font does."""


async def export() -> None:
    """Play to the step, select a hidden unit, and write the screen as SVG."""
    os.environ["COLORTERM"] = "truecolor"
    spec = RunSpec()
    trainer = Trainer(WorkerClient(), spec, until=STEP, speed=None, playing=True)
    app = ChainruleApp(trainer, open_run(spec).dataset, ScreenOptions())
    async with app.run_test(size=(120, 40)) as pilot:
        while not (trainer.last and trainer.last.metrics.step == STEP and not trainer.playing):
            await pilot.pause(0.05)
        await pilot.press("slash", *"h1", "left_square_bracket", "2", "right_square_bracket", "enter")
        await pilot.pause(0.5)
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(WEB_FONT.sub("", app.export_screenshot(title="chainrule")))


if __name__ == "__main__":
    asyncio.run(export())
