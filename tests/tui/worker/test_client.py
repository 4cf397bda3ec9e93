"""The app's end of the worker: it never waits, notices a death and says how, and leaves no process behind."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from tests.tui.support import DEFAULT
from tests.tui.worker_process import NOTHING, PATIENCE
from tui.worker import client as client_module
from tui.worker.client import WorkerClient
from tui.worker.intents import Step
from tui.worker.messages import Open, Opened, Report, Snapshot

ON_PYTHON = replace(DEFAULT, backend="python")
"""A run of which no compiler has anything to tell."""


class Ears:
    """A client in a running loop, and all that it told."""

    def __init__(self) -> None:
        self.client = WorkerClient()
        self.reports: list[Report] = []
        self.deaths: list[str] = []
        self.client.attach(self.reports.append, self.deaths.append)

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the loop run until something is so."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, (self.reports, self.deaths)
            await asyncio.sleep(0.002)

    def gone(self, pid: int) -> bool:
        """Whether no such process is left."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    ears = Ears()
    yield ears
    ears.client.close()


async def test_intents_go_there_and_reports_come_back(ears: Ears) -> None:
    ears.client.send(Open(1, ON_PYTHON))
    ears.client.send(Step(3))
    await ears.until(lambda: ears.reports)
    assert isinstance(ears.reports[0], Opened)

    def arrived() -> bool:
        """Whether all steps are taken; each snapshot, and there may be some amid them, is one that was asked for."""
        last = ears.reports[-1]
        if isinstance(last, Snapshot) and last.metrics.step == 3:
            return True
        if len(ears.reports) > asked[-1]:
            asked.append(len(ears.reports))
            ears.client.send(NOTHING)
        return False

    asked = [0]
    await ears.until(arrived)


async def test_what_is_sent_before_anyone_listens_is_answered() -> None:
    client = WorkerClient()
    client.send(Open(1, ON_PYTHON))
    reports: list[Report] = []
    client.attach(reports.append, print)
    end = time.monotonic() + PATIENCE
    while not reports and time.monotonic() < end:
        await asyncio.sleep(0.002)
    client.close()
    assert isinstance(reports[0], Opened)


async def test_a_killed_worker_is_noticed_with_its_signal_and_another_serves(ears: Ears) -> None:
    first = ears.client.pid
    os.kill(first, signal.SIGKILL)
    await ears.until(lambda: ears.deaths)
    assert ears.deaths == ["killed by SIGKILL"]
    assert ears.gone(first)
    ears.client.start()
    assert ears.client.pid != first
    ears.client.send(Open(2, ON_PYTHON))
    await ears.until(lambda: ears.reports)
    assert isinstance(ears.reports[0], Opened)


async def test_a_worker_that_fails_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "START", "raise SystemExit('out of cheese')")
    ears = Ears()
    await ears.until(lambda: ears.deaths)
    assert ears.deaths == ["out of cheese"]
    ears.client.close()


async def test_a_worker_that_ends_silently_is_told_by_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "START", "raise SystemExit(3)")
    ears = Ears()
    await ears.until(lambda: ears.deaths)
    assert ears.deaths == ["status 3"]
    ears.client.close()


async def test_sending_never_waits_for_a_worker_that_does_not_read(ears: Ears) -> None:
    ears.client.send(Open(1, ON_PYTHON))
    await ears.until(lambda: ears.reports)
    os.kill(ears.client.pid, signal.SIGSTOP)
    start = time.monotonic()
    for _ in range(2000):
        ears.client.send(Step(1))
    assert time.monotonic() - start < 2.0
    os.kill(ears.client.pid, signal.SIGCONT)
    ears.client.send(NOTHING)
    await ears.until(lambda: isinstance(ears.reports[-1], Snapshot))
    snapshot = ears.reports[-1]
    assert isinstance(snapshot, Snapshot)
    while snapshot.metrics.step < 2000:
        ears.client.send(NOTHING)
        seen = len(ears.reports)
        await ears.until(lambda seen=seen: len(ears.reports) > seen)  # type: ignore[misc]
        snapshot = ears.reports[-1]
        assert isinstance(snapshot, Snapshot)
    assert snapshot.metrics.step == 2000, "all of it arrives"


async def test_sending_to_a_dead_worker_is_quiet(ears: Ears) -> None:
    os.kill(ears.client.pid, signal.SIGKILL)
    for _ in range(100):
        ears.client.send(Step(1))
    await ears.until(lambda: ears.deaths)


async def test_closing_ends_the_process_and_may_be_repeated() -> None:
    ears = Ears()
    pid = ears.client.pid
    ears.client.close()
    assert ears.gone(pid)
    ears.client.close()
    assert ears.deaths == []


async def test_closing_after_a_death_is_quiet(ears: Ears) -> None:
    os.kill(ears.client.pid, signal.SIGKILL)
    await ears.until(lambda: ears.deaths)
    ears.client.close()


async def test_a_worker_that_hangs_is_ended_all_the_same() -> None:
    ears = Ears()
    pid = ears.client.pid
    os.kill(pid, signal.SIGSTOP)
    ears.client.close()
    assert ears.gone(pid)
