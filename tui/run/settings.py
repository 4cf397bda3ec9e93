"""The settings of a run as rows: what each is called, what it is now, what it may become, and what that takes.

It knows no widget. What may be typed and how a refusal reads comes from the command line's options;
registries and what changes live come from the engine. So a new optimizer is a choice here without a
line being written for it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import click

from data.generators import GENERATORS, MAX_NOISE
from data.splitting import USUAL_SHARES
from engine.features import FEATURES
from engine.nn import ACTIVATIONS, each_layers
from engine.optim import OPTIMIZERS
from engine.run.changes import Undo
from engine.run.config import LIVE, OF_OPTIMIZERS, OF_SCHEDULES, Config
from engine.schedules import SCHEDULES
from engine.views.queries import Timeline
from tui.run.ladders import (
    POWERS_OF_TEN,
    SHARES,
    TENTHS,
    USUAL_FEATURES,
    USUAL_SPLITS,
    Ladder,
    along,
    around,
    batch_seeds,
    batch_sizes,
    counting,
    one_two_five,
    whole,
    wider,
)
from tui.run.option_types import Named, Whole, listed
from tui.run.options import CHOOSABLE, DECOUPLED, MAX_STEPS, always, misfit, of_a_run
from tui.run.spec import RunSpec
from tui.worker.latest import OfLatest

MOST_LAYERS = 16
"""Hidden layers that can be asked for by their number."""
GROUPS = {"Training": "live", "Model": "new run", "Data": "new run"}
"""The groups of rows, and how those in it change."""
OF_CONFIG = {field.name for field in fields(Config)}
NONE_IS = {"batch_size": "all", "batch_seed": "as seed", "split": "as file"}
"""What no value is called."""
STRENGTHS = (0.0, *one_two_five(-6, 0))
TITLES = {"optimizer": {name: rule.title for name, rule in OPTIMIZERS.items()}}
"""What the values of a registry are called on the screen, where that is not their names."""
FEATURE_NAMES = {
    spelling.lower(): name
    for name, feature in FEATURES.items()
    for spelling in (name, feature.label, feature.label.replace("·", "*"))
}
"""The features by what they are called in the graph, and by what can be typed."""


class WrongError(ValueError):
    """What was asked for can't be; the text is one line that says what would be right."""


@dataclass(frozen=True, slots=True)
class Row:
    """A setting as it is shown: `text` is its value, `remark` a few words beside it, `typed` what a person would type.

    `name` is a field of `Config` or `RunSpec`, or one of a row's own: `layers`, `activation 2`. `waits`: the value is
    for a new run; `was` is then the present one, if the present run has such a setting.
    """

    name: str
    label: str
    group: str
    text: str
    typed: str
    remark: str = ""
    waits: bool = False
    was: str = ""

    @property
    def live(self) -> bool:
        """Whether a change acts at once."""
        return self.name in LIVE


LABELS = {
    "dataset": "data set",
    "init": "weight init",
    "layers": "hidden layers",
    "hidden": "units in each",
    "lr": "learning rate",
    "decay_steps": "decay steps",
    "final_lr": "final rate",
    "decay_factor": "decay factor",
    "weight_decay": "weight decay",
    "batch_size": "batch size",
    "batch_seed": "batch seed",
    "l1": "L1",
    "l2": "L2",
}

HELP = {
    "optimizer": f"{listed(list(TITLES['optimizer'].values()))}.",
    "layers": "How many hidden layers; another one is as wide as the last.",
    "features": f"What the first layer reads of a point: any of {', '.join(FEATURES)}.",
    "activation": f"For all hidden layers: {listed(list(ACTIVATIONS))}.",
    "split": "Percent of the points for train, val and test; as file: what its split column says.",
    "l2": "Strength of a penalty in the loss: the parameters' squares, summed.",
    "weight_decay": "Draws every parameter towards 0, apart from the gradient.",
    "momentum": "Share of the last move that the next one keeps; 0 is plain.",
}


@cache
def options() -> dict[str, click.Option]:
    """The command line's options."""
    return of_a_run()


def described(row: Row, spec: RunSpec) -> str:
    """One sentence on a setting."""
    name = row.name.partition(" ")[0]
    if name == "dataset":
        return "Points of a file." if spec.csv else f"{GENERATORS[spec.dataset].description.capitalize()}."
    if name in HELP:
        return HELP[name]
    return (options()[name].help or "").partition(" [default")[0].replace(" (default)", "").replace("--", "").strip()


def names(spec: RunSpec) -> Iterator[tuple[str, str]]:
    """(group, setting) for each row that has an effect in such a run, in the order of the screen."""
    config = spec.config
    rule, schedule = OPTIMIZERS[config.optimizer], SCHEDULES[config.schedule]
    of_rule = [name for name in OF_OPTIMIZERS if name in rule.settings]
    decay = ["weight_decay"] if config.optimizer in DECOUPLED else []
    yield from (("Training", name) for name in ("optimizer", "lr", *of_rule, *decay, "l2", "l1"))
    yield from (("Training", name) for name in ("schedule", *(n for n in OF_SCHEDULES if n in schedule.settings)))
    yield "Training", "batch_size"
    if config.batch_size is not None:
        yield "Training", "batch_seed"
    yield from (("Model", name) for name in ("features", "layers", "hidden", "activation"))
    if len(config.hidden) > 1:
        yield from (("Model", f"activation {layer}") for layer in range(1, len(config.hidden) + 1))
    yield from (("Model", name) for name in ("init", "loss"))
    yield from (
        ("Data", name) for name in ("dataset", *(() if spec.csv else ("points", "noise", "classes")), "split", "seed")
    )


def value_of(spec: RunSpec, name: str) -> Any:
    """The setting's value in force: a default where none was chosen."""
    config, generator = spec.config, GENERATORS[spec.dataset]
    if name.startswith("activation "):
        return each_layers(config.activation, len(config.hidden))[int(name.split()[1]) - 1]
    derived: dict[str, Any] = {
        "dataset": spec.csv or spec.dataset,
        "noise": generator.noise if spec.noise is None else spec.noise,
        "classes": spec.classes or generator.default_classes,
        "split": spec.split or (None if spec.csv else USUAL_SHARES),
        "layers": len(config.hidden),
        "l2": config.strengths[0],
    }
    if name in derived:
        return derived[name]
    if name in OF_OPTIMIZERS:
        return config.settings[name]
    return getattr(config if name in OF_CONFIG else spec, name)


def text_of(spec: RunSpec, name: str) -> str:
    """The value as a person would type it."""
    value = value_of(spec, name)
    if value is None:
        return NONE_IS[name]
    if name == "dataset" and spec.csv:
        return spec.csv.name
    if name in TITLES:
        return TITLES[name][value]
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return repr(value).removesuffix(".0").replace("e-0", "e-") if isinstance(value, float) else str(value)


def rows(now: RunSpec, draft: RunSpec, step: int, examples: int) -> list[Row]:
    """All rows of a run as it is `now`, and as a `draft` would have it; `examples` are those it trains on."""
    return [
        Row(
            name,
            label_of(name),
            group,
            shown(text_of(draft, name), name),
            text_of(draft, name),
            remark(draft, name, step, examples),
            waits(now, draft, name),
            was(now, draft, name),
        )
        for group, name in names(draft)
    ]


def label_of(name: str) -> str:
    """What a row is called."""
    if name.startswith("activation "):
        return f"  in layer {name.split()[1]}"
    return LABELS.get(name, name)


def title_of(name: str) -> str:
    """What a row is called where it stands alone."""
    return {"hidden": "units in each hidden layer"}.get(name) or label_of(name).replace("  in", "activation in")


def shown(text: str, name: str) -> str:
    """A value as it is shown: features as in the graph, numbers in six digits."""
    if name == "features":
        return " ".join(FEATURES[feature].label for feature in text.split(","))
    try:
        return f"{float(text):.6g}" if len(text) > 8 and "," not in text else text
    except ValueError:
        return text


def waits(now: RunSpec, draft: RunSpec, name: str) -> bool:
    """Whether a setting's value in the draft waits for a new run."""
    new = name not in {known for _, known in names(now)}
    return name not in LIVE and (new or text_of(now, name) != text_of(draft, name))


def was(now: RunSpec, draft: RunSpec, name: str) -> str:
    """The present value of a setting that another one waits for, else nothing."""
    there = name in {known for _, known in names(now)}
    return shown(text_of(now, name), name) if there and waits(now, draft, name) else ""


def remark(spec: RunSpec, name: str, step: int, examples: int) -> str:
    """A few words on a value."""
    config = spec.config
    if name == "lr" and config.schedule != "constant":
        return f"now {config.lr_at(step):.4g}"
    if name == "classes" and spec.dataset not in CHOOSABLE:
        return "always"
    if name == "batch_size" and config.batch_size is not None and config.batch_of(examples) is None:
        return f"all {examples}"
    if name == "batch_size":
        return f"of {examples}"
    return "train,val,test" if name == "split" else ""


# Other values


def stepped(spec: RunSpec, name: str, by: int, examples: int) -> RunSpec:
    """The run with the next value of a setting, or the one before it.

    Raises:
        WrongError: the setting has but one value here.
    """
    if name == "classes":
        refuse_classes(spec)
    value = value_of(spec, name)
    if name == "dataset":
        value = spec.dataset
        if spec.csv is not None:  # the first generated one follows a file, and the last comes before it
            return with_value(spec, name, list(GENERATORS)[0 if by > 0 else -1])
    return with_value(spec, name, ladder_of(spec, name, examples)(value, by))


def ladder_of(spec: RunSpec, name: str, examples: int) -> Ladder:
    """What the arrow keys go through."""
    generator = GENERATORS[spec.dataset]
    special: dict[str, Callable[[], Ladder]] = {
        "points": lambda: whole(one_two_five(1, 5)),
        "noise": lambda: along([0.0, *(rung for rung in one_two_five(-2, 1) if rung <= MAX_NOISE)]),
        "classes": lambda: counting(generator.min_classes, generator.max_classes),
        "split": lambda: around((None, *USUAL_SPLITS) if spec.csv else USUAL_SPLITS),
        "seed": lambda: counting(1, (1 << 63) - 1),
        "layers": lambda: counting(0, MOST_LAYERS),
        "hidden": lambda: wider,
        "features": lambda: around(USUAL_FEATURES),
        "lr": lambda: along(one_two_five(-6, 3)),
        "eps": lambda: along(POWERS_OF_TEN),
        "decay_steps": lambda: whole(one_two_five(0, len(str(MAX_STEPS)) - 1)),
        "final_lr": lambda: along((0.0, *one_two_five(-6, 0))),
        "decay_factor": lambda: along(TENTHS),
        "batch_size": lambda: batch_sizes(examples),
        "batch_seed": lambda: batch_seeds,
    }
    if name in special:
        return special[name]()
    if name in OF_OPTIMIZERS:
        return along(SHARES)
    if name in ("l1", "l2", "weight_decay"):
        return along(STRENGTHS)
    if name.startswith("activation"):
        return around(list(ACTIVATIONS))
    return around(list(options()[name].type.choices))  # type: ignore[attr-defined]  # a name of a registry


def typed(spec: RunSpec, name: str, text: str) -> RunSpec:
    """The run with a setting as a person typed it: names as the screen has them or as the command line, in any case.

    Raises:
        WrongError: it is none, in the words of the command line.
    """
    text = text.strip()
    if name == "classes":
        refuse_classes(spec)
    none = None if name == "split" and not spec.csv else NONE_IS.get(name)
    if text.lower() == none:
        return with_value(spec, name, None)
    if name == "dataset" and spec.csv and text == spec.csv.name:
        return spec
    if name == "features":
        text = ",".join(FEATURE_NAMES.get(word.lower(), word) for word in re.split(r"[,\s]+", text.strip(",")))
    titles = TITLES.get(name, {})
    text = titles.get(text.lower(), text)
    by_title = {title: known for known, title in titles.items()}
    option = name.partition(" ")[0]
    kind = Whole(0, MOST_LAYERS) if name == "layers" else Named(list(by_title)) if titles else options()[option].type
    try:
        value = kind.convert(text, None, None)
    except click.BadParameter as error:
        other = f", or {none}." if none else ""
        raise WrongError(error.message.removesuffix(".") + other if other else error.message) from None
    return with_value(spec, name, by_title[value] if titles else value)


def refuse_classes(spec: RunSpec) -> None:
    if spec.dataset not in CHOOSABLE:
        raise WrongError(f"{always(spec.dataset)}; they can be chosen for {listed(CHOOSABLE)}.")


def with_value(spec: RunSpec, name: str, value: Any) -> RunSpec:
    """The run with another value of a setting, and what has to go with it.

    Raises:
        WrongError: the network would not fit.
    """
    config = spec.config
    if name == "dataset":
        return replace(spec, csv=None, dataset=value, noise=None, classes=None)
    if name == "layers":
        more = value - len(config.hidden)
        value = config.hidden[:value] + (config.hidden[-1:] or Config().hidden) * max(0, more)
        name = "hidden"
    if name == "hidden":
        config = replace(config, hidden=value, activation=refitted(config, len(value)))
    elif name.startswith("activation "):
        each = each_layers(config.activation, len(config.hidden))
        each[int(name.split()[1]) - 1] = value
        config = replace(config, activation=joined(each))
    elif name in OF_CONFIG:
        config = replace(config, **{name: value})
    else:
        return replace(spec, **{name: value})
    return replace(spec, config=config)


def refitted(config: Config, layers: int) -> str:
    """The activations for so many hidden layers: further ones have that of the last."""
    each = config.activation.split(",")
    if len(each) == 1:
        return each[0]
    return joined((each + each[-1:] * layers)[: max(1, layers)])


def joined(each: list[str]) -> str:
    """One name where all are alike, else each of them."""
    return each[0] if len(set(each)) == 1 else ",".join(each)


def refuse_misfit(spec: RunSpec, classes: int) -> None:
    """Refuse a model that would not fit so many classes, or the number that the generated data would have.

    Raises:
        WrongError: naming what would do.
    """
    if wrong := misfit(spec.config, classes if spec.csv else value_of(spec, "classes")):
        raise WrongError(" ".join(wrong))


def live_changes(old: Config, new: Config) -> dict[str, Any]:
    """What is different in the second, of that which changes live."""
    return {name: getattr(new, name) for name in LIVE if getattr(old, name) != getattr(new, name)}


def merged(now: RunSpec, draft: RunSpec) -> RunSpec:
    """The draft with everything live as it is now."""
    return replace(draft, config=replace(draft.config, **{name: getattr(now.config, name) for name in LIVE}))


def differences(now: RunSpec, draft: RunSpec) -> list[str]:
    """The settings that wait for a new run, by what they are called."""
    parts = ("dataset", "csv", "points", "noise", "classes", "split", "seed")
    of_run = [
        name
        for name in parts
        if getattr(now, name) != getattr(draft, name)
        and (name in ("dataset", "csv") or value_of(now, name) != value_of(draft, name))
    ]
    of_model = [
        name
        for name in ("features", "hidden", "activation", "init", "loss")
        if getattr(now.config, name) != getattr(draft.config, name)
    ]
    return [label_of(name) for name in (*of_run, *of_model)]


def lost(timeline: Timeline | None, *, unwritten: bool) -> str:
    """What a person did by hand in this run and would lose with a new one; nothing if nothing.

    `unwritten`: points were edited, and are in no file.
    """
    kinds = {"edited points": unwritten, "typed-in weights": timeline is not None and typed_in(timeline)}
    return listed([kind for kind, there in kinds.items() if there] or [""], "and")


@OfLatest
def typed_in(timeline: Timeline) -> bool:
    """Whether on any branch a weight is in force that a person typed in."""
    with_values = (branch.changes for branch in timeline.branches if any(change.values for change in branch.changes))
    return any(change.values for changes in with_values for change in Undo(changes).done)
