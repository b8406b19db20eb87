"""`HttpxTransport`: sends through any httpx transport (SOCKS proxies, respx, ASGI, ...).

Promises: no ``str`` or ``repr`` of a URL shows its query, so neither httpx's log nor a tracing tool
that patches httpx records a secret. No redirect is followed, no cookie kept, no compression
requested, nothing sent twice. Cancelling a request inside httpx 0.28 spoils its pool for good, so a
call that is cancelled or out of time *abandons* its request, which goes on in its own task; after a
few of them the pool is replaced and the old one closed. No exception of httpx escapes: each becomes
an error of this library, without the URL and the cause. On another loop, once the old one has
stopped, and after a fork it starts afresh, and touches no socket of before.

A connection goes back into httpx's pool in the turn of the loop after the caller has read the
response. One whose response was not understood, or was followed by surplus bytes, is shut down
before; httpx's pool looks at each socket before it uses it again, and drops it. Over a transport
that was given and does not expose its connections (``network_stream``), nothing can be ended. An
abandoned request that was not sent by then never is: it is stopped before its first byte.

What httpx cannot do: see bytes that a server sends over a new connection before it is asked.
"""

import asyncio
import ssl
import weakref
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

import httpx

from boxapis._core.clock import Clock
from boxapis._core.loop_guard import LoopBound, LoopChange, wrong_loop
from boxapis._http import failures as _failures
from boxapis._http.messages import Origin, Request, Response, Watch
from boxapis._http.proxies import (
    CheckedProxy,
    Proxy,
    ProxyOption,
    checked_proxy,
    proxy_for,
    sealed_proxy,
)
from boxapis.errors import BoxAPIError, ConfigurationError
from boxapis.options import Limits, Timeouts
from boxapis.transports._httpx_exchange import HttpxExchange
from boxapis.transports._httpx_messages import Progress, httpx_proxy
from boxapis.transports._httpx_pool import HttpxPool, PoolKey, bound_elsewhere, can_rebind
from boxapis.transports._httpx_quiet import quiet

__all__ = ["HttpxTransport"]

_MAX_ABANDONED = 8


class HttpxTransport(LoopBound["Pools"]):
    """Sends requests through httpx.

    Args:
        transport: Any ``httpx.AsyncBaseTransport``; it is closed with this one. The default is
            ``httpx.AsyncHTTPTransport``. It stays in its process, and httpx's own on its event
            loop, too. The progress of any but httpx's own is unknown: requests count as sent once
            they are handed over.
        timeouts: ``connect``, ``write``, ``read`` and ``read_changing`` are used.
        limits: ``max_connections`` limits only the idle connections.
        proxy: URL of an HTTP proxy; None, the default, for ``HTTPS_PROXY`` and ``NO_PROXY`` of the
            environment; False for no proxy.
        ssl_context: TLS context; the default trusts certifi's roots.

    Attributes:
        timeouts: The time limits.
        limits: Limits of connections and bodies.
        now: Returns the time in seconds.
        closed: Whether it is closed or closing.
        is_bound_elsewhere: Whether the transport given was used on another loop or in another
            process, and may have connections there.

    Raises:
        ConfigurationError: the proxy is not an ``http`` or ``https`` URL; or ``proxy`` or
            ``ssl_context`` is given together with ``transport``, which has its own.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
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
        if transport is not None and (self._proxy or ssl_context is not None):
            message = "proxy and ssl_context cannot be combined with transport; set them on that"
            raise ConfigurationError(message)
        self._ssl_context = ssl_context
        self._given = None if transport is None else quiet(transport)
        self.timeouts: Timeouts = timeouts or Timeouts()
        self.limits: Limits = limits or Limits()
        self.now: Callable[[], float] = Clock().now
        self.is_bound_elsewhere: bool = False

    def _make(self, change: "LoopChange[Pools] | None") -> "Pools":
        given = self._given
        if change is not None:
            change.part.release(change)
            self.is_bound_elsewhere |= given is not None and not can_rebind(
                given, forked=change.forked
            )
        return Pools(self, given, self._proxy)

    async def send(
        self, request: Request, *, deadline: float, watch: Watch | None = None
    ) -> Response:
        """Sends a request once; see `boxapis.transports.Transport`.

        Raises:
            TransportError: the request failed.
            InvalidResponseError: the response is not HTTP, or too large.
            ClientClosedError: the transport is closed.
            ConfigurationError: another event loop uses it, the transport given was used on another
                one, or the environment's proxy is wrong.
        """
        pools = self.here()
        if pools is None:
            raise wrong_loop(request.operation)
        return await pools.send(request, deadline=deadline, watch=watch)

    def context_for(self, origin: Origin) -> ssl.SSLContext:
        """Returns the TLS context for an origin; the default is made when it is first needed."""
        if self._ssl_context is None and origin.scheme == "https":
            self._ssl_context = httpx.create_ssl_context(trust_env=False)
        return self._ssl_context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    async def aclose(self) -> None:
        """Ends every request, abandoned ones included, and closes the pools.

        Raises:
            ConfigurationError: another event loop uses it.
        """
        pools = self.here()
        if pools is None:
            raise wrong_loop("aclose()")
        self.closed = True
        await pools.aclose()

    def __repr__(self) -> str:
        count = 0 if self.latest is None else self.latest.in_flight
        return f"<{type(self).__name__} {'closed' if self.closed else f'{count} in flight'}>"


class Pools:
    """The pools of a transport on one event loop, and the requests that use them."""

    def __init__(
        self, owner: HttpxTransport, given: httpx.AsyncBaseTransport | None, proxy: CheckedProxy
    ) -> None:
        self._reference = weakref.ref(owner)  # weak, because the owner holds this object
        self._given = None if given is None else HttpxPool(given)
        self._proxy: CheckedProxy = proxy
        self._timeouts = owner.timeouts
        self._limits = owner.limits
        self._now = owner.now
        self._pools: dict[PoolKey, HttpxPool] = {}
        self._retiring: dict[asyncio.Task[None], HttpxPool] = {}
        self._is_released = False

    @property
    def in_flight(self) -> int:
        """Number of requests whose callers wait."""
        given = () if self._given is None else (self._given,)
        pools = (*given, *self._pools.values(), *self._retiring.values())
        return sum(len(pool.awaited) for pool in pools)

    @property
    def _owner(self) -> HttpxTransport:
        owner = self._reference()
        if owner is None:
            raise ReferenceError
        return owner

    async def send(
        self, request: Request, *, deadline: float, watch: Watch | None = None
    ) -> Response:
        """Sends a request once; the caller has checked that this is the right loop."""
        if self._is_released:  # another client, which shares the transport, moved it to its loop
            return await self._owner.send(request, deadline=deadline, watch=watch)
        return _failures.unwrapped(await self._send(request, deadline, watch))

    async def _send(
        self, request: Request, deadline: float, watch: Watch | None
    ) -> Response | BoxAPIError:
        if self._owner.closed:
            return _failures.client_closed(request.operation)
        try:
            pool = self._pool_for(request)
        except Exception as error:  # noqa: BLE001 - httpx may refuse a proxy that looked right
            if isinstance(error, BoxAPIError):
                return error
            problem = f"httpx failed to start with {type(error).__name__}"
            return _failures.failed_locally(request, problem, sent=False)
        progress = Progress(request.origin, watch)
        exchange = HttpxExchange(request, progress, self._timeouts, self._limits)
        task = exchange.start(pool)
        try:
            await asyncio.wait((exchange.outcome,), timeout=max(0.0, deadline - self._now()))
        except asyncio.CancelledError:
            exchange.discard()
            raise
        finally:
            exchange.release()
            pool.awaited.discard(task)
            if exchange.outcome.done():
                pool.note_response(task)
            else:
                progress.abandoned = True
                self._abandon(pool, task)
        if not exchange.outcome.done():
            return _failures.timed_out(request, "total", sent=progress.sent)
        outcome = exchange.outcome.result()
        if outcome is not None:
            return outcome
        if progress.sent:
            return _failures.connection_lost(request, "read")
        return _failures.client_closed(request.operation)

    def _pool_for(self, request: Request) -> HttpxPool:
        if self._given is not None:
            if self._owner.is_bound_elsewhere:
                raise bound_elsewhere()
            return self._given
        proxy = proxy_for(request.origin, self._proxy)
        # Some requests have a pool that keeps no connection, so each uses a new one.
        is_new = request.changing or request.fresh
        key = (request.origin.scheme, proxy is not None, is_new)
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = HttpxPool(
                quiet(self._make_inner(request, proxy, is_new=is_new)), key
            )
        return pool

    def _make_inner(
        self, request: Request, proxy: Proxy | None, *, is_new: bool
    ) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(
            verify=self._owner.context_for(request.origin),
            trust_env=False,
            retries=0,
            proxy=httpx_proxy(proxy, self._owner.context_for),
            # The client limits the connections itself; httpx's own queue is slow under load.
            limits=httpx.Limits(
                max_connections=None,
                max_keepalive_connections=0 if is_new else self._limits.max_connections,
                keepalive_expiry=self._limits.keepalive_expiry,
            ),
        )

    def _abandon(self, pool: HttpxPool, task: "asyncio.Task[Any]") -> None:
        pool.abandon(task)
        if pool.abandoned_count >= _MAX_ABANDONED:
            self._replace(pool)

    def _replace(self, pool: HttpxPool) -> None:
        """Closes a pool when its awaited requests have ended; new requests get a new pool."""
        if pool.key is not None:
            if self._pools.get(pool.key) is pool:
                del self._pools[pool.key]
            pool.key = None
            self._run_in_background(pool.retire(), pool)

    def _run_in_background(self, work: Coroutine[Any, Any, None], pool: HttpxPool) -> None:
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._retiring[task] = pool
        task.add_done_callback(lambda done: self._retiring.pop(done, None))

    def release(self, change: "LoopChange[Pools]") -> None:
        """Lets go of its pools; closes them on their own loop, unless they are a parent's."""
        self._is_released = True
        if not (change.forked or change.loop.is_closed()):
            for pool in (*self._pools.values(), *self._retiring.values()):
                pool.close_on(change.loop)

    async def aclose(self) -> None:
        """Ends every request, abandoned ones included, and closes the pools."""
        retiring = dict(self._retiring)
        for task in retiring:
            task.cancel()
        if retiring:
            await asyncio.wait(retiring)
        given = () if self._given is None or self._owner.is_bound_elsewhere else (self._given,)
        # A task that was cancelled before its first step has closed nothing.
        for pool in {*self._pools.values(), *retiring.values(), *given}:
            await pool.aclose()
        self._pools.clear()
