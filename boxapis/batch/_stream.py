"""What the consumer of a batch holds: the outcomes as they come, the numbers, the brake."""

from typing import Any, Generic, Self, TypeVar

from anyio import EndOfStream

from boxapis.batch._runner import Work
from boxapis.batch._values import Outcome, Progress

__all__ = ["Outcomes"]

R = TypeVar("R")


class Outcomes(Generic[R]):
    """The outcomes of a batch that is under way, as an async iterator; see `boxapis.batch.run`."""

    def __init__(self, work: Work[Any, R], *, ordered: bool) -> None:
        self._work = work
        self._ordered = ordered
        self._held: dict[int, Outcome[R]] = {}
        self._next = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome[R]:
        try:
            while not self._ordered or self._next not in self._held:
                outcome = await self._work.outcomes.receive()
                if not self._ordered:
                    return outcome
                self._held[outcome.index] = outcome
        except EndOfStream:
            pass
        if self._held:
            self._next = min(self._held)
            return self._following()
        failure, self._work.failure = self._work.failure, None
        raise failure or StopAsyncIteration

    def _following(self) -> Outcome[R]:
        outcome = self._held.pop(self._next)
        self._next += 1
        return outcome

    def stop(self) -> None:
        """Begins no further item; those under way end, and their outcomes still come.

        ``progress.left`` says afterwards how many were not begun. To be called on the loop that
        runs the batch.
        """
        self._work.stop()

    @property
    def progress(self) -> Progress:
        """How far the batch has come at this moment."""
        return self._work.tally.progress
