"""What may be typed for an option, and how a refusal reads: text becomes a trusted value, or one line.

The command line and the app's settings share these types; `metavar` stands for the value in the help.
"""

import math
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

import click
from click.shell_completion import CompletionItem

from data.splitting import USUAL_SHARES, Shares, check_shares
from data.wording import quoted
from tui.run.spec import MAX_PARAMETERS

USUAL_SPLIT = ",".join(map(str, USUAL_SHARES))


def listed(names: Sequence[str], word: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def nearest(text: str, names: Sequence[str]) -> str:
    """A question to end an error with, if one of the names is close to what was typed."""
    by_lower = {name.lower(): name for name in names}
    close = get_close_matches(text.lower(), by_lower, n=1)
    return f" Did you mean {by_lower[close[0]]}?" if close else ""


class Named(click.Choice[str]):
    """A name of a registry, in upper or lower case."""

    metavar = "NAME"

    def __init__(self, registry: Sequence[str]) -> None:
        super().__init__(registry, case_sensitive=False)

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        return f"{quoted(str(value))} is not {listed(self.choices)}.{nearest(str(value), self.choices)}"


class Number(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """A number that `accepts` takes; `wanted` completes the sentence "'x' is not …"."""

    name = "number"
    metavar = "X"
    parse: type[float] = float

    def __init__(self, accepts: Callable[[float], bool], wanted: str) -> None:
        self.accepts = accepts
        self.wanted = wanted

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = self.parse(value)
        except ValueError:
            number = math.nan
        if not self.accepts(number):
            self.fail(f"{quoted(str(value))} is not {self.wanted}.", param, ctx)
        return number


NOT_NEGATIVE = Number(lambda x: 0 <= x < math.inf, "a finite number from 0 up, such as 0.0001")


class Whole(Number):
    """A whole number from `least` to `most`."""

    metavar = "N"
    parse = int

    def __init__(self, least: int, most: int) -> None:
        super().__init__(lambda n: least <= n <= most, f"a whole number from {least} to {most}")


class Pace(Number):
    """Steps a second; None, typed `max`, is as fast as it goes."""

    metavar = "N"

    def __init__(self) -> None:
        super().__init__(lambda n: 1 <= n <= 1000, "a number of steps a second from 1 to 1000, or max")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return None if value is None or str(value).lower() == "max" else super().convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem("max")] if "max".startswith(incomplete) else []


class Units(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """Unit counts of the hidden layers, separated by commas; `none` or nothing for no hidden layer."""

    name = "units"
    metavar = "N,N,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        if value.strip().lower() in ("", "none"):
            return ()
        try:
            units = tuple(int(count) for count in value.split(","))
        except ValueError:
            units = (0,)
        if not 1 <= min(units) <= max(units) <= MAX_PARAMETERS:
            wanted = f"whole numbers from 1 to {MAX_PARAMETERS}, separated by commas, such as 8 or 16,16, or none"
            self.fail(f"{quoted(value)} is not a list of unit counts: {wanted}.", param, ctx)
        return units


class Percentages(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """Shares of train, val and test, separated by commas or slashes."""

    name = "percentages"
    metavar = "N,N,N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shares:
        if isinstance(value, tuple):
            return value
        try:
            shares = tuple(int(share) for share in value.replace("/", ",").split(","))
            check_shares(shares)
        except ValueError:
            wanted = f"three whole percentages that make 100, the first above 0, such as {USUAL_SPLIT}"
            self.fail(f"{quoted(value)} is not {wanted}.", param, ctx)
        return shares


class Names(Named):
    """Names of a registry, separated by commas."""

    metavar = "NAME,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return ",".join(super(Names, self).convert(name.strip(), param, ctx) for name in value.split(","))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        before, comma, last = incomplete.rpartition(",")
        return [CompletionItem(before + comma + item.value) for item in super().shell_complete(ctx, param, last)]


class FeatureNames(Names):
    """Different names of features, separated by commas, as a tuple."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, tuple):
            return value
        names = tuple(super().convert(value, param, ctx).split(","))
        if len(set(names)) < len(names):
            self.fail(f"{quoted(value)} has a feature twice.", param, ctx)
        return names


Kind = Named | Number | Units | Percentages
"""What may be typed for a setting."""
