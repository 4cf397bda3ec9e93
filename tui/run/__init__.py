"""What a run is: `spec` is the frozen value that describes one, and opens it.

`settings` has a row for each setting, of which `options` makes the command line's options, and the settings panel its
rows.

Imports `data` and `engine`, and click for the options. To add a setting: a field of `engine.run.config.Config` and a
row in `settings`.
"""
