"""What opens over the main screen or asks a question in its last line: help, branches, watchpoints, the prompt.

Imports what panels may, and `tui.panels`. To add a screen: a `ModalScreen` here, and the action
that opens it in `tui.workbench.screen`. To add a question: a function in `questions`.
"""
