"""The present run and the one that a person has in mind: settings as rows, other values, what takes a new run.

It knows no widget. What may be typed and how a refusal reads is as on the command line.
"""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NamedTuple

import click

from engine.run.config import LIVE, OF_OPTIMIZERS, Config
from tui.run.option_types import Named
from tui.run.settings import SETTINGS, Setting, setting, settings_in
from tui.run.spec import RunSpec, misfit

OF_CONFIG = {field.name for field in fields(Config)}


class WrongError(ValueError):
    """What was asked for can't be; the text is one line that says what would be right."""


class SettingRow(NamedTuple):
    """A setting as it is shown: `text` is its value, `remark` a few words beside it, `editable` what one would type.

    `waits`: the value is for a new run; `was` is then the present one, if the present run has such a setting.
    """

    setting: Setting
    text: str
    editable: str
    remark: str = ""
    waits: bool = False
    was: str = ""


def rows(now: RunSpec, draft: RunSpec, step: int, examples: int) -> list[SettingRow]:
    """All rows of a run as it is `now`, and as a `draft` would have it; `examples` are those it trains on."""
    present = {row.name for row in settings_in(now)}

    def made(row: Setting) -> SettingRow:
        text, known = text_of(draft, row.name), row.name in present
        before = text_of(now, row.name) if known else None
        waits = not row.live and before != text
        was = row.shown(before) if waits and before is not None else ""
        return SettingRow(row, row.shown(text), text, row.remark(draft, step, examples), waits, was)

    return [made(row) for row in settings_in(draft)]


def value_of(spec: RunSpec, name: str) -> Any:
    """The setting's value in force: a default where none was chosen."""
    if value := setting(name).value:
        return value(spec)
    if name in OF_OPTIMIZERS:
        return spec.config.settings[name]
    return getattr(spec.config if name in OF_CONFIG else spec, name)


def text_of(spec: RunSpec, name: str) -> str:
    """The value as a person would type it."""
    value, row = value_of(spec, name), setting(name)
    if value is None:
        return row.none
    if isinstance(value, Path):
        return value.name
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    if isinstance(value, float):
        return repr(value).removesuffix(".0").replace("e-0", "e-")
    return row.titles.get(value, str(value))


def with_value(spec: RunSpec, name: str, value: Any) -> RunSpec:
    """The run with another value of a setting, and what has to go with it."""
    if put := setting(name).put:
        return put(spec, value)
    if name in OF_CONFIG:
        return replace(spec, config=replace(spec.config, **{name: value}))
    return replace(spec, **{name: value})


def stepped(spec: RunSpec, name: str, by: int, examples: int) -> RunSpec:
    """The run with the next value of a setting, or the one before it.

    Raises:
        WrongError: the setting has but one value here.
    """
    row = setting(name)
    if why := row.fixed(spec):
        raise WrongError(why)
    return with_value(spec, name, row.rungs(spec, examples)(value_of(spec, name), by))


def with_text(spec: RunSpec, name: str, text: str) -> RunSpec:
    """The run with a setting as a person typed it: names as the screen has them or as the command line, in any case.

    Raises:
        WrongError: it is none, in the words of the command line.
    """
    row, text, value = setting(name), text.strip(), value_of(spec, name)
    if why := row.fixed(spec):
        raise WrongError(why)
    if isinstance(value, Path) and text == value.name:
        return spec
    without = with_value(spec, name, None) if row.none else spec
    none = row.none if value_of(without, name) is None else ""
    if none and text.lower() == none:
        return without
    text = row.titles.get(text.lower(), row.read(text))
    by_title = {title: known for known, title in row.titles.items()}
    kind = Named(list(by_title)) if by_title else row.kind
    try:
        chosen: Any = kind.convert(text, None, None)
    except click.BadParameter as error:
        other = f", or {none}." if none else ""
        raise WrongError(error.message.removesuffix(".") + other if other else error.message) from None
    return with_value(spec, name, by_title[chosen] if by_title else chosen)


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


def needs_new_run(now: RunSpec, draft: RunSpec) -> bool:
    """Whether the draft has settings that the present run can't take over."""
    return any(not row.live and value_of(now, row.name) != value_of(draft, row.name) for row in SETTINGS)
