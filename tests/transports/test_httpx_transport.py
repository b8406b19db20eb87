"""HttpxTransport on real sockets: what goes out, what comes back, and what each failure becomes."""

import asyncio
import gzip
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import respx
import trustme
from doubles import until
from peers import Peer, Script, answering, plain, request, serving

from boxapis import (
    BoxC,
    BoxTracker,
    ClientClosedError,
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    Limits,
    RequestTimeoutError,
    Timeouts,
    TLSError,
    TransportError,
)
from boxapis._clock import Clock
from boxapis.transports import HttpxTransport, Origin

SECRET = "p%26w"
OK = plain(b'{"status": 200}')


def soon(seconds: float = 20.0) -> float:
    """A deadline so many seconds from now."""
    return Clock().now() + seconds


@pytest.fixture
async def transport() -> AsyncIterator[HttpxTransport]:
    """A transport of its own, closed at the end."""
    made = HttpxTransport(proxy=False)
    yield made
    await made.aclose()
    assert [asyncio.current_task()] == list(asyncio.all_tasks())


async def test_round_trip(transport: HttpxTransport) -> None:
    """The target goes out as it is, and status, headers and body come back."""
    async with serving(answering(plain(b"body", b"X-One: 1"))) as peer:
        answer = await transport.send(request(peer.origin), deadline=soon())
    assert b"GET /controller.html?command=c&password=p%26w HTTP/1.1" in peer.received[0]
    assert (answer.status, answer.body, answer.header("x-one")) == (200, b"body", "1")


async def test_headers_sent(transport: HttpxTransport) -> None:
    """Only our headers and the framing go out: no compression is asked for, no cookie is sent."""
    async with serving(answering(plain(b"x", b"Set-Cookie: a=b; Path=/"))) as peer:
        for _ in range(2):
            await transport.send(request(peer.origin), deadline=soon())
    names = {line.split(b":")[0].lower() for line in peer.received[1].split(b"\r\n")[1:] if line}
    assert names == {b"host", b"accept-encoding"}


async def test_no_redirect(transport: HttpxTransport) -> None:
    """F45: a redirect is an answer like any other, and is not followed."""
    async with serving(answering(plain(b"", b"Location: /elsewhere", status=b"302 Found"))) as peer:
        answer = await transport.send(request(peer.origin), deadline=soon())
    assert answer.status == 302
    assert len(peer.received) == 1


async def test_reading_requests_share_a_connection(transport: HttpxTransport) -> None:
    """Reading requests reuse a connection; changing ones meet a fresh one each."""
    async with serving(answering(OK)) as peer:
        for _ in range(3):
            await transport.send(request(peer.origin), deadline=soon())
        assert peer.connections == 1
        for _ in range(3):
            await transport.send(request(peer.origin, changing=True), deadline=soon())
        assert peer.connections == 4


async def test_nothing_in_logs(transport: HttpxTransport, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at DEBUG, the query is in no record."""
    with caplog.at_level(logging.DEBUG):
        async with serving(answering(OK)) as peer:
            await transport.send(request(peer.origin), deadline=soon())
    assert caplog.records
    assert SECRET not in "".join(
        f"{record.__dict__}{record.getMessage()}" for record in caplog.records
    )


async def test_url_of_patched_transports(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that wraps httpx's transport sees a URL without its query."""
    seen: list[str] = []

    class Spy(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            seen.extend((str(request.url), repr(request.url), repr(request)))
            assert request.url.raw_path == b"/controller.html?command=c&password=p%26w"
            return httpx.Response(200, json={"status": 200})

    transport = HttpxTransport(Spy())
    await transport.send(request(Origin("https", "example.test", 443)), deadline=soon())
    await transport.aclose()
    assert seen
    assert not [text for text in seen if SECRET in text or "password" in text]


def closing_at_once(peer: Peer) -> Script:
    """Closes right after accepting."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        return

    return script


def closing_after_request(peer: Peer) -> Script:
    """Reads the request, then closes."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.read_request(reader)

    return script


def silent(peer: Peer) -> Script:
    """Reads and never answers."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.read_request(reader)
        await reader.read()

    return script


def dripping(peer: Peer) -> Script:
    """Sends a header byte by byte for as long as the client takes it."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0)

    return script


GARBAGE = b"SSH-2.0-OpenSSH_9 password=p%26w\r\n\r\n"


@pytest.mark.parametrize(
    ("make_script", "expected", "phase"),
    [
        (closing_at_once, ConnectionLostError, "read"),
        (closing_after_request, ConnectionLostError, "read"),
        (
            answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", times=1),
            ConnectionLostError,
            "read",
        ),
        (answering(GARBAGE, times=1), InvalidResponseError, None),
        (
            answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", times=1),
            InvalidResponseError,
            None,
        ),
    ],
    ids=["at once", "after request", "short body", "not HTTP", "bad chunk"],
)
async def test_broken_answers(
    transport: HttpxTransport,
    make_script: Callable[[Peer], Script],
    expected: type[Exception],
    phase: str | None,
) -> None:
    """F06, F08, F23, F27, F29: each becomes one of our errors, and quotes nothing."""
    async with serving(make_script) as peer:
        with pytest.raises(expected) as caught:
            await transport.send(request(peer.origin), deadline=soon())
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    if phase is not None:
        assert isinstance(caught.value, TransportError)
        assert (phase, True) == (caught.value.phase, caught.value.sent)


async def test_connection_refused(transport: HttpxTransport) -> None:
    """F01: nobody listens: nothing was sent."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        origin = Origin("http", "127.0.0.1", closed.getsockname()[1])
        with pytest.raises(ConnectError, match="Nothing was sent") as caught:
            await transport.send(request(origin), deadline=soon())
    assert (caught.value.phase, caught.value.sent) == ("connect", False)


async def test_unknown_host(transport: HttpxTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    """F02: a name that does not resolve is told apart from a refused connection."""

    async def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", fail)
    with pytest.raises(ConnectError) as caught:
        await transport.send(request(Origin("http", "localhost", 9)), deadline=soon())
    assert caught.value.phase == "dns"


async def test_read_timeout() -> None:
    """F12: silence ends after the read timeout, in phase read."""
    transport = HttpxTransport(timeouts=Timeouts(read=0.05), proxy=False)
    async with serving(silent) as peer:
        with pytest.raises(RequestTimeoutError) as caught:
            await transport.send(request(peer.origin), deadline=soon())
        assert (caught.value.phase, caught.value.sent) == ("read", True)
        await transport.aclose()


async def test_total_deadline(transport: HttpxTransport) -> None:
    """F18: a drip that no read timeout catches ends at the deadline; the attempt is abandoned."""
    async with serving(dripping) as peer:
        with pytest.raises(RequestTimeoutError) as caught:
            await transport.send(request(peer.origin), deadline=soon(0.1))
        assert (caught.value.phase, caught.value.sent) == ("total", True)
        await transport.aclose()


async def test_too_large() -> None:
    """F35: a body over the cap is refused while it comes."""
    transport = HttpxTransport(limits=Limits(max_body=1000), proxy=False)
    async with serving(answering(plain(b"x" * 1001))) as peer:
        with pytest.raises(InvalidResponseError, match="larger than 1000 bytes"):
            await transport.send(request(peer.origin), deadline=soon())
    await transport.aclose()


async def test_unasked_gzip(transport: HttpxTransport) -> None:
    """F32: an answer in gzip is unpacked, asked for or not."""
    packed = plain(gzip.compress(b'{"status": 200}'), b"Content-Encoding: gzip")
    async with serving(answering(packed)) as peer:
        answer = await transport.send(request(peer.origin), deadline=soon())
    assert answer.body == b'{"status": 200}'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"plain", "content coding"),
        (gzip.compress(b"x" * 500)[:-9], "content coding"),
        (gzip.compress(b"x" * 5000), "larger than"),
    ],
    ids=["plain", "cut", "bomb"],
)
async def test_bad_gzip(body: bytes, expected: str) -> None:
    """F33: a broken, cut or exploding body is refused."""
    transport = HttpxTransport(limits=Limits(max_body=1000), proxy=False)
    async with serving(answering(plain(body, b"Content-Encoding: gzip"))) as peer:
        with pytest.raises(InvalidResponseError, match=expected):
            await transport.send(request(peer.origin), deadline=soon())
    await transport.aclose()


async def test_cancelled_calls_do_not_spoil_the_pool(transport: HttpxTransport) -> None:
    """F84, F86: after 60 cancelled calls the next 100 are all answered."""
    gate = asyncio.Event()

    def held(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                await peer.read_request(reader)
                await gate.wait()
                writer.write(OK)
                await writer.drain()

        return script

    async with serving(held) as peer:
        calls = [
            asyncio.create_task(transport.send(request(peer.origin), deadline=soon()))
            for _ in range(60)
        ]
        await until(lambda: len(peer.received) >= 20)
        for call in calls:
            call.cancel()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)
        gate.set()
        answers = await asyncio.gather(
            *(transport.send(request(peer.origin), deadline=soon()) for _ in range(100))
        )
        assert [answer.status for answer in answers] == [200] * 100
        await transport.aclose()


async def test_close_ends_what_is_under_way() -> None:
    """Closing ends attempts that are waited for and such as were abandoned."""
    transport = HttpxTransport(proxy=False)
    async with serving(silent) as peer:
        call = asyncio.create_task(transport.send(request(peer.origin), deadline=soon()))
        left = asyncio.create_task(transport.send(request(peer.origin), deadline=soon()))
        await until(lambda: len(peer.received) >= 2)
        left.cancel()
        await asyncio.sleep(0)
        await transport.aclose()
        with pytest.raises(ClientClosedError):
            await call
        with pytest.raises(ClientClosedError):
            await transport.send(request(peer.origin), deadline=soon())


async def test_foreign_transport_is_taken_for_sent() -> None:
    """Of a foreign transport nobody knows what was sent, even when it speaks of connecting."""

    def refuse(_: httpx.Request) -> httpx.Response:
        message = "https://host/?password=p%26w"
        raise httpx.ConnectError(message)

    transport = HttpxTransport(httpx.MockTransport(refuse))
    with pytest.raises(ConnectionLostError) as caught:
        await transport.send(request(Origin("https", "example.test", 443)), deadline=soon())
    assert caught.value.sent
    assert SECRET not in str(caught.value)
    await transport.aclose()


@pytest.mark.parametrize(
    ("raised", "expected", "phase"),
    [
        (httpx.PoolTimeout("x"), RequestTimeoutError, "queue"),
        (httpx.ConnectTimeout("x"), RequestTimeoutError, "connect"),
        (httpx.WriteTimeout("x"), RequestTimeoutError, "write"),
        (httpx.ReadTimeout("x"), RequestTimeoutError, "read"),
        (httpx.WriteError("x"), ConnectionLostError, "write"),
        (httpx.ReadError("x"), ConnectionLostError, "read"),
        (httpx.ProxyError("x"), ConnectionLostError, "proxy"),
        (httpx.UnsupportedProtocol("x"), TransportError, "local"),
        (KeyError("x"), TransportError, "local"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
async def test_every_exception_is_mapped(
    raised: Exception, expected: type[TransportError], phase: str
) -> None:
    """No exception of another library survives."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise raised

    transport = HttpxTransport(httpx.MockTransport(fail))
    with pytest.raises(expected) as caught:
        await transport.send(request(Origin("https", "example.test", 443)), deadline=soon())
    assert type(caught.value) is expected
    assert caught.value.phase == phase
    await transport.aclose()


def test_options_that_do_not_go_together() -> None:
    """Proxy and TLS belong to the transport that is given, and a bad proxy is not shown."""
    mock = httpx.MockTransport(lambda _: httpx.Response(200))
    with pytest.raises(ConfigurationError):
        HttpxTransport(mock, proxy="http://127.0.0.1:3128")
    with pytest.raises(ConfigurationError):
        HttpxTransport(mock, ssl_context=ssl.create_default_context())
    with pytest.raises(ConfigurationError) as caught:
        HttpxTransport(proxy="ftp://user:p%26w@host")
    assert SECRET not in str(caught.value)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority of this test alone."""
    return trustme.CA()


def server_context(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    """TLS for a server with this name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


async def test_unknown_authority(transport: HttpxTransport, authority: trustme.CA) -> None:
    """F04: a certificate of an unknown authority is a TLSError with OpenSSL's reason."""
    async with serving(answering(OK), context=server_context(authority)) as peer:
        with pytest.raises(TLSError, match="certificate") as caught:
            await transport.send(request(peer.origin), deadline=soon())
    assert (caught.value.phase, caught.value.sent) == ("tls", False)
    assert peer.received == []


async def test_connect_proxy(authority: trustme.CA) -> None:
    """Through a CONNECT proxy everything but host and port is inside TLS."""
    seen: list[bytes] = []

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        seen.append(head)
        host, port = head.split(b" ")[1].decode().split(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.close()
            await far_writer.wait_closed()

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            seen.append(data)
            sink.write(data)
            await sink.drain()
        sink.close()

    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    async with (
        serving(answering(OK, times=1), context=server_context(authority)) as peer,
        serving(lambda _: tunnel) as proxy,
    ):
        transport = HttpxTransport(
            proxy=f"http://user:proxy-password@127.0.0.1:{proxy.origin.port}", ssl_context=trusting
        )
        answer = await transport.send(request(peer.origin), deadline=soon())
        await transport.aclose()
    assert answer.status == 200
    assert seen[0].startswith(b"CONNECT 127.0.0.1:")
    assert b"p%26w" in peer.received[0]
    assert b"p%26w" not in b"".join(seen)
    assert b"proxy-password" not in peer.received[0]


async def test_proxy_refuses(authority: trustme.CA) -> None:
    """F14: a proxy that says no is a ConnectError in phase proxy: nothing reached the service."""
    refusal = plain(b"", status=b"407 Proxy Authentication Required")
    async with serving(answering(refusal, times=1)) as proxy:
        transport = HttpxTransport(proxy=f"http://127.0.0.1:{proxy.origin.port}")
        with pytest.raises(ConnectError) as caught:
            await transport.send(request(Origin("https", "127.0.0.1", 9)), deadline=soon())
        await transport.aclose()
    assert (caught.value.phase, caught.value.sent) == ("proxy", False)


async def test_respx_with_box_tracker(respx_mock: respx.MockRouter) -> None:
    """Respx in its default mode stands in for Box Tracker."""
    route = respx_mock.get("https://www.dumpster.software/controller.html")
    route.respond(json={"status": 200, "sessionKey": "mocked-key"})
    async with BoxTracker("api-user", "api-password", transport=HttpxTransport()) as tracker:
        portal = await tracker.handshakes.portal()
    assert portal.session_key.reveal() == "mocked-key"
    assert route.call_count == 1


async def test_respx_side_effects(respx_mock: respx.MockRouter) -> None:
    """A mocked failure of httpx becomes an error of ours."""
    respx_mock.get("https://api.boxc.com/v1/warehouses").mock(side_effect=httpx.ReadTimeout)
    async with BoxC("mocked-token", transport=HttpxTransport()) as boxc:
        with pytest.raises(RequestTimeoutError):
            await boxc.request("GET", "/warehouses")


async def test_asgi(sandbox_app: Any) -> None:
    """The sandbox's application runs behind httpx's ASGI transport, without a socket."""
    transport = HttpxTransport(httpx.ASGITransport(sandbox_app))
    async with BoxTracker(
        "sandbox-api",
        "sandbox-api-password+&%=/ 1",
        base_url="http://127.0.0.1/controller.html",
        transport=transport,
    ) as tracker:
        assert (await tracker.handshakes.portal()).session_key.reveal()


@pytest.fixture
def sandbox_app() -> Any:
    """The application of a sandbox that is not started."""
    from boxapis.sandbox import Sandbox  # noqa: PLC0415 - used here alone

    return Sandbox().app
