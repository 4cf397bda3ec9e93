"""The graph panel: the probe's loss as a tree of nodes.

`folding` makes long sums one node, `outline` is the tree with what is open, `row` draws one line of it, `stage` the
marks of micro-stepping.

Imports what all panels may. To add a column: `row`.
"""
