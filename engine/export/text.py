"""What an exported run is made of in any language: statements with the nodes' names, penalties, rates, a title."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..ops import TOTAL
from ..penalties import PENALTIES
from ..programs.statements import Statement, one_penalty, passes_of
from ..rng import MASK
from ..run.records import VAL_EVERY
from ..run.session import Session
from ..schedules import SCHEDULES
from ..value import Value

VARIABLE = re.compile(r"\b([vdgpx])(\d+)\b")
SPELLED = {"Σ": "sum_", "²": "_squared", "1/": "one_over_", "-": "minus_", "·": "_"}
TAKEN = {"p", "g", "label", "seed", "loss", "inf", "nan", "total", "fmin", "floor", *TOTAL}
"""Names that the programs have for other things."""


class PenaltyText(NamedTuple):
    """A penalty with a strength: the body of the loop over the parameters."""

    setting: str
    title: str
    locals: list[str]
    body: list[str]


class Text:
    """The parts of a program that both languages share: lists of statements, and words for `filled`.

    `heads` leave each class's loss in `loss`. `settings` are those that the loop reads; a scheduled learning rate
    begins with `first_lr`, and `rate` gives the step's. `amounts` assign what the penalties add to the loss, and add
    their gradients, the last one's first.
    """

    def __init__(self, session: Session, steps: int) -> None:
        config, batches, traced = session.config, session.batches, session.backend.network.traced
        used = set(TAKEN)
        self.parameters = [identifier(name, used) for name in session.parameter_names]
        passes = passes_of(traced)
        spell = renamer(self.parameters, [identifier(x.label, used) for x in traced.inputs], passes.order, used)

        def written(statements: Iterable[Statement]) -> list[str]:
            return [spell(str(statement)) for statement in statements]

        self.forward = written(passes.forward)
        self.heads = [
            [*written(head), f"loss = {spell(result)}"]
            for head, result in zip(passes.heads, passes.results, strict=True)
        ]
        self.backwards = list(map(written, passes.backwards))
        self.tail = written(passes.tail)
        rows = [passes.forward, *passes.heads, *passes.backwards, passes.tail]
        targets = [spell(statement.target) for row in rows for statement in row if not statement.accumulate]
        self.locals = list(dict.fromkeys(targets))

        self.settings = dict(session.optimizer.settings)
        self.rate: list[tuple[str, str]] = []
        if config.rates:
            self.settings |= config.rates.settings
            self.settings = {"first_lr": self.settings.pop("lr"), **self.settings}
            self.rate = [("s", "step - 1.0"), ("lr", "first_lr"), *SCHEDULES[config.schedule].assignments]
        self.penalties: list[PenaltyText] = []
        for penalty, strength in zip(PENALTIES, config.strengths, strict=True):
            if strength:
                statements = one_penalty(penalty)
                body = [re.sub(r"\b([pg])0\b", r"\1[i]", str(statement)) for statement in statements]
                locals_ = [statement.target for statement in statements if not statement.accumulate]
                self.penalties.append(PenaltyText(penalty.setting, penalty.title, locals_, body))
                self.settings[penalty.setting] = strength
        names = [penalty.setting for penalty in self.penalties]
        self.amounts = [f"{name}_amount = penalty_{name}(p, g, {name})" for name in reversed(names)]
        if config.clip_norm is not None:
            self.settings["clip_norm"] = config.clip_norm
        # In the loop p and g are arrays, so that the parameter's new value has another name.
        self.update = [
            ("p_new" if name == "p" else name, re.sub(r"\b([pg])\b", r"\1[i]", expression))
            for name, expression in session.optimizer.rule.update
        ]

        widths = "-".join(map(str, config.widths(session.classes)))
        sizes = f"{len(session.splits['train'])} examples" + (f", batches of {batches.size}" if batches else "")
        self.words: dict[str, object] = {
            "title": f"{widths} {config.activation}, {config.loss}, {config.optimizer}; {sizes}, {steps} steps",
            "steps": steps,
            "added": "".join(f" + {name}_amount" for name in names),
            "val_every": VAL_EVERY,
            "clip": config.clip_norm is not None,
            "batches": batches,
        }
        if batches:
            self.words |= {"batch_size": batches.size, "per_epoch": batches.per_epoch}
            self.words["seed"] = f"{batches.seed & MASK:#x}"


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


def renamer(
    parameters: Sequence[str], inputs: Sequence[str], order: Sequence[Value], used: set[str]
) -> Callable[[str], str]:
    """A function that writes a statement with names in place of p0, g0, x0, v0 and d0."""
    names: dict[str, str] = {}

    def name_of(match: re.Match[str]) -> str:
        kind, number = match[1], int(match[2])
        if kind in "pg":
            return f"{kind}[{parameters[number]}]"
        if kind == "x":
            return inputs[number]
        if match[0] not in names:
            label = order[number].label or f"v{number}"
            names[match[0]] = identifier(label if kind == "v" else f"d_{label}", used)
        return names[match[0]]

    return lambda text: VARIABLE.sub(name_of, text)


def filled(template: str, blocks: Mapping[str, Iterable[str]], **words: object) -> str:
    """The template with its parts.

    `$name` alone in a line stands for the lines of a block, as far to the right; within a line it stands for a word.
    A line that begins with `[name]` is left out unless that word is true.
    """
    text = re.sub(r"^( *)\[(\w+)\] (.*\n)", lambda m: m[1] + m[3] if words[m[2]] else "", template, flags=re.MULTILINE)
    text = re.sub(
        r"^( *)\$(\w+)\n", lambda m: "".join(f"{m[1]}{line}\n" for line in blocks[m[2]]), text, flags=re.MULTILINE
    )
    return re.sub(r"\$(\w+)", lambda m: str(words[m[1]]), text)


def calls(text: str, name: str) -> bool:
    """Whether the program calls the function."""
    return re.search(rf"\b{name}\(", text) is not None
