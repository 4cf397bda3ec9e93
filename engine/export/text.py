"""What an exported run is made of in any language: statements with the nodes' names, penalties, rates, a title."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..ops import TOTAL
from ..penalties import PENALTIES, Penalty
from ..programs.statements import Statement, one_penalty, passes_of
from ..run.session import Session
from ..schedules import SCHEDULES
from ..value import Value

VARIABLE = re.compile(r"\b([vdgpx])(\d+)\b")
SPELLED = {"Σ": "sum_", "²": "_squared", "1/": "one_over_", "-": "minus_", "·": "_"}
TAKEN = {"p", "g", "label", "seed", "loss", "inf", "nan", "total", "fmin", "floor", *TOTAL}
"""Names that the programs have for other things."""


@dataclass(frozen=True, slots=True)
class Text:
    """The parts of a program that both languages share, as lists of statements."""

    parameters: list[str]
    locals: list[str]
    forward: list[str]
    heads: list[list[str]]
    backwards: list[list[str]]
    tail: list[str]
    results: list[str]


def identifier(name: str, used: set[str]) -> str:
    """A node's name as both languages can write it, different from those that are used."""
    for sign, spelled in SPELLED.items():
        name = name.replace(sign, spelled)
    plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "v"
    plain = f"v_{plain}" if plain[0].isdigit() else plain
    chosen, number = plain, 1
    while chosen in used:
        number += 1
        chosen = f"{plain}_{number}"
    used.add(chosen)
    return chosen


def text_of(session: Session) -> Text:
    """The session's program with the nodes' names."""
    traced = session.backend.network.traced
    used = set(TAKEN)
    parameters = [identifier(name, used) for name in session.parameter_names]
    inputs = [identifier(x.label, used) for x in traced.inputs]

    def renamed(order: Sequence[Value], taken: set[str]) -> Callable[[str], str]:
        names: dict[str, str] = {}

        def of(match: re.Match[str]) -> str:
            kind, number = match[1], int(match[2])
            if kind in "pg":
                return f"{kind}[{parameters[number]}]"
            if kind == "x":
                return inputs[number]
            if match[0] not in names:
                label = order[number].label or f"v{number}"
                names[match[0]] = identifier(label if kind == "v" else f"d_{label}", taken)
            return names[match[0]]

        return lambda text: VARIABLE.sub(of, text)

    passes = passes_of(traced)
    spell = renamed(passes.order, used)
    rows = [passes.forward, *passes.heads, *passes.backwards, list(passes.tail)]
    written = [[spell(str(statement)) for statement in statements] for statements in rows]
    classes = len(passes.heads)
    return Text(
        parameters,
        targets(spell, rows),
        written[0],
        written[1 : classes + 1],
        written[classes + 1 : -1],
        written[-1],
        [spell(result) for result in passes.results],
    )


def targets(spell: Callable[[str], str], rows: Iterable[Iterable[Statement]]) -> list[str]:
    """The variables that statements assign."""
    return list(dict.fromkeys(spell(s.target) for statements in rows for s in statements if not s.accumulate))


@dataclass(frozen=True, slots=True)
class PenaltyText:
    """A penalty with a strength: the body of the loop over the parameters."""

    penalty: Penalty
    strength: float
    locals: list[str]
    body: list[str]


def penalties_of(session: Session) -> list[PenaltyText]:
    """The penalties that take part."""
    texts = []
    for penalty, strength in zip(PENALTIES, session.config.strengths, strict=True):
        if strength:
            one = one_penalty(penalty)
            statements = [*one.forward, Statement("total", one.term, accumulate=True), *one.backward]
            body = [re.sub(r"\b([pg])0\b", r"\1[i]", str(statement)) for statement in statements]
            locals_ = [statement.target for statement in statements if not statement.accumulate]
            texts.append(PenaltyText(penalty, strength, locals_, body))
    return texts


def names_of(session: Session) -> list[tuple[str, float]]:
    """The settings that the program's loop reads, with their values; the scheduled rate begins with `first_lr`."""
    settings = dict(session.optimizer.settings)
    if session.config.rates:
        settings |= session.config.rates.settings
        settings = {"first_lr": settings.pop("lr"), **settings}
    settings |= {text.penalty.setting: text.strength for text in penalties_of(session)}
    if (norm := session.config.clip_norm) is not None:
        settings["clip_norm"] = norm
    return list(settings.items())


def rate_of(session: Session) -> list[tuple[str, str]]:
    """The assignments that give the step's learning rate, where it changes."""
    if session.config.rates is None:
        return []
    return [("s", "step - 1.0"), ("lr", "first_lr"), *SCHEDULES[session.config.schedule].assignments]


def calls(lines: Iterable[str], name: str) -> bool:
    """Whether any line calls the function."""
    return any(re.search(rf"\b{name}\(", line) for line in lines)


def indented(lines: Iterable[str], depth: int, end: str = "") -> list[str]:
    """Lines further to the right, each with an ending."""
    return [f"{'    ' * depth}{line}{end}" for line in lines]


def described(session: Session, steps: int) -> str:
    """The run in one line."""
    config = session.config
    widths = "-".join(map(str, config.widths(session.classes)))
    examples = len(session.splits["train"])
    batches = f", batches of {session.batches.size}" if session.batches else ""
    run = f"{examples} examples{batches}, {steps} steps"
    return f"{widths} {config.activation}, {config.loss}, {config.optimizer}; {run}"


def wrapped(names: Sequence[str], width: int = 100) -> list[str]:
    """Names with commas, in lines."""
    lines, line = [], ""
    for name in names:
        if len(line) + len(name) > width:
            lines.append(line.rstrip())
            line = ""
        line += f"{name}, "
    return [*lines, line.rstrip()]


def added(penalties: Iterable[PenaltyText]) -> str:
    """What is added to the mean loss."""
    return "".join(f" + {text.penalty.setting}_amount" for text in penalties)


def update_of(update: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The rule's assignments; p keeps its name for the array, so that its new value has another."""
    return [("p_new" if name == "p" else name, expression) for name, expression in update]


def penalty_calls(penalties: Sequence[PenaltyText]) -> list[str]:
    """The assignments of the penalties' amounts; what they add to the gradient, the last one's first."""
    names = [text.penalty.setting for text in reversed(penalties)]
    return [f"{name}_amount = penalty_{name}(p, g, {name})" for name in names]


def in_loop(expression: str) -> str:
    """The rule's p and g of the parameter at hand."""
    return re.sub(r"\b([pg])\b", r"\1[i]", expression)
