"""All weights and biases of the network: as matrices, as a table, or layer by layer; and what comes of them."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType

from engine.graph import Graph
from engine.run.probe import Choice
from engine.views.layers import LayerState
from engine.views.queries import GraphQuery, LayersQuery, OutcomesQuery, ProbeQuery, Query, UpdateQuery
from tui.draw.frame import in_view, selected_row, thumb
from tui.draw.palette import Palette
from tui.draw.text import Line
from tui.keys import bindings
from tui.panels.network import Shown
from tui.panels.next_update import NextUpdate
from tui.panels.parameters import table
from tui.panels.parameters.classes import OutcomesView
from tui.panels.parameters.layers import summary_lines
from tui.panels.parameters.matrices import parameter_lines
from tui.panels.scrolling import ScrollingPanel
from tui.panels.state import RunState
from tui.worker.intents import SelectProbe

VIEWS = ("matrices", "table", "layers", "classes")
NOTES = {"table": "  o order", "classes": "  o split"}


class ParametersPanel(ScrollingPanel):
    """Three views of the parameters, and one of the classes that they give to the examples.

    In the table a parameter is selected, below the classes a misclassified example.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("parameters")]

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, "parameters")
        self._values: Sequence[float] = ()
        self._shown = Shown()
        self._next_update: NextUpdate | None = None
        self._layers: Sequence[LayerState] = ()
        self._names: list[str] = []
        self._places: list[int] = []
        self._chosen = 0
        self._order = table.ORDERS[0]
        self._selects_first = False
        self._graph: Graph | None = None
        self._probe_gradient: Sequence[float] = ()
        self._outcomes = OutcomesView()
        self._probe: Choice | None = None
        self.view = VIEWS[0]

    def use(self, class_names: Sequence[str]) -> None:
        """Another run, with classes of these names."""
        self._outcomes.use(class_names)
        self._graph = None

    def take(self, state: RunState) -> None:
        if state.network.widths != self._shown.widths:
            self._names, self._chosen = table.parameter_names(state.network.widths), 0
        self._values, self._shown, self._next_update = state.parameters, state.network, state.next_update
        self._graph, probe = state.part(GraphQuery) or self._graph, state.part(ProbeQuery)
        gradient = probe.numbers()[1] if probe else ()
        self._probe_gradient = [gradient[node] for node in self._graph.parameters] if self._graph and probe else ()
        self._layers, self._probe = state.part(LayersQuery) or (), state.snapshot.choice
        if outcomes := state.part(OutcomesQuery):
            self._outcomes.show(outcomes)
        if self._selects_first and self._order in self._columns():
            self._select_first()
        self.redraw()

    def wanted(self) -> Iterator[Query[Any]]:
        match self.view if self.display else "":
            case "table":
                yield UpdateQuery()
                if "probe" in self._titles():
                    yield from (ProbeQuery(), GraphQuery())
            case "layers":
                yield from (UpdateQuery(), LayersQuery())
            case "classes":
                yield OutcomesQuery(self._outcomes.split)

    @property
    def selected(self) -> str | None:
        """The parameter that is selected in the table."""
        shown = self.view == "table" and self._chosen < len(self._names)
        return self._names[self._chosen] if shown else None

    # What the keys do.

    def action_view(self, by: int) -> None:
        self.show_view(VIEWS[(VIEWS.index(self.view) + by) % len(VIEWS)])

    def show_view(self, view: str) -> None:
        """Show one of VIEWS."""
        self.view, self.top = view, 0
        self.redraw()
        self.post_message(self.Lacks())

    def action_order(self) -> None:
        if self.view == "classes":
            self._outcomes.next_split()
            self.post_message(self.Lacks())
            return
        if self.view != "table":
            self.show_view("table")
            return
        self._order = table.ORDERS[(table.ORDERS.index(self._order) + 1) % len(table.ORDERS)]
        self._select_first()
        if self._order not in ("name", *self._columns()):
            self._selects_first = True
            self.post_message(self.Lacks())
        self.redraw()

    def _select_first(self) -> None:
        self._sort()
        self._selects_first, self._chosen, self.top = False, self._places[0] if self._places else 0, 0

    def action_move(self, rows: int) -> None:
        if self.view == "classes":
            self._outcomes.move(rows)
            self.redraw()
            return
        if self.view != "table" or not self._places:
            super().action_scroll(rows)
            return
        here = self._places.index(self._chosen)
        self._chosen = self._places[max(0, min(here + rows, len(self._places) - 1))]
        self.redraw()

    def action_scroll(self, rows: int) -> None:
        self.action_move(rows)

    def action_choose(self) -> None:
        if self.view == "classes" and (mistake := self._outcomes.chosen()):
            self.post_message(self.Intends(SelectProbe(mistake.split, mistake.index), show="graph"))
        if self.view == "table" and self._chosen < len(self._names):
            self.post_message(self.Follows(self._names[self._chosen], focus=True))

    def on_click(self, event: events.Click) -> None:
        if self.view == "classes" and 1 <= event.y < self.size.height - 1:
            if self._outcomes.click(event.y - 1):
                self.action_choose()
            self.redraw()
            return
        row = self.top + event.y - 2
        if self.view == "table" and 2 <= event.y < self.size.height - 1 and row < len(self._places):
            again = self._places[row] == self._chosen
            self._chosen = self._places[row]
            self.redraw()
            if again:
                self.action_choose()

    # What is shown.

    def title(self) -> Line:
        palette = self.palette
        head: Line = (("Parameters", palette.strong), (f"  {len(self._values)} ", palette.muted))
        views = [(f" {name}", palette.accent if name == self.view else palette.muted) for name in VIEWS]
        return (*head, *views)

    def note(self, more: bool) -> Line:
        if not self.has_focus:
            return ()
        return ((f"{self.palette.sideways} view{NOTES.get(self.view, '')}", self.palette.muted),)

    def content(self, width: int) -> list[Line]:
        if self.view == "layers":
            return summary_lines(self._layers, self._shown.activations, width, self.palette) if self._layers else []
        return parameter_lines(self._values, self._shown, width, self.palette) if self._values else []

    def _columns(self) -> table.Columns:
        return table.columns_of(self._values, self._next_update, self._probe_gradient)

    def _titles(self) -> list[str]:
        """The columns of the table that are shown."""
        name_width = max(map(len, self._names), default=0)
        return table.titles_of(self._order, self._next_update, name_width, max(0, self.size.width - 2))

    def _sort(self) -> None:
        self._places = table.ordered(self._columns(), self._order) if self._values else []

    def _draw_classes(self, width: int, height: int) -> list[Line]:
        inside, focused = (max(0, width - 2), max(0, height - 2)), self.has_focus
        body, above, shown, count = self._outcomes.draw(*inside, self._probe, self.palette, focused=focused)
        foot = (("enter: as probe", self.palette.muted),) if focused and count else ()
        marked = thumb(self._outcomes.top, shown, count, above)
        return self.framed(self.title(), self.note(True), body, (width, height), foot=foot, marked=marked)

    def draw(self, width: int, height: int) -> list[Line]:
        if self.view == "classes":
            return self._draw_classes(width, height)
        if self.view != "table":
            return super().draw(width, height)
        palette, inside, shown = self.palette, max(0, width - 2), max(0, height - 3)
        self._sort()
        body: list[Line] = []
        if self._places:
            here = self._places.index(self._chosen)
            self.top = in_view(self.top, here, here, shown, len(self._places))
            columns, titles = self._columns(), self._titles()
            name_width = max(map(len, self._names))
            body = [table.table_heading(self._order, titles, name_width, palette)]
            for place in self._places[self.top : self.top + shown]:
                line = table.table_row(self._names[place], place, columns, titles, name_width, palette)
                is_chosen = place == self._chosen and self.has_focus
                body.append(selected_row(line, inside, palette, focused=True) if is_chosen else line)
        marked = thumb(self.top, shown, len(self._places), 1)
        return self.framed(self.title(), self.note(True), body, (width, height), marked=marked)
