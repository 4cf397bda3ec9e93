"""Which motor runs: Value, the Python program, or the compiled one, and why.

With `auto` a run starts on the Python program at once, while the compiler works beside it; the
compiled one takes over between two stretches of training. As both give the same digits, nobody
can tell from the numbers when that was. Whether and how a network is compiled depends on the size
of its graph alone.
"""

import atexit
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..batches import Batches
from ..graph import Traced
from ..losses import Loss
from ..nn import MLP
from ..value import topological_order
from .c_library import UnavailableError, stop
from .c_program import NativeProgram
from .executor import Compiled, Interpreted, Motor, Splits
from .python import PythonProgram
from .value import ValueProgram

BACKENDS = ("auto", "value", "python", "c")
"""Who may compute; the command line offers what stands here."""

TITLES = {"value": "Value", "python": "Python", "c": "C"}

LEVELS = ((8_000, "-O2"), (20_000, "-O1"), (30_000, "-O0"))
"""Up to so many nodes, each class's loss counted by itself, a graph is compiled so.

gcc 12 on a 2.6 GHz Xeon core takes about 1 s at the first limit and less than 2 s at the others.
"""


@dataclass(frozen=True, slots=True)
class Network:
    """All that a motor is made from: nothing that may change amid a run."""

    traced: Traced
    make_model: Callable[[], MLP]
    loss: Loss


class Backend:
    """The motor of one Session. `name` tells which it is, `note` why it is that one, or is empty; `brief` is shorter.

    Raises:
        KeyError: there is no backend of the name that is wanted.
    """

    def __init__(
        self, wanted: str, network: Network, splits: Splits, batches: Batches | None, cache: Path | None
    ) -> None:
        if wanted not in BACKENDS:
            raise KeyError(f"there is no backend {wanted!r}")
        self.network, self._splits, self._batches, self._cache = network, splits, batches, cache
        self.wanted = wanted
        self.name, self.note, self.brief = "python", "", ""
        self._changing = threading.Lock()
        self.motor: Motor
        self._compiling: threading.Thread | None = None
        if wanted == "value":
            self.name = "value"
            values = ValueProgram(network.make_model, network.loss)
            self.motor = Interpreted(values, splits, batches)
        elif wanted == "c":
            self._compile()
        if not hasattr(self, "motor"):
            self.motor = Interpreted(PythonProgram(network.traced), splits, batches)
        if wanted == "auto":
            self.note = self.brief = "compiling"
            self._compiling = threading.Thread(target=self._compile, daemon=True)
            self._compiling.start()
            atexit.register(leave, self._compiling)

    @property
    def language(self) -> str:
        """Which it is, in a word."""
        return TITLES[self.name]

    @property
    def title(self) -> str:
        """Which it is; after a comma why in a word or two, and in parentheses all of it."""
        if not self.note:
            return self.language
        whole = f" ({self.note})" if self.note != self.brief else ""
        return f"{self.language}, {self.brief}{whole}"

    @property
    def settled(self) -> bool:
        """Whether it is clear who computes: no compiler is at work."""
        return self._compiling is None or not self._compiling.is_alive()

    def settle(self) -> None:
        """Wait until it is clear."""
        if self._compiling:
            self._compiling.join()

    def _compile(self) -> None:
        """Put the compiled motor in place, or note why there is none."""
        try:
            level = level_of(self.network)
            program = NativeProgram(self.network.traced, level, self._cache)
        except UnavailableError as reason:
            self.note, self.brief = str(reason), reason.brief
            return
        except Exception as error:  # whatever it is, Python goes on, and the person reads it
            self.note, self.brief = f"{type(error).__name__}: {error}", "cc fails"
            return
        with self._changing:
            self.motor = Compiled(program, self._splits, self._batches)
        self.name, self.note, self.brief = "c", "", ""

    def deal(self, splits: Splits, batches: Batches | None) -> None:
        """Train on other examples or batches from now on."""
        with self._changing:
            self._splits, self._batches = splits, batches
            if isinstance(self.motor, Compiled):
                self.motor = Compiled(self.motor.program, splits, batches, self.motor)
            else:
                self.motor = Interpreted(self.motor.program, splits, batches)


def leave(thread: threading.Thread) -> None:
    """End a compiler that nobody waits for, and let it clean up."""
    stop()
    thread.join(timeout=1.0)


def level_of(network: Network) -> str:
    """How hard the compiler should try.

    Raises:
        UnavailableError: the graph is too large for it.
    """
    nodes = sum(len(topological_order(loss)) for loss in network.traced.losses)
    for most, level in LEVELS:
        if nodes <= most:
            return level
    raise UnavailableError(f"a graph of {nodes:,} nodes is too large to compile", "too large")
