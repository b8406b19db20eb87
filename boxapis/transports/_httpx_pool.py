"""One httpx transport, the attempts that use it, and its ends.

Promises: ending it waits for no attempt that nobody waits for; what it holds is closed on its own
loop and in its own process only.
"""

import asyncio
from typing import Any

import httpx

from boxapis._http.messages import Response
from boxapis.errors import BoxAPIError, ConfigurationError

__all__ = ["Pool", "PoolKey"]

PoolKey = tuple[str, bool, bool]
"""Scheme, whether there is a proxy, whether for changing requests."""


class Pool:
    """One httpx transport and the attempts that use it.

    Args:
        inner: The transport.
        key: What it is kept under; None for one that was given or replaced.

    Attributes:
        is_foreign: Whether it is not of httpx's own kind, whose progress can be seen.
        is_stranded: Whether what it holds belongs to another loop or process.
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
        self.is_stranded = False

    def checked(self) -> "Pool":
        """This one, if it may be used here.

        Raises:
            ConfigurationError: when what it holds belongs to another loop or process.
        """
        if self.is_stranded:
            message = (
                "the httpx transport given was used on another event loop or in another process,"
                " and cannot leave it"
            )
            raise ConfigurationError(message, next_step="make one for each")
        return self

    def moved(self, *, forked: bool) -> "Pool":
        """A given transport on another loop, or in a child of the process it was used in."""
        pool = Pool(self.inner)
        has_no_socket = isinstance(self.inner, httpx.MockTransport | httpx.ASGITransport)
        pool.is_stranded = self.is_stranded or not (has_no_socket if forked else self.is_foreign)
        return pool

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
        if self.is_stranded:
            return
        tasks = self.waited | self.abandoned
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self.inner.aclose()
