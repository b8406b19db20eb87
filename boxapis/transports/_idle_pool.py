"""`IdlePool`: idle connections to one origin, and what writes the requests that go over them.

Promises: none is used again whose socket has anything to read: nothing was requested, so it would
be taken for the response to the next request. What is written is exactly one request, whatever its
target or headers contain.
"""

from boxapis._http.messages import Headers, Origin, Request
from boxapis._http.proxies import Proxy
from boxapis.options import Limits
from boxapis.transports._connect import proxy_authorization
from boxapis.transports._h1_connection import Connection

__all__ = ["IdlePool"]

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_METHODS = _WITH_BODY | {"GET", "DELETE"}
_LATIN_1 = 256


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
        self.writer = _make_writer(origin, proxy)
        self.idle: dict[Connection, None] = {}

    def get(self, request: Request, now: float) -> Connection | None:
        """Takes the connection that was used last, if the request may be sent over one."""
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
        authority: The ``Host`` header's value.
        prefix: Put before each target: scheme and host for a forwarding proxy.
        extra: Header lines of every request, each with its line end.
    """

    __slots__ = ("_header_lines", "_headers", "_lines", "_prefix")

    def __init__(self, authority: str, *, prefix: str = "", extra: str = "") -> None:
        self._prefix = prefix
        self._lines = f" HTTP/1.1\r\nHost: {authority}\r\n{extra}"
        self._headers: Headers = ()
        self._header_lines: str | None = ""

    def write(self, request: Request) -> bytes | None:
        """Returns a request as bytes, or None if it would not be valid HTTP.

        Raises nothing, so that no traceback shows its frame, which holds the bytes.
        """
        method, target, body = request.method, request.target, request.body
        if request.headers != self._headers:  # they are mostly those of the last one
            self._headers = tuple(request.headers)
            self._header_lines = _as_text(request.headers)
        if self._header_lines is None or method not in _METHODS or not _is_target(target):
            return None
        text = f"{method} {self._prefix}{target}{self._lines}{self._header_lines}"
        if body is not None:
            return f"{text}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body
        if method in _WITH_BODY:
            text += "Content-Length: 0\r\n"
        return (text + "\r\n").encode("latin-1")


def _is_target(target: str) -> bool:
    return target.isascii() and not (" " in target or "\r" in target or "\n" in target)


def _as_text(headers: Headers) -> str | None:
    text = "".join([f"{name}: {value}\r\n" for name, value in headers])
    is_intact = text.count("\n") == text.count("\r") == len(headers)
    return text if is_intact and all(ord(letter) < _LATIN_1 for letter in text) else None


def _make_writer(origin: Origin, proxy: Proxy | None) -> RequestWriter:
    if proxy is None or origin.scheme == "https":
        return RequestWriter(origin.authority)
    prefix = f"{origin.scheme}://{origin.authority}"
    return RequestWriter(origin.authority, prefix=prefix, extra=proxy_authorization(proxy))
