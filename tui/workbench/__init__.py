"""The main screen: which panels there are and where, what a key does, and when what is drawn.

`screen` composes the panels and has the actions of the keys; `layout` places the panels, `parts` asks for what they
want of a snapshot and hands it to them, `schedule` leaves out what is not due, `refresh` says when, `status` how the
run stands; `files` reads and writes points, `micro_stepping` is the position inside a step.

Imports every room but `cli` and `app`. To add a panel: its room in `tui.panels`, a field in `panels.Panels` and
where `screen` takes them apart, its place in `layout`, a key that goes to it.
"""
