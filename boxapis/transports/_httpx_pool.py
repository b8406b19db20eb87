"""`HttpxPool`: one httpx transport, and the requests that use it.

Promises: closing it waits only for requests whose callers wait. What it holds is closed on its own
loop and in its own process.
"""

import asyncio
from typing import Any

import httpx

from boxapis.errors import ConfigurationError

__all__ = ["HttpxPool", "PoolKey", "bound_elsewhere", "can_rebind"]

_RETURN_TIMEOUT = 1.0  # for a given transport, whose closing of a response may take any time

PoolKey = tuple[str, bool, bool]
"""Scheme, whether there is a proxy, whether each request needs a new connection."""


class HttpxPool:
    """One httpx transport and the requests that use it.

    Args:
        inner: The httpx transport.
        key: What the pool is kept under; None for one that was given by the user.

    Attributes:
        inner: The httpx transport.
        key: What the pool is kept under; None for one that was given by the user or replaced.
        is_foreign: Whether the transport is not httpx's own, so that its progress is not reported.
        awaited: Tasks of requests whose callers wait.
        returning: Tasks of requests that have a response and are about to give their connection
            back.
        abandoned: Tasks of requests whose callers were cancelled or out of time, or whose responses
            were not closed in time.
        abandoned_count: Number of requests that have been abandoned so far.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, key: PoolKey | None = None) -> None:
        self.inner = inner
        self.key = key
        self.is_foreign = not isinstance(inner, httpx.AsyncHTTPTransport)
        self.awaited: set[asyncio.Task[Any]] = set()
        self.returning: set[asyncio.Task[Any]] = set()
        self.abandoned: set[asyncio.Task[Any]] = set()
        self.abandoned_count = 0

    def start(self, work: Any) -> "asyncio.Task[None]":
        """Runs a request in its own task, which counts as awaited until the caller removes it."""
        task = asyncio.get_running_loop().create_task(work)
        self.awaited.add(task)
        return task

    def note_response(self, task: "asyncio.Task[None]") -> None:
        """Notes that a request has its response, and its task is about to end."""
        if not task.done():
            self.returning.add(task)
            task.add_done_callback(self.returning.discard)

    async def connections_returned(self) -> None:
        """Waits, a few turns of the loop, until finished requests have returned their connections.

        Otherwise sequential calls would alternate between two connections. Requests whose closing
        takes too long are waited for once, and then abandoned.
        """
        if self.returning:
            _, late = await asyncio.wait(tuple(self.returning), timeout=_RETURN_TIMEOUT)
            for task in late & self.returning:
                self.returning.discard(task)
                self.abandon(task)

    def abandon(self, task: "asyncio.Task[Any]") -> None:
        """Lets a request go on without a caller: cancelling it would spoil httpx's pool."""
        self.abandoned.add(task)
        task.add_done_callback(self.abandoned.discard)
        self.abandoned_count += 1

    async def retire(self) -> None:
        """Waits for the awaited requests to end, then closes."""
        try:
            while self.awaited:
                await asyncio.wait(tuple(self.awaited), return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(0)
        finally:
            await self.aclose()

    def close_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Closes it on its own loop, which has stopped, when that runs again, if ever."""
        closing: list[asyncio.Task[None]] = []
        loop.call_soon(lambda: closing.append(loop.create_task(self.aclose())))

    async def aclose(self) -> None:
        """Ends every request and closes every connection."""
        if self.returning:  # a few turns; cancelling would leave a connection open
            await asyncio.wait(tuple(self.returning), timeout=_RETURN_TIMEOUT)
        tasks = self.awaited | self.abandoned | self.returning
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self.inner.aclose()


def can_rebind(given: httpx.AsyncBaseTransport, *, forked: bool) -> bool:
    """Whether a transport given by the user can be used on another loop, or in a forked child."""
    if forked:
        return isinstance(given, httpx.MockTransport | httpx.ASGITransport)
    return not isinstance(given, httpx.AsyncHTTPTransport)


def bound_elsewhere() -> ConfigurationError:
    """The error of a call through a given transport that was used on another loop or process."""
    return ConfigurationError(
        "the httpx transport given was used on another event loop or in another process, where it"
        " may have connections",
        next_step="make one for each",
    )
