"""Where the parameters have been: their values and batch gradients at a few steps of the run.

The history knows every step, so nothing is recorded: samples are computed when somebody looks, at
steps that are multiples of a power of two, and kept until the run has grown so long that every
second one is enough.
"""

from collections.abc import Sequence

SAMPLES_BYTES = 4 << 20
"""Room for the samples that are kept."""

COARSE = 8
"""Every so many samples one that is computed before the others."""


class Samples:
    """Parameters and batch gradients by (branch, step), as doubles."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int], tuple[Sequence[float], Sequence[float]]] = {}

    def __contains__(self, key: tuple[int, int]) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def keep(self, key: tuple[int, int], parameters: Sequence[float], gradient: Sequence[float]) -> None:
        """Keep what the parameters and their gradient were at a step of a branch."""
        self._rows[key] = (parameters, gradient)

    def thin(self, stride: int, most: int) -> None:
        """Drop what is between the multiples of `stride` where there are more than `most`, and all if that is vain."""
        if len(self._rows) > most:
            self._rows = {key: row for key, row in self._rows.items() if key[1] % stride == 0}
        if len(self._rows) > most:
            self._rows = {}

    def of(self, key: tuple[int, int], parameter: int) -> tuple[float, float]:
        """Value and batch gradient of one parameter."""
        values, gradients = self._rows[key]
        return values[parameter], gradients[parameter]


def sample_steps(end: int, columns: int, parameters: int) -> range:
    """The steps to look at in a run of `end` steps: at most as many as columns, fewer where each takes much room."""
    most = max(2, min(columns, SAMPLES_BYTES // (64 * parameters)))
    stride = 1
    while end // stride + 1 > most:
        stride *= 2
    return range(0, end + 1, stride)
