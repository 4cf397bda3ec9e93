"""Who computes, as the header tells it: it compiles beside the run, and says by itself when that is over."""

from pathlib import Path

import pytest

from tests.tui.gated_compiler import FAILS, GatedCompiler, outcomes
from tests.tui.running import Running, running


def ending(run: Running) -> str:
    """The end of the header's second line."""
    return run.rows()[1].rstrip()


@pytest.mark.parametrize(("work", "backend"), outcomes())
async def test_a_paused_run_says_by_itself_that_the_compiler_is_through(
    work: str, backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = GatedCompiler(tmp_path, work, monkeypatch)
    async with running((200, 60), compiling=True) as run:
        assert ending(run).endswith("Python, compiling")
        drawn = run.last
        compiler.begin()
        await run.until(lambda: ending(run).endswith(f"  {backend}"), backend)
        assert run.last is drawn, "nothing but the header was sent again"


async def test_a_new_seed_plays_while_its_compiler_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    GatedCompiler(tmp_path, FAILS, monkeypatch)
    async with running((120, 40), playing=True, compiling=True) as run:
        await run.until(lambda: run.step > 5)
        await run.pilot.press("n")
        await run.until(lambda: run.trainer.last and run.last.number == 2 and run.step > 5)
        assert "▶ playing" in run.rows()[0]
        assert run.trainer.backend == "Python, compiling"
