"""What the C source tells whoever calls it."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from engine.programs.c_source import LANES, CSource
from tests.engine.support import repeatable


def taken(labels: Sequence[int], vectors: int) -> tuple[int, int]:
    """Chunks and vectors, counted one example after another: a chunk ends when another vector does not fit."""
    chunks = used = 0
    counts: dict[int, int] = {}
    for label in labels:
        if not counts or (
            counts.get(label, 0) % LANES == 0 and sum(-(-n // LANES) for n in counts.values()) == vectors
        ):
            chunks, counts = chunks + 1, {}
        used += counts.get(label, 0) % LANES == 0
        counts[label] = counts.get(label, 0) + 1
    return chunks, used


@repeatable(200)
@given(
    vectors=st.integers(1, 12),
    classes=st.integers(1, 20),
    draws=st.lists(st.integers(0, 1000), max_size=400),
    sorted_by=st.booleans(),
)
def test_there_is_room_for_any_examples(vectors: int, classes: int, draws: list[int], sorted_by: bool) -> None:
    source = CSource("", outputs=1, padded=8, labels=classes, planes=1, stride=vectors * LANES)
    labels = sorted(draw % classes for draw in draws) if sorted_by else [draw % classes for draw in draws]
    chunks, used = taken(labels, vectors)
    most_chunks, most_vectors = source.room(len(labels))
    assert chunks <= most_chunks
    assert used <= most_vectors
