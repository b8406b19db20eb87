"""A TCP proxy that disturbs what it passes on, with toxiproxy's eight toxics.

Time is counted in turns of the loop, so that nothing sleeps.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from boxapis.transports import Origin
from tests.support.peers import reset

Toxic = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""A function that passes bytes on from a server to a client, or does not."""


async def _wait(turns: int) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


async def _pieces(reader: asyncio.StreamReader, size: int = 65536) -> AsyncIterator[bytes]:
    while data := await reader.read(size):
        yield data


async def clean(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Passes everything on: no toxic at all."""
    async for data in _pieces(reader):
        writer.write(data)
        await writer.drain()


async def latency(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Passes everything on later."""
    async for data in _pieces(reader):
        await _wait(100)
        writer.write(data)


async def bandwidth(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Passes on only so many bytes at a time."""
    async for data in _pieces(reader, 64):
        writer.write(data)
        await writer.drain()
        await _wait(10)


async def slow_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Ends the connection later than after the last byte."""
    await clean(reader, writer)
    await _wait(100)


async def timeout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Passes nothing on, and never ends."""
    async for _ in _pieces(reader):
        pass
    await asyncio.Event().wait()


async def reset_peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Resets the connection instead of answering."""
    await reader.read(1)
    reset(writer)


async def slicer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Passes every byte on by itself."""
    async for data in _pieces(reader, 1):
        writer.write(data)
        await writer.drain()
        await _wait(1)


async def limit_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Ends the connection after so many bytes."""
    writer.write(await reader.readexactly(60))


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await clean(reader, writer)
    writer.close()


@contextlib.asynccontextmanager
async def proxying(origin: Origin, toxic: Toxic) -> AsyncIterator[Origin]:
    """A proxy in front of an origin, with one toxic on the responses."""
    open_now: set[asyncio.Task[None]] = set()

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        far_reader, far_writer = await asyncio.open_connection(origin.host, origin.port)
        there = asyncio.ensure_future(_forward(reader, far_writer))
        ends = contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with ends:
            await toxic(far_reader, writer)
        there.cancel()
        for one in (writer, far_writer):
            one.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await one.wait_closed()
        await asyncio.wait((there,))
        open_now.discard(task)

    server = await asyncio.start_server(tunnel, "127.0.0.1", 0)
    try:
        yield Origin("http", *server.sockets[0].getsockname())
    finally:
        server.close()
        for task in tuple(open_now):
            task.cancel()
        if open_now:
            await asyncio.wait(tuple(open_now))
        await server.wait_closed()


@contextlib.asynccontextmanager
async def down(origin: Origin) -> AsyncIterator[Origin]:
    """The address of a proxy that is not running: the eighth toxic."""
    async with proxying(origin, clean) as place:
        pass
    yield place
