"""A run as one C file."""

from collections.abc import Sequence

from ..ops import FUNCTIONS
from ..run.records import VAL_EVERY
from ..run.session import Session
from .batches import C, dealing
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
    text = text_of(session)
    lines = [
        *data_lines(session, steps),
        *(dealing(C, session.batches).rstrip("\n").split("\n") if session.batches else []),
        *parameter_lines(text, session.parameters),
        *example_lines(text),
        *(line for penalty in penalties_of(session) for line in penalty_lines(penalty)),
        PRINTING,
        *main_lines(session),
    ]
    own = [f"static {function.c}" for name, function in FUNCTIONS.items() if function.c and calls(lines, name)]
    return "\n".join([*head_lines(described(session, steps), bool(session.batches)), *own, *lines]) + "\n"


def head_lines(title: str, batches: bool) -> list[str]:
    """The title, what is included, and how numbers are computed as Python does."""
    return [
        f"/* {title}: prints the losses of every step.",
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
        "",
    ]


def data_lines(session: Session, steps: int) -> list[str]:
    """The examples, and how many there are."""
    lines = ["typedef struct { double x, y; int label; } Example;"]
    sizes = []
    for name in ("train", "val"):
        if name not in session.splits:
            continue
        rows = indented([f"{{{x!r}, {y!r}, {label}}}," for x, y, label in session.splits[name]], 1)
        lines += [f"static const Example {name}[] = {{", *rows, "};"]
        sizes.append(f"{name.upper()} = {len(rows)}, ")
    return [*lines, f"enum {{ {''.join(sizes)}STEPS = {steps} }};"]


def parameter_lines(text: Text, parameters: Sequence[float]) -> list[str]:
    """The parameters' names and first values."""
    return [
        "",
        "/* Where each parameter stands in p, and its gradient in g. */",
        "enum {",
        *indented(wrapped([*text.parameters, "PARAMETERS"]), 1),
        "};",
        "static double p[PARAMETERS] = {",
        *indented([f"{number!r}," for number in parameters], 1),
        "};",
        "",
    ]


def example_lines(text: Text) -> list[str]:
    """Loss and gradient of one example."""
    cases = []
    for label, (head, backward, result) in enumerate(zip(text.heads, text.backwards, text.results, strict=True)):
        case = f"case {label}" if label + 1 < len(text.heads) else "default"
        body = [*head, f"loss = {result}", "if (!g) return loss", *backward]
        cases += [f"{case}:", *indented(body, 1, ";"), "    break;"]
    locals_ = [f"double {line.rstrip(',')};" for line in wrapped(text.locals)] if text.locals else []
    return [
        "/* The loss of one example; its gradient times seed is added to g, unless that is NULL. */",
        "static double backward(const double *p, double *g, double x, double y, int label, double seed) {",
        "    double loss = 0.0;",
        *indented([*locals_, *(f"{line};" for line in text.forward)], 1),
        *indented(["switch (label) {", *cases, "}"], 1),
        *indented(text.tail, 1, ";"),
        "    return loss;",
        "}",
        "",
    ]


def main_lines(session: Session) -> list[str]:
    """The training loop."""
    rule = session.optimizer.rule
    return [
        "int main(void) {",
        *indented([f"const double {name} = {value!r};" for name, value in names_of(session)], 1),
        *indented([f"static double all_{name}[PARAMETERS];" for name in rule.slots], 1),
        "    static double g[PARAMETERS], losses[TRAIN];",
        "    for (int step = 1; step <= STEPS; step++) {",
        *indented([*loss_lines(session), *update_lines(session), "(void)t, (void)power;"], 2),
        "    }",
        "    return 0;",
        "}",
    ]


BATCH = (
    "const int first = (step - 1) % PER_EPOCH * BATCH, size = TRAIN - first < BATCH ? TRAIN - first : BATCH;",
    "if (first == 0) deal((uint64_t)(step - 1) / PER_EPOCH);",
)
VAL_TOTAL = (
    "double val_total = 0.0;",
    "for (int e = 0; e < VAL; e++) val_total += backward(p, NULL, val[e].x, val[e].y, val[e].label, 0.0);",
)
VAL_PRINTED = (
    f"if (step % {VAL_EVERY} == 1) {{",
    "    val_total = val_total * (1.0 / VAL);",
    '    if (isnan(val_total)) printf("step %d/%d, val loss nan\\n", step, STEPS);',
    '    else printf("step %d/%d, val loss %.6f\\n", step, STEPS, val_total);',
    "}",
)
CLIPPING = (
    "double squares = 0.0, factor;",
    "for (int i = 0; i < PARAMETERS; i++) squares += g[i] * g[i];",
    "factor = clip_norm / (sqrt(squares) + 1e-6);",
    "if (!(factor >= 1.0))",
    "    for (int i = 0; i < PARAMETERS; i++) g[i] *= factor;",
)
"""What an optimizer does with `clip_factor`."""


def loss_lines(session: Session) -> list[str]:
    """A step's losses, printed, and the gradient in g."""
    size, number = ("size", "order[first + e]") if session.batches else ("TRAIN", "e")
    has_val = "val" in session.splits
    penalties = penalties_of(session)
    return [
        *(BATCH if session.batches else ()),
        f"double total = 0.0, seed = 1.0 / {size}, t = step;",
        *(VAL_TOTAL if has_val else ()),
        "memset(g, 0, sizeof g);",
        *(f"const double {line};" for line in penalty_calls(penalties)),
        f"for (int e = {size} - 1; e >= 0; e--) {{",
        f"    const Example *one = &train[{number}];",
        "    losses[e] = backward(p, g, one->x, one->y, one->label, seed);",
        "}",
        f"for (int e = 0; e < {size}; e++) total += losses[e];",
        f"total = total * (1.0 / {size}){added(penalties)};",
        *(VAL_PRINTED if has_val else ()),
        'printf("step %d/%d, train loss ", step, STEPS);',
        "print_number(total);",
        'puts("");',
    ]


def update_lines(session: Session) -> list[str]:
    """The step's clipped gradient, its learning rate, and the update of every parameter."""
    rule, rate = session.optimizer.rule, rate_of(session)
    state = dict.fromkeys(("p_new", *rule.slots, *(name for name, _ in update_of(rule.update))))
    return [
        *(CLIPPING if session.config.clip_norm is not None else ()),
        *([f"double {', '.join(dict.fromkeys(name for name, _ in rate))};"] if rate else []),
        *(f"{name} = {expression};" for name, expression in rate),
        *(f"double {name} = {expression};" for name, expression in rule.per_step),
        "for (int i = 0; i < PARAMETERS; i++) {",
        f"    double {', '.join(state)};",
        *indented([f"{name} = all_{name}[i];" for name in rule.slots], 1),
        *indented([f"{name} = {in_loop(expression)};" for name, expression in update_of(rule.update)], 1),
        *indented([f"all_{name}[i] = {name};" for name in rule.slots], 1),
        "    p[i] = p_new;",
        "}",
    ]


def penalty_lines(text: PenaltyText) -> list[str]:
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
