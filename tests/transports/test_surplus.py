"""F107: bytes behind an answer, wherever they wait, reach no other caller."""

import asyncio
import ssl
from collections.abc import Callable

import pytest
import trustme

from tests.support.peers import (
    Make,
    Peer,
    Script,
    plain,
    request,
    server_context,
    serving,
    soon,
    trusting,
)

HTTPCORE_READS = 64 * 1024  # at once
SURPLUS = plain(b"surplus")


def answer_of(size: int) -> bytes:
    """An answer that is this long, with its head."""
    return plain(b" " * (size - len(plain(b" " * (size - 100))) + size - 100))


def answering_twice(answer: bytes) -> Callable[[Peer], Script]:
    """Answers each request twice, by two writes, which become two records of TLS."""

    def make(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await peer.read_request(reader):
                writer.write(answer)
                writer.write(SURPLUS)

        return script

    return make


def relaying_in_pieces(_: Peer) -> Script:
    """A CONNECT proxy that passes a server's bytes on in pieces, which become records of TLS."""

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            for place in range(0, len(data), 16):
                sink.write(data[place : place + 16])
        sink.close()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        host, port = head.split(b" ")[1].decode().split(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.close()

    return script


def test_size_of_an_answer() -> None:
    """The answers of these tests are as long as they are to be."""
    assert len(answer_of(HTTPCORE_READS)) == HTTPCORE_READS
    assert len(answer_of(200)) == 200


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("size", [200, HTTPCORE_READS - 1, HTTPCORE_READS, HTTPCORE_READS + 1])
async def test_surplus_behind_an_answer(
    make: Make, authority: trustme.CA, size: int, *, secure: bool
) -> None:
    """F107: an answer's connection is ended if more came, in one read with it or not."""
    context: ssl.SSLContext | None = server_context(authority) if secure else None
    answer = answer_of(size)
    async with serving(answering_twice(answer), context=context) as peer:
        transport = make(ssl_context=trusting(authority))
        for number in range(1, 5):
            given = await transport.send(request(peer.origin), deadline=soon())
            assert len(given.body) > len(b"surplus")
            assert peer.connections == number


async def test_surplus_within_a_proxys_tls(make: Make, authority: trustme.CA) -> None:
    """F107: the same if they wait in the TLS to a proxy, below that to the server."""
    context = server_context(authority)
    async with (
        serving(answering_twice(answer_of(200)), context=context) as peer,
        serving(relaying_in_pieces, context=context) as proxy,
    ):
        url = f"https://{proxy.origin.authority}"
        transport = make(proxy=url, ssl_context=trusting(authority))
        for number in range(1, 5):
            given = await transport.send(request(peer.origin), deadline=soon())
            assert len(given.body) > len(b"surplus")
            assert peer.connections == number
