"""A run as a script of Python's standard library."""

import inspect
from collections.abc import Sequence

from ..ops import TOTAL
from ..programs.python import by_class
from ..run.records import VAL_EVERY
from ..run.session import Session
from .batches import PYTHON, dealing
from .text import (
    PenaltyText,
    Text,
    added,
    calls,
    described,
    in_loop,
    indented,
    names_of,
    penalties_of,
    penalty_calls,
    rate_of,
    text_of,
    update_of,
    wrapped,
)


def python_program(session: Session, steps: int) -> str:
    """The run as a script of the standard library."""
    text = text_of(session)
    lines = [
        *data_lines(session, text),
        *example_lines(text),
        *(line for penalty in penalties_of(session) for line in penalty_lines(penalty)),
        *MEAN,
        *(dealing(PYTHON, session.batches).split("\n") if session.batches else [""]),
        *(f"{name} = {value!r}" for name, value in names_of(session)),
        *training_lines(session, steps),
    ]
    return "\n".join([*head_lines(described(session, steps), lines), *lines]) + "\n"


def data_lines(session: Session, text: Text) -> list[str]:
    """The examples, the parameters' names and first values."""
    lines = []
    for name in ("train", "val"):
        rows = [f"{example!r}," for example in session.splits.get(name, ())]
        lines += [f"{name} = [", *indented(rows, 1), "]"]
    return [
        *lines,
        "",
        "# Where each parameter stands in p, and its gradient in g.",
        "(",
        *indented(wrapped(text.parameters), 1),
        f") = range({len(text.parameters)})",
        "p = [",
        *indented([f"{number!r}," for number in session.parameters], 1),
        "]",
        "",
        "",
    ]


def example_lines(text: Text) -> list[str]:
    """Loss and gradient of one example."""
    losses = [[*head, f"loss = {result}"] for head, result in zip(text.heads, text.results, strict=True)]
    return [
        "def backward(p, g, x, y, label, seed):",
        '    """The loss of one example; its gradient times seed is added to g, unless seed is None."""',
        *indented([*text.forward, *by_class(losses, "    ")], 1),
        "    if seed is None:",
        "        return loss",
        *indented([*by_class(text.backwards, "    "), *text.tail], 1),
        "    return loss",
        "",
        "",
    ]


MEAN = (
    "def mean(losses):",
    "    total = 0.0",
    "    for loss in losses:",
    "        total += loss",
    "    return total * (1.0 / len(losses))",
    "",
)
BATCH = (
    "first = (step - 1) % per_epoch * batch_size",
    "if first == 0:",
    "    order = order_of((step - 1) // per_epoch)",
    "batch = [train[number] for number in order[first : first + batch_size]]",
)
CLIPPING = (
    "squares = 0.0",
    "for gradient in g:",
    "    squares += gradient * gradient",
    "factor = clip_norm / (math.sqrt(squares) + 1e-6)",
    "if not factor >= 1.0:",
    "    g = [gradient * factor for gradient in g]",
)
"""What an optimizer does with `clip_factor`."""


def training_lines(session: Session, steps: int) -> list[str]:
    """The training loop."""
    rule, penalties = session.optimizer.rule, penalties_of(session)
    batch = "batch" if session.batches else "train"
    step = [
        "if val:",
        "    val_loss = mean([backward(p, None, x, y, label, None) for x, y, label in val])",
        "g = [0.0] * len(p)",
        *penalty_calls(penalties),
        *(BATCH if session.batches else ()),
        f"seed = 1.0 / len({batch})",
        f"losses = [backward(p, g, x, y, label, seed) for x, y, label in reversed({batch})]",
        f"train_loss = mean(losses[::-1]){added(penalties)}",
        f"if val and step % {VAL_EVERY} == 1:",
        f'    print(f"step {{step}}/{steps}, val loss {{val_loss:.6f}}")',
        f'print(f"step {{step}}/{steps}, train loss {{train_loss!r}}")',
        *(CLIPPING if session.config.clip_norm is not None else ()),
        "t = float(step)",
        *(f"{name} = {expression}" for name, expression in (*rate_of(session), *rule.per_step)),
        "for i in range(len(p)):",
        f"    {', '.join(rule.slots)}, = (slot[i] for slot in slots)",
        *(f"    {name} = {in_loop(expression)}" for name, expression in update_of(rule.update)),
        *(f"    slots[{number}][i] = {name}" for number, name in enumerate(rule.slots)),
        "    p[i] = p_new",
    ]
    slots = f"slots = [[0.0] * len(p) for _ in {rule.slots!r}]"
    return [slots, f"for step in range(1, {steps} + 1):", *indented(step, 1)]


def head_lines(title: str, lines: Sequence[str]) -> list[str]:
    """The docstring, the imports and the functions that the lines call."""
    called = {name: function for name, function in TOTAL.items() if calls(lines, name)}
    own = {name: function for name, function in called.items() if function.__module__ != "math"}
    known = {name for name in (*called, "floor") if name not in own and calls(lines, name)}
    aliases = [(name, function.__name__) for name, function in own.items() if name != function.__name__]
    return [
        f'"""{title}: prints the losses of every step."""',
        "",
        "import math",
        f"from math import {', '.join(sorted({'inf', 'nan', *known}))}",
        "",
        *(line for function in own.values() for line in [inspect.getsource(function), ""]),
        *(f"{name} = {own_name}" for name, own_name in aliases),
        *(["fmin = min"] if calls(lines, "fmin") else []),
        "",
    ]


def penalty_lines(text: PenaltyText) -> list[str]:
    """The penalty in Python."""
    return [
        f"def penalty_{text.penalty.setting}(p, g, strength):",
        f'    """The {text.penalty.title} penalty; its gradient is added to g."""',
        "    total = 0.0",
        "    for i in range(len(p)):",
        *indented(text.body, 2),
        "    return total * strength",
        "",
        "",
    ]
