"""Answers laid down in advance, which a service gives instead of its own."""

from collections import defaultdict, deque
from typing import Generic, TypeVar

from attrs import define, field

ANY_OPERATION = "*"

AnswerT = TypeVar("AnswerT")


@define(eq=False)
class Script(Generic[AnswerT]):
    """Queues of prepared answers, one queue for each operation and one for any operation."""

    _queues: defaultdict[str, deque[AnswerT]] = field(
        init=False, factory=lambda: defaultdict(deque), repr=False
    )

    def lay(self, operation: str, answer: AnswerT, times: int) -> None:
        """Give `answer` to the next `times` requests of `operation`."""
        self._queues[operation].extend([answer] * times)

    def take(self, *operations: str) -> AnswerT | None:
        """Take the next answer laid down for the first of `operations` that has one."""
        for operation in operations:
            if queue := self._queues.get(operation):
                return queue.popleft()
        return None

    def clear(self) -> None:
        """Forget every answer laid down."""
        self._queues.clear()
