"""`IdlePool`: idle connections to one origin, and what writes the requests that go over them.

Promises: none is used again whose socket has anything to read: nothing was requested, so it would
be taken for the response to the next request. What is written is exactly one request, whatever its
target or headers contain. No local variable holds a part of it, because profilers, crash reporters
and the traceback of Ctrl-C show those: requests are put together within one expression.
"""

from boxapis._http.messages import Headers, Origin, Request
from boxapis._http.proxies import Proxy
from boxapis.options import Limits
from boxapis.transports._connect import proxy_authorization
from boxapis.transports._h1_connection import Connection

__all__ = ["IdlePool"]

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_METHODS = _WITH_BODY | {"GET", "DELETE"}


class IdlePool:
    """The idle connections to one origin.

    Args:
        origin: The origin.
        proxy: The proxy on the way to it, or None.
        limits: ``max_connections`` and ``keepalive_expiry`` are used.

    Attributes:
        proxy: The proxy on the way to the origin, or None.
        writer: Writes the requests to the origin.
        idle: The connections, the one used last at the end. A dict, because it keeps the order and
            removes a lost connection in constant time.
    """

    __slots__ = ("_expiry", "_max_idle", "idle", "proxy", "writer")

    def __init__(self, origin: Origin, proxy: Proxy | None, limits: Limits) -> None:
        self._expiry = limits.keepalive_expiry
        self._max_idle = limits.max_connections
        self.proxy = proxy
        self.writer = RequestWriter(origin, proxy)
        self.idle: dict[Connection, None] = {}

    def get(self, request: Request, now: float) -> Connection | None:
        """Takes the connection that was used last, if the request may be sent over one.

        A changing request never goes over one, not even one that has just answered: a server may
        close it while the request is on its way, after any idle time or in a restart. No look at
        the socket tells, and the outcome would be unknown.
        """
        if request.changing or request.fresh:
            return None
        while self.idle:
            connection = self.idle.popitem()[0]
            is_usable = connection.is_free and now - connection.idle_since < self._expiry
            if is_usable and not connection.poll(0):
                return connection
            connection.abort()
        return None

    def put(self, connection: Connection, now: float) -> None:
        """Keeps a connection, or closes it if it cannot be used again or the pool is full."""
        if connection.is_clean and len(self.idle) < self._max_idle:
            connection.idle_since = now
            self.idle[connection] = None
        else:
            connection.abort()

    def expire(self, now: float) -> None:
        """Closes the connections that have been idle for too long."""
        for connection in tuple(self.idle):  # the oldest first
            if now - connection.idle_since < self._expiry:
                break
            del self.idle[connection]
            connection.abort()

    def close_idle(self) -> None:
        """Closes every idle connection."""
        while self.idle:
            self.idle.popitem()[0].abort()


class RequestWriter:
    """Turns requests to one origin into bytes; what they have in common is put together once.

    It has no repr of its own: it may hold a password.

    Args:
        origin: The origin.
        proxy: The proxy on the way to it, or None. It forwards requests over ``http``.
    """

    __slots__ = ("_are_headers_valid", "_header_lines", "_headers", "_lines", "_prefix")

    def __init__(self, origin: Origin, proxy: Proxy | None) -> None:
        forwarding = proxy if origin.scheme == "http" else None
        self._prefix = "" if forwarding is None else f"http://{origin.authority}"
        self._lines = f" HTTP/1.1\r\nHost: {origin.authority}\r\n{proxy_authorization(forwarding)}"
        self._headers: Headers = ()
        self._header_lines = ""
        self._are_headers_valid = True

    def can_write(self, request: Request) -> bool:
        """Whether a request is valid HTTP; only then it may be written."""
        if request.headers != self._headers:  # they are mostly those of the last one
            self._headers = tuple(request.headers)
            self._header_lines = "".join(map("{0[0]}: {0[1]}\r\n".format, self._headers))
            self._are_headers_valid = self._check_header_lines()
        return (
            self._are_headers_valid
            and request.method in _METHODS
            and request.target.isascii()
            and not (" " in request.target or "\r" in request.target or "\n" in request.target)
        )

    def _check_header_lines(self) -> bool:
        returns, newlines = self._header_lines.count("\r"), self._header_lines.count("\n")
        is_latin_1 = max(self._header_lines, default="") <= "\xff"
        return is_latin_1 and returns == newlines == len(self._headers)

    def as_bytes(self, request: Request) -> bytes:
        """Returns a request as bytes, for which `can_write` has just been true."""
        has_body = request.body is not None or request.method in _WITH_BODY
        length = f"Content-Length: {len(request.body or b'')}\r\n" if has_body else ""
        return (
            f"{request.method} {self._prefix}{request.target}{self._lines}"
            f"{self._header_lines}{length}\r\n"
        ).encode("latin-1") + (request.body or b"")
