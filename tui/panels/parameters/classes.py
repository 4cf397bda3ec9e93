"""The parameters panel's view of the classes: the confusion matrix, and the misclassified examples to choose from.

It stands apart from the panel so that its rows, its cursor and its split are in one place.
"""

from collections.abc import Sequence

from engine.examples import ALL
from engine.run.probe import Choice
from engine.views.outcomes import Mistake, Outcomes
from tui.draw.frame import in_view, selected_row
from tui.draw.palette import Palette
from tui.draw.text import Line
from tui.panels.parameters.draw_classes import matrix_lines, mistake_heading, mistake_row

LEAST_ROWS = 3
"""Rows of the list below which the matrix gives way."""


class OutcomesView:
    """The outcomes that were handed over last, and where the cursor is among the mistakes: at a row, not an example."""

    def __init__(self) -> None:
        self.split = ALL
        self.outcomes: Outcomes | None = None
        self.names: Sequence[str] = ()
        self.top = self._chosen = self._first = 0

    def use(self, names: Sequence[str]) -> None:
        """Another run, with classes of these names."""
        self.names, self.outcomes, self.split = names, None, ALL
        self.top = self._chosen = 0

    def show(self, outcomes: Outcomes) -> None:
        """Show these from now on."""
        self.outcomes = outcomes
        if outcomes.split not in (ALL, *outcomes.names):  # its last example is gone
            self.split = ALL

    def next_split(self) -> None:
        """All, train, val, test, and all over again."""
        order = [ALL, *(self.outcomes.names if self.outcomes else ())]
        self.split = order[(order.index(self.split) + 1) % len(order)] if self.split in order else ALL
        self.top = self._chosen = 0

    def move(self, rows: int) -> None:
        """Move the cursor in the list."""
        self._chosen = max(0, min(self._chosen + rows, self._count - 1))

    @property
    def _count(self) -> int:
        return self.outcomes.wrong if self.outcomes else 0

    def chosen(self) -> Mistake | None:
        """The example at the cursor."""
        return self.outcomes.mistake(self._chosen) if self.outcomes and self._chosen < self._count else None

    def click(self, y: int) -> bool:
        """Put the cursor on the row of the list at this line inside the frame; whether it was there already."""
        row, before = self.top + y - self._first, self._chosen
        if y >= self._first and row < self._count:
            self._chosen = row
            return row == before
        return False

    def draw(
        self, width: int, height: int, probe: Choice | None, palette: Palette, *, focused: bool
    ) -> tuple[list[Line], int, int, int]:
        """The lines inside the frame; then how many of them are above the list, and rows of it shown and in all."""
        outcomes = self.outcomes
        if outcomes is None:
            return [], 0, 0, 0
        matrix = matrix_lines(outcomes, self.names, width, palette)
        if height > len(matrix) + 2 * LEAST_ROWS:
            matrix.append(())
        head = [*matrix[: max(0, height - LEAST_ROWS - 1)], mistake_heading(outcomes, width, palette)]
        count, shown = outcomes.wrong, max(0, height - len(head))
        self._chosen = max(0, min(self._chosen, count - 1))
        self.top = in_view(self.top, self._chosen, self._chosen, shown, count)
        self._first = len(head)
        rows = []
        for row in range(self.top, min(count, self.top + shown)):
            line = mistake_row(outcomes.mistake(row), self.names, probe, width, palette)
            rows.append(selected_row(line, width, palette, focused=True) if focused and row == self._chosen else line)
        return [*head, *rows], len(head), shown, count
