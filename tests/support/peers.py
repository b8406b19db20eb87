"""Scripted servers on real sockets: one function for each thing a server can do to a client."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import trustme

from boxapis._core.clock import Clock
from boxapis.transports import Origin, Request

SECRET = "p%26w"
"""A secret in the query of each `request`, which must not be found anywhere else."""

Make = Callable[..., Any]
"""Makes a transport with these options; it is closed at the end of the test."""

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Peer:
    """A server that plays a script on each connection, and records what it received.

    Attributes:
        origin: The server's address.
        connections: How many connections it has accepted.
        received: The head and body of each request.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self.origin = Origin("http", "127.0.0.1", 0)
        self.connections = 0
        self.received: list[bytes] = []
        self._open: set[asyncio.Task[None] | None] = set()

    @property
    def open_connections(self) -> int:
        """How many connections it has not ended yet."""
        return len(self._open)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection."""
        self.connections += 1
        self._open.add(asyncio.current_task())
        try:
            with contextlib.suppress(
                ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
            ):
                await self._script(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()
            self._open.discard(asyncio.current_task())

    async def end(self) -> None:
        """Ends every connection that is still open."""
        tasks = [task for task in self._open if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def read_request(self, reader: asyncio.StreamReader) -> bytes:
        """Reads the next request on a connection; raises when the connection ends."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            ),
            0,
        )
        request = head + await reader.readexactly(length)
        self.received.append(request)
        return request


@contextlib.asynccontextmanager
async def serving(
    make_script: Callable[[Peer], Script], *, context: ssl.SSLContext | None = None
) -> AsyncIterator[Peer]:
    """A scripted server on a free port of this machine."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await make_script(peer)(reader, writer)

    peer = Peer(script)
    server = await asyncio.start_server(peer.accept, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    peer.origin = Origin("http" if context is None else "https", "127.0.0.1", port)
    try:
        yield peer
    finally:
        server.close()
        await peer.end()
        await server.wait_closed()


def answering(payload: bytes, *, times: int = 1_000_000) -> Callable[[Peer], Script]:
    """Answers each request with these bytes, at most so many times on one connection."""

    def make(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for _ in range(times):
                await peer.read_request(reader)
                writer.write(payload)
                await writer.drain()

        return script

    return make


def in_turn(*payloads: bytes) -> Callable[[Peer], Script]:
    """Answers the first request on each connection with the first response, and so on."""

    def make(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for payload in payloads:
                await peer.read_request(reader)
                writer.write(payload)
                await writer.drain()

        return script

    return make


def silent_after(*payloads: bytes) -> Callable[[Peer], Script]:
    """Sends these bytes after the first request on each connection, then no more; reads on."""

    def make(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await peer.read_request(reader)
            for payload in payloads:
                writer.write(payload)
                await writer.drain()
            while await reader.read(65536):
                pass

        return script

    return make


def closing_at_once(peer: Peer) -> Script:
    """Closes each connection right after accepting it."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        return

    return script


def closing_after_request(peer: Peer) -> Script:
    """Reads the request, then closes."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.read_request(reader)

    return script


def reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection with RST."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


def resetting_after_request(peer: Peer) -> Script:
    """Reads the request, then resets."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.read_request(reader)
        reset(writer)

    return script


def deaf(peer: Peer) -> Script:
    """Accepts and never reads."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # of a reading transport
        await asyncio.Event().wait()

    return script


def repeating(start: bytes, piece: bytes) -> Callable[[Peer], Script]:
    """After the request sends a start, and then one piece after the other without end."""

    def make(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await peer.read_request(reader)
            writer.write(start)
            while not writer.is_closing():
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)

        return script

    return make


def tunnelling(seen: list[bytes]) -> Callable[[Peer], Script]:
    """A CONNECT proxy that records all it sees."""

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            seen.append(data)
            sink.write(data)
            await sink.drain()
        sink.close()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        host, port = seen[-1].split(b" ")[1].decode().split(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.close()
            await far_writer.wait_closed()

    return lambda _: script


silent = silent_after()
dripping = repeating(b"HTTP/1.1 200 OK\r\nX-Drip: ", b"x")


@contextlib.contextmanager
def black_hole() -> Iterator[Origin]:
    """An address that neither accepts nor refuses connections: its backlog is full."""
    with contextlib.ExitStack() as stack:
        hole = stack.enter_context(socket.socket())
        hole.bind(("127.0.0.1", 0))
        hole.listen(0)
        place = hole.getsockname()
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)  # noqa: FBT003 - of the standard library
            filler.connect_ex(place)
        yield Origin("http", *place)


def soon(seconds: float = 20.0) -> float:
    """A deadline so many seconds from now, on the loop's clock."""
    return Clock().now() + seconds


def server_context(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    """TLS settings of a server with this name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """TLS settings of a client that trusts this authority alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return context


def plain(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A complete response with this body."""
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join((b"HTTP/1.1 " + status, length, *headers, b"", body))


def request(
    origin: Origin,
    target: str = "/controller.html?command=c&password=p%26w",
    *,
    changing: bool = False,
    fresh: bool = False,
    body: bytes | None = None,
) -> Request:
    """A request with a secret in its query."""
    method = "GET" if body is None else "POST"
    headers = (("Accept-Encoding", "identity"),)
    return Request(origin, method, target, headers, body, "cmdTest", changing, fresh)
