"""Which executor runs a Session: over Value, the Python program, or the compiled one, and why.

With `auto` a run starts on the Python program at once, while the compiler works beside it; the compiled one takes over
between two calls of `train`. As both give the same digits, nobody can tell from the numbers when that was. Whether and
how a network is compiled depends on the size of its graph alone.
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
from . import BACKENDS
from .c_library import UnavailableError, stop
from .c_program import CProgram
from .executor import Compiled, Executor, Interpreted, Splits
from .python import PythonProgram
from .value import ValueProgram

LEVELS = ((8_000, "-O2"), (20_000, "-O1"), (30_000, "-O0"))
"""Up to so many nodes, each class's loss counted by itself, a graph is compiled so.

gcc 12 on a 2.6 GHz Xeon core takes about 1 s at the first limit and less than 2 s at the others.
"""


@dataclass(frozen=True, slots=True)
class Network:
    """All that an executor is made from: nothing that may change amid a run."""

    traced: Traced
    make_model: Callable[[], MLP]
    loss: Loss


class Backend:
    """The executor of one Session. `name` says which it is, `note` why, if there is a reason, and `brief` in short.

    Raises:
        KeyError: there is no backend of the name that is wanted.
    """

    def __init__(
        self, wanted: str, network: Network, splits: Splits, batches: Batches | None, cache: Path | None
    ) -> None:
        if wanted not in BACKENDS:
            raise KeyError(f"there is no backend {wanted!r}")
        self.wanted, self.network = wanted, network
        self._splits, self._batches, self._cache = splits, batches, cache
        self.name, self.note, self.brief = "python", "", ""
        self._changing = threading.Lock()
        self.executor: Executor
        self._compiling: threading.Thread | None = None
        if wanted == "value":
            self.name = "value"
            self.executor = Interpreted(ValueProgram(network.make_model, network.loss), splits, batches)
        elif wanted == "c":
            self._compile()
        if not hasattr(self, "executor"):
            self.executor = Interpreted(PythonProgram(network.traced), splits, batches)
        if wanted == "auto":
            self.note = self.brief = "compiling"
            self._compiling = threading.Thread(target=self._compile, daemon=True)
            self._compiling.start()
            atexit.register(end_compiler, self._compiling)

    @property
    def compiling(self) -> bool:
        """Whether a compiler is at work: the executor may yet be another."""
        return self._compiling is not None and self._compiling.is_alive()

    def wait(self) -> None:
        """Until no compiler is at work."""
        if self._compiling:
            self._compiling.join()

    def _compile(self) -> None:
        """Put the compiled executor in place, or note why there is none."""
        try:
            program = CProgram(self.network.traced, level_of(self.network), self._cache)
        except UnavailableError as reason:
            self.note, self.brief = str(reason), reason.brief
            return
        except Exception as error:  # whatever it is, Python goes on, and the person reads it
            self.note, self.brief = f"{type(error).__name__}: {error}", "cc fails"
            return
        with self._changing:
            self.executor = Compiled(program, self._splits, self._batches)
        self.name, self.note, self.brief = "c", "", ""

    def use(self, splits: Splits, batches: Batches | None) -> None:
        """Train on other examples or batches from now on."""
        with self._changing:
            self._splits, self._batches = splits, batches
            if isinstance(self.executor, Compiled):
                self.executor = Compiled(self.executor.program, splits, batches, self.executor)
            else:
                self.executor = Interpreted(self.executor.program, splits, batches)


def end_compiler(thread: threading.Thread) -> None:
    """End a compiler that nobody waits for, and let it clean up."""
    stop()
    thread.join(timeout=1.0)


def level_of(network: Network) -> str:
    """How hard the compiler should try; an UnavailableError if the graph is too large for it."""
    nodes = sum(len(topological_order(loss)) for loss in network.traced.losses)
    for most, level in LEVELS:
        if nodes <= most:
            return level
    raise UnavailableError(f"a graph of {nodes:,} nodes is too large to compile", "too large")
