"""The views of the plane that the boundary panel goes through, and what is said of each in its title.

They stand apart from the panel so that it can stay with keys and state.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.losses import LOSSES
from engine.session import Config
from engine.snapshot import LayerView, UnitMap
from tui.drawing.numbers import short

View = Literal["confidence", "regions", "unit", "lines", "layer"]
VIEWS: tuple[View, ...] = ("confidence", "regions", "unit", "lines", "layer")
"""In the order in which the key goes through them; those from the third on are of hidden units."""
WITH_POINTS: tuple[View, ...] = ("confidence", "regions", "unit")
"""Those with the examples in their places."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the views have to know of a network: the widths of its hidden layers, and what is called how."""

    hidden: tuple[int, ...] = ()
    letter: str = "h"
    kind: str = ""

    @classmethod
    def of(cls, config: Config) -> "Shape":
        """That of a run's network. A unit without an activation is only its weighted sum, z."""
        letter = "z" if config.activation == "linear" else "h"
        return cls(config.hidden, letter, "score" if LOSSES[config.loss].two_classes else "class probability")

    def views(self) -> tuple[View, ...]:
        """The views that make sense."""
        return VIEWS if self.hidden else VIEWS[:2]

    def units(self) -> list[tuple[int, int]]:
        """Every hidden unit as layer, from 1, and number in it."""
        return [(layer, unit) for layer, width in enumerate(self.hidden, start=1) for unit in range(width)]

    def name(self, layer: int, unit: int) -> str:
        """What the graph calls the unit's value."""
        return f"{self.letter}{layer}[{unit}]"


def notes(view: View, shape: Shape, unit: UnitMap | None, layer: LayerView | None) -> Iterator[str]:
    """What a view shows, the fullest way of saying it first."""
    match view:
        case "confidence":
            yield shape.kind
            yield shape.kind.removeprefix("class ")
        case "regions":
            yield "class regions"
            yield "regions"
        case "unit" if unit:
            name = shape.name(unit.query.layer, unit.query.unit)
            extent = f"{short(unit.low)} … {short(unit.high)}"
            yield f"{name}: {extent}, line z{unit.query.layer}[{unit.query.unit}] = 0"
            yield f"{name}: {extent}"
            yield f"{name} {short(unit.low)}…{short(unit.high)}"
            yield name
        case "lines":
            yield f"lines z1[i] = 0 of the {shape.hidden[0]} units of layer 1"
            yield "lines z1[i] = 0"
        case "layer" if layer:
            names = " × ".join(shape.name(layer.layer, number) for number in layer.units)
            yield f"examples as the last hidden layer sees them: {names}"
            yield f"last hidden layer: {names}"
            yield names
