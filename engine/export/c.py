"""A run as one C file."""

from collections.abc import Iterable
from textwrap import wrap

from ..ops import FUNCTIONS
from ..run.session import Session
from .text import Text, calls, filled

HEAD = """\
/* $title: prints the losses of every step.
   cc run.c -o run -lm && ./run */

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off")
#else
#pragma STDC FP_CONTRACT OFF
#endif
#include <math.h>
[batches] #include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A compiler would turn pow(a, 2.0) into a * a, whose last digit may differ. */
static double (*volatile power)(double, double) = pow;
#define pow(a, k) power(a, k)
#define inf INFINITY
#define nan NAN

$functions
"""

EXAMPLES = """\
typedef struct { double x, y; int label; } Example;
static const Example train[] = {
    $train
};
[val] static const Example val[] = {
    $val
[val] };
enum { $sizes };
"""

BATCHES = """
/* The order in which an epoch deals the examples: splitmix64 of its number seeds a xorshift64* shuffle. */
enum { BATCH = $batch_size, PER_EPOCH = $per_epoch };
static int order[TRAIN];
static void deal(uint64_t epoch) {
    uint64_t state = $seed + (epoch + 1) * 0x9e3779b97f4a7c15u;
    state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9u;
    state = (state ^ state >> 27) * 0x94d049bb133111ebu;
    state ^= state >> 31;
    if (state == 0) state = 0x9e3779b97f4a7c15u;
    for (int i = 0; i < TRAIN; i++) order[i] = i;
    for (int last = TRAIN - 1; last > 0; last--) {
        int chosen, moved = order[last];
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        chosen = (int)((double)(state * 0x2545f4914f6cdd1du >> 40) / 16777216.0 * (last + 1));
        order[last] = order[chosen];
        order[chosen] = moved;
    }
}
"""

LOSSES = """
/* Where each parameter stands in p, and its gradient in g. */
enum {
    $parameters
};
static double p[PARAMETERS] = {
    $values
};

/* The loss of one example; its gradient times seed is added to g, unless that is NULL. */
static double backward(const double *p, double *g, double x, double y, int label, double seed) {
    double loss = 0.0;
    $locals
    $forward
    switch (label) {
    $cases
    }
    $tail
    return loss;
}

$penalties
"""

PENALTY = """\
/* The $title penalty; its gradient is added to g. */
static double penalty_$setting(const double *p, double *g, double strength) {
    double total = 0.0;
    for (int i = 0; i < PARAMETERS; i++) {
        $locals
        $body
    }
    return total * strength;
}
"""

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

TRAINING = """
int main(void) {
    $settings
    $slots
    static double g[PARAMETERS], losses[TRAIN];
    for (int step = 1; step <= STEPS; step++) {
        [batches] const int first = (step - 1) % PER_EPOCH * BATCH, left = TRAIN - first;
        [batches] const int size = left < BATCH ? left : BATCH;
        [batches] if (first == 0) deal((uint64_t)(step - 1) / PER_EPOCH);
        double total = 0.0, seed = 1.0 / $size, t = step;
        [val] double val_total = 0.0;
        [val] for (int e = 0; e < VAL; e++) val_total += backward(p, NULL, val[e].x, val[e].y, val[e].label, 0.0);
        memset(g, 0, sizeof g);
        $amounts
        for (int e = $size - 1; e >= 0; e--) {
            const Example *one = &train[$number];
            losses[e] = backward(p, g, one->x, one->y, one->label, seed);
        }
        for (int e = 0; e < $size; e++) total += losses[e];
        total = total * (1.0 / $size)$added;
        [val] if (step % $val_every == 1) {
        [val]     val_total = val_total * (1.0 / VAL);
        [val]     if (isnan(val_total)) printf("step %d/%d, val loss nan\\n", step, STEPS);
        [val]     else printf("step %d/%d, val loss %.6f\\n", step, STEPS, val_total);
        [val] }
        printf("step %d/%d, train loss ", step, STEPS);
        print_number(total);
        puts("");
        [clip] double squares = 0.0, factor;
        [clip] for (int i = 0; i < PARAMETERS; i++) squares += g[i] * g[i];
        [clip] factor = clip_norm / (sqrt(squares) + 1e-6);
        [clip] if (!(factor >= 1.0))
        [clip]     for (int i = 0; i < PARAMETERS; i++) g[i] *= factor;
        $rate
        for (int i = 0; i < PARAMETERS; i++) {
            double $state;
            $update
            p[i] = p_new;
        }
        (void)t, (void)power;
    }
    return 0;
}
"""


def c_program(session: Session, steps: int) -> str:
    """The run as one C file."""
    text, rule, batches = Text(session, steps), session.optimizer.rule, session.batches
    splits = {name: session.splits.get(name, ()) for name in ("train", "val")}
    sizes = [f"{name.upper()} = {len(split)}" for name, split in splits.items() if split]
    cases, penalties = [], []
    for label, (head, backward) in enumerate(zip(text.heads, text.backwards, strict=True)):
        cases.append(f"case {label}:" if label + 1 < len(text.heads) else "default:")
        cases += [*(f"    {line};" for line in (*head, "if (!g) return loss", *backward)), "    break;"]
    for one in text.penalties:
        body = {"locals": [f"double {name};" for name in one.locals], "body": ended(one.body)}
        penalties += filled(PENALTY, body, title=one.title, setting=one.setting).splitlines()
    blocks = {
        **{name: [f"{{{x!r}, {y!r}, {label}}}," for x, y, label in split] for name, split in splits.items()},
        "parameters": wrap(", ".join([*text.parameters, "PARAMETERS"]), 101),
        "values": [f"{number!r}," for number in session.parameters],
        "locals": [f"double {line.rstrip(',')};" for line in wrap(", ".join(text.locals), 101)],
        "forward": ended(text.forward),
        "cases": cases,
        "tail": ended(text.tail),
        "penalties": penalties,
        "settings": [f"const double {name} = {value!r};" for name, value in text.settings.items()],
        "slots": [f"static double all_{name}[PARAMETERS];" for name in rule.slots],
        "amounts": [f"const double {line};" for line in text.amounts],
        "rate": [
            *([f"double {', '.join(dict.fromkeys(name for name, _ in text.rate))};"] if text.rate else []),
            *(f"{name} = {expression};" for name, expression in text.rate),
            *(f"double {name} = {expression};" for name, expression in rule.per_step),
        ],
        "update": [
            *(f"{name} = all_{name}[i];" for name in rule.slots),
            *(f"{name} = {expression};" for name, expression in text.update),
            *(f"all_{name}[i] = {name};" for name in rule.slots),
        ],
    }
    words = text.words | {
        "val": splits["val"],
        "sizes": ", ".join([*sizes, f"STEPS = {steps}"]),
        "size": "size" if batches else "TRAIN",
        "number": "order[first + e]" if batches else "e",
        "state": ", ".join(dict.fromkeys(("p_new", *rule.slots, *(name for name, _ in text.update)))),
    }
    template = EXAMPLES + (BATCHES if batches else "") + LOSSES + PRINTING + TRAINING
    program = filled(template, blocks, **words)
    own = [f"static {function.c}" for name, function in FUNCTIONS.items() if function.c and calls(program, name)]
    return filled(HEAD, {"functions": own}, **words) + program


def ended(lines: Iterable[str]) -> list[str]:
    """Statements with their semicolons."""
    return [f"{line};" for line in lines]
