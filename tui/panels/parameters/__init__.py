"""The parameters panel: all weights and biases as matrices, as a table or layer by layer, and the classes.

Imports what all panels may. To add a view: its name in `panel.VIEWS`, what it wants and draws there, its drawing in a
module of its own, and its name in the help (`tui.keys`).
"""
