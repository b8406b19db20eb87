"""What all calls of one client have in common on their way out: places, purses, the transport.

Promises: the places for requests under way are handed out first come, first served; closing turns
the queue away, waits for what is under way, and closes the transport last. It shares its home, the
loop and the process, with the transport, and is asked to compare before each call.
"""

import contextlib
import inspect
import logging
from collections.abc import Callable
from enum import Enum

from boxapis._core.clock import Clock
from boxapis._core.loop_guard import Departure, Home
from boxapis._core.rate_limiter import Limiter
from boxapis._core.slots import Slots
from boxapis._core.trace import Trace
from boxapis._core.tracer import Recorder
from boxapis._http.messages import Origin, Request, Transport
from boxapis._sansio.catalogue import Kind
from boxapis._sansio.retry import Budget
from boxapis.errors import Service
from boxapis.options import Limits, Retries, Timeouts

__all__ = ["Exchange", "Prepare", "Stale"]


_is_enabled = logging.getLogger("boxapis").isEnabledFor
_DEBUG = logging.DEBUG


class Stale(Enum):
    """What ``prepare`` says when the session must be renewed before the request is made."""

    STALE = "stale"


Prepare = Callable[[float], Request | Stale]
"""Gives the request as of this very moment on the clock, or says that the session is stale."""


class Exchange:
    """The way through which every request of a client goes."""

    def __init__(
        self,
        transport: Transport,
        *,
        clock: Clock,
        limits: Limits,
        timeouts: Timeouts,
        retries: Retries,
        service: Service,
        limiter: Limiter | None = None,
        trace: Trace | None = None,
    ) -> None:
        self.transport = transport
        self.clock = clock
        self.now = clock.now
        self.timeouts = timeouts
        self.retries = retries
        self.limiter = limiter
        self._service: Service = service
        self._trace = trace
        self._tells: bool | None = None  # whether the transport tells how far a request has come
        self.limits = limits
        self.slots = Slots(limits.max_connections)
        self.has_spent = False  # whether any purse may be less than full
        self._budgets: dict[Origin, Budget] = {}
        home = getattr(transport, "home", None)
        self.home = home if isinstance(home, Home) else Home()
        self.home.guarded = True
        self.home.settle(self._leave)

    def _leave(self, move: Departure) -> None:
        """Leaves the queues of the old loop to those who stand in them."""
        if move.forked or move.old.is_closed():
            self.slots.abandon()
        is_closed = self.slots.closed
        self.slots = Slots(self.limits.max_connections)
        self.slots.closed = is_closed
        if self.limiter is not None:
            self.limiter.leave()

    def distrust(self, origin: Origin) -> None:
        """Has no connection to an origin used again: one gave a caller somebody else's answer."""
        distrust = getattr(self.transport, "distrust", None)
        if distrust is not None:
            distrust(origin)

    def recorder(self, operation: str, kind: Kind, trace: Trace | None) -> Recorder | None:
        """Who watches a call, if anybody wants to know of it."""
        trace = trace or self._trace
        if trace is None and not _is_enabled(_DEBUG):
            return None
        if self._tells is None:
            self._tells = _takes_watch(self.transport)
        return Recorder(
            self.transport,
            tells=self._tells,
            now=self.now,
            service=self._service,
            operation=operation,
            kind=kind,
            trace=trace,
        )

    def budget(self, origin: Origin) -> Budget:
        """The purse from which repeats to an origin are paid."""
        budget = self._budgets.get(origin)
        if budget is None:
            budget = self._budgets[origin] = Budget(self.retries.budget)
        return budget

    async def farewell(self, prepare: Prepare, *, within: float) -> None:
        """Sends one last request past the queue and forgets what becomes of it."""
        now = self.now()
        request = prepare(now)
        if not isinstance(request, Request) or not self.home.enter():
            return
        with contextlib.suppress(Exception):  # nobody waits for it any more
            await self.transport.send(request, deadline=now + within)

    async def aclose(self) -> None:
        """Turns the queue away, waits for what is under way, and closes the transport."""
        self.close_queue()
        if self.limiter is not None:
            await self.limiter.aclose()
        await self.slots.drained(self.timeouts.close)
        await self.transport.aclose()

    def close_queue(self) -> None:
        """Turns away everybody who waits, and everybody who comes."""
        self.slots.close()


def _takes_watch(transport: Transport) -> bool:
    try:
        return "watch" in inspect.signature(transport.send).parameters
    except (TypeError, ValueError):
        return False
