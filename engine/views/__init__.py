"""What can be asked of a Session where it stands: each module answers one kind of question with frozen values.

Nothing here moves a run, and nothing is computed that nobody asked for. `queries` lists the questions, the table
`VIEWS` in `reader` what answers each and on what the answer depends.

Imports `engine`, `engine.programs` and `engine.run`. To add a view: its query in `queries`, a module with the
frozen value that answers it and the function that computes it, and a row in `reader.VIEWS`.
"""
