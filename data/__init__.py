"""Points to learn from: generated data sets, files of points, and their split into train, val and test.

`dataset` is the frozen value that all of them make; `shapes` has the curves, `generators` the data sets made of them,
`splitting` deals points to the splits, `csv` reads and writes files.

Imports `engine`, for its random numbers and what an example is; never `tui`. To add a data set: a function in
`shapes`, and a row in `generators.GENERATORS`.
"""
