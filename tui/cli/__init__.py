"""The command line: one module for each subcommand, `main` with what they share.

Imports every other room, but what starts the app only when it is to start. To add a subcommand: a module here, and
its command in `main`.
"""
