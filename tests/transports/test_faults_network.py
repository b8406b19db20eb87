"""Network failures: F01 to F17 of the fault catalogue."""

import asyncio
import datetime as dt
import os
import resource
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme

from boxapis import (
    BoxAPIError,
    ConnectError,
    ConnectionLostError,
    RequestTimeoutError,
    Timeouts,
    TLSError,
    TransportError,
)
from boxapis.transports import DirectTransport, Origin, Watch
from tests.support.doubles import until
from tests.support.peers import (
    SECRET,
    Make,
    Peer,
    Script,
    answering,
    black_hole,
    closing_after_request,
    closing_at_once,
    deaf,
    plain,
    request,
    reset,
    resetting_after_request,
    server_context,
    serving,
    silent,
    soon,
    trusting,
)

OK = plain(b'{"status": 200}')


async def failure(
    transport: Any, origin: Origin, watch: Watch | None = None, **fields: Any
) -> TransportError:
    """The error of a request; it holds no secret and chains nothing."""
    with pytest.raises(BoxAPIError) as caught:
        await transport.send(request(origin, **fields), deadline=soon(), watch=watch)
    error = caught.value
    assert isinstance(error, TransportError)
    assert SECRET not in str(error)
    assert error.__context__ is error.__cause__ is None
    return error


def facts(error: TransportError) -> tuple[type[TransportError], str, bool]:
    """The attributes of an error that the retry policy reads."""
    return type(error), error.phase, error.sent


@pytest.fixture
def refusing() -> Iterator[Origin]:
    """The address of a port without a listener."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield Origin("http", *closed.getsockname())


def resolving(monkeypatch: pytest.MonkeyPatch, *places: tuple[str, int]) -> None:
    """Makes the name ``localhost`` resolve to these local addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
    loop = asyncio.get_running_loop()
    original = loop.getaddrinfo

    async def answer(host: str, *others: Any, **options: Any) -> Any:
        return found if host == "localhost" else await original(host, *others, **options)

    monkeypatch.setattr(loop, "getaddrinfo", answer)  # uvloop uses it for addresses, too


async def test_f01_refused(transport: Any, refusing: Origin) -> None:
    """F01: where no server listens nothing was sent."""
    error = await failure(transport, refusing)
    assert facts(error) == (ConnectError, "connect", False)
    assert "Nothing was sent" in str(error)


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_AGAIN], ids=["unknown", "down"])
async def test_f02_name(transport: Any, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """F02: a name that does not resolve fails in phase dns, and nothing was sent."""

    async def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(code, "whatever the system says")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", fail)
    error = await failure(transport, Origin("http", "localhost", 9))
    assert facts(error) == (ConnectError, "dns", False)


async def test_f02_unknown_name_or_failed_look_up(
    direct: DirectTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F02: the text says whether the name is unknown or the look-up failed; it shows no name."""

    async def fail(*_: Any, **__: Any) -> Any:
        raise errors.pop()

    errors: list[Exception] = [
        UnicodeError("label too long"),
        socket.gaierror(socket.EAI_AGAIN, "x"),
    ]
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", fail)
    texts = [str(await failure(direct, Origin("http", "localhost", 9))) for _ in range(2)]
    assert "temporarily" in texts[0]
    assert "not found" in texts[1]


async def test_f03_black_hole(make: Make) -> None:
    """F03: an address that neither accepts nor refuses fails after the connect timeout."""
    transport = make(timeouts=Timeouts(connect=0.05))
    with black_hole() as hole:
        error = await failure(transport, hole)
    assert facts(error) == (RequestTimeoutError, "connect", False)


def expired(authority: trustme.CA) -> ssl.SSLContext:
    """TLS for a server whose certificate has expired."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    past = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
    authority.issue_cert("127.0.0.1", not_after=past).configure_cert(context)
    return context


def of_another_host(authority: trustme.CA) -> ssl.SSLContext:
    """TLS for a server with a certificate for another host."""
    return server_context(authority, "example.test")


def of_another_authority(authority: trustme.CA) -> ssl.SSLContext:
    """TLS for a server whose certificate has an unknown issuer."""
    return server_context(trustme.CA())


@pytest.mark.parametrize(
    ("make_context", "reason"),
    [
        (expired, "expired, code 10"),
        (of_another_host, "mismatch|not valid for"),
        (of_another_authority, "unable to get local issuer certificate, code 20"),
    ],
    ids=["expired", "wrong host", "unknown authority"],
)
async def test_f04_certificate(
    make: Make,
    authority: trustme.CA,
    make_context: Callable[[trustme.CA], ssl.SSLContext],
    reason: str,
) -> None:
    """F04: a certificate that cannot be trusted is a TLSError with OpenSSL's reason and code."""
    transport = make(ssl_context=trusting(authority))
    async with serving(answering(OK), context=make_context(authority)) as peer:
        with pytest.raises(TLSError, match=reason) as caught:
            await transport.send(request(peer.origin), deadline=soon())
    assert (caught.value.phase, caught.value.sent) == ("tls", False)
    assert caught.value.retry_stopped_by == "permanent"
    assert peer.received == []


async def test_f04_system_roots(direct: DirectTransport, authority: trustme.CA) -> None:
    """F04: without a context of the caller's, the tests' own authority is not trusted."""
    async with serving(answering(OK), context=server_context(authority)) as peer:
        assert facts(await failure(direct, peer.origin)) == (TLSError, "tls", False)


def secure(origin: Origin) -> Origin:
    """The same origin with TLS."""
    return Origin("https", origin.host, origin.port)


async def test_f05_stalled_handshake(make: Make, authority: trustme.CA) -> None:
    """F05: a TLS handshake that stalls fails after the connect timeout, in phase tls."""
    transport = make(timeouts=Timeouts(connect=0.1), ssl_context=trusting(authority))
    async with serving(deaf) as peer:
        error = await failure(transport, secure(peer.origin))
    assert facts(error) == (RequestTimeoutError, "tls", False)


def greeting(peer: Peer) -> Script:
    """Sends plain text at once."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.test ready\r\n")
        await reader.read()

    return script


async def test_f05_plain_text(make: Make, authority: trustme.CA) -> None:
    """F05: plain text where TLS was asked for fails at once, without waiting for a timeout."""
    transport = make(ssl_context=trusting(authority))
    async with serving(greeting) as peer:
        error = await failure(transport, secure(peer.origin))
    assert facts(error) == (TLSError, "tls", False)


async def test_f05_closed_in_handshake(make_direct: Make, authority: trustme.CA) -> None:
    """F05: where the server closes during the handshake nothing was sent."""
    direct = make_direct(ssl_context=trusting(authority))
    async with serving(closing_at_once) as peer:
        error = await failure(direct, secure(peer.origin))
    assert facts(error) == (ConnectError, "tls", False)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that accepts connections when the test lets it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def accept_and_close(listener: socket.socket) -> None:
    """Accepts a connection, and closes it without reading."""
    listener.accept()[0].close()


def accept_and_reset(listener: socket.socket) -> None:
    """Accepts a connection, and resets it without reading."""
    accepted = listener.accept()[0]
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    accepted.close()


ENDS = pytest.mark.parametrize(
    "end", [accept_and_close, accept_and_reset], ids=["F06 closed", "F07 reset"]
)
KINDS = pytest.mark.parametrize("changing", [False, True], ids=["reading", "changing"])


@ENDS
@KINDS
async def test_f06_f07_ended_before_the_request(
    transport: Any,
    listener: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[socket.socket], None],
    *,
    changing: bool,
) -> None:
    """F06, F07: closed or reset before the request: `DirectTransport` sees it, and sends nothing.

    httpx writes to a new connection without a look at it, so the request may have been read; but
    one that was reset has no address any more, by which `HttpxTransport` sees it.
    """
    loop = asyncio.get_running_loop()
    create_connection = loop.create_connection

    async def create_and_end(*args: Any, **options: Any) -> Any:
        created = await create_connection(*args, **options)
        end(listener)
        return created

    monkeypatch.setattr(loop, "create_connection", create_and_end)
    error = await failure(transport, Origin("http", *listener.getsockname()), changing=changing)
    if isinstance(transport, DirectTransport) or end is accept_and_reset:
        assert facts(error) == (ConnectError, "connect", False)
    else:
        assert (type(error), error.sent) == (ConnectionLostError, True)


class EndingOnceWritten:
    """A watch that ends the connection, unread, when the request has been written."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end

    def connecting(self) -> None:
        """A connection is being made."""

    def sending(self, *, reused: bool) -> None:
        """The request is about to be written."""

    def waiting(self) -> None:
        """The request is written."""
        self._end()


@ENDS
@KINDS
async def test_f06_f07_ended_behind_the_request(
    transport: Any,
    listener: socket.socket,
    end: Callable[[socket.socket], None],
    *,
    changing: bool,
) -> None:
    """F06, F07: closed or reset with the request unread: it may have been read."""
    watch = EndingOnceWritten(lambda: end(listener))
    origin = Origin("http", *listener.getsockname())
    error = await failure(transport, origin, watch, changing=changing)
    assert (type(error), error.sent) == (ConnectionLostError, True)


@pytest.mark.parametrize(
    "make_script", [closing_after_request, resetting_after_request], ids=["F08", "F09"]
)
@KINDS
async def test_f08_f09_lost(
    transport: Any, make_script: Callable[[Peer], Script], *, changing: bool
) -> None:
    """F08, F09: closed or reset after the request was read."""
    async with serving(make_script) as peer:
        error = await failure(transport, peer.origin, changing=changing)
    assert (type(error), error.sent) == (ConnectionLostError, True)


async def test_f10_idle_connection_closed(transport: Any) -> None:
    """F10: an idle connection that the server has closed is not used again."""
    async with serving(answering(OK, times=1)) as peer:
        for _ in range(3):
            answer = await transport.send(request(peer.origin), deadline=soon())
            await until(lambda: not peer.open_connections)
            for _ in range(5):  # until the end has arrived
                await asyncio.sleep(0)
            assert answer.status == 200
        assert peer.connections == 3


def closing_on_the_second(peer: Peer) -> Script:
    """Answers once on each connection, and closes it on the next request."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.read_request(reader)
        writer.write(OK)
        await peer.read_request(reader)

    return script


async def test_f11_closed_while_sending(transport: Any) -> None:
    """F11: closed while the next request is sent: it was sent, and may have been read."""
    async with serving(closing_on_the_second) as peer:
        await transport.send(request(peer.origin), deadline=soon())
        error = await failure(transport, peer.origin)
        assert facts(error) == (ConnectionLostError, "read", True)
        assert len(peer.received) == 2


async def test_f11_cannot_meet_a_changing_request(transport: Any) -> None:
    """F11: a changing request uses a new connection, so it does not meet this."""
    async with serving(closing_on_the_second) as peer:
        for _ in range(3):
            sent = request(peer.origin, changing=True)
            assert (await transport.send(sent, deadline=soon())).status == 200


def silent_on_the_second(peer: Peer) -> Script:
    """Answers once on each connection, and is silent after that."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.read_request(reader)
        writer.write(OK)
        await peer.read_request(reader)
        await reader.read()

    return script


async def test_f12_black_holed_connection(make: Make) -> None:
    """F12: a connection on which nothing arrives any more fails after the read timeout."""
    transport = make(timeouts=Timeouts(read=0.05))
    async with serving(silent_on_the_second) as peer:
        await transport.send(request(peer.origin), deadline=soon())
        error = await failure(transport, peer.origin)
        assert facts(error) == (RequestTimeoutError, "read", True)
        assert (await transport.send(request(peer.origin), deadline=soon())).status == 200


async def test_f13_every_connection_is_dead(make_direct: Make) -> None:
    """F13: after one silence all idle connections of that pool are dropped."""
    direct = make_direct(timeouts=Timeouts(read=0.05))
    async with serving(silent_on_the_second) as peer:
        calls = [direct.send(request(peer.origin), deadline=soon()) for _ in range(5)]
        await asyncio.gather(*calls)
        assert facts(await failure(direct, peer.origin))[:2] == (RequestTimeoutError, "read")
        assert (await direct.send(request(peer.origin), deadline=soon())).status == 200
        assert peer.connections == 6


def refusing_with(payload: bytes) -> Callable[[Peer], Script]:
    """A proxy that answers each CONNECT with these bytes, and reads on."""

    def make_script(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await peer.read_request(reader)
            writer.write(payload)
            await reader.read()

        return script

    return make_script


UNAUTHORIZED = b"407 Proxy Authentication Required"
PAGE = b"<html>" + SECRET.encode()
PROXIES = {
    "407": refusing_with(plain(b"", status=UNAUTHORIZED)),
    "407 with a page": refusing_with(plain(PAGE, status=UNAUTHORIZED)),
    "407 until the end": refusing_with(b"HTTP/1.0 " + UNAUTHORIZED + b"\r\n\r\n" + PAGE),
    "401": refusing_with(plain(PAGE, status=b"401 Unauthorized")),
    "502": refusing_with(plain(b"", status=b"502 Bad Gateway")),
    "502 with a page": refusing_with(plain(PAGE, status=b"502 Bad Gateway")),
    "not HTTP": refusing_with(b"SSH-2.0-OpenSSH_9\r\n\r\n"),
    "closes": closing_after_request,
}


@pytest.mark.parametrize("kind", PROXIES)
async def test_f14_proxy_refuses(make: Make, kind: str) -> None:
    """F14, F122: where the proxy refuses nothing reached the service; 407 and 401 are final."""
    async with serving(PROXIES[kind]) as proxy:
        transport = make(proxy=f"http://user:{SECRET}@127.0.0.1:{proxy.origin.port}")
        with pytest.raises(BoxAPIError) as caught:
            await transport.send(request(Origin("https", "127.0.0.1", 9)), deadline=soon())
        await until(lambda: not proxy.open_connections)
    assert SECRET not in str(caught.value)
    assert len(proxy.received) == 1
    if isinstance(transport, DirectTransport) or kind != "not HTTP":
        assert isinstance(caught.value, ConnectError)
        assert (caught.value.phase, caught.value.sent) == ("proxy", False)
    if kind[:3] in ("401", "407", "502"):
        expected = None if kind[:3] == "502" else "permanent"
        assert caught.value.retry_stopped_by == expected
        said = "did not accept the user and password" in str(caught.value)
        assert said is (expected is not None)


async def test_f14_proxy_head_without_end(make_direct: Make) -> None:
    """F14: a proxy's answer without end is refused once it is too large."""
    async with serving(refusing_with(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000)) as proxy:
        direct = make_direct(proxy=f"http://127.0.0.1:{proxy.origin.port}")
        error = await failure(direct, Origin("https", "127.0.0.1", 9))
    assert facts(error) == (ConnectError, "proxy", False)


async def test_f14_proxy_is_silent(make: Make) -> None:
    """F14: a proxy that does not answer fails in phase proxy."""
    async with serving(silent) as proxy:
        transport = make(
            proxy=f"http://127.0.0.1:{proxy.origin.port}",
            timeouts=Timeouts(connect=0.05, read=0.05),
        )
        error = await failure(transport, Origin("https", "127.0.0.1", 9))
    assert facts(error) == (RequestTimeoutError, "proxy", False)


async def test_f14_proxy_says_more_than_asked(make_direct: Make) -> None:
    """F14: where bytes follow the proxy's agreement the tunnel is not used."""
    async with serving(refusing_with(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")) as proxy:
        direct = make_direct(proxy=f"http://127.0.0.1:{proxy.origin.port}")
        error = await failure(direct, Origin("https", "127.0.0.1", 9))
    assert facts(error) == (ConnectError, "proxy", False)


async def test_f15_first_address_refuses(
    direct: DirectTransport, monkeypatch: pytest.MonkeyPatch, refusing: Origin
) -> None:
    """F15: when the first address of a name refuses, the next one is tried at once."""
    async with serving(answering(OK)) as peer:
        resolving(monkeypatch, (refusing.host, refusing.port), ("127.0.0.1", peer.origin.port))
        answer = await direct.send(request(Origin("http", "localhost", 9)), deadline=soon())
    assert answer.status == 200


async def test_f15_first_address_is_a_black_hole(
    direct: DirectTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F15: when the first address does not react, the next one is tried a moment later."""
    async with serving(answering(OK)) as peer:
        with black_hole() as hole:
            places = [(hole.host, hole.port), ("127.0.0.1", peer.origin.port)]
            resolving(monkeypatch, *places)
            answer = await direct.send(request(Origin("http", "localhost", 9)), deadline=soon())
    assert answer.status == 200


async def test_f15_no_address_answers(
    direct: DirectTransport, monkeypatch: pytest.MonkeyPatch, refusing: Origin
) -> None:
    """F15: when no address accepts, the error is that of a single one."""
    resolving(monkeypatch, (refusing.host, refusing.port), (refusing.host, refusing.port))
    error = await failure(direct, Origin("http", "localhost", 9))
    assert facts(error) == (ConnectError, "connect", False)


async def test_f16_write_stalls(make: Make) -> None:
    """F16: a server that reads no more of the request fails it after the write timeout."""
    transport = make(timeouts=Timeouts(write=0.05))
    async with serving(deaf) as peer:
        error = await failure(transport, peer.origin, body=b"x" * 20_000_000)
    assert facts(error) == (RequestTimeoutError, "write", True)


async def test_f16_write_stalls_under_tls(make_direct: Make, authority: trustme.CA) -> None:
    """F16: bytes that TLS holds back count as not written."""

    def held(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.Event().wait()

        return script

    direct = make_direct(timeouts=Timeouts(write=0.05), ssl_context=trusting(authority))
    async with serving(held, context=server_context(authority)) as peer:
        error = await failure(direct, peer.origin, body=b"x" * 20_000_000)
    assert facts(error) == (RequestTimeoutError, "write", True)


async def test_f16_lost_while_writing(direct: DirectTransport) -> None:
    """F16: a connection that is reset while the request is sent was lost in phase write."""

    def resetting_after_head(_: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            reset(writer)

        return script

    async with serving(resetting_after_head) as peer:
        error = await failure(direct, peer.origin, body=b"x" * 20_000_000)
    assert facts(error) == (ConnectionLostError, "write", True)


async def test_f17_no_socket_left(direct: DirectTransport) -> None:
    """F17: when this machine has no file descriptor left, the error says so; nothing was sent."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with serving(answering(OK)) as peer:
        lowest = os.dup(0)
        os.close(lowest)
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, limits[1]))
        try:
            error = await failure(direct, peer.origin)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert facts(error) == (ConnectError, "local", False)
        assert (await direct.send(request(peer.origin), deadline=soon())).status == 200


async def test_cut_under_tls_is_no_clean_end(make_direct: Make, authority: trustme.CA) -> None:
    """F24: under TLS an answer without a length ends with close_notify; without it, it was cut."""

    def held(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked = await peer.read_request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\nwhole?")
            await writer.drain()
            if b"cut" in asked:
                writer.transport.abort()

        return script

    direct = make_direct(ssl_context=trusting(authority))
    async with serving(held, context=server_context(authority)) as peer:
        answer = await direct.send(request(peer.origin), deadline=soon())
        assert (answer.body, answer.delimited) == (b"whole?", False)
        error = await failure(direct, peer.origin, target="/cut")
    assert facts(error) == (ConnectionLostError, "read", True)
