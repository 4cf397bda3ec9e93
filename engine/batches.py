"""Which train examples a step learns from, where it is not all of them.

A batch depends on the number of its step and on nothing that came before: training may go on
from anywhere in its history and meets the batches that it met there the first time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .rng import MASK, Rng

GOLDEN = 0x9E3779B97F4A7C15
"""2**64 divided by the golden ratio: its multiples are far apart from each other."""


@dataclass(frozen=True, slots=True)
class Batches:
    """`examples` dealt out to steps, `size` to each: an epoch deals every one of them once, in an order of its own.

    The last batch of an epoch is smaller where `size` does not divide `examples`.

    Raises:
        ValueError: a batch would have no examples.
    """

    examples: int
    size: int
    seed: int

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError(f"batch size {self.size}: a whole number from 1 up is needed")

    @property
    def per_epoch(self) -> int:
        """How many steps an epoch takes."""
        return -(-self.examples // self.size)

    def of(self, step: int) -> Sequence[int]:
        """The examples, by their numbers and in their order, from which a step learns. Steps count from 0."""
        epoch, place = divmod(step, self.per_epoch)
        return order_of(self.examples, self.seed, epoch)[place * self.size : (place + 1) * self.size]


def mixed(seed: int, epoch: int) -> int:
    """The seed of one epoch's order, never 0: the finaliser of splitmix64 over a step for each epoch.

    Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014).
    """
    bits = (seed + (epoch + 1) * GOLDEN) & MASK
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
    return bits ^ (bits >> 31) or GOLDEN


@lru_cache(maxsize=4)  # every step of an epoch asks for its order
def order_of(examples: int, seed: int, epoch: int) -> Sequence[int]:
    """The order in which an epoch deals the examples."""
    return tuple(Rng(mixed(seed, epoch)).shuffled(examples))
