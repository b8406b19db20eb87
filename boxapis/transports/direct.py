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
from typing import Literal

from boxapis._core.clock import Clock
from boxapis._core.loop_guard import Departure, Home, elsewhere
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


class DirectTransport:
    """Sends requests over connections of its own.

    Args:
        timeouts: Seconds for connecting, writing and reading.
        limits: Of idle connections and bodies.
        proxy: A URL; None for that of the environment; False for none.
        ssl_context: For ``https``; the default trusts the system's roots.

    Attributes:
        home: The event loop and the process it lives in.

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
        _clock: Clock | None = None,
    ) -> None:
        proxy = sealed_proxy(proxy)
        self._proxy: Secret | Literal[False] | None = checked_proxy(proxy)
        self._timeouts = timeouts or Timeouts()
        self._limits = limits or Limits()
        self._now = (_clock or Clock()).now
        self._ssl_context = ssl_context
        self._closed = False
        self.home = Home()
        self.home.settle(self._leave)
        self._inherited: list[object] = []
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._buffer = memoryview(bytearray(_RECEIVE_BUFFER))
        self._open: set[Connection] = set()
        self._pools: dict[Origin, Pool] = {}
        self._dialing: set[asyncio.Timeout] = set()
        self._sweeper: asyncio.TimerHandle | None = None

    async def send(
        self, request: Request, *, deadline: float, watch: Watch | None = None
    ) -> Response:
        """Sends a request once; see `boxapis.transports.Transport`."""
        now = self._now()
        if self._closed or now >= deadline or not (self.home.guarded or self.home.enter()):
            raise self._refusal(request)
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

    def _refusal(self, request: Request) -> BoxAPIError:
        if self._closed:
            return _failures.closed(request)
        if not (self.home.guarded or self.home.enter()):
            return elsewhere(request.operation)
        return _failures.timed_out(request, "total", sent=False)

    def _leave(self, move: Departure) -> None:
        """Leaves the old loop, or the parent process, whose sockets are not ours to close.

        The sockets of a loop that was closed under them are closed when they are collected, with
        asyncio's ResourceWarning.
        """
        if move.forked:
            self._inherited.append((move, [one.disown() for one in self._open]))
        elif not move.old.is_closed():
            for connection in tuple(self._open):
                connection.end()
        self._start_afresh()

    def distrust(self, origin: Origin) -> None:
        """Uses no connection again that leads to an origin now; those in use end their request."""
        pool = self._pools.pop(origin, None)
        if pool is not None:
            pool.retire()

    def _make_pool(self, origin: Origin) -> Pool:
        proxy = proxy_for(origin, self._proxy)
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
        if connection in self._open and not self._closed:
            pool.give(connection, self._now())
        else:
            connection.abort()

    def _forget(self, connection: Connection) -> None:
        """A connection has ended."""
        self._open.discard(connection)
        for pool in self._pools.values():
            pool.idle.pop(connection, None)

    async def _connect(self, request: Request, pool: Pool, left: float) -> Connection | BoxAPIError:
        route = Route(self._make_connection, pool.proxy, self._context, self._timeouts.connect)
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
        return _failures.closed(request) if self._closed else made

    def _make_connection(self) -> Connection:
        return Connection(self._buffer, self._limits.max_body, self._timeouts, self._forget)

    def _welcome(self, connection: Connection) -> None:
        if self._closed:
            connection.abort()
        elif not connection.is_lost:
            self._open.add(connection)

    async def _context(self) -> ssl.SSLContext:
        return self._ssl_context or await default_context()

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
        if not self.home.enter():
            raise elsewhere("aclose()")
        self._closed = True
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
        self._start_afresh()
