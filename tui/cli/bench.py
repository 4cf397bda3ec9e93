"""`chainrule bench`: are the fast programs exact, and how much faster than `Value` and PyTorch are they?

It stands apart from the tests because it answers on the machine of whoever asks, with that
machine's libm, compiler and Python.
"""

import statistics
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import cycle, product

from engine.features import FEATURES
from engine.initialisation import INITS
from engine.losses import LOSSES
from engine.nn import ACTIVATIONS
from engine.optim import OPTIMIZERS
from engine.programs.c_program import CProgram
from engine.programs.executor import Compiled, Course, Executor, Interpreted
from engine.run.config import Config
from engine.run.session import Session
from engine.schedules import SCHEDULES
from engine.views.queries import Grid
from engine.views.reader import Reader
from tui.cli.machine import c_library, chainrule, compiler, machine, python
from tui.cli.torch import lacking, torch_module, torch_stepper, torch_version
from tui.run.spec import RunSpec, open_run
from tui.worker.sentences import BACKEND_TITLES

TARGET = 25
"""How many times as fast as Value the Python program should be, in every row."""
STEPS_OF_DEFAULT = 10
STEPS_OF_OTHERS = 3
FEW_POINTS = 25
WIDTH = 80
MAP = Grid(72, 40, -2.0, 2.0, -2.0, 2.0)
ENOUGH = 0.02
"""Seconds that one sample takes, at least: fast things are done several times."""
PATIENCE = 3.0
"""Seconds after which a slow contestant needs no more samples."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One configuration compared step by step; `difference` is the first one found, or empty."""

    name: str
    steps: int
    difference: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that one training step took: the median and the middle half of the measurements."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """What is measured: a run's training step, or with `of_map` its decision map.

    `slow` is one that takes Value half a second or more. `against_value` and `against_torch` are
    how many times as fast the compiled program should be.
    """

    name: str
    spec: RunSpec
    against_value: float
    against_torch: float | None = None
    of_map: bool = False
    slow: bool = False


ROWS = (
    Row("2-8-3 tanh, 80 examples, cross-entropy, AdamW", RunSpec(), 2500, 12),
    Row(
        "2-16-16-1 relu, 100 examples, hinge + L2, SGD",
        RunSpec("moons", points=125, config=Config((16, 16), "relu", "hinge", "sgd", lr=0.05)),
        3000,
        4,
        slow=True,
    ),
    Row(
        "2-8-8-8-8-8-8-1 tanh, 500 examples, squared error, SGD",
        RunSpec("moons", points=625, config=Config((8,) * 6, "tanh", "squared-error", "sgd", 0.01, weight_decay=0.0)),
        2000,
        1,
        slow=True,
    ),
    Row("decision map of 2-8-3, 2,880 cells", RunSpec(), 500, of_map=True),
)


@dataclass(frozen=True, slots=True)
class Result:
    """The measurements of a row by contestant: value, python, and where there are such, c and torch.

    `torch_lacks` says for what PyTorch takes no part although it is installed.
    """

    row: Row
    scalars: int
    """Parameters times examples, or cells."""
    timings: dict[str, Timing]
    torch_lacks: str = ""

    @property
    def each(self) -> dict[str, float]:
        """Nanoseconds for each example (or cell) and parameter: linear cost keeps them the same from row to row."""
        return {name: timing.median / self.scalars * 1e9 for name, timing in self.timings.items()}

    def ratio(self, fast: str, slow: str) -> float | None:
        """How many times as fast one is as the other, by the medians."""
        if not {fast, slow} <= self.timings.keys():
            return None
        return self.timings[slow].median / self.timings[fast].median

    def targets(self) -> Iterator[tuple[str, str, float]]:
        """Each pair that is compared, and how many times as fast the first should be."""
        yield "python", "value", TARGET
        yield "c", "value", self.row.against_value
        if self.row.against_torch:
            yield "c", "torch", self.row.against_torch


@dataclass(frozen=True, slots=True)
class Report:
    """All that the bench found out."""

    checks: tuple[Comparison, ...]
    rounds: int
    results: tuple[Result, ...]
    where: dict[str, str]

    @property
    def exact(self) -> bool:
        """Whether no digit differed."""
        return not any(check.difference for check in self.checks)

    def as_table(self) -> str:
        """For a reader: at most 80 columns wide."""
        wrong = [check for check in self.checks if check.difference]
        steps = sum(check.steps for check in self.checks)
        verdict = f"{len(wrong)} differ" if wrong else "all equal, bit for bit"
        lines = [
            "Losses, gradients and parameters of the fast programs against Value:",
            f"{len(self.checks)} configurations, {steps} steps: {verdict}",
            *(f"  {check.name}: {check.difference}" for check in wrong),
        ]
        for result in self.results:
            lines += ["", result.row.name, "            median   middle half"]
            lines += [table_row(TITLES[name], timing) for name, timing in result.timings.items()]
            for fast, slow, wanted in result.targets():
                if (ratio := result.ratio(fast, slow)) is not None:
                    lines.append(f"  {TITLES[fast]} is {ratio:,.1f} x as fast as {TITLES[slow]}; should be {wanted:g}")
            if result.torch_lacks:
                lines.append(f"  PyTorch takes no part: it has not {result.torch_lacks}")
            if "c" in result.timings:
                unit = "cell" if result.row.of_map else "example"
                lines.append(f"  C: {result.each['c']:.2f} ns per {unit} and parameter")
        lines.append("")
        for text in self.where.values():
            lines += textwrap.wrap(text, WIDTH)
        return "\n".join(lines)

    def as_json(self) -> str:
        """For a program: the same in seconds."""
        import json  # noqa: PLC0415  # only for --json

        return json.dumps(
            {
                "exact": self.exact,
                "checks": [asdict(check) for check in self.checks],
                "rounds": self.rounds,
                "rows": [
                    {
                        "name": result.row.name,
                        "scalars": result.scalars,
                        "nanoseconds_each": result.each,
                        "torch_lacks": result.torch_lacks,
                        "seconds": {name: asdict(timing) for name, timing in result.timings.items()},
                        "ratios": [
                            {"fast": fast, "slow": slow, "ratio": result.ratio(fast, slow), "target": wanted}
                            for fast, slow, wanted in result.targets()
                        ],
                    }
                    for result in self.results
                ],
                "where": self.where,
            },
            indent=2,
        )


TITLES = {**BACKEND_TITLES, "torch": "PyTorch"}


def report(rounds: int, *, quick: bool = False) -> Report:
    """Compare every configuration and every row, then measure the rows `rounds` times."""
    rows = [row for row in ROWS if not (quick and row.slow)]
    checks = [compared(name, spec, steps) for name, spec, steps in configurations()]
    checks += [compared_maps(row.name, row.spec) if row.of_map else compared(row.name, row.spec, 1) for row in rows]
    results = tuple(measured(row, rounds) for row in rows)
    return Report(tuple(checks), rounds, results, where())


def configurations() -> Iterator[tuple[str, RunSpec, int]]:
    """The default run for several steps, then every loss with every activation on fewer points, the rest in turns."""
    yield "default", RunSpec(), STEPS_OF_DEFAULT
    turns = (cycle(names) for names in (OPTIMIZERS, SCHEDULES, INITS, FEATURES))
    norms = cycle((None, 0.1))
    for (loss, activation), choices in zip(product(LOSSES, ACTIVATIONS), zip(*turns, strict=True), strict=False):
        optimizer, schedule, init, feature = choices
        config = Config(
            *((8,), activation, loss, optimizer),
            weight_decay=0.01,
            schedule=schedule,
            decay_steps=2,
            l1=0.001,
            clip_norm=next(norms),
            init=init,
            features=("x", "y", feature),
        )
        spec = RunSpec(dataset="blobs", points=FEW_POINTS, classes=3, config=config)
        yield ", ".join((loss, activation, *choices)), spec, STEPS_OF_OTHERS


def session_of(spec: RunSpec, backend: str) -> Session | None:
    """The run on a backend; None where there is no such here."""
    session = open_run(replace(spec, backend=backend)).session
    return session if session.backend.name == backend else None


def compared(name: str, spec: RunSpec, steps: int) -> Comparison:
    """Train every way from the same weights and compare every number by its bits."""
    value = session_of(spec, "value")
    assert value
    names = value.parameter_names
    others = [session for session in (session_of(spec, "python"), session_of(spec, "c")) if session]
    strengths = spec.config.strengths
    for step in range(1, steps + 1):
        loss, gradient = value.program.gradients(value.parameters, value.splits["train"], strengths)
        gradients = [other.program.gradients(other.parameters, other.splits["train"], strengths)[1] for other in others]
        value.parameters = value.optimizer.update(value.parameters, gradient, spec.config.lr_at(step - 1))
        for other, its_gradient in zip(others, gradients, strict=True):
            rows = [
                ("loss", other.step().train_loss, loss),
                *zip([f"gradient of {name}" for name in names], its_gradient, gradient, strict=True),
                *zip(names, other.parameters, value.parameters, strict=True),
            ]
            for what, got, wanted in rows:
                if got.hex() != wanted.hex():
                    title = TITLES[other.backend.name]
                    return Comparison(name, step, f"step {step}, {what} is {got!r} by {title}, {wanted!r} by Value")
    return Comparison(name, steps, "")


def compared_maps(name: str, spec: RunSpec) -> Comparison:
    """Draw the decision map every way from the same weights and compare every cell."""
    value, *others = (session for backend in ("value", "python", "c") if (session := session_of(spec, backend)))
    wanted = Reader(value).decision_map(MAP)
    for other in others:
        if Reader(other).decision_map(MAP) != wanted:
            return Comparison(name, 0, f"the map by {TITLES[other.backend.name]} is not Value's")
    return Comparison(name, 0, "")


def measured(row: Row, rounds: int) -> Result:
    """Every contestant in turns, so that whatever else the machine does slows all of them."""
    session = session_of(row.spec, "value")
    assert session
    contestants: dict[str, Callable[[int], object]] = {}
    for name in ("value", "python", "c"):
        if contestant := session_of(row.spec, name):
            contestants[name] = mapper(contestant) if row.of_map else trainer(contestant)
    torch = None if row.of_map else torch_module()
    torch_lacks = lacking(torch, session) if torch else ""
    if torch and not torch_lacks:
        contestants["torch"] = torch_stepper(torch, session)
    repeats = {name: repeats_of(run) for name, run in contestants.items()}
    samples: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            if sum(samples[name]) * repeats[name] < PATIENCE:
                samples[name].append(seconds(run, repeats[name]))
    scalars = len(session.parameters) * (MAP.columns * MAP.rows if row.of_map else len(session.splits["train"]))
    return Result(row, scalars, {name: timing_of(taken) for name, taken in samples.items()}, torch_lacks)


def trainer(session: Session) -> Callable[[int], object]:
    """So many training steps, nothing recorded but the losses."""
    train_only = {"train": session.splits["train"]}
    parameters: Sequence[float] = session.parameters
    optimizer = session.config.make_optimizer(len(parameters))
    course = Course(strengths=session.config.strengths)
    program = session.program
    executor: Executor = (
        Compiled(program, train_only) if isinstance(program, CProgram) else Interpreted(program, train_only)
    )

    def train(steps: int) -> None:
        nonlocal parameters
        parameters, *_ = executor.train(parameters, optimizer, steps, course, until_diverged=False)

    return train


def mapper(session: Session) -> Callable[[int], object]:
    """So many decision maps."""
    reader = Reader(session)

    def draw(times: int) -> None:
        for _ in range(times):
            reader.decision_map(MAP)

    return draw


def repeats_of(run: Callable[[int], object]) -> int:
    """How often in a row it has to be done to be measured well."""
    repeats = 1
    while (taken := seconds(run, repeats) * repeats) < ENOUGH:
        repeats *= 2 if taken > ENOUGH / 16 else 8
    return repeats


def seconds(run: Callable[[int], object], times: int) -> float:
    """How long it takes, once."""
    start = time.perf_counter()
    run(times)
    return (time.perf_counter() - start) / times


def timing_of(samples: Sequence[float]) -> Timing:
    """Median and quartiles."""
    if len(samples) == 1:
        return Timing(samples[0], samples[0], samples[0])
    low, median, high = statistics.quantiles(samples, method="inclusive")
    return Timing(median, low, high)


def table_row(name: str, timing: Timing) -> str:
    """A line of the table, in milliseconds."""
    low, high = f"{timing.low * 1e3:.4f}", f"{timing.high * 1e3:.4f}"
    return f"{name:<8}{timing.median * 1e3:>10.4f} ms   {low} to {high} ms"


def where() -> dict[str, str]:
    """On which machine, and with which versions of all that takes part."""
    return {
        "machine": machine(),
        "chainrule": chainrule(),
        "python": python(),
        "c_library": c_library(),
        "compiler": compiler(),
        "torch": torch_version(),
    }
