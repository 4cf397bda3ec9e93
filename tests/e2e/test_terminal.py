"""The harness itself: what it shows, waits for, restores and ends, tried on the smallest programs that show it."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from tests.e2e.emulator import Emulator
from tests.e2e.terminal import Terminal, key_bytes

BARE_APP = [sys.executable, str(Path(__file__).with_name("bare_app.py"))]


def shell(script: str) -> list[str]:
    return ["sh", "-c", script]


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def shown(data: str, columns: int = 20, rows: int = 4) -> list[str]:
    emulator = Emulator(columns, rows)
    emulator.feed(data.encode())
    return [line.rstrip() for line in emulator.lines()]


# The emulator


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[>25u",
        "\x1b[<u",
        "\x1b[=1;1u",
        "\x1b[?u",
        "\x1b[?2026$p",
        "\x1b[>4;2m",
        "\x1b[4:3m",
        "\x1b[38:2::255:0:0m",
        "\x1b[?6n",
        "\x1b[?996n",
        "\x1b[>c",
        "\x1b[>0q",
        "\x1b[2 q",
        "\x1b[9;8;7;6;5H\x1b[H",
        "\x1b[7K",
        "\x1b[14t",
        "\x1bP+q544e\x1b\\",
        "\x1b_Gi=31;AAAA\x1b\\",
        "\x1b]0;a title\x07",
        "\x1b]22;default\x1b\\",
        "\x1b]52;c;aGVsbG8=\x07",
        "\x1b(B",
        "\x1b=",
        "\x1b[12\x1b[m",
        "\x1b]broken off\x1b[m",
    ],
)
def test_no_sequence_is_printed_or_colours_what_follows(sequence: str) -> None:
    emulator = Emulator(20, 4)
    for byte in f"{sequence}text".encode():  # also when it arrives in pieces
        emulator.feed(bytes([byte]))
    assert [line.rstrip() for line in emulator.lines()] == ["text", "", "", ""]
    assert emulator.cell(0, 0) == ("t", "default", "default", False, False, False, False)


def test_half_a_frame_is_not_shown() -> None:
    emulator = Emulator(20, 4)
    emulator.feed(b"old\x1b[?2026h\x1b[Hn")
    assert emulator.held
    assert emulator.lines()[0].startswith("old")
    emulator.feed(b"ew\x1b[?2026l")
    assert not emulator.held
    assert emulator.lines()[0].startswith("new")


def test_the_main_screen_comes_back_after_the_alternate_one() -> None:
    assert shown("before\x1b[?1049h\x1b[Hinside\x1b[?1049l!") == ["before!", "", "", ""]


def test_text_goes_on_after_a_character_of_no_width() -> None:
    assert shown("a\ufe0fb\u0301c") == ["a\ufe0fb\u0301c", "", "", ""]


def test_text_wraps_only_where_wrapping_is_on() -> None:
    assert shown("abcdef", 4, 2) == ["abcd", "ef"]
    assert shown("\x1b[?7labcdef", 4, 2) == ["abcf", ""]
    assert shown("abc表", 4, 2) == ["abc", "表"]


def test_cells_know_their_colours() -> None:
    emulator = Emulator(20, 4)
    emulator.feed(b"\x1b[1;38;2;1;2;3;48;5;196mA\x1b[0;93;7mB\x1b[0;7mC\x1b[27;45mD")
    a, b, c, d = (emulator.cell(0, column) for column in range(4))
    assert (a.text, a.fg, a.bg, a.ground, a.bold) == ("A", "010203", "ff0000", "ff0000", True)
    assert (b.fg, b.reverse, b.ground) == ("brightyellow", True, "brightyellow")
    assert c.ground == "foreground"
    assert (d.bg, d.reverse) == ("magenta", False)


def test_the_modes_that_are_left_over_are_named() -> None:
    emulator = Emulator(20, 4)
    emulator.feed(b"\x1b[?1049h\x1b[?25l\x1b[>25u\x1b[?2004h")
    assert len(emulator.left_over()) == 4
    emulator.feed(b"\x1b[<u\x1b[?1049l\x1b[?2004l")
    assert emulator.left_over() == ["cursor ?25 is off"]


# Keys


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("a", b"a"),
        ("+", b"+"),
        ("é", "é".encode()),
        ("space", b" "),
        ("enter", b"\r"),
        ("down", b"\x1b[B"),
        ("shift+up", b"\x1b[1;2A"),
        ("ctrl+end", b"\x1b[1;5F"),
        ("pagedown", b"\x1b[6~"),
        ("f1", b"\x1bOP"),
        ("f5", b"\x1b[15~"),
        ("ctrl+c", b"\x03"),
        ("alt+x", b"\x1bx"),
        ("shift+tab", b"\x1b[Z"),
    ],
)
def test_keys_are_sent_as_xterm_sends_them(name: str, sent: bytes) -> None:
    assert key_bytes(name) == sent


def test_a_key_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="hyper"):
        key_bytes("hyper+x")


# The pseudo-terminal


def test_a_textual_app_is_shown_resized_and_left_without_a_trace() -> None:
    with Terminal(BARE_APP, 60, 10) as terminal:
        arrived = terminal.wait_for("^Nothing but Textual")
        assert 0 < arrived - terminal.started < 10
        assert len(terminal.modes_left()) > 5
        mark = terminal.mark()
        terminal.resize(100, 30)
        terminal.wait_for(lambda terminal: terminal.cell(29, 99).bg == terminal.cell(0, 0).bg != "default")
        assert b"\x1b[30;1H" in terminal.bytes_since(mark)
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.modes_left() == []
        assert terminal.unknown == set()
        assert not terminal.text().strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_program_that_dies_leaves_its_modes_behind_and_that_is_seen(number: signal.Signals) -> None:
    with Terminal(BARE_APP) as terminal:
        terminal.wait_for("Nothing")
        terminal.signal(number)
        assert terminal.wait_exit() == -number
        assert "alternate screen ?1049 is on" in terminal.modes_left()
        assert "the line's local settings changed" in terminal.modes_left()


def test_the_terminal_controls_a_session_and_the_command_has_its_foreground() -> None:
    with Terminal(shell("tty; echo ready > /dev/tty; exec sleep 60")) as terminal:
        terminal.wait_for("^/dev/pts/[0-9]+$\n^ready$")
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == -signal.SIGINT


def test_a_lost_terminal_hangs_the_program_up() -> None:
    with Terminal(shell("trap 'exit 7' HUP; echo ready; while :; do sleep 60 & wait; done")) as terminal:
        terminal.wait_for("ready")
        terminal.hang_up()
        assert terminal.wait_exit() == 7


def test_a_command_that_cannot_be_run_says_so() -> None:
    with Terminal(["no-such-command"]) as terminal:
        assert terminal.wait_exit() == 127
        assert "no-such-command: No such file" in terminal.text()


def test_the_environment_is_small_and_known(tmp_path: Path) -> None:
    changes = {"NO_COLOR": "1", "COLORTERM": None}
    with Terminal(
        shell("env; pwd"), 120, 30, env=changes, cwd=tmp_path, cpus=[min(os.sched_getaffinity(0))]
    ) as terminal:
        terminal.wait_exit()
        names = set(re.findall(r"^(\w+)=", terminal.text(), re.MULTILINE))
        assert names - {"PWD", "OLDPWD", "SHLVL", "_"} == {"TERM", "LANG", "PATH", "HOME", "NO_COLOR"}
        assert str(tmp_path) in terminal.text()


def test_queries_are_answered_but_by_a_terminal_that_does_not() -> None:
    ask = (
        "import os, tty, select; tty.setraw(0); os.write(1, b'\\x1b[?2026$p\\x1b[c\\x1b[6n');"
        "got = b'';\nwhile not got.endswith(b'R') and select.select([0], [], [], {})[0]: got += os.read(0, 99)\n"
        "print(ascii(got), 'end')"
    )
    with Terminal(python(ask.format(5))) as terminal:
        terminal.wait_for(re.escape(r"b'\x1b[?2026;2$y\x1b[?62;22c\x1b[1;1R' end"))
    with Terminal(python(ask.format(0.2)), answers=False) as terminal:
        terminal.wait_for("b'' end")


def test_keys_and_answers_that_are_sent_at_the_same_time_all_arrive() -> None:
    """The kernel refuses one of two writes to a pseudo-terminal that fall together."""
    asks_and_counts = (
        "import os, threading, tty\n"
        "tty.setraw(0); os.write(1, b'up')\n"
        "threading.Thread(target=lambda: [os.write(1, b'\\x1b[6n') for _ in range(3000)]).start()\n"
        "got = b''\n"
        "while got.count(b'x') < 3000 or got.count(b'R') < 3000: got += os.read(0, 65536)\n"
        "os.write(1, b'all')"
    )
    with Terminal(python(asks_and_counts)) as terminal:
        terminal.wait_for("up")
        for _ in range(3000):
            terminal.press("x")
        terminal.wait_for("all")


def test_a_program_that_does_not_read_is_waited_for_and_then_named() -> None:
    reads_late = (
        "import os, tty\ntty.setraw(0); os.write(1, b'up'); left = 100_000\n"
        "while left: left -= len(os.read(0, 1000))\n"
        "os.write(1, b'all')"
    )
    with Terminal(python(reads_late)) as terminal:
        terminal.wait_for("up")
        terminal.send(b"x" * 100_000)
        terminal.wait_for("all")
    with Terminal(shell("stty raw -echo; echo up; exec sleep 60")) as terminal:
        terminal.wait_for("up")
        with pytest.raises(AssertionError, match=r"sleep 60 has not read its input for 0.2 s"):
            terminal.send(b"x" * 100_000, timeout=0.2)


def test_waiting_in_vain_shows_the_screen() -> None:
    with (
        Terminal(shell("echo here; sleep 60")) as terminal,
        pytest.raises(AssertionError, match=r"does not show 'there'(?s:.*)\nhere\n"),
    ):
        terminal.wait_for("there", 0.5)


def test_waiting_ends_when_nothing_more_can_come() -> None:
    with Terminal(shell("echo done; exit 3")) as terminal:
        began = time.monotonic()
        with pytest.raises(AssertionError, match="ended with status 3"):
            terminal.wait_for("more", 60)
        assert time.monotonic() - began < 10


def test_frames_stop_where_they_are_looked_at() -> None:
    with Terminal(shell("echo one; read line; echo two; read line; echo three; read line")) as terminal:
        first = terminal.wait_for("one")
        terminal.press("enter")
        second = terminal.wait_for("two")
        terminal.press("enter")
        assert first < second < terminal.wait_for("three")


def test_quiet_is_waited_for() -> None:
    with Terminal(shell("for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done; echo last; read line")) as terminal:
        terminal.wait_quiet(0.3)
        assert "last" in terminal.text()
        mark = terminal.mark()
        terminal.type("text")
        terminal.wait_for("text")
        assert terminal.bytes_since(mark) == b"text"


def test_a_slow_link_is_slow() -> None:
    with Terminal(python("print('x' * 4000); print('end', flush=True); input()"), bytes_per_second=10_000) as terminal:
        arrived = terminal.wait_for("end")
        first = terminal.chunks_since()[0].time
        assert arrived - first > 0.3


def test_every_process_is_known_and_none_survives() -> None:
    program = (
        "import subprocess\n"
        "for own_session in (False, True): subprocess.Popen(['sleep', '60'], start_new_session=own_session)\n"
        "print('up')\ninput()"
    )
    with Terminal(python(program)) as terminal:
        terminal.wait_for("up")
        children = terminal.children()
        assert [child.cmdline() for child in children] == [["sleep", "60"]] * 2
        assert {child.pid for child in children} < set(terminal.processes())
        assert terminal.cpu_seconds() >= 0
        terminal.press("enter")
        assert terminal.wait_exit() == 0
        with pytest.raises(AssertionError, match=r"processes left after 0.2 s:.*sleep 60.*sleep 60"):
            terminal.wait_gone(0.2)
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)


def test_nothing_survives_the_harness() -> None:
    """Killed, it cannot clean up; a program that does not heed SIGHUP is ended all the same, if later."""
    harness = (
        "import sys\nfrom tests.e2e.terminal import Terminal\n"
        "program = 'trap \"\" HUP; echo up; while :; do sleep 60; done'\n"
        "with Terminal(['sh', '-c', program], env={'HOME': ''}) as terminal:\n"
        "    terminal.wait_for('up')\n    print(terminal.pid, flush=True)\n    sys.stdin.read()"
    )
    environment = {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(python(harness), stdin=-1, stdout=-1, text=True, env=environment) as process:
        assert process.stdin and process.stdout
        program = psutil.Process(int(process.stdout.readline()))
        process.kill()
    assert not psutil.wait_procs([program], 15)[1]


def test_all_is_cleaned_up_after_a_failure() -> None:
    descriptors = set(Path("/proc/self/fd").iterdir())
    with pytest.raises(RuntimeError, match="the test failed"), Terminal(BARE_APP) as terminal:
        terminal.wait_for("Nothing")
        pid = terminal.pid
        raise RuntimeError("the test failed")
    assert not psutil.pid_exists(pid)
    assert set(Path("/proc/self/fd").iterdir()) == descriptors
    assert "Nothing" in terminal.text()
