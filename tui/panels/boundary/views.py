"""The views of the plane that the boundary panel goes through, and what is said of each in its title.

They stand apart from the panel so that it can stay with keys and state.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from engine.losses import LOSSES
from engine.nn import each_layers
from engine.run.config import Config
from engine.views.hidden_units import LayerView, UnitMap
from tui.draw.numbers import short

View = Literal["confidence", "regions", "unit", "lines", "layer"]
VIEWS: tuple[View, ...] = ("confidence", "regions", "unit", "lines", "layer")
"""In the order in which the key goes through them; those from the third on are of hidden units."""
WITH_POINTS: tuple[View, ...] = ("confidence", "regions", "unit")
"""Those with the examples in their places."""


class Shape(NamedTuple):
    """What the views have to know of a network: the widths of its hidden layers, and what is called how."""

    hidden: tuple[int, ...] = ()
    letters: str = ""
    kind: str = ""
    straight: bool = True
    """Whether the units of the first layer change sign on straight lines: they read x and y themselves."""

    @classmethod
    def of(cls, config: Config, classes: int) -> "Shape":
        """That of a run's network. A unit without an activation is only its weighted sum, z."""
        activations = each_layers(config.activation, len(config.hidden))
        letters = "".join("z" if name == "linear" else "h" for name in activations)
        loss = LOSSES[config.loss]
        kind = "score" if loss.outputs(classes) == 1 else "softmax of scores" if loss.scores else "class probability"
        return cls(config.hidden, letters, kind, config.features == ("x", "y"))

    def views(self) -> tuple[View, ...]:
        """The views that make sense."""
        views = VIEWS if self.hidden else VIEWS[:2]
        return views if self.straight else tuple(view for view in views if view != "lines")

    def units(self) -> list[tuple[int, int]]:
        """Every hidden unit as layer, from 1, and number in it."""
        return [(layer, unit) for layer, width in enumerate(self.hidden, start=1) for unit in range(width)]

    def name(self, layer: int, unit: int) -> str:
        """What the graph calls the unit's value."""
        return f"{self.layer_name(layer)}[{unit}]"

    def layer_name(self, layer: int) -> str:
        """What the graph calls the values of a hidden layer, from 1."""
        return f"{self.letters[layer - 1]}{layer}"


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
