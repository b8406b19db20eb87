"""A Box Tracker that answers twice, late, early, with a page or with another customer's data.

It runs on the client's own loop, so each byte is written at the same point on every run. It notes
what must never happen: a request over a connection on which something is still to come.
"""

import asyncio
import contextlib
import itertools
import ssl
from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import orjson
from attrs import frozen

from boxapis.transports import Origin
from tests.support.doubles import CUSTOMER, JOB_SITES, PORTAL
from tests.support.peers import plain

__all__ = ["COMMANDS", "NUMBERED", "Ask", "Step", "UntidyPeer"]

JOB_SITE = "cmdBoxTPortalJobsiteData"
SAVE = "cmdBoxTPortalSaveWorkOrder"

Command = Literal["list", "record", "save"]
Answer = Literal["right", "refused", "page", "gateway", "no envelope", "other customer"]
Together = Literal["with", "apart", "beyond"]
Rest = Together | Literal["none", "next", "busy", "idle"] | int

COMMANDS: dict[Command, str] = {"list": JOB_SITES, "record": JOB_SITE, "save": SAVE}
NUMBERED = {JOB_SITES: "offset", JOB_SITE: "jobsite_id", SAVE: "workorder_id"}
"""The argument that has the number of the ask, by command."""
UNDERSTOOD = ("right", "refused")
HTTPCORE_READS = 64 * 1024


@frozen
class Ask:
    """One call, and what the peer makes of it.

    Attributes:
        command: ``"list"`` and ``"record"`` read, ``"save"`` changes.
        answer: What is answered first.
        rest: When the right answer follows, once more if it was the first: with the first, as a
            record of TLS apart, beyond what httpcore reads at once, when the next request has come,
            after the step without or with turns of the loop, or so many
            turns after the first.
    """

    command: Command = "list"
    answer: Answer = "right"
    rest: Rest = "none"


@frozen
class Step:
    """Calls that are made at once.

    Attributes:
        asks: The calls.
        early: Turns of the loop after which a connection that is new in this step is answered
            unasked; None for never.
    """

    asks: tuple[Ask, ...]
    early: int | None = None


class UntidyPeer:
    """The server.

    Attributes:
        origin: Address of the server.
        asks: What to make of the request with each number.
        early: As in `Step`, for the connections accepted from now on.
        early_at: The tick at which each unasked answer was written.
        violations: What must never happen, and did.
    """

    def __init__(self) -> None:
        self.origin = Origin("http", "127.0.0.1", 0)
        self.reset()

    def reset(self) -> None:
        """Forgets what came before."""
        self._ticks = itertools.count(1)
        self._rests: list[tuple[_Wire, Rest, bytes]] = []
        self.asks: dict[int, Ask] = {}
        self.early: int | None = None
        self.early_at: dict[int, int] = {}
        self.violations: list[str] = []

    def tick(self) -> int:
        """The number of this moment."""
        return next(self._ticks)

    async def start(self, context: ssl.SSLContext | None, *, tunnel: bool) -> asyncio.Server:
        """Listens on a free port.

        Args:
            context: For TLS; None without.
            tunnel: Whether TLS begins behind a CONNECT request, so that the port is a proxy's, too.
        """
        loop = asyncio.get_running_loop()
        if context is not None and tunnel:
            server = await loop.create_server(lambda: _Tunnel(self, context), "127.0.0.1", 0)
        else:
            server = await loop.create_server(lambda: _Wire(self), "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        self.origin = Origin("http" if context is None else "https", "127.0.0.1", port)
        return server

    def keep_for_later(self, wire: "_Wire", when: Rest, rest: bytes) -> None:
        """Keeps the rest of an answer until the end of the step."""
        self._rests.append((wire, when, rest))

    def end_step(self) -> bool:
        """Writes what is to follow a step at once; returns whether the loop must have turns."""
        rests, self._rests = self._rests, []
        for wire, _, rest in rests:
            wire.write_rest(rest)
        return any(when == "idle" for _, when, _ in rests)


class _Wire(asyncio.Protocol):
    """One connection of the peer."""

    def __init__(self, peer: UntidyPeer) -> None:
        self._peer = peer
        self._transport: Any = None
        self._received = b""
        self._is_early = self._is_spoiled = False
        self._at_next = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        if self._peer.early is not None:
            self._is_early = True
            _after(self._peer.early, self._answer_early)
        self.data_received(b"")

    def _answer_early(self) -> None:
        number = self._peer.tick()
        self._peer.early_at[number] = number
        self._write(_json({"status": 200, "early": number}))

    def data_received(self, data: bytes) -> None:
        self._received += data
        while self._transport is not None and b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._handle(parse_qs(urlsplit(head.split(b" ")[1].decode()).query))

    def _handle(self, arguments: dict[str, list[str]]) -> None:
        if self._is_early:  # its one answer was given
            self._transport.close()
            return
        if self._is_spoiled:
            command = arguments["command"][0]
            self._peer.violations.append(f"{command} was sent over a spoiled connection")
            self._write(self._at_next)
        match arguments["command"][0]:
            case command if command == PORTAL:
                self._write(_json({"status": 200, "sessionKey": "api-key"}))
            case command if command == CUSTOMER:
                answer = {"status": 200, "sessionKey": "key", "customerID": 13913}
                self._write(_json(answer))
            case command:
                self._answer(int(arguments[NUMBERED[command]][0]))

    def _answer(self, number: int) -> None:
        ask = self._peer.asks[number]
        first, right = _first(ask.answer, number), _right(number)
        self._is_spoiled |= ask.answer not in UNDERSTOOD
        match ask.rest:
            case "none":
                self._write(first)
            case "with":
                self.write_rest(first + right)
            case "apart":
                self._write(first)
                self.write_rest(right)
            case "beyond":
                self.write_rest(_padded(first) + right)
            case "next":
                self._at_next = right
                self._write(first)
            case int():
                self._write(first)
                _after(ask.rest, lambda: self.write_rest(right))
            case _:
                self._write(first)
                self._peer.keep_for_later(self, ask.rest, right)

    def write_rest(self, rest: bytes) -> None:
        """Writes what nothing asks for any more."""
        self._is_spoiled = True
        self._write(rest)

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)


class _Tunnel(asyncio.Protocol):
    """One connection to the peer as a proxy: the peer's TLS begins where the tunnel does.

    A proxy that passes bytes on would add turns of the loop between the peer and the client.
    """

    def __init__(self, peer: UntidyPeer, context: ssl.SSLContext) -> None:
        self._wire = _Wire(peer)
        self._context = context

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._transport.pause_reading()  # what comes next is for TLS
        self._transport.write(b"HTTP/1.1 200 OK\r\n\r\n")
        self._task = asyncio.create_task(self._start_tls())

    async def _start_tls(self) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):  # the client has gone
            transport = await loop.start_tls(
                self._transport, self._wire, self._context, server_side=True
            )
            if transport is not None:
                self._wire.connection_made(transport)


def _after(turns: int, call: Callable[[], None]) -> None:
    if turns:
        asyncio.get_running_loop().call_soon(lambda: _after(turns - 1, call))
    else:
        call()


def _json(value: dict[str, Any]) -> bytes:
    return plain(orjson.dumps(value), b"Content-Type: application/json")


def _padded(answer: bytes) -> bytes:
    """An answer that is as long as what httpcore reads at once."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    lines[1] = b"Content-Length: 00000"
    size = HTTPCORE_READS - len(b"\r\n".join([*lines, b"", b""]))
    lines[1] = b"Content-Length: %d" % size
    return b"\r\n".join([*lines, b"", body.ljust(size)])


def _right(number: int) -> bytes:
    return _json({"status": 200, "number": number, "jobSiteObj": {"ID": number}})


def _first(answer: Answer, number: int) -> bytes:
    match answer:
        case "right":
            return _right(number)
        case "refused":
            return _json({"status": 303, "errorString": "no"})
        case "page":
            return plain(b"<html>Sign in</html>", b"Content-Type: text/html")
        case "gateway":
            return plain(b"<html>Bad gateway</html>", status=b"502 Bad Gateway")
        case "no envelope":
            return _json({"greeting": "hello"})
        case "other customer":
            return _json({"status": 200, "customerID": 99999, "number": -1})
