"""Messages on a pipe: four bytes of length, then the pickled value.

Both ends are processes of this program, started by this program; nothing else writes here.
"""

import pickle
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

LENGTH = struct.Struct("!I")


def encoded(message: object) -> bytes:
    """The message as bytes for the pipe."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(body)) + body


def messages(stream: BinaryIO) -> Iterator[Any]:
    """The messages of a blocking stream, until it ends."""
    while len(head := stream.read(LENGTH.size)) == LENGTH.size:
        (length,) = LENGTH.unpack(head)
        body = stream.read(length)
        if len(body) < length:
            return
        yield pickle.loads(body)  # noqa: S301  # from our own process


class Decoder:
    """The messages in a stream that arrives in pieces."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, piece: bytes) -> Iterator[Any]:
        """Every message that `piece` completes."""
        self._pending += piece
        while len(self._pending) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._pending)
            end = LENGTH.size + length
            if len(self._pending) < end:
                return
            body = bytes(self._pending[LENGTH.size : end])
            del self._pending[:end]
            yield pickle.loads(body)  # noqa: S301  # from our own process
