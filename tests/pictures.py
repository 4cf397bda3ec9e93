"""The README's pictures: `python -m tests.pictures` lets the app export itself, played to a step and driven by keys."""

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from tui.app import ChainruleApp, ScreenOptions
from tui.run.spec import RunSpec, open_run
from tui.worker.client import WorkerClient
from tui.worker.remote import Trainer

DIRECTORY = Path(__file__).parent / "shown"
WEB_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""The pictures are to need nothing from elsewhere: a local font does."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is on it: the default run at a step, after these words are typed; <name> is a key by its name."""

    name: str
    step: int
    typed: str
    size: tuple[int, int] = (80, 24)


PICTURES = (
    Picture("chainrule", 42, "/h1[2]<enter>", (120, 40)),
    Picture("micro", 42, "m" + "." * 178),
    Picture("check", 42, "/h1[3]<enter>c"),
    Picture("branch", 200, "g120<enter>L0.5<enter>SSS4", (80, 24)),
    Picture("unit", 42, "3vv", (80, 24)),
    Picture("settings", 42, "M<down><right><down><down><down><down><down><down><right>"),
)
KEYS = {"/": "slash", "[": "left_square_bracket", "]": "right_square_bracket", ".": "full_stop"}


def keys_of(typed: str) -> list[str]:
    """The keys in Textual's names."""
    return [name or KEYS.get(character, character) for name, character in re.findall(r"<(\w+)>|(.)", typed)]


async def export(picture: Picture) -> None:
    """Play to the step, press the keys, and write the screen as SVG."""
    spec = RunSpec(backend="python")
    trainer = Trainer(WorkerClient(), spec, until=picture.step, speed=None, playing=True)
    app = ChainruleApp(trainer, open_run(spec).data.dataset, ScreenOptions())
    async with app.run_test(size=picture.size) as pilot:
        while not (trainer.last and trainer.last.metrics.step == picture.step and not trainer.playing):
            await pilot.pause(0.05)
        for key in keys_of(picture.typed):
            await pilot.press(key)
            await settle(pilot, trainer)
        await settle(pilot, trainer)
        DIRECTORY.mkdir(exist_ok=True)
        svg = WEB_FONT.sub("", app.export_screenshot(title="chainrule"))
        (DIRECTORY / f"{picture.name}.svg").write_text(svg)


async def settle(pilot: Pilot[None], trainer: Trainer) -> None:
    """Let the app work until nothing is under way."""
    await pilot.pause()
    while trainer.waiting or trainer.last is None or trainer.last.steps_left:
        await pilot.pause(0.02)
    await pilot.pause(0.05)


def main() -> None:
    os.environ["COLORTERM"] = "truecolor"
    for picture in PICTURES:
        asyncio.run(export(picture))


if __name__ == "__main__":
    main()
