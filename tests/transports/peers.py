"""Scripted peers on real sockets: what a server can do to a client, one function each."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

from boxapis.transports import Origin, Request

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Peer:
    """A server that plays a script on each connection, and remembers what it was sent.

    Attributes:
        origin: Where it listens.
        connections: How many it has accepted.
        received: The head and body of each request.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self.origin = Origin("http", "127.0.0.1", 0)
        self.connections = 0
        self.received: list[bytes] = []
        self._open: set[asyncio.Task[None] | None] = set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        self._open.add(asyncio.current_task())
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._script(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()
            self._open.discard(asyncio.current_task())

    async def end(self) -> None:
        """Ends every connection that is still open."""
        tasks = [task for task in self._open if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def read_request(self, reader: asyncio.StreamReader) -> bytes:
        """The next request on a connection, or an end."""
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
    """A peer on a free port of this machine."""

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
    """Answers each request with these bytes, so often on one connection."""

    def make(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for _ in range(times):
                await peer.read_request(reader)
                writer.write(payload)
                await writer.drain()

        return script

    return make


def plain(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A whole answer."""
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join((b"HTTP/1.1 " + status, length, *headers, b"", body))


def request(
    origin: Origin,
    target: str = "/controller.html?command=c&password=p%26w",
    *,
    changing: bool = False,
    body: bytes | None = None,
) -> Request:
    """A request with a secret in its query."""
    method = "GET" if body is None else "POST"
    headers = (("Accept-Encoding", "identity"),)
    return Request(origin, method, target, headers, body, "cmdTest", changing)
