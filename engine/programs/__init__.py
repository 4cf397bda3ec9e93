"""A traced graph as fast code: the same floating-point operations as `Value`, in Python and in C.

`statements` writes the graph as straight-line statements, `python` and `c_source` make programs of them, `c_library`
compiles the C, `executor` runs a program over all examples, and `backend` decides who computes a run and says why.
`value` is the slowest of them, `Value` itself, for comparison. `c/` has the C that does not depend on the graph.

Imports the modules of `engine` itself, nothing of the other rooms. To add a backend: a class with the methods of
`executor.PythonExecutor`, and its name below. A new operation needs nothing here.
"""

BACKENDS = ("auto", "value", "python", "c")
"""Who may compute; the command line offers what stands here."""
