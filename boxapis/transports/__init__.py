"""Transports and their protocol; each transport loads its HTTP library when it is first used.

`DirectTransport` is the default: HTTP/1.1 directly on asyncio and llhttp. It knows whether anything
was sent, ends at its deadline whatever the server does, closes a connection that receives
unexpected bytes, and loses only one connection to a cancellation. No third-party tool ever sees its
URLs. A host name is looked up once for all calls that wait for it, and its addresses are kept for
ten seconds; while a later look-up takes its time, the last ones are used. Every changing call makes
a connection of its own, which takes a round trip, two with TLS: a server may close a kept one while
the request is on its way, and the outcome would be unknown.

`HttpxTransport` accepts any httpx transport, for instance one with a SOCKS proxy, and is the way to
use respx and ASGI tests. It hides queries from httpx's log, too. It cannot change that httpx is
many times slower under load, and looks a host name up for each new connection.

A transport of your own has two methods, ``send`` and ``aclose``; see `Transport`. It reports its
progress if its ``send`` accepts a ``watch``. If it keeps connections, give each `Response` an
``end_connection``, a callable without arguments: the client calls it when a response was not
understood, directly after ``send`` has returned it.

**Proxies.** ``proxy="http://user:password@host:port"`` selects one. By default, or with None,
``HTTPS_PROXY`` and ``NO_PROXY`` apply; ``proxy=False`` disables them. ``NO_PROXY`` is read as httpx
reads it: hosts with their subdomains, addresses, ports. Requests to https go through a tunnel, so
the proxy sees the host but no query.

**Responses that belong to another request.** One surplus byte on a connection would shift every
later response to the wrong caller. Both transports close such a connection, and one whose last
response was not understood, because it was a page or had a wrong shape or a code that the service
does not document: the real response may still follow. The second is not possible over a transport
given to `HttpxTransport` that does not expose its connections (httpx's extension
``network_stream``). Each socket is looked at before a request goes over it; on a new connection
`DirectTransport` alone does that, and over TLS nothing can tell bytes that a server sends right
after the handshake from its response. The client also checks every response that identifies its
owner: those of BoxC with one record; those of Box Tracker with a ``customerID``, or from
``cmdBoxTPortalJobsiteData``, ``cmdBoxTPortalReportParams`` and, for a new order,
``cmdBoxTPortalWorkOrderData``, which repeat the id. A wrong one reaches no caller: it raises
`InvalidResponseError`, after a changing call `OutcomeUnknownError`, and its connection is not used
again.

Both are tested behind nginx, haproxy, squid and tinyproxy, and in front of uvicorn, hypercorn,
granian, gunicorn and node's HTTP server: bursts, ends of keep-alive, reloads, restarts, kills and
stops under load.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from boxapis._http.messages import Origin, Request, Response, Transport, Watch

if TYPE_CHECKING:
    from boxapis.transports.direct import DirectTransport
    from boxapis.transports.httpx import HttpxTransport
    from boxapis.transports.scripted import ScriptedTransport

__all__ = [
    "DirectTransport",
    "HttpxTransport",
    "Origin",
    "Request",
    "Response",
    "ScriptedTransport",
    "Transport",
    "Watch",
]

_MODULES = {"DirectTransport": "direct", "HttpxTransport": "httpx", "ScriptedTransport": "scripted"}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
