"""Runs an installed chainrule in a pseudo-terminal, presses two keys and quits: `python smoke.py COMMAND`.

Standard library only, because the environment that it checks has nothing else.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

PATIENCE = 30.0
CURSOR_QUESTION, CURSOR_ANSWER = b"\x1b[6n", b"\x1b[1;1R"


class Smoke:
    """The program at the other end of a pseudo-terminal."""

    def __init__(self, command: str) -> None:
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execv(command, [command])
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.seen = b""

    def wait_for(self, text: bytes) -> None:
        """Read until the text was written since the last key."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen:
            if time.monotonic() > deadline:
                raise SystemExit(f"{text!r} did not appear in {PATIENCE:g} s: {self.seen[-2000:]!r}")
            if select.select([self.terminal], [], [], 0.1)[0]:
                piece = os.read(self.terminal, 1 << 16)
                self.seen += piece
                if CURSOR_QUESTION in piece:
                    os.write(self.terminal, CURSOR_ANSWER)

    def press(self, key: bytes) -> None:
        """Type a key and forget what was written before."""
        self.seen = b""
        os.write(self.terminal, key)

    def ended(self) -> int:
        """The exit status, once the program is gone."""
        deadline = time.monotonic() + PATIENCE
        while (ended := os.waitpid(self.pid, os.WNOHANG)) == (0, 0):
            if time.monotonic() > deadline:
                raise SystemExit("it did not end")
            try:
                if select.select([self.terminal], [], [], 0.1)[0]:
                    os.read(self.terminal, 1 << 16)
            except OSError:
                continue
        return os.waitstatus_to_exitcode(ended[1])


def main() -> None:
    smoke = Smoke(sys.argv[1])
    smoke.wait_for(b"Boundary")
    smoke.wait_for("▶".encode())
    smoke.press(b" ")
    smoke.wait_for("‖".encode())
    smoke.press(b"?")
    smoke.wait_for(b"play or pause")
    smoke.press(b"\x1b")
    smoke.wait_for(b"Boundary")
    smoke.press(b"q")
    if status := smoke.ended():
        raise SystemExit(f"status {status}")
    print("the app started, took its keys and quit")


if __name__ == "__main__":
    main()
