"""One room for each panel, and what all panels are: `panel.Panel` draws rows of text and refreshes what changed.

In a panel's room only `panel` and what handles keys or mouse imports Textual: the rest are functions from values to
lines of styled text. A panel is handed what it shows, says with queries what it wants, and posts intents; it never
asks another panel.

Imports `tui.worker`, `tui.run`, `data`, `engine`, and `tui.draw`, `tui.terminal` and `tui.keys`. To add a view of a
panel: its query in `engine.views`, its drawing in the panel's room, and its name in the panel's views.
"""
