"""What training does to one parameter: its batch gradient, the next update, the optimizer's slots, and its past.

It stands apart from `explain` because these numbers are of the batch and not of the probe.
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

from engine.views.batch_update import BatchUpdate
from engine.views.trail import Trail
from tui.draw.numbers import full, number
from tui.draw.palette import Palette
from tui.draw.sparkline import range_line, sparkline
from tui.draw.text import Line, width_of


class NextUpdate(NamedTuple):
    """The step that comes next: one number for each parameter in `gradient`, `change` (what is added) and each slot.

    The gradient is the batch's, of `examples` examples, before it is clipped by `clip_factor`; `trail` is that of one
    parameter.
    """

    step: int
    examples: int
    gradient: Sequence[float]
    change: Sequence[float]
    slots: tuple[tuple[str, Sequence[float]], ...] = ()
    trail: Trail | None = None
    clip_factor: float = 1.0

    @classmethod
    def of(cls, update: BatchUpdate, parameters: Sequence[float], slots: Sequence[str], trail: Trail | None) -> Self:
        """The update of these parameters by an optimizer with these slots."""
        gradient, after, *values = (
            memoryview(numbers).cast("d") for numbers in (update.gradient, update.after, *update.slots)
        )
        change = [new - old for new, old in zip(after, parameters, strict=True)]
        named = tuple(zip(slots, values, strict=True))
        return cls(update.step, len(update.batch), gradient, change, named, trail, update.clip_factor)


def next_update_lines(next_update: NextUpdate | None, parameter: int, width: int, palette: Palette) -> list[Line]:
    """Batch gradient, next update and slots of one parameter; empty rows of the same number until they are known."""
    if next_update is None:
        return [((f" {label}", palette.muted),) for label in ("batch grad", "next update", "slots")]
    gradient, change = next_update.gradient[parameter], next_update.change[parameter]
    slots = "  ".join(f"{name} {number(values[parameter], signed=True)}" for name, values in next_update.slots)
    whole, clipped = next_update.clip_factor == 1.0, f"clipped × {next_update.clip_factor:.3g}"
    rows: list[tuple[str, str, float | None, str]] = [
        (" batch grad  ", full(gradient), gradient, f"of {next_update.examples} examples" if whole else clipped),
        (" next update ", full(change), change, "adds to data"),
        (" slots       ", slots or "none", None, ""),
    ]
    lines: list[Line] = []
    for label, text, value, note in rows:
        style = palette.text if value is None else palette.of_sign(value)
        line: Line = ((label, palette.muted), (text, style))
        room = width - len(label) - len(full(-1 / 3)) - 3
        lines.append((*line, (f"{note:>{width - width_of(line) - 1}}", palette.muted)) if len(note) <= room else line)
    return lines


def trail_lines(next_update: NextUpdate | None, parameter: int, width: int, palette: Palette) -> list[Line]:
    """The parameter's value and batch gradient over the run, as sparklines; muted what lies after the present step."""
    trail = next_update.trail if next_update else None
    if next_update is None or trail is None or trail.parameter != parameter:
        return [(), (), (), ()]
    if len(trail.steps) < 2:
        return [((" shows its course from the first step on", palette.muted),), (), (), ()]
    lines: list[Line] = []
    for label, values in (("value over the run", trail.values), ("batch grad over it", trail.gradients)):
        curve = sparkline(trail.steps, values, trail.end, next_update.step, width - 2, palette)
        lines += [range_line(label, values, width, palette), curve]
    return lines
