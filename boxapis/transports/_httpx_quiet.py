"""Keeps httpx's exceptions from quoting what was sent or received.

Tracing tools wrap httpx's transport and record the text of every exception that leaves it. h11
quotes whole lines of the peer in that text, and a proxy's refusal its reason. So the exceptions are
stripped one level below, in the connection pool.
"""

from typing import Any

import httpcore
import httpx

from boxapis.transports._httpx_errors import LOST_BY_HTTPX, UNAUTHORIZED_BY_PROXY

__all__ = ["quiet"]

_QUOTING = (httpcore.ProtocolError, httpcore.ProxyError)


def quiet(transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
    """Returns the transport; if it is httpx's own, its exceptions quote nothing any more."""
    # httpx 0.28 has no public access to its pool.
    pool: Any = getattr(transport, "_pool", None)
    if isinstance(transport, httpx.AsyncHTTPTransport) and not isinstance(pool, _QuietPool):
        transport._pool = _QuietPool(pool)  # type: ignore[assignment]  # noqa: SLF001 - as above
    return transport


class _QuietPool:
    """A connection pool of httpcore whose exceptions quote nothing."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Sends a request through the pool."""
        try:
            response: httpcore.Response = await self._pool.handle_async_request(request)
        except _QUOTING as error:
            failure = _stripped(error)
        else:
            return response
        raise failure


def _stripped(error: Exception) -> Exception:
    """Returns an exception of the same kind that says only what `mapped` must tell apart."""
    text = str(error)
    if text.startswith(UNAUTHORIZED_BY_PROXY):
        return type(error)(UNAUTHORIZED_BY_PROXY[0])
    return type(error)(next((word for word in LOST_BY_HTTPX if word in text), "refused"))
