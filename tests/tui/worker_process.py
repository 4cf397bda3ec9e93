"""A real worker process on two pipes, driven by a test."""

import os
import select
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from engine.views.queries import CurvesQuery, GraphQuery, Grid, MapQuery, ProbeQuery
from tests.tui.nursery import Forked
from tui.run.spec import RunSpec
from tui.worker.messages import ComputedBy, Draw, Open, Opened, Problem, Report, Request, Snapshot
from tui.worker.pipe import Decoder, encoded

PATIENCE = 20.0
"""Seconds after which a test gives up waiting."""
NOTHING = Draw()
EVERYTHING = Draw((ProbeQuery(), GraphQuery(), MapQuery(Grid(6, 4, -2.0, 2.0, -2.0, 2.0)), CurvesQuery(40)))
Kind = TypeVar("Kind", bound=Report)


class WorkerProcess:
    """What the app has of a worker, with calls that wait."""

    def __init__(self, process: Forked) -> None:
        self.process = process
        self._decoder = Decoder()
        self._received: deque[Report] = deque()
        self.computed_by: list[ComputedBy] = []

    def send(self, *intents: Request) -> None:
        """Pass on intents."""
        assert self.process.stdin
        for intent in intents:
            self.process.stdin.write(encoded(intent))
        self.process.stdin.flush()

    def receive(self, patience: float = PATIENCE) -> Report:
        """The next report."""
        assert self.process.stdout
        end = time.monotonic() + patience
        while not self._received:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, end - time.monotonic()))
            assert ready, "no report"
            piece = os.read(self.process.stdout.fileno(), 1 << 20)
            assert piece, "the worker ended"
            self._received.extend(self._decoder.feed(piece))
        return self._received.popleft()

    def expect(self, kind: type[Kind]) -> Kind:
        """The next report, which is to be of this kind; who computes may be told at any moment, and is noted."""
        while isinstance(report := self.receive(), ComputedBy):
            self.computed_by.append(report)
        assert isinstance(report, kind), report
        return report

    def open(self, spec: RunSpec | None = None, number: int = 1, until: int | None = None) -> Opened:
        """Open a run."""
        self.send(Open(number, spec or RunSpec(), until=until))
        return self.expect(Opened)

    def draw(self, wanted: Draw = NOTHING) -> Snapshot:
        """One snapshot."""
        self.send(wanted)
        return self.expect(Snapshot)

    def settled(self) -> ComputedBy:
        """The next time that it is told who computes."""
        if not self.computed_by:
            report = self.receive()
            assert isinstance(report, ComputedBy), report
            return report
        return self.computed_by.pop(0)

    def wait_for(self, condition: Callable[[Snapshot], bool], wanted: Draw = NOTHING) -> Snapshot:
        """Ask until a snapshot is as it should be."""
        end = time.monotonic() + PATIENCE
        while not condition(snapshot := self.draw(wanted)):
            assert time.monotonic() < end, snapshot
        return snapshot

    def problem(self) -> str:
        """The text of the next report, a Problem."""
        return self.expect(Problem).text


@contextmanager
def worker_process() -> Iterator[WorkerProcess]:
    """A worker, ended with the test however that ends."""
    with tempfile.TemporaryFile() as errors:
        process = Forked(errors)
        try:
            yield WorkerProcess(process)
        finally:
            process.end()
