"""Everything a client can connect to: two services, proxies, and servers that are broken."""

import asyncio
import contextlib
import datetime as dt
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable

import trustme
from attrs import define, field

from tests.canaries.service import Service
from tests.support.peers import (
    Peer,
    Script,
    black_hole,
    closing_at_once,
    plain,
    server_context,
    serving,
    trusting,
)

__all__ = ["World", "a_world"]


@define(repr=False)
class World:
    """Every server, by port.

    Attributes:
        service: The service at ``plain`` and ``secure``.
        context: TLS for clients; it trusts ``secure``, and ``expired`` but for its date.
        ports: The port of each server, by name.
        tunnelled: The bytes that the CONNECT proxy saw.
        stranger: The server that redirects lead to.
    """

    service: Service
    context: ssl.SSLContext
    ports: dict[str, int] = field(factory=dict)
    tunnelled: list[bytes] = field(factory=list, repr=False)
    stranger: Peer | None = None

    @property
    def strangers(self) -> int:
        """How many connections the redirects' target got."""
        return 0 if self.stranger is None else self.stranger.connections

    def forget(self) -> None:
        """Makes the service healthy, and forgets everything that was recorded."""
        self.service.disarm()
        self.tunnelled.clear()


@contextlib.asynccontextmanager
async def a_world(authority: trustme.CA) -> AsyncIterator[World]:
    """All servers, opened and closed together."""
    world = World(Service(), trusting(authority))
    service = world.service.script
    past = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
    expired, unknown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), server_context(trustme.CA())
    authority.issue_cert("127.0.0.1", not_after=past).configure_cert(expired)
    async with contextlib.AsyncExitStack() as stack:
        for name, script, context in (
            ("plain", service, None),
            ("secure", service, server_context(authority)),
            ("expired", service, expired),
            ("distrusted", service, unknown),
            ("not TLS", _greeting, None),
            ("forward", _forwarding, None),
            ("connect", _tunnelling(world.tunnelled), None),
            ("proxy", _refusing, None),
            ("stranger", closing_at_once, None),
        ):
            peer = await stack.enter_async_context(serving(script, context=context))
            world.ports[name] = peer.origin.port
            if name == "stranger":
                world.stranger = peer
                world.service.stranger = peer.origin.port
        world.ports["hole"] = stack.enter_context(black_hole()).port
        world.ports["refused"] = _unused()
        yield world


def _unused() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        port: int = made.getsockname()[1]
        return port


def _greeting(peer: Peer) -> Script:
    """A server that speaks first, and in plain text."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        await reader.read()

    return script


_ITS_OWN = re.compile(rb"Proxy-Authorization: [^\r]*\r\n", re.IGNORECASE)


def _forwarding(peer: Peer) -> Script:
    """A proxy for plain requests, which sees all of them."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        port = int(head.split(b" ")[1].split(b"/")[2].split(b":")[1])
        await _wait(reader, writer, port, head)

    return script


def _tunnelling(seen: list[bytes]) -> Callable[[Peer], Script]:
    """A CONNECT proxy for TLS, which records all it sees."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        host, port = seen[-1].split(b" ")[1].split(b":")
        if host != b"127.0.0.1":
            return
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await _wait(reader, writer, int(port), b"", seen)

    return lambda _: script


async def _wait(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    port: int,
    first: bytes,
    seen: list[bytes] | None = None,
) -> None:
    """Passes everything on, both ways, until the far side ends."""
    try:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return
    far_writer.write(_ITS_OWN.sub(b"", first))
    there = asyncio.ensure_future(_pump(reader, far_writer, seen))
    try:
        await _pump(far_reader, writer, seen)
    finally:
        there.cancel()
        far_writer.close()
        await asyncio.wait((there,))


async def _pump(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, seen: list[bytes] | None
) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65536):
            if seen is not None:
                seen.append(data)
            sink.write(_ITS_OWN.sub(b"", data))
            await sink.drain()


def _refusing(peer: Peer) -> Script:
    """A proxy that refuses, and echoes the request wherever it can."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await peer.read_request(reader)).replace(b"\r\n", b" ")
        writer.write(plain(asked, b"X-Echo: " + asked, status=b"403 " + asked))
        await writer.drain()

    return script
