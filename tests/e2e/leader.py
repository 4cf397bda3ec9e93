"""The login shell of a test terminal: leads the session, runs one command in its foreground, outlives it.

A program is normally started by a shell, and three things that the tests look at exist only then. The kernel resets a
terminal's settings when the leader of its session ends, so a program that led its own session would always seem to
have restored them. A closed window sends SIGHUP to the leader, and the shell passes it on to its jobs. And ctrl+c and
ctrl+z go to the foreground job alone. It runs as a program of its own, without threads, so that forking is safe.

Its order is a JSON object as its one argument. It reports with a line of JSON each on one pipe of the harness, and ends
when the harness closes the other.
"""

import json
import os
import select
import signal
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

MARKER = "\x1b]7777;the command has ended\x07"
"""Written to the terminal after the command's last byte, so that the reader knows that it has read everything."""

PATIENCE = 2.0
"""Seconds that a command may still take to end itself when the harness is gone."""
JOB_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)


def report(pipe: int, **facts: float) -> None:
    os.write(pipe, json.dumps(facts).encode() + b"\n")


def run_command(order: dict[str, Any]) -> NoReturn:
    """Become the command; what goes wrong is said on its terminal, as a shell would."""
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    for number in (*JOB_SIGNALS, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    command: list[str] = order["command"]
    try:
        if order["cwd"] is not None:
            os.chdir(order["cwd"])
        if order["cpus"]:
            os.sched_setaffinity(0, order["cpus"])
        report(order["reports"], pid=os.getpid(), time=time.monotonic())
        os.execvpe(command[0], command, order["env"])
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\r\n".encode())
    os._exit(127)


def wait_for_end(job: int, hold: int) -> None:
    """Until the job has ended; if the harness is gone before, nothing else would end what does not heed SIGHUP."""
    pidfd = os.pidfd_open(job)
    if pidfd in select.select([pidfd, hold], [], [])[0]:
        return
    if not select.select([pidfd], [], [], PATIENCE)[0]:
        os.killpg(job, signal.SIGKILL)


def main() -> None:
    order: dict[str, Any] = json.loads(sys.argv[1])
    for descriptor in (order["reports"], order["hold"]):
        os.set_inheritable(descriptor, False)
    for number in JOB_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        run_command(order)

    def pass_on(number: int, frame: FrameType | None) -> None:
        with suppress(ProcessLookupError):
            os.killpg(job, number)

    signal.signal(signal.SIGHUP, pass_on)
    wait_for_end(job, order["hold"])
    _, status = os.waitpid(job, 0)
    ended = time.monotonic()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with suppress(OSError):  # the harness may have gone
        report(order["reports"], status=os.waitstatus_to_exitcode(status), time=ended)
    with suppress(OSError):  # the terminal may have gone
        os.tcsetpgrp(0, os.getpgrp())
        os.write(1, MARKER.encode())
    os.read(order["hold"], 1)


if __name__ == "__main__":
    main()
