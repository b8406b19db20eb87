"""What the tests of batches share: a job whose calls a test lets end one by one, and short cuts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from boxapis.batch import Outcome


class Job:
    """A function for items that counts, and ends for each one when the test says so.

    Attributes:
        begun: The items it was called with.
        ended: Those whose call came to its end.
        peak: How many were under way at once at most.
    """

    def __init__(self, *, held: bool = False) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.peak = 0
        self._held = held
        self._gates: dict[int, asyncio.Event] = {}

    async def __call__(self, item: int) -> str:
        """Waits for the test, if it holds; gives the item as text."""
        self.begun.append(item)
        self.peak = max(self.peak, len(self.begun) - len(self.ended))
        await (self._gate(item).wait() if self._held else asyncio.sleep(0))
        self.ended.append(item)
        return f"value of {item}"

    def let_end(self, *items: int) -> None:
        """Lets the calls for these items end."""
        for item in items:
            self._gate(item).set()

    def _gate(self, item: int) -> asyncio.Event:
        return self._gates.setdefault(item, asyncio.Event())


async def outcomes_of(running: Any) -> list[Outcome[Any]]:
    """All outcomes of a batch, as they come."""
    async with running as outcomes:
        return [outcome async for outcome in outcomes]


def statuses(outcomes: list[Outcome[Any]]) -> dict[str, str]:
    """How each item ended, by its key."""
    return {outcome.key: outcome.status for outcome in outcomes}


def raising(error: BaseException) -> Callable[[Any], Awaitable[None]]:
    """A function for items that always fails."""

    async def fail(_: Any) -> None:
        await asyncio.sleep(0)
        raise error

    return fail


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """Checks that no task was left running."""
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() == before
