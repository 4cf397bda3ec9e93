"""A terminal's screen: bytes in, cells and modes out.

The screen is pyte's; the parser is not. pyte 0.8.2 prints the `u` of `CSI < u` as text, takes `CSI > 4 ; 2 m` for
colours, raises on private reports, prints the payload of DCS strings, has no alternate screen, and drops the rest of a
run of text after a zero-width character such as U+FE0F. Here whole sequences are recognised first, and only what pyte
knows reaches it. That is faster too: pyte's own parser takes each character of a colour sequence separately.

A frame between the marks of synchronized output is applied in one go, as a terminal shows it: no test sees half of it.
"""

import codecs
import re
from copy import copy
from typing import NamedTuple

import pyte
from pyte import modes as pyte_modes
from pyte.screens import Char
from wcwidth import wcwidth

SYNC_BEGIN = "\x1b[?2026h"
SYNC_END = "\x1b[?2026l"
LONGEST_HELD = 1 << 20
"""Characters kept back for the end of a frame; beyond this something is wrong and they are shown."""

TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|\x1b\[(?P<parameters>[ -?]*)(?P<final>[@-~])"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f-\x9f])"
    r"|\x1b(?P<kind>[]PX^_])(?P<payload>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b(?P<escape>[ -/]*[0-OQ-WYZ\\`-~])"
    # Broken off by a control character or another sequence; what merely lacks its end so far matches nothing.
    r"|(?P<broken>\x1b(?:\[[ -?]*(?=[^ -~])|[]PX^_][^\x07\x1b]*(?=\x1b[^\\])|[ -/]*(?=[^ -~])))"
)
CONTROLS = {
    "\b": "backspace",
    "\t": "tab",
    "\n": "linefeed",
    "\v": "linefeed",
    "\f": "linefeed",
    "\r": "carriage_return",
}
ESCAPES = {name: method for name, method in pyte.Stream.escape.items() if name != "c"}
MOVES = {final: method for final, method in pyte.Stream.csi.items() if final not in "hlmnc"} | {
    "s": "save_cursor",
    "u": "restore_cursor",
}
ALTERNATE_SCREENS = (47, 1047, 1049)
ON_AT_FIRST = frozenset({7, 25})
"""Private modes that a terminal starts with: wrapping at the right margin, and a visible cursor."""
MODE_NAMES = {
    7: "line wrap",
    25: "cursor",
    1000: "mouse clicks",
    1002: "mouse drags",
    1003: "mouse motion",
    1004: "focus reports",
    1006: "mouse encoding",
    1015: "mouse encoding",
    1016: "mouse pixels",
    1049: "alternate screen",
    2004: "bracketed paste",
    2026: "synchronized output",
    2048: "resize reports",
}
COLOURS = {"brown": "yellow", "brightbrown": "brightyellow", "bfightmagenta": "brightmagenta"}
"""pyte's names for colours, where they are not everyone's."""


class Cell(NamedTuple):
    """One cell. Colours are `default`, a name of the 16 (`red`, `brightred`), or six hex digits."""

    text: str
    fg: str
    bg: str
    bold: bool
    italic: bool
    underline: bool
    reverse: bool

    @property
    def ground(self) -> str:
        """The colour that is seen behind the character; `foreground` where a default one is reversed."""
        if not self.reverse:
            return self.bg
        return "foreground" if self.fg == "default" else self.fg


class _Screen(pyte.Screen):
    """pyte's screen with an alternate screen, and text that survives zero-width characters."""

    widths: dict[str, int]

    def __init__(self, columns: int, lines: int) -> None:
        self.widths = {}
        self._main: tuple[dict[int, pyte.screens.StaticDefaultDict[int, Char]], pyte.screens.Cursor] | None = None
        super().__init__(columns, lines)

    def draw(self, data: str) -> None:
        cursor = self.cursor
        style = cursor.attrs[1:]
        line = self.buffer[cursor.y]
        for char in data:
            width = self.widths.get(char)
            if width is None:
                width = self.widths[char] = wcwidth(char)
            if width <= 0:
                if cursor.x:
                    before = line[cursor.x - 1]
                    line[cursor.x - 1] = before._replace(data=before.data + char)
                continue
            if cursor.x + width > self.columns:
                if pyte_modes.DECAWM in self.mode:
                    self.carriage_return()
                    self.linefeed()
                    line = self.buffer[cursor.y]
                else:
                    cursor.x = self.columns - width
            if pyte_modes.IRM in self.mode:
                self.insert_characters(width)
            line[cursor.x] = Char(char, *style)
            if width == 2:
                line[cursor.x + 1] = Char("", *style)
            cursor.x += width

    def show_alternate(self) -> None:
        if self._main is None:
            self._main = dict(self.buffer), copy(self.cursor)
            self.buffer.clear()

    def show_main(self) -> None:
        if self._main is not None:
            lines, cursor = self._main
            self._main = None
            self.buffer.clear()
            self.buffer.update(lines)
            self.cursor = cursor
            self.ensure_hbounds()
            self.ensure_vbounds()

    @property
    def alternate(self) -> bool:
        return self._main is not None


class Emulator:
    """The screen, the modes and the title that a stream of bytes amounts to."""

    def __init__(self, columns: int, rows: int) -> None:
        self.screen = _Screen(columns, rows)
        self.modes: dict[int, bool] = {}
        self.title = ""
        self.bells = 0
        self.unknown: set[str] = set()
        """Sequences that were left out because neither this module nor pyte knows them."""
        self.held = False
        """Whether a frame has begun whose end has not arrived."""
        self._keyboard = {False: 0, True: 0}  # kitty's flags are stacked for each of the two screens
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._pending = ""
        self._styles: dict[tuple[Char, str], Char] = {}

    def feed(self, data: bytes) -> None:
        """Apply what is complete; keep what lacks its end."""
        self._pending += self._decode(data)
        begin = self._pending.rfind(SYNC_BEGIN)
        self.held = begin >= 0 and self._pending.find(SYNC_END, begin) < 0 and len(self._pending) - begin < LONGEST_HELD
        self._apply(begin if self.held else len(self._pending))

    def flush(self) -> None:
        """Show what was kept: no more will come."""
        self.held = False
        self._apply(len(self._pending))

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)

    def lines(self) -> list[str]:
        """The rows of the screen, as wide as it is but for the second cells of wide characters."""
        columns = range(self.screen.columns)
        rows = (self.screen.buffer[y] for y in range(self.screen.lines))
        return ["".join([row[x].data for x in columns]) for row in rows]

    def cell(self, row: int, column: int) -> Cell:
        char = self.screen.buffer[row][column]
        fg, bg = COLOURS.get(char.fg, char.fg), COLOURS.get(char.bg, char.bg)
        return Cell(char.data, fg, bg, char.bold, char.italics, char.underscore, char.reverse)

    def left_over(self) -> list[str]:
        """Modes that are not as a terminal has them at first, in words."""
        left = [
            f"{MODE_NAMES.get(mode, 'mode')} ?{mode} is {'on' if on else 'off'}"
            for mode, on in sorted(self.modes.items())
            if on != (mode in ON_AT_FIRST)
        ]
        depth = sum(self._keyboard.values())
        return [*left, f"kitty keyboard flags are pushed {depth} deep"] if depth else left

    def _apply(self, end: int) -> None:
        text, start = self._pending, 0
        while start < end:
            match = TOKEN.match(text, start, end)
            if match is None:
                break
            start = match.end()
            match match.lastgroup:
                case "text":
                    self.screen.draw(match["text"])
                case "final":
                    self._control_sequence(match["parameters"], match["final"])
                case "control":
                    self._control(match["control"])
                case "payload":
                    if match["kind"] == "]":
                        self._operating_system_command(match["payload"])
                case "escape":
                    self._escape(match["escape"])
        self._pending = text[start:]

    def _control(self, char: str) -> None:
        if char == "\a":
            self.bells += 1
        elif method := CONTROLS.get(char):
            getattr(self.screen, method)()

    def _operating_system_command(self, payload: str) -> None:
        number, _, value = payload.partition(";")
        if number in ("0", "2"):
            self.title = value

    def _escape(self, sequence: str) -> None:
        if sequence == "c":
            self.screen.show_main()
            self.screen.reset()
            self.modes.clear()
            self._keyboard = {False: 0, True: 0}
        elif method := ESCAPES.get(sequence):
            getattr(self.screen, method)()

    def _control_sequence(self, parameters: str, final: str) -> None:
        if final == "m" and not parameters.strip("0123456789;"):
            self._style(parameters)
            return
        marker = parameters[:1] if parameters[:1] in tuple("<=>?") else ""
        numbers = parameters[len(marker) :]
        if numbers.strip("0123456789;"):  # intermediate bytes or sub-parameters
            if (numbers[-1], final) not in ((" ", "q"), ("$", "p")):  # cursor shape; a query, answered elsewhere
                self.unknown.add(f"CSI {parameters}{final}")
            return
        values = [int(number or 0) for number in numbers.split(";")] if numbers else []
        if marker == "?" and final in "hl":
            for mode in values:
                self._private_mode(mode, final == "h")
        elif marker and final == "u":
            self._keyboard_flags(marker, values)
        elif marker == "" and final in "hl":
            getattr(self.screen, "set_mode" if final == "h" else "reset_mode")(*values)
        elif marker == "" and final in MOVES:
            try:
                getattr(self.screen, MOVES[final])(*values)
            except (TypeError, UnboundLocalError):  # pyte, given more parameters or other ones than it knows
                self.unknown.add(f"CSI {parameters}{final}")
        elif final not in "nct":  # queries; window operations
            self.unknown.add(f"CSI {parameters}{final}")

    def _style(self, parameters: str) -> None:
        cursor = self.screen.cursor
        key = cursor.attrs, parameters
        known = self._styles.get(key)
        if known is None:
            self.screen.select_graphic_rendition(*(int(number or 0) for number in parameters.split(";")))
            known = self._styles[key] = cursor.attrs
        cursor.attrs = known

    def _private_mode(self, mode: int, on: bool) -> None:
        self.modes[mode] = on
        if mode in ALTERNATE_SCREENS:
            if on:
                self.screen.show_alternate()
            else:
                self.screen.show_main()
        elif mode in (6, 7, 25):
            (self.screen.set_mode if on else self.screen.reset_mode)(mode, private=True)

    def _keyboard_flags(self, marker: str, values: list[int]) -> None:
        screen = self.screen.alternate
        if marker == ">":
            self._keyboard[screen] += 1
        elif marker == "<":
            self._keyboard[screen] = max(0, self._keyboard[screen] - max(1, sum(values)))
