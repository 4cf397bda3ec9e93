"""Both ends of the pipe between the app and the process that trains.

`messages` has all that goes through it: intents from the app, reports to it. `process` is the worker: it takes
intents, steps the Session and publishes snapshots, of which `publisher` makes the parts. `client` starts a worker and
talks to it, `remote` is the run as the app knows it, `replica` the examples there, without their being sent.

Imports `tui.run`, `data` and `engine`; no Textual. To add an intent: its class in `messages`, with what it does.
"""
