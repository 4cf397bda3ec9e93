"""The options that describe a run, made of the settings' rows, and their way into a RunSpec.

The commands share them. A name that enters a registry of `engine` or `data` is a choice here, in the help and in the
shell's completion, without a line being written for it.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from engine.optim import OPTIMIZERS
from engine.run.config import OF_OPTIMIZERS, OWNER_OF, OWNERS, Config
from tui.run.option_types import Named, Whole, listed
from tui.run.settings import CHOOSABLE, DATA, DECOUPLED, DEFAULT, MAX_STEPS, MODEL, SETTINGS, TRAINING, Setting, always
from tui.run.spec import RunSpec

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
    """`click.option`, listed under `section`, with its default shown and a stand-in for its value of its type's."""
    usual = {"show_default": True, "metavar": getattr(settings.get("type"), "metavar", None)}
    return click.option(*names, cls=SectionOption, section=section, **(usual | settings))


def of_setting(row: Setting) -> Callable[[Decorated], Decorated]:
    """The option of a setting. Names are listed with the default among them."""
    default = getattr(DEFAULT.config if hasattr(DEFAULT.config, row.name) else DEFAULT, row.name)
    if isinstance(default, tuple):
        default = ",".join(map(str, default))
    described = row.help or "{names}."
    if isinstance(row.kind, Named):
        marked = [f"{name} (default)" if name == default else name for name in row.kind.choices]
        described = described.replace("{names}", listed(marked))
    if in_words := defaults_of(row.name) if row.name in OF_OPTIMIZERS else row.default:
        described += f"  [default: {in_words}]"
    return option(
        section_of(row), f"--{row.name.replace('_', '-')}", type=row.kind, default=default,
        show_default="(default)" not in described, metavar=row.metavar or row.kind.metavar, help=described,
    )  # fmt: skip


def section_of(row: Setting) -> str:
    """Where the help lists a setting; nothing if it is no option."""
    return row.group if row.section is None else row.section


def defaults_of(name: str) -> str:
    """The defaults of an optimizers' setting: 0 for sgd or rmsprop; 0.9 for momentum."""
    by_default: dict[float, list[str]] = {}
    for rule in OPTIMIZERS.values():
        if name in rule.settings:
            by_default.setdefault(rule.settings[name], []).append(rule.name)
    return "; ".join(f"{value:g} for {listed(rules)}" for value, rules in by_default.items())


def run_options(steps: int | None, steps_help: str) -> Callable[[Decorated], Decorated]:
    """All options that describe a run; commands differ in how many steps they take by themselves."""
    sections = (DATA, MODEL, TRAINING)
    in_order = sorted(filter(section_of, SETTINGS), key=lambda row: (sections.index(section_of(row)), row.line))
    dataset, *others = map(of_setting, in_order)
    data = option(
        DATA, "--data", type=click.Path(path_type=Path), metavar="FILE",
        help="A CSV file instead, its columns x, y, label and optionally split.",
    )  # fmt: skip
    last = option(TRAINING, "--steps", type=Whole(0, MAX_STEPS), default=steps, help=steps_help)

    def decorate(function: Decorated) -> Decorated:
        for add in (last, *reversed(others), data, dataset):
            function = add(function)
        return function

    return decorate


stop_option = option(
    TRAINING, "--stop", multiple=True, show_default=False, metavar="CONDITION",
    help="Stop when this turns true: 'loss < 0.1', 'accuracy >= 95%', 'val loss not better for 200'; any of several.",
)  # fmt: skip


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

    def chosen(names: Iterable[str]) -> dict[str, Any]:
        return {name: ctx.params[name] for name in names if name in ctx.params}

    of_config, of_run = ([field.name for field in fields(each)] for each in (Config, RunSpec))
    return RunSpec(csv=ctx.params["data"], config=Config(**chosen(of_config)), **chosen(of_run))


def refuse_contradictions(ctx: click.Context) -> None:
    """Refuse options that would have no effect beside the others."""
    typed, chosen = given(ctx), ctx.params
    of_generated = ("dataset", "points", "noise", "classes")
    if chosen["data"] is not None and (idle := [typed[name] for name in of_generated if name in typed]):
        raise click.UsageError(f"--data brings its own points: leave out {listed(idle)}.", ctx)
    if "classes" in typed and chosen["dataset"] not in CHOOSABLE:
        wanted = listed([f"--dataset {name}" for name in CHOOSABLE])
        raise click.UsageError(f"--classes goes with {wanted}; {always(chosen['dataset'])}.", ctx)
    for name, owner in OWNER_OF.items():
        able = [each for each, row in OWNERS[owner].items() if name in row.settings]
        if name in typed and chosen[owner] not in able:
            wanted = f"--{owner} {listed(able)}"
            raise click.UsageError(f"{typed[name]} goes with {wanted}; {chosen[owner]} has none.", ctx)
    if "l2" in typed and "weight_decay" in typed and chosen["optimizer"] not in DECOUPLED:
        wanted = f"--weight-decay of {chosen['optimizer']} is the strength of --l2"
        raise click.UsageError(f"{wanted}: leave out one of the two.", ctx)
    if "batch_seed" in typed and chosen["batch_size"] is None:
        raise click.UsageError("--batch-seed goes with --batch-size; without it every step has all examples.", ctx)
