"""A run as a script of Python's standard library."""

import inspect
from collections.abc import Sequence

from ..examples import Example
from ..ops import TOTAL
from ..programs.python import by_class
from ..run.records import VAL_EVERY
from ..run.session import Session
from .batches import PYTHON, dealing
from .text import (
    PenaltyText,
    added,
    calls,
    described,
    in_loop,
    indented,
    names_of,
    penalties_of,
    rate_of,
    text_of,
    update_of,
    wrapped,
)


def python_program(session: Session, steps: int) -> str:
    """The run as a script of the standard library."""
    text, rule = text_of(session), session.optimizer.rule
    val, batches = session.splits.get("val", ()), session.batches
    batch = "batch" if batches else "train"
    choosing = [
        "    first = (step - 1) % per_epoch * batch_size",
        "    if first == 0:",
        "        order = order_of((step - 1) // per_epoch)",
        "    batch = [train[number] for number in order[first : first + batch_size]]",
    ]

    def data(name: str, examples: Sequence[Example]) -> list[str]:
        return [f"{name} = [", *indented([f"{example!r}," for example in examples], 1), "]"]

    results = [[*head, f"loss = {result}"] for head, result in zip(text.heads, text.results, strict=True)]
    slots = ", ".join(rule.slots)
    penalties = penalties_of(session)
    lines = [
        *data("train", session.splits["train"]),
        *data("val", val),
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
        "def backward(p, g, x, y, label, seed):",
        '    """The loss of one example; its gradient times seed is added to g, unless seed is None."""',
        *indented(text.forward, 1),
        *indented(by_class(results, "    "), 1),
        "    if seed is None:",
        "        return loss",
        *indented(by_class(text.backwards, "    "), 1),
        *indented(text.tail, 1),
        "    return loss",
        "",
        "",
        *(line for penalty in penalties for line in penalty_function(penalty)),
        "def mean(losses):",
        "    total = 0.0",
        "    for loss in losses:",
        "        total += loss",
        "    return total * (1.0 / len(losses))",
        "",
        *(dealing(PYTHON, batches).split("\n") if batches else [""]),
        *(f"{name} = {value!r}" for name, value in names_of(session)),
        f"slots = [[0.0] * len(p) for _ in {rule.slots!r}]",
        f"for step in range(1, {steps} + 1):",
        "    if val:",
        "        val_loss = mean([backward(p, None, x, y, label, None) for x, y, label in val])",
        "    g = [0.0] * len(p)",
        *(
            f"    punished_{name} = penalty_{name}(p, g, {name})"
            for name in (text.penalty.setting for text in reversed(penalties))
        ),
        *(choosing if batches else []),
        f"    seed = 1.0 / len({batch})",
        f"    losses = [backward(p, g, x, y, label, seed) for x, y, label in reversed({batch})]",
        f"    train_loss = mean(losses[::-1]){added(penalties)}",
        f"    if val and step % {VAL_EVERY} == 1:",
        f'        print(f"step {{step}}/{steps}, val loss {{val_loss:.6f}}")',
        f'    print(f"step {{step}}/{steps}, train loss {{train_loss!r}}")',
        "    t = float(step)",
        *(f"    {name} = {expression}" for name, expression in (*rate_of(session), *rule.per_step)),
        "    for i in range(len(p)):",
        f"        {slots}, = (slot[i] for slot in slots)",
        *(f"        {name} = {in_loop(expression, '')}" for name, expression in update_of(rule.update)),
        *(f"        slots[{number}][i] = {name}" for number, name in enumerate(rule.slots)),
        "        p[i] = p_new",
    ]
    return "\n".join([*python_head(described(session, steps), lines), *lines]) + "\n"


def python_head(title: str, lines: Sequence[str]) -> list[str]:
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


def penalty_function(text: PenaltyText) -> list[str]:
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
