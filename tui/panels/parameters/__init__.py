"""The parameters panel: all weights and biases as matrices, as a table or layer by layer, and the classes.

To add a view: its drawing in a module of its own, and a row in `panel.VIEWS`.
"""
