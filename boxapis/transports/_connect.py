"""Makes connections: name look-up, TCP with Happy Eyeballs, a proxy's tunnel, TLS.

Promises: each failure has its phase, and none happens after anything of the request was sent.
Without TLS no other machine is connected to, whatever a name is looked up as. An attempt that
failed or was cancelled leaves no socket and no task behind. No local variable here holds a proxy's
password.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVar, cast

from attrs import frozen

from boxapis._http import failures as _failures
from boxapis._http.messages import Origin, Request
from boxapis._http.proxies import Proxy
from boxapis.errors import BoxAPIError, Phase, TransportError
from boxapis.transports._h1_connection import Connection
from boxapis.transports._resolver import Resolver
from boxapis.transports._tcp import connect_tcp
from boxapis.transports._tls import default_context

__all__ = ["Route", "connect", "proxy_authorization", "ready_connection"]

_MAX_TUNNEL_HEAD = 65536
_UNAUTHORIZED = (b"401", b"407")  # the first is what tinyproxy gives for a wrong password
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS})

T = TypeVar("T", bound=asyncio.BaseProtocol)


@frozen
class Route:
    """How a connection is made.

    Attributes:
        make: Returns a new `Connection`.
        proxy: The proxy on the way, or None.
        ssl_context: The TLS context; None for the default.
        resolver: Looks up host names.
        timeout: Seconds for name look-up and TCP together, and as much again for the tunnel, for
            each TLS handshake and for making the default TLS context.
    """

    make: Callable[[], Connection]
    proxy: Proxy | None
    ssl_context: ssl.SSLContext | None
    resolver: Resolver
    timeout: float


async def ready_connection(
    request: Request, work: Coroutine[Any, Any, Connection | BoxAPIError]
) -> Connection | BoxAPIError:
    """Returns the connection that the work makes, ready for its first request, or the error.

    The work runs in a task of its own with an empty context: the loop keeps the context in which a
    connection is made for as long as that lasts, and with it whatever the first caller put there.
    The look at the connection comes last, so that a request never begins on one that was lost.
    """
    task = asyncio.Task(work, loop=asyncio.get_running_loop(), context=Context())
    try:
        outcome = await task
        if not isinstance(outcome, Connection) or await outcome.is_silent():
            return outcome
    except asyncio.CancelledError:
        task.add_done_callback(_abort)
        raise
    outcome.abort()
    phase: Phase = "tls" if request.origin.scheme == "https" else "connect"
    what = "the peer hung up, or sent something, before it was asked"
    return _failures.no_connection(request, phase, what, sent=False)


def _abort(task: "asyncio.Task[Connection | BoxAPIError]") -> None:
    """Ends a connection that was made in the very moment in which the caller was cancelled."""
    if not task.cancelled() and isinstance(outcome := task.result(), Connection):
        outcome.abort()


async def connect(request: Request, route: Route) -> Connection | TransportError:
    """Returns a connection to the request's origin, or the error."""
    attempt = _Attempt(request.origin, route)
    try:
        return await attempt.connect()
    except Exception as error:  # noqa: BLE001 - converted below, and none may escape
        failure = _failure(error, request, attempt.phase)
    finally:
        attempt.clean_up()
    return failure


class _Attempt:
    """One attempt to connect.

    Attributes:
        phase: How far it has come.
    """

    def __init__(self, origin: Origin, route: Route) -> None:
        self.phase: Phase = "dns"
        self._origin = origin
        self._route = route
        self._transport: asyncio.Transport | None = None
        self._ssl_context: ssl.SSLContext | None = None

    def clean_up(self) -> None:
        """Drops what was opened, unless the connection was returned."""
        if self._transport is not None:
            self._transport.abort()

    async def connect(self) -> Connection:
        """Returns the connection."""
        origin, route, is_secure = self._origin, self._route, self._origin.scheme == "https"
        first = origin if route.proxy is None else route.proxy.address
        if is_secure or first.scheme == "https":
            await self._get_context()  # before TCP, because a peer may not wait for it
        if not is_secure:
            connection = await self._connect_tcp(route.make, first)
        elif route.proxy is None:
            connection = await self._connect_for_tls(origin)
        else:
            connection = await self._connect_tunnel(route.proxy, origin)
        if is_secure:
            await self._start_tls(connection, origin.host)
        self._transport = None
        return connection

    async def _get_context(self) -> None:
        self.phase = "tls"
        async with asyncio.timeout(self._route.timeout):
            self._ssl_context = self._route.ssl_context or await default_context()

    async def _connect_tcp(self, make: Callable[[], T], peer: Origin) -> T:
        resolver = self._route.resolver
        try:
            async with asyncio.timeout(self._route.timeout):
                self.phase = "dns"
                addresses = await resolver.resolve(peer)
                self.phase = "connect"
                for address in addresses:
                    _failures.check_stays_local(self._origin, address[4][0])
                connected = await connect_tcp(addresses)
        except (OSError, _failures.OffMachineError):  # TimeoutError is an OSError
            resolver.forget(peer)
            raise
        loop = asyncio.get_running_loop()
        self._transport, protocol = await loop.create_connection(make, sock=connected)
        return protocol

    async def _connect_for_tls(self, origin: Origin) -> Connection:
        early = await self._connect_tcp(_EarlyBytes, origin)
        if early.received:
            raise ssl.SSLError
        connection = self._route.make()
        connection.connection_made(cast("asyncio.Transport", self._transport))
        return connection

    async def _connect_tunnel(self, proxy: Proxy, origin: Origin) -> Connection:
        tunnel = await self._connect_tcp(_Tunnel, proxy.address)
        if proxy.address.scheme == "https":
            await self._start_tls(tunnel, proxy.address.host)
        self.phase = "proxy"
        async with asyncio.timeout(self._route.timeout):
            await tunnel.open(proxy, origin)
        connection = self._route.make()
        connection.connection_made(tunnel.tcp)
        return connection

    async def _start_tls(self, protocol: "Connection | _Tunnel", host: str) -> None:
        self.phase = "tls"
        tcp, context = cast("asyncio.Transport", self._transport), self._ssl_context
        if tcp.is_closing() or context is None:
            raise ConnectionResetError  # start_tls would wait for a handshake that never begins
        async with asyncio.timeout(self._route.timeout):
            transport = await asyncio.get_running_loop().start_tls(
                tcp,
                protocol,
                context,
                server_hostname=host,
                ssl_handshake_timeout=self._route.timeout,
            )
        if transport is None:
            raise ConnectionResetError
        self._transport = transport
        protocol.connection_made(transport)  # start_tls does not call it


def proxy_authorization(proxy: Proxy | None) -> str:
    """Returns the header line ``Proxy-Authorization``, or nothing without a proxy or its user."""
    value = None if proxy is None else proxy.authorization
    return "" if value is None else f"Proxy-Authorization: {value.reveal()}\r\n"


class _EarlyBytes(asyncio.Protocol):
    """Notices whether a peer sends anything before TLS begins; no peer that speaks TLS does.

    Attributes:
        received: Whether it did.
    """

    received = False

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - any byte is one too many
        self.received = True


class _Tunnel(asyncio.Protocol):
    """The CONNECT request to a proxy, which opens a tunnel.

    Attributes:
        tcp: The TCP connection, below TLS to the proxy if there is any.
    """

    def __init__(self) -> None:
        self.tcp: asyncio.Transport
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._status: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._transport is None:
            self.tcp = cast("asyncio.Transport", transport)
        self._transport = cast("asyncio.Transport", transport)

    async def open(self, proxy: Proxy, origin: Origin) -> None:
        """Opens the tunnel.

        Raises:
            _RefusedError: the proxy refuses, or its response is not HTTP.
        """
        self._write(proxy, origin.host_and_port)
        status = await self._status
        if status[:1] != b"2":
            raise _RefusedError(status)

    def _write(self, proxy: Proxy, target: str) -> None:
        if self._transport is not None:
            self._transport.write(
                f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n".encode("latin-1")
                + f"{proxy_authorization(proxy)}\r\n".encode("latin-1")
            )

    def data_received(self, data: bytes) -> None:
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if end:
            version, _, line = head.partition(b" ")
            is_response = version in (b"HTTP/1.1", b"HTTP/1.0")
            # Bytes behind a consent would be taken for the service's; a refusal may have a body.
            is_surplus = rest and line[:1] == b"2"
            self._settle(line[:3] if is_response and not is_surplus else b"")
        elif len(self._head) > _MAX_TUNNEL_HEAD:
            self._settle(b"")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - ended either way
        self._settle(b"")

    def _settle(self, status: bytes) -> None:
        if not self._status.done():
            self._status.set_result(status)


class _RefusedError(Exception):
    """The proxy did not open the tunnel; the argument is the HTTP status, or empty."""


def _failure(error: Exception, request: Request, phase: Phase) -> TransportError:
    what = "no connection could be made"
    match error:
        case _failures.OffMachineError():
            return _failures.off_machine(request, sent=False)
        case _RefusedError():
            unauthorized = error.args[0] in _UNAUTHORIZED
            return _failures.proxy_refused(request, unauthorized=unauthorized, sent=False)
        case ssl.SSLError():
            return _failures.tls_failed(request, error, sent=False)
        case TimeoutError():
            return _failures.timed_out(request, phase, sent=False)
        case ConnectionAbortedError(errno=None):  # how asyncio reports that TLS took too long
            return _failures.timed_out(request, phase, sent=False)
        case RuntimeError():
            return _failures.no_thread(request)
        case socket.gaierror(errno=socket.EAI_AGAIN):
            phase, what = "dns", "the host name look-up failed temporarily"
        case socket.gaierror() | UnicodeError():
            phase, what = "dns", _failures.HOST_NOT_FOUND
        case OSError() if error.errno in _EXHAUSTED:
            phase, what = "local", "this machine has no free socket or port"
    return _failures.no_connection(request, phase, what, sent=False)
