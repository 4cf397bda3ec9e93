"""What a run is made of, as one frozen value, and the one way to make it real.

The command line builds a RunSpec, `chainrule train` and the worker open it: the same spec gives the same digits.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from data.csv.read import load_csv
from data.dataset import Dataset
from data.generators import generate
from data.splitting import USUAL_SHARES, Shares
from engine.nn import each_layers
from engine.rng import Rng
from engine.run.config import Config

if TYPE_CHECKING:
    from engine.run.session import Session

MAX_PARAMETERS = 20_000


@dataclass(frozen=True, slots=True)
class RunSpec:
    """Where the data comes from, the seed of all randomness, and the model.

    `csv` is a file in the place of the generated data set; `noise` and `classes` are None for the data set's default.
    `split` are the shares of train, val and test; None are the usual ones, and for a file those of its split column.
    `backend` is who computes, a name of `engine.programs.backend`.
    """

    dataset: str = "yin-yang"
    csv: Path | None = None
    points: int = 100
    noise: float | None = None
    classes: int | None = None
    split: Shares | None = None
    seed: int = 42
    config: Config = field(default_factory=Config)
    backend: str = "auto"

    def with_seed(self, seed: int) -> Self:
        """The same run from another seed."""
        return replace(self, seed=seed)


class RunData(NamedTuple):
    """The data of a run, and the state of its generator after it was made."""

    dataset: Dataset
    rng_state: int


class Run(NamedTuple):
    """A spec made real."""

    spec: RunSpec
    data: RunData
    session: "Session"


def open_data(spec: RunSpec) -> RunData:
    """Make or read the data.

    Raises:
        DataError: it can't be made or read; its text is one line for the user.
    """
    rng = Rng(spec.seed)
    if spec.csv is None:
        dataset = generate(spec.dataset, spec.points, rng, spec.noise, spec.classes, spec.split or USUAL_SHARES)
    else:
        dataset = load_csv(spec.csv, rng, spec.split)
    return RunData(dataset, rng.state)


def open_run(spec: RunSpec, data: RunData | None = None) -> Run:
    """Make the data, unless it is there, then draw the weights with what the generator has left.

    Raises:
        DataError: the data can't be made or read; its text is one line for the user.
        ValueError: the model does not fit the data, also in one line.
    """
    from engine.run.session import Session  # noqa: PLC0415  # the app itself never trains

    data = data or open_data(spec)
    dataset, rng = data.dataset, Rng(data.rng_state)
    classes = len(dataset.class_names)
    session = Session(spec.config, dataset.splits, classes, rng, backend=spec.backend, cache=compiled_code())
    return Run(spec, data, session)


def compiled_code() -> Path:
    """Where compiled programs are kept for the user."""
    from platformdirs import user_cache_path  # noqa: PLC0415  # with the Session only

    return user_cache_path("chainrule") / "compiled"


def misfit(config: Config, classes: int) -> tuple[str, str] | None:
    """The setting of a model that is too large, or whose activations don't fit its layers, and what would do."""
    try:
        each_layers(config.activation, len(config.hidden))
    except ValueError as error:
        return "activation", f"{config.activation}: {error}."
    count = config.parameter_count(classes)
    if count <= MAX_PARAMETERS:
        return None
    units = ",".join(map(str, config.hidden))
    return "hidden", (
        f"{units if len(units) <= 40 else units[:40] + '...'} makes a network of {count:,} parameters: "
        f"at most {MAX_PARAMETERS:,} are possible, as with 128,128."
    )
