"""The settings panel: a run's settings as rows that can be changed.

Imports what all panels may. It shows the rows of `tui.run.settings`, so that a new setting appears by itself.
"""
