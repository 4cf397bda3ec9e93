"""The loss panel: the curves of the losses over the steps, drawn by plotext.

Imports what all panels may. To add a curve: `curve`.
"""
