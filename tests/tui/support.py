"""What the tests of the app share: small networks with their graphs and numbers, and lines as plain text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any, NamedTuple, TypeVar

from hypothesis import settings

from engine.graph import Graph, Node
from engine.run.changes import Change
from engine.run.config import Config
from engine.run.probe import Probe
from engine.run.session import Session
from engine.views.batch_update import batch_update
from engine.views.micro_steps import Route, Walk
from engine.views.queries import Query
from engine.views.reader import Reader
from tui.draw.palette import Depth, Palette
from tui.draw.text import Line, width_of
from tui.panels.graph.folding import Folding
from tui.panels.graph.outline import Outline
from tui.panels.graph.row import Columns, tree_row
from tui.panels.graph.stage import finished
from tui.panels.inspector.narrate import Scene
from tui.run.spec import RunSpec, open_run

DEPTHS: tuple[Depth, ...] = ("truecolor", "256", "16", "none")
PALETTES = tuple(
    Palette(depth, dark=dark, ascii_only=ascii_only)
    for depth, dark, ascii_only in product(DEPTHS, (True, False), (False, True))
)
PALETTE = PALETTES[0]
ASCII = Palette(ascii_only=True)

DEFAULT = RunSpec()
HINGE = RunSpec(dataset="moons", config=Config(loss="hinge", activation="relu"))
SQUARED = RunSpec(dataset="moons", config=Config(loss="squared-error", activation="sigmoid", optimizer="sgd"))
DEEP = RunSpec(dataset="moons", config=Config(hidden=(12, 11), activation="linear"))
WIDE = RunSpec(dataset="moons", config=Config(hidden=(101,)))
SMALLEST = RunSpec(dataset="xor", config=Config(hidden=(), loss="squared-error"))
SCORES = RunSpec(
    dataset="blobs", classes=4, config=Config((3,), "leaky-relu", "hinge", features=("x", "x2", "xy", "siny"))
)
SPECS = {
    "default": DEFAULT,
    "hinge": HINGE,
    "squared-error": SQUARED,
    "deep": DEEP,
    "smallest": SMALLEST,
    "scores": SCORES,
}

Asked = TypeVar("Asked", bound=Query[Any])


def query_of(queries: Iterable[Query[Any]], kind: type[Asked]) -> Asked | None:
    """The query of this type among these, if there is one."""
    return next((query for query in queries if isinstance(query, kind)), None)


def repeatable(max_examples: int) -> settings:
    """Hypothesis with the same examples on every machine, however slow it is."""
    return settings(max_examples=max_examples, derandomize=True, deadline=None, database=None)


class Example(NamedTuple):
    """The graph of a run's first train example after some steps, and the numbers of its nodes."""

    graph: Graph
    data: Sequence[float]
    grad: Sequence[float]

    @property
    def folded(self) -> Folding:
        """The graph as it is shown at first."""
        return Folding(self.graph)

    @property
    def unfolded(self) -> Folding:
        """The graph with nothing folded."""
        return Folding(self.graph, frozenset(range(len(self.graph.nodes))))

    def foldings(self) -> tuple[Folding, Folding]:
        """Both."""
        return self.folded, self.unfolded


def session_of(spec: RunSpec, steps: int = 0) -> Session:
    """A session of its own after so many steps, with no compiler beside it that nobody waits for."""
    session = open_run(replace(spec, backend="python") if spec.backend == "auto" else spec).session
    for _ in range(steps):
        session.step()
    return session


@cache
def example(spec: RunSpec = DEFAULT, steps: int = 3) -> Example:
    """The probe of a run; computed once."""
    session = session_of(spec, steps)
    probe = Reader(session).probe()
    return Example(session.graph(probe.label), *probe.numbers())


def row_line(
    outline: Outline, i: int, data: Sequence[float], grad: Sequence[float],
    columns: Columns, hidden: int, palette: Palette = PALETTE,
) -> Line:  # fmt: skip
    """Row number i of the tree with these numbers."""
    node = outline.rows[i].node
    return tree_row(outline, i, finished(data[node], grad[node], palette), columns, hidden, palette)


@cache
def walk_of(spec: RunSpec, split: str = "train") -> tuple[Walk, Probe]:
    """The fourth step of a run, taken apart for the first example of a split."""
    session = session_of(spec, 3)
    session.chooser.select(split, 0)
    probe = Reader(session).probe()
    route = Route(session.graph(probe.label))
    return Walk(route, list(session.parameters), probe.point, batch_update(session)), probe


def scene_at(position: int, spec: RunSpec = DEFAULT, unit: str = "node", split: str = "train") -> Scene:
    """What is told of it after so many micro-steps."""
    walk, probe = walk_of(spec, split)
    return Scene(walk.at(position, unit), unit, probe, spec.config)


def next_update(session: Session) -> tuple[Sequence[float], list[float]]:
    """For each parameter the batch's gradient, and what the next step will add."""
    update = batch_update(session)
    gradient, after = (memoryview(numbers).cast("d") for numbers in (update.gradient, update.after))
    return gradient, [new - old for new, old in zip(after, session.parameters, strict=True)]


def chain(length: int) -> Graph:
    """tanh of tanh of … of x: a graph as deep as it is long."""
    nodes = [Node("x", "", "input")]
    nodes += [Node(f"v{place}", "tanh", "activation", (place - 1,)) for place in range(1, length)]
    nodes[-1] = replace(nodes[-1], role="loss", name="loss")
    return Graph(tuple(nodes), (), (0,))


def text(line: Line) -> str:
    """The line without its styles."""
    return "".join(part for part, _ in line)


def texts(lines: Iterable[Line]) -> list[str]:
    """The lines without their styles."""
    return [text(line) for line in lines]


def assert_exact(lines: Sequence[Line], width: int, height: int) -> None:
    """Every line is as wide as it should be, and there are so many."""
    assert len(lines) == height
    assert {width_of(line) for line in lines} <= {width}


class Walked(tuple[Change, ...]):
    """Changes that count how often somebody goes through them."""

    walks = 0

    def __iter__(self) -> Iterator[Change]:
        self.walks += 1
        return super().__iter__()
