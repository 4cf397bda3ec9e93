"""The two lines of the header: what is trained, how it stands, whether it plays.

Every changing number has a fixed place, so that nothing beside it moves.
"""

from collections.abc import Iterator

from rich.cells import cell_len

from engine.frozen import Frozen
from engine.optim import OPTIMIZERS
from engine.run.records import Metrics
from tui.draw.numbers import compact, number
from tui.draw.palette import Palette
from tui.draw.text import Line, fit, merged, spread, width_of
from tui.panels.network import penalty_mark
from tui.run.spec import RunSpec

LOSS_WIDTH = 7


class Status(Frozen):
    """What the header tells. `speed` is in steps a second, None as fast as it goes; `warning` outranks the state.

    `backend` says who computes, why in a word or two, and in parentheses all of it. `batch` is how many examples a step
    learns from, None for all of them. `busy`: single steps are under way; `slow_link`: the terminal does not keep up;
    `micro`: where micro-stepping stands; `searched`: the step that a search has reached, None without one.
    """

    spec: RunSpec
    data_name: str
    classes: int
    playing: bool
    busy: bool
    speed: float | None
    rate: float
    metrics: Metrics | None
    warning: str = ""
    backend: str = ""
    batch: int | None = None
    slow_link: bool = False
    micro: str = ""
    searched: int | None = None


def model_text(status: Status) -> str:
    """The data, the network and the optimizer in a few words."""
    config = status.spec.config
    loss = "" if config.loss == "cross-entropy" else f" {config.loss}"
    return f"{status.data_name} · {network_text(status)} {config.activation}{loss} · {optimizer_text(status)}"


def optimizer_text(status: Status) -> str:
    """The optimizer with its learning rate of this step and, where there is one, the batch size: AdamW 0.1 · batch 8.

    The rate of a schedule has as many digits at each step.
    """
    config, metrics = status.spec.config, status.metrics
    rate = number(config.lr_at(metrics.step)).strip() if config.rates and metrics else f"{config.lr:g}"
    batch = "" if status.batch is None else f" · batch {status.batch}"
    return f"{OPTIMIZERS[config.optimizer].title} {rate}{batch}"


def network_text(status: Status) -> str:
    """The widths of the network's layers, inputs first: 2→8→3."""
    return "→".join(str(width) for width in status.spec.config.widths(status.classes))


def speed_text(speed: float | None) -> str:
    """The chosen speed: 10/s, or max."""
    return "max" if speed is None else f"{speed:g}/s"


def header_lines(status: Status, width: int, palette: Palette) -> list[Line]:
    """The header's lines, `width` cells each."""
    lines = [first_line(status, width, palette), second_line(status, width, palette)]
    return [merged(fit(line, width, palette.text)) for line in lines]


def first_line(status: Status, width: int, palette: Palette) -> Line:
    metrics = status.metrics
    diverged = metrics.diverged_at if metrics else None
    speed = f"{speed_text(status.speed):>6}  "
    if status.warning:
        state: Line = ((f"{status.warning}  ", palette.alert),)
    elif status.searched is not None and status.busy:
        end = metrics.end if metrics else 0
        state = (("‖ searching ", palette.negative), (f"{status.searched:>{len(str(end))}}/{end}  ", palette.text))
    elif diverged is not None:
        state = ((f"{'▶' if status.playing else '‖'} diverged at step {diverged}  ", palette.alert),)
    elif status.micro:
        state = ((f"{status.micro}  ", palette.negative),)
    elif status.busy:
        state = (("‖ stepping", palette.negative), (speed, palette.muted))
    elif status.playing:
        state = (("▶ playing ", palette.good), (speed, palette.text))
    else:
        state = (("‖ paused  ", palette.negative), (speed, palette.muted))
    step = step_text(metrics, palette)
    right = (*state, *step)
    room = width - width_of(right) - 3
    if room < 0:
        return step
    network = f"{status.data_name} · {network_text(status)}"
    texts = model_text(status), f"{network} · {optimizer_text(status)}", network, status.data_name
    shorter: list[Line] = [((text, palette.text),) for text in texts]
    branded = (("chainrule  ", palette.accent), *shorter[0])
    choices = [(*branded, (f" · seed {status.spec.seed}", palette.muted)), branded, *shorter]
    left = next((choice for choice in choices if width_of(choice) <= room), choices[-1])
    left = fit(left, min(room, width_of(left)), palette.text)
    return spread(((" ", palette.text), *left), right, width, palette.text)


def step_text(metrics: Metrics | None, palette: Palette) -> Line:
    """The present step, and after going back how far the run is known."""
    at = f"{metrics.step if metrics else 0}"
    known = f"/{metrics.end}" if metrics and metrics.end > metrics.step else ""
    return ("step ", palette.muted), (at, palette.strong), (known.ljust(7 - len(at)), palette.muted)


def second_line(status: Status, width: int, palette: Palette) -> Line:
    metrics = status.metrics
    if metrics is None:
        return ((" preparing the run …", palette.muted),)
    rate: Line = ()
    short: Line = ()
    if status.playing:
        slow: Line = (("slow link ", palette.alert),) if status.slow_link else ()
        rate, short = ((*slow, (f"{compact(status.rate):>5}{unit} ", palette.muted)) for unit in (" steps/s", "/s"))
    mark = penalty_mark(status.spec.config)
    forms = [list(second_parts(metrics, word, mark, palette)) for word in ("accuracy", "acc", "")]
    brief = status.backend.partition(" (")[0]
    room = width - len("12345 steps/s  ") - bool(brief)
    fitting = (
        form
        for backend in (status.backend, brief)  # why it is that one comes before longer headings
        for form in forms
        if sum(map(width_of, form)) + cell_len(backend) <= room
    )
    parts = next(fitting, forms[-1])
    line: Line = ()
    for part in parts:
        if width_of(line) + width_of(part) > width:
            break
        line = (*line, *part)
    bare = brief.replace(",", "")
    for speed, backend in ((rate, f"{status.backend} "), (rate, f"{brief} "), (short, f"{brief} "), ((), bare)):
        right: Line = (*speed, (backend if brief else "", palette.muted))
        if width_of(line) + width_of(right) < width:
            return spread(line, right, width, palette.text)
    return spread(line, rate, width, palette.text)


def second_parts(metrics: Metrics, accuracy: str, penalties: str, palette: Palette) -> Iterator[Line]:
    """Losses, then accuracies under this heading; without one they are in the order of the losses."""
    heading = " loss"
    for name, split in metrics.splits.items():
        loss = number(split.loss, width=LOSS_WIDTH).strip()
        label = f"{heading} {name}{penalties * (name == 'train')} "
        yield (label, palette.muted), (f"{loss:<{LOSS_WIDTH}}", palette.strong)
        heading = ""
    heading = f"  {accuracy}" if accuracy else " acc"
    for name, split in metrics.splits.items():
        label = f"{heading} {name} " if accuracy else f"{heading} "
        yield (label, palette.muted), (f"{split.accuracy:<4.0%}", palette.strong)
        heading = ""
