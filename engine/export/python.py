"""A run as a script of Python's standard library."""

import inspect
from textwrap import wrap

from ..ops import TOTAL
from ..programs.python import by_class
from ..run.session import Session
from .text import Text, calls, filled

HEAD = '''\
"""$title: prints the losses of every step."""

import math
from math import $known

$functions

'''

EXAMPLES = '''\
train = [
    $train
]
val = [
    $val
]

# Where each parameter stands in p, and its gradient in g.
(
    $names
) = range($count)
p = [
    $values
]


def backward(p, g, x, y, label, seed):
    """The loss of one example; its gradient times seed is added to g, unless seed is None."""
    $forward
    if seed is None:
        return loss
    $backward
    return loss


$penalties
def mean(losses):
    total = 0.0
    for loss in losses:
        total += loss
    return total * (1.0 / len(losses))

'''

PENALTY = '''\
def penalty_$setting(p, g, strength):
    """The $title penalty; its gradient is added to g."""
    total = 0.0
    for i in range(len(p)):
        $body
    return total * strength


'''

BATCHES = '''
def order_of(epoch):
    """The order in which an epoch deals the examples: splitmix64 of its number seeds a xorshift64* shuffle."""
    state = ($seed + (epoch + 1) * 0x9e3779b97f4a7c15) & 0xffffffffffffffff
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & 0xffffffffffffffff
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & 0xffffffffffffffff
    state = state ^ (state >> 31) or 0x9e3779b97f4a7c15
    order = list(range(len(train)))
    for last in range(len(train) - 1, 0, -1):
        state ^= state >> 12
        state ^= (state << 25) & 0xffffffffffffffff
        state ^= state >> 27
        random = ((state * 0x2545f4914f6cdd1d) & 0xffffffffffffffff) >> 40
        chosen = int(random / 2**24 * (last + 1))
        order[last], order[chosen] = order[chosen], order[last]
    return order


batch_size, per_epoch = $batch_size, $per_epoch
'''

TRAINING = """
$settings
slots = [[0.0] * len(p) for _ in $slots]
for step in range(1, $steps + 1):
    if val:
        val_loss = mean([backward(p, None, x, y, label, None) for x, y, label in val])
    g = [0.0] * len(p)
    $amounts
    [batches] first = (step - 1) % per_epoch * batch_size
    [batches] if first == 0:
    [batches]     order = order_of((step - 1) // per_epoch)
    [batches] batch = [train[number] for number in order[first : first + batch_size]]
    seed = 1.0 / len($batch)
    losses = [backward(p, g, x, y, label, seed) for x, y, label in reversed($batch)]
    train_loss = mean(losses[::-1])$added
    if val and step % $val_every == 1:
        print(f"step {step}/$steps, val loss {val_loss:.6f}")
    print(f"step {step}/$steps, train loss {train_loss!r}")
    [clip] squares = 0.0
    [clip] for gradient in g:
    [clip]     squares += gradient * gradient
    [clip] factor = clip_norm / (math.sqrt(squares) + 1e-6)
    [clip] if not factor >= 1.0:
    [clip]     g = [gradient * factor for gradient in g]
    t = float(step)
    $rate
    for i in range(len(p)):
        $update
        p[i] = p_new
"""


def python_program(session: Session, steps: int) -> str:
    """The run as a script of the standard library."""
    text, rule = Text(session, steps), session.optimizer.rule
    penalties = [filled(PENALTY, {"body": one.body}, title=one.title, setting=one.setting) for one in text.penalties]
    blocks = {
        **{name: [f"{example!r}," for example in session.splits.get(name, ())] for name in ("train", "val")},
        "names": wrap(", ".join(text.parameters) + ",", 101),
        "values": [f"{number!r}," for number in session.parameters],
        "forward": [*text.forward, *by_class(text.heads, "    ")],
        "backward": [*by_class(text.backwards, "    "), *text.tail],
        "penalties": "".join(penalties).splitlines(),
        "settings": [f"{name} = {value!r}" for name, value in text.settings.items()],
        "amounts": text.amounts,
        "rate": [f"{name} = {expression}" for name, expression in (*text.rate, *rule.per_step)],
        "update": [
            f"{', '.join(rule.slots)}, = (slot[i] for slot in slots)",
            *(f"{name} = {expression}" for name, expression in text.update),
            *(f"slots[{number}][i] = {name}" for number, name in enumerate(rule.slots)),
        ],
    }
    template = EXAMPLES + (BATCHES if session.batches else "") + TRAINING
    words = {"count": len(text.parameters), "batch": "batch" if session.batches else "train", "slots": rule.slots}
    program = filled(template, blocks, **text.words, **words)
    own = {name: function for name, function in TOTAL.items() if function.__module__ != "math" and calls(program, name)}
    known = {"inf", "nan", *(name for name in (*TOTAL, "floor") if name not in own and calls(program, name))}
    functions = [
        *(line for function in own.values() for line in [inspect.getsource(function), ""]),
        *(f"{name} = {function.__name__}" for name, function in own.items() if name != function.__name__),
        *(["fmin = min"] if calls(program, "fmin") else []),
    ]
    return filled(HEAD, {"functions": functions}, known=", ".join(sorted(known)), **text.words) + program
