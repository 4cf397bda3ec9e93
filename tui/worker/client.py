"""The app's end of the worker: start it, talk to it, notice when it dies, start another.

The process is started as a plain program over two pipes. `multiprocessing` can't start one from
inside a running Textual app, and it would inherit more of the app than it needs.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable

from tui.worker.messages import Report, Request
from tui.worker.pipe import Decoder, encoded

START = "import sys; sys.path[:] = sys.argv[1:]; from tui.worker.process import main; main()"
"""The child takes over our import path: the user's own folder may hold a `data` or an `engine`. Without `site` (-S)
nothing else is imported before."""
READ_SIZE = 1 << 20
END_TIMEOUT = 0.5
"""Seconds that a worker gets to notice that its pipe is closed."""


class WorkerClient:
    """One worker process at a time.

    `on_report` is called with each message, `on_death` with one line that says how the worker
    ended, both in the event loop's thread, from `attach` on.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._on_report: Callable[[Report], None] | None = None
        self._on_death: Callable[[str], None] | None = None
        self._unsent = bytearray()
        self._writing = False
        self.start()

    @property
    def pid(self) -> int:
        """The process id of the present worker."""
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Start a worker; it begins to import while the app does."""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the worker
        self._decoder = Decoder()
        self._process = self._launched()
        assert self._process.stdin
        os.set_blocking(self._process.stdin.fileno(), False)
        self._unsent.clear()
        if self._on_report:
            self._watch()

    def _launched(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603  # our own interpreter, our own arguments
            [sys.executable, "-P", "-S", "-c", START, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )

    def attach(self, on_report: Callable[[Report], None], on_death: Callable[[str], None]) -> None:
        """Begin to deliver reports in the running event loop."""
        self._on_report, self._on_death = on_report, on_death
        self._watch()
        self._flush()

    def _watch(self) -> None:
        assert self._process
        assert self._process.stdout
        asyncio.get_running_loop().add_reader(self._process.stdout.fileno(), self._readable)

    def _readable(self) -> None:
        assert self._process
        assert self._process.stdout
        assert self._on_report
        piece = os.read(self._process.stdout.fileno(), READ_SIZE)
        if not piece:
            self._ended()
            return
        for report in self._decoder.feed(piece):
            self._on_report(report)

    def _ended(self) -> None:
        reason = self._collect()
        assert self._on_death
        self._on_death(reason)

    def send(self, request: Request) -> None:
        """Pass on a request without ever waiting; a dead worker is noticed by its closed pipe, not here."""
        self._unsent += encoded(request)
        if not self._writing:
            self._flush()

    def _flush(self) -> None:
        assert self._process
        assert self._process.stdin
        descriptor = self._process.stdin.fileno()
        try:
            written = os.write(descriptor, self._unsent)
        except BlockingIOError:
            written = 0
        except OSError:
            self._unsent.clear()
            written = 0
        del self._unsent[:written]
        wanted = bool(self._unsent) and self._on_report is not None  # before that no loop runs, `attach` goes on
        if wanted != self._writing:
            loop = asyncio.get_running_loop()
            if wanted:
                loop.add_writer(descriptor, self._flush)
            else:
                loop.remove_writer(descriptor)
            self._writing = wanted

    def _collect(self) -> str:
        """Close what is left of the worker; say how it ended."""
        process = self._process
        assert process
        assert process.stdin
        assert process.stdout
        if self._on_report:
            loop = asyncio.get_running_loop()
            loop.remove_reader(process.stdout.fileno())
            if self._writing:
                loop.remove_writer(process.stdin.fileno())
                self._writing = False
        with contextlib.suppress(OSError):
            process.stdin.close()
        process.stdout.close()
        try:
            status = process.wait(END_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines()
        self._errors.close()
        if status < 0:
            return f"killed by {signal.Signals(-status).name}"
        return said[-1] if said else f"status {status}"

    def close(self) -> None:
        """End the worker, if it has not ended by itself."""
        if self._process and self._process.stdout and not self._process.stdout.closed:
            self._collect()
