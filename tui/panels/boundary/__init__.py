"""The boundary panel: what the network makes of the plane, and the points on it, which can be edited.

`panel` has the keys, `plane` the cursor, `mouse` the mouse; `views` lists what can be drawn, each view by its own
`draw_` module. `points` and `editing` are the points and what a person does to them, `cells` where a place of the
plane is on the screen. To add a view: a row in `views` and a `draw_` module.
"""
