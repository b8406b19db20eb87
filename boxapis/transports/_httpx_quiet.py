"""Keeps httpx's exceptions from quoting what was sent or answered.

Tracing tools stand around httpx's transport and record the text of every exception that leaves it:
h11 quotes whole lines of the peer in it, and a proxy's refusal its reason. So the exceptions are
emptied one floor below, in the pool of connections.
"""

from typing import Any

import httpcore
import httpx

from boxapis.transports._httpx_errors import LOST_BY_HTTPX

__all__ = ["quiet"]

_QUOTING = (httpcore.ProtocolError, httpcore.ProxyError)


def quiet(transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
    """The transport, with exceptions that quote nothing, where it is httpx's own."""
    # httpx 0.28 has no public way to its pool.
    pool: Any = getattr(transport, "_pool", None)
    if isinstance(transport, httpx.AsyncHTTPTransport) and not isinstance(pool, _QuietPool):
        transport._pool = _QuietPool(pool)  # type: ignore[assignment]  # noqa: SLF001 - as above
    return transport


class _QuietPool:
    """A pool of httpcore whose exceptions quote nothing."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """As the pool itself does it."""
        try:
            response: httpcore.Response = await self._pool.handle_async_request(request)
        except _QUOTING as error:
            failure = _emptied(error)
        else:
            return response
        raise failure


def _emptied(error: Exception) -> Exception:
    """An exception of the same kind that only tells whether the connection was lost."""
    text = str(error)
    return type(error)(next((word for word in LOST_BY_HTTPX if word in text), "refused"))
