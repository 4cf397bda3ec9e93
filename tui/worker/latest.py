"""What follows from one object that many ask about: worked out again only when it is asked of another object."""

from collections.abc import Callable
from typing import Generic, TypeVar

Subject = TypeVar("Subject")
Answer = TypeVar("Answer")


class OfLatest(Generic[Subject, Answer]):
    """A function of one frozen object that remembers its latest answer, and by identity what that was of."""

    def __init__(self, work: Callable[[Subject], Answer]) -> None:
        self._work = work
        self._latest: tuple[Subject, Answer] | None = None

    def __call__(self, subject: Subject) -> Answer:
        if self._latest is None or self._latest[0] is not subject:
            self._latest = (subject, self._work(subject))
        return self._latest[1]
