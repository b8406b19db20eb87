"""Loopback addresses, and the refusal of requests that name another host."""

import ipaddress
import re
from typing import Final

from attrs import frozen
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from boxapis.sandbox._http.connections import connection_of

_MISDIRECTED: Final = 421
_REFUSAL: Final = (
    "The sandbox answers only requests whose Host is localhost or a loopback address.\n"
    "Nothing was carried out: use the URL that the sandbox gives.\n"
)


def is_loopback(host: str) -> bool:
    """Whether a host is a loopback address or ``localhost``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@frozen
class LoopbackOnly:
    """Middleware that refuses a request over a socket unless its Host is this machine.

    A web page can have its own name resolve to 127.0.0.1, and so read from the browser what the
    sandbox answers; the name in Host gives it away. A request that came over no socket of the
    sandbox, such as that of `httpx.ASGITransport`, may name any host.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with 421."""
        is_remote = scope["type"] == "http" and connection_of(scope) is not None
        if is_remote and not _names_loopback(Headers(scope=scope).getlist("host")):
            await PlainTextResponse(_REFUSAL, _MISDIRECTED)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _names_loopback(hosts: list[str]) -> bool:
    """Whether there is a Host header, and each names this machine."""
    names = [re.sub(r":\d*$", "", host).strip("[]") for host in hosts]
    return bool(names) and all(map(is_loopback, names))
