"""The terminal: the driver that writes to it and reads from it, how fast it takes frames, keys in order, signals.

All that replaces something private of Textual is in `driver`. To add a replacement: there, with the version that it was
checked against. Imports nothing of `tui` but itself.
"""
