"""The main screen: which panels there are and where, what a key does, and when what is drawn.

`screen` composes the panels and has the actions of the keys; `layout` places the panels, `parts` asks for what they
want of a snapshot and hands it to them, `refresh` says when, `status` how the run stands.

Imports every room but `cli` and `app`. To add a panel: its room in `tui.panels`, a field in `panels.Panels`, its
place in `layout`.
"""
