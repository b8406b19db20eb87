"""An event loop whose time a test moves, and which runs until nothing is left to do just then."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from tests.support.doubles import FakeClock

__all__ = ["StillLoop"]


class StillLoop(asyncio.SelectorEventLoop):
    """A loop on a clock that stands still, so that deadlines and graces cost no time.

    It is run a burst at a time: `settle` returns when every task waits for something that only
    the test can bring about.
    """

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock
        # What asyncio keeps of callbacks and timers; it has no public word for "nothing to do".
        self._soon = vars(self)["_ready"]
        self._later = vars(self)["_scheduled"]

    def time(self) -> float:
        """The moment, as the test has it."""
        return self._clock.moment

    def settle(self) -> None:
        """Runs what can be run now."""
        self.call_soon(self._look)
        self.run_forever()

    def _look(self) -> None:
        if self._soon or (self._later and self._later[0].when() <= self._clock.moment):
            self.call_soon(self._look)
        else:
            self.stop()

    def start(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """A task, which does nothing before the loop is run."""
        return self.create_task(work)

    def leave(self) -> None:
        """Ends whatever is left of a test, also of one that failed, and closes the loop."""
        for task in asyncio.all_tasks(self):
            task.cancel()
        self.settle()
        self.close()
