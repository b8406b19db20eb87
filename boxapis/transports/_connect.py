"""Makes connections: name, TCP with Happy Eyeballs, a proxy's tunnel, TLS; each with its phase.

Promises: whatever fails here, nothing of the request was sent; an attempt that failed or was
cancelled leaves no socket behind, and no task; no frame here holds a proxy's password.
"""

import asyncio
import base64
import errno
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable
from itertools import chain, zip_longest
from typing import Any, TypeVar, cast
from urllib.parse import unquote, urlsplit

from attrs import frozen

from boxapis._http.failures import distrusted, no_connection, timed_out
from boxapis._http.messages import Origin, Request
from boxapis.errors import Phase, TransportError
from boxapis.secret import Secret
from boxapis.transports._h1_connection import Connection

__all__ = ["Route", "dial", "proxy_authorization"]

_EYEBALLS_DELAY = 0.25  # RFC 8305, section 5
_TUNNEL_HEAD_CAP = 65536
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS})
_DEFAULT_PORTS = {"https": 443, "http": 80}

T = TypeVar("T", bound=asyncio.BaseProtocol)
Address = tuple[Any, ...]


@frozen
class Route:
    """How a connection is made.

    Attributes:
        make: Makes the protocol.
        proxy: A proxy's URL, or None.
        context: Gives the TLS context.
        seconds: Most for name and TCP, and as much again for a tunnel and for TLS each.
    """

    make: Callable[[], Connection]
    proxy: Secret | None
    context: Callable[[], Awaitable[ssl.SSLContext]]
    seconds: float


async def dial(request: Request, route: Route) -> Connection | TransportError:
    """A connection to a request's origin, or an error as a value."""
    attempt = _Attempt(route)
    try:
        return await attempt.run(request.origin)
    except Exception as error:  # noqa: BLE001 - told apart below, and none may survive
        failure = _failure(error, request, attempt.phase)
    finally:
        attempt.tidy()
    return failure


class _Attempt:
    """One attempt, and how far it has come."""

    def __init__(self, route: Route) -> None:
        self.phase: Phase = "dns"
        self._route = route
        self._open: asyncio.Transport | None = None

    def tidy(self) -> None:
        """Drops what was opened, unless it was handed over."""
        if self._open is not None:
            self._open.abort()

    async def run(self, origin: Origin) -> Connection:
        """The connection."""
        route, secure = self._route, origin.scheme == "https"
        if route.proxy is None:
            connection = await self._connect(route.make, origin.host, origin.port)
        elif secure:
            connection = await self._tunnel(route.proxy, origin)
        else:
            _, host, port = _place(route.proxy)
            connection = await self._connect(route.make, host, port)
        if secure:
            await self._secure(connection, origin.host)
        self._open = None
        return connection

    async def _connect(self, make: Callable[[], T], host: str, port: int) -> T:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._route.seconds):
            self.phase = "dns"
            addresses = await _resolve(host, port)
            self.phase = "connect"
            connected = await _first_of(addresses)
            self._open, protocol = await loop.create_connection(make, sock=connected)
        return protocol

    async def _tunnel(self, proxy: Secret, origin: Origin) -> Connection:
        scheme, host, port = _place(proxy)
        tunnel = await self._connect(_Tunnel, host, port)
        if scheme == "https":
            await self._secure(tunnel, host)
        self.phase = "proxy"
        async with asyncio.timeout(self._route.seconds):
            await tunnel.ask(proxy, origin)
        connection = self._route.make()
        connection.connection_made(tunnel.wire)
        return connection

    async def _secure(self, protocol: "Connection | _Tunnel", host: str) -> None:
        self.phase = "tls"
        transport = await asyncio.get_running_loop().start_tls(
            cast("asyncio.Transport", self._open),
            protocol,
            await self._route.context(),
            server_hostname=host,
            ssl_handshake_timeout=self._route.seconds,
        )
        if transport is None:
            raise ConnectionResetError
        self._open = transport
        protocol.connection_made(transport)  # start_tls does not call it


async def _resolve(host: str, port: int) -> list[Address]:
    """The addresses of a host, of both families in turn."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    else:  # no name server is asked, so no thread is needed
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    first = [address for address in found if address[0] == found[0][0]]
    others = [address for address in found if address[0] != found[0][0]]
    in_turn = chain.from_iterable(zip_longest(first, others))
    return [address for address in in_turn if address is not None]


async def _first_of(addresses: list[Address]) -> socket.socket:
    """A socket to the first address that takes it; each next one is tried soon after (RFC 8305)."""
    if len(addresses) == 1:
        return await _try(addresses[0])
    waiting = addresses[::-1]
    tasks: set[asyncio.Task[socket.socket]] = set()
    failure: BaseException = OSError()
    try:
        while waiting or tasks:
            if waiting:
                tasks.add(asyncio.create_task(_try(waiting.pop())))
            delay = _EYEBALLS_DELAY if waiting else None
            done, _ = await asyncio.wait(tasks, timeout=delay, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                if error is None:
                    tasks.discard(task)
                    return task.result()
                failure = error
            tasks -= done
        raise failure
    finally:
        await _drop(tasks)


async def _try(address: Address) -> socket.socket:
    family, kind, protocol, _, place = address
    made = socket.socket(family, kind, protocol)
    try:
        made.setblocking(False)  # noqa: FBT003 - of the standard library
        await asyncio.get_running_loop().sock_connect(made, place)
    except BaseException:
        made.close()
        raise
    return made


async def _drop(tasks: set[asyncio.Task[socket.socket]]) -> None:
    for task in tasks:
        task.add_done_callback(_close_made)
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


def _close_made(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()


def _place(proxy: Secret) -> tuple[str, str, int]:
    """A proxy's scheme, host and port; a leaf, because its URL may hold a password."""
    parts = urlsplit(proxy.reveal())
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]


def proxy_authorization(proxy: Secret) -> str:
    """The header line ``Proxy-Authorization``, or nothing for a proxy without a user."""
    parts = urlsplit(proxy.reveal())
    if parts.username is None:
        return ""
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return f"Proxy-Authorization: Basic {base64.b64encode(pair).decode('ascii')}\r\n"


class _Tunnel(asyncio.Protocol):
    """The conversation with a proxy before the tunnel stands."""

    def __init__(self) -> None:
        self.wire: asyncio.Transport
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._status: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._transport is None:
            self.wire = cast("asyncio.Transport", transport)
        self._transport = cast("asyncio.Transport", transport)

    async def ask(self, proxy: Secret, origin: Origin) -> None:
        """Asks for the tunnel.

        Raises:
            _RefusedError: when the proxy says no, or says what is no HTTP.
        """
        self._write(proxy, origin)
        status = await self._status
        if status[:1] != b"2":
            raise _RefusedError(status)

    def _write(self, proxy: Secret, origin: Origin) -> None:
        host = f"[{origin.host}]" if ":" in origin.host else origin.host
        target = f"{host}:{origin.port}"
        head = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{proxy_authorization(proxy)}\r\n"
        if self._transport is not None:
            self._transport.write(head.encode("latin-1"))

    def data_received(self, data: bytes) -> None:
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if end:
            version, _, line = head.partition(b" ")
            agreed = version in (b"HTTP/1.1", b"HTTP/1.0") and not rest
            self._settle(line[:3] if agreed else b"")
        elif len(self._head) > _TUNNEL_HEAD_CAP:
            self._settle(b"")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - either way it is lost
        self._settle(b"")

    def _settle(self, status: bytes) -> None:
        if not self._status.done():
            self._status.set_result(status)


class _RefusedError(Exception):
    """The proxy did not open the tunnel; its argument is the HTTP status, or nothing."""


def _failure(error: Exception, request: Request, phase: Phase) -> TransportError:
    match error:
        case _RefusedError():
            return _refused(request, error.args[0])
        case ssl.SSLCertVerificationError():
            return distrusted(request, error.verify_message, error.verify_code)
        case ssl.SSLError():
            return distrusted(request, "the TLS handshake failed", None)
        case TimeoutError():
            return timed_out(request, phase, sent=False)
        case ConnectionAbortedError(errno=None):  # how asyncio tells that TLS took too long
            return timed_out(request, phase, sent=False)
        case socket.gaierror(errno=socket.EAI_AGAIN):
            what = "the host name could not be looked up at this moment"
            return no_connection(request, "dns", what, sent=False)
        case socket.gaierror() | UnicodeError():
            return no_connection(request, "dns", "the host name was not found", sent=False)
        case OSError() if error.errno in _EXHAUSTED:
            return no_connection(request, "local", "this machine has no socket left", sent=False)
        case _:
            return no_connection(request, phase, "no connection could be made", sent=False)


def _refused(request: Request, status: bytes) -> TransportError:
    if status != b"407":
        return no_connection(request, "proxy", "the proxy refused the tunnel", sent=False)
    what = "the proxy wants a user and a password that it knows"
    failure = no_connection(request, "proxy", what, sent=False)
    failure.retry_stopped_by = "permanent"
    return failure
