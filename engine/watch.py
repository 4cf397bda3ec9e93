"""Watchpoints: conditions on a node or a metric, written as a person would say them.

    loss < 0.1        val loss < 0.2      accuracy >= 95%     |w| > 10
    h1[3] > 0.99      grad h1[3] = 0      |w1[0,1]| > 5       batch grad w1[0,1] = 0
    not finite

They stand apart because a text from outside is read here: it is taken to pieces, never evaluated.
"""

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.session import Session

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
NOT_FINITE = ("not finite", "nan", "inf", "nan/inf")
EXAMPLES = "loss < 0.1, val accuracy >= 95%, |w| > 10, h1[0] > 0.9, grad h1[0] = 0, batch grad w1[0,0] = 0, not finite"


@dataclass(frozen=True, slots=True)
class Watchpoint:
    """A condition: its text, and whether it is so at the session's present step."""

    text: str
    holds: Callable[[Session], bool]


def watchpoint(text: str, parameters: Sequence[str], nodes: Sequence[str], splits: Sequence[str]) -> Watchpoint:
    """The condition that a text means, on a network with parameters, nodes and splits of these names.

    Raises:
        ValueError: it means none; the message says in one line what would.
    """
    text = " ".join(text.split())
    if text.lower() in NOT_FINITE:
        return Watchpoint("not finite", lambda session: not finite(session))
    found = CONDITION.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is no condition. Write for example: {EXAMPLES}")
    limit = number(found["limit"])
    compare = COMPARISONS["=" if found["how"] == "==" else found["how"]]
    measure = quantity(found["what"], parameters, nodes, splits)
    return Watchpoint(text, lambda session: compare(measure(session), limit))


def number(text: str) -> float:
    """A limit: a number, or a percentage."""
    scale = 0.01 if text.rstrip().endswith("%") else 1.0
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        raise ValueError(f"'{text.strip()}' is no number to compare with, as 0.1 or 95% is") from None
    if math.isnan(value):
        raise ValueError("nothing equals nan: write 'not finite'")
    return value * scale


def quantity(
    text: str, parameters: Sequence[str], nodes: Sequence[str], splits: Sequence[str]
) -> Callable[[Session], float]:
    """What a condition's left side measures."""
    text = text.strip()
    if text in ("|w|", "max |w|"):
        return lambda session: max(map(abs, session.parameters))
    if len(text) > 2 and text[0] == text[-1] == "|":
        inner = quantity(text[1:-1], parameters, nodes, splits)
        return lambda session: abs(inner(session))
    if metric := METRIC.fullmatch(text.lower()):
        split = metric["split"] or "train"
        if split not in splits:
            raise ValueError(f"there are no {split} examples")
        if metric["what"] == "loss":
            return lambda session: session.judge(split).loss
        return lambda session: session.judge(split).accuracy
    if node := OF_NODE.fullmatch(text):
        return of_node(node["name"], (node["which"] or "").split(), parameters, nodes)
    raise ValueError(f"'{text}' is nothing that can be watched. Write for example: {EXAMPLES}")


def of_node(
    name: str, which: Sequence[str], parameters: Sequence[str], nodes: Sequence[str]
) -> Callable[[Session], float]:
    """A node's data or gradient; the data of a parameter needs no graph."""
    if "batch" in which:
        if name not in parameters:
            raise ValueError(f"'{name}' has no batch gradient: only weights and biases do, such as {parameters[0]}")
        place = parameters.index(name)
        return lambda session: session.batch_gradient()[place]
    if not which and name in parameters:
        place = parameters.index(name)
        return lambda session: session.parameters[place]
    if name not in nodes:
        raise ValueError(f"there is no node '{name}' in the probe's graph")
    part = 1 if which else 0

    def measured(session: Session) -> float:
        graph = session.graph(session.choice.label)
        here = next((place for place, node in enumerate(graph.nodes) if node.name == name), None)
        return math.nan if here is None else session.probe().numbers()[part][here]

    return measured


def finite(session: Session) -> bool:
    """Whether the loss and every parameter are finite numbers."""
    return math.isfinite(session.judge("train").loss) and all(map(math.isfinite, session.parameters))


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
