"""A real pseudo-terminal around a real program: what a user's terminal sends, shows and keeps.

A thread does nothing but read, stamp what it read with the time, and answer the terminal queries in it. The screen is
worked out in the thread that asks for it, so a stamp is never late because of parsing. One thread drives a Terminal.

Nothing here sleeps for a fixed time: each wait ends with the output, or the end, that it waits for.
"""

import fcntl
import json
import os
import pty
import re
import select
import selectors
import shutil
import signal
import struct
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self, TypeAlias

import psutil  # type: ignore[import-untyped]

from tests.e2e.emulator import MODE_NAMES, ON_AT_FIRST, Cell, Emulator
from tests.e2e.leader import MARKER

LEADER = Path(__file__).with_name("leader.py")
END_OF_OUTPUT = MARKER.encode()
READ_SIZE = 1 << 16
LINK_STEP = 0.01
"""Seconds: how finely a slow link's bytes are spread."""

ARROWS = {"up": "A", "down": "B", "right": "C", "left": "D", "end": "F", "home": "H"}
TILDES = {"insert": 2, "delete": 3, "pageup": 5, "pagedown": 6} | dict(
    zip((f"f{n}" for n in range(5, 13)), (15, 17, 18, 19, 20, 21, 23, 24), strict=True)
)
KEYS = {
    "space": " ",
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "backspace": "\x7f",
    "escape": "\x1b",
    **{f"f{n}": f"\x1bO{letter}" for n, letter in enumerate("PQRS", 1)},
}
MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}

ANSWERED_MODES = MODE_NAMES.keys() - {1015, 1016, 2048}
"""Private modes of which this terminal says that it has them: xterm's, and synchronized output."""
QUERY = re.compile(rb"\x1b\[(?:(?P<status>[56])n|(?P<attributes>>?)0?c|\?(?P<mode>\d+)\$p)")
UNFINISHED = re.compile(rb"\x1b(?:\[[ -?]{0,16})?\Z")

Condition: TypeAlias = "str | re.Pattern[str] | Callable[[Terminal], bool]"
"""A regular expression to be found on the screen, or a function of the terminal."""


class Chunk(NamedTuple):
    """Bytes that arrived together, and when (time.monotonic)."""

    time: float
    data: bytes


def key_bytes(name: str) -> bytes:
    """What a terminal without an extended keyboard protocol sends for a key: `a`, `down`, `ctrl+c`, `shift+up`."""
    if name in KEYS:
        return KEYS[name].encode()
    *held, key = name.split("+") if len(name) > 1 else [name]
    modifiers = sum(MODIFIERS.get(each, 0) for each in held)
    known = all(each in MODIFIERS for each in held)
    if known and key in ARROWS:
        return f"\x1b[1;{1 + modifiers}{ARROWS[key]}".encode() if held else f"\x1b[{ARROWS[key]}".encode()
    if known and key in TILDES:
        return f"\x1b[{TILDES[key]};{1 + modifiers}~".encode() if held else f"\x1b[{TILDES[key]}~".encode()
    if not held and len(key) == 1:
        return key.encode()
    if held == ["alt"] and (len(key) == 1 or key in KEYS):
        return b"\x1b" + key_bytes(key)
    if held == ["ctrl"] and len(key) == 1 and "@" <= key.upper() <= "_":
        return bytes([ord(key.upper()) & 0x1F])
    raise ValueError(f"No terminal sends a key named {name!r}.")


class Terminal:
    """A window of `columns` x `rows` cells that runs one command, as a context manager.

    Args:
        command: Program and arguments; looked for in the PATH of `env`.
        env: Added to a small fixed environment; None takes a name away. HOME is an empty directory unless given.
        cwd: Where the command runs; here unless given.
        cpus: The processors that the command and what it starts may use.
        bytes_per_second: The speed of the link to the terminal; None is at once.
        link_buffer: Bytes that the link takes from the program before they are due. A serial line takes few; ssh and
            the network take 64 KB and more, so that a program's write returns long before its frame is seen.
        answers: Whether the terminal answers queries. Some do not.
    """

    def __init__(
        self,
        command: Sequence[str],
        columns: int = 80,
        rows: int = 24,
        *,
        env: Mapping[str, str | None] | None = None,
        cwd: str | Path | None = None,
        cpus: Iterable[int] = (),
        bytes_per_second: int | None = None,
        link_buffer: int = 4096,
        answers: bool = True,
    ) -> None:
        self.command = list(command)
        self.columns = columns
        self.rows = rows
        self.pid = 0
        self.started = 0.0
        """When the command was about to be executed (time.monotonic, like every time here)."""
        self.ended: float | None = None
        """When the command had ended; None while it runs."""
        self.status: int | None = None
        """How it ended: its exit status, or minus the number of the signal; None while it runs."""
        self._env = dict(env or {})
        self._cwd = cwd
        self._cpus = sorted(cpus)
        self._rate = bytes_per_second
        self._link_buffer = max(1, link_buffer) if bytes_per_second else sys.maxsize
        self._answers = answers
        self._emulator = Emulator(columns, rows)
        self._chunks: list[Chunk] = []
        self._parsed = 0
        self._stepping = False  # through frames: the screen is to stay at the one that is being looked at
        self._total = 0
        self._output_ended = False
        self._complete = False  # the command has ended and what it wrote was read: nothing more can come
        self._hung_up = False
        self._arrived = threading.Condition()
        self._writing = threading.Lock()
        self._watched: dict[int, int] = {}  # process -> pidfd
        self._home: str | None = None
        self._leader = 0
        self._master = self._reports = self._hold = self._wake = -1
        self._reader: threading.Thread | None = None
        self._unanswered = b""
        self._output_tail = b""
        self._report_tail = b""

    # Its life

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _start(self) -> None:
        environment: dict[str, str | None] = {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
            **self._env,
        }
        if "HOME" not in environment:
            self._home = environment["HOME"] = tempfile.mkdtemp(prefix="terminal-home-")
        order: dict[str, object] = {
            "command": self.command,
            "env": {name: value for name, value in environment.items() if value is not None},
            "cwd": None if self._cwd is None else str(self._cwd),
            "cpus": self._cpus,
        }
        self._master, slave = pty.openpty()
        self._reports, reports = os.pipe()
        hold, self._hold = os.pipe()
        order |= {"reports": reports, "hold": hold}
        try:
            self._set_size()
            self._settings = termios.tcgetattr(self._master)
            # As the leader of a new session opens the terminal, it becomes that session's controlling terminal.
            # posix_spawn, since a fork of a process with threads is not safe (and warns from Python 3.12 on).
            self._leader = os.posix_spawn(
                sys.executable,
                [sys.executable, "-I", "-S", str(LEADER), json.dumps(order)],
                {},
                setsid=True,
                setsigmask=(),
                setsigdef=(signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.ttyname(slave), os.O_RDWR, 0),
                    (os.POSIX_SPAWN_DUP2, 0, 1),
                    (os.POSIX_SPAWN_DUP2, 0, 2),
                    # Onto themselves: inherited by this process and by no other one that is started meanwhile.
                    (os.POSIX_SPAWN_DUP2, reports, reports),
                    (os.POSIX_SPAWN_DUP2, hold, hold),
                ],
            )
        finally:
            for descriptor in (slave, reports, hold):
                os.close(descriptor)
        os.set_blocking(self._master, False)
        self._wake = os.eventfd(0, os.EFD_NONBLOCK)
        self._reader = threading.Thread(target=self._read, name="terminal-reader", daemon=True)
        self._reader.start()
        with self._arrived:
            if not self._arrived.wait_for(lambda: self.pid or self._complete, 10):
                raise AssertionError(f"{self.command} was not started within 10 s")

    def close(self) -> None:
        """End what still runs, by force, and let go of everything."""
        self._stop_reading()
        self.children()
        self._kill_all()
        for descriptor in (self._master, self._hold):  # the leader ends, having reaped the command
            if descriptor >= 0:
                os.close(descriptor)
        if self._leader:
            pidfd = os.pidfd_open(self._leader)
            if not select.select([pidfd], [], [], 5)[0]:
                self._kill(self._leader)
            os.close(pidfd)
            self._kill_all()  # what was started meanwhile
            os.waitpid(self._leader, 0)
        for descriptor in (self._reports, self._wake, *self._watched.values()):
            if descriptor >= 0:
                os.close(descriptor)
        self._watched.clear()
        self._leader = 0
        self._master = self._reports = self._hold = self._wake = -1
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    def hang_up(self) -> None:
        """Close the window, or lose the connection: the kernel tells the program with SIGHUP and EIO."""
        self._stop_reading()
        os.close(self._master)
        self._master = -1
        self._hung_up = True
        self._reader = threading.Thread(target=self._read, name="terminal-reader", daemon=True)
        self._reader.start()

    def signal(self, number: int) -> None:
        """Send a signal to the command, and to nothing else."""
        os.kill(self.pid, number)

    def wait_exit(self, timeout: float = 5.0) -> int:
        """Wait until the command has ended and all that it wrote has arrived; its status, or minus a signal."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: self._complete and self.status is not None, timeout):
                raise self.failure(f"has not ended within {timeout} s")
        assert self.status is not None
        return self.status

    # What it sends

    def send(self, data: bytes, timeout: float = 5.0) -> None:
        """Send raw bytes to the program; wait while the pseudo-terminal is full.

        Raises:
            AssertionError: The program has not read any of its input for so many seconds.
        """
        last = time.monotonic()
        while data:
            if written := self._write(data):
                data, last = data[written:], time.monotonic()
            elif time.monotonic() > last + timeout:
                raise self.failure(f"has not read its input for {timeout} s")
            else:
                select.select([], [self._master], [], 0.1)

    def press(self, *keys: str) -> None:
        """Press keys by name: `press("space", "s", "down", "ctrl+c")`.

        A program takes escape and a key right after it for alt and that key: wait for what escape does in between.
        """
        for key in keys:
            self.send(key_bytes(key))

    def type(self, text: str) -> None:
        self.send(text.encode())

    def click(self, row: int, column: int) -> None:
        """Press and release the left button over a cell; rows and columns count from 0."""
        self.send(f"\x1b[<0;{column + 1};{row + 1}M\x1b[<0;{column + 1};{row + 1}m".encode())

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size; the kernel sends SIGWINCH to the program."""
        self._catch_up()
        self.columns, self.rows = columns, rows
        self._emulator.resize(columns, rows)
        self._set_size()

    # What it shows

    def text(self) -> str:
        """The screen as it is now, a line for each row, without the blanks at the ends of rows."""
        return "\n".join(line.rstrip() for line in self.lines())

    def lines(self) -> list[str]:
        """The rows of the screen in their full width; a column is a cell unless a wide character stands before it."""
        self._catch_up()
        return self._emulator.lines()

    def cell(self, row: int, column: int) -> Cell:
        self._catch_up()
        return self._emulator.cell(row, column)

    def row(self, row: int, start: int = 0, end: int | None = None) -> list[Cell]:
        """The cells of a row, from one column up to another."""
        self._catch_up()
        return [self._emulator.cell(row, column) for column in range(start, self.columns if end is None else end)]

    def find(self, text: str) -> tuple[int, int] | None:
        """Row and column of the first place where a text stands on the screen."""
        for row, line in enumerate(self.lines()):
            if (column := line.find(text)) >= 0:
                return row, column
        return None

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the terminal's own cursor."""
        self._catch_up()
        return self._emulator.screen.cursor.y, self._emulator.screen.cursor.x

    @property
    def title(self) -> str:
        self._catch_up()
        return self._emulator.title

    @property
    def unknown(self) -> set[str]:
        """Sequences that were not understood and left out; a test can assert that there are none."""
        self._catch_up()
        return self._emulator.unknown

    # Waiting

    def frames(self, timeout: float) -> Iterator[float]:
        """Apply the output piece by piece, never half a frame, and yield when each piece had arrived.

        The screen, while an item is being looked at, is as it was at that time. Ends with the time-out, or when the
        command has ended and no more can come.
        """
        deadline = time.monotonic() + timeout
        while True:
            while self._parsed < len(self._chunks):
                chunk = self._chunks[self._parsed]
                if chunk.time > deadline:
                    return
                self._parsed += 1
                self._emulator.feed(chunk.data)
                if not self._emulator.held:
                    self._stepping = True
                    try:
                        yield chunk.time
                    finally:
                        self._stepping = False
            with self._arrived:
                more = self._arrived.wait_for(
                    lambda: self._parsed < len(self._chunks) or self._complete, deadline - time.monotonic()
                )
                if self._parsed < len(self._chunks):
                    continue
                if self._complete:
                    self._emulator.flush()
                if not more or self._complete:
                    return

    def wait_for(self, condition: Condition, timeout: float = 10.0) -> float:
        """Wait until the screen satisfies a condition; when what satisfied it had arrived.

        Args:
            condition: A regular expression to be found in the screen's text (`^` and `$` match at each row), or a
                function of this terminal.
            timeout: Seconds.

        Raises:
            AssertionError: It did not come about; the screen is in the message.
        """
        if isinstance(condition, str):
            condition = re.compile(condition, re.MULTILINE)
        if isinstance(condition, re.Pattern):
            pattern = condition
            wanted = f"does not show {pattern.pattern!r}"

            def satisfied() -> bool:
                return pattern.search(self.text()) is not None

        else:
            function = condition
            wanted = f"does not satisfy {getattr(function, '__name__', function)}"

            def satisfied() -> bool:
                return function(self)

        self._catch_up()
        if satisfied():
            return self._chunks[self._parsed - 1].time if self._parsed else self.started
        began = time.monotonic()
        for arrived in self.frames(timeout):
            if satisfied():
                return arrived
        if satisfied():  # the rest of a frame whose end never came
            return time.monotonic()
        raise self.failure(f"{wanted} after {time.monotonic() - began:.1f} s")

    def wait_quiet(self, seconds: float = 0.5, timeout: float = 10.0) -> None:
        """Wait until no byte has come for so long, counted from now or from the last byte."""
        deadline = time.monotonic() + timeout
        quiet_from = time.monotonic()
        with self._arrived:
            while True:
                now = time.monotonic()
                if self._chunks:
                    quiet_from = max(quiet_from, self._chunks[-1].time)
                if now >= quiet_from + seconds:
                    return
                if now >= deadline:
                    break
                self._arrived.wait(min(quiet_from + seconds, deadline) - now)
        raise self.failure(f"has not been quiet for {seconds} s within {timeout} s")

    # What it keeps

    def mark(self) -> int:
        """A place in the output: the number of bytes so far."""
        with self._arrived:
            return self._total

    def chunks_since(self, mark: int = 0) -> list[Chunk]:
        """The output after a mark, as it arrived."""
        with self._arrived:
            chunks, place = list(self._chunks), self._total
        found: list[Chunk] = []
        for chunk in reversed(chunks):
            if place <= mark:
                break
            place -= len(chunk.data)
            found.append(chunk._replace(data=chunk.data[max(0, mark - place) :]))
        return found[::-1]

    def bytes_since(self, mark: int = 0) -> bytes:
        """The raw output after a mark."""
        return b"".join(chunk.data for chunk in self.chunks_since(mark)).replace(END_OF_OUTPUT, b"")

    def modes_left(self) -> list[str]:
        """What is not as it was before the command started, in words: modes of the screen, settings of the line."""
        self._catch_up()
        left = self._emulator.left_over()
        if self._hung_up:
            raise RuntimeError("A terminal that hung up has no modes.")
        names = ("input", "output", "control", "local", "input speed", "output speed", "special characters")
        now = termios.tcgetattr(self._master)
        return left + [
            f"the line's {name} settings changed"
            for name, before, after in zip(names, self._settings, now, strict=True)
            if before != after
        ]

    def modes_restored(self) -> bool:
        """Whether a terminal is left as it was found; to be asked after `wait_exit`."""
        return not self.modes_left()

    # Its processes

    def children(self) -> list[psutil.Process]:
        """The processes that the command started, and those that they started. They are watched from then on."""
        found: list[psutil.Process] = []
        if self.pid and self.status is None:
            with suppress(psutil.NoSuchProcess):
                found = psutil.Process(self.pid).children(recursive=True)
        self._watch(child.pid for child in found)
        return found

    def processes(self) -> list[int]:
        """All that runs now in this terminal's session, and all that is watched: orphans too, the shell not."""
        alive = {pid for pid, pidfd in self._watched.items() if not select.select([pidfd], [], [], 0)[0]}
        if self._leader:
            for pid in psutil.pids():
                try:
                    if pid != self._leader and os.getsid(pid) == self._leader and not _is_zombie(pid):
                        alive.add(pid)
                except (ProcessLookupError, PermissionError, psutil.NoSuchProcess):
                    continue
        return sorted(alive)

    def wait_gone(self, timeout: float = 5.0) -> float:
        """Wait until the command and all that was watched (see `children`) or is in the session have ended; when."""
        deadline = time.monotonic() + timeout
        gone = 0.0
        self._watch(self.processes())
        waiting = dict(self._watched)
        while waiting:
            ready, _, _ = select.select(list(waiting.values()), [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise self.failure(f"has processes left after {timeout} s: {[_describe(pid) for pid in waiting]}")
            gone = time.monotonic()
            waiting = {pid: pidfd for pid, pidfd in waiting.items() if pidfd not in ready}
        with self._arrived:
            self._arrived.wait_for(lambda: self.ended is not None, 1)
        return max(gone if self.ended is None else self.ended, gone)

    def cpu_seconds(self, pid: int | None = None) -> float:
        """Processor time that a process (the command unless given) has used so far, to 10 ms."""
        times = psutil.Process(self.pid if pid is None else pid).cpu_times()
        return float(times.user + times.system)

    # Inside

    def failure(self, what: str) -> AssertionError:
        """An error to raise, which says what this command does not do, and shows the screen."""
        self._catch_up()
        state = "runs" if self.status is None else f"ended with status {self.status}"
        edge = "-" * self.columns
        return AssertionError(
            f"{' '.join(self.command)} {what}; it {state}. Its screen, {self.columns}x{self.rows}:\n"
            f"{edge}\n{self.text().rstrip()}\n{edge}"
        )

    def _catch_up(self) -> None:
        if self._stepping:
            return
        complete = self._complete  # asked first: whatever is complete has arrived
        while self._parsed < len(self._chunks):
            self._parsed += 1
            self._emulator.feed(self._chunks[self._parsed - 1].data)
        if complete:
            self._emulator.flush()

    def _set_size(self) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))

    def _watch(self, pids: Iterable[int]) -> None:
        for pid in pids:
            if pid not in self._watched:
                with suppress(ProcessLookupError):
                    self._watched[pid] = os.pidfd_open(pid)

    def _kill_all(self) -> None:
        """Kill the session and what is watched; a killed process may take a while to be gone, which is waited for."""
        killed = self.processes()
        self._watch(killed)
        for pid in killed:
            self._kill(pid)
        dying = [self._watched[pid] for pid in killed if pid in self._watched]
        deadline = time.monotonic() + 5
        while dying and (ready := select.select(dying, [], [], max(0.0, deadline - time.monotonic()))[0]):
            dying = [pidfd for pidfd in dying if pidfd not in ready]

    def _kill(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _stop_reading(self) -> None:
        if self._reader is not None:
            os.eventfd_write(self._wake, 1)
            self._reader.join()
            os.eventfd_read(self._wake)
            self._reader = None

    def _read(self) -> None:
        """The reader's thread: terminal -> link -> chunks, and the leader's reports."""
        link = bytearray()
        due = 0.0
        with selectors.DefaultSelector() as selector:
            open_, listening = self._master >= 0, False
            selector.register(self._reports, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while True:
                if listening != (open_ and len(link) < self._link_buffer):
                    listening = not listening
                    if listening:
                        selector.register(self._master, selectors.EVENT_READ)
                    else:
                        selector.unregister(self._master)
                ready = {key.fd for key, _ in selector.select(max(0.0, due - time.monotonic()) if link else None)}
                if self._wake in ready:
                    return
                if self._master in ready:
                    data = self._read_master(self._link_buffer - len(link))
                    now = time.monotonic()
                    if data is None:
                        open_ = False
                    elif self._rate is None:
                        self._deliver(now, data)
                    else:
                        due = due if link else now
                        link += data
                now = time.monotonic()
                if self._rate and link and now >= due:
                    piece = bytes(link[: max(1, int(self._rate * LINK_STEP))])
                    del link[: len(piece)]
                    due = max(due, now - LINK_STEP) + len(piece) / self._rate
                    self._deliver(now, piece)
                if self._reports in ready and not self._read_reports():
                    selector.unregister(self._reports)

    def _read_master(self, most: int) -> bytes | None:
        try:
            return os.read(self._master, min(READ_SIZE, most))
        except BlockingIOError:
            return b""
        except OSError:  # the session has ended
            return None

    def _read_reports(self) -> bool:
        data = os.read(self._reports, READ_SIZE)
        *lines, self._report_tail = (self._report_tail + data).split(b"\n")
        with self._arrived:
            for line in lines:
                facts = json.loads(line)
                if "pid" in facts:
                    self.pid, self.started = facts["pid"], facts["time"]
                else:
                    self.status, self.ended = facts["status"], facts["time"]
            self._note_end(leader_gone=not data)
        return bool(data)

    def _write(self, data: bytes) -> int:
        """Write as much as the pseudo-terminal takes now, one thread at a time: the kernel refuses the other's."""
        with self._writing:
            try:
                return os.write(self._master, data)
            except BlockingIOError:
                return 0

    def _deliver(self, now: float, data: bytes) -> None:
        if not data:
            return
        replies = self._replies(data) if self._answers else b""
        if replies:
            self._write(replies)  # a program that does not read its input does not get the answers either
        with self._arrived:
            self._chunks.append(Chunk(now, data))
            self._total += len(data)
            self._output_tail += data
            self._output_ended |= END_OF_OUTPUT in self._output_tail
            self._output_tail = self._output_tail[1 - len(END_OF_OUTPUT) :]
            self._note_end()

    def _note_end(self, leader_gone: bool = False) -> None:
        self._complete |= leader_gone or (self.status is not None and (self._output_ended or self._hung_up))
        self._arrived.notify_all()

    def _replies(self, data: bytes) -> bytes:
        """The answers to the queries in some output, as xterm gives them, with synchronized output added.

        Where the cursor is said to be is where it was when the screen was last worked out: enough for a program that
        wants to know when its output has arrived, which is what such reports are used for here.
        """
        data = self._unanswered + data
        unfinished = UNFINISHED.search(data)
        self._unanswered = unfinished[0] if unfinished else b""
        replies = []
        for query in QUERY.finditer(data):
            if query["status"] == b"5":
                replies.append("\x1b[0n")
            elif query["status"] == b"6":
                cursor = self._emulator.screen.cursor
                replies.append(f"\x1b[{cursor.y + 1};{min(cursor.x, self.columns - 1) + 1}R")
            elif query["mode"]:
                mode = int(query["mode"])
                state = 1 + (not self._emulator.modes.get(mode, mode in ON_AT_FIRST)) if mode in ANSWERED_MODES else 0
                replies.append(f"\x1b[?{mode};{state}$y")
            else:
                replies.append("\x1b[>41;390;0c" if query["attributes"] else "\x1b[?62;22c")
        return "".join(replies).encode()


def _is_zombie(pid: int) -> bool:
    return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def _describe(pid: int) -> str:
    try:
        return f"{pid} {' '.join(psutil.Process(pid).cmdline())}"
    except psutil.NoSuchProcess:
        return str(pid)
