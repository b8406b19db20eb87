"""Stream of outcomes that the consumer of a batch iterates over."""

from typing import Any, Generic, Self, TypeVar

from anyio import EndOfStream

from boxapis.batch._runner import BatchRunner
from boxapis.batch._values import Outcome, Progress

__all__ = ["OutcomeStream"]

R = TypeVar("R")


class OutcomeStream(Generic[R]):
    """Async iterator over the outcomes of a running batch; see `boxapis.batch.run`."""

    def __init__(self, runner: BatchRunner[Any, R], *, ordered: bool) -> None:
        self._runner = runner
        self._ordered = ordered
        self._early: dict[int, Outcome[R]] = {}  # by index, until their turn in the order comes
        self._next = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome[R]:
        try:
            while not self._ordered or self._next not in self._early:
                outcome = await self._runner.outcomes.receive()
                if not self._ordered:
                    return outcome
                self._early[outcome.index] = outcome
        except EndOfStream:
            pass
        if self._early:
            index = min(self._early)
            self._next = index + 1
            return self._early.pop(index)
        failure, self._runner.failure = self._runner.failure, None
        raise failure or StopAsyncIteration

    def stop(self) -> None:
        """Begins no further item; items under way are finished and their outcomes still come.

        Afterwards ``progress.left`` is the number of items that were not begun. Call it on the
        event loop that runs the batch.
        """
        self._runner.stop()

    def __repr__(self) -> str:
        now = self.progress
        left = "unknown" if now.left is None else now.left
        return f"<OutcomeStream {now.running} running, {now.finished} finished, {left} left>"

    @property
    def progress(self) -> Progress:
        """The progress so far."""
        return self._runner.counters.progress
