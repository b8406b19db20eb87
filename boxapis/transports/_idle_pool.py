"""`IdlePool`: idle connections to one origin; last in, first out, in constant time.

Promises: none is used again whose socket has anything to read: nothing was requested, so it would
be taken for the response to the next request.
"""

from boxapis._http.messages import Origin, Request
from boxapis._http.proxies import Proxy
from boxapis.options import Limits
from boxapis.transports._connect import proxy_authorization
from boxapis.transports._h1_connection import Connection
from boxapis.transports._h1_writer import RequestWriter

__all__ = ["IdlePool"]


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


def _make_writer(origin: Origin, proxy: Proxy | None) -> RequestWriter:
    if proxy is None or origin.scheme == "https":
        return RequestWriter(origin.authority)
    prefix = f"{origin.scheme}://{origin.authority}"
    return RequestWriter(origin.authority, prefix=prefix, extra=proxy_authorization(proxy))
