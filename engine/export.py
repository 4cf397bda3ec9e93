"""A run as one program to read and keep: data, weights, forward, backward, optimizer and loop, in C or Python.

The statements are those that every backend runs, here with the nodes' names; so what the program
prints are the bytes of `chainrule train`. It is written for a reader and not for speed: one
example at a time, one function for each thing.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from engine.export_batches import PYTHON, C, dealing
from engine.ops import TOTAL
from engine.penalties import PENALTIES, Penalty
from engine.program import Statement, one_penalty, passes_of
from engine.schedules import SCHEDULES
from engine.session import Session
from engine.snapshot import Example
from engine.value import Value

VARIABLE = re.compile(r"\b([vdgpx])(\d+)\b")
SPELLED = {"Σ": "sum_", "²": "_squared", "1/": "one_over_", "-": "minus_", "·": "_"}
TAKEN = {"p", "g", "label", "seed", "loss", "inf", "nan", "total", "fmin", "floor", *TOTAL}
"""Names that the programs have for other things."""

VAL_EVERY = 10
"""Steps between two validation losses that are printed."""


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

    def cases(bodies: Sequence[Sequence[str]]) -> list[str]:
        lines: list[str] = []
        for label, body in enumerate(bodies):
            lines += [f"    {'if' if label == 0 else 'elif'} label == {label}:", *indented(body or ["pass"], 2)]
        return lines

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
        *cases(results),
        "    if seed is None:",
        "        return loss",
        *cases(text.backwards),
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


def added(penalties: Iterable[PenaltyText]) -> str:
    """What is added to the mean loss."""
    return "".join(f" + punished_{text.penalty.setting}" for text in penalties)


def update_of(update: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The rule's assignments; p keeps its name for the array, so that its new value has another."""
    return [("p_new" if name == "p" else name, expression) for name, expression in update]


def in_loop(expression: str, end: str) -> str:
    """The rule's p and g of the parameter at hand."""
    return re.sub(r"\b([pg])\b", r"\1[i]", expression) + end


PRINTING = r"""
/* The next decimal of as many digits, away from zero; a carry into a new digit is not needed here. */
static void raise_last(char *digits) {
    for (char *digit = strchr(digits, 'e') - 1; digit >= digits; digit--) {
        if (*digit == '9')
            *digit = '0';
        else if (*digit != '.') {
            if (*digit != '-') ++*digit;
            return;
        }
    }
}

/* A double as Python writes it: the fewest digits that mean it. The nearest decimal of so many
   digits may not mean it where the one above does: below a power of two doubles lie closer. */
static void print_number(double number) {
    char digits[40];
    int precision = 0, exponent;
    if (isnan(number) || isinf(number)) {
        fputs(isnan(number) ? "nan" : number > 0.0 ? "inf" : "-inf", stdout);
        return;
    }
    do {
        sprintf(digits, "%.*e", precision++, number);
        if (strtod(digits, NULL) != number) raise_last(digits);
    } while (strtod(digits, NULL) != number);
    exponent = atoi(strchr(digits, 'e') + 1);
    if (exponent >= -4 && exponent < 16) {
        int places = precision - 1 - exponent;
        printf("%.*f", places < 1 ? 1 : places, number);
    } else
        fputs(digits, stdout);
}
"""


def c_program(session: Session, steps: int) -> str:
    """The run as one C file."""
    text, rule = text_of(session), session.optimizer.rule
    val, train, batches = session.splits.get("val", ()), session.splits["train"], session.batches
    size = "size" if batches else "TRAIN"
    choosing = [
        "const int first = (step - 1) % PER_EPOCH * BATCH, size = TRAIN - first < BATCH ? TRAIN - first : BATCH;",
        "if (first == 0) deal((uint64_t)(step - 1) / PER_EPOCH);",
    ]
    number = "order[first + e]" if batches else "e"
    judging = [
        "        double val_total = 0.0;",
        "        for (int e = 0; e < VAL; e++) val_total += backward(p, NULL, val[e].x, val[e].y, val[e].label, 0.0);",
    ]
    telling = [
        f"        if (step % {VAL_EVERY} == 1) {{",
        "            val_total = val_total * (1.0 / VAL);",
        '            if (isnan(val_total)) printf("step %d/%d, val loss nan\\n", step, STEPS);',
        '            else printf("step %d/%d, val loss %.6f\\n", step, STEPS, val_total);',
        "        }",
    ]

    def cases(bodies: Sequence[Sequence[str]]) -> list[str]:
        lines = ["    switch (label) {"]
        for label, body in enumerate(bodies):
            case = f"case {label}" if label + 1 < len(bodies) else "default"
            lines += [f"    {case}:", *indented(body, 2, ";"), "        break;"]
        return [*lines, "    }"]

    def data(name: str, examples: Sequence[Example]) -> list[str]:
        rows = [f"{{{x!r}, {y!r}, {label}}}," for x, y, label in examples]
        return [f"static const Example {name}[] = {{", *indented(rows, 1), "};"]

    def declared(names: Sequence[str]) -> list[str]:
        return indented([f"double {line.rstrip(',')};" for line in wrapped(names)], 1) if names else []

    results = [[*head, f"loss = {result}"] for head, result in zip(text.heads, text.results, strict=True)]
    state = ("p_new", *rule.slots, *(name for name, _ in rule.update if name not in ("p", *rule.slots)))
    penalties, rate = penalties_of(session), rate_of(session)
    head = [
        f"/* {described(session, steps)}: prints the losses of every step.",
        "   cc run.c -o run -lm && ./run */",
        "",
        "#if defined(__GNUC__) && !defined(__clang__)",
        '#pragma GCC optimize("fp-contract=off")',
        "#else",
        "#pragma STDC FP_CONTRACT OFF",
        "#endif",
        "#include <math.h>",
        *(["#include <stdint.h>"] if batches else []),
        "#include <stdio.h>",
        "#include <stdlib.h>",
        "#include <string.h>",
        "",
        "/* A compiler would turn pow(a, 2.0) into a * a, whose last digit may differ. */",
        "static double (*volatile power)(double, double) = pow;",
        "#define pow(a, k) power(a, k)",
        "#define inf INFINITY",
        "#define nan NAN",
    ]
    lines = [
        "",
        "typedef struct { double x, y; int label; } Example;",
        *data("train", train),
        *(data("val", val) if val else []),
        f"enum {{ TRAIN = {len(train)},{f' VAL = {len(val)},' if val else ''} STEPS = {steps} }};",
        *(dealing(C, batches).rstrip("\n").split("\n") if batches else []),
        "",
        "/* Where each parameter stands in p, and its gradient in g. */",
        "enum {",
        *indented(wrapped([*text.parameters, "PARAMETERS"]), 1),
        "};",
        "static double p[PARAMETERS] = {",
        *indented([f"{number!r}," for number in session.parameters], 1),
        "};",
        "",
        "/* The loss of one example; its gradient times seed is added to g, unless that is NULL. */",
        "static double backward(const double *p, double *g, double x, double y, int label, double seed) {",
        "    double loss = 0.0;",
        *declared(text.locals),
        *indented(text.forward, 1, ";"),
        *cases([[*head, "if (!g) return loss", *body] for head, body in zip(results, text.backwards, strict=True)]),
        *indented(text.tail, 1, ";"),
        "    return loss;",
        "}",
        "",
        *(line for penalty in penalties for line in penalty_in_c(penalty)),
        PRINTING,
        "int main(void) {",
        *indented([f"const double {name} = {value!r};" for name, value in names_of(session)], 1),
        *indented([f"static double all_{name}[PARAMETERS];" for name in rule.slots], 1),
        "    static double g[PARAMETERS], losses[TRAIN];",
        "    for (int step = 1; step <= STEPS; step++) {",
        *(indented(choosing, 2) if batches else []),
        *indented([f"double {', '.join(dict.fromkeys(name for name, _ in rate))};"] if rate else [], 2),
        f"        double total = 0.0, seed = 1.0 / {size}, t = step;",
        *(judging if val else []),
        "        memset(g, 0, sizeof g);",
        *(
            f"        const double punished_{name} = penalty_{name}(p, g, {name});"
            for name in (text.penalty.setting for text in reversed(penalties))
        ),
        f"        for (int e = {size} - 1; e >= 0; e--) {{",
        f"            const Example *one = &train[{number}];",
        "            losses[e] = backward(p, g, one->x, one->y, one->label, seed);",
        "        }",
        f"        for (int e = 0; e < {size}; e++) total += losses[e];",
        f"        total = total * (1.0 / {size}){added(penalties)};",
        *(telling if val else []),
        '        printf("step %d/%d, train loss ", step, STEPS);',
        "        print_number(total);",
        '        puts("");',
        *indented([f"{name} = {expression};" for name, expression in rate], 2),
        *indented([f"double {name} = {expression};" for name, expression in rule.per_step], 2),
        "        for (int i = 0; i < PARAMETERS; i++) {",
        f"            double {', '.join(dict.fromkeys(state))};",
        *indented([f"{name} = all_{name}[i];" for name in rule.slots], 3),
        *indented([f"{name} = {in_loop(expression, ';')}" for name, expression in update_of(rule.update)], 3),
        *indented([f"all_{name}[i] = {name};" for name in rule.slots], 3),
        "            p[i] = p_new;",
        "        }",
        "        (void)t, (void)power;",
        "    }",
        "    return 0;",
        "}",
    ]
    return "\n".join([*head, *(text for name, text in IN_C.items() if calls(lines, name)), *lines]) + "\n"


IN_C = {
    "relu": "static double relu(double a) { return a <= 0.0 ? 0.0 : a; }",
    "leaky_relu": "static double leaky_relu(double a, double k) { return a <= 0.0 ? k * a : a; }",
}
"""Functions of the op table that C has not by itself."""


def penalty_in_c(text: PenaltyText) -> list[str]:
    """The penalty in C."""
    return [
        f"/* The {text.penalty.title} penalty; its gradient is added to g. */",
        f"static double penalty_{text.penalty.setting}(const double *p, double *g, double strength) {{",
        "    double total = 0.0;",
        "    for (int i = 0; i < PARAMETERS; i++) {",
        *indented([f"double {name};" for name in text.locals], 2),
        *indented(text.body, 2, ";"),
        "    }",
        "    return total * strength;",
        "}",
    ]


LANGUAGES: dict[str, Callable[[Session, int], str]] = {"c": c_program, "python": python_program}
"""What a run can be exported to; the command line offers what stands here."""
