"""The terminal: the driver that writes to it and reads from it, how fast it takes frames, keys in order, signals.

All that replaces something of Textual is in `driver`. Imports nothing of `tui` but itself.
"""
