"""What all calls of one client have in common on their way out: places, purses, the transport.

Promises: the places for requests under way are handed out first come, first served; closing turns
the queue away, waits for what is under way, and closes the transport last. What of this belongs to
one loop is its `Runtime`; the rest are values.
"""

import contextlib
import inspect
import logging
import weakref
from collections.abc import Callable
from enum import Enum

from boxapis._core.clock import Clock
from boxapis._core.loop_guard import Left, LoopBound
from boxapis._core.rate_limiter import Limiter
from boxapis._core.runtime import Runtime
from boxapis._core.trace import Trace
from boxapis._core.tracer import Recorder
from boxapis._http.messages import Origin, Request, Transport
from boxapis._sansio.operation import Kind
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


class Exchange(LoopBound[Runtime]):
    """The way through which every request of a client goes.

    Args:
        grace: Seconds for flights under way when the client is closed.

    Attributes:
        closed: Whether the client is closed or closing.
    """

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
        grace: float = 0.0,
    ) -> None:
        super().__init__()
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
        self.closed = self._ended = False
        self._grace = grace
        self._on_fork: list[weakref.WeakMethod[Callable[[], None]]] = []
        self.has_spent = False  # whether any purse may be less than full
        self._budgets: dict[Origin, Budget] = {}

    def on_fork(self, forget: Callable[[], None]) -> None:
        """Has a bound method called in a forked child, before anything else; it is held weakly."""
        self._on_fork.append(weakref.WeakMethod(forget))

    def _make(self, left: Left[Runtime] | None) -> Runtime | None:
        transport = self.transport
        sender: Transport | None = (
            transport.here() if isinstance(transport, LoopBound) else transport
        )
        if sender is None:
            return None
        if left is not None and left.forked:
            for reference in self._on_fork:
                forget = reference()
                if forget is not None:
                    forget()
        lines = {} if self.limiter is None else self.limiter.lines()
        runtime = Runtime(sender, self.limits.max_connections, lines)
        if self.closed:
            runtime.turn_away()
        return runtime

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
        runtime = self.here()
        if not isinstance(request, Request) or runtime is None:
            return
        with contextlib.suppress(Exception):  # nobody waits for it any more
            await runtime.transport.send(request, deadline=now + within)

    async def aclose(self, runtime: Runtime) -> None:
        """Turns the queue away, waits for what is under way, and closes the transport."""
        await runtime.aclose(self._grace, self.timeouts.close)
        if not self._ended:
            await self.transport.aclose()
            self._ended = True


def _takes_watch(transport: Transport) -> bool:
    try:
        return "watch" in inspect.signature(transport.send).parameters
    except (TypeError, ValueError):
        return False
