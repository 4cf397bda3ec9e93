"""`chainrule bench`: is the Python program exact, and how much faster than `Value` is it?

It stands apart from the tests because it answers on the machine of whoever asks, with that
machine's libm and that Python.
"""

import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from engine.losses import LOSSES, l2_penalty, mean
from engine.nn import ACTIVATIONS, MLP
from engine.optim import OPTIMIZERS
from engine.program import Example
from engine.rng import Rng
from engine.session import Config, Session
from tui.run import RunSpec, open_run

TARGET = 25
STEPS_OF_DEFAULT = 10
STEPS_OF_OTHERS = 3
FEW_POINTS = 25
PROGRAM_STEPS_PER_ROUND = 10


@dataclass(frozen=True, slots=True)
class Check:
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
class Report:
    """All that the bench found out."""

    checks: tuple[Check, ...]
    network: str
    rounds: int
    value: Timing
    program: Timing

    @property
    def exact(self) -> bool:
        """Whether no digit differed."""
        return not any(check.difference for check in self.checks)

    @property
    def ratio(self) -> float:
        """How many times as fast as `Value` the program is, by the medians."""
        return self.value.median / self.program.median

    def as_table(self) -> str:
        """For a reader: at most 80 columns wide."""
        wrong = [check for check in self.checks if check.difference]
        steps = sum(check.steps for check in self.checks)
        verdict = f"{len(wrong)} differ" if wrong else "all equal, bit for bit"
        reached = "at least" if self.ratio >= TARGET else "short of"
        return "\n".join(
            [
                "Losses, gradients and parameters of the Python program against Value:",
                f"{len(self.checks)} configurations, {steps} steps: {verdict}",
                *(f"  {check.name}: {check.difference}" for check in wrong),
                "",
                f"One training step, {self.network}, {self.rounds} rounds:",
                "                      median   middle half",
                table_row("Value", self.value),
                table_row("Python program", self.program),
                f"{'ratio':<16}{self.ratio:>9.1f} x    {reached} the {TARGET} x that it should be",
                "",
                f"{python()}, {machine()}",
            ]
        )

    def as_json(self) -> str:
        """For a program: the same in seconds."""
        import json  # noqa: PLC0415  # only for --json

        return json.dumps(
            {
                "exact": self.exact,
                "checks": [
                    {"name": check.name, "steps": check.steps, "difference": check.difference} for check in self.checks
                ],
                "network": self.network,
                "rounds": self.rounds,
                "seconds_per_step": {
                    name: {"median": timing.median, "low": timing.low, "high": timing.high}
                    for name, timing in (("value", self.value), ("program", self.program))
                },
                "ratio": self.ratio,
                "target": TARGET,
                "python": python(),
                "machine": machine(),
            },
            indent=2,
        )


def report(rounds: int) -> Report:
    """Compare every configuration, then measure the default one `rounds` times."""
    checks = tuple(compared(name, spec, steps) for name, spec, steps in configurations())
    session = open_run(RunSpec()).session
    network = "-".join(map(str, (2, *session.config.sizes(session.classes))))
    value, program = measured(session, rounds)
    return Report(checks, f"{network} net on {len(session.splits['train'])} examples", rounds, value, program)


def configurations() -> Iterator[tuple[str, RunSpec, int]]:
    """The default run for several steps, then every loss with every activation and optimizer on fewer points."""
    yield "default", RunSpec(), STEPS_OF_DEFAULT
    for loss, activation, optimizer in product(LOSSES, ACTIVATIONS, OPTIMIZERS):
        config = Config(loss=loss, activation=activation, optimizer=optimizer, weight_decay=0.01)
        classes = 2 if LOSSES[loss].two_classes else 3
        spec = RunSpec(dataset="blobs", points=FEW_POINTS, classes=classes, config=config)
        yield f"{loss}, {activation}, {optimizer}", spec, STEPS_OF_OTHERS


def compared(name: str, spec: RunSpec, steps: int) -> Check:
    """Train both ways from the same weights and compare every number by its bits."""
    session = open_run(spec).session
    model = twin(session)
    names = [parameter.label for parameter in model.parameters()]
    by_hand = value_stepper(session.config, model, session.splits["train"])
    for step in range(1, steps + 1):
        _, gradient = session.program.gradients(session.parameters, session.splits["train"])
        loss = session.step().train_loss
        value_loss, value_gradient = by_hand()
        rows = [
            ("loss", loss, value_loss),
            *zip([f"gradient of {name}" for name in names], gradient, value_gradient, strict=True),
            *zip(names, session.parameters, [parameter.data for parameter in model.parameters()], strict=True),
        ]
        for what, got, wanted in rows:
            if got.hex() != wanted.hex():
                return Check(name, step, f"step {step}, {what} is {got!r}, {wanted!r} by Value")
    return Check(name, steps, "")


def twin(session: Session) -> MLP:
    """The session's network out of Values, with its present parameters."""
    model = session.config.model(session.classes, Rng(1))
    for parameter, data in zip(model.parameters(), session.parameters, strict=True):
        parameter.data = data
    return model


def value_stepper(config: Config, model: MLP, examples: Sequence[Example]) -> Callable[[], tuple[float, list[float]]]:
    """A training step the readable way: gives the loss and its gradient, and moves the parameters."""
    parameters = model.parameters()
    optimizer = config.make_optimizer(len(parameters))
    of_example = LOSSES[config.loss].of_example

    def step() -> tuple[float, list[float]]:
        model.zero_grad()
        loss = mean([of_example(model((x, y)), label) for x, y, label in examples])
        if config.penalty:
            loss = loss + l2_penalty(parameters, config.penalty)
        loss.backward()
        gradient = [parameter.grad for parameter in parameters]
        optimizer.step(parameters)
        return loss.data, gradient

    return step


def program_stepper(session: Session) -> Callable[[], None]:
    """The same step by the session's program: gradients and update, nothing recorded."""
    parameters: Sequence[float] = session.parameters
    optimizer = session.config.make_optimizer(len(parameters))
    examples = session.splits["train"]

    def step() -> None:
        nonlocal parameters
        _, gradient = session.program.gradients(parameters, examples)
        parameters = optimizer.update(parameters, gradient)

    return step


def measured(session: Session, rounds: int) -> tuple[Timing, Timing]:
    """Value and the program in turns, so that whatever else the machine does slows both."""
    by_value = value_stepper(session.config, twin(session), session.splits["train"])
    by_program = program_stepper(session)
    value, program = [], []
    for _ in range(rounds):
        value.append(seconds(by_value))
        program += [seconds(by_program) for _ in range(PROGRAM_STEPS_PER_ROUND)]
    return timing_of(value), timing_of(program)


def seconds(step: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def timing_of(samples: Sequence[float]) -> Timing:
    """Median and quartiles, each one of the samples."""
    ordered = sorted(samples)
    low, median, high = (ordered[(len(ordered) - 1) * quarter // 4] for quarter in (1, 2, 3))
    return Timing(median, low, high)


def table_row(name: str, timing: Timing) -> str:
    """A line of the table, in milliseconds."""
    low, high = f"{timing.low * 1e3:.3f}", f"{timing.high * 1e3:.3f}"
    return f"{name:<16}{timing.median * 1e3:>9.3f} ms   {low} to {high} ms"


def python() -> str:
    """Which Python this is."""
    return f"{platform.python_implementation()} {platform.python_version()}"


def machine() -> str:
    """Which machine this is."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
