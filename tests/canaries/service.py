"""Both services on one address, whose answers hold canaries; healthy until a fault is armed."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from attrs import frozen

from tests.canaries.values import secret
from tests.support.peers import Peer, Script, plain

Play = Callable[["Call"], Awaitable[None]]


@frozen
class Call:
    """One request that the service received; none yet where a connection was just accepted."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    request: bytes = b""
    stranger: int = 0

    @property
    def echo(self) -> str:
        """What a careless service sends back: the arguments it read, and the request."""
        raw = self.request.decode("latin-1").replace("\r\n", " ")
        return f"{unquote_plus(raw)[:600]} {raw}"


class Service:
    """Answers every request, or plays a fault instead.

    Attributes:
        fault: The fault played instead of an answer.
        times: How often it is played before the service is healthy again.
        received: Every request.
        watch: Called when a request has come and is not yet answered.
        stranger: The port of the redirects' target, which must get no request.
    """

    def __init__(self) -> None:
        self.fault: Play | None = None
        self.at_accept = False
        self.times = 0
        self.received: list[bytes] = []
        self.watch: Callable[[], None] = lambda: None
        self.stranger = 9

    def arm(self, fault: Play, *, at_accept: bool = False, times: int = 1_000_000) -> None:
        """Plays this fault from the next request, or the next connection, on."""
        self.fault, self.at_accept, self.times = fault, at_accept, times

    def disarm(self) -> None:
        """Makes the service healthy again, and forgets all requests."""
        self.fault = None
        self.received.clear()

    def _next(self) -> Play | None:
        if self.fault is None or not self.times:
            return None
        self.times -= 1
        return self.fault

    def script(self, peer: Peer) -> Script:
        """Serves one connection."""

        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            fault = self._next() if self.at_accept else None
            if fault is not None:
                await fault(Call(reader, writer))
                return
            while True:
                request = await peer.read_request(reader)
                self.received.append(request)
                fault = self._next()
                if fault is not None:
                    self.watch()
                    await fault(Call(reader, writer, request, self.stranger))
                    return
                writer.write(healthy(request))
                await writer.drain()

        return play


def healthy(request: bytes) -> bytes:
    """The answer of a healthy service."""
    head, _, body = request.partition(b"\r\n\r\n")
    method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
    parts = urlsplit(target)
    if parts.path.endswith("controller.html"):
        arguments = parse_qs(parts.query or body.decode())
        return answer(_tracker(arguments["command"][0]))
    return answer(_boxc(method, parts.path))


def answer(body: object, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A complete JSON response, with a cookie that the client must ignore."""
    cookie = b"Set-Cookie: session=" + secret("cookie").encode()
    return plain(json.dumps(body).encode(), cookie, *headers, status=status)


def _tracker(command: str) -> dict[str, Any]:
    match command:
        case "cmdBoxTPortalHandShake":
            return {"status": 200, "sessionKey": secret("api-key")}
        case "cmdBoxTWebAPIHandShake":
            return {"status": 200, "key": secret("web-key"), "txnClasses": ["Parish"]}
        case "cmdBoxTPortalCustomerHandShake":
            return {"status": 200, "sessionKey": secret("customer-key"), "customerID": 13913}
        case _:
            return {"status": "200", "errorString": ""}


def _boxc(method: str, path: str) -> dict[str, Any]:
    if path == "/auth/v1/token":
        return {
            "token_type": "Bearer",
            "access_token": secret("access-token"),
            "id_token": secret("id-token"),
            "expires_in": 3600,
        }
    if path.startswith("/v1/webhooks"):
        return {"webhook": {"id": 7, "key": secret("webhook-key")}}
    if path.startswith("/v1/credentials/") or method == "POST":
        return {"credential": _credential()}
    return {"credentials": [_credential()], "next_page": None}


def _credential() -> dict[str, Any]:
    return {
        "id": 7,
        "user_id": 1,
        "carrier": "DHLeC",
        "params": {"client_id": "id", "client_secret": secret("carrier-key")},
        "created": "2024-01-05 10:00:00",
        "updated": "2024-01-05 10:00:00",
        "deleted": False,
        "surprise": secret("note"),
    }
