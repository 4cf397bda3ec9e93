"""The one table of operations, and the total arithmetic that it is written in.

A row is data: the forward expression and the partial derivatives are strings in the common subset of Python and C,
over `a` and `b` (operands), `k` (constant) and `y` (result). `Value`, the straight-line programs, the inspector, the
README and the tests all read the same rows, so an operation can't mean one thing here and another there.

Operations are total: where Python raises, the functions below give the inf or nan of IEEE-754.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

Number = Callable[..., float]


def total_exp(a: float) -> float:
    """The exponential of `a`; inf where that overflows."""
    try:
        return math.exp(a)
    except OverflowError:
        return math.inf


def total_log(a: float) -> float:
    """The natural logarithm; -inf at zero, nan below it."""
    if a > 0.0:
        return math.log(a)
    return -math.inf if a == 0.0 else math.nan


def total_pow(a: float, k: float) -> float:
    """`a` to the power `k` as C's pow gives it: 0 ** -1 is inf, (-8) ** 0.5 is nan."""
    try:
        return math.pow(a, k)
    except OverflowError:
        return -math.inf if a < 0.0 and k % 2.0 == 1.0 else math.inf
    except ValueError:
        if a != 0.0:
            return math.nan
        return math.copysign(math.inf, a) if k % 2.0 == 1.0 else math.inf


def total_log1p(a: float) -> float:
    """The natural logarithm of 1 + a, exact where `a` is small; -inf at -1, nan below it."""
    if a > -1.0:
        return math.log1p(a)
    return -math.inf if a == -1.0 else math.nan


def relu(a: float) -> float:
    """`a` where it is positive, else 0; nan stays nan."""
    return 0.0 if a <= 0.0 else a  # noqa: FURB136  # max(0.0, nan) would be 0.0


def leaky_relu(a: float, k: float) -> float:
    """`a` where it is positive, else `k` times as much; nan stays nan."""
    return k * a if a <= 0.0 else a


def total_sin(a: float) -> float:
    """The sine; nan at infinity."""
    return math.nan if math.isinf(a) else math.sin(a)


def total_cos(a: float) -> float:
    """The cosine; nan at infinity."""
    return math.nan if math.isinf(a) else math.cos(a)


class Function(NamedTuple):
    """A function that rows may call: `total` is defined for every float; `fast` gives the same digits or raises.

    `c` is its definition in C, and empty where math.h has one. `programs/c/lanes.h` may have it for several numbers
    at a time; without that it is called for one after another.
    """

    total: Number
    fast: Number
    c: str = ""


FUNCTIONS: dict[str, Function] = {
    "exp": Function(total_exp, math.exp),
    "log": Function(total_log, math.log),
    "log1p": Function(total_log1p, math.log1p),
    "pow": Function(total_pow, math.pow),
    "tanh": Function(math.tanh, math.tanh),
    "relu": Function(relu, relu, "double relu(double a) { return a <= 0.0 ? 0.0 : a; }"),
    "leaky_relu": Function(
        leaky_relu, leaky_relu, "double leaky_relu(double a, double k) { return a <= 0.0 ? k * a : a; }"
    ),
    "fabs": Function(math.fabs, math.fabs),
    "sin": Function(total_sin, math.sin),
    "cos": Function(total_cos, math.cos),
    "erf": Function(math.erf, math.erf),
}
"""Every function that a row may call, by its name in Python and C. A new one needs its line here and nothing else."""

TOTAL: dict[str, Number] = {name: function.total for name, function in FUNCTIONS.items()}
FAST: dict[str, Number] = {name: function.fast for name, function in FUNCTIONS.items()}
LIBRARY = tuple(name for name, function in FUNCTIONS.items() if not function.c)
"""The functions of math.h, whose digits are the platform's."""


class Flat(NamedTuple):
    """Where an activation's derivative is next to nothing: a unit there stops the gradient that comes back to it.

    `where` is a condition in the common subset; the derivative is then below 6 % of its steepest. `word` says how a
    unit is there, `stuck` what it is if it is so for every example, `meaning` what the word means.
    """

    where: str
    word: str
    stuck: str
    meaning: str


class Op:
    """One row of the table.

    `forward` gives the result `y`, `partials` dy/da and, for two operands, dy/db; `derivative` are the partials as a
    textbook would print them. `why` is one sentence on where the local derivative comes from. `symbol` is what a
    formula shows, if it is not the name. `kinks` are the operands at which the derivative jumps. An `activation` is
    offered for hidden layers by its name; the method of `Value` has the same name.

    The row's functions: `compute(operands, k)` gives y, `locals(operands, k, y)` gives (dy/da[, dy/db]), and
    `is_flat(operands, k, y)` says whether the condition of `flat` holds.
    """

    def __init__(
        self, name: str, forward: str, partials: tuple[str, ...], derivative: tuple[str, ...], why: str, *,
        symbol: str = "", activation: bool = False, kinks: tuple[float, ...] = (), flat: Flat | None = None,
    ) -> None:  # fmt: skip
        self.name, self.forward, self.partials, self.derivative, self.why = name, forward, partials, derivative, why
        self.symbol, self.activation, self.kinks, self.flat = symbol or name, activation, kinks, flat
        self.arity = len(partials)
        unpack = f"{'a,' if self.arity == 1 else 'a, b'} = operands"
        results = {
            "compute(operands, k)": forward,
            "locals(operands, k, y)": f"({', '.join(partials)},)",
            "is_flat(operands, k, y)": flat.where if flat else "False",
        }
        scope: dict[str, Any] = dict(TOTAL)
        # The rows are literals of this module; nothing that a user typed is ever compiled.
        exec("\n".join(f"def {head}:\n {unpack}\n return {result}" for head, result in results.items()), scope)
        self.compute: Number = scope["compute"]
        self.locals: Callable[..., tuple[float, ...]] = scope["locals"]
        self.is_flat: Callable[..., bool] = scope["is_flat"]

    @property
    def short(self) -> str:
        """What a column of four cells shows."""
        return self.symbol[:4]


# fmt: off
# A row is read as one.
ADD = Op("add", "a + b", ("1.0", "1.0"), ("1", "1"), symbol="+",
         why="A sum passes its gradient unchanged to every term.")
MUL = Op("mul", "a * b", ("b", "a"), ("b", "a"), symbol="×",
         why="Each factor's slope is the other factor.")
POW = Op("pow", "pow(a, k)", ("k * pow(a, k - 1.0)",), ("k·a^(k-1)",), symbol="^",
         why="The exponent comes down in front and drops by one.")
EXP = Op("exp", "exp(a)", ("y",), ("y",),
         why="The exponential is its own slope.")
LOG = Op("log", "log(a)", ("pow(a, -1.0)",), ("1/a",),
         why="Steep near zero, flatter the larger its operand: one over it.")
ABS = Op("abs", "fabs(a)", ("1.0 * (a > 0.0) - 1.0 * (a < 0.0)",), ("sign(a)",), kinks=(0.0,),
         why="Its operand's sign: 1 or -1, and 0 in the corner at zero.")
TANH = Op("tanh", "tanh(a)", ("1.0 - pow(y, 2.0)",), ("1 - y²",), activation=True,
          why="Flat where the output saturates at -1 or 1.",
          flat=Flat("fabs(y) > 0.97", "saturated", "stuck", "|tanh| above 0.97, where its slope is below 6%"))
RELU = Op("relu", "relu(a)", ("1.0 * (a > 0.0)",), ("1 if a > 0 else 0",), activation=True, kinks=(0.0,),
          why="Passes the gradient where its operand is positive and stops it elsewhere.",
          flat=Flat("a <= 0.0", "at 0", "dead", "relu passes no gradient there"))
LEAKY = Op("leaky-relu", "leaky_relu(a, k)", ("1.0 * (a > 0.0) + k * (a <= 0.0)",), ("1 if a > 0 else k",),
           symbol="leaky", activation=True, kinks=(0.0,),
           why="Passes the gradient where its operand is positive, and a small share of it elsewhere.")
SIGMOID = Op("sigmoid", "1.0 / (1.0 + exp(-a))", ("y * (1.0 - y)",), ("y·(1 - y)",), symbol="σ", activation=True,
             why="Steepest at a half, flat where the output saturates at 0 or 1.",
             flat=Flat("fabs(2.0 * y - 1.0) > 0.97", "saturated", "stuck",
                       "within 0.015 of 0 or 1, where its slope is below 6% of its steepest"))
GELU = Op("gelu", "0.5 * a * (1.0 + erf(a * 0.7071067811865476))",
          ("0.5 * (1.0 + erf(a * 0.7071067811865476)) + a * exp(-0.5 * a * a) * 0.3989422804014327",),
          ("Φ(a) + a·φ(a)",), activation=True,
          why="The operand times its normal probability Φ(a): the slope is Φ(a), and a times the bell curve φ(a).",
          flat=Flat("a < -2.2", "near 0", "dead",
                    "where the weighted sum is below -2.2, gelu's slope is below 6 % of its steepest"))
SOFTPLUS = Op("softplus", "relu(a) + log1p(exp(-fabs(a)))", ("1.0 / (1.0 + exp(-a))",), ("σ(a)",), activation=True,
              why="A relu without its corner, log(1 + exp(a)): its slope is the sigmoid of its operand.",
              flat=Flat("a < -2.8", "near 0", "dead",
                        "where the weighted sum is below -2.8, softplus's slope is below 6 % of its steepest"))
SILU = Op("silu", "a / (1.0 + exp(-a))", ("(1.0 + a / (1.0 + exp(a))) / (1.0 + exp(-a))",), ("σ(a)·(1 + a·σ(-a))",),
          activation=True,
          why="The operand times its sigmoid: the slope is σ(a), and a times the sigmoid's own slope.",
          flat=Flat("a < -3.7", "near 0", "dead",
                    "where the weighted sum is below -3.7, silu's slope is below 6 % of its steepest"))
SIN = Op("sin", "sin(a)", ("cos(a)",), ("cos(a)",), activation=True,
         why="A wave whose slope is the wave a quarter period ahead.")
# fmt: on

OPS: dict[str, Op] = {
    op.name: op for op in (ADD, MUL, POW, EXP, LOG, ABS, TANH, RELU, LEAKY, SIGMOID, GELU, SOFTPLUS, SILU, SIN)
}
"""Every operation by its name, in the order in which the README lists them."""
