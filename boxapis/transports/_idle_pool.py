"""Idle connections to one origin: last in, first out, constant time to take and to give."""

from boxapis._http.messages import Request
from boxapis.options import Limits
from boxapis.secret import Secret
from boxapis.transports._h1_connection import Connection
from boxapis.transports._h1_writer import RequestWriter

__all__ = ["Pool"]


class Pool:
    """One origin's idle connections, and what is needed to use them.

    Args:
        limits: How many may lie idle, and for how long.
        proxy: The proxy's URL on the way to the origin, or None.
        writer: Writes the requests.

    Attributes:
        idle: The connections, in the order of their use; as a dict, which keeps it and forgets a
            lost one at once.
    """

    __slots__ = ("_expiry", "_room", "idle", "proxy", "writer")

    def __init__(self, limits: Limits, proxy: Secret | None, writer: RequestWriter) -> None:
        self._expiry = limits.keepalive_expiry
        self._room = limits.max_connections
        self.proxy = proxy
        self.writer = writer
        self.idle: dict[Connection, None] = {}

    def take(self, request: Request, now: float) -> Connection | None:
        """A connection that may carry this request: the one that was used last."""
        if request.changing or request.fresh:
            return None
        while self.idle:
            connection = self.idle.popitem()[0]
            if connection.is_free and now - connection.idle_since < self._expiry:
                return connection
            connection.abort()
        return None

    def give(self, connection: Connection, now: float) -> None:
        """Back into the pool, unless it cannot serve again or there is no room."""
        if connection.is_clean and len(self.idle) < self._room:
            connection.idle_since = now
            self.idle[connection] = None
        else:
            connection.abort()

    def expire(self, now: float) -> None:
        """Closes what has been idle for too long; the first one is due first."""
        for connection in tuple(self.idle):
            if now - connection.idle_since < self._expiry:
                break
            del self.idle[connection]
            connection.abort()

    def retire(self) -> None:
        """Keeps none from now on: closes the idle ones at once, the others when they come back."""
        self._room = 0
        self.drop()

    def drop(self) -> None:
        """Closes every idle connection."""
        while self.idle:
            self.idle.popitem()[0].abort()
