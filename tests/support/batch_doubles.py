"""Test doubles for batches: a function whose calls a test ends one by one, and helpers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from boxapis.batch import Outcome


class Job:
    """An async function for items that records its calls; a test may hold and release each.

    Attributes:
        begun: Items it was called with.
        ended: Items whose call has ended.
        peak: Greatest number of calls at the same time.
    """

    def __init__(self, *, held: bool = False) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.peak = 0
        self._held = held
        self._gates: dict[int, asyncio.Event] = {}

    async def __call__(self, item: int) -> str:
        """Waits until the item is released, if held; returns the item as text."""
        self.begun.append(item)
        self.peak = max(self.peak, len(self.begun) - len(self.ended))
        await (self._gate(item).wait() if self._held else asyncio.sleep(0))
        self.ended.append(item)
        return f"value of {item}"

    def release(self, *items: int) -> None:
        """Ends the calls for these items."""
        for item in items:
            self._gate(item).set()

    def _gate(self, item: int) -> asyncio.Event:
        return self._gates.setdefault(item, asyncio.Event())


async def outcomes_of(running: Any) -> list[Outcome[Any]]:
    """Runs a batch and returns all outcomes, in the order in which they come."""
    async with running as outcomes:
        return [outcome async for outcome in outcomes]


def statuses(outcomes: list[Outcome[Any]]) -> dict[str, str]:
    """Returns the status of each item by key."""
    return {outcome.key: outcome.status for outcome in outcomes}


def raising(error: BaseException) -> Callable[[Any], Awaitable[None]]:
    """Returns a function for items that always raises this error."""

    async def fail(_: Any) -> None:
        await asyncio.sleep(0)
        raise error

    return fail


@asynccontextmanager
async def no_task_left() -> AsyncIterator[None]:
    """Checks that no task is left running."""
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() == before
