"""Numbers in columns that never jitter: every one takes the same eight cells."""

import math

WIDTH = 8
LEAST_PLAIN = 0.00099995
"""Below it four decimals would show fewer than two digits that count."""


def number(value: float, *, signed: bool = False, width: int = WIDTH) -> str:
    """The value right-aligned in `width` cells, with three digits at least; `signed` shows a plus too.

    Zero has no sign: a gradient of -0.0 is no more negative than one of 0.0.
    Seven cells are enough for what is never negative, eight for everything.
    """
    sign = "+" if signed else ""
    if math.isnan(value):
        return f"{'nan':>{width}}"
    size = abs(value)
    if size == 0.0:
        text = "0.0000"
    elif math.isinf(size):
        text = f"{value:{sign}}"
    elif LEAST_PLAIN <= size < 99.99995:
        text = f"{value:{sign}.4f}"
    elif 99.9 < size < 9999.5:
        text = f"{value:{sign}.2f}"
    else:
        text = scientific(value, sign, width)
    return f"{text:>{width}}"


def short(value: float) -> str:
    """A coordinate: two decimals where they say enough, else as any number."""
    return f"{value:+.2f}" if 0.01 <= abs(value) < 100 or value == 0.0 else number(value, signed=True).strip()


def pair(x: float, y: float) -> tuple[str, str]:
    """Both coordinates of a place with as many decimals as the larger one needs."""
    if 0.01 <= max(abs(x), abs(y)) < 100:
        return f"{x:+.2f}", f"{y:+.2f}"
    return short(x), short(y)


def full(value: float) -> str:
    """Every digit of the value, behind room for a sign."""
    text = repr(value)
    return text if text.startswith("-") else f" {text}"


def scientific(value: float, sign: str, width: int) -> str:
    """As many digits before the exponent as `width` allows, the exponent without padding: -1.2e+10, 3.14e-5."""
    for digits in (2, 1, 0):
        mantissa, exponent = f"{value:{sign}.{digits}e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
        if len(text) <= width:
            return text
    return text


def compact(count: float) -> str:
    """A count in at most four cells: 7, 94, 1.2k, 94k, 1.2M."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size * 0.9995:
            scaled = count / size
            return f"{scaled:.1f}{unit}" if scaled < 9.95 else f"{scaled:.0f}{unit}"
    return f"{count:.0f}"
