"""A run as one C file."""

from collections.abc import Sequence

from ..examples import Example
from ..ops import FUNCTIONS
from ..run.records import VAL_EVERY
from ..run.session import Session
from .batches import C, dealing
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
    own = [f"static {function.c}" for name, function in FUNCTIONS.items() if function.c and calls(lines, name)]
    return "\n".join([*head, *own, *lines]) + "\n"


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
