"""Makes connections: name look-up, TCP with Happy Eyeballs, a proxy's tunnel, TLS.

Promises: each failure has its phase, and none happens after anything of the request was sent. An
attempt that failed or was cancelled leaves no socket and no task behind. No frame here holds a
proxy's password.
"""

import asyncio
import errno
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable
from itertools import chain, zip_longest
from typing import Any, TypeVar, cast

from attrs import frozen

from boxapis._http.failures import no_connection, timed_out, tls_failed
from boxapis._http.messages import Origin, Request
from boxapis._http.proxies import Proxy
from boxapis.errors import Phase, TransportError
from boxapis.transports._h1_connection import Connection

__all__ = ["Route", "connect", "proxy_authorization"]

_ATTEMPT_DELAY = 0.25  # RFC 8305, section 5
_MAX_TUNNEL_HEAD = 65536
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS})

T = TypeVar("T", bound=asyncio.BaseProtocol)
Address = tuple[Any, ...]


@frozen
class Route:
    """How a connection is made.

    Attributes:
        make: Returns a new `Connection`.
        proxy: The proxy on the way, or None.
        context: Returns the TLS context.
        timeout: Seconds for name look-up and TCP together, and as much again for the tunnel and for
            each TLS handshake.
    """

    make: Callable[[], Connection]
    proxy: Proxy | None
    context: Callable[[], Awaitable[ssl.SSLContext]]
    timeout: float


async def connect(request: Request, route: Route) -> Connection | TransportError:
    """Returns a connection to the request's origin, or the error."""
    attempt = _Attempt(route)
    try:
        return await attempt.connect(request.origin)
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

    def __init__(self, route: Route) -> None:
        self.phase: Phase = "dns"
        self._route = route
        self._transport: asyncio.Transport | None = None

    def clean_up(self) -> None:
        """Drops what was opened, unless the connection was returned."""
        if self._transport is not None:
            self._transport.abort()

    async def connect(self, origin: Origin) -> Connection:
        """Returns the connection."""
        route, is_secure = self._route, origin.scheme == "https"
        if route.proxy is None:
            connection = await self._connect_tcp(route.make, origin)
        elif is_secure:
            connection = await self._connect_tunnel(route.proxy, origin)
        else:
            connection = await self._connect_tcp(route.make, route.proxy.address)
        if is_secure:
            await self._start_tls(connection, origin.host)
        if not await connection.is_silent():
            raise _SpokeFirstError
        self._transport = None
        return connection

    async def _connect_tcp(self, make: Callable[[], T], peer: Origin) -> T:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._route.timeout):
            self.phase = "dns"
            addresses = await _resolve(peer.host, peer.port)
            self.phase = "connect"
            connected = await _connect_first(addresses)
            self._transport, protocol = await loop.create_connection(make, sock=connected)
        return protocol

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
        transport = await asyncio.get_running_loop().start_tls(
            cast("asyncio.Transport", self._transport),
            protocol,
            await self._route.context(),
            server_hostname=host,
            ssl_handshake_timeout=self._route.timeout,
        )
        if transport is None:
            raise ConnectionResetError
        self._transport = transport
        protocol.connection_made(transport)  # start_tls does not call it


async def _resolve(host: str, port: int) -> list[Address]:
    """Returns the addresses of a host, IPv6 and IPv4 in turn."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    else:  # needs no name server, and so no thread
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    first = [address for address in found if address[0] == found[0][0]]
    others = [address for address in found if address[0] != found[0][0]]
    in_turn = chain.from_iterable(zip_longest(first, others))
    return [address for address in in_turn if address is not None]


async def _connect_first(addresses: list[Address]) -> socket.socket:
    """Returns a socket that is connected to the first address that accepts (RFC 8305)."""
    if len(addresses) == 1:
        return await _connect_socket(addresses[0])
    untried = addresses[::-1]
    tasks: set[asyncio.Task[socket.socket]] = set()
    failure: BaseException = OSError()
    try:
        while untried or tasks:
            if untried:
                tasks.add(asyncio.create_task(_connect_socket(untried.pop())))
            delay = _ATTEMPT_DELAY if untried else None
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
        await _cancel(tasks)


async def _connect_socket(address: Address) -> socket.socket:
    family, kind, protocol, _, peer = address
    connected = socket.socket(family, kind, protocol)
    try:
        connected.setblocking(False)  # noqa: FBT003 - of the standard library
        await asyncio.get_running_loop().sock_connect(connected, peer)
    except BaseException:
        connected.close()
        raise
    return connected


async def _cancel(tasks: set[asyncio.Task[socket.socket]]) -> None:
    for task in tasks:
        task.add_done_callback(_close_socket)
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


def _close_socket(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()


def proxy_authorization(proxy: Proxy) -> str:
    """Returns the header line ``Proxy-Authorization``, or nothing for a proxy without a user."""
    value = proxy.authorization
    return "" if value is None else f"Proxy-Authorization: {value.reveal()}\r\n"


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
        head = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{proxy_authorization(proxy)}\r\n"
        if self._transport is not None:
            self._transport.write(head.encode("latin-1"))

    def data_received(self, data: bytes) -> None:
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if end:
            version, _, line = head.partition(b" ")
            is_response = version in (b"HTTP/1.1", b"HTTP/1.0") and not rest
            self._settle(line[:3] if is_response else b"")
        elif len(self._head) > _MAX_TUNNEL_HEAD:
            self._settle(b"")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - ended either way
        self._settle(b"")

    def _settle(self, status: bytes) -> None:
        if not self._status.done():
            self._status.set_result(status)


class _SpokeFirstError(Exception):
    """The peer sent something, or hung up, before it was asked."""


class _RefusedError(Exception):
    """The proxy did not open the tunnel; the argument is the HTTP status, or empty."""


def _failure(error: Exception, request: Request, phase: Phase) -> TransportError:
    match error:
        case _RefusedError():
            return _refused(request, error.args[0])
        case _SpokeFirstError():
            what = "the peer hung up, or sent something, before it was asked"
            return no_connection(request, phase, what, sent=False)
        case ssl.SSLCertVerificationError():
            return tls_failed(request, error.verify_message, error.verify_code)
        case ssl.SSLError():
            return tls_failed(request, "the TLS handshake failed", None)
        case TimeoutError():
            return timed_out(request, phase, sent=False)
        case ConnectionAbortedError(errno=None):  # how asyncio reports that TLS took too long
            return timed_out(request, phase, sent=False)
        case socket.gaierror(errno=socket.EAI_AGAIN):
            what = "the host name look-up failed temporarily"
            return no_connection(request, "dns", what, sent=False)
        case socket.gaierror() | UnicodeError():
            return no_connection(request, "dns", "the host name was not found", sent=False)
        case OSError() if error.errno in _EXHAUSTED:
            return no_connection(
                request, "local", "this machine has no free socket or port", sent=False
            )
        case _:
            return no_connection(request, phase, "no connection could be made", sent=False)


def _refused(request: Request, status: bytes) -> TransportError:
    if status != b"407":
        return no_connection(request, "proxy", "the proxy refused the tunnel", sent=False)
    what = "the proxy did not accept the user and password of its URL"
    failure = no_connection(request, "proxy", what, sent=False)
    failure.retry_stopped_by = "permanent"
    return failure
