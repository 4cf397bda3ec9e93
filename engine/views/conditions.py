"""Watchpoints: conditions on a node or a metric, written as a person would say them.

    loss < 0.1        val loss < 0.2      accuracy >= 95%     |w| > 10
    h1[3] > 0.99      grad h1[3] = 0      |w1[0,1]| > 5       batch grad w1[0,1] = 0
    not finite        step >= 500         val loss not better for 200

They stand apart because a text from outside is read here: it is taken to pieces, never evaluated. What training
tells by itself, the losses of its steps, is not computed again for a condition.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ..graph import evaluate
from ..run.records import SplitMetrics, StepLosses, exhausted

if TYPE_CHECKING:
    from ..run.session import Session

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
CONDITION = re.compile(r"(?P<what>.+?)\s*(?P<how><=|>=|!=|==|<|>|=)\s*(?P<limit>[^<>=!]+)")
METRIC = re.compile(r"(?:(?P<split>train|val|test)\s+)?(?P<what>loss|accuracy|acc)")
OF_NODE = re.compile(r"(?P<which>(?:probe\s+|batch\s+)?grad\s+)?(?P<name>\S+)")
NOT_BETTER = re.compile(
    r"(?:(?:(?P<split>train|val)\s+)?loss\s+)?(?:not\s+better\s+for|no\s+improvement\s+for|patience)\s+(?P<steps>\S+?)"
    r"(?:\s+steps?)?"
)
NOT_FINITE = ("not finite", "nan", "inf", "nan/inf")
LONGEST_QUOTE = 40
EXAMPLES = (
    "loss < 0.1, val accuracy >= 95%, val loss not better for 200, step >= 500, |w| > 10, h1[0] > 0.9, grad h1[0] = 0, "
    "batch grad w1[0,0] = 0, not finite"
)

Series: TypeAlias = "Callable[[Session, StepLosses], Sequence[bool]]"
"""Whether a condition holds at each step before one of several updates; the session is still at the first of them."""


class Watchpoint(NamedTuple):
    """A condition: its text, and whether it is so at the session's present step.

    `series` tells that of several steps at once where it can be told from what training records: the losses of
    `split`, or nothing but the steps' numbers if that is empty. `remark` is what more there is to say where it holds.
    """

    text: str
    holds: Callable[[Session], bool]
    series: Series | None = None
    split: str = ""
    remark: Callable[[Session], str] = lambda _: ""

    def is_recorded(self, session: Session) -> bool:
        """Whether `series` can tell it now: a batch's loss is not that of the train examples."""
        if self.series is None or not self.split:
            return self.series is not None
        return self.split in session.splits and not (self.split == "train" and session.batches)


class Quantity(NamedTuple):
    """What is compared: its value at the session's present step and, of what is recorded, its values before updates.

    `least` and `most` bound it.
    """

    of: Callable[[Session], float]
    recorded: Callable[[StepLosses], Sequence[float]] | None = None
    split: str = ""
    least: float = -math.inf
    most: float = math.inf

    def can_be(self, how: str, limit: float) -> bool:
        """Whether it can compare so with a limit."""
        if how in ("=", "=="):
            return self.least <= limit <= self.most
        return any(COMPARISONS[how](bound, limit) for bound in (self.least, self.most))


def watchpoint(
    text: str, parameters: Sequence[str], nodes: Sequence[str], splits: Sequence[str], *, batches: bool = False
) -> Watchpoint:
    """The condition that a text means, on a network with parameters, nodes and splits of these names.

    `batches`: its steps learn from some of the train examples only.

    Raises:
        ValueError: it means none; the message says in one line what would.
    """
    text = " ".join(text.split())
    if text.lower() in NOT_FINITE:
        return Watchpoint("not finite", is_not_finite)
    if found := NOT_BETTER.fullmatch(text.lower()):
        return not_better(found["split"] or default_split(text, splits), found["steps"], splits, batches)
    found = CONDITION.fullmatch(text)
    if not found:
        raise ValueError(f"{quoted(text)} is no condition. Write for example: {EXAMPLES}")
    limit = number(found["limit"])
    compare = COMPARISONS["=" if found["how"] == "==" else found["how"]]
    measure = quantity(found["what"], parameters, nodes, splits)
    if not measure.can_be(found["how"], limit):
        raise ValueError(f"{quoted(text)} can never be{bounds_of(measure, found['limit'].strip())}")
    recorded = measure.recorded
    series = (lambda _, updates: list(map(compare, recorded(updates), repeat(limit)))) if recorded else None
    return Watchpoint(text, lambda session: compare(measure.of(session), limit), series, measure.split)


def condition_of(text: str, session: Session) -> Watchpoint:
    """The condition that a text means for a session, for a probe of any class; else a ValueError as of `watchpoint`."""
    nodes = {node.name: None for label in range(session.classes) for node in session.graph(label).nodes}
    batches = session.batches is not None
    return watchpoint(text, session.parameter_names, list(nodes), list(session.splits), batches=batches)


def default_split(text: str, splits: Sequence[str]) -> str:
    """Whose loss is meant: that of train by its name alone, and of val where not even a loss is named."""
    return "train" if "loss" in text.lower() or "val" not in splits else "val"


def not_better(split: str, steps: str, splits: Sequence[str], batches: bool) -> Watchpoint:
    """The condition that a loss has had no new least value for so many steps: early stopping with this patience."""
    patience = int(steps) if steps.isascii() and steps.isdigit() and len(steps) < 13 else 0
    if patience < 1:
        raise ValueError(f"{quoted(steps)} is no number of steps to be patient for, as 200 is")
    if split not in splits:
        raise ValueError(f"there are no {split} examples")
    if split == "train" and batches:
        raise ValueError("with batches each step has the loss of other examples: watch 'val loss not better for 200'")

    def holds(session: Session) -> bool:
        best = session.best(split)
        if best is None or session.step_count - best.step < patience or split not in session.splits:
            return False
        return not (split == "train" and session.batches) and not session.judge(split).loss < best.loss

    def series(session: Session, updates: StepLosses) -> Sequence[bool]:
        return exhausted(session.best(split), updates.first - 1, updates.losses(split), patience)

    def remark(session: Session) -> str:
        best = session.best(split)
        return f" (the least was {best.loss:.6g} at step {best.step})" if best else ""

    return Watchpoint(f"{split} loss not better for {patience}", holds, series, split, remark)


def number(text: str) -> float:
    """A limit: a number, or a percentage."""
    scale = 0.01 if text.rstrip().endswith("%") else 1.0
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        raise ValueError(f"{quoted(text.strip())} is no number to compare with, as 0.1 or 95% is") from None
    if math.isnan(value):
        raise ValueError("nothing equals nan: write 'not finite'")
    return value * scale


def quantity(text: str, parameters: Sequence[str], nodes: Sequence[str], splits: Sequence[str]) -> Quantity:
    """What a condition's left side measures."""
    text = text.strip()
    if text in ("|w|", "max |w|"):
        return Quantity(lambda session: max(map(abs, session.parameters)), least=0.0)
    if len(text) > 2 and text[0] == text[-1] == "|":
        if "|" in text[1:-1]:
            raise ValueError(f"{quoted(text)} has bars within bars: write |h1[0]| for the size of h1[0]")
        inner = quantity(text[1:-1], parameters, nodes, splits).of
        return Quantity(lambda session: abs(inner(session)), least=0.0)
    if text.lower() in ("step", "steps"):
        return Quantity(lambda session: session.step_count, numbers_of, least=0.0)
    if metric := METRIC.fullmatch(text.lower()):
        split = metric["split"] or "train"
        if split not in splits:
            raise ValueError(f"there are no {split} examples")
        if metric["what"] != "loss":
            return Quantity(lambda session: metrics_of(split, session).accuracy, least=0.0, most=1.0)
        recorded = (lambda updates: updates.losses(split)) if split != "test" else None
        return Quantity(lambda session: metrics_of(split, session).loss, recorded, split, least=0.0)
    if node := OF_NODE.fullmatch(text):
        return Quantity(of_node(node["name"], (node["which"] or "").split(), parameters, nodes))
    raise ValueError(f"{quoted(text)} is nothing that can be watched. Write for example: {EXAMPLES}")


def bounds_of(measure: Quantity, limit: str) -> str:
    """Why a quantity never compares with a limit as it should."""
    if measure.most > 1.0:
        return ": it is never below 0"
    per_cent = not limit.endswith("%") and 1.0 < number(limit) <= 100.0
    return f": it is from 0 to 100%, so write {limit}%" if per_cent else ": it is from 0 to 100%"


def quoted(text: str) -> str:
    """The text in quotes for one line on a terminal: of a long one the beginning, nothing that is not printable."""
    shown = "".join(char if char.isprintable() else "?" for char in text[:LONGEST_QUOTE])
    return f"'{shown}...'" if len(text) > LONGEST_QUOTE else f"'{shown}'"


def numbers_of(updates: StepLosses) -> Sequence[float]:
    """The steps before the updates."""
    return range(updates.first - 1, updates.first - 1 + len(updates.train_losses))


def metrics_of(split: str, session: Session) -> SplitMetrics:
    """A split's loss and accuracy; not numbers once the last of its examples is gone."""
    return session.judge(split) if split in session.splits else SplitMetrics(0, math.nan, math.nan)


def of_node(
    name: str, which: Sequence[str], parameters: Sequence[str], nodes: Sequence[str]
) -> Callable[[Session], float]:
    """A node's data or gradient; the data of a parameter needs no graph."""
    place = parameters.index(name) if name in parameters else -1
    if "batch" in which:
        if name not in parameters:
            such = f"only weights and biases do, such as {parameters[0]}"
            raise ValueError(f"{quoted(name)} has no batch gradient: {such}")
        return lambda session: session.gradients()[1][place]
    if not which and name in parameters:
        return lambda session: session.parameters[place]
    if name not in nodes:
        raise ValueError(f"there is no node {quoted(name)} in the probe's graph")
    part = 1 if which else 0

    def measured(session: Session) -> float:
        probe = session.chooser.now
        graph = session.graph(probe.label)
        here = next((place for place, node in enumerate(graph.nodes) if node.name == name), None)
        return math.nan if here is None else evaluate(graph, session.parameters, probe.point)[part][here]

    return measured


def is_not_finite(session: Session) -> bool:
    """Whether the loss or a parameter is no finite number."""
    return not all(map(math.isfinite, (session.judge("train").loss, *session.parameters)))


class Search:
    """Goes through a branch from its first step on, to the first at which a condition holds."""

    def __init__(self, condition: Watchpoint, session: Session) -> None:
        self.condition = condition
        self.begun_at = session.step_count
        self.found = False
        self._session = session.seek(0)

    def look(self) -> bool:
        """Look at one step and go on to the next; False when there is nothing more to look at.

        Then the session stands at the step that was found, or where it stood before.
        """
        session = self._session
        if self.condition.holds(session):
            self.found = True
            return False
        if session.step_count == session.end:
            session.seek(self.begun_at)
            return False
        session.seek(session.step_count + 1)
        return True
