"""Training with its history: one `Session` is a run that can be stepped, changed, and taken back to any step.

`config` is how a run is trained, `training` the network at one step, `session` the way through the steps; `history`
has keyframes and branches, `changes` what a person changed, `records` the losses, `probe` which point's graph is shown.

Imports `engine` and `engine.programs`. To add a change that a person can make amid a run: a field of `changes.Change`
with what takes it back, and a method of `Session` that makes it.
"""
