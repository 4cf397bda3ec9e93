"""Header and footer: how the run stands, and the keys that matter now.

Imports what all panels may. To add a word to the header: `header.Status` and its drawing.
"""
