"""Measures the real program in a real pseudo-terminal, beside what it is to reach: `python -m tests.measure`.

The targets are for a machine of two cores, so the program and its worker are kept on two, and this process on the
others where there are any. A key's answer is timed from just before the key is written to the arrival of the bytes
that complete the frame which shows it: arrival is stamped by a thread that only reads, so the time that the screen
takes to be worked out here is in no figure. The machine's other load is: it is printed with the result.
"""

import argparse
import json
import os
import random
import re
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from tests.e2e.terminal import Terminal

# What is assumed of the app: its keys and the words of its header.
PLAY_PAUSE = "space"
FASTER = ">"
QUIT = "q"
NEXT_ROW = "down"
PREVIOUS_ROW = "up"
PLAYING = "playing"
PAUSED = "paused"
UNLIMITED = "max"
HEADER_ROWS = 2
BOUNDARY_PANEL = "3"
GRAPH_TITLE = "Graph"
FASTEST_AFTER = 20
"""Presses of the faster key after which it must have reached its end."""

BARE_APP = [sys.executable, str(Path(__file__).parent / "e2e" / "bare_app.py")]
SLOW_LINK = 30_000  # bytes a second
SLOW_LINK_BUFFERS = {"serial": 4096, "ssh": 1 << 16}
KEYS = 100
SLOW_KEYS = 30
PARTS = ("playing_and_idle", "microscope", "editing", "first_frame", "quitting", "slow_link")
STARTS = 9
SECONDS_OF_A_START = 2.0
LONGEST_ANSWER = 20.0
LONGEST_QUIT = 10.0

HIGHLIGHT_CELLS = 6
"""A row is highlighted if at least so many of its cells have one and the same ground that is not the panel's."""


@dataclass(frozen=True)
class Target:
    """The most that some figures may be at a size: milliseconds, kB/s, per cent of a core."""

    key_median: float | None = None
    key_90: float | None = None
    kilobytes: float | None = None
    cpu: float | None = None


TARGETS = {
    (80, 24): Target(15, 50, 80, 15),
    (120, 40): Target(20, 50, 150, 20),
    (200, 60): Target(30, 70, 250, 30),
}
MICROSCOPE_SIZE, MICROSCOPE_TARGET = (120, 40), (30, 100)
"""Where the most milliseconds that the median key and the slowest may take hold."""
LONG_RUN = 100_000
SOUGHT = (50_000, 99_999, 12_345, 1, 77_777)
IDLE_CPU = 1.0
FIRST_FRAME_RATIO = 1.6
QUIT_SECONDS = 1.0


@dataclass(frozen=True)
class Figure:
    """One measured value; `value` is None where it could not be measured, and `note` then says why."""

    size: str
    name: str
    value: float | None
    unit: str
    most: float | None = None
    note: str = ""

    @property
    def good(self) -> bool | None:
        if self.value is None:
            return False
        return None if self.most is None else self.value <= self.most

    def __str__(self) -> str:
        if self.value is None:
            return "FAILED"
        value = f"{self.value:,.{2 if self.unit in ('s', 'x') else 1}f}"
        if self.most is None:
            return value
        return f"{value} ≤ {self.most:g} {'ok' if self.good else 'MISSED'}"


class Measurement:
    """One run: the command, where it runs, and the figures so far."""

    def __init__(self, command: Sequence[str], seconds: float, cpus: Sequence[int], home: str, keys: int) -> None:
        self.command = command
        self.seconds = seconds
        self.cpus = cpus
        self.home = home
        self.keys = keys
        self.random = random.Random(1)
        self.figures: list[Figure] = []

    def terminal(
        self,
        size: tuple[int, int],
        command: Sequence[str] | None = None,
        bytes_per_second: int | None = None,
        link_buffer: int = 0,
    ) -> Terminal:
        """One window on the app, or on another command; all with one home, so that caches are as in daily use."""
        return Terminal(
            self.command if command is None else command,
            *size,
            env={"HOME": self.home},
            cpus=self.cpus,
            bytes_per_second=bytes_per_second,
            link_buffer=link_buffer,
        )

    def add(
        self,
        size: tuple[int, int],
        name: str,
        value: float | None,
        unit: str,
        most: float | None = None,
        note: str = "",
    ) -> None:
        if value == float("inf"):
            value = None
        self.figures.append(Figure(f"{size[0]}x{size[1]}", name, value, unit, most, note))

    def try_part(self, part: Callable[[tuple[int, int]], None], size: tuple[int, int]) -> None:
        """Measure one part; if the app does not do what is assumed, say so and go on with the next."""
        print(f"{size[0]}x{size[1]} {part.__name__.replace('_', ' ')} …", file=sys.stderr, flush=True)
        try:
            part(size)
        except AssertionError as error:
            print(error, file=sys.stderr, flush=True)
            self.add(size, part.__name__.replace("_", " "), None, "", note=first_line(error))

    def playing_and_idle(self, size: tuple[int, int]) -> None:
        target = TARGETS.get(size, Target())
        with self.terminal(size) as terminal:
            play_flat_out(terminal)
            worker = worker_of(terminal)
            latencies = key_latencies(terminal, self.keys, self.random)
            note = unanswered(latencies)
            self.add(size, "key, median", median(latencies), "ms", target.key_median, note)
            self.add(size, "key, 90 %", nearest_rank(latencies, 0.9), "ms", target.key_90, note)
            self.add(size, "key, worst", max(latencies), "ms", None, note)

            flow, ui, work = rates(terminal, worker, self.seconds)
            self.add(size, "playing", flow / 1000, "kB/s", target.kilobytes)
            self.add(size, "playing, UI", ui, "% CPU", target.cpu)
            self.add(size, "playing, worker", work, "% CPU")

            pause(terminal)
            terminal.wait_quiet(1.0, 10)
            flow, ui, work = rates(terminal, worker, self.seconds)
            self.add(size, "idle", flow, "B/s", 0)
            self.add(size, "idle, UI", ui, "% CPU", IDLE_CPU)
            self.add(size, "idle, worker", work, "% CPU", IDLE_CPU)

    def microscope(self, size: tuple[int, int]) -> None:
        """Inspecting, micro-stepping and seeking in a long run that is paused."""
        with self.terminal(size) as terminal:
            play_flat_out(terminal)
            terminal.wait_for(lambda t: step_of(t) > LONG_RUN, LONGEST_ANSWER)
            pause(terminal)
            terminal.wait_quiet(0.5, 10)
            for name, keys, look in (
                ("inspecting", (NEXT_ROW, NEXT_ROW, NEXT_ROW, PREVIOUS_ROW, PREVIOUS_ROW, PREVIOUS_ROW), panels),
                ("checking", ("c", "-", "+", "c"), panels),
                ("seeking", ("b", "B", "b", "s", "S", *(f"g{step}\r" for step in SOUGHT)), header),
                ("micro-stepping", (".", ".", ".", ",", "."), header),
            ):
                self.latencies(terminal, size, name, keys, look)

    def editing(self, size: tuple[int, int]) -> None:
        """Points of a long run that is paused: what the boundary shows of an edit, and what the header says to it."""
        with self.terminal(size) as terminal:
            play_flat_out(terminal)
            terminal.wait_for(lambda t: step_of(t) > LONG_RUN, LONGEST_ANSWER)
            pause(terminal)
            terminal.press(BOUNDARY_PANEL)
            terminal.wait_quiet(0.5, 10)
            for name, keys, look in (
                ("adding and undoing", ("a", "right", "a", "ctrl+u", "ctrl+r"), panels),
                ("relabelling", ("l",), panels),
                ("holding out", ("h",), panels),
                ("loss after an edit", ("l",), header),
            ):
                self.latencies(terminal, size, name, keys, look)
            terminal.press("e")
            terminal.wait_for("moving")
            self.latencies(terminal, size, "moving", ("up", "left", "down", "right"), panels)
            terminal.press("e", "A")
            terminal.wait_for("painting")
            self.latencies(terminal, size, "painting", ("up", "left", "down", "right"), panels)

    def latencies(
        self,
        terminal: Terminal,
        size: tuple[int, int],
        name: str,
        keys: Sequence[str],
        look: Callable[[Terminal], str],
    ) -> None:
        """Press the keys in turn and note the median answer and the slowest."""
        most = MICROSCOPE_TARGET if size == MICROSCOPE_SIZE else (None, None)
        latencies = [self.answered(terminal, keys[n % len(keys)], look) for n in range(self.keys)]
        self.add(size, f"{name}, median", median(latencies), "ms", most[0])
        self.add(size, f"{name}, worst", max(latencies), "ms", most[1])

    def answered(self, terminal: Terminal, keys: str, look: Callable[[Terminal], str]) -> float:
        """Milliseconds from the last of some keys to the screen on which a part of it is another."""
        for _ in terminal.frames(self.random.uniform(0.05, 0.15)):
            pass
        if keys.endswith("\r"):
            for key in keys[:-1]:
                terminal.press(key)
            for _ in terminal.frames(0.1):
                pass
            keys = "enter"
        before = look(terminal)
        sent = time.monotonic()
        terminal.press(keys)
        for arrived in terminal.frames(LONGEST_ANSWER):
            if look(terminal) != before:
                return (arrived - sent) * 1000
        raise terminal.failure(f"has no answer to {keys!r}")

    def first_frame(self, size: tuple[int, int]) -> None:
        """The app's and a bare Textual's alternately, so that both meet the same machine; the first pair warms up."""
        times: dict[str, list[float]] = {"app": [], "bare": []}
        for start in range(STARTS + 1):
            for name, command in (("bare", BARE_APP), ("app", self.command)):
                taken = until_first_frame(self.terminal(size, command))
                if start:
                    times[name].append(taken * 1000)
        ratios = [app / bare for app, bare in zip(times["app"], times["bare"], strict=True)]
        self.add(size, "first frame", statistics.median(times["app"]), "ms")
        self.add(size, "first frame, bare Textual", statistics.median(times["bare"]), "ms")
        self.add(size, "first frame, app / bare", statistics.median(ratios), "x", FIRST_FRAME_RATIO)

    def quitting(self, size: tuple[int, int]) -> None:
        """While it plays flat out; and over a slow link at its first frame, when the most is waiting to be written."""
        ways: dict[str, Callable[[Terminal], None]] = {
            QUIT: lambda terminal: terminal.press(QUIT),
            "SIGTERM": lambda terminal: terminal.signal(signal.SIGTERM),
            "SIGHUP": lambda terminal: terminal.signal(signal.SIGHUP),
            "SIGKILL": lambda terminal: terminal.signal(signal.SIGKILL),
            "lost terminal": Terminal.hang_up,
        }
        cannot_restore = "SIGKILL", "lost terminal"
        for (name, ask), slow in [*((way, False) for way in ways.items()), *((way, True) for way in ways.items())]:
            with self.terminal(size, bytes_per_second=SLOW_LINK if slow else None) as terminal:
                if slow:
                    terminal.wait_for(header_says(PLAYING, PAUSED), LONGEST_ANSWER)
                else:
                    play_flat_out(terminal)
                terminal.children()
                asked = time.monotonic()
                ask(terminal)
                way = f"quit, slow link, {name}" if slow else f"quit, {name}"
                # What is on its way over a slow link takes its time; who need not write to it need not wait for it.
                most = None if slow and name not in cannot_restore else QUIT_SECONDS
                try:
                    self.add(size, way, terminal.wait_gone(LONGEST_QUIT) - asked, "s", most)
                    if name not in cannot_restore:
                        status = terminal.wait_exit(LONGEST_QUIT)
                        left = terminal.modes_left()
                        facts = [f"exit status {status}"] * (status != 0) + left
                        self.add(size, f"{way}, modes left", len(left), "", 0, "; ".join(facts))
                except AssertionError as error:
                    self.add(size, way, None, "s", most, first_line(error))

    def slow_link(self, size: tuple[int, int]) -> None:
        for name, buffer in SLOW_LINK_BUFFERS.items():
            with self.terminal(size, bytes_per_second=SLOW_LINK, link_buffer=buffer) as terminal:
                try:
                    play_flat_out(terminal, LONGEST_ANSWER)
                    latencies = key_latencies(terminal, SLOW_KEYS, self.random)
                except AssertionError as error:
                    self.add(size, f"slow link ({name}), key, median", None, "ms", note=first_line(error))
                    continue
                note = unanswered(latencies)
                self.add(size, f"slow link ({name}), key, median", median(latencies), "ms", note=note)
                self.add(size, f"slow link ({name}), key, worst", max(latencies), "ms", note=note)


def step_of(terminal: Terminal) -> int:
    found = re.search(r"step (\d+)", terminal.lines()[0])
    return int(found[1]) if found else -1


def panels(terminal: Terminal) -> str:
    """All that is below the header: only the inspector changes there where another node is selected."""
    return "\n".join(terminal.lines()[HEADER_ROWS:])


def header(terminal: Terminal) -> str:
    return "\n".join(terminal.lines()[:HEADER_ROWS])


def header_says(*words: str) -> Callable[[Terminal], bool]:
    """A condition to wait for: that one of some words stands in the header."""

    def condition(terminal: Terminal) -> bool:
        return any(word in header(terminal) for word in words)

    condition.__name__ = f"a header with {' or '.join(words)}"
    return condition


def play_flat_out(terminal: Terminal, timeout: float = 10.0) -> None:
    """Start the training if it does not run, and take it to unlimited speed."""
    terminal.wait_for(header_says(PLAYING, PAUSED), timeout)
    if PAUSED in header(terminal):
        terminal.press(PLAY_PAUSE)
        terminal.wait_for(header_says(PLAYING), timeout)
    for _ in range(FASTEST_AFTER):
        if UNLIMITED in header(terminal):
            break
        terminal.press(FASTER)
        before = header(terminal)
        for _ in terminal.frames(0.5):
            if header(terminal) != before:
                break
    terminal.wait_for(header_says(UNLIMITED), timeout)


def pause(terminal: Terminal) -> None:
    terminal.press(PLAY_PAUSE)
    terminal.wait_for(header_says(PAUSED))


def worker_of(terminal: Terminal) -> psutil.Process:
    """The busiest of the UI's Python children; multiprocessing's resource tracker is one, too."""
    workers = [
        child
        for child in terminal.children()
        if "python" in child.name() and not any("resource_tracker" in word for word in child.cmdline())
    ]
    if not workers:
        raise terminal.failure(
            f"has no worker among its processes {[child.cmdline() for child in terminal.children()]}"
        )
    return max(workers, key=lambda child: terminal.cpu_seconds(child.pid))


def graph_box(terminal: Terminal) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what is inside the graph panel's border; the left half if no border is found."""
    lines = terminal.lines()
    for top, line in enumerate(lines):
        left = max(line.rfind(corner, 0, line.find(GRAPH_TITLE) + 1) for corner in "╭┌┏╔+")
        right = min((place for corner in "╮┐┓╗+" if (place := line.find(corner, left + 1)) > 0), default=-1)
        if GRAPH_TITLE in line and 0 <= left < right:
            for bottom in range(top + 1, len(lines)):
                if lines[bottom][left] in "╰└┗╚+":
                    return top + 1, bottom, left + 1, right
    return HEADER_ROWS + 1, terminal.rows - 1, 0, terminal.columns // 2


def highlighted_rows(terminal: Terminal, box: tuple[int, int, int, int]) -> tuple[int, ...]:
    """The rows of the graph panel that stand out by their ground: that of the cursor, and a heading if it does.

    This is all that ties the measuring of a key to how the panel looks. A heading stays where it is, so a change is
    the cursor's.
    """
    top, bottom, left, right = box
    grounds = {row: Counter(cell.ground for cell in terminal.row(row, left, right)) for row in range(top, bottom)}
    ordinary = sum(grounds.values(), Counter[str]()).most_common(1)[0][0]
    return tuple(
        row
        for row, counts in grounds.items()
        if any(count >= HIGHLIGHT_CELLS for ground, count in counts.items() if ground != ordinary)
    )


def answer_time(terminal: Terminal, key: str, box: tuple[int, int, int, int], timeout: float) -> float:
    """Seconds from a key to the screen on which the cursor's row is another; infinity if that does not come."""
    before = highlighted_rows(terminal, box)
    sent = time.monotonic()
    terminal.press(key)
    for arrived in terminal.frames(timeout):
        if highlighted_rows(terminal, box) != before:
            return arrived - sent
    return float("inf")


def key_latencies(terminal: Terminal, count: int, chance: random.Random) -> list[float]:
    """Milliseconds from key to changed screen: three rows down, three up, and so on, at moments of no pattern.

    Ends with the first key that has no answer, as infinity: a late answer would be taken for the next key's.
    """
    box = graph_box(terminal)
    if answer_time(terminal, NEXT_ROW, box, LONGEST_ANSWER) == float("inf"):
        rows = highlighted_rows(terminal, box)
        raise terminal.failure(f"moves no highlighted row for {NEXT_ROW!r} (in {box} it has {rows})")
    latencies = []
    for number in range(count):
        for _ in terminal.frames(chance.uniform(0.03, 0.2)):
            pass
        key = NEXT_ROW if number % 6 < 3 else PREVIOUS_ROW
        latencies.append(answer_time(terminal, key, box, LONGEST_ANSWER) * 1000)
        if latencies[-1] == float("inf"):
            break
    return latencies


def first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def nearest_rank(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values do not exceed."""
    return sorted(values)[max(0, -int(-share * len(values) // 1) - 1)]


def unanswered(latencies: Sequence[float]) -> str:
    if latencies[-1] < float("inf"):
        return ""
    return f"no answer to key {len(latencies)} in {LONGEST_ANSWER:g} s"


def rates(terminal: Terminal, worker: psutil.Process, seconds: float) -> tuple[float, float, float]:
    """Bytes a second, and the UI's and the worker's share of one core in per cent, over some seconds."""
    mark = terminal.mark()
    before = time.monotonic(), terminal.cpu_seconds(), terminal.cpu_seconds(worker.pid)
    time.sleep(seconds)
    after = time.monotonic(), terminal.cpu_seconds(), terminal.cpu_seconds(worker.pid)
    flow = terminal.mark() - mark
    passed, ui, work = (late - early for late, early in zip(after, before, strict=True))
    return flow / passed, 100 * ui / passed, 100 * work / passed


def until_first_frame(window: Terminal) -> float:
    """Seconds from exec to the first screen with something on it.

    The screen is worked out later, from what had arrived when: doing so at once takes the processors from the app.
    """
    with window as terminal:
        time.sleep(SECONDS_OF_A_START)
        for arrived in terminal.frames(10):
            if terminal.text().strip():
                return arrived - terminal.started
        raise terminal.failure("showed nothing in 10 s")


def table(figures: Sequence[Figure]) -> str:
    sizes = list(dict.fromkeys(figure.size for figure in figures))
    names = list(dict.fromkeys((figure.name, figure.unit) for figure in figures))
    cells = {(figure.name, figure.size): str(figure) for figure in figures}
    rows = [["", "", *sizes], *([name, unit, *(cells.get((name, size), "") for size in sizes)] for name, unit in names)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    notes = [f"{figure.size} {figure.name}: {figure.note}" for figure in figures if figure.note]
    return "\n".join([*lines, *(["", *notes] if notes else [])])


def sizes_of(text: str) -> list[tuple[int, int]]:
    pairs = [size.split("x") for size in text.split(",")]
    return [(int(columns), int(rows)) for columns, rows in pairs]


def share_processors() -> tuple[list[int], str]:
    """Two processors for the app, the others for this process; and that in words."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) <= 2:
        return allowed, f"{len(allowed)} processors, shared by the app and this script: figures are pessimistic"
    os.sched_setaffinity(0, allowed[2:])
    return allowed[:2], f"the app on processors {allowed[:2]}, this script on {allowed[2:]}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.measure", description="Measure the real program.")
    parser.add_argument("--command", nargs="+", default=[str(Path(sys.executable).with_name("chainrule"))])
    parser.add_argument("--seconds", type=float, default=5.0, help="how long rates are taken")
    parser.add_argument("--sizes", type=sizes_of, default=list(TARGETS), help="such as 80x24,120x40")
    parser.add_argument("--keys", type=int, default=KEYS, help="keys for the latency, at each size")
    parser.add_argument(
        "--parts",
        nargs="+",
        choices=PARTS,
        default=PARTS,
    )
    parser.add_argument("--json", action="store_true", help="print JSON rather than a table")
    options = parser.parse_args()

    sys.setswitchinterval(0.0002)  # the reader's stamps wait no longer than this for the thread that parses
    cpus, where = share_processors()
    with tempfile.TemporaryDirectory(prefix="measure-home-") as home:
        measurement = Measurement(options.command, options.seconds, cpus, home, options.keys)
        for size in options.sizes:
            for part in options.parts:
                measurement.try_part(getattr(measurement, part), size)
    load = os.getloadavg()[0]
    if options.json:
        figures = [asdict(figure) | {"good": figure.good} for figure in measurement.figures]
        print(json.dumps({"command": options.command, "where": where, "load": load, "figures": figures}, indent=1))
    else:
        print(f"{' '.join(options.command)}; {where}; load of the machine {load:.1f}\n")
        print(table(measurement.figures))


if __name__ == "__main__":
    main()
