"""Every setting of a run, a row each: its option, its help, its row on the panel and in the palette are made from it.

Registries and what changes live come from the engine, so that a new optimizer is a choice here without a line being
written for it. What is done with rows is in `draft`, the options are in `options`.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from data.dataset import MAX_CLASSES, MAX_POINTS, MIN_CLASSES
from data.generators import GENERATORS, MAX_NOISE, MIN_POINTS
from data.splitting import USUAL_SHARES
from engine.features import FEATURES
from engine.losses import LOSSES
from engine.nn import ACTIVATIONS, INITS, each_layers
from engine.optim import OPTIMIZERS
from engine.programs import BACKENDS
from engine.rng import MASK
from engine.run.config import Config, has
from engine.schedules import SCHEDULES
from tui.run import ladders
from tui.run.ladders import STRENGTHS, Ladder, along, around, counting, one_two_five
from tui.run.option_types import (
    NOT_NEGATIVE,
    USUAL_SPLIT,
    FeatureNames,
    Kind,
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
MOST_LAYERS = 16
"""Hidden layers that can be asked for by their number."""
DEFAULT = RunSpec()
CHOOSABLE = [generator.name for generator in GENERATORS.values() if generator.min_classes < generator.max_classes]
"""The data sets whose number of classes can be chosen."""
DECOUPLED = [rule.name for rule in OPTIMIZERS.values() if "weight_decay" in rule.settings]
"""The optimizers that apply weight decay themselves."""
TRAINING, MODEL, DATA = "Training", "Model", "Data"
GROUPS = {TRAINING: "live", MODEL: "new run", DATA: "new run"}
"""The groups of settings, and how those in it change."""
FEATURE_NAMES = {
    spelling.lower(): name
    for name, feature in FEATURES.items()
    for spelling in (name, feature.label, feature.label.replace("·", "*"))
}
"""The features by what they are called in the graph, and by what can be typed."""


def six_digits(text: str) -> str:
    """A value as it is shown: numbers in six digits."""
    try:
        return f"{float(text):.6g}" if len(text) > 8 and "," not in text else text
    except ValueError:
        return text


@dataclass(frozen=True)
class Setting:
    """A setting: `name` is a field of `Config` or `RunSpec`, or one of a row's own: `layers`, `activation 2`.

    `kind` is what may be typed, `help` a sentence on it (else the names of the kind). `label` names its row (else
    `name`), `title` the setting where it stands alone. The arrow keys go through `ladder`, or one that depends on the
    run and the number of train examples, else through the names of the kind.

    The command line's help lists it in `section` (else its group; "" where it is no option), after those of a smaller
    `line`, with `default` in words where it is not a value. On the panel `described` replaces the help; `none` stands
    for no value, `titles` for names. `shown` turns what may be typed into what is shown, `read` back into what the kind
    takes.

    `applies` says which runs have it, beside those whose optimizer or schedule has none; `fixed` why its value is the
    only one there, if so; `value` is the one in force; `put` gives a run another; `remark` is a few words beside it at
    a step, with so many train examples.
    """

    name: str
    group: str
    kind: Kind
    help: str = ""
    label: str = ""
    ladder: Ladder | None = None
    ladder_in: Callable[[RunSpec, int], Ladder] | None = None
    title: str = ""
    section: str | None = None
    line: int = 0
    default: str = ""
    metavar: str = ""
    described: str | Callable[[RunSpec], str] = ""
    none: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    shown: Callable[[str], str] = six_digits
    read: Callable[[str], str] = str
    applies: Callable[[RunSpec], bool] = lambda _: True
    fixed: Callable[[RunSpec], str] = lambda _: ""
    value: Callable[[RunSpec], Any] | None = None
    put: Callable[[RunSpec, Any], RunSpec] | None = None
    remark: Callable[[RunSpec, int, int], str] = lambda *_: ""

    @property
    def called(self) -> str:
        """What its row is called."""
        return self.label or self.name

    @property
    def live(self) -> bool:
        """Whether a change acts at once."""
        return GROUPS[self.group] == "live"

    def sentence(self, spec: RunSpec) -> str:
        """One sentence on it, for the panel."""
        if self.described:
            return self.described if isinstance(self.described, str) else self.described(spec)
        if isinstance(self.kind, Named) and not self.help:
            return f"{listed(list(self.titles.values()) or self.kind.choices)}."
        return self.help

    def rungs(self, spec: RunSpec, examples: int) -> Ladder:
        """What the arrow keys go through."""
        if self.ladder_in:
            return self.ladder_in(spec, examples)
        return self.ladder or around(self.kind.choices)  # type: ignore[union-attr]  # else there are names


def above_0(example: str) -> Number:
    return Number(lambda x: 0 < x < math.inf, f"a finite number above 0, such as {example}")


def share(name: str, example: str, described: str, on_panel: str = "") -> Setting:
    """A setting of some optimizers, from 0 up and below 1."""
    kind = Number(lambda x: 0 <= x < 1, f"a number from 0 up and below 1, such as {example}")
    return Setting(name, TRAINING, kind, described, ladder=along(ladders.SHARES), described=on_panel)


def always(dataset: str) -> str:
    """How many classes a data set has whose number can't be chosen."""
    return f"{dataset} always has {GENERATORS[dataset].default_classes}"


def with_layers(spec: RunSpec, count: int) -> RunSpec:
    """The run with so many hidden layers: another one is as wide as the last."""
    hidden = spec.config.hidden
    return with_hidden(spec, hidden[:count] + (hidden[-1:] or Config().hidden) * max(0, count - len(hidden)))


def with_hidden(spec: RunSpec, hidden: tuple[int, ...]) -> RunSpec:
    """The run with these hidden layers: further ones have the activation of the last."""
    each = spec.config.activation.split(",")
    activation = each[0] if len(each) == 1 else joined((each + each[-1:] * len(hidden))[: max(1, len(hidden))])
    return replace(spec, config=replace(spec.config, hidden=hidden, activation=activation))


def joined(each: list[str]) -> str:
    """One name where all are alike, else each of them."""
    return each[0] if len(set(each)) == 1 else ",".join(each)


def in_layer(layer: int) -> Setting:
    """The activation of one of several hidden layers, counted from 1."""

    def each(spec: RunSpec) -> list[str]:
        return each_layers(spec.config.activation, len(spec.config.hidden))

    def put(spec: RunSpec, value: str) -> RunSpec:
        others = each(spec)
        activation = joined([*others[: layer - 1], value, *others[layer:]])
        return replace(spec, config=replace(spec.config, activation=activation))

    return replace(
        BY_NAME["activation"], name=f"activation {layer}", label=f"  in layer {layer}",
        title=f"activation in layer {layer}", value=lambda spec: each(spec)[layer - 1], put=put,
    )  # fmt: skip


SETTINGS = (
    Setting(
        "optimizer", TRAINING, Named(list(OPTIMIZERS)), titles={name: rule.title for name, rule in OPTIMIZERS.items()}
    ),
    Setting(
        "lr", TRAINING, above_0("0.1"), "Learning rate.", "learning rate", along(one_two_five(-6, 3)),
        remark=lambda run, step, _: f"now {run.config.lr_at(step):.4g}" if run.config.rates else "",
    ),
    share(
        "momentum", "0.9", "Share of the last move that the next one keeps; sgd has none.",
        on_panel="Share of the last move that the next one keeps; 0 is plain.",
    ),
    share("alpha", "0.99", "Share that a mean square keeps of itself."),
    share("beta1", "0.9", "Share that a mean gradient keeps of itself."),
    share("beta2", "0.999", "Share that a mean square keeps of itself."),
    Setting("eps", TRAINING, above_0("1e-8"), "Added to a root before it divides.", "", along(ladders.POWERS_OF_TEN)),
    Setting(
        "weight_decay", TRAINING, NOT_NEGATIVE,
        f"Decoupled for {listed(DECOUPLED)}; for the others the strength of --l2.", "weight decay", along(STRENGTHS),
        line=1, described="Draws every parameter towards 0, apart from the gradient.",
        applies=lambda run: run.config.optimizer in DECOUPLED,
    ),
    Setting(
        "l2", TRAINING, NOT_NEGATIVE, "Strength of a penalty in the loss: the parameters' squares, summed.", "L2",
        along(STRENGTHS), line=2, default=f"0 for {listed(DECOUPLED)}, --weight-decay for the others",
        value=lambda run: run.config.strengths[0],
    ),
    Setting(
        "l1", TRAINING, NOT_NEGATIVE, "Strength of a penalty in the loss: the parameters' sizes, summed.", "L1",
        along(STRENGTHS), line=1,
    ),
    Setting(
        "clip_norm", TRAINING, above_0("1"), "Largest norm of the batch gradient; a longer one is scaled down to it.",
        "clip norm", ladders.or_none(one_two_five(-3, 3)), line=2, default="off", none="off",
    ),
    Setting("schedule", TRAINING, Named(list(SCHEDULES))),
    Setting(
        "decay_steps", TRAINING, Whole(1, MAX_STEPS), "Steps to the final learning rate, or between two steps down.",
        "decay steps", ladders.whole(one_two_five(0, len(str(MAX_STEPS)) - 1)),
    ),
    Setting(
        "final_lr", TRAINING, NOT_NEGATIVE, "Learning rate at the end of the linear or cosine schedule.", "final rate",
        along((0.0, *one_two_five(-6, 0))),
    ),
    Setting(
        "decay_factor", TRAINING, Number(lambda x: 0 < x <= 1, "a number above 0 and at most 1, such as 0.5"),
        "By which the step schedule multiplies the learning rate.", "decay factor", along(ladders.TENTHS),
    ),
    Setting(
        "batch_size", TRAINING, Whole(1, MAX_POINTS), "How many train examples a step learns from, 1 or more.",
        "batch size", line=3, default="all", none="all", ladder_in=lambda _, examples: ladders.batch_sizes(examples),
        remark=lambda run, _, examples: (
            f"{'of' if run.config.batch_size is None or run.config.batch_of(examples) else 'all'} {examples}"
        ),
    ),
    Setting(
        "batch_seed", TRAINING, Whole(1, MASK), "Seed of the batches' order.", "batch seed", ladders.batch_seeds,
        line=3, default="follows --seed", none="as seed", applies=lambda run: run.config.batch_size is not None,
    ),
    Setting("backend", TRAINING, Named(BACKENDS), line=4, applies=lambda _: False),
    Setting(
        "features", MODEL, FeatureNames(list(FEATURES)),
        f"What the first layer reads of a point: {listed(list(FEATURES), 'and')}, or some of them.",
        ladder=around(ladders.USUAL_FEATURES), line=1,
        described=f"What the first layer reads of a point: any of {', '.join(FEATURES)}.",
        shown=lambda text: " ".join(FEATURES[name].label for name in text.split(",")),
        read=lambda text: ",".join(FEATURE_NAMES.get(w.lower(), w) for w in re.split(r"[,\s]+", text.strip(","))),
    ),
    Setting(
        "layers", MODEL, Whole(0, MOST_LAYERS), "How many hidden layers; another one is as wide as the last.",
        "hidden layers", counting(0, MOST_LAYERS), section="",
        value=lambda run: len(run.config.hidden), put=with_layers,
    ),
    Setting(
        "hidden", MODEL, Units(), "Units of each hidden layer, or none.", "units in each", ladders.wider,
        title="units in each hidden layer", put=with_hidden,
    ),
    Setting(
        "activation", MODEL, Names(list(ACTIVATIONS)), "{names}; for all hidden layers, or one for each.",
        ladder=around(list(ACTIVATIONS)), described=f"{listed(list(ACTIVATIONS))}.",
    ),
    Setting("init", MODEL, Named(list(INITS)), label="weight init"),
    Setting("loss", MODEL, Named(list(LOSSES)), section=TRAINING, line=-1),
    Setting(
        "dataset", DATA, Named(list(GENERATORS)), label="data set",
        described=lambda run: (
            "Points of a file." if run.csv else f"{GENERATORS[run.dataset].description.capitalize()}."
        ),
        value=lambda run: run.csv or run.dataset,
        put=lambda run, name: replace(run, csv=None, dataset=name, noise=None, classes=None),
    ),
    Setting(
        "points", DATA, Whole(MIN_POINTS, MAX_POINTS), f"How many points, {MIN_POINTS} to {MAX_POINTS}.",
        ladder=ladders.whole(one_two_five(1, 5)), applies=lambda run: run.csv is None,
    ),
    Setting(
        "noise", DATA, Number(lambda x: 0 <= x <= MAX_NOISE, f"a number from 0 to {MAX_NOISE:g}"),
        "Standard deviation of each coordinate's jitter.", default="the data set's", metavar="SD",
        ladder=along([0.0, *(rung for rung in one_two_five(-2, 1) if rung <= MAX_NOISE)]),
        applies=lambda run: run.csv is None,
        value=lambda run: GENERATORS[run.dataset].noise if run.noise is None else run.noise,
    ),
    Setting(
        "classes", DATA, Whole(MIN_CLASSES, MAX_CLASSES),
        f"How many classes, {MIN_CLASSES} to {MAX_CLASSES}: for {listed(CHOOSABLE)}.",
        ladder_in=lambda run, _: counting(GENERATORS[run.dataset].min_classes, GENERATORS[run.dataset].max_classes),
        applies=lambda run: run.csv is None,
        fixed=lambda run: (
            "" if run.dataset in CHOOSABLE else f"{always(run.dataset)}; they can be chosen for {listed(CHOOSABLE)}."
        ),
        value=lambda run: run.classes or GENERATORS[run.dataset].default_classes,
        remark=lambda run, *_: "" if run.dataset in CHOOSABLE else "always",
    ),
    Setting(
        "split", DATA, Percentages(),
        "Percent of the points for train, val and test; of a file, instead of its split column.",
        default=f"{USUAL_SPLIT}, or the column", none="as file",
        described="Percent of the points for train, val and test; as file: what its split column says.",
        ladder_in=lambda run, _: around((None, *ladders.USUAL_SPLITS) if run.csv else ladders.USUAL_SPLITS),
        value=lambda run: run.split or (None if run.csv else USUAL_SHARES),
        remark=lambda *_: "train,val,test",
    ),
    Setting(
        "seed", DATA, Whole(1, MASK), "Seed of all randomness: data, split and weights.",
        ladder=counting(1, (1 << 63) - 1),
    ),
)  # fmt: skip
"""In the order of the panel."""
BY_NAME = {row.name: row for row in SETTINGS}


@cache
def setting(name: str) -> Setting:
    """The setting of this name."""
    known, _, layer = name.partition(" ")
    return in_layer(int(layer)) if layer else BY_NAME[known]


def settings_in(spec: RunSpec) -> list[Setting]:
    """The settings that have an effect in such a run, in the order of the panel."""
    found: list[Setting] = []
    for row in SETTINGS:
        if has(spec.config, row.name) and row.applies(spec):
            found.append(row)
        if row.name == "activation" and (layers := len(spec.config.hidden)) > 1:
            found += [setting(f"activation {layer}") for layer in range(1, layers + 1)]
    return found
