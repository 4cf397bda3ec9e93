"""One row of the computation graph: guides, name, operation, data, gradient, and the gradient's size as a bar.

Names are never cut: where the tree is deeper than the panel is wide, all rows move left by the same number of levels.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from engine.examples import FREE
from engine.graph import PARAMETER_ROLES
from engine.run.probe import Probe
from tui.draw.numbers import WIDTH, pair
from tui.draw.palette import Palette
from tui.draw.text import Line, merged
from tui.panels.graph.outline import Outline, TreeRow
from tui.panels.graph.stage import Stage

BAR_CELLS = 4
"""Cells of the gradient's bar on each side of its middle."""
BAR_WIDTH = 2 * BAR_CELLS + 1
OP_WIDTH = 6
NARROW_OP_WIDTH = 4
WIDE_INDENT_FROM = 84
BAR_FROM = 56


class Columns(NamedTuple):
    """How many cells each column takes in a tree of a given width; `bar` is 0 where there is no room."""

    name: int
    op: int
    bar: int
    indent: int

    @classmethod
    def of(cls, width: int) -> "Columns":
        """The columns of a tree that is `width` cells wide."""
        bar = BAR_WIDTH + 2 if width >= BAR_FROM else 0
        op = OP_WIDTH if width >= BAR_FROM else NARROW_OP_WIDTH
        return cls(max(0, width - op - 2 * (WIDTH + 1) - bar - 2), op, bar, 2 if width >= WIDE_INDENT_FROM else 1)


def heading(columns: Columns, palette: Palette, grad: str = "grad") -> Line:
    """The names of the columns; `grad` says whose gradient it is."""
    return ((f" {'':{columns.name}} {'op':{columns.op}} {'data':>{WIDTH}} {grad:>{WIDTH}}", palette.muted),)


def levels_hidden(rows: Sequence[TreeRow], outline: Outline, columns: Columns) -> int:
    """How many levels of the tree to leave out at the left so that every name among `rows` fits."""
    hidden = 0
    for row in rows:
        name, op = labels(outline, row, columns)
        room = columns.name - 2 - cell_len(name) - max(0, cell_len(op) - columns.op)
        hidden = max(hidden, row.depth - max(0, room) // columns.indent)
    return hidden


def labels(outline: Outline, row: TreeRow, columns: Columns) -> tuple[str, str]:
    """The row's name, and what its operation column says."""
    node = outline.folding.graph.nodes[row.node]
    if node.role in PARAMETER_ROLES and columns.op >= OP_WIDTH:
        return node.name, node.role
    return node.name, outline.folding.entry(row.node).op


def tree_row(
    outline: Outline, number_of_row: int, stage: Stage, columns: Columns, hidden: int, palette: Palette
) -> Line:
    """The row with its node at this stage, `hidden` levels of guides left out."""
    row = outline.rows[number_of_row]
    node = outline.folding.graph.nodes[row.node]
    guide = guides(outline, row, columns.indent, hidden)
    mark = "↩ " if row.reference else "  " if row.is_open is None else "▾ " if row.is_open else "▸ "
    name_style = palette.parameter if node.role in PARAMETER_ROLES else palette.text
    if stage.is_pending or row.reference:
        name_style = palette.muted
    name, op = labels(outline, row, columns)
    # A long name or a long operation takes from the other's room rather than from the numbers'.
    room = columns.name + 1 + columns.op - cell_len(guide) - len(mark) - cell_len(name)
    gap = max(1, min(room - columns.op, room - cell_len(op)))
    spans = [
        stage.mark,
        (guide, palette.frame),
        (mark, palette.accent if row.is_open is False or row.reference else palette.muted),
        (name, name_style),
        (" " * gap, palette.text),
        (f"{op:{max(0, room - gap)}}", palette.muted),
        (f" {stage.data[0]}", stage.data[1]),
        (f" {stage.grad[0]}", stage.grad[1]),
    ]
    if columns.bar:
        left, middle, right = bar(stage.slope).partition("│")
        of_sign = palette.of_sign(stage.slope)
        spans += [(f" {left}", of_sign), (middle, palette.frame), (right, of_sign)]
    return merged(spans)


def guides(outline: Outline, row: TreeRow, indent: int, hidden: int) -> str:
    """The lines that join the row to its parents, as far as they are shown."""
    shown = row.depth - hidden
    if row.depth == 0:
        return ""
    if shown <= 0:
        return "‹" if hidden else ""
    parts = ["└" if row.last else "├"]
    while len(parts) < shown:
        row = outline.rows[row.parent]
        parts.append(" " if row.last else "│")
    return "".join(part.ljust(indent) for part in reversed(parts))


def bar(slope: float) -> str:
    """The gradient's size on a logarithmic scale, 1e-4 to 1: to the right of the middle if positive."""
    if math.isnan(slope):
        return " " * BAR_WIDTH
    size = abs(slope)
    halves = 0 if size < 1e-4 else min(2 * BAR_CELLS, 1 + int((2 * BAR_CELLS - 1) * min(1.0, 1 + math.log10(size) / 4)))
    full, half = divmod(halves, 2)
    if slope > 0.0:
        return f"{' ' * BAR_CELLS}│{'━' * full + '╸' * half:{BAR_CELLS}}"
    return f"{'╺' * half + '━' * full:>{BAR_CELLS}}│{' ' * BAR_CELLS}"


def title_line(probe: Probe | None, palette: Palette) -> Line:
    """What stands over the tree: whose loss it is."""
    head: Line = (("Graph", palette.strong),)
    if probe is None:
        return head
    free = probe.split == FREE
    found = f"loss #{probe.rank}" if probe.rank else "probe"
    return (
        *head,
        (f"  {found} {FREE if free else f'{probe.split} {probe.index}'} ", palette.muted),
        (f"({', '.join(pair(*probe.point))}) ", palette.text),
        ("as " if free else "", palette.muted),
        (palette.glyph(probe.label, held_out=probe.split != "train"), palette.of_class(probe.label)),
    )
