"""`Dispatcher`: the state shared by all calls of one client.

It holds the transport and the retry budgets, which are values, and the `Runtime`, which belongs to
one event loop. Closing turns the queues away, waits for what is under way, and
closes the transport last, with a store that was made for this client.
"""

import contextlib
import inspect
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

from boxapis._core.clock import Clock
from boxapis._core.loop_guard import LoopBound, LoopChange
from boxapis._core.runtime import Runtime
from boxapis._http.messages import Origin, Request, Transport
from boxapis._sansio.operation import Kind
from boxapis._sansio.retry import RetryBudget
from boxapis.errors import Service
from boxapis.options import Limits, Retries, Timeouts

if TYPE_CHECKING:
    from boxapis._core.store import Store
    from boxapis._core.trace import Trace
    from boxapis._core.tracer import CallTracer

__all__ = ["Dispatcher"]


class Dispatcher(LoopBound[Runtime]):
    """What the calls of one client share.

    Args:
        transport: Sends the requests.
        clock: Source of time and randomness.
        limits: Connections and body size.
        timeouts: Seconds for each part of a request.
        retries: How failed requests are repeated.
        service: ``"boxtracker"`` or ``"boxc"``; used in traces.
        trace: Called with a `CallTrace` after each call.
        grace: Seconds for renewals under way when the client is closed.
        store: Where several processes share sessions and rate limits; None for this one alone.

    Attributes:
        closed: Whether the client is closed or closing.
        trace: Called with a `CallTrace` after each call that has no trace of its own.
        has_withdrawn: Whether any retry budget may be less than full.
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
        trace: "Trace | None" = None,
        grace: float = 0.0,
        store: "Store | None" = None,
    ) -> None:
        super().__init__()
        self.transport = transport
        self.clock = clock
        self.now = clock.now
        self.limits = limits
        self.timeouts = timeouts
        self.retries = retries
        self.closed = self._transport_closed = False
        self.has_withdrawn = False
        self.store = store
        self._service: Service = service
        self.trace = trace
        self._takes_watch: bool | None = None  # whether the transport reports its progress
        self._grace = grace
        self._on_fork: list[weakref.WeakMethod[Callable[[], None]]] = []
        self._budgets: dict[Origin, RetryBudget] = {}

    @property
    def load(self) -> str:
        """How many calls are in flight and how many wait, for reprs; of all views together."""
        runtime = self.latest
        calls = (0, 0) if runtime is None else (runtime.connections.in_use, runtime.waiting)
        text = "{} in flight, {} waiting".format(*calls)
        if not self.closed:
            return text
        return f"closed, {text}" if any(calls) else "closed"

    def on_fork(self, drop: Callable[[], None]) -> None:
        """Calls a bound method in a forked child before anything else; it is held weakly."""
        self._on_fork.append(weakref.WeakMethod(drop))

    def _make(self, change: LoopChange[Runtime] | None) -> Runtime | None:
        transport = self.transport
        sender: Transport | None = transport
        if isinstance(transport, LoopBound):
            part = transport.here()
            sender = part if part is None or not _overrides_send(transport) else transport
        if sender is None or (self.store is not None and self.store.here() is None):
            return None
        if change is not None and change.forked:
            for reference in self._on_fork:
                drop = reference()
                if drop is not None:
                    drop()
        runtime = Runtime(sender, self.limits.max_connections)
        if self.closed:
            runtime.turn_away()
        return runtime

    def tracer(self, operation: str, kind: Kind, trace: "Trace | None") -> "CallTracer":
        """Returns a tracer for a call."""
        from boxapis._core.tracer import CallTracer  # noqa: PLC0415 - few calls are traced

        if self._takes_watch is None:
            self._takes_watch = _takes_watch(self.transport)
        return CallTracer(
            takes_watch=self._takes_watch,
            now=self.now,
            service=self._service,
            operation=operation,
            kind=kind,
            trace=trace,
        )

    def budget(self, origin: Origin) -> RetryBudget:
        """Returns the budget that retries to an origin are paid from."""
        budget = self._budgets.get(origin)
        if budget is None:
            budget = self._budgets[origin] = RetryBudget(self.retries.budget)
        return budget

    async def send_best_effort(self, request: Request, *, within: float) -> None:
        """Sends one last request past all queues and ignores its outcome.

        Args:
            request: What to send.
            within: Seconds that it may take.
        """
        runtime = self.here()
        if runtime is not None:
            with contextlib.suppress(Exception):  # no caller waits for it any more
                response = await runtime.transport.send(request, deadline=self.now() + within)
                response.discard_connection()  # whether it is the right one is not checked

    async def aclose(self, runtime: Runtime) -> None:
        """Turns the queues away, waits for what is under way, and closes the transport last."""
        await runtime.aclose(self._grace, self.timeouts.close)
        try:
            if not self._transport_closed:
                await self.transport.aclose()
                self._transport_closed = True
        finally:
            if self.store is not None and self.store.belongs_to_client:
                await self.store.aclose()


def _overrides_send(transport: Transport) -> bool:
    """Whether a subclass of one of our transports has a ``send`` of its own, to be called."""
    return sum("send" in vars(kind) for kind in type(transport).__mro__) > 1


def _takes_watch(transport: Transport) -> bool:
    try:
        return "watch" in inspect.signature(transport.send).parameters
    except (TypeError, ValueError):
        return False
