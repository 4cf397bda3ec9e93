"""The boundary panel: what the network makes of the plane, and the points on it, which can be edited.

`panel` has the keys, `plane` the cursor, `mouse` the mouse; `views` lists what can be drawn, each view by its own
`draw_` module. `points` and `editing` are the points and what a person does to them, `cells` where a place of the
plane is on the screen.

Imports what all panels may. To add a view: its name in `views`, a `draw_` module, and where `panel` chooses among them.
"""
