"""An event loop whose clock a test moves, and which runs until no task is ready."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from tests.support.doubles import FakeClock

__all__ = ["StillLoop"]


class StillLoop(asyncio.SelectorEventLoop):
    """A loop on a clock that only the test moves, so that deadlines and graces cost no time.

    It is run a burst at a time: `settle` returns when every task waits for something that only
    the test can bring about.
    """

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def time(self) -> float:
        """The current time, as the test has set it."""
        return self._clock.moment

    def settle(self) -> None:
        """Runs until every task waits."""
        self.call_soon(self._look)
        self.run_forever()

    def _look(self) -> None:
        # asyncio's own queues of callbacks and timers; it has no public word for "nothing to do".
        # That of timers is another list when many of them have been cancelled.
        soon, later = vars(self)["_ready"], vars(self)["_scheduled"]
        if soon or (later and later[0].when() <= self._clock.moment):
            self.call_soon(self._look)
        else:
            self.stop()

    def start(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Creates a task, which does nothing before the loop is run."""
        return self.create_task(work)

    def leave(self) -> None:
        """Cancels the tasks that a test has left, also one that failed, and closes the loop."""
        for task in asyncio.all_tasks(self):
            task.cancel()
        self.settle()
        self.close()
