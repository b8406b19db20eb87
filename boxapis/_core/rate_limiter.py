"""The queue in front of BoxC's rate limit: first come, first served, at the pace of the bucket.

Promises: no call overtakes another, except a request that was refused with 429, which goes to the
head. A cancelled caller leaves no trace. A call whose deadline cannot be met is refused at once.
Each wait is reported before it begins. The arithmetic is in `boxapis._sansio.boxc.ratelimit`.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextvars import Context

from boxapis._core.clock import Clock
from boxapis._http.messages import Response
from boxapis._sansio.boxc.ratelimit import Bucket, Gate, Ticket
from boxapis.errors import type_name

__all__ = ["OnWait", "RateLimitQueue", "RateLimiter"]

OnWait = Callable[[float], object]
"""Called with the seconds that a call will wait for the rate limit."""

_logger = logging.getLogger("boxapis")


class RateLimitQueue:
    """The calls that wait in front of one gate on one loop.

    Args:
        gate: The arithmetic of the rate limit.
        clock: Source of time and sleep.
        on_wait: Called before each wait.

    Attributes:
        waiting: Number of calls that wait.
    """

    def __init__(self, gate: Gate, clock: Clock, on_wait: OnWait | None) -> None:
        self.gate = gate
        self._clock = clock
        self._on_wait = on_wait
        self.waiting = 0
        self._waiters: deque[asyncio.Future[Ticket | None]] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    async def acquire(self, *, front: bool = False, until: float | None = None) -> Ticket | None:
        """Waits for a ticket; returns None when closed, or when ``until`` cannot be met.

        Args:
            front: Whether to wait at the head of the queue.
            until: The latest time on the clock, in seconds; None for no bound.
        """
        if self._closed:
            return None
        now = self._clock.now()
        ticket = None if self.waiting else self.gate.take(now)
        if ticket is not None:
            return ticket
        wait = self.gate.wait(now, 0 if front else self.waiting)
        if until is not None and now + wait > until:
            return None
        self._report(wait)
        return await self._enqueue(front=front)

    async def _enqueue(self, *, front: bool) -> Ticket | None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Ticket | None] = loop.create_future()
        (self._waiters.appendleft if front else self._waiters.append)(waiter)
        self.waiting += 1
        if self._pump is None or self._pump.done():
            self._pump = loop.create_task(self._serve(), context=Context())
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.result() is not None:
                self.gate.give_back(self._clock.now())
            raise
        finally:
            self.waiting -= 1

    async def _serve(self) -> None:
        """Hands out tickets while any call waits."""
        while self._waiters:
            if self._waiters[0].done():
                self._waiters.popleft()
                continue
            now = self._clock.now()
            wait = self.gate.wait(now)
            ticket = self.gate.take(now) if wait <= 0 else None
            if ticket is None:
                await self._clock.sleep(wait)
                continue
            self._waiters.popleft().set_result(ticket)

    def _report(self, wait: float) -> None:
        if self._on_wait is None or wait <= 0:
            return
        try:
            self._on_wait(wait)
        except Exception as error:  # noqa: BLE001 - the user's callable never affects a call
            _logger.warning("on_wait failed with %s", type_name(error))

    async def aclose(self) -> None:
        """Turns every waiting call away."""
        self._closed = True
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.wait((self._pump,))


class RateLimiter:
    """The rate limits of one BoxC user: one for tracking, one for everything else.

    Args:
        clock: Source of time and sleep.
        rate_share: This client's share of the user's rate, above 0 and up to 1.
        on_wait: Called before each wait.

    Attributes:
        api: The leaky bucket that all calls but tracking share.
        track: The gate of tracking, whose limit is not documented.
    """

    def __init__(
        self, clock: Clock, *, rate_share: float = 1.0, on_wait: OnWait | None = None
    ) -> None:
        self._clock = clock
        self._on_wait = on_wait
        self.api = Bucket(rate_share=rate_share)
        self.track = Gate()

    def make_queues(self) -> dict[Gate, RateLimitQueue]:
        """Makes new queues in front of the gates, for a new loop."""
        gates: tuple[Gate, ...] = (self.api, self.track)
        return {gate: RateLimitQueue(gate, self._clock, self._on_wait) for gate in gates}

    def note(
        self, gate: Gate, ticket: Ticket, response: Response | None, refused: float | None
    ) -> None:
        """Reports to a gate what became of a ticket.

        Args:
            gate: The gate that gave the ticket.
            ticket: The ticket of the request.
            response: The response, if there was one.
            refused: Seconds that a 429 asks to wait; None when it was none.
        """
        now = self._clock.now()
        if refused is not None:
            gate.refused(now, refused)
        elif response is None:
            gate.lost()
        else:
            limit, requests = response.header("x-rate-limit"), response.header("x-rate-requests")
            gate.answered(now, ticket, limit, requests)
