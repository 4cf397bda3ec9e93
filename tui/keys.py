"""The one table of keys: the bindings of the main screen, its panels and dialogs, the footer, help, palette and README.

A key is one row here and its action method on the owner: the main screen where `panel` is empty, the `app`, or a panel
or dialog, which takes its rows with `bindings(panel)`.
"""

from textual.binding import Binding

from engine.frozen import Frozen


class Key(Frozen):
    """A row: the keys as Textual names them, the action, what it does, and its word in the footer ("" keeps it out).

    `shown` is how help and footer write the key, if the row stands for a pair such as `> <`. A row without `help` is
    left out there. `name` is the action's name in the command palette where `help` tells of several; None keeps it out.
    Rows are cut from the footer's end where it is narrow, but for those to `keep`. A `first` key comes before the
    widget with the focus.
    """

    keys: str
    action: str
    help: str = ""
    footer: str = ""
    shown: str = ""
    name: str | None = ""
    keep: bool = False
    first: bool = False
    group: str = ""
    panel: str = ""

    @property
    def local(self) -> bool:
        """Whether it acts only where its panel or dialog has the focus."""
        return self.panel not in ("", "app")

    @property
    def id(self) -> str:
        """Under which a user's keymap rebinds it."""
        return f"{self.panel} {self.action}" if self.local else f"{self.action} {self.shown}"

    @property
    def command(self) -> str:
        """The action as the main screen runs it."""
        if self.local:
            return f"in_panel('{self.panel}', '{self.action}')"
        return f"app.{self.action}" if self.panel else self.action


def rows(group: str, panel: str, *keys: Key) -> tuple[Key, ...]:
    """The keys of a panel under this heading of the help."""
    return tuple(key.replaced(group=group, panel=panel, shown=key.shown or key.keys) for key in keys)


FAR = 10**12
"""More rows or steps than there are."""

# fmt: off
KEYS: tuple[Key, ...] = (
    *rows("Training", "",
        Key("space", "play", "play or pause", "play", first=True),
        Key("s", "step(1)", "one step", "step"),
        Key("S", "step(10)", "ten steps", "×10"),
        Key(">", "speed(1)", "faster, slower: 1 step a second … unlimited", "speed", "> <", "faster"),
        Key("<", "speed(-1)", name="slower"),
        Key("b", "move(-1)", "back one step", "back", name="the step before"),
        Key("B", "move(-10)", "back ten steps", name="ten back"),
        Key("g", "go_to_step", "go to a step: a number, -100, first, last", "go to"),
        Key("r", "reset", "back to step 0 and the same initial weights", "reset"),
        Key("M", "settings", "settings: change training, model and data", "settings"),
        Key("L", "learning_rate", "another learning rate from here on: a branch"),
        Key("H", "branches", "branches: list them, go to another"),
        Key("w", "watch", "watchpoints: stop when a condition turns true"),
        Key("D", "divergence", "go to the first number that was not finite"),
        Key("n", "new_seed", "new seed: fresh data and weights, as with --seed", "seed",
            name="regenerate: a new seed, fresh data and weights")),
    *rows("Graph", "",
        Key("]", "probe(1)", "next, previous example as probe", "probe", "] [", "next example as probe"),
        Key("[", "probe(-1)", name="previous example as probe"),
        Key("x", "wrong(1)", "most wrong example as probe, the next …; X: back", "", "x X",
            "most wrong example as probe"),
        Key("X", "wrong(-1)", name="less wrong example as probe"),
        Key("/", "find", "find a node by name", "find")),
    *rows("Graph", "graph",
        Key("up,k", "scroll(-1)", "select a node", "", "↑ ↓", None),
        Key("down,j", "scroll(1)"),
        Key("right,l", "open", "open, close; → follows a reference, ← to the parent", "", "→ ←", None),
        Key("left,h", "close"),
        Key("enter", "follow", "open or close; follow a reference ↩", name=None),
        Key("f", "fold", "unfold a sum Σ into its real additions, or fold it"),
        Key("E", "open_all", "open everything; once more: close it again")),
    *rows("Graph", "", Key("backspace", "jump_back", "back to where the last jump began")),
    *rows("Graph", "graph",
        Key("pageup", "page(-1)", "move by a page, or to an end", "", "PgUp PgDn Home End", None)),
    *rows("Boundary", "",
        Key("v", "view", "next view: classes, regions, unit, lines, layer", "view", name="next view of the boundary"),
        Key("u", "unit(1)", "next, previous hidden unit, over the plane", "", "u U", "next hidden unit"),
        Key("U", "unit(-1)", name="previous hidden unit")),
    *rows("Boundary", "boundary",
        Key("up", "move(0, -1)", "move the cursor; with shift, or PgUp PgDn, farther", "", "↑ ↓ ← →", None),
        Key("down", "move(0, 1)"), Key("left", "move(-1, 0)"), Key("right", "move(1, 0)"),
        Key("shift+up,pageup", "jump(0, -1)"), Key("shift+down,pagedown", "jump(0, 1)"),
        Key("shift+left", "jump(-1, 0)"), Key("shift+right", "jump(1, 0)"),
        Key("home", "middle", "cursor to the middle, to the next point", "", "Home End", None),
        Key("end", "next_point"),
        Key("enter", "probe_nearest", "the example nearest to the cursor as probe"),
        Key("p", "probe_here", "a probe at the cursor's place; it is in no batch"),
        Key("k", "relabel", "a probe at the same place with the next class")),
    *rows("Points", "boundary",
        Key("a", "add", "add a point at the cursor", "add"),
        Key("o", "choose(1)", "next, previous class for new points", "", "o O", "next class for new points"),
        Key("O", "choose(-1)"),
        Key("A", "paint", "paint: moves add points, or recolour; A or esc ends",
            name="paint points: moving the cursor adds them"),
        Key("e", "pick_up", "move the nearest point; e puts it down, esc cancels", "move",
            name="move the nearest point with the cursor"),
        Key("l", "label", "the nearest point's next class", "class", name="relabel: the nearest point's next class"),
        Key("h", "hold_out", "hold it out: to val, test, and back to train", "split",
            name="the nearest point to val, test or train"),
        Key("d,delete", "delete", "delete the nearest point (also delete)", "delete", "d")),
    *rows("Points", "",
        Key("ctrl+u", "undo(False)", "undo an edit, of a point or a parameter"),
        Key("ctrl+r", "undo(True)", "do again what was undone", name="redo: do again what was undone"),
        Key("W", "write_points", "write the points to a CSV file", name="save: write the points to a CSV file"),
        Key("R", "read_points", "read points from a CSV file: a new run",
            name="load: read points from a CSV file, a new run")),
    *rows("Micro-stepping", "",
        Key("m", "micro_unit", "go into the step by node; again: neuron, layer, phase", "micro",
            name="micro-stepping: begin, or the next unit"),
        Key(".", "micro(1)", "a micro-step forward, back; → ← in the graph too", "", ". ,", "a micro-step forward"),
        Key("comma", "micro(-1)", shown=",", name="a micro-step back"),
        Key("escape", "leave", "end it (playing does too); end a check or a search", "", "esc",
            "end micro-stepping or the check")),
    *rows("Loss", "loss",
        Key("left", "move(-1)", "a step back, on", "", "← →", None),
        Key("right", "move(1)"),
        Key("up", "move(10)", "ten steps on, back", "", "↑ ↓", None),
        Key("down", "move(-10)"),
        Key("pageup", "move(-100)", "a hundred steps back, on; first, last", "", "PgUp PgDn Home End", None),
        Key("pagedown", "move(100)"), Key("home", f"move({-FAR})"), Key("end", f"move({FAR})")),
    *rows("Inspector", "inspector",
        Key("up", "name(-1)", "in the inspector: select a name, go to it", "", "↑ ↓ enter", None),
        Key("down", "name(1)"), Key("enter", "follow")),
    *rows("Inspector", "",
        Key("c", "check", "check the gradient by nudging the node, and back", "check"),
        Key("+", "nudge(1)", "the check's nudge h larger, smaller; else the speed", "", "+ -",
            "larger nudge h of the check"),
        Key("-", "nudge(-1)", name="smaller nudge h of the check")),
    *rows("Parameters", "parameters",
        Key("right", "view(1)", "parameters (5): matrices, table, layers, classes", "", "→ ←",
            "next view of the parameters"),
        Key("left", "view(-1)"),
        Key("o", "order", "table: order by another column; classes: next split"),
        Key("up", "move(-1)", "select; enter: into the graph, or an example as probe", "", "↑ ↓ enter", None),
        Key("down", "move(1)"), Key("enter", "choose")),
    *rows("Parameters", "",
        Key("=", "set_parameter", "another value for the selected weight, or a named one"),
        Key("C", "mistakes", "the confusion matrix and the misclassified examples",
            name="misclassified examples and confusion matrix")),
    *rows("Settings", "settings",
        Key("up", "move(-1)", "select a setting", "", "↑ ↓", None),
        Key("down", "move(1)"),
        Key("left", "step(-1)", "its next value or choice; live settings act at once", "", "← →", None),
        Key("right", "step(1)"),
        Key("enter", "type", "type a value", name=None),
        Key("a", "apply", "begin a new run with the changes; esc drops them",
            name="settings: begin a new run with the changes"),
        Key("pageup", "move(-8)"), Key("pagedown", "move(8)")),
    *rows("Screen", "",
        Key("tab", "focus_panel(1)", "next panel (shift+tab: previous)", "panel", name="next panel", first=True),
        Key("shift+tab", "focus_panel(-1)", name="previous panel", first=True),
        Key("1", "go_to('graph')", "graph, inspector, boundary, loss, parameters", "", "1 … 5", "go to the graph"),
        Key("2", "go_to('inspector')", name="go to the inspector"),
        Key("3", "go_to('boundary')", name="go to the boundary"),
        Key("4", "go_to('loss')", name="go to the loss"),
        Key("5", "go_to('parameters')", name="go to the parameters"),
        Key("z", "zoom", "zoom the panel to the whole screen, and back", "zoom"),
        Key("y", "log_axis", "logarithmic loss axis, and back", "log")),
    *rows("Screen", "app",
        Key("t", "next_theme", "next theme", "theme"),
        Key("ctrl+p", "command_palette", "command palette: everything by name", name=None, first=True)),
    *rows("Screen", "", Key("?,f1", "help", "this help", "help", "?", keep=True)),
    *rows("Screen", "app",
        Key("q", "quit", "quit (also ctrl+q and ctrl+c)", "quit", keep=True),
        Key("ctrl+q,ctrl+c", "quit", shown="ctrl+q", first=True)),
    # Every panel of rows that scroll; then the dialogs, each of which says its keys itself.
    *rows("", "scrolling",
        Key("up", "scroll(-1)"), Key("down", "scroll(1)"), Key("pageup", "page(-1)"), Key("pagedown", "page(1)"),
        Key("home", f"scroll({-FAR})"), Key("end", f"scroll({FAR})")),
    *rows("", "help", Key("escape,?,q,f1,enter,space", "dismiss", first=True)),
    *rows("", "branches", Key("escape,H,q", "dismiss")),
    *rows("", "watchpoints",
        Key("escape", "close"), Key("down", "list"), Key("up", "type"), Key("delete,backspace", "remove")),
    *rows("", "prompt", Key("escape", "close(True)"), Key("down", "next(1)"), Key("up", "next(-1)")),
    *rows("", "field", Key("escape", "give_up")),
)
# fmt: on


def bindings(panel: str = "") -> list[Binding]:
    """The rows of the main screen, of the app, or of a panel or dialog, as Textual takes them."""
    return [
        Binding(key.keys, key.action, key.help, show=False, priority=key.first, id=key.id)
        for key in KEYS
        if key.panel == panel
    ]


def key_of(action: str) -> str:
    """The key of an action of the main screen as it is shown."""
    return next(key.shown for key in KEYS if key.action == action and not key.panel)


def groups() -> dict[str, list[Key]]:
    """The rows that the help shows, by group."""
    found: dict[str, list[Key]] = {}
    for key in KEYS:
        if key.help:
            found.setdefault(key.group, []).append(key)
    return found
