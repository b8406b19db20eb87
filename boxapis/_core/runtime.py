"""`Runtime`: what a client has on one event loop of one process; dropped and made anew as a whole.

Every future, task and queue of a client is here. Values, such as session keys, the level of the
rate limit and the times of failures, are kept outside and know nothing of loops.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

from boxapis._core.connection_limiter import ConnectionLimiter
from boxapis._core.rate_limiter import RateLimitQueue
from boxapis._core.single_flight import FlightGroup
from boxapis._http.messages import Transport

__all__ = ["Runtime"]


class Runtime:
    """A client on one loop.

    Args:
        transport: Sends on this loop: the client's transport, or its part for this loop.
        max_connections: Number of connection slots.

    Attributes:
        connections: The connection slots.
        queues: The queues in which calls wait for a rate limit.
        flights: Renewals of sessions and tokens under way.
        background: The task that keeps sessions alive, if there is one.
        closing: The task that closes the client, once closing has begun.
    """

    __slots__ = ("background", "closing", "connections", "flights", "queues", "transport")

    def __init__(self, transport: Transport, max_connections: int) -> None:
        self.transport = transport
        self.connections = ConnectionLimiter(max_connections)
        self.queues: set[RateLimitQueue] = set()
        self.flights = FlightGroup()
        self.background: asyncio.Task[None] | None = None
        self.closing: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Number of calls that wait for a rate limit or a connection slot."""
        return self.connections.waiting + sum(queue.waiting for queue in self.queues)

    def run_in_background(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Starts the background task in an empty context, unless it runs."""
        if self.background is None or self.background.done():
            loop = asyncio.get_running_loop()
            self.background = loop.create_task(work(), context=Context())

    def turn_away(self) -> None:
        """Ends every wait for a connection slot or a renewal at once."""
        self.connections.close()
        self.flights.close()

    async def aclose(self, grace: float, seconds: float) -> None:
        """Ends what is under way.

        Args:
            grace: Seconds for renewals to end by themselves.
            seconds: Seconds for requests to end by themselves.
        """
        self.turn_away()
        if self.background is not None:
            self.background.cancel()
            await asyncio.wait((self.background,))
        await self.flights.aclose(grace)
        await self._close_queues()
        await self.connections.wait_drained(seconds)
        await self._close_queues()  # what the last requests had to report

    async def _close_queues(self) -> None:
        for queue in tuple(self.queues):
            await queue.aclose()
