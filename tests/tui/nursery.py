"""Worker processes at a twentieth of their price: forked from one that has imported everything.

A worker spends a tenth of a second of processor time on its imports, and hundreds of tests start one. Here a single
process imports it once and forks: what comes out runs the same `main` on pipes, environment and folder of its own, has
a process id and a status, and ends when its pipe does. How a worker is really started is what `test_client`
and the tests of the whole program see.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, NoReturn, TypedDict, cast

from tui.worker.client import WorkerClient

START = "import sys; sys.path[:] = sys.argv[1:]; from tests.tui.nursery import serve; serve()"
MOST = 1 << 20


class Order(TypedDict):
    """What a process has from whoever starts it."""

    env: dict[str, str]
    cwd: str


class Forked:
    """What a WorkerClient has of its process."""

    def __init__(self, errors: IO[bytes]) -> None:
        given, stdin = os.pipe()
        stdout, reports = os.pipe()
        self._status, status = socket.socketpair()
        descriptors = (given, reports, errors.fileno(), status.fileno())
        order: Order = {"env": dict(os.environ), "cwd": str(Path.cwd())}
        socket.send_fds(nursery(), [json.dumps(order).encode()], descriptors)
        for descriptor in (given, reports):
            os.close(descriptor)
        status.close()
        self.stdin, self.stdout = os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb")
        self.returncode: int | None = None
        self.pid = int(self._status.recv(16))

    def wait(self, timeout: float | None = None) -> int:
        """How it ended."""
        if self.returncode is None:
            self._status.settimeout(timeout)
            try:
                self.returncode = int(self._status.recv(16))
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired("worker", timeout or 0.0) from None
            self._status.close()
        return self.returncode

    def poll(self) -> int | None:
        """How it ended, if it has."""
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def kill(self) -> None:
        """End it, unless it has ended and that is not yet told."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """End it if it has not ended, and let go of everything."""
        for pipe in (self.stdin, self.stdout):
            with suppress(BrokenPipeError):  # there was more to send
                pipe.close()
        if self.poll() is None:
            self.kill()
            self.wait()


class ForkedClient(WorkerClient):
    """A WorkerClient whose processes come from the nursery."""

    def _launched(self) -> "subprocess.Popen[bytes]":
        return cast("subprocess.Popen[bytes]", Forked(self._errors))


@cache
def nursery() -> socket.socket:
    """The way to the one process that forks; it ends with this one, whose end of the socket is then closed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = os.posix_spawn(
            sys.executable,
            [sys.executable, "-P", "-c", START, *sys.path],
            os.environ,
            setsid=True,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs.fileno(), 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            ],
        )
    atexit.register(os.waitpid, process, 0)
    atexit.register(ours.close)  # before that
    return ours


def serve() -> None:
    """Fork a worker for each order, until there are no more."""
    from tui.worker.process import main  # now, so that what is forked has it

    orders = socket.socket(fileno=os.dup(0))
    while True:
        order, descriptors, _, _ = socket.recv_fds(orders, MOST, 4)
        if not order:
            return
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if os.fork() == 0:
            break
        for descriptor in descriptors:
            os.close(descriptor)
    orders.close()
    if worker := os.fork():
        tell(worker, *descriptors)
    else:
        take_place(json.loads(order), *descriptors)
        main()


def tell(worker: int, stdin: int, stdout: int, stderr: int, status: int) -> NoReturn:
    """Tell the worker's process id and, later, how it ended."""
    for descriptor in (0, stdin, stdout, stderr):
        os.close(descriptor)
    os.write(status, str(worker).encode())
    ended = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    with suppress(OSError):  # nobody wants to know any more
        os.write(status, str(ended).encode())
    os._exit(0)


def take_place(order: Order, stdin: int, stdout: int, stderr: int, status: int) -> None:
    """Become a process as whoever ordered it would have started it."""
    os.setsid()
    os.close(status)
    for number, descriptor in enumerate((stdin, stdout, stderr)):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
