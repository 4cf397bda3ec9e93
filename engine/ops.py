"""The one table of operations, and the total arithmetic that it is written in.

A row is data: the forward expression and the partial derivatives are strings in the common
subset of Python and C, over `a` and `b` (operands), `k` (constant) and `y` (result). `Value`,
the straight-line programs, the inspector, the README and the tests all read the same rows, so
an operation can't mean one thing here and another there.

Operations are total: where Python raises, the functions below give the inf or nan of IEEE-754.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

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


TOTAL: dict[str, Number] = {
    "exp": total_exp,
    "log": total_log,
    "pow": total_pow,
    "tanh": math.tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "fabs": math.fabs,
    "sin": total_sin,
    "cos": total_cos,
    "erf": math.erf,
}
"""The functions that a row may name, defined for every float."""

FAST: dict[str, Number] = TOTAL | {"exp": math.exp, "log": math.log, "pow": math.pow, "sin": math.sin, "cos": math.cos}
"""The same functions without the guard: equal where they return, they raise where TOTAL gives inf or nan."""


@dataclass(frozen=True, slots=True)
class Op:
    """One row of the table.

    `forward` gives the result `y`; `partials` gives dy/da and, for two operands, dy/db. `symbol`
    is what a formula shows, `why` is one sentence on where the local derivative comes from.
    """

    name: str
    symbol: str
    forward: str
    partials: tuple[str, ...]
    why: str
    derivative: tuple[str, ...]
    """The partial derivatives as a textbook would print them."""
    compute: Number = field(init=False, repr=False, compare=False)
    """compute(operands, k) -> y"""
    locals: Callable[..., tuple[float, ...]] = field(init=False, repr=False, compare=False)
    """locals(operands, k, y) -> (dy/da[, dy/db])"""

    def __post_init__(self) -> None:
        a = "a" if self.arity == 1 else "a, b"
        unpack = f"{a}{',' * (self.arity == 1)}"
        scope: dict[str, Number] = dict(TOTAL)
        # The rows are literals of this module; nothing that a user typed is ever compiled.
        exec(f"def compute(operands, k):\n {unpack} = operands\n return {self.forward}", scope)
        exec(f"def locals(operands, k, y):\n {unpack} = operands\n return ({', '.join(self.partials)},)", scope)
        object.__setattr__(self, "compute", scope["compute"])
        object.__setattr__(self, "locals", scope["locals"])

    @property
    def arity(self) -> int:
        """How many operands the operation takes: 1 or 2."""
        return len(self.partials)


ADD = Op(
    "add",
    "+",
    "a + b",
    ("1.0", "1.0"),
    "A sum hands its gradient on unchanged to every term.",
    ("1", "1"),
)
MUL = Op(
    "mul",
    "×",
    "a * b",
    ("b", "a"),
    "Each factor's slope is the other factor.",
    ("b", "a"),
)
POW = Op(
    "pow",
    "^",
    "pow(a, k)",
    ("k * pow(a, k - 1.0)",),
    "The exponent comes down in front and drops by one.",
    ("k·a^(k-1)",),
)
EXP = Op(
    "exp",
    "exp",
    "exp(a)",
    ("y",),
    "The exponential is its own slope.",
    ("y",),
)
LOG = Op(
    "log",
    "log",
    "log(a)",
    ("pow(a, -1.0)",),
    "Steep near zero, flatter the larger its operand: one over it.",
    ("1/a",),
)
TANH = Op(
    "tanh",
    "tanh",
    "tanh(a)",
    ("1.0 - pow(y, 2.0)",),
    "Flat where the output saturates at -1 or 1.",
    ("1 - y²",),
)
RELU = Op(
    "relu",
    "relu",
    "relu(a)",
    ("1.0 * (a > 0.0)",),
    "Passes the gradient where its operand is positive and stops it elsewhere.",
    ("1 if a > 0 else 0",),
)
LEAKY = Op(
    "leaky",
    "leaky",
    "leaky_relu(a, k)",
    ("1.0 * (a > 0.0) + k * (a <= 0.0)",),
    "Passes the gradient where its operand is positive, and a small share of it elsewhere.",
    ("1 if a > 0 else k",),
)
GELU = Op(
    "gelu",
    "gelu",
    "0.5 * a * (1.0 + erf(a * 0.7071067811865476))",
    ("0.5 * (1.0 + erf(a * 0.7071067811865476)) + a * exp(-0.5 * a * a) * 0.3989422804014327",),
    "The operand times its normal probability Φ(a): the slope is Φ(a), and a times the bell curve φ(a).",
    ("Φ(a) + a·φ(a)",),
)
SIN = Op(
    "sin",
    "sin",
    "sin(a)",
    ("cos(a)",),
    "A wave whose slope is the wave a quarter period ahead.",
    ("cos(a)",),
)
SIGMOID = Op(
    "sigmoid",
    "σ",
    "1.0 / (1.0 + exp(-a))",
    ("y * (1.0 - y)",),
    "Steepest at a half, flat where the output saturates at 0 or 1.",
    ("y·(1 - y)",),
)

ABS = Op(
    "abs",
    "abs",
    "fabs(a)",
    ("1.0 * (a > 0.0) - 1.0 * (a < 0.0)",),
    "Its operand's sign: 1 or -1, and 0 in the corner at zero.",
    ("sign(a)",),
)

OPS: dict[str, Op] = {op.name: op for op in (ADD, MUL, POW, EXP, LOG, TANH, RELU, LEAKY, SIGMOID, GELU, SIN, ABS)}
"""Every operation by its name, in the order in which the README lists them."""
