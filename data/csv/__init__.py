"""Points in CSV files: `read` takes what people have and says in one line what is wrong with it; `write` makes one.

`rows` cuts bytes into rows, `columns` finds x, y, label and split among them.

Imports `data` and `engine`. To accept another spelling of a column: `columns`.
"""
