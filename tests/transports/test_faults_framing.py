"""Framing and contents of answers: F18 to F46 of the fault catalogue, and surplus bytes."""

import asyncio
import gc
import gzip
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from boxapis import (
    BoxAPIError,
    ConnectionLostError,
    InvalidResponseError,
    Limits,
    RequestTimeoutError,
    Timeouts,
    TransportError,
)
from boxapis.transports import DirectTransport, Response
from tests.support.doubles import until
from tests.support.peers import (
    SECRET,
    Make,
    Peer,
    Script,
    answering,
    dripping,
    in_turn,
    plain,
    repeating,
    request,
    serving,
    silent_after,
    soon,
)
from tests.support.timed import network

OK = plain(b'{"status": 200}')
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


async def outcome(transport: Any, make_script: Callable[[Peer], Script]) -> Any:
    """The answer or the error of a request; an error holds no secret and chains nothing."""
    async with serving(make_script) as peer:
        try:
            return await transport.send(request(peer.origin), deadline=soon())
        except BoxAPIError as error:
            failure = error
    assert SECRET not in str(failure)
    assert failure.__context__ is failure.__cause__ is None
    return failure


async def answer(transport: Any, *pieces: bytes) -> Any:
    """The outcome of a request that is answered with these bytes, before the connection ends."""
    return await outcome(transport, answering(b"".join(pieces), times=1))


def refused(failure: Any, what: str, *, again: bool) -> bool:
    """Checks that an answer is refused for this reason, and may be repeated or not."""
    assert isinstance(failure, InvalidResponseError), failure
    assert what in str(failure)
    return (failure.retry_stopped_by is None) is again


async def test_f18_header_drip(transport: Any) -> None:
    """F18: headers that drip in, too fast for the read timeout, end at the deadline."""
    async with serving(dripping) as peer:
        with pytest.raises(RequestTimeoutError) as caught:
            await transport.send(request(peer.origin), deadline=soon(0.1))
        assert (caught.value.phase, caught.value.sent) == ("total", True)
        await transport.aclose()


@pytest.mark.parametrize("start", [b"Content-Length: 99\r\n\r\n{", b"\r\n{"], ids=["sized", "not"])
async def test_f19_stalled_body(make: Make, start: bytes) -> None:
    """F19: a body that stalls ends after the read timeout."""
    failure = await outcome(make(timeouts=Timeouts(read=0.05)), silent_after(HEAD + start))
    assert isinstance(failure, RequestTimeoutError)
    assert (failure.phase, failure.sent) == ("read", True)


async def test_f20_endless_informational(transport: Any) -> None:
    """F20: endless informational answers end at the deadline."""
    hints = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    async with serving(repeating(b"", hints)) as peer:
        with pytest.raises(BoxAPIError) as caught:
            await transport.send(request(peer.origin), deadline=soon(0.2))
        if isinstance(transport, DirectTransport):
            assert refused(caught.value, "too many informational", again=False)
        await transport.aclose()


@pytest.mark.parametrize(("count", "fits"), [(20, True), (21, False)])
async def test_f20_cap(direct: DirectTransport, *, count: int, fits: bool) -> None:
    """F20: twenty informational answers are skipped; the next one is too many."""
    given = await answer(direct, b"HTTP/1.1 102 Processing\r\n\r\n" * count, OK)
    assert isinstance(given, Response) is fits


@pytest.mark.parametrize("status", [b"100 Continue", b"103 Early Hints\r\nLink: </x>"])
async def test_f21_informational(transport: Any, status: bytes) -> None:
    """F21: an informational answer is skipped, with its headers."""
    given = await answer(transport, b"HTTP/1.1 ", status, b"\r\n\r\n", OK)
    assert (given.status, given.body, given.header("link")) == (200, b'{"status": 200}', None)


async def test_f21_informational_with_a_body(direct: DirectTransport) -> None:
    """F21: an informational answer with a body is refused."""
    given = await answer(direct, b"HTTP/1.1 150 X\r\nContent-Length: 2\r\n\r\nxy", OK)
    assert refused(given, "informational response has a body", again=False)


@pytest.mark.parametrize("offer", [b"", b"Connection: Upgrade\r\nUpgrade: h2c\r\n"])
async def test_f22_switching_protocols(transport: Any, offer: bytes) -> None:
    """F22: 101, which was not asked for, is refused."""
    given = await answer(transport, b"HTTP/1.1 101 Switching Protocols\r\n", offer, b"\r\nPRI *")
    assert isinstance(given, InvalidResponseError)


@pytest.mark.parametrize("length", [b"Content-Length: 15\r\n", b"Transfer-Encoding: chunked\r\n"])
async def test_f22_offer_of_another_protocol(transport: Any, length: bytes) -> None:
    """F22: an answer that offers another protocol, as Apache's do, is a normal answer."""
    body = b'{"status": 200}' if b"15" in length else b'f\r\n{"status": 200}\r\n0\r\n\r\n'
    offer = b"Upgrade: h2,h2c\r\nConnection: Upgrade, Keep-Alive\r\n"
    whole = HEAD + offer + length + b"\r\n" + body
    async with serving(in_turn(whole, whole, OK)) as peer:
        for _ in range(3):
            given = await transport.send(request(peer.origin), deadline=soon())
            assert (given.status, given.body) == (200, b'{"status": 200}')
        assert peer.connections == 1


@pytest.mark.parametrize(
    "cut",
    [
        HEAD + b"Content-Length: 99\r\n\r\nshort!",
        CHUNKED + b"6\r\nshort!\r\n",
        CHUNKED + b"9\r\nshort!",
        HEAD + b"Content-Len",
    ],
    ids=["F23", "F28", "F28 in a chunk", "in the head"],
)
async def test_f23_f28_cut(transport: Any, cut: bytes) -> None:
    """F23, F28: an answer that ends too early is a lost connection."""
    failure = await answer(transport, cut)
    assert isinstance(failure, ConnectionLostError)
    assert failure.sent


async def test_f24_ends_with_connection(direct: DirectTransport) -> None:
    """F24: a body that ends with its connection is returned as not delimited: it may be cut."""
    given = await answer(direct, HEAD, b"\r\n", b'{"stat')
    assert (given.body, given.delimited) == (b'{"stat', False)
    given = await answer(direct, OK)
    assert given.delimited


async def test_f24_reset_is_no_end(direct: DirectTransport) -> None:
    """F24: a reset does not end an answer that is delimited by the connection's end."""

    def held(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await peer.read_request(reader)
            writer.write(HEAD + b"\r\npart")
            await writer.drain()
            await until(lambda: any(one._reader.received for one in network(direct)._connections))
            reset(writer)

        return script

    from tests.support.peers import reset  # noqa: PLC0415 - used here alone

    assert isinstance(await outcome(direct, held), ConnectionLostError)


@pytest.mark.parametrize(
    "lengths",
    [b"Content-Length: 5\r\nContent-Length: 6\r\n", b"Content-Length: 5, 6\r\n"],
    ids=["twice", "a list"],
)
async def test_f26_two_lengths(transport: Any, lengths: bytes) -> None:
    """F26: an answer with two lengths is refused, and not asked for again."""
    failure = await answer(transport, HEAD, lengths, b"\r\nhello!")
    assert isinstance(failure, InvalidResponseError)


async def test_f26_is_not_repeatable(direct: DirectTransport) -> None:
    """F26: two lengths, or a length and chunks, look like smuggling, so there is no repeat."""
    twice = await answer(direct, HEAD, b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")
    mixed = await answer(direct, HEAD, b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert refused(twice, "Content-Length is repeated", again=False)
    assert refused(mixed, "Content-Length is repeated", again=False)


@pytest.mark.parametrize(
    "garbage",
    [CHUNKED + b"zz\r\n" + SECRET.encode(), b"SSH-2.0-OpenSSH_9 " + SECRET.encode() + b"\r\n\r\n"],
    ids=["F27", "F29"],
)
async def test_f27_f29_garbage(transport: Any, garbage: bytes) -> None:
    """F27, F29: what is not HTTP is refused and not quoted; the request may be repeated."""
    assert refused(await answer(transport, garbage), "not HTTP", again=True)


@pytest.mark.parametrize("end", [b"", b"\r\n\r\n"], ids=["endless", "whole"])
@pytest.mark.parametrize("size", [200_000, 400_000])
async def test_f30_large_headers(transport: Any, end: bytes, size: int) -> None:
    """F30: headers over the limit are refused, whether they end or not."""
    many = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 1000) for number in range(size // 1000))
    failure = await outcome(transport, silent_after(HEAD + many + end))
    assert isinstance(failure, InvalidResponseError)
    if isinstance(transport, DirectTransport):
        assert refused(failure, "headers are too large", again=False)


async def test_f30_large_body_is_no_large_header(transport: Any) -> None:
    """F30: a body that arrives together with its head does not count as headers."""
    body = b"x" * 500_000
    assert (await answer(transport, plain(body))).body == body


@pytest.mark.parametrize("status", [b"999", b"600", b"099", b"000", b"42", b"2000", b"-20"])
async def test_f31_unknown_status(direct: DirectTransport, status: bytes) -> None:
    """F31: a status outside HTTP's range is refused."""
    whole = b"HTTP/1.1 " + status + b" X\r\nContent-Length: 0\r\n\r\n"
    assert isinstance(await answer(direct, whole), InvalidResponseError)


@pytest.mark.parametrize(
    ("coding", "pack"),
    [(b"gzip", gzip.compress), (b"deflate", zlib.compress)],
    ids=["gzip", "deflate"],
)
async def test_f32_unasked_coding(
    transport: Any, coding: bytes, pack: Callable[[bytes], bytes]
) -> None:
    """F32: a gzip answer is decoded, asked for or not."""
    packed = plain(pack(b'{"status": 200}'), b"Content-Encoding: " + coding)
    assert (await answer(transport, packed)).body == b'{"status": 200}'


async def test_f32_coding_of_nothing(direct: DirectTransport) -> None:
    """F32: an answer without a body may name a coding."""
    empty = b"HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\n\r\n"
    assert (await answer(direct, empty)).body == b""


@pytest.mark.parametrize(
    ("body", "expected", "again"),
    [
        (b"plain", "content coding", True),
        (gzip.compress(b"x" * 500)[:-9], "content coding", True),
        (gzip.compress(b"x" * 500) + b"more", "content coding", True),
        (gzip.compress(b"x" * 5000), "larger than 1000 bytes", False),
    ],
    ids=["plain", "cut", "more", "bomb"],
)
async def test_f33_bad_coding(make: Make, body: bytes, expected: str, *, again: bool) -> None:
    """F33: a broken, cut or exploding body is refused."""
    transport = make(limits=Limits(max_json_bytes=1000))
    failure = await answer(transport, plain(body, b"Content-Encoding: gzip"))
    assert refused(failure, expected, again=again)
    assert failure.status == 200


async def test_f33_two_codings(direct: DirectTransport) -> None:
    """F33: of two codings in two headers, both must be undone."""
    headers = b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n"
    twice = gzip.compress(gzip.compress(b"{}")[:-9])
    length = b"Content-Length: %d\r\n\r\n" % len(twice)
    failure = await answer(direct, HEAD, headers, length, twice)
    assert refused(failure, "content coding", again=True)


SURPLUS = {
    "a second answer": OK + plain(b"another response"),
    "a byte": OK + b"x",
    "behind a cut length": HEAD + b'Content-Length: 2\r\n\r\n{"status": 200}',
    "behind chunks": CHUNKED + b"2\r\n{}\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Le",
    "behind no body": b"HTTP/1.1 204 No Content\r\n\r\n{}",
    "behind a last answer": HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}more",
}


@pytest.mark.parametrize("kind", SURPLUS)
async def test_f25_f34_surplus_bytes(direct: DirectTransport, kind: str) -> None:
    """F25, F34: bytes after an answer close the connection and reach no caller."""
    async with serving(in_turn(SURPLUS[kind], plain(b"wrong"))) as peer:
        for number in range(1, 4):
            given = await direct.send(request(peer.origin), deadline=soon())
            assert given.body in (b'{"status": 200}', b"{}", b'{"', b"")
            assert peer.connections == number


async def test_f34_stray_line_end(direct: DirectTransport) -> None:
    """F34: an empty line after an answer is a harmless habit of servers."""
    async with serving(in_turn(OK + b"\r\n", OK + b"\r\n\r\n", OK)) as peer:
        for _ in range(3):
            await direct.send(request(peer.origin), deadline=soon())
        assert peer.connections == 1


@pytest.mark.parametrize(
    ("unasked", "kept"),
    [(plain(b"another response"), False), (b"x", False), (b"\r\n", True)],
    ids=["an answer", "a byte", "an empty line"],
)
async def test_f34_unsolicited(direct: DirectTransport, unasked: bytes, *, kept: bool) -> None:
    """F34: bytes on an idle connection close it, and never reach the next caller."""
    idle = asyncio.Event()
    written = asyncio.Event()

    def held(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await peer.read_request(reader)
            writer.write(OK)
            await idle.wait()
            writer.write(unasked)
            await writer.drain()
            written.set()
            await peer.read_request(reader)
            writer.write(plain(b"second"))

        return script

    async with serving(held) as peer:
        await direct.send(request(peer.origin), deadline=soon())
        (connection,) = network(direct)._connections
        idle.set()
        await written.wait()
        for _ in range(5):  # until it has arrived
            await asyncio.sleep(0)
        assert connection.is_free is kept
        given = await direct.send(request(peer.origin), deadline=soon())
        assert given.body == (b"second" if kept else b'{"status": 200}')
        assert peer.connections == (1 if kept else 2)


async def test_f270_an_idle_connection_keeps_nothing_of_its_last_response(
    direct: DirectTransport,
) -> None:
    """F260: a connection that waits for its next request holds no part of the last response."""
    chunks = CHUNKED + b"2\r\n{}\r\n2\r\n[]\r\n0\r\n\r\n"
    async with serving(in_turn(OK, chunks)) as peer:
        for body in (b'{"status": 200}', b"{}[]"):
            given = await direct.send(request(peer.origin), deadline=soon())
            assert given.body == body
            (connection,) = network(direct)._connections
            assert connection.is_free
            held = gc.get_referents(connection._reader)
            assert not any(each for each in held if isinstance(each, (bytes, bytearray, list)))


async def test_f34_trailers_reach_no_caller(direct: DirectTransport) -> None:
    """F34: trailers are not headers, neither of this answer nor of the next one."""
    trailing = CHUNKED + b"2\r\n{}\r\n0\r\nX-Trailer: theirs\r\nContent-Encoding: br\r\n\r\n"
    async with serving(in_turn(trailing, OK)) as peer:
        for body in (b"{}", b'{"status": 200}'):
            given = await direct.send(request(peer.origin), deadline=soon())
            assert given.body == body
            assert given.header("x-trailer") is None
        assert peer.connections == 1


@pytest.mark.parametrize(
    "large",
    [plain(b"x" * 1001), CHUNKED + b"3e9\r\n" + b"x" * 1001, HEAD + b"\r\n" + b"x" * 1001],
    ids=["sized", "chunked", "until the end"],
)
async def test_f35_too_large(make: Make, large: bytes) -> None:
    """F35: a body over the limit is refused while it arrives."""
    transport = make(limits=Limits(max_json_bytes=1000))
    failure = await outcome(transport, silent_after(large))
    assert refused(failure, "larger than 1000 bytes", again=False)


@pytest.mark.parametrize("chunked", [False, True])
async def test_f116_a_file_may_be_larger(make: Make, *, chunked: bool) -> None:
    """F116: JSON and files have limits of their own, compressed and decompressed."""
    transport = make(limits=Limits(max_json_bytes=100, max_file_bytes=1000))

    def packed(size: int, media: bytes, coding: bytes = b"") -> bytes:
        body = gzip.compress(b"x" * size) if coding else b"x" * size
        headers = HEAD + b"Content-Type: " + media + b"\r\n" + coding
        if chunked:
            ends = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
            return headers + b"Transfer-Encoding: chunked\r\n\r\n" + ends
        return headers + b"Content-Length: %d\r\n\r\n" % len(body) + body

    gzipped = b"Content-Encoding: gzip\r\n"
    pdf, json = b"application/pdf", b"application/json"
    for coding in (b"", gzipped):
        assert (await answer(transport, packed(1000, pdf, coding))).body == b"x" * 1000
        failure = await answer(transport, packed(1001, pdf, coding))
        assert refused(failure, "larger than 1000 bytes", again=False)
        assert (await answer(transport, packed(100, json, coding))).body == b"x" * 100
        failure = await answer(transport, packed(101, json, coding))
        assert refused(failure, "larger than 100 bytes", again=False)


async def test_f35_endless_chunk_extensions(make_direct: Make) -> None:
    """F35: chunks with endless extensions and little content are refused."""
    direct = make_direct(limits=Limits(max_json_bytes=1000))
    failure = await outcome(direct, repeating(CHUNKED, b"1;" + b"x" * 60_000 + b"\r\nx\r\n"))
    assert refused(failure, "larger than 1000 bytes", again=False)


async def test_f35_just_fits(make: Make) -> None:
    """F35: a body exactly as long as the limit is taken, in however many pieces."""
    transport = make(limits=Limits(max_json_bytes=1000))
    chunks = b"1\r\nx\r\n" * 1000 + b"0\r\n\r\n"
    assert (await answer(transport, plain(b"x" * 1000))).body == b"x" * 1000
    assert (await answer(transport, CHUNKED, chunks)).body == b"x" * 1000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>maintenance</html>",
        b'\xef\xbb\xbf{"status": 200}',
        b'{"name": "Z\xfcrich"}',
        b"[" * 200_000,
        b"[]",
        b'{"status": null}',
    ],
    ids=["F36", "F37", "F39", "F40", "F41", "F42", "F43"],
)
async def test_f36_to_f43_contents(transport: Any, body: bytes) -> None:
    """F36 to F43: the transport returns a body unchanged, whatever it contains."""
    given = await answer(transport, plain(body, b"Content-Type: text/html"))
    assert (given.body, given.header("content-type")) == (body, "text/html")


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"], ids=["204", "304"])
async def test_f36_no_content(transport: Any, status: bytes) -> None:
    """F36: an answer without a body by its status ends with its headers."""
    given = await outcome(transport, silent_after(b"HTTP/1.1 " + status + b"\r\n\r\n"))
    assert given.body == b""


async def test_f44_cookies(transport: Any) -> None:
    """F44: no cookie is kept."""
    async with serving(answering(plain(b"x", b"Set-Cookie: a=b; Path=/"))) as peer:
        for _ in range(2):
            await transport.send(request(peer.origin), deadline=soon())
    assert b"cookie" not in b"".join(peer.received).lower()


@pytest.mark.parametrize(
    "location", [b"/elsewhere", b"http://127.0.0.1:9/", b"http://[", b"\xff\xfe"], ids=repr
)
async def test_f45_f46_redirect(transport: Any, location: bytes) -> None:
    """F45, F46: a redirect is returned like any other answer, and never followed."""
    redirect = plain(b"", b"Location: " + location, status=b"302 Found")
    async with serving(answering(redirect)) as peer:
        given = await transport.send(request(peer.origin), deadline=soon())
    assert given.status == 302
    assert len(peer.received) == 1


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", True),
    ],
    ids=repr,
)
async def test_keep_alive(direct: DirectTransport, head: bytes, *, kept: bool) -> None:
    """A connection is kept only where the answer allows it."""
    async with serving(answering(head + b"Content-Length: 2\r\n\r\n{}")) as peer:
        for _ in range(2):
            await direct.send(request(peer.origin), deadline=soon())
        assert peer.connections == (1 if kept else 2)


async def test_every_failure_is_ours(direct: DirectTransport) -> None:
    """An answer cut anywhere ends in an answer or in one of our errors."""
    for whole in (OK, CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", *SURPLUS.values()):
        for length in range(0, len(whole), 7):
            given = await answer(direct, whole[:length])
            assert isinstance(given, Response | TransportError | InvalidResponseError)
