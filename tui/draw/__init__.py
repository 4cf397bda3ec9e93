"""What drawing is made of, for every panel and screen: colours, numbers, text, frames. No widget, and no state.

Imports nothing of `tui` but itself. To add what two panels draw alike: a function from values to lines, here.
"""
