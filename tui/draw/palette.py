"""Colours by what they mean, for every depth of colour and for none.

Picked by hand at each depth: what a library makes of a 24-bit colour in 256 or 16 is often
unreadable. Every colour has a companion that needs no colour: a sign, a glyph or an attribute.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rich.color import Color
from rich.style import Style

Depth = Literal["truecolor", "256", "16", "none"]
FEW = ("16", "none")
Row = tuple[str, str, int, int, str]
"""A colour: in 24 bits on dark and on light, of 256 on dark and on light, of 16."""

ROLES: dict[str, Row] = {
    #              dark       light     256 dark, light, 16
    "text":       ("#c8d0e6", "#2a2f3d", 252, 236, "default"),
    "strong":     ("#ffffff", "#000000", 231, 16, "default"),
    "muted":      ("#7d869f", "#646c80", 103, 242, "default"),
    "frame":      ("#363d4f", "#b4bac8", 238, 250, "bright_black"),
    "accent":     ("#7cb7ff", "#1f5fbf", 111, 25, "cyan"),
    "positive":   ("#3ddbd0", "#007f78", 80, 30, "cyan"),
    "negative":   ("#ffa066", "#b85000", 215, 130, "yellow"),
    "parameter":  ("#e2c275", "#7a5c00", 180, 94, "green"),
    "train":      ("#f2f4fa", "#20242e", 255, 234, "default"),
    "val":        ("#d69cff", "#8a2fc0", 177, 91, "magenta"),
    "alert":      ("#ff5c6c", "#c01030", 203, 160, "red"),
    "good":       ("#9bd66a", "#3a7d14", 113, 64, "green"),
}  # fmt: skip

CLASSES: tuple[Row, ...] = (
    ("#ff6b8b", "#c2264e", 204, 161, "red"),
    ("#8fd35f", "#3b7f14", 113, 64, "green"),
    ("#6f9cff", "#2456c8", 69, 26, "blue"),
    ("#f0c34e", "#946b00", 221, 136, "yellow"),
    ("#c58bff", "#7b34c4", 141, 92, "magenta"),
    ("#46cfe0", "#00788a", 80, 30, "cyan"),
    ("#ff9550", "#b85a10", 209, 166, "bright_red"),
    ("#b9bfcc", "#5a6170", 250, 241, "white"),
)

GLYPHS = ("●", "▲", "■", "◆", "▼", "★", "✚", "▬")
HOLLOW = ("○", "△", "□", "◇", "▽", "☆", "✛", "▭")
ASCII_GLYPHS = ("O", "A", "H", "D", "V", "S", "X", "M")
ASCII_HOLLOW = ("o", "a", "h", "d", "v", "s", "x", "m")
TEXTURES = ("·", "-", "+", "/", "=", "~", ":", "%")

BACKGROUND = ("#12151d", "#f6f7fa")
SELECTED = (("#2a3350", 237), ("#cfdcf5", 153))
LEVELS = {"truecolor": 8, "256": 4, "16": 3, "none": 3}
FAINTEST, FULLEST = (0.10, 0.20), (0.52, 0.62)
"""How much of the class colour the least and the most confident cell get, dark and light."""
UNICODE_TO_ASCII = str.maketrans("Σσ·×−²→←↩▾▸│├└─╭╮╰╯▶‖…━╸╺┃█‹›┤↑↓•", "Ss**-2><@v>|+`-++++>=~=--##<>|^v*")


class Role:
    """The style of a role as an attribute of a palette, `palette.muted`, which has it from then on."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, palette: "Palette", owner: type) -> Style:
        style = palette.__dict__[self.name] = palette.of_role(self.name)
        return style


@dataclass(frozen=True)  # not Frozen: every cell that is drawn looks its colour up by the palette's hash
class Palette:
    """The styles of one look. `ascii_only` also replaces every character that is not plain ASCII."""

    depth: Depth = "truecolor"
    dark: bool = True
    ascii_only: bool = False

    text, strong, muted, frame, accent = Role(), Role(), Role(), Role(), Role()
    positive, negative, parameter = Role(), Role(), Role()
    train, val, alert, good = Role(), Role(), Role(), Role()

    @property
    def levels(self) -> int:
        """Steps of confidence that the decision map shows."""
        return LEVELS[self.depth]

    @cache
    def of_role(self, role: str) -> Style:
        """The style of a row of ROLES: in few colours some are told apart by an attribute."""
        dim = self.depth in FEW and role in ("frame", "muted")
        color = None if self.depth == "none" else self._pick(ROLES[role])
        return Style(color=color, bold=role in ("strong", "alert") or None, dim=dim or None)

    @cache
    def selected(self, style: Style, *, focused: bool) -> Style:
        """The style as part of the selected row."""
        if self.depth in FEW:
            return Style(reverse=True) if focused else style + Style(underline=True)
        color, index = SELECTED[not self.dark]
        background = Color.parse(color) if self.depth == "truecolor" else Color.from_ansi(index)
        return style + Style(bgcolor=background, bold=focused or None)

    def of_sign(self, value: float) -> Style:
        """The style of a signed number."""
        return self.positive if value > 0.0 else self.negative if value < 0.0 else self.muted

    def of_number(self, value: float, *, signed: bool = False) -> Style:
        """The style of a number, one that is not finite as an alert."""
        return self.alert if not math.isfinite(value) else self.of_sign(value) if signed else self.text

    @cache
    def of_class(self, number: int) -> Style:
        """The style of a class's points and name."""
        if self.depth == "none":
            return Style(bold=True)
        return Style(color=self._pick(CLASSES[number % len(CLASSES)]), bold=self.depth == "16" or None)

    def glyph(self, number: int, *, held_out: bool = False) -> str:
        """The class's glyph: solid for train examples, hollow for those held out."""
        solid, hollow = (ASCII_GLYPHS, ASCII_HOLLOW) if self.ascii_only else (GLYPHS, HOLLOW)
        return (hollow if held_out else solid)[number % len(solid)]

    @cache
    def shade(self, number: int, level: int) -> Color:
        """The colour of a decision map's cell: class `number`, confidence `level` of `levels`."""
        return self._mixed(CLASSES[number % len(CLASSES)], FAINTEST[not self.dark], level)

    @cache
    def sign_shade(self, *, positive: bool, level: int) -> Color:
        """The colour of an activation map's cell: its sign, and its size as a `level` of `levels`."""
        return self._mixed(ROLES["positive" if positive else "negative"], 0.0, level)

    def _pick(self, row: Row) -> Color:
        """The colour of a table row at this depth."""
        if self.depth == "truecolor":
            return Color.parse(row[0] if self.dark else row[1])
        return Color.from_ansi(row[2] if self.dark else row[3]) if self.depth == "256" else Color.parse(row[4])

    def _mixed(self, row: Row, faintest: float, level: int) -> Color:
        """A table row's colour over the background, from the faintest share of it to the fullest."""
        if self.depth == "16":
            return self._pick(row)
        amount = faintest + (FULLEST[not self.dark] - faintest) * (level / max(1, self.levels - 1))
        low, high = (Color.parse(colors[not self.dark]).get_truecolor() for colors in (BACKGROUND, row))
        red, green, blue = (round(a + (b - a) * amount) for a, b in zip(low, high, strict=True))
        return Color.from_rgb(red, green, blue) if self.depth == "truecolor" else nearest_256(red, green, blue)

    @property
    def sideways(self) -> str:
        """The arrow keys to the left and right; in plain ASCII < and > would be keys of their own."""
        return "arrows" if self.ascii_only else "← →"

    def plain(self, text: str) -> str:
        """The text, in ASCII if that is asked for."""
        return text.translate(UNICODE_TO_ASCII) if self.ascii_only else text


def nearest_256(red: int, green: int, blue: int) -> Color:
    """The nearest colour of the 6x6x6 cube and the grey ramp, by lightness and hue."""
    steps = (0, 95, 135, 175, 215, 255)
    candidates = [
        (16 + 36 * r + 6 * g + b, (steps[r], steps[g], steps[b]))
        for r in range(6) for g in range(6) for b in range(6)
    ]  # fmt: skip
    candidates += [(232 + grey, (8 + 10 * grey,) * 3) for grey in range(24)]
    hue = red - green, green - blue, blue - red

    def distance(candidate: tuple[int, tuple[int, ...]]) -> float:
        r, g, b = candidate[1]
        # A grey or another hue is a poor stand-in for a colour: hue is what tells the classes apart.
        lost = sum((a - b) ** 2 for a, b in zip((r - g, g - b, b - r), hue, strict=True))
        return (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2 + lost

    return Color.from_ansi(min(candidates, key=distance)[0])
