"""DirectTransport: HTTP/1.1 straight on asyncio, the fast and leak-proof one.

Promises:

* A request is written once, in one piece; every failure tells its phase and whether anything was
  sent. No URL exists outside the bytes on the wire, so no log or tracing tool can record one.
* One pool per origin, last in, first out, with constant time to take and to give. A connection
  that showed an unasked byte is closed. A changing request meets a connection that was just made.
* Everything ends a tenth of a second after the deadline it is given, if not before, and no drip of
  bytes outlives it: one sweep over the connections, ten times a second, looks at all times.
* A cancelled call drops its own connection and nothing else.
* Used on another loop, once the old one has stopped, or after a fork, it starts afresh.
* Closing it, or cancelling every call, leaves no task, socket or timer.
"""

import asyncio
import ssl
import weakref
from typing import Literal

from boxapis._core.clock import Clock
from boxapis._core.loop_guard import LoopBound, LoopChange, wrong_loop
from boxapis._http import failures as _failures
from boxapis._http.messages import Origin, Request, Response, Watch
from boxapis._http.proxies import ProxyOption, checked_proxy, proxy_for, sealed_proxy
from boxapis.errors import BoxAPIError, RequestTimeoutError
from boxapis.options import Limits, Timeouts
from boxapis.secret import Secret
from boxapis.transports._connect import Route, dial, proxy_authorization
from boxapis.transports._h1_connection import Connection, Outcome
from boxapis.transports._h1_writer import RequestWriter
from boxapis.transports._idle_pool import Pool
from boxapis.transports._tls import default_context

__all__ = ["DirectTransport"]

_SWEEP_EVERY = 0.1
_RECEIVE_BUFFER = 256 * 1024


class DirectTransport(LoopBound["Network"]):
    """Sends requests over connections of its own.

    Args:
        timeouts: Seconds for connecting, writing and reading.
        limits: Of idle connections and bodies.
        proxy: A URL; None for that of the environment; False for none.
        ssl_context: For ``https``; the default trusts the system's roots.

    Attributes:
        closed: Whether it is closed or closing.

    Raises:
        ConfigurationError: when the proxy is no URL.
    """

    def __init__(
        self,
        *,
        timeouts: Timeouts | None = None,
        limits: Limits | None = None,
        proxy: ProxyOption = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__()
        proxy = sealed_proxy(proxy)
        self.proxy: Secret | Literal[False] | None = checked_proxy(proxy)
        self.timeouts = timeouts or Timeouts()
        self.limits = limits or Limits()
        self.now = Clock().now
        self._ssl_context = ssl_context
        self.closed = False

    def _make(self, change: "LoopChange[Network] | None") -> "Network":
        if change is not None:
            change.part.leave(forked=change.forked, ends=not change.loop.is_closed())
        return Network(self)

    async def send(
        self, request: Request, *, deadline: float, watch: Watch | None = None
    ) -> Response:
        """Sends a request once; see `boxapis.transports.Transport`."""
        network = self.here()
        if network is None:
            raise wrong_loop(request.operation)
        return await network.send(request, deadline=deadline, watch=watch)

    def distrust(self, origin: Origin) -> None:
        """Uses no connection again that leads to an origin now; those in use end their request."""
        if self.latest is not None:
            self.latest.distrust(origin)

    async def context(self) -> ssl.SSLContext:
        """For TLS."""
        return self._ssl_context or await default_context()

    async def aclose(self) -> None:
        """Ends what is under way and closes every connection."""
        network = self.here()
        if network is None:
            raise wrong_loop("aclose()")
        self.closed = True
        await network.aclose()


class Network:
    """The connections of a transport on one loop, and all that waits for them there."""

    def __init__(self, owner: DirectTransport) -> None:
        self._reference = weakref.ref(owner)  # the transport holds this one
        self._timeouts = owner.timeouts
        self._limits = owner.limits
        self._now = owner.now
        self._ended = owner.closed
        self._buffer = memoryview(bytearray(_RECEIVE_BUFFER))
        self._open: set[Connection] = set()
        self._pools: dict[Origin, Pool] = {}
        self._dialing: set[asyncio.Timeout] = set()
        self._sweeper: asyncio.TimerHandle | None = None

    @property
    def _owner(self) -> DirectTransport:
        owner = self._reference()
        if owner is None:
            raise ReferenceError
        return owner

    async def send(
        self, request: Request, *, deadline: float, watch: Watch | None = None
    ) -> Response:
        """Sends a request once; its caller has compared the loop."""
        now = self._now()
        if self._ended or now >= deadline:
            return await self._send_no_more(request, deadline, watch)
        pool = self._pools.get(request.origin) or self._make_pool(request.origin)
        connection = pool.take(request, now)
        if connection is None:
            if watch is not None:
                watch.connecting()
            made = await self._connect(request, pool, deadline - now)
            if not isinstance(made, Connection):
                raise made
            connection, now = made, self._now()
        try:
            outcome = await self._start(connection, request, pool, now, deadline, watch)
        finally:
            self._give(connection, pool)
        if isinstance(outcome, Response):
            return outcome
        if isinstance(outcome, RequestTimeoutError):
            pool.drop()  # what lies beside a silent connection is as doubtful
        raise outcome

    async def _send_no_more(
        self, request: Request, deadline: float, watch: Watch | None
    ) -> Response:
        if self._owner.closed:
            raise _failures.client_closed(request.operation)
        if not self._ended:
            raise _failures.timed_out(request, "total", sent=False)
        # Left, while who uses this one was not: another client shares the transport.
        return await self._owner.send(request, deadline=deadline, watch=watch)

    def leave(self, *, forked: bool, ends: bool) -> None:
        """Is used no more; ``ends`` the connections, unless they are a parent's.

        The sockets of a loop that was closed under them are closed when they are collected, with
        asyncio's ResourceWarning.
        """
        self._ended = True
        for connection in tuple(self._open):
            if forked:
                connection.disown()
            elif ends:
                connection.end()
        self._open.clear()
        self._pools.clear()

    def distrust(self, origin: Origin) -> None:
        """Uses no connection again that leads to an origin now."""
        pool = self._pools.pop(origin, None)
        if pool is not None:
            pool.retire()

    def _make_pool(self, origin: Origin) -> Pool:
        proxy = proxy_for(origin, self._owner.proxy)
        if proxy is None or origin.scheme == "https":
            writer = RequestWriter(origin.authority)
        else:
            prefix = f"{origin.scheme}://{origin.authority}"
            extra = proxy_authorization(proxy)
            writer = RequestWriter(origin.authority, prefix=prefix, extra=extra)
        pool = self._pools[origin] = Pool(self._limits, proxy, writer)
        return pool

    def _start(
        self,
        connection: Connection,
        request: Request,
        pool: Pool,
        now: float,
        deadline: float,
        watch: Watch | None,
    ) -> asyncio.Future[Outcome]:
        if watch is not None:
            watch.sending(reused=connection.has_served)
        data = pool.writer.write(request)
        if data is None:
            refusal: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
            what = "the request cannot be written as HTTP"
            refusal.set_result(_failures.failed_locally(request, what, sent=False))
            return refusal
        if self._sweeper is None:
            self._sweep_soon()
        answer = connection.start(request, data, now, deadline)
        if watch is not None:
            watch.waiting()
        return answer

    def _give(self, connection: Connection, pool: Pool) -> None:
        """Back into the pool, if it is still one of ours and its call was not cancelled."""
        if connection in self._open and not self._ended:
            pool.give(connection, self._now())
        else:
            connection.abort()

    def _forget(self, connection: Connection) -> None:
        """A connection has ended."""
        self._open.discard(connection)
        for pool in self._pools.values():
            pool.idle.pop(connection, None)

    async def _connect(self, request: Request, pool: Pool, left: float) -> Connection | BoxAPIError:
        route = Route(
            self._make_connection, pool.proxy, self._owner.context, self._timeouts.connect
        )
        made: Connection | BoxAPIError = _failures.timed_out(request, "total", sent=False)
        limit = asyncio.timeout(left)
        try:
            async with limit:
                self._dialing.add(limit)
                made = await dial(request, route)
        except TimeoutError:
            pass
        finally:
            self._dialing.discard(limit)
        if isinstance(made, Connection):
            self._welcome(made)
        if self._ended:
            closed = self._owner.closed
            return (
                _failures.client_closed(request.operation)
                if closed
                else wrong_loop(request.operation)
            )
        return made

    def _make_connection(self) -> Connection:
        return Connection(self._buffer, self._limits.max_body, self._timeouts, self._forget)

    def _welcome(self, connection: Connection) -> None:
        if self._ended:
            connection.abort()
        elif not connection.is_lost:
            self._open.add(connection)

    def _sweep_soon(self) -> None:
        self._sweeper = asyncio.get_running_loop().call_later(_SWEEP_EVERY, self._sweep)

    def _sweep(self) -> None:
        """Looks at the times of every connection, and goes on while there are any."""
        now = self._now()
        self._sweeper = None
        for connection in tuple(self._open):
            connection.check(now)
        for pool in self._pools.values():
            pool.expire(now)
        if self._open:
            self._sweep_soon()

    async def aclose(self) -> None:
        """Ends what is under way and closes every connection."""
        self._ended = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        for limit in self._dialing:
            if not limit.expired():
                limit.reschedule(0)
        for connection in tuple(self._open):
            connection.end()
        # Closed sockets are let go in the loop's next few turns.
        while self._open or self._dialing:  # noqa: ASYNC110 - no event is worth those few turns
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        self._pools.clear()
