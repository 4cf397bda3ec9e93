"""What can be asked of a Session where it stands: each module answers one kind of question with frozen values.

Nothing here moves a run, and nothing is computed that nobody asked for. `queries` lists the questions, and which
function answers each.

Imports `engine`, `engine.programs` and `engine.run`. To add a view: its query and the frozen value that answers it
beside the function that computes it, and a row in `queries`.
"""
