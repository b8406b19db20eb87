"""One httpx transport, the attempts that use it, and its ends.

Promises: ending it waits for no attempt that nobody waits for; what it holds is closed on its own
loop and in its own process only.
"""

import asyncio
from typing import Any

import httpx

from boxapis._http.messages import Response
from boxapis.errors import BoxAPIError, ConfigurationError

__all__ = ["Pool", "PoolKey", "goes_along", "stranded"]

PoolKey = tuple[str, bool, bool]
"""Scheme, whether there is a proxy, whether for changing requests."""


class Pool:
    """One httpx transport and the attempts that use it.

    Args:
        inner: The transport.
        key: What it is kept under; None for one that was given or replaced.

    Attributes:
        is_foreign: Whether it is not of httpx's own kind, whose progress can be seen.
        waited: The attempts that a caller waits for.
        abandoned: Those that nobody waits for any more.
        lost: How many have been abandoned so far.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, key: PoolKey | None = None) -> None:
        self.inner = inner
        self.key = key
        self.is_foreign = not isinstance(inner, httpx.AsyncHTTPTransport)
        self.waited: set[asyncio.Task[Any]] = set()
        self.abandoned: set[asyncio.Task[Any]] = set()
        self.lost = 0

    def start(self, work: Any) -> "asyncio.Task[Response | BoxAPIError]":
        """An attempt in a task of its own, waited for until it is said otherwise."""
        task = asyncio.get_running_loop().create_task(work)
        self.waited.add(task)
        return task

    async def retire(self) -> None:
        """Lets the attempts that are waited for end, then ends the rest."""
        try:
            while self.waited:
                await asyncio.wait(tuple(self.waited), return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(0)
        finally:
            await self.aclose()

    def end_on(self, old: asyncio.AbstractEventLoop) -> None:
        """Closes it on its own loop, which stands still, as soon as that runs again, if ever."""
        ending: list[asyncio.Task[None]] = []
        old.call_soon(lambda: ending.append(old.create_task(self.aclose())))

    async def drop_idle(self) -> None:
        """Closes the connections of a given transport that lie idle, where it is httpx's own."""
        pool = getattr(self.inner, "_pool", None)  # httpx 0.28 has no public way to it
        for connection in getattr(pool, "connections", ()):
            if connection.is_idle():
                await connection.aclose()

    async def aclose(self) -> None:
        """Ends every attempt and closes every connection."""
        tasks = self.waited | self.abandoned
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self.inner.aclose()


def goes_along(given: httpx.AsyncBaseTransport, *, forked: bool) -> bool:
    """Whether a given transport can be used on another loop, or in a forked child."""
    if forked:
        return isinstance(given, httpx.MockTransport | httpx.ASGITransport)
    return not isinstance(given, httpx.AsyncHTTPTransport)


def stranded() -> ConfigurationError:
    """The error of a given transport that holds something of another loop or process."""
    return ConfigurationError(
        "the httpx transport given was used on another event loop or in another process, and"
        " cannot leave it",
        next_step="make one for each",
    )
