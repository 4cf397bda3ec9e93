"""The command as a process: statuses, signals, streams, terminals, what it imports, completion."""

import fcntl
import os
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte
import pytest

ROOT = Path(__file__).parents[3]
COMMAND = (sys.executable, "-m", "chainrule")
LONG = ("train", "--steps", "100000000")
SLOW = (*LONG, "--backend", "value")
"""Few enough lines for a terminal emulator."""
LINE = re.compile(rb"step \d+/\d+, (val|train) loss \S+")
REFERENCE = ROOT / "tests" / "reference" / "yinyang_seed42.log"


def run(*arguments: str, **settings: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [*COMMAND, *arguments],
        cwd=ROOT,
        check=False,
        timeout=60,
        **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | settings,
    )


@contextmanager
def running(
    *arguments: str, code: str = "", stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE
) -> Iterator["subprocess.Popen[bytes]"]:
    """The command, or Python `code` that stands for it; killed in the end."""
    command = [sys.executable, "-c", code] if code else [*COMMAND, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
    with process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a pseudo-terminal of 80x24."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    try:
        yield ours, theirs
    finally:
        os.close(ours)
        os.close(theirs)


def until(happened: Callable[[], bool]) -> None:
    """Look again and again, at most for 30 seconds."""
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end, "it did not happen"


def read_rest(descriptor: int) -> bytes:
    """What a terminal holds just now."""
    os.set_blocking(descriptor, False)
    read = b""
    try:
        while part := os.read(descriptor, 65536):
            read += part
    except OSError:
        pass
    return read


def test_a_pipe_gets_the_bytes_of_the_reference_log_and_nothing_else() -> None:
    result = run("train")
    assert (result.returncode, result.stdout, result.stderr) == (0, REFERENCE.read_bytes(), b"")


def test_ctrl_c_stops_train_at_once_with_status_130() -> None:
    with running(*LONG) as process:
        assert process.stdout
        assert process.stderr
        assert LINE.match(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == b""


def test_ctrl_c_stops_train_whose_reader_has_stopped_reading() -> None:
    with running(*LONG) as process:
        assert process.stdout
        assert process.stderr
        pipe = process.stdout.fileno()
        capacity = fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ)
        until(lambda: struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"0000"))[0] > capacity * 3 // 4)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == b""


ENDLESS_BENCH = """
import sys, tui.cli.bench
def configurations():
    print("here", flush=True)
    while True:
        pass
tui.cli.bench.configurations = configurations
from tui.cli.main import main
sys.argv = ["chainrule", "bench"]
main()
"""


def test_ctrl_c_stops_the_bench() -> None:
    with running(code=ENDLESS_BENCH) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == b"here\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == b""


IGNORING = f"""
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.execv(sys.executable, {[*COMMAND, *LONG]!r})
"""


def test_an_ignored_interrupt_stays_ignored() -> None:
    with running(code=IGNORING) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        for _ in range(2500):
            assert process.stdout.readline()


def test_a_terminated_train_dies_of_the_signal() -> None:
    with running(*LONG) as process:
        assert process.stdout
        process.stdout.readline()
        process.terminate()
        assert process.wait(10) == -signal.SIGTERM


def test_a_closed_pipe_is_quiet() -> None:
    with running(*LONG) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(10) == 128 + signal.SIGPIPE
        assert process.stderr.read() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("arguments", [("train",), ("--help",), ("train", "--help"), ("completion", "fish")])
def test_a_full_disk_is_one_line_and_status_1(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        result = run(*arguments, stdout=full)
    assert result.returncode == 1
    assert result.stderr == b"Error: Standard output can't be written: No space left on device.\n"


def test_a_missing_standard_output_is_one_line() -> None:
    result = subprocess.run(
        ["sh", "-c", '"$0" -m chainrule train >&-', sys.executable],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 1
    assert result.stderr.count(b"\n") == 1
    assert result.stderr.startswith(b"Error: Standard output can't be written")


def test_a_bad_value_is_status_2_without_a_traceback() -> None:
    result = run("train", "--lr", "nan")
    assert result.returncode == 2
    assert b"Traceback" not in result.stderr
    assert result.stdout == b""


def test_the_app_without_a_terminal_is_one_line_and_status_2() -> None:
    with terminal() as (_, theirs):
        for streams in ({"stdin": theirs}, {"stdout": theirs}):
            result = run(**streams)
            assert result.returncode == 2
            assert result.stderr.count(b"\n") == 1
            assert b"`chainrule train`" in result.stderr


APP = """
import sys, types
app = types.ModuleType("tui.cli.start")
def run_app(spec, data, **settings):
    print(spec.seed, data.dataset.name, sorted(settings.items()))
    return 7
app.run_app = run_app
sys.modules["tui.cli.start"] = app
from tui.cli.main import main
sys.argv = ["chainrule", *"--seed 5 --dataset moons --steps 9 --fps 30 --no-mouse --ascii".split()]
sys.argv += ["--stop", "patience 7", "--stop", "loss < 1"]
main()
"""


def test_on_a_terminal_the_app_gets_run_and_screen_options_and_gives_the_status() -> None:
    with terminal() as (ours, theirs):
        result = subprocess.run(
            [sys.executable, "-c", APP], cwd=ROOT, stdin=theirs, stdout=theirs, check=False, timeout=60
        )
        shown = read_rest(ours).decode()
    assert result.returncode == 7
    options = {"ascii_only": True, "conditions": ("patience 7", "loss < 1"), "fps": 30, "mouse": False}
    options |= {"playing": True, "speed": 10.0, "steps": 9}
    assert shown == f"5 moons {list(options.items())}\r\n"


def test_a_long_run_shows_its_bar_on_stderr_only() -> None:
    with terminal() as (ours, theirs), running(*LONG, stderr=theirs) as process:
        assert process.stdout
        source, lines, bar = process.stdout, list[bytes](), b""

        def bar_is_redrawn() -> bool:
            nonlocal bar
            lines.append(source.readline())
            bar += read_rest(ours)
            return b"\x1b[2K" in bar

        until(bar_is_redrawn)
        process.send_signal(signal.SIGINT)
        lines += process.stdout.read().splitlines(keepends=True)[:-1]
        status = process.wait(10)
        bar += read_rest(ours)
        assert status == 130, bar
    assert all(LINE.fullmatch(line.rstrip(b"\n")) for line in lines)
    assert b"/100000000" in bar
    assert bar.endswith(b"\x1b[?25h\r\x1b[1A\x1b[2K"), "the cursor is back and the bar gone"


def test_bar_and_lines_share_a_terminal() -> None:
    with terminal() as (ours, theirs), running(*SLOW, stdout=theirs, stderr=theirs) as process:
        shown = b""

        def bar_was_lifted_twice() -> bool:
            nonlocal shown
            shown += read_rest(ours)
            return shown.count(b"\x1b[?25l") >= 3

        until(bar_was_lifted_twice)
        process.send_signal(signal.SIGINT)
        while process.poll() is None:
            shown += read_rest(ours)
        assert process.returncode == 130
        shown += read_rest(ours)
    screen = pyte.HistoryScreen(80, 24, history=10**6, ratio=0.5)
    pyte.ByteStream(screen).feed(shown)
    rows = ["".join(row[column].data for column in range(80)) for row in screen.history.top] + screen.display
    lines = [row.strip() for row in rows if row.strip()][:-1]
    steps = [int(line.split("/")[0].removeprefix("step ")) for line in lines if "train" in line]
    assert all(LINE.fullmatch(line.encode()) for line in lines)
    assert steps == list(range(1, len(steps) + 1))
    assert not screen.cursor.hidden


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_the_bar_respects_the_terminal(environment: dict[str, str]) -> None:
    code = "import sys, time, tui.cli.train as t\nbar = t.Bar(10)\nbar.due = 0.0\nbar.show(5)\nbar.close()\n"
    with terminal() as (ours, theirs):
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"TERM": "xterm-256color", **os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            check=True,
            timeout=60,
        )
        shown = read_rest(ours)
    assert not re.search(rb"\x1b\[[\d;]*[34]\d[;m]", shown)
    assert (shown == b"") == ("TERM" in environment)


def test_a_short_run_shows_no_bar() -> None:
    with terminal() as (ours, theirs):
        assert run("train", "--steps", "3", stderr=theirs).returncode == 0
        assert read_rest(ours) == b""


@pytest.mark.parametrize(
    "arguments", ["--help", "--version", "train --steps 1", "bench --quick --rounds 1", "completion zsh"]
)
@pytest.mark.usefixtures("bench_cache")
def test_textual_and_rich_are_not_imported_for(arguments: str) -> None:
    code = (
        "import sys\n"
        "sys.modules['torch'] = None\n"  # which would bring asyncio
        "from tui.cli.main import main\n"
        f"sys.argv = ['chainrule', *{arguments.split()!r}]\n"
        "try:\n main()\n"
        "except SystemExit as end:\n assert not end.code, end.code\n"
        "loaded = {name.split('.')[0] for name in sys.modules} & {'textual', 'rich', 'plotext', 'asyncio'}\n"
        "sys.exit(f'imported {loaded}' if loaded else 0)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("chainrule tr", ["train"]),
        ("chainrule --dataset s", ["spirals"]),
        ("chainrule train --loss ", ["cross-entropy", "hinge", "squared-error"]),
        ("chainrule train --activation tanh,s", ["tanh,sigmoid", "tanh,softplus", "tanh,silu", "tanh,sin"]),
        ("chainrule train --features x", ["x", "x2", "xy"]),
        ("chainrule train --optimizer AD", ["adam", "adamw"]),
        ("chainrule train --weight", ["--weight-decay"]),
        ("chainrule completion ", ["bash", "zsh", "fish"]),
    ],
)
def test_the_shell_completes(typed: str, offered: list[str]) -> None:
    words = typed.split()
    position = len(words) if typed.endswith(" ") else len(words) - 1
    asked = {"_CHAINRULE_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(position)}
    result = run(env={**os.environ, **asked})
    assert result.returncode == 0
    assert [line.split(",", 1)[1] for line in result.stdout.decode().splitlines()] == offered


def test_the_shell_completes_a_file_for_data() -> None:
    asked = {"_CHAINRULE_COMPLETE": "bash_complete", "COMP_WORDS": "chainrule --data ", "COMP_CWORD": "2"}
    assert run(env={**os.environ, **asked}).stdout == b"file,\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for(shell: str) -> None:
    result = run("completion", shell)
    assert result.returncode == 0
    assert f"_CHAINRULE_COMPLETE={shell}_complete".encode() in result.stdout


def test_python_dash_m_without_a_command_line_error_calls_itself_chainrule() -> None:
    assert run("--help").stdout.startswith(b"Usage: chainrule [OPTIONS] [COMMAND]\n")
