"""`chainrule bench`: are the fast programs exact, and how much faster than `Value` and PyTorch are they?

It stands apart from the tests because it answers on the machine of whoever asks, with its libm, compiler and Python.
"""

import statistics
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle, product
from typing import Any, NamedTuple

from chainrule import __version__
from engine.features import FEATURES
from engine.losses import LOSSES
from engine.nn import ACTIVATIONS, INITS
from engine.optim import OPTIMIZERS
from engine.programs.c_program import CProgram
from engine.programs.executor import Compiled, Course, Executor, Interpreted
from engine.run.config import Config
from engine.run.session import Session
from engine.schedules import SCHEDULES
from engine.views.queries import Grid
from engine.views.reader import Reader
from tui.cli.machine import c_library, compiler, machine, python
from tui.cli.torch import lacking, torch_module, torch_stepper
from tui.run.spec import RunSpec, open_run
from tui.worker.sentences import BACKEND_TITLES

TARGET = 25
"""How many times as fast as Value the Python program should be, in every row."""
MAP = Grid(72, 40, -2.0, 2.0, -2.0, 2.0)
ENOUGH = 0.02
"""Seconds that one sample takes, at least: fast things are done several times."""
PATIENCE = 3.0
"""Seconds after which a slow contestant needs no more samples."""


class Comparison(NamedTuple):
    """One configuration compared step by step; `difference` is the first one found, or empty."""

    name: str
    steps: int
    difference: str


class Timing(NamedTuple):
    """Seconds that one training step took: the median and the middle half of the measurements."""

    median: float
    low: float
    high: float


class Row(NamedTuple):
    """What is measured: a run's training step, or with `of_map` its decision map.

    `slow` is one that takes Value half a second or more. `against_value` and `against_torch` are how many times as fast
    the compiled program should be.
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
        RunSpec("moons", points=125, config=Config((16, 16), "relu", "hinge", "sgd", lr=0.05)), 3000, 4, slow=True,
    ),
    Row(
        "2-8-8-8-8-8-8-1 tanh, 500 examples, squared error, SGD",
        RunSpec("moons", points=625, config=Config((8,) * 6, "tanh", "squared-error", "sgd", 0.01, weight_decay=0.0)),
        2000, 1, slow=True,
    ),
    Row("decision map of 2-8-3, 2,880 cells", RunSpec(), 500, of_map=True),
)  # fmt: skip


class Result(NamedTuple):
    """The measurements of a row by contestant: value, python, and where there are such, c and torch.

    `scalars` are parameters times examples, or cells. `torch_lacks` says for what PyTorch takes no part although it is
    installed.
    """

    row: Row
    scalars: int
    timings: dict[str, Timing]
    torch_lacks: str = ""

    @property
    def each(self) -> dict[str, float]:
        """Nanoseconds for each example (or cell) and parameter: linear cost keeps them the same from row to row."""
        return {name: timing.median / self.scalars * 1e9 for name, timing in self.timings.items()}

    def ratios(self) -> Iterator[dict[str, Any]]:
        """Each pair that is compared: how many times as fast the first is, by the medians if known, and should be."""
        row = self.row
        pairs = ("python", "value", TARGET), ("c", "value", row.against_value), ("c", "torch", row.against_torch)
        for fast, slow, target in pairs:
            if target:
                known = {fast, slow} <= self.timings.keys()
                ratio = self.timings[slow].median / self.timings[fast].median if known else None
                yield {"fast": fast, "slow": slow, "ratio": ratio, "target": target}


class Report(NamedTuple):
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
            for name, timing in result.timings.items():
                median, low, high = (f"{taken * 1e3:.4f}" for taken in timing)
                lines.append(f"{TITLES[name]:<8}{median:>10} ms   {low} to {high} ms")
            for pair in result.ratios():
                if pair["ratio"] is not None:
                    factor = f"{TITLES[pair['fast']]} is {pair['ratio']:,.1f} x as fast as {TITLES[pair['slow']]}"
                    lines.append(f"  {factor}; should be {pair['target']:g}")
            if result.torch_lacks:
                lines.append(f"  PyTorch takes no part: it has not {result.torch_lacks}")
            if "c" in result.timings:
                unit = "cell" if result.row.of_map else "example"
                lines.append(f"  C: {result.each['c']:.2f} ns per {unit} and parameter")
        lines.append("")
        for text in self.where.values():
            lines += textwrap.wrap(text, 80)
        return "\n".join(lines)

    def as_json(self) -> str:
        """For a program: the same in seconds."""
        import json  # noqa: PLC0415  # only for --json

        checks = [check._asdict() for check in self.checks]
        rows = [
            {
                **{"name": result.row.name, "scalars": result.scalars, "nanoseconds_each": result.each},
                "torch_lacks": result.torch_lacks,
                "seconds": {name: timing._asdict() for name, timing in result.timings.items()},
                "ratios": list(result.ratios()),
            }
            for result in self.results
        ]
        known = {"exact": self.exact, "checks": checks, "rounds": self.rounds, "rows": rows, "where": self.where}
        return json.dumps(known, indent=2)


TITLES = {**BACKEND_TITLES, "torch": "PyTorch"}


def report(rounds: int, *, quick: bool = False) -> Report:
    """Compare every configuration and every row, then measure the rows `rounds` times."""
    rows = [row for row in ROWS if not (quick and row.slow)]
    checks = [compared(name, spec, steps) for name, spec, steps in configurations()]
    checks += [compared_maps(row.name, row.spec) if row.of_map else compared(row.name, row.spec, 1) for row in rows]
    results = tuple(measured(row, rounds) for row in rows)
    torch = torch_module()
    where = {
        **{"machine": machine(), "chainrule": f"chainrule {__version__}", "python": python()},
        **{"c_library": c_library(), "compiler": compiler()},
        "torch": f"PyTorch {torch.__version__}, 1 thread, float64" if torch else "PyTorch is not installed",
    }
    return Report(tuple(checks), rounds, results, where)


def configurations() -> Iterator[tuple[str, RunSpec, int]]:
    """The default run for several steps, then every loss with every activation on fewer points, the rest in turns."""
    yield "default", RunSpec(), 10
    turns = (cycle(names) for names in (OPTIMIZERS, SCHEDULES, INITS, FEATURES))
    norms = cycle((None, 0.1))
    for (loss, activation), choices in zip(product(LOSSES, ACTIVATIONS), zip(*turns, strict=True), strict=False):
        optimizer, schedule, init, feature = choices
        config = Config(
            (8,), activation, loss, optimizer, weight_decay=0.01, schedule=schedule, decay_steps=2, l1=0.001,
            clip_norm=next(norms), init=init, features=("x", "y", feature),
        )  # fmt: skip
        yield ", ".join((loss, activation, *choices)), RunSpec("blobs", points=25, classes=3, config=config), 3


def sessions_of(spec: RunSpec) -> dict[str, Session]:
    """The run on each backend that there is here, Value first; in the place of another one comes Python once more."""
    opened = (open_run(replace(spec, backend=name)).session for name in ("value", "python", "c"))
    return {session.backend.name: session for session in opened}


def compared(name: str, spec: RunSpec, steps: int) -> Comparison:
    """Train every way from the same weights and compare every number by its bits."""
    value, *others = sessions_of(spec).values()
    names, strengths = value.parameter_names, spec.config.strengths
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
    value, *others = sessions_of(spec).values()
    wanted = Reader(value).decision_map(MAP)
    wrong = [TITLES[other.backend.name] for other in others if Reader(other).decision_map(MAP) != wanted]
    return Comparison(name, 0, f"the map by {wrong[0]} is not Value's" if wrong else "")


def measured(row: Row, rounds: int) -> Result:
    """Every contestant in turns, so that whatever else the machine does slows all of them."""
    sessions = sessions_of(row.spec)
    session = sessions["value"]
    contestants = {name: (mapper if row.of_map else trainer)(each) for name, each in sessions.items()}
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
    timings: dict[str, Timing] = {}
    for name, taken in samples.items():
        low, median, high = statistics.quantiles(taken, method="inclusive") if len(taken) > 1 else taken * 3
        timings[name] = Timing(median, low, high)
    return Result(row, scalars, timings, torch_lacks)


def trainer(session: Session) -> Callable[[int], object]:
    """So many training steps, nothing recorded but the losses."""
    train = {"train": session.splits["train"]}
    parameters: Sequence[float] = session.parameters
    optimizer = session.config.make_optimizer(len(parameters))
    course = Course(strengths=session.config.strengths)
    program = session.program
    executor: Executor = Compiled(program, train) if isinstance(program, CProgram) else Interpreted(program, train)

    def take(steps: int) -> None:
        nonlocal parameters
        parameters, *_ = executor.train(parameters, optimizer, steps, course, until_diverged=False)

    return take


def mapper(session: Session) -> Callable[[int], object]:
    """So many decision maps."""
    reader = Reader(session)
    return lambda times: [reader.decision_map(MAP) for _ in range(times)]


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
