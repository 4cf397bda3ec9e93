"""The inspector: one node's numbers in full, where its gradient comes from, and its check by nudging.

`explain` is a node's page, `check` that of the gradient check, `narrate` that of a micro-step.

Imports what all panels may, and the graph's `folding`, since it names nodes as the graph shows them. To add a line to a
page: the function that draws the page.
"""
