"""The options that describe a run, and their way into a RunSpec.

`chainrule` and `chainrule train` share them. They stand apart from the commands because this is
where typed text becomes trusted values: a name that enters a registry of `engine` or `data` is a
choice here, in the help and in the shell's completion, without a line being written for it.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from data.dataset import MAX_CLASSES, MAX_POINTS, MIN_CLASSES, Dataset
from data.generators import GENERATORS, MAX_NOISE, MIN_POINTS
from engine.features import FEATURES
from engine.initialisation import INITS
from engine.losses import LOSSES
from engine.nn import ACTIVATIONS, each_layers
from engine.optim import OPTIMIZERS
from engine.programs.backend import BACKENDS
from engine.rng import MASK
from engine.run.config import OF_OPTIMIZERS, OF_SCHEDULES, Config
from engine.schedules import SCHEDULES
from tui.run.option_types import (
    MAX_PARAMETERS,
    NOT_NEGATIVE,
    USUAL_SPLIT,
    FeatureNames,
    Named,
    Names,
    Number,
    Percentages,
    Units,
    Whole,
    listed,
)
from tui.run.spec import RunSpec

MAX_STEPS = 1_000_000_000
DEFAULT = RunSpec()
OF_GENERATED_DATA = ("dataset", "points", "noise", "classes")
CHOOSABLE = [generator.name for generator in GENERATORS.values() if generator.min_classes < generator.max_classes]
DECOUPLED = [rule.name for rule in OPTIMIZERS.values() if "weight_decay" in rule.settings]

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Refusal(click.ClickException):
    """One line on stderr, exit status 2: each value is fine by itself, what they ask for together is not."""

    exit_code = 2


class SectionOption(click.Option):
    """An option with the title under which `--help` lists it."""

    def __init__(self, *args: Any, section: str, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.section = section


def option(section: str, *names: str, **settings: Any) -> Callable[[Decorated], Decorated]:
    """`click.option`, listed under `section` and with its default shown."""
    return click.option(*names, cls=SectionOption, section=section, **({"show_default": True} | settings))


def with_default(registry: Iterable[str], default: str) -> str:
    """The names of a registry, the default marked."""
    return listed([f"{known} (default)" if known == default else known for known in registry])


def name_option(section: str, name: str, registry: Sequence[str], default: str) -> Callable[[Decorated], Decorated]:
    """An option for a name of a registry, which its help lists."""
    described = f"{with_default(registry, default)}."
    return option(
        section, name, type=Named(registry), default=default, show_default=False, metavar="NAME", help=described
    )


def with_setting(name: str) -> list[str]:
    """The optimizers that have a setting."""
    return [rule.name for rule in OPTIMIZERS.values() if name in rule.settings]


def defaults_of(name: str) -> str:
    """The defaults of an optimizers' setting: [default: sgd 0.9, rmsprop 0]."""
    by_default: dict[float, list[str]] = {}
    for rule in with_setting(name):
        by_default.setdefault(OPTIMIZERS[rule].settings[name], []).append(rule)
    return f" [default: {'; '.join(f'{value:g} for {listed(rules)}' for value, rules in by_default.items())}]"


def share_option(name: str, example: str, described: str) -> Callable[[Decorated], Decorated]:
    """An option for a setting of some optimizers, from 0 up and below 1."""
    kind = Number(lambda x: 0 <= x < 1, f"a number from 0 up and below 1, such as {example}")
    return option("Training", f"--{name}", type=kind, metavar="X", help=f"{described} {defaults_of(name)}")


def run_options(steps: int | None, steps_help: str) -> Callable[[Decorated], Decorated]:
    """All options that describe a run; commands differ in how many steps they take by themselves."""
    model = DEFAULT.config
    options = (
        name_option("Data", "--dataset", list(GENERATORS), DEFAULT.dataset),
        option(
            "Data",
            "--data",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="A CSV file instead, its columns x, y, label and optionally split.",
        ),
        option(
            "Data",
            "--points",
            type=Whole(MIN_POINTS, MAX_POINTS),
            default=DEFAULT.points,
            metavar="N",
            help=f"How many points, {MIN_POINTS} to {MAX_POINTS}.",
        ),
        option(
            "Data",
            "--noise",
            type=Number(lambda x: 0 <= x <= MAX_NOISE, f"a number from 0 to {MAX_NOISE:g}"),
            metavar="SD",
            help="Standard deviation of each coordinate's jitter.  [default: the data set's]",
        ),
        option(
            "Data",
            "--classes",
            type=Whole(MIN_CLASSES, MAX_CLASSES),
            metavar="N",
            help=f"How many classes, {MIN_CLASSES} to {MAX_CLASSES}: for {listed(CHOOSABLE)}.",
        ),
        option(
            "Data",
            "--split",
            type=Percentages(),
            metavar="N,N,N",
            help="Percent of the points for train, val and test; of a file, instead of its split column.  "
            f"[default: {USUAL_SPLIT}, or the column]",
        ),
        option(
            "Data",
            "--seed",
            type=Whole(1, MASK),
            default=DEFAULT.seed,
            metavar="N",
            help="Seed of all randomness: data, split and weights.",
        ),
        option(
            "Model",
            "--hidden",
            type=Units(),
            default=",".join(map(str, model.hidden)),
            metavar="N,N,...",
            help="Units of each hidden layer, or none.",
        ),
        option(
            "Model",
            "--activation",
            type=Names(list(ACTIVATIONS)),
            default=model.activation,
            show_default=False,
            metavar="NAME,...",
            help=f"{with_default(ACTIVATIONS, model.activation)}; for all hidden layers, or one for each.",
        ),
        name_option("Model", "--init", list(INITS), model.init),
        option(
            "Model",
            "--features",
            type=FeatureNames(list(FEATURES)),
            default=",".join(model.features),
            metavar="NAME,...",
            help=f"What the first layer reads of a point: {listed(list(FEATURES), 'and')}, or some of them.",
        ),
        name_option("Training", "--loss", list(LOSSES), model.loss),
        name_option("Training", "--optimizer", list(OPTIMIZERS), model.optimizer),
        option(
            "Training",
            "--lr",
            type=Number(lambda x: 0 < x < math.inf, "a finite number above 0, such as 0.1"),
            default=model.lr,
            metavar="X",
            help="Learning rate.",
        ),
        share_option("momentum", "0.9", "Share of the last move that the next one keeps; sgd has none."),
        share_option("alpha", "0.99", "Share that a mean square keeps of itself."),
        share_option("beta1", "0.9", "Share that a mean gradient keeps of itself."),
        share_option("beta2", "0.999", "Share that a mean square keeps of itself."),
        option(
            "Training",
            "--eps",
            type=Number(lambda x: 0 < x < math.inf, "a finite number above 0, such as 1e-8"),
            metavar="X",
            help=f"Added to a root before it divides. {defaults_of('eps')}",
        ),
        name_option("Training", "--schedule", list(SCHEDULES), model.schedule),
        option(
            "Training",
            "--decay-steps",
            type=Whole(1, MAX_STEPS),
            default=model.decay_steps,
            metavar="N",
            help="Steps to the final learning rate, or between two steps down.",
        ),
        option(
            "Training",
            "--final-lr",
            type=NOT_NEGATIVE,
            default=model.final_lr,
            metavar="X",
            help="Learning rate at the end of the linear or cosine schedule.",
        ),
        option(
            "Training",
            "--decay-factor",
            type=Number(lambda x: 0 < x <= 1, "a number above 0 and at most 1, such as 0.5"),
            default=model.decay_factor,
            metavar="X",
            help="By which the step schedule multiplies the learning rate.",
        ),
        option(
            "Training",
            "--weight-decay",
            type=NOT_NEGATIVE,
            default=model.weight_decay,
            metavar="X",
            help=f"Decoupled for {listed(DECOUPLED)}; for the others the strength of --l2.",
        ),
        option(
            "Training",
            "--l1",
            type=NOT_NEGATIVE,
            default=model.l1,
            metavar="X",
            help="Strength of a penalty in the loss: the parameters' sizes, summed.",
        ),
        option(
            "Training",
            "--l2",
            type=NOT_NEGATIVE,
            metavar="X",
            help="Strength of a penalty in the loss: the parameters' squares, summed."
            f"  [default: 0 for {listed(DECOUPLED)}, --weight-decay for the others]",
        ),
        option(
            "Training",
            "--batch-size",
            type=Whole(1, MAX_POINTS),
            metavar="N",
            help="How many train examples a step learns from, 1 or more.  [default: all]",
        ),
        option(
            "Training",
            "--batch-seed",
            type=Whole(1, MASK),
            metavar="N",
            help="Seed of the batches' order.  [default: follows --seed]",
        ),
        name_option("Training", "--backend", BACKENDS, DEFAULT.backend),
        option("Training", "--steps", type=Whole(0, MAX_STEPS), default=steps, metavar="N", help=steps_help),
    )

    def decorate(function: Decorated) -> Decorated:
        for add in reversed(options):
            function = add(function)
        return function

    return decorate


stop_option = option(
    "Training",
    "--stop",
    multiple=True,
    show_default=False,
    metavar="CONDITION",
    help="Stop when this turns true: 'loss < 0.1', 'accuracy >= 95%', 'val loss not better for 200'; any of several.",
)


def of_a_run() -> dict[str, click.Option]:
    """The options that describe a run, by parameter: what each takes and how its help describes it."""
    command = click.command()(run_options(None, "")(lambda: None))
    return {str(parameter.name): parameter for parameter in command.params if isinstance(parameter, click.Option)}


def given(ctx: click.Context) -> dict[str, str]:
    """The options that the user set, here or in front of the subcommand: from parameter to flag as typed."""
    by_user = (ParameterSource.COMMANDLINE, ParameterSource.DEFAULT_MAP)
    named = {str(parameter.name): parameter.opts[0] for parameter in ctx.command.params}
    return {name: flag for name, flag in named.items() if ctx.get_parameter_source(name) in by_user}


def spec_of(ctx: click.Context) -> RunSpec:
    """The run that a command's options describe.

    Raises:
        click.UsageError: two of them contradict each other.
    """
    refuse_contradictions(ctx)
    chosen = ctx.params
    return RunSpec(
        dataset=chosen["dataset"],
        csv=chosen["data"],
        points=chosen["points"],
        noise=chosen["noise"],
        classes=chosen["classes"],
        split=chosen["split"],
        seed=chosen["seed"],
        config=Config(**{field.name: chosen[field.name] for field in fields(Config)}),
        backend=chosen["backend"],
    )


def refuse_contradictions(ctx: click.Context) -> None:
    """Refuse options that would have no effect beside the others.

    Raises:
        click.UsageError: there are some.
    """
    typed, chosen = given(ctx), ctx.params
    if chosen["data"] is not None and (idle := [typed[name] for name in OF_GENERATED_DATA if name in typed]):
        raise click.UsageError(f"--data brings its own points: leave out {listed(idle)}.", ctx)
    if "classes" in typed and chosen["dataset"] not in CHOOSABLE:
        wanted = listed([f"--dataset {name}" for name in CHOOSABLE])
        raise click.UsageError(f"--classes goes with {wanted}; {always(chosen['dataset'])}.", ctx)
    for name in OF_OPTIMIZERS:
        if name in typed and name not in OPTIMIZERS[chosen["optimizer"]].settings:
            wanted = f"--optimizer {listed(with_setting(name))}"
            raise click.UsageError(f"{typed[name]} goes with {wanted}; {chosen['optimizer']} has none.", ctx)
    for name in OF_SCHEDULES:
        if name in typed and name not in SCHEDULES[chosen["schedule"]].settings:
            able = listed([schedule.name for schedule in SCHEDULES.values() if name in schedule.settings])
            raise click.UsageError(f"{typed[name]} goes with --schedule {able}; {chosen['schedule']} has none.", ctx)
    if "l2" in typed and "weight_decay" in typed and chosen["optimizer"] not in DECOUPLED:
        raise click.UsageError(
            f"--weight-decay of {chosen['optimizer']} is the strength of --l2: leave out one of the two.", ctx
        )
    if "batch_seed" in typed and chosen["batch_size"] is None:
        raise click.UsageError("--batch-seed goes with --batch-size; without it every step has all examples.", ctx)


def always(dataset: str) -> str:
    """How many classes a data set has whose number can't be chosen."""
    return f"{dataset} always has {GENERATORS[dataset].default_classes}"


def misfit(config: Config, classes: int) -> tuple[str, str] | None:
    """The setting of a model that is too large, or whose activations don't fit its layers, and what would do."""
    try:
        each_layers(config.activation, len(config.hidden))
    except ValueError as error:
        return "activation", f"{config.activation}: {error}."
    count = config.parameter_count(classes)
    if count <= MAX_PARAMETERS:
        return None
    units = ",".join(map(str, config.hidden))
    return "hidden", (
        f"{units if len(units) <= 40 else units[:40] + '...'} makes a network of {count:,} parameters: "
        f"at most {MAX_PARAMETERS:,} are possible, as with 128,128."
    )


def refuse_misfit(config: Config, dataset: Dataset) -> None:
    """Refuse a model that does not fit.

    Raises:
        Refusal: naming what would do.
    """
    if wrong := misfit(config, len(dataset.class_names)):
        name, text = wrong
        raise Refusal(f"--{name} {text}")
