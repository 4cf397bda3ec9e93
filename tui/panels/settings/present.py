"""What the settings start from: a plain value, without the panel that shows it."""

from dataclasses import dataclass

from tui.run.spec import RunSpec


@dataclass(frozen=True, slots=True)
class Present:
    """How things are at the step on the screen."""

    spec: RunSpec
    step: int
    examples: int
    classes: int
    settled: bool
