"""The one table of keys: the app's bindings, the footer, the help screen and the README read it.

Keys that do the same in every panel are bound here; the arrows belong to the panel with the focus
and are listed for the help only.
"""

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    """A row: the keys as Textual names them, how they are shown, the action, and what it does.

    `footer` is the word in the footer ("" keeps it out); rows are cut from the footer's end where
    it is narrow. Without an action the row is for the help alone, and for the footer while the panel
    that it belongs to has the focus. `command` is the action's name in the command palette, where
    `help` tells of several; `local` is what the palette runs for a key that belongs to one panel.
    """

    keys: str
    shown: str
    action: str
    help: str
    footer: str = ""
    group: str = "Training"
    keep: bool = False
    command: str = ""
    local: str = ""

    @property
    def panel(self) -> str:
        """The panel that the key belongs to; empty for one that acts everywhere."""
        return "" if self.action else self.local.partition("(")[0]


QUIT_AT_ONCE = "ctrl+q,ctrl+c"

KEYS: tuple[Key, ...] = (
    Key("space", "space", "play", "play or pause", "play"),
    Key("s", "s", "step(1)", "one step", "step"),
    Key("S", "S", "step(10)", "ten steps", "×10"),
    Key(
        "greater_than_sign",
        "> <",
        "speed(1)",
        "faster, slower: 1 step a second … unlimited",
        "speed",
        command="faster",
    ),
    Key("less_than_sign", "<", "speed(-1)", "", command="slower"),
    Key("b", "b", "move(-1)", "back one step", "back", command="the step before"),
    Key("B", "B", "move(-10)", "back ten steps", command="ten back"),
    Key("g", "g", "go_to_step", "go to a step: a number, -100, first, last", "go to"),
    Key("r", "r", "reset", "back to step 0 and the same initial weights", "reset"),
    Key("M", "M", "settings", "settings: change training, model and data", "settings"),
    Key("L", "L", "learning_rate", "another learning rate from here on: a branch"),
    Key("H", "H", "branches", "branches: list them, go to another"),
    Key("w", "w", "watch", "watchpoints: stop when a condition turns true"),
    Key("D", "D", "divergence", "go to the first number that was not finite"),
    Key(
        "n",
        "n",
        "new_seed",
        "new seed: fresh data and weights, as with --seed",
        "seed",
        command="regenerate: a new seed, fresh data and weights",
    ),
    Key(
        "right_square_bracket",
        "] [",
        "probe(1)",
        "next, previous example as probe",
        "probe",
        "Graph",
        command="next example as probe",
    ),
    Key("left_square_bracket", "[", "probe(-1)", "", command="previous example as probe"),
    Key(
        "x",
        "x X",
        "wrong(1)",
        "most wrong example as probe, the next …; X: back",
        "",
        "Graph",
        command="most wrong example as probe",
    ),
    Key("X", "X", "wrong(-1)", "", command="less wrong example as probe"),
    Key("slash", "/", "find", "find a node by name", "find", "Graph"),
    Key("up,down", "↑ ↓", "", "select a node", "", "Graph"),
    Key("right,left", "→ ←", "", "open, close; → follows a reference, ← to the parent", "", "Graph"),
    Key("enter", "enter", "", "open or close; follow a reference ↩", "", "Graph"),
    Key("f", "f", "", "unfold a sum Σ into its real additions, or fold it", "", "Graph", local="graph('fold')"),
    Key("E", "E", "", "open everything; once more: close it again", "", "Graph", local="graph('open_all')"),
    Key("backspace", "backspace", "jump_back", "back to where the last jump began", "", "Graph"),
    Key("pageup,pagedown,home,end", "PgUp PgDn Home End", "", "move by a page, or to an end", "", "Graph"),
    Key(
        "v",
        "v",
        "view",
        "next view: classes, regions, unit, lines, layer",
        "view",
        "Boundary",
        command="next view of the boundary",
    ),
    Key(
        "u",
        "u U",
        "unit(1)",
        "next, previous hidden unit, over the plane",
        "",
        "Boundary",
        command="next hidden unit",
    ),
    Key("U", "U", "unit(-1)", "", command="previous hidden unit"),
    Key("up,down,left,right", "↑ ↓ ← →", "", "move the cursor; with shift, or PgUp PgDn, farther", "", "Boundary"),
    Key("home,end", "Home End", "", "cursor to the middle, to the next point", "", "Boundary"),
    Key(
        "enter",
        "enter",
        "",
        "the example nearest to the cursor as probe",
        "",
        "Boundary",
        local="boundary('probe_nearest')",
    ),
    Key(
        "p",
        "p",
        "",
        "the cursor's own place as probe; it is in no batch",
        "",
        "Boundary",
        local="boundary('probe_here')",
    ),
    Key("k", "k", "", "the probe's place with the next class as probe", "", "Boundary", local="boundary('relabel')"),
    Key("a", "a", "", "add a point at the cursor", "add", "Points", local="boundary('add')"),
    Key(
        "o,O",
        "o O",
        "",
        "next, previous class for new points",
        "",
        "Points",
        command="next class for new points",
        local="boundary('choose(1)')",
    ),
    Key(
        "A",
        "A",
        "",
        "paint: moves add points, or recolour; A or esc ends",
        "",
        "Points",
        command="paint points: moving the cursor adds them",
        local="boundary('paint')",
    ),
    Key(
        "e",
        "e",
        "",
        "take the nearest point along; e drops, esc puts back",
        "move",
        "Points",
        command="move the nearest point with the cursor",
        local="boundary('pick_up')",
    ),
    Key(
        "l",
        "l",
        "",
        "the nearest point's next class",
        "class",
        "Points",
        command="relabel: the nearest point's next class",
        local="boundary('label')",
    ),
    Key(
        "h",
        "h",
        "",
        "hold it out: from train to val, test and back",
        "split",
        "Points",
        command="the nearest point to val, test or train",
        local="boundary('hold_out')",
    ),
    Key("d,delete", "d", "", "delete the nearest point (also delete)", "delete", "Points", local="boundary('delete')"),
    Key("ctrl+u", "ctrl+u", "undo(False)", "undo an edit, of a point or a parameter", "", "Points"),
    Key(
        "ctrl+r",
        "ctrl+r",
        "undo(True)",
        "do again what was undone",
        "",
        "Points",
        command="redo: do again what was undone",
    ),
    Key(
        "W",
        "W",
        "write_points",
        "write the points to a CSV file",
        "",
        "Points",
        command="save: write the points to a CSV file",
    ),
    Key(
        "R",
        "R",
        "read_points",
        "read points from a CSV file: a new run",
        "",
        "Points",
        command="load: read points from a CSV file, a new run",
    ),
    Key(
        "m",
        "m",
        "micro_unit",
        "go into the step by node; again: neuron, layer, phase",
        "micro",
        "Micro-stepping",
        command="micro-stepping: begin, or the next unit",
    ),
    Key(
        "full_stop",
        ". ,",
        "micro(1)",
        "a micro-step forth, back; → ← in the graph too",
        "",
        "Micro-stepping",
        command="a micro-step forth",
    ),
    Key("comma", ",", "micro(-1)", "", command="a micro-step back"),
    Key(
        "escape",
        "esc",
        "leave",
        "end it, as playing does; end a check or a search",
        "",
        "Micro-stepping",
        command="end micro-stepping or the check",
    ),
    Key("left,right", "← →", "", "a step back, on", "", "Loss"),
    Key("up,down", "↑ ↓", "", "ten steps on, back", "", "Loss"),
    Key("pageup,pagedown,home,end", "PgUp PgDn Home End", "", "a hundred steps back, on; first, last", "", "Loss"),
    Key("up,down", "↑ ↓ enter", "", "in the inspector: select a name, go to it", "", "Inspector"),
    Key("c", "c", "check", "check the gradient by nudging the node, and back", "check", "Inspector"),
    Key(
        "plus",
        "+ -",
        "nudge(1)",
        "the check's nudge h larger, smaller; else the speed",
        "",
        "Inspector",
        command="larger nudge h of the check",
    ),
    Key("minus", "-", "nudge(-1)", "", command="smaller nudge h of the check"),
    Key(
        "right,left",
        "→ ←",
        "",
        "parameters (5): matrices, table, layers, classes",
        "",
        "Parameters",
        command="next view of the parameters",
        local="parameters('view(1)')",
    ),
    Key(
        "o",
        "o",
        "",
        "table: order by another column; classes: next split",
        "",
        "Parameters",
        local="parameters('order')",
    ),
    Key("up,down", "↑ ↓ enter", "", "select; enter: into the graph, or an example as probe", "", "Parameters"),
    Key("equals_sign", "=", "set_parameter", "another value for the selected weight, or a named one", "", "Parameters"),
    Key(
        "C",
        "C",
        "mistakes",
        "the confusion matrix and the misclassified examples",
        "",
        "Parameters",
        command="misclassified examples and confusion matrix",
    ),
    Key("up,down", "↑ ↓", "", "select a setting", "", "Settings"),
    Key("left,right", "← →", "", "its next value or choice; what is live acts at once", "", "Settings"),
    Key("enter", "enter", "", "type a value", "", "Settings"),
    Key(
        "a",
        "a",
        "",
        "begin the new run; esc drops what waits for it",
        "",
        "Settings",
        command="settings: begin the new run with what waits for it",
        local="in_settings('apply')",
    ),
    Key("tab", "tab", "focus_panel(1)", "next panel (shift+tab: previous)", "panel", "Screen", command="next panel"),
    Key("shift+tab", "shift+tab", "focus_panel(-1)", "", command="previous panel"),
    Key(
        "1",
        "1 … 5",
        "go_to('graph')",
        "graph, inspector, boundary, loss, parameters",
        "",
        "Screen",
        command="go to the graph",
    ),
    Key("2", "2", "go_to('inspector')", "", "", "Screen", command="go to the inspector"),
    Key("3", "3", "go_to('boundary')", "", "", "Screen", command="go to the boundary"),
    Key("4", "4", "go_to('loss')", "", "", "Screen", command="go to the loss"),
    Key("5", "5", "go_to('parameters')", "", "", "Screen", command="go to the parameters"),
    Key("z", "z", "zoom", "zoom the panel to the whole screen, and back", "zoom", "Screen"),
    Key("y", "y", "log_axis", "logarithmic loss axis, and back", "log", "Screen"),
    Key("t", "t", "next_theme", "next theme", "theme", "Screen"),
    Key("ctrl+p", "ctrl+p", "command_palette", "command palette: everything by name", "", "Screen"),
    Key("question_mark,f1", "?", "help", "this help", "help", "Screen", keep=True),
    Key("q", "q", "quit", "quit (also ctrl+q and ctrl+c)", "quit", "Screen", keep=True),
    Key(QUIT_AT_ONCE, "ctrl+q", "quit", ""),
)


PRIORITY = ("play", "focus_panel(1)", "focus_panel(-1)", "command_palette")
"""Actions that come before the panel with the focus: space and tab mean the same everywhere."""


def bindings() -> list[Binding]:
    """The rows with an action as Textual bindings, each with an id under which a user's keymap can rebind it."""
    return [
        Binding(
            key.keys,
            key.action,
            key.help,
            show=False,
            priority=key.action in PRIORITY or key.keys == QUIT_AT_ONCE,
            id=f"{key.action} {key.shown}",
        )
        for key in KEYS
        if key.action
    ]


def key_of(action: str) -> str:
    """The key of an action as it is shown."""
    return next(key.shown for key in KEYS if key.action == action)


def groups() -> dict[str, list[Key]]:
    """The rows that the help shows, by group."""
    found: dict[str, list[Key]] = {}
    for key in KEYS:
        if key.help:
            found.setdefault(key.group, []).append(key)
    return found
