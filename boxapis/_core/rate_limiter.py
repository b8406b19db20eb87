"""The queue in front of BoxC's rate limit: two lines before one gate, at the pace of the bucket.

Promises: a background call passes only when no call of the foreground waits. Within a line no call
overtakes another, except a request that was refused with 429, which goes to the head of its line. A
cancelled caller leaves no trace. A call whose deadline cannot be met, as things stand, is refused
at once; one that is overtaken until its deadline has passed is refused then. Each wait is reported
before it begins. The arithmetic is in `boxapis._sansio.boxc.ratelimit`.

A steady foreground that uses up the rate starves the background. This is by design: a share kept
for the background would delay calls that a person waits for.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from contextvars import Context, ContextVar

from boxapis._core.clock import Clock
from boxapis._http.messages import Response
from boxapis._sansio.boxc.ratelimit import Gate, Ticket
from boxapis.errors import type_name

__all__ = ["Lines", "OnWait", "RateLimitQueue", "in_background"]

OnWait = Callable[[float], object]
"""Called with the seconds that a call will wait for the rate limit."""

in_background: ContextVar[bool] = ContextVar("boxapis_in_background", default=False)
"""Whether all calls of this context wait in the background line, whatever their options."""

_logger = logging.getLogger("boxapis")


_Waiter = asyncio.Future[Ticket | None]


class Lines:
    """The calls that wait on one loop: first the foreground line, then the background line.

    Attributes:
        waiters: The calls without a ticket; one that was just cancelled leaves by itself.
        waiting: Number of calls in each line; a call with a ticket counts until it goes on.
        served: The queues of the same loop in which calls wait.
        pump: The task that hands out tickets.
    """

    __slots__ = ("pump", "served", "waiters", "waiting")

    def __init__(self, served: "set[RateLimitQueue]") -> None:
        self.waiters: tuple[OrderedDict[_Waiter, None], ...] = (OrderedDict(), OrderedDict())
        self.waiting = [0, 0]
        self.served = served
        self.pump: asyncio.Task[None] | None = None

    def next_line(self) -> OrderedDict[_Waiter, None] | None:
        """Returns the line whose first call is the next to go on; None when no call waits."""
        for line in self.waiters:
            while line:
                waiter = next(iter(line))
                if not waiter.done():
                    return line
                del line[waiter]
        return None


class RateLimitQueue:
    """The calls that wait in front of one gate.

    Args:
        gate: The arithmetic of the rate limit.
        clock: Source of time and sleep.
        on_wait: Called before each wait.
    """

    __slots__ = ("_clock", "_lines", "_on_wait", "gate")

    def __init__(self, gate: Gate, clock: Clock, on_wait: OnWait | None) -> None:
        self.gate = gate
        self._clock = clock
        self._on_wait = on_wait
        self._lines: Lines | None = None  # made for the first call of a loop that waits

    def acquire_nowait(self, served: "set[RateLimitQueue]") -> Ticket | None:
        """Returns a ticket if no call of this loop waits, and the gate lets one through."""
        lines = self._lines
        if lines is not None and lines.served is served and any(lines.waiting):
            return None
        return self.gate.take(self._clock.now())

    async def acquire(
        self,
        served: "set[RateLimitQueue]",
        *,
        background: bool = False,
        front: bool = False,
        until: float | None = None,
    ) -> Ticket | None:
        """Waits for a ticket; returns None when closed, or when ``until`` cannot be met.

        Args:
            served: The queues of this loop in which calls wait; this one is added to them.
            background: Whether to wait in the background line.
            front: Whether to wait at the head of the line.
            until: The latest time on the clock, in seconds; None for no bound.
        """
        now = self._clock.now()
        ahead = self._ahead(served, background=background)
        ticket = None if ahead else self.gate.take(now)
        if ticket is not None:
            return ticket
        lines = self._lines
        if lines is None or lines.served is not served:
            lines = self._lines = self._new_lines(served)
        if front:
            ahead = lines.waiting[False] if background else 0
        wait = self.gate.wait(now, ahead)
        if until is not None and now + wait > until:
            return None
        self._report(wait)
        if until is None:
            return await self._enqueue(lines, background=background, front=front)
        try:
            async with asyncio.timeout(until - now):
                return await self._enqueue(lines, background=background, front=front)
        except TimeoutError:
            return None

    def expected_wait(
        self, served: "set[RateLimitQueue] | None", calls: int, *, background: bool
    ) -> float:
        """Returns the seconds until the last of so many further calls in a line gets a ticket."""
        position = self._ahead(served, background=background) + calls - 1
        return self.gate.wait(self._clock.now(), position)

    @property
    def waiting(self) -> int:
        """Number of calls that wait in both lines, on the loop that used them last."""
        return 0 if self._lines is None else sum(self._lines.waiting)

    def _ahead(self, served: "set[RateLimitQueue] | None", *, background: bool) -> int:
        """Returns the number of calls that are let through before one that comes now."""
        lines = self._lines
        if lines is None or lines.served is not served:  # a loop that has ended serves nothing
            return 0
        return sum(lines.waiting) if background else lines.waiting[False]

    def _new_lines(self, served: "set[RateLimitQueue]") -> Lines:
        return Lines(served)

    async def _enqueue(self, lines: Lines, *, background: bool, front: bool) -> Ticket | None:
        loop = asyncio.get_running_loop()
        waiter: _Waiter = loop.create_future()
        line = lines.waiters[background]
        line[waiter] = None
        line.move_to_end(waiter, last=not front)
        lines.waiting[background] += 1
        if lines.pump is None or lines.pump.done():
            lines.served.add(self)
            lines.pump = loop.create_task(self._serve(lines), context=Context())
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                ticket = waiter.result()
                if ticket is not None:
                    self.give_back(ticket)
            raise
        finally:
            line.pop(waiter, None)  # of a cancelled call: its turn may never come
            lines.waiting[background] -= 1

    async def _serve(self, lines: Lines) -> None:
        """Hands out tickets while any call waits."""
        ticket: Ticket | None = None
        while (line := lines.next_line()) is not None:
            if ticket is None:
                ticket = await self._next_ticket()
                continue  # the first call may have left meanwhile, or another come before it
            waiter, _ = line.popitem(last=False)
            waiter.set_result(ticket)
            ticket = None
        if ticket is not None:
            self.give_back(ticket)
        lines.served.discard(self)

    async def _next_ticket(self) -> Ticket | None:
        """Returns a ticket, or None after a wait."""
        now = self._clock.now()
        wait = self.gate.wait(now)
        ticket = self.gate.take(now) if wait <= 0 else None
        if ticket is None:
            await self._clock.sleep(wait)
        return ticket

    def _report(self, wait: float) -> None:
        if self._on_wait is None or wait <= 0:
            return
        try:
            self._on_wait(wait)
        except Exception as error:  # noqa: BLE001 - the user's callable never affects a call
            kind = type_name(error)
            extra = {"callback": "on_wait", "error_type": kind}
            _logger.warning("on_wait failed with %s", kind, extra=extra)

    def pause(self, seconds: float) -> None:
        """Lets no call through for some seconds, or longer if the gate is closed for longer."""
        self.gate.opens_at = max(self.gate.opens_at, self._clock.now() + seconds)

    def is_at_rest(self, now: float) -> bool:
        """Whether it has nothing to remember: a new one would let the same calls through."""
        return self.gate.is_at_rest(now)

    def follow(self, other: "RateLimitQueue", key: str) -> None:  # noqa: ARG002 - for a store
        """Lets calls through at the pace of another queue from now on: they are of one user.

        Args:
            other: The queue of the user, which may be this one.
            key: Name of the user's bucket in a store.
        """
        self.gate = other.gate

    def give_back(self, ticket: Ticket) -> None:  # noqa: ARG002 - that of a shared limit tells more
        """Takes back a ticket whose request was not sent."""
        self.gate.give_back(self._clock.now())

    def note(self, ticket: Ticket, response: Response | None, refused: float | None) -> None:
        """Reports to the gate what became of a ticket.

        Args:
            ticket: The ticket of the request.
            response: The response, if there was one.
            refused: Seconds that a 429 asks to wait; None when it was none.
        """
        now, gate = self._clock.now(), self.gate
        if refused is not None:
            gate.refused(now, refused)
        elif response is None:
            gate.lost()
        else:
            limit, requests = response.header("x-rate-limit"), response.header("x-rate-requests")
            gate.answered(now, ticket, limit, requests)

    async def aclose(self) -> None:
        """Turns every waiting call away."""
        lines = self._lines
        if lines is None or lines.pump is None:
            return
        for waiter in (*lines.waiters[False], *lines.waiters[True]):
            if not waiter.done():
                waiter.set_result(None)
        lines.pump.cancel()
        await asyncio.wait((lines.pump,))
