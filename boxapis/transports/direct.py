"""`DirectTransport`: HTTP/1.1 directly on asyncio and llhttp; the default transport.

Promises:

* A request is written once, in one piece; every failure says in which phase it happened and whether
  anything was sent. URLs exist only as bytes on the wire, so no log or tracing tool records one.
* There is one pool per origin, last in, first out, in constant time. A connection that received an
  unrequested byte is closed. A changing request is sent over a new connection.
* Everything ends within a tenth of a second after its deadline, however slowly bytes arrive: one
  sweep over all connections, ten times a second, checks every time limit.
* A cancelled call closes its own connection and nothing else.
* On another loop, once the old one has stopped, and after a fork it starts afresh.
* Closing it, or cancelling every call, leaves no task, socket or timer behind.
"""

import asyncio
import ssl
import weakref
from collections.abc import Callable
from contextvars import Context

from boxapis._core.clock import Clock
from boxapis._core.loop_guard import LoopBound, LoopChange, wrong_loop
from boxapis._http import failures as _failures
from boxapis._http.messages import Origin, Request, Response, Watch
from boxapis._http.proxies import CheckedProxy, ProxyOption, checked_proxy, proxy_for, sealed_proxy
from boxapis.errors import BoxAPIError, RequestTimeoutError
from boxapis.options import Limits, Timeouts
from boxapis.transports._connect import Route, connect, ready_connection
from boxapis.transports._h1_connection import Connection, Outcome
from boxapis.transports._idle_pool import IdlePool
from boxapis.transports._resolver import Resolver

__all__ = ["DirectTransport"]

_SWEEP_INTERVAL = 0.1
_RECEIVE_BUFFER = 256 * 1024


class DirectTransport(LoopBound["Network"]):
    """Sends requests over its own HTTP/1.1 connections; the default transport.

    Args:
        timeouts: ``connect``, ``write``, ``read`` and ``read_changing`` are used.
        limits: ``max_connections`` limits only the idle connections to each origin.
        proxy: URL of an HTTP proxy; None, the default, for ``HTTPS_PROXY`` and ``NO_PROXY`` of the
            environment; False for no proxy.
        ssl_context: TLS context; the default trusts the system's roots.

    Attributes:
        timeouts: The time limits.
        limits: Limits of connections and bodies.
        now: Returns the time in seconds.
        closed: Whether it is closed or closing.

    Raises:
        ConfigurationError: the proxy is not an ``http`` or ``https`` URL.
    """

    def __init__(
        self,
        *,
        timeouts: Timeouts | None = None,
        limits: Limits | None = None,
        proxy: ProxyOption = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        proxy = sealed_proxy(proxy)
        super().__init__()
        self.closed: bool = False  # first, because a repr needs it, also of a proxy that is refused
        self._proxy: CheckedProxy = checked_proxy(proxy)
        self._ssl_context = ssl_context
        self.timeouts: Timeouts = timeouts or Timeouts()
        self.limits: Limits = limits or Limits()
        self.now: Callable[[], float] = Clock().now

    def _make(self, change: "LoopChange[Network] | None") -> "Network":
        if change is not None:
            change.part.release(change)
        return Network(self, self._proxy, self._ssl_context)

    async def send(
        self, request: Request, *, deadline: float, watch: Watch | None = None
    ) -> Response:
        """Sends a request once; see `boxapis.transports.Transport`.

        Raises:
            TransportError: the request failed.
            InvalidResponseError: the response is not HTTP, or too large.
            ClientClosedError: the transport is closed.
            ConfigurationError: another event loop uses it, or the environment's proxy is wrong.
        """
        network = self.here()
        if network is None:
            raise wrong_loop(request.operation)
        return await network.send(request, deadline=deadline, watch=watch)

    async def aclose(self) -> None:
        """Ends every request under way and closes every connection.

        Raises:
            ConfigurationError: another event loop uses it.
        """
        network = self.here()
        if network is None:
            raise wrong_loop("aclose()")
        self.closed = True
        await network.aclose()

    def __repr__(self) -> str:
        load = getattr(self.latest, "load", "unused")
        return f"<{type(self).__name__} {'closed' if self.closed else load}>"


class Network:
    """The connections of a transport on one event loop."""

    def __init__(
        self, owner: DirectTransport, proxy: CheckedProxy, ssl_context: ssl.SSLContext | None
    ) -> None:
        self._reference = weakref.ref(owner)  # weak, because the owner holds this object
        self._proxy: CheckedProxy = proxy
        self._ssl_context = ssl_context
        self._timeouts = owner.timeouts
        self._limits = owner.limits
        self._now = owner.now
        self._ended = owner.closed
        self._buffer = memoryview(bytearray(_RECEIVE_BUFFER))
        self._connections: set[Connection] = set()
        self._pools: dict[Origin, IdlePool] = {}
        self._connecting: set[asyncio.Timeout] = set()
        self._sweeper: asyncio.TimerHandle | None = None
        self._resolver = Resolver(self._now)

    @property
    def load(self) -> str:
        """Hosts, connections in flight and idle ones, for reprs."""
        idle = sum(len(pool.idle) for pool in self._pools.values())
        hosts = "".join(f"{origin.authority}, " for origin in self._pools)
        return f"{hosts}{len(self._connections) - idle} in flight, {idle} idle"

    @property
    def _owner(self) -> DirectTransport:
        owner = self._reference()
        if owner is None:
            raise ReferenceError
        return owner

    async def send(
        self, request: Request, *, deadline: float, watch: Watch | None = None
    ) -> Response:
        """Sends a request once; the caller has checked that this is the right loop."""
        now = self._now()
        if self._ended or now >= deadline:
            return await self._send_after_end(request, deadline, watch)
        pool = self._pools.get(request.origin) or self._make_pool(request.origin)
        connection = pool.get(request, now)
        if connection is None:
            if watch is not None:
                watch.connecting()
            work = self._connect(request, pool, deadline - now)
            connected = await ready_connection(request, work)
            connection, now = _failures.unwrapped(connected), self._now()
        try:
            outcome = await self._start(connection, request, pool, now, deadline, watch)
        except asyncio.CancelledError:
            connection.abort()  # no caller reads the response, should it be there already
            raise
        finally:
            self._put_back(connection, pool)
        if isinstance(outcome, Response):
            return outcome
        if isinstance(outcome, RequestTimeoutError):
            pool.close_idle()  # the others to a silent server are as doubtful
        return _failures.unwrapped(outcome)

    async def _send_after_end(
        self, request: Request, deadline: float, watch: Watch | None
    ) -> Response:
        if self._owner.closed:
            raise _failures.client_closed(request.operation)
        if not self._ended:
            raise _failures.timed_out(request, "total", sent=False)
        # Another client, which shares the transport, moved it to its own loop.
        return await self._owner.send(request, deadline=deadline, watch=watch)

    def release(self, change: "LoopChange[Network]") -> None:
        """Lets go of every connection; closes them, unless they are a parent's.

        If their loop was closed first, the sockets are closed when they are collected, with
        asyncio's ResourceWarning.
        """
        self._ended = True
        for connection in tuple(self._connections):
            if change.forked:
                connection.detach()
            elif not change.loop.is_closed():
                connection.end()
        self._connections.clear()
        self._pools.clear()

    def _make_pool(self, origin: Origin) -> IdlePool:
        proxy = proxy_for(origin, self._proxy)
        pool = self._pools[origin] = IdlePool(origin, proxy, self._limits)
        return pool

    def _start(
        self,
        connection: Connection,
        request: Request,
        pool: IdlePool,
        now: float,
        deadline: float,
        watch: Watch | None,
    ) -> asyncio.Future[Outcome]:
        if watch is not None:
            watch.sending(reused=connection.has_served)
        if not pool.writer.can_write(request):
            refused: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
            problem = "the request cannot be written as HTTP"
            refused.set_result(_failures.failed_locally(request, problem, sent=False))
            return refused
        if self._sweeper is None:
            self._schedule_sweep()
        outcome = connection.start(request, pool.writer.as_bytes, now, deadline)
        if watch is not None:
            watch.waiting()
        return outcome

    def _put_back(self, connection: Connection, pool: IdlePool) -> None:
        """Puts a connection into its pool, unless this network has ended or let go of it."""
        if connection in self._connections and not self._ended:
            pool.put(connection, self._now())
        else:
            connection.abort()

    def _on_lost(self, connection: Connection) -> None:
        self._connections.discard(connection)
        for pool in self._pools.values():
            pool.idle.pop(connection, None)

    async def _connect(
        self, request: Request, pool: IdlePool, remaining: float
    ) -> Connection | BoxAPIError:
        make, timeout = self._make_connection, self._timeouts.connect
        route = Route(make, pool.proxy, self._ssl_context, self._resolver, timeout)
        limit = asyncio.timeout(remaining)
        try:
            async with limit:
                self._connecting.add(limit)
                outcome: Connection | BoxAPIError = await connect(request, route)
        except TimeoutError:
            outcome = _failures.timed_out(request, "total", sent=False)
        finally:
            self._connecting.discard(limit)
        if isinstance(outcome, Connection):
            self._register(outcome)
        if not self._ended:
            return outcome
        if self._owner.closed:
            return _failures.client_closed(request.operation)
        return wrong_loop(request.operation)

    def _make_connection(self) -> Connection:
        return Connection(self._buffer, self._limits, self._timeouts, self._on_lost)

    def _register(self, connection: Connection) -> None:
        if self._ended:
            connection.abort()
        elif not connection.is_lost:
            self._connections.add(connection)

    def _schedule_sweep(self) -> None:
        loop = asyncio.get_running_loop()
        self._sweeper = loop.call_later(_SWEEP_INTERVAL, self._sweep, context=Context())

    def _sweep(self) -> None:
        """Checks the time limits of every connection, and repeats while there are any."""
        now = self._now()
        self._sweeper = None
        for connection in tuple(self._connections):
            connection.check_timeouts(now)
        for pool in self._pools.values():
            pool.expire(now)
        if self._connections:
            self._schedule_sweep()

    async def aclose(self) -> None:
        """Ends every request under way and closes every connection."""
        self._ended = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        for limit in self._connecting:
            if not limit.expired():
                limit.reschedule(0)
        for connection in tuple(self._connections):
            connection.end()
        await self._resolver.aclose()
        while self._connections or self._connecting:  # noqa: ASYNC110 - a few turns of the loop
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        self._pools.clear()
