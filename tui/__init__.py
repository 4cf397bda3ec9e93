"""The app: everything that a terminal shows, and the process that trains behind it.

From the top down: `cli` starts, `app` has driver and themes, `workbench` is the main screen, `screens` open over it,
`panels` draw, `worker` is both ends of the pipe to the training process, `run` says what a run is. Each room imports
only from those after it, and from `data` and `engine`; `keys`, `draw` and `terminal` serve all of them.
"""
