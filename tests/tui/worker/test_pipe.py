"""Messages on a pipe: whole again however they were cut, and quiet where the pipe ends."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.support import repeatable
from tui.worker.intents import Play, Step
from tui.worker.pipe import Decoder, encoded, messages

values = st.lists(st.one_of(st.integers(), st.binary(max_size=300), st.builds(Play, st.booleans())), max_size=6)


@given(values, st.lists(st.integers(1, 40), max_size=50))
@repeatable(200)
def test_messages_are_whole_again_however_the_stream_is_cut(sent: list[object], cuts: list[int]) -> None:
    stream = b"".join(map(encoded, sent))
    decoder = Decoder()
    received: list[object] = []
    for size in cuts:
        piece, stream = stream[:size], stream[size:]
        received += decoder.feed(piece)
    received += decoder.feed(stream)
    assert received == sent


def test_nothing_comes_before_a_message_is_complete() -> None:
    stream = encoded(Step(10))
    decoder = Decoder()
    for place in range(len(stream) - 1):
        assert list(decoder.feed(stream[place : place + 1])) == []
    assert list(decoder.feed(stream[-1:])) == [Step(10)]


@given(values)
@repeatable(100)
def test_a_blocking_stream_gives_the_same_messages(sent: list[object]) -> None:
    assert list(messages(io.BytesIO(b"".join(map(encoded, sent))))) == sent


@pytest.mark.parametrize("missing", [1, 3, 10])
def test_a_stream_that_ends_amid_a_message_ends_before_it(missing: int) -> None:
    stream = encoded(Step(1)) + encoded(Play(True))[:-missing]
    assert list(messages(io.BytesIO(stream))) == [Step(1)]
    assert list(messages(io.BytesIO(b"\0\0"))) == []
