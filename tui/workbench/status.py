"""How the run stands, put together from the trainer and the data: what the header and the settings are told."""

from data.dataset import Dataset
from tui.panels.bars.header import Status
from tui.panels.settings.lines import Present
from tui.worker.remote import Trainer


def batch_of(trainer: Trainer, dataset: Dataset) -> int | None:
    """How many examples a step learns from; None for all of them."""
    return trainer.config.batch_of(len(dataset.splits["train"]))


def status_of(trainer: Trainer, dataset: Dataset, *, micro: str, slow_link: bool) -> Status:
    """What the header tells; `micro` is where micro-stepping stands."""
    last = trainer.last
    return Status(
        spec=trainer.present,
        data_name=dataset.name,
        classes=len(dataset.class_names),
        playing=trainer.playing,
        busy=trainer.busy,
        searched=trainer.searched,
        speed=trainer.speed,
        rate=last.rate if last else 0.0,
        metrics=last.metrics if last else None,
        backend=trainer.backend,
        batch=batch_of(trainer, dataset),
        slow_link=slow_link,
        warning="" if trainer.alive else "no worker",
        micro=micro,
    )


def present_of(trainer: Trainer, dataset: Dataset) -> Present | None:
    """What the settings start from, once there is a snapshot."""
    if trainer.last is None:
        return None
    metrics = trainer.last.metrics
    return Present(
        trainer.present,
        metrics.step,
        metrics.splits["train"].examples,
        len(dataset.class_names),
        trainer.settled,
    )
