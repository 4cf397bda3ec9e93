"""Both ends of the pipe between the app and the process that trains.

`intents` has what a person can want of the run, `messages` the rest that goes through it. `process` is the worker: it
takes intents, steps the Session and publishes snapshots, of which `publisher` makes the parts. `client` starts a worker
and talks to it, `remote` is the run as the app knows it, `replica` the examples there, without their being sent.

Imports `tui.run`, `data` and `engine`; no Textual. To add an intent: its class in `intents`, with what it does.
"""
