"""The traced program and the optimizer's rule as C, for several examples side by side.

The statements are those of the Python program; here each expression is read as Python (it is the common subset) and
written with the functions of `c/lanes.h`. A number that is the same for all lanes stays a double: parameters,
constants, the seed. A gradient's contributions are put down in `parts`, not added: `c/executor.c` adds them in the
order of the examples.
"""

import ast
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path

from ..graph import Traced
from ..ops import FUNCTIONS, LIBRARY
from ..optim import OPTIMIZERS, Rule
from ..penalties import Penalty
from .statements import Passes, Statement, one_penalty, passes_of

LANES = 4
ABREAST = 8
"""Parameters come in multiples of this; as in c/executor.c."""
CHUNK_BYTES = 1 << 18
"""What the contributions of one chunk of examples may take: they should stay in the cache."""

OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
COMPARISONS: dict[type[ast.cmpop], str] = {ast.Gt: ">", ast.Lt: "<", ast.LtE: "<="}
POWERS = {2.0: "lane_pow_2", -1.0: "lane_pow_m1", -2.0: "lane_pow_m2", 0.5: "lane_pow_half"}
PIECES = Path(__file__).parent / "c"

CHECKED: list[tuple[str, str, float | None]] = [
    *((f"lane_{name}(all)", name, None) for name in LIBRARY if name != "pow"),
    *((f"{name}(all)", "pow", exponent) for exponent, name in POWERS.items()),
    *(("lane_pow(all, splat(k))", "pow", exponent) for exponent in (3.0, -0.5)),
]
"""What has to have the digits of Python's math module: the cases of `check`, their functions, the powers' exponents."""


@dataclass(frozen=True, slots=True)
class Term:
    """An expression in C: whether it is a vector, and its number if it is a constant."""

    text: str
    is_lane: bool = False
    number: float | None = None

    @property
    def as_lane(self) -> str:
        """The expression as a vector."""
        return self.text if self.is_lane else f"splat({self.text})"


def constant(number: float) -> Term:
    """A number, with all its digits."""
    if math.isnan(number):
        return Term("NAN", number=number)
    text = repr(number) if math.isfinite(number) else "INFINITY" if number > 0.0 else "-INFINITY"
    return Term(f"({text})" if text.startswith("-") else text, number=number)


class Translator:
    """Translates expressions. `vectors` says which names are vectors; others are looked up in `names`."""

    def __init__(self, vectors: Iterable[str] = (), names: Mapping[str, str] | None = None) -> None:
        self.vectors = set(vectors)
        self.names = names or {}

    def translated(self, expression: str) -> Term:
        """The expression in C, in parentheses where it is more than one term."""
        return self._term(ast.parse(expression, mode="eval").body)

    def _term(self, node: ast.expr) -> Term:
        match node:
            case ast.Constant(value=float() | int() as number) | ast.Name(id="inf" | "nan" as number):
                return constant(float(number))
            case ast.Name(id=name):
                return Term(self.names.get(name, name), name in self.vectors)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                term = self._term(operand)
                return Term(f"(-{term.text})", term.is_lane) if term.number is None else constant(-term.number)
            case ast.BinOp(left=left, op=operator, right=right):
                return self._binary(self._term(left), type(operator), self._term(right))
            case ast.Compare(left=left, ops=[operator], comparators=[ast.Constant(value=0.0)]):
                return self._compared(self._term(left), type(operator))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(name, [self._term(argument) for argument in arguments])
        raise ValueError(f"the op table has an expression that C can't say: {ast.unparse(node)}")

    def _binary(self, left: Term, operator: type[ast.operator], right: Term) -> Term:
        if left.number is not None and right.number is not None and operator is ast.Sub:
            return constant(left.number - right.number)  # the exponent of a power's derivative
        return Term(f"({left.text} {OPERATORS[operator]} {right.text})", left.is_lane or right.is_lane)

    def _compared(self, term: Term, operator: type[ast.cmpop]) -> Term:
        return Term(f"ONE_WHERE({term.as_lane} {COMPARISONS[operator]} 0.0)", is_lane=True)

    def _call(self, name: str, arguments: Sequence[Term]) -> Term:
        if name == "pow":
            base, exponent = arguments
            if exponent.number == 1.0:
                return base
            if exponent.number in POWERS:
                return Term(f"{POWERS[exponent.number]}({base.as_lane})", is_lane=True)
        return Term(f"lane_{name}({', '.join(argument.as_lane for argument in arguments)})", is_lane=True)


class ScalarTranslator(Translator):
    """The same for numbers one at a time: C's own functions."""

    def _compared(self, term: Term, operator: type[ast.cmpop]) -> Term:
        return Term(f"({term.text} {COMPARISONS[operator]} 0.0)")

    def _call(self, name: str, arguments: Sequence[Term]) -> Term:
        return Term(f"{name}({', '.join(argument.text for argument in arguments)})")


@dataclass(frozen=True, slots=True)
class CSource:
    """The text, and the sizes that whoever calls it has to know."""

    text: str
    outputs: int
    padded: int
    labels: int
    planes: int
    stride: int

    @property
    def parts(self) -> int:
        """How many doubles the contributions of a chunk take."""
        return self.planes * self.padded * self.stride

    def room(self, examples: int) -> tuple[int, int]:
        """How many chunks and vectors so many examples take at most.

        A chunk that another one follows has all its vectors, of which only the last of each class is not full.
        """
        vectors = self.stride // LANES
        chunks = 1 + examples // max(vectors, (vectors - self.labels) * LANES)
        return chunks, min(examples, chunks * vectors)


def c_source(traced: Traced, penalties: Sequence[Penalty]) -> CSource:
    """The whole program: lanes, `block`, every penalty, every optimizer's update, and what drives them.

    As each of them is there, a run may change its optimizer without another program.
    """
    passes = passes_of(traced)
    count = len(traced.parameters)
    padded = -(-count // ABREAST) * ABREAST
    seen = [Counter[int]() for _ in passes.backwards]
    places = list(map(places_of, passes.backwards, seen))
    most = reduce(or_, seen)
    places.append(places_of(passes.tail, most))
    planes = max(most.values(), default=1)
    fitting = CHUNK_BYTES // (8 * padded * planes * LANES)
    stride = max(7, min(127, fitting - 1 | 1)) * LANES  # odd: rows a power of two apart would share cache sets
    sizes = {
        "LANES": LANES,
        "INPUTS": len(traced.inputs),
        "OUTPUTS": len(traced.outputs),
        "LABELS": len(traced.losses),
        "PARAMETERS": count,
        "PADDED": padded,
        "PLANES": planes,
        "STRIDE": stride,
        "PENALTIES": len(penalties),
    }
    lanes, executor = ((PIECES / name).read_text(encoding="utf-8") for name in ("lanes.h", "executor.c"))
    lines = [
        *(f"#define {name} {size}" for name, size in sizes.items()),
        *(f"static inline {function.c}" for function in FUNCTIONS.values() if function.c),
        lanes,
        *(f"EACH({name})" for name in FUNCTIONS if f" lane_{name}(" not in lanes),
        *block_lines(passes, places, padded),
        *(line for penalty in penalties for line in penalty_lines(penalty)),
        "static double (*const penalties[])(const double *restrict, double *restrict, double) = {",
        ", ".join(f"penalty_{penalty.setting}" for penalty in penalties) or "0",  # C has no empty array
        "};",
        *(line for rule in OPTIMIZERS.values() for line in update_lines(rule)),
        "static void (*const updates[])(double *restrict, const double *restrict, double, const double *) = {",
        ", ".join(f"update_{name}" for name in OPTIMIZERS),
        "};",
        executor,
        "double check(int which, double a, double k) {",
        "lane all = splat(a);",
        "switch (which) {",
        *(f"case {case}: return {expression}[0];" for case, (expression, _, _) in enumerate(CHECKED)),
        "}",
        "return NAN;",
        "}",
    ]
    return CSource("\n".join(lines), len(traced.outputs), padded, len(traced.losses), planes, stride)


Places = list[tuple[int, int]]
"""Where contributions go, in their order: plane and parameter."""


def places_of(statements: Iterable[Statement], seen: "Counter[int]") -> Places:
    """A parameter's first contribution goes to plane 0, its second to plane 1; those `seen` before count."""
    places = []
    for statement in statements:
        if statement.accumulate:
            parameter = int(statement.target[1:])
            places.append((seen[parameter], parameter))
            seen[parameter] += 1
    return places


def block_lines(passes: Passes, places: Sequence[Places], padded: int) -> list[str]:
    """`block`: outputs, loss and contributions of one vector of examples of class `label`.

    `places` are those of each class's backward pass, then those of the tail.
    """
    own = [*passes.heads, *passes.backwards, passes.tail, passes.forward]
    locals_ = list(dict.fromkeys(s.target for statements in own for s in statements if not s.accumulate))
    inputs = [name for name in passes.leaves.values() if name.startswith("x")]
    names = {name: f"p[{name[1:]}]" for name in passes.leaves.values() if name.startswith("p")}
    translator = Translator([*locals_, *inputs], names)
    in_cases = {s.target for statements in [*passes.heads, *passes.backwards] for s in statements}
    everywhere = {place for statements in places[:-1] for place in statements}

    def body(statements: Iterable[Statement], where: Places) -> Iterator[str]:
        place = iter(where)
        for statement in statements:
            value = translator.translated(statement.expression).as_lane
            if statement.accumulate:
                plane, parameter = next(place)
                yield f"PART({plane * padded + parameter}) = {value};"
            else:
                yield f"{'' if statement.target in in_cases else 'lane '}{statement.target} = {value};"

    def results() -> Iterator[str]:
        for label, head in enumerate(passes.heads):
            yield f"case {label}:"
            yield from body(head, [])
            yield f"store(loss, {translator.translated(passes.results[label]).as_lane});"
            yield "if (what == ONLY_LOSSES) return;"
            yield from body(passes.backwards[label], places[label])
            for plane, parameter in sorted(everywhere - set(places[label])):
                yield f"PART({plane * padded + parameter}) = splat(0.0);"
            yield "break;"

    return [
        "#define PART(row) AT(parts + (row) * STRIDE)",
        "enum { ONLY_OUTPUTS, ONLY_LOSSES, GRADIENTS };",
        "static void block(const double *restrict p, const double *restrict inputs, long label, int what,",
        "                  double *restrict outputs, double *restrict loss, double *restrict parts, double seed) {",
        *(f"lane {name} = load(inputs + {index} * LANES);" for index, name in enumerate(inputs)),
        *body(passes.forward, []),
        *(f"store(outputs + {i} * LANES, {translator.translated(x).as_lane});" for i, x in enumerate(passes.outputs)),
        "if (what == ONLY_OUTPUTS) return;",
        *(f"lane {name} = splat(0.0);" for name in locals_ if name in in_cases),
        "switch (label) {",
        *results(),
        "}",
        *body(passes.tail, places[-1]),
        "}",
    ]


def penalty_lines(penalty: Penalty) -> list[str]:
    """A penalty's amount, and its gradient added to g."""
    translator = ScalarTranslator()
    return [
        f"static double penalty_{penalty.setting}(const double *restrict p, double *restrict g, double strength) {{",
        "double total = 0.0;",
        "for (long i = 0; i < PARAMETERS; i++) {",
        "double p0 = p[i], g0 = g[i];",
        *(
            f"{f'{s.target} +' if s.accumulate else f'double {s.target} '}= {translator.translated(s.expression).text};"
            for s in one_penalty(penalty)
        ),
        "g[i] = g0;",
        "}",
        "return total * strength;",
        "}",
    ]


def update_lines(rule: Rule) -> list[str]:
    """A rule's update for LANES parameters at a time; `state` holds p, then each slot."""
    scalar = ScalarTranslator()
    vector = Translator({"p", "g", *rule.slots})
    state = ("p", *rule.slots)
    return [
        f"static void update_{rule.name}(double *restrict state, const double *restrict g_all, double t,",
        "                   const double *settings) {",
        *(f"double {name} = settings[{index}];" for index, name in enumerate(rule.settings)),
        *(f"double {name} = {scalar.translated(expression).text};" for name, expression in rule.per_step),
        "for (long i = 0; i < PADDED; i += LANES) {",
        "lane g = load(g_all + i);",
        *(f"lane {name} = load(state + {index} * PADDED + i);" for index, name in enumerate(state)),
        *(f"{name} = {vector.translated(expression).as_lane};" for name, expression in rule.update),
        *(f"store(state + {index} * PADDED + i, {name});" for index, name in enumerate(state)),
        "}",
        "}",
    ]
