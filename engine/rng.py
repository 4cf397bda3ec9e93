"""The seeded generator behind every random number: xorshift64*, state in one integer.

It stands apart because runs must repeat to the last digit on every machine; `random.Random`
would do that too, but not with the draws of the published reference run.
"""

import math

MASK = (1 << 64) - 1
MULTIPLIER = 0x2545F4914F6CDD1D


class Rng:
    """xorshift64* (Vigna 2016): 64 bits of state, 32-bit draws.

    Source: "An experimental exploration of Marsaglia's xorshift generators, scrambled".

    Raises:
        ValueError: the seed is not in 1 .. 2**64 - 1 (zero is the one state it never leaves).
    """

    __slots__ = ("state",)

    def __init__(self, seed: int) -> None:
        if not 1 <= seed <= MASK:
            raise ValueError(f"seed {seed}: a whole number from 1 to {MASK} is needed")
        self.state = seed

    def draw(self) -> int:
        """The next 32 random bits, as an integer in 0 .. 2**32 - 1."""
        state = self.state
        state ^= state >> 12
        state ^= (state << 25) & MASK
        state ^= state >> 27
        self.state = state
        return ((state * MULTIPLIER) & MASK) >> 32

    def random(self) -> float:
        """A number in [0, 1), a multiple of 2**-24."""
        return (self.draw() >> 8) / 2**24

    def uniform(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.random()

    def normal(self) -> float:
        """A draw from the standard normal distribution (Box-Muller, the cosine half)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.random()))
        return radius * math.cos(2.0 * math.pi * self.random())

    def shuffled(self, count: int) -> list[int]:
        """0 .. count - 1 in random order (Fisher-Yates)."""
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            chosen = int(self.random() * (last + 1))
            order[last], order[chosen] = order[chosen], order[last]
        return order
