"""Runtime: what a client has on one event loop of one process; thrown away, never repaired.

Every future, task and queue of a client hangs here, and none anywhere else: values, such as session
keys, the level of the rate limit and times after failures, live outside and know nothing of loops.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from boxapis._core.rate_limiter import Line
from boxapis._core.single_flight import Flights
from boxapis._core.slots import Slots
from boxapis._http.messages import Transport
from boxapis._sansio.boxc.ratelimit import Gate

__all__ = ["Runtime"]


class Runtime:
    """A client on one loop.

    Args:
        transport: What sends here: the client's transport, or its part for this loop.
        places: How many requests may be under way.
        lines: The queues in front of the rate limits.

    Attributes:
        slots: The places for requests under way.
        flights: Handshakes and the like under way.
        background: The task that runs beside the calls, if any.
        closing: The task that closes the client, once that was begun.
    """

    __slots__ = ("background", "closing", "flights", "lines", "slots", "transport")

    def __init__(self, transport: Transport, places: int, lines: dict[Gate, Line]) -> None:
        self.transport = transport
        self.slots = Slots(places)
        self.lines = lines
        self.flights = Flights()
        self.background: asyncio.Task[None] | None = None
        self.closing: asyncio.Task[None] | None = None

    def run_in_background(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Starts what runs beside the calls, unless it does."""
        if self.background is None or self.background.done():
            self.background = asyncio.get_running_loop().create_task(work())

    def turn_away(self) -> None:
        """Ends every wait at once: for a place, and for a flight."""
        self.slots.close()
        self.flights.settle()

    async def aclose(self, grace: float, seconds: float) -> None:
        """Ends what is under way: flights after ``grace`` seconds, requests after ``seconds``."""
        self.turn_away()
        if self.background is not None:
            self.background.cancel()
            await asyncio.wait((self.background,))
        await self.flights.aclose(grace)
        for line in self.lines.values():
            await line.aclose()
        await self.slots.drained(seconds)
