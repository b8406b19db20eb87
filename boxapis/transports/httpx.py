"""HttpxTransport: any httpx transport behind our seam (proxies of every kind, respx, ASGI, ...).

Promises: the query is in no ``str`` or ``repr`` of a URL, so neither httpx's log nor a tracing
tool that patches it sees a secret; no redirect is followed, no cookie kept, no compression asked
for, nothing sent twice. Cancelling a call inside httpx 0.28 spoils its pool for good, so a call
that is cancelled or out of time is *abandoned*: it runs on in a task of its own, and after a few
of them the pool is replaced and the old one ended. No exception of httpx survives: each becomes
one of ours, without the URL and without the cause. On another loop, once the old one has stopped,
and after a fork it starts afresh, and no socket of the old ones is touched.

What httpx cannot do: see bytes that come after an answer before the next request is sent. What they
are then taken for is the answer of that request. Where a service says whose its answer is, the
client finds it out, and `distrust` ends the connections; where it does not, nobody can.
"""

import asyncio
import ssl
import weakref
from collections.abc import Coroutine, Mapping
from typing import Any, Literal

import httpx

from boxapis._core.clock import Clock
from boxapis._core.loop_guard import LoopBound, LoopChange, wrong_loop
from boxapis._http.failures import client_closed, failed_locally, invalid, lost, timed_out
from boxapis._http.messages import Origin, Request, Response, Watch
from boxapis._http.proxies import ProxyOption, checked_proxy, proxy_for, sealed_proxy
from boxapis._sansio.bodies import TooLarge, Undecodable, decompress
from boxapis.errors import BoxAPIError, ConfigurationError, Phase
from boxapis.options import Limits, Timeouts
from boxapis.secret import Secret
from boxapis.transports._httpx_errors import mapped
from boxapis.transports._httpx_pool import Pool, PoolKey, goes_along, stranded
from boxapis.transports._httpx_quiet import quiet

__all__ = ["HttpxTransport"]

_ABANDONED_BEFORE_REPLACING = 8


class HttpxTransport(LoopBound["Pools"]):
    """Sends requests through httpx.

    Args:
        transport: Any ``httpx.AsyncBaseTransport``; it is closed with this one. Of a foreign
            transport it is not known what was sent, so everything is taken for sent, nor what it
            holds: it stays in its process, and one with connections on its loop. Without one,
            ``httpx.AsyncHTTPTransport`` is used.
        timeouts: Seconds for connecting, writing and reading.
        limits: Of connections and bodies.
        proxy: A URL; None for that of the environment; False for none.
        ssl_context: For ``https``; the default verifies against certifi's roots.

    Attributes:
        closed: Whether it is closed or closing.
        is_stranded: Whether the transport given holds something of another loop or process.

    Raises:
        ConfigurationError: when a proxy or a TLS context is given for a foreign transport, which
            has its own.
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
        proxy = checked_proxy(proxy)
        if transport is not None and (proxy or ssl_context is not None):
            message = "give the proxy and the TLS context to the httpx transport itself"
            raise ConfigurationError(message)
        super().__init__()
        self.timeouts = timeouts or Timeouts()
        self.limits = limits or Limits()
        self.now = Clock().now
        self.proxy: Secret | Literal[False] | None = proxy
        self._ssl_context = ssl_context
        self.given = None if transport is None else quiet(transport)
        self.is_stranded = False
        self.closed = False

    def _make(self, change: "LoopChange[Pools] | None") -> "Pools":
        if change is not None:
            change.part.leave(change)
            given = self.given
            self.is_stranded |= given is not None and not goes_along(given, forked=change.forked)
        return Pools(self)

    async def send(
        self, request: Request, *, deadline: float, watch: Watch | None = None
    ) -> Response:
        """Sends a request once; see `boxapis.transports.Transport`."""
        pools = self.here()
        if pools is None:
            raise wrong_loop(request.operation)
        return await pools.send(request, deadline=deadline, watch=watch)

    def distrust(self, origin: Origin) -> None:
        """Ends every connection that may lead to an origin; those in use after their answer."""
        if self.latest is not None:
            self.latest.distrust(origin)

    def verification(self, origin: Origin) -> ssl.SSLContext:
        """The TLS context, made when it is first needed."""
        if self._ssl_context is None:
            self._ssl_context = (
                httpx.create_ssl_context(trust_env=False) if origin.scheme == "https" else None
            )
        return self._ssl_context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    async def aclose(self) -> None:
        """Ends every attempt, waited for or abandoned, and closes the pools."""
        pools = self.here()
        if pools is None:
            raise wrong_loop("aclose()")
        self.closed = True
        await pools.aclose()


class Pools:
    """What a transport has on one loop: its pools, and the attempts that use them."""

    def __init__(self, owner: HttpxTransport) -> None:
        self._reference = weakref.ref(owner)  # the transport holds this one
        self._timeouts = owner.timeouts
        self._limits = owner.limits
        self._now = owner.now
        self._pools: dict[PoolKey, Pool] = {}
        self._retired: dict[asyncio.Task[None], Pool] = {}
        self._given = None if owner.given is None else Pool(owner.given)
        self._is_left = False

    @property
    def _owner(self) -> HttpxTransport:
        owner = self._reference()
        if owner is None:
            raise ReferenceError
        return owner

    async def send(
        self, request: Request, *, deadline: float, watch: Watch | None = None
    ) -> Response:
        """Sends a request once; its caller has compared the loop."""
        if self._is_left:  # while who uses this one was not: another client shares the transport
            return await self._owner.send(request, deadline=deadline, watch=watch)
        outcome = await self._attempt(request, deadline, watch)
        if isinstance(outcome, Response):
            return outcome
        raise outcome

    async def _attempt(
        self, request: Request, deadline: float, watch: Watch | None
    ) -> Response | BoxAPIError:
        if self._owner.closed:
            return client_closed(request.operation)
        try:
            pool = self._pool_for(request)
        except Exception as error:  # noqa: BLE001 - httpx may refuse a proxy that looked right
            if isinstance(error, BoxAPIError):
                return error
            kind = type(error).__name__
            return failed_locally(request, f"httpx cannot be set up ({kind})", sent=False)
        progress = _Progress(watch, assume_sent=pool.is_foreign)
        task = pool.start(self._dispatcher(pool, request, progress))
        try:
            await asyncio.wait((task,), timeout=max(0.0, deadline - self._now()))
        finally:
            if not task.done():
                self._abandon(pool, task)
            pool.waited.discard(task)
        if not task.done():
            return timed_out(request, "total", sent=progress.sent)
        if not task.cancelled():
            return task.result()
        return lost(request, "read") if progress.sent else client_closed(request.operation)

    async def _dispatcher(
        self, pool: Pool, request: Request, progress: "_Progress"
    ) -> Response | BoxAPIError:
        """The whole of one request in a task of its own; never raises but for its own end."""
        try:
            foreign = _to_httpx(request, self._timeouts, progress)
            answer = await pool.inner.handle_async_request(foreign)
            try:
                body = await _collect(answer, self._limits.max_body)
            finally:
                await answer.aclose()
            return _from_httpx(answer, decompress(*body, self._limits.max_body))
        except TooLarge:
            return invalid(request, f"the answer is larger than {self._limits.max_body} bytes")
        except Undecodable:
            what = "the answer's content coding is broken, cut or unknown"
            return invalid(request, what, repeatable=True)
        except Exception as error:  # noqa: BLE001 - mapped one by one, and none may survive
            return mapped(error, request, progress.phase, sent=progress.sent)

    def _pool_for(self, request: Request) -> Pool:
        if self._given is not None:
            if self._owner.is_stranded:
                raise stranded()
            return self._given
        proxy = proxy_for(request.origin, self._owner.proxy)
        # Changing requests get connections of their own, never kept: each meets a fresh one.
        key = (request.origin.scheme, proxy is not None, request.changing)
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = Pool(quiet(self._open(request, proxy)), key)
        return pool

    def _open(self, request: Request, proxy: Secret | None) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(
            verify=self._owner.verification(request.origin),
            trust_env=False,
            retries=0,
            proxy=None if proxy is None else proxy.reveal(),
            # Our own queue limits the connections; httpx's becomes slow under load.
            limits=httpx.Limits(
                max_connections=None,
                max_keepalive_connections=0 if request.changing else self._limits.max_connections,
                keepalive_expiry=self._limits.keepalive_expiry,
            ),
        )

    def _abandon(self, pool: Pool, task: "asyncio.Task[Any]") -> None:
        pool.abandoned.add(task)
        task.add_done_callback(pool.abandoned.discard)
        pool.lost += 1
        if pool.lost >= _ABANDONED_BEFORE_REPLACING:
            self._replace(pool)

    def _replace(self, pool: Pool) -> None:
        """Ends a pool when its attempts have ended; others get a new one from now on."""
        if pool.key is not None:
            if self._pools.get(pool.key) is pool:
                del self._pools[pool.key]
            pool.key = None
            self._in_the_background(pool.retire(), pool)

    def _in_the_background(self, work: Coroutine[Any, Any, None], pool: Pool) -> None:
        retirement = asyncio.get_running_loop().create_task(work)
        self._retired[retirement] = pool
        retirement.add_done_callback(lambda done: self._retired.pop(done, None))

    def distrust(self, origin: Origin) -> None:
        """Ends every connection that may lead to an origin; those in use after their answer."""
        for key in [key for key in self._pools if key[0] == origin.scheme]:
            self._replace(self._pools[key])
        if self._given is not None:
            self._in_the_background(self._given.drop_idle(), self._given)

    def leave(self, change: "LoopChange[Pools]") -> None:
        """Is used no more; closes its pools on their own loop, unless they are a parent's."""
        self._is_left = True
        if not (change.forked or change.loop.is_closed()):
            for pool in (*self._pools.values(), *self._retired.values()):
                pool.end_on(change.loop)

    async def aclose(self) -> None:
        """Ends every attempt, waited for or abandoned, and closes the pools."""
        retired = dict(self._retired)
        for retirement in retired:
            retirement.cancel()
        if retired:
            await asyncio.wait(retired)
        given = () if self._given is None or self._owner.is_stranded else (self._given,)
        # A retirement that was ended before its first step has closed nothing.
        for pool in {*self._pools.values(), *retired.values(), *given}:
            await pool.aclose()
        self._pools.clear()


class _Progress:
    """How far a request has come, as httpx's ``trace`` extension tells it."""

    _PHASES: Mapping[str, Phase] = {
        "connect_tcp": "connect",
        "connect_unix_socket": "connect",
        "start_tls": "tls",
        "send_request_headers": "write",
        "send_request_body": "write",
        "receive_response_headers": "read",
        "receive_response_body": "read",
    }

    def __init__(self, watch: Watch | None, *, assume_sent: bool) -> None:
        self.phase: Phase = "connect"
        self.sent = assume_sent
        self._watch = watch
        self._reused = True

    async def __call__(self, name: str, information: dict[str, Any]) -> None:
        event, _, moment = name.rpartition(".")
        if moment != "started":
            information.clear()  # httpcore would log it: the answer's headers, an error's text
        phase = self._PHASES.get(event.rpartition(".")[2])
        if phase is None or moment != "started":
            return
        request = information.get("request")
        if getattr(request, "method", b"") == b"CONNECT":
            phase = "proxy"
        self.phase = phase
        if phase in ("write", "read"):
            self.sent = True
        if self._watch is not None:
            self._tell(self._watch, phase)

    def _tell(self, watch: Watch, phase: Phase) -> None:
        match phase:
            case "write":
                watch.sending(reused=self._reused)
            case "read":
                watch.waiting()
            case _:
                self._reused = False
                watch.connecting()


class _HiddenURL(httpx.URL):
    """A URL whose query is on the wire and in no text."""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc.decode('ascii')}{self.path}"

    def __repr__(self) -> str:
        return f"URL({str(self)!r})"


def _to_httpx(request: Request, timeouts: Timeouts, progress: _Progress) -> httpx.Request:
    """A leaf, so that no frame that can be seen later holds the URL."""
    url = f"{request.origin.scheme}://{request.origin.authority}"
    read = timeouts.read_changing if request.changing else timeouts.read
    limits = {"connect": timeouts.connect, "read": read, "write": timeouts.write}
    foreign = httpx.Request(
        request.method,
        url,
        headers=list(request.headers),
        content=request.body,
        extensions={"timeout": {**limits, "pool": timeouts.connect}, "trace": progress},
    )
    foreign.url = _HiddenURL(url + request.target)
    return foreign


async def _collect(answer: httpx.Response, cap: int) -> tuple[bytes, str | None]:
    """The body as it came, and its content coding."""
    pieces: list[bytes] = []
    size = 0
    async for piece in answer.stream:  # type: ignore[union-attr]  # an async transport's
        size += len(piece)
        if size > cap:
            raise TooLarge
        pieces.append(piece)
    return b"".join(pieces), answer.headers.get("content-encoding")


def _from_httpx(answer: httpx.Response, body: bytes) -> Response:
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw
    )
    return Response(answer.status_code, headers, body)
