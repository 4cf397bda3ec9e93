"""Settings as rows: every setting of a run has one, says what it is, and takes what the command line takes."""

import re
from dataclasses import fields, replace
from pathlib import Path

import click
import pytest

from data.generators import GENERATORS
from engine.features import FEATURES
from engine.optim import OPTIMIZERS
from engine.run.config import LIVE, Config, has
from engine.schedules import SCHEDULES
from tests.tui.support import DEEP, DEFAULT
from tui.panels.settings.lines import LABEL_WIDTH
from tui.run.draft import (
    WrongError,
    live_changes,
    merged,
    needs_new_run,
    refuse_misfit,
    rows,
    stepped,
    text_of,
    value_of,
    with_text,
    with_value,
)
from tui.run.ladders import USUAL_FEATURES
from tui.run.options import run_options
from tui.run.settings import CHOOSABLE, SETTINGS, setting, settings_in
from tui.run.spec import RunSpec, open_run

EXAMPLES = 80
FILE = RunSpec(csv=Path("/some/where/points.csv"))
ROUND = replace(DEFAULT, dataset="blobs")


def with_config(**settings: object) -> RunSpec:
    return replace(DEFAULT, config=replace(Config(), **settings))  # type: ignore[arg-type]


EVERY_KIND = [
    DEFAULT, DEEP, FILE, ROUND, with_config(batch_size=8), with_config(hidden=()),
    *(with_config(optimizer=name) for name in OPTIMIZERS),
    *(with_config(schedule=name) for name in SCHEDULES),
]  # fmt: skip


def names(spec: RunSpec) -> list[str]:
    return [row.name for row in settings_in(spec)]


def every_name() -> set[str]:
    return {name for spec in EVERY_KIND for name in names(spec)}


def test_every_setting_of_a_run_has_a_row_in_some_run_and_an_option() -> None:
    of_config = {field.name for field in fields(Config)}
    of_run = {field.name for field in fields(RunSpec)} - {"config", "csv"}
    assert (of_config | of_run) - {"backend"} <= every_name()
    options = {parameter.name: parameter for parameter in click.command()(run_options(None, "")(lambda: None)).params}
    assert of_config | of_run | {"data", "steps"} == set(options)
    assert all(options[row.name].type is row.kind for row in SETTINGS if row.name != "layers")


@pytest.mark.parametrize("spec", EVERY_KIND)
def test_what_is_live_is_what_the_engine_lets_change(spec: RunSpec) -> None:
    live = {row.setting.name for row in rows(spec, spec, 0, EXAMPLES) if row.setting.live}
    assert live <= {name for name in LIVE if has(spec.config, name)}
    assert {row.setting.group for row in rows(spec, spec, 0, EXAMPLES) if row.setting.live} == {"Training"}
    assert {row.setting.group for row in rows(spec, spec, 0, EXAMPLES) if not row.setting.live} <= {"Model", "Data"}


@pytest.mark.parametrize("spec", EVERY_KIND)
def test_every_row_has_a_label_of_its_own_a_value_and_a_sentence_without_flags(spec: RunSpec) -> None:
    shown = rows(spec, spec, 0, EXAMPLES)
    assert len({row.setting.called for row in shown}) == len(shown)
    for row in shown:
        assert row.text
        assert row.setting.sentence(spec).endswith(".")
        assert "--" not in row.setting.sentence(spec)
        assert len(f"*{row.setting.called} ") <= LABEL_WIDTH


@pytest.mark.parametrize("spec", EVERY_KIND)
def test_what_a_row_would_have_typed_is_what_it_is(spec: RunSpec) -> None:
    for name in names(spec):
        if name == "classes" and spec.dataset != "blobs":
            continue
        again = with_text(spec, name, text_of(spec, name))
        assert value_of(again, name) == value_of(spec, name), name


@pytest.mark.parametrize("spec", EVERY_KIND)
def test_the_arrows_change_every_row_and_what_they_give_could_be_typed(spec: RunSpec) -> None:
    for name in names(spec):
        if name == "classes" and spec.dataset != "blobs":
            continue
        moved = [stepped(spec, name, by, EXAMPLES) for by in (1, -1)]
        assert any(other != spec for other in moved), name
        for other in moved:
            assert with_text(other, name, text_of(other, name)) in (
                other,
                with_value(other, name, value_of(other, name)),
            )


@pytest.mark.parametrize("dataset", GENERATORS)
def test_every_data_set_is_reached_and_keeps_nothing_of_another(dataset: str) -> None:
    spec = replace(ROUND, noise=0.5, classes=8)
    for _ in GENERATORS:
        if spec.dataset == dataset:
            break
        spec = stepped(spec, "dataset", 1, EXAMPLES)
    assert spec.dataset == dataset
    assert dataset == "blobs" or (spec.noise, spec.classes) == (None, None)


def test_from_a_file_the_arrows_lead_to_the_generated_data_sets() -> None:
    assert value_of(FILE, "dataset") == FILE.csv
    assert [row.text for row in rows(FILE, FILE, 0, EXAMPLES) if row.setting.name == "dataset"] == ["points.csv"]
    assert stepped(FILE, "dataset", 1, EXAMPLES) == replace(FILE, csv=None, dataset="yin-yang")
    assert {"points", "noise", "classes"}.isdisjoint(name for name in names(FILE))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lr", "0"), ("lr", "nan"), ("lr", "x"), ("l1", "-1"), ("beta1", "1"), ("batch_size", "0"), ("batch_size", "x"),
        ("clip_norm", "0"), ("clip_norm", "x"),
        ("optimizer", "adan"), ("dataset", "moon"), ("points", "9"), ("noise", "11"), ("seed", "0"), ("hidden", "8,x"),
        ("split", "80,20"), ("split", "as file"),
        ("features", "x,x"), ("features", "z"), ("activation", "tanh,foo"), ("loss", "l2"), ("decay_factor", "2"),
    ],
)  # fmt: skip
def test_a_refusal_is_in_the_words_of_the_command_line(name: str, text: str) -> None:
    with pytest.raises(click.BadParameter) as told:
        setting(name).kind.convert(text, None, None)
    with pytest.raises(WrongError) as refused:
        with_text(DEFAULT, name, text)
    words = re.sub(", or (all|off)[.]", ".", str(refused.value))
    if name == "optimizer":  # which the screen calls by titles
        assert words.lower() == told.value.message.lower()
    else:
        assert words == told.value.message


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        *(("optimizer", spelling, rule.name) for rule in OPTIMIZERS.values() for spelling in (rule.name, rule.title)),
        *(("optimizer", spelling, "rmsprop") for spelling in ("RMSPROP", "RmsProp")),
        *(("features", feature.label, (feature.name,)) for feature in FEATURES.values()),
        ("features", "X Y x² x·y SIN(x)", ("x", "y", "x2", "xy", "sinx")),
        ("features", "x, y, x*y,", ("x", "y", "xy")),
        ("loss", "Hinge", "hinge"),
        ("activation", "ReLU,Tanh", "relu,tanh"),
        ("schedule", "COSINE", "cosine"),
        ("init", "He-Normal", "he-normal"),
        ("dataset", "Yin-Yang", "yin-yang"),
    ],
)
def test_what_is_shown_and_what_the_command_line_takes_can_be_typed_in_any_case(
    name: str, text: str, value: object
) -> None:
    assert value_of(with_text(DEFAULT, name, text), name) == value


def test_classes_are_chosen_only_where_they_can_be() -> None:
    with pytest.raises(WrongError, match="yin-yang always has 3; they can be chosen for blobs"):
        with_text(DEFAULT, "classes", "4")
    with pytest.raises(WrongError, match="yin-yang always has 3"):
        stepped(DEFAULT, "classes", 1, EXAMPLES)
    assert with_text(ROUND, "classes", "5").classes == 5
    assert stepped(ROUND, "classes", 1, EXAMPLES).classes == 4


def test_the_split_is_what_the_file_says_or_shares_of_its_rows() -> None:
    assert text_of(FILE, "split") == "as file"
    assert text_of(DEFAULT, "split") == "80,10,10"
    shares = with_text(FILE, "split", "60/20/20")
    assert shares.split == (60, 20, 20)
    assert with_text(shares, "split", "as file") == FILE
    assert needs_new_run(FILE, shares)
    assert not needs_new_run(DEFAULT, with_text(DEFAULT, "split", "80,10,10"))
    with pytest.raises(WrongError, match="such as 80,10,10, or as file"):
        with_text(FILE, "split", "half")


def test_a_model_that_does_not_fit_is_refused() -> None:
    for name, text in (("hidden", "200,200"), ("activation", "tanh,relu")):
        with pytest.raises(WrongError, match=name):
            refuse_misfit(with_text(DEFAULT, name, text), 3)
    refuse_misfit(DEEP, 2)


def test_layers_come_and_go_with_their_activations() -> None:
    spec = with_config(hidden=(8, 4), activation="tanh,relu")
    assert with_value(spec, "layers", 3).config.hidden == (8, 4, 4)
    assert with_value(spec, "layers", 3).config.activation == "tanh,relu,relu"
    assert with_value(spec, "layers", 1).config.activation == "tanh"
    assert with_value(spec, "layers", 0).config.hidden == ()
    assert with_value(with_value(spec, "layers", 0), "layers", 2).config.hidden == (8, 8)
    for count in range(17):
        refuse_misfit(with_value(spec, "layers", count), 3)


def test_each_layer_has_an_activation_of_its_own() -> None:
    spec = stepped(DEEP, "activation 2", 1, EXAMPLES)
    assert spec.config.activation == "linear,tanh"
    assert value_of(spec, "activation 2") == "tanh"
    assert stepped(spec, "activation 2", -1, EXAMPLES) == DEEP
    assert with_text(spec, "activation", "gelu").config.activation == "gelu"


def test_features_are_shown_as_the_graph_calls_them() -> None:
    assert [
        row.text
        for row in rows(DEFAULT, with_text(DEFAULT, "features", "x2,xy"), 0, 80)
        if row.setting.name == "features"
    ] == ["x² x·y"]
    spec = DEFAULT
    seen = {spec.config.features}
    for _ in USUAL_FEATURES:
        spec = stepped(spec, "features", 1, EXAMPLES)
        seen.add(spec.config.features)
    assert seen == set(USUAL_FEATURES)


def test_all_examples_and_the_runs_own_seed_have_words() -> None:
    spec = with_text(DEFAULT, "batch_size", "8")
    assert text_of(spec, "batch_seed") == "as seed"
    assert with_text(spec, "batch_size", "ALL") == DEFAULT
    assert with_text(with_text(spec, "batch_seed", "3"), "batch_seed", "as seed") == spec
    assert with_text(with_text(spec, "clip_norm", "1"), "clip_norm", "off") == spec


def test_a_schedule_shows_the_rate_of_the_step() -> None:
    spec = with_config(schedule="step", decay_steps=10, decay_factor=0.1)
    assert [row.remark for row in rows(spec, spec, 25, EXAMPLES) if row.setting.name == "lr"] == ["now 0.001"]


def test_the_l2_in_force_is_shown_where_weight_decay_is_one() -> None:
    assert value_of(with_config(optimizer="sgd", weight_decay=0.3), "l2") == 0.3
    assert value_of(with_config(optimizer="adamw", weight_decay=0.3), "l2") == 0.0
    assert "weight_decay" not in names(with_config(optimizer="sgd"))


# Now and later


def test_what_waits_for_a_new_run_shows_what_is_now() -> None:
    draft = with_text(with_text(DEFAULT, "hidden", "16"), "dataset", "moons")
    assert needs_new_run(DEFAULT, draft)
    was = {row.setting.name: row.was for row in rows(DEFAULT, draft, 0, EXAMPLES) if row.was}
    assert was == {"hidden": "8", "dataset": "yin-yang", "noise": "0", "classes": "3"}


@pytest.mark.parametrize("spec", EVERY_KIND)
def test_something_is_marked_where_and_only_where_something_waits_for_a_new_run(spec: RunSpec) -> None:
    def marked(draft: RunSpec) -> set[str]:
        return {row.setting.name for row in rows(spec, draft, 0, EXAMPLES) if row.waits}

    assert not marked(spec)
    for name in names(spec):
        if name == "classes" and spec.dataset not in CHOOSABLE:
            continue
        for by in (1, -1):
            draft = stepped(spec, name, by, EXAMPLES)
            assert bool(marked(draft)) == needs_new_run(spec, draft), name
            assert (name in marked(draft)) == (name not in LIVE and text_of(draft, name) != text_of(spec, name))


def test_what_the_present_run_does_not_have_is_marked_too() -> None:
    draft = with_text(with_text(DEFAULT, "layers", "2"), "activation 2", "relu")
    waiting = {row.setting.name: row.was for row in rows(DEFAULT, draft, 0, EXAMPLES) if row.waits}
    both = {"layers": "1", "hidden": "8", "activation": "tanh"}
    assert waiting == {**both, "activation 1": "", "activation 2": ""}
    generated = stepped(FILE, "dataset", 1, EXAMPLES)
    marked = {row.setting.name for row in rows(FILE, generated, 0, EXAMPLES) if row.waits}
    assert marked >= {"dataset", "points", "noise", "classes"}


def test_live_settings_follow_the_run_and_the_others_wait() -> None:
    draft = with_text(DEFAULT, "hidden", "16")
    now = with_text(DEFAULT, "lr", "0.3")
    both = merged(now, draft)
    assert (both.config.lr, both.config.hidden) == (0.3, (16,))
    assert live_changes(DEFAULT.config, both.config) == {"lr": 0.3}
    assert set(live_changes(DEFAULT.config, now.config)) <= set(LIVE)


@pytest.mark.parametrize("spec", [spec for spec in EVERY_KIND if not spec.csv])
def test_every_run_that_the_arrows_lead_to_can_be_opened(spec: RunSpec) -> None:
    spec = replace(spec, backend="python")
    for name in (
        "dataset",
        "points",
        "noise",
        "split",
        "seed",
        "features",
        "layers",
        "hidden",
        "activation",
        "init",
        "loss",
    ):
        for by in (1, -1):
            open_run(stepped(spec, name, by, EXAMPLES)).session.step()
