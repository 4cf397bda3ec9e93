"""How an exported program deals the train examples to its steps: `engine.batches` in two languages.

It stands apart from the export because only a run with batches has it in its text.
"""

from ..batches import GOLDEN, Batches
from ..rng import MASK, MULTIPLIER

PYTHON = '''
def order_of(epoch):
    """The order in which an epoch deals the examples: splitmix64 of its number seeds a xorshift64* shuffle."""
    state = ({seed} + (epoch + 1) * {golden:#x}) & {mask:#x}
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & {mask:#x}
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & {mask:#x}
    state = state ^ (state >> 31) or {golden:#x}
    order = list(range(len(train)))
    for last in range(len(train) - 1, 0, -1):
        state ^= state >> 12
        state ^= (state << 25) & {mask:#x}
        state ^= state >> 27
        random = ((state * {multiplier:#x}) & {mask:#x}) >> 40
        chosen = int(random / 2**24 * (last + 1))
        order[last], order[chosen] = order[chosen], order[last]
    return order


batch_size, per_epoch = {size}, {per_epoch}
'''

C = """
/* The order in which an epoch deals the examples: splitmix64 of its number seeds a xorshift64* shuffle. */
enum {{ BATCH = {size}, PER_EPOCH = {per_epoch} }};
static int order[TRAIN];
static void deal(uint64_t epoch) {{
    uint64_t state = {seed:#x}u + (epoch + 1) * {golden:#x}u;
    state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9u;
    state = (state ^ state >> 27) * 0x94d049bb133111ebu;
    state ^= state >> 31;
    if (state == 0) state = {golden:#x}u;
    for (int i = 0; i < TRAIN; i++) order[i] = i;
    for (int last = TRAIN - 1; last > 0; last--) {{
        int chosen, moved = order[last];
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        chosen = (int)((double)(state * {multiplier:#x}u >> 40) / 16777216.0 * (last + 1));
        order[last] = order[chosen];
        order[chosen] = moved;
    }}
}}
"""


def dealing(template: str, batches: Batches) -> str:
    """The program's part that deals, PYTHON or C, for these batches."""
    return template.format(
        seed=batches.seed & MASK,
        size=batches.size,
        per_epoch=batches.per_epoch,
        golden=GOLDEN,
        mask=MASK,
        multiplier=MULTIPLIER,
    )
