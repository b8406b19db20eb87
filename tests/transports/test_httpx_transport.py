"""HttpxTransport: what httpx logs, abandons and raises, and mocks of httpx."""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpcore
import httpx
import pytest
import respx
import trustme
from httpcore._backends.anyio import AnyIOStream

from boxapis import (
    BoxC,
    BoxTracker,
    ClientClosedError,
    ConfigurationError,
    ConnectionLostError,
    InvalidResponseError,
    Limits,
    OutcomeUnknownError,
    RequestTimeoutError,
    TransportError,
)
from boxapis._core.clock import clocked
from boxapis._http.failures import OffMachineError
from boxapis.transports import HttpxTransport, Origin, Response, _httpx_pool
from boxapis.transports._httpx_exchange import HttpxExchange
from tests.support.doubles import FakeClock, until
from tests.support.peers import (
    SECRET,
    Peer,
    Script,
    answering,
    closing_after_request,
    plain,
    request,
    server_context,
    serving,
    silent,
    soon,
    trusting,
)
from tests.support.timed import timed

OK = plain(b'{"status": 200}')


@pytest.fixture
async def transport() -> AsyncIterator[HttpxTransport]:
    """A transport for one test, closed at its end."""
    made = HttpxTransport(proxy=False)
    yield made
    await made.aclose()


async def test_nothing_in_logs(transport: HttpxTransport, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at DEBUG no record has the query."""
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


async def test_close_ends_what_is_under_way() -> None:
    """F84: closing ends attempts that are waited for, and abandoned ones."""
    transport = HttpxTransport(proxy=False)
    async with serving(silent) as peer:
        call = asyncio.create_task(transport.send(request(peer.origin), deadline=soon()))
        left = asyncio.create_task(transport.send(request(peer.origin), deadline=soon()))
        await until(lambda: len(peer.received) >= 2)
        left.cancel()
        await asyncio.sleep(0)
        await transport.aclose()
        with pytest.raises(ConnectionLostError) as caught:
            await call
        assert caught.value.sent
        with pytest.raises(ClientClosedError):
            await transport.send(request(peer.origin), deadline=soon())


async def test_foreign_transport_is_taken_for_sent() -> None:
    """A given transport's failure counts as sent, even when it speaks of connecting."""

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
    """No exception of another library reaches the caller."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise raised

    transport = HttpxTransport(httpx.MockTransport(fail))
    with pytest.raises(expected) as caught:
        await transport.send(request(Origin("https", "example.test", 443)), deadline=soon())
    assert type(caught.value) is expected
    assert (caught.value.phase, caught.value.sent) == (phase, True)
    await transport.aclose()


def tls_error(cause: ssl.SSLError) -> httpx.ConnectError:
    """What httpx raises for a failure of TLS."""
    error = httpx.ConnectError("x")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "raised",
    [
        tls_error(ssl.SSLEOFError("x")),
        tls_error(ssl.SSLCertVerificationError("x")),
        *(kind("x") for kind in (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)),
        *(kind("x") for kind in (httpx.LocalProtocolError, httpx.UnsupportedProtocol)),
        *(httpx.InvalidURL("x"), httpx.ProxyError("407"), OffMachineError(), RuntimeError("x")),
    ],
    ids=lambda value: f"{type(value).__name__} {type(value.__cause__).__name__}",
)
async def test_given_transport_that_repeats_by_itself(raised: Exception) -> None:
    """F146: it may have carried a change out, whatever its last attempt failed with."""
    handed_over: list[httpx.Request] = []

    def carry_out(request: httpx.Request) -> httpx.Response:
        handed_over.append(request)
        raise raised

    transport = HttpxTransport(httpx.MockTransport(carry_out))
    async with BoxC("token", transport=transport) as boxc:
        with pytest.raises(OutcomeUnknownError):
            await boxc.request("POST", "/shipments", json={})
    assert len(handed_over) == 1


def test_options_that_do_not_go_together() -> None:
    """Proxy and TLS options do not go with a given transport; a bad proxy is not shown."""
    mock = httpx.MockTransport(lambda _: httpx.Response(200))
    with pytest.raises(ConfigurationError):
        HttpxTransport(mock, proxy="http://127.0.0.1:3128")
    with pytest.raises(ConfigurationError):
        HttpxTransport(mock, ssl_context=ssl.create_default_context())
    with pytest.raises(ConfigurationError) as caught:
        HttpxTransport(proxy="ftp://user:p%26w@host")
    assert SECRET not in str(caught.value)


async def test_respx_with_box_tracker(respx_mock: respx.MockRouter) -> None:
    """Respx in its default mode can mock Box Tracker."""
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
        "sandbox-api-password",
        base_url="http://127.0.0.1/controller.html",
        transport=transport,
    ) as tracker:
        assert (await tracker.handshakes.portal()).session_key.reveal()


@pytest.fixture
def sandbox_app() -> Any:
    """The application of a sandbox that is not started."""
    from boxapis.sandbox import Sandbox  # noqa: PLC0415 - used here alone

    return Sandbox().app


class Unclosable(httpx.AsyncByteStream):
    """A body that takes for ever to close."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"{}"

    async def aclose(self) -> None:
        """Waits until it is cancelled."""
        await asyncio.Event().wait()


@pytest.fixture
async def unclosable() -> AsyncIterator[tuple[HttpxTransport, list[str]]]:
    """A given transport whose first response cannot be closed, and what was handed over to it."""
    handed_over: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        handed_over.append(request.method)
        return httpx.Response(200, stream=Unclosable() if len(handed_over) == 1 else None)

    transport = HttpxTransport(httpx.MockTransport(respond))
    yield transport, handed_over
    await transport.aclose()


def given(transport: HttpxTransport) -> _httpx_pool.HttpxPool:
    """The pool of the transport that was given to it."""
    pools = transport.latest
    assert pools is not None
    assert pools._given is not None
    return pools._given


ELSEWHERE = Origin("https", "example.test", 443)


async def test_response_that_cannot_be_closed(
    unclosable: tuple[HttpxTransport, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """F150: requests wait for it once, for a moment, and then no more."""
    monkeypatch.setattr(_httpx_pool, "_RETURN_TIMEOUT", 0.01)
    transport, handed_over = unclosable
    await transport.send(request(ELSEWHERE), deadline=soon())
    pool = given(transport)
    (first,) = pool.returning
    for _ in range(2):
        assert (await transport.send(request(ELSEWHERE), deadline=soon())).status == 200
        assert first in pool.abandoned - pool.returning
    assert handed_over == ["GET"] * 3


@pytest.mark.parametrize("how", ["deadline", "cancelled"])
async def test_given_up_before_it_was_handed_over(
    unclosable: tuple[HttpxTransport, list[str]], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """F109: a request that was given up while it waited is never handed over, and was not sent."""
    monkeypatch.setattr(_httpx_pool, "_RETURN_TIMEOUT", 60.0)
    transport, handed_over = unclosable
    await transport.send(request(ELSEWHERE), deadline=soon())
    asked = request(ELSEWHERE, changing=True, body=b"{}")
    call = asyncio.create_task(transport.send(asked, deadline=soon(0.05)))
    await asyncio.sleep(0)
    if how == "cancelled":
        call.cancel()
    with pytest.raises((RequestTimeoutError, asyncio.CancelledError)) as caught:
        await call
    if isinstance(caught.value, RequestTimeoutError):
        assert not caught.value.sent
    pool = given(transport)
    next(iter(pool.returning)).cancel()
    await until(lambda: not pool.abandoned)
    assert handed_over == ["GET"]


@pytest.mark.parametrize("status", [b"200 OK", b"413 Content Too Large"])
async def test_answer_to_half_a_request(
    transport: HttpxTransport, monkeypatch: pytest.MonkeyPatch, status: bytes
) -> None:
    """F147: a success is none where the connection ended while the request was written."""
    original = AnyIOStream.write

    async def write(stream: AnyIOStream, buffer: bytes, *options: Any, **named: Any) -> None:
        if buffer == b"the body":
            raise httpcore.WriteError
        await original(stream, buffer, *options, **named)

    monkeypatch.setattr(AnyIOStream, "write", write)

    def respond(_: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(plain(b"", status=status))

        return script

    async with serving(respond) as peer:
        sent = transport.send(request(peer.origin, body=b"the body"), deadline=soon())
        if status == b"200 OK":
            with pytest.raises(InvalidResponseError, match="before the whole request") as caught:
                await sent
            assert caught.value.status == 200
        else:
            assert (await sent).status == 413


async def test_one_connection_is_discarded(transport: HttpxTransport) -> None:
    """F34, F95: the connection of a discarded answer is not used again; the others are."""

    def three(origin: Origin) -> Any:
        calls = (transport.send(request(origin), deadline=soon()) for _ in range(3))
        return asyncio.gather(*calls)

    async with serving(answering(OK)) as peer:
        answers = await three(peer.origin)
        assert peer.connections == 3
        answers[0].discard_connection()
        await three(peer.origin)
        assert peer.connections == 4
        await until(lambda: peer.open_connections == 3)


async def test_discarded_before_it_is_used_again(transport: HttpxTransport) -> None:
    """F34: between an answer and its discarding no other request takes the connection."""
    served: list[object] = []

    def counting(peer: Any) -> Any:
        async def script(reader: Any, writer: Any) -> None:
            here = object()
            while await peer.read_request(reader):
                served.append(here)
                writer.write(OK)

        return script

    async def one(origin: Origin) -> None:
        (await transport.send(request(origin), deadline=soon())).discard_connection()

    async with serving(counting) as peer:
        await asyncio.gather(*(one(peer.origin) for _ in range(20)))
        for _ in range(5):
            await one(peer.origin)
    assert len(served) == len(set(served)) == 25


async def test_cancelled_with_its_answer_in_hand(
    transport: HttpxTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F106: a call cancelled just after its answer came, unread, loses that connection."""
    original = HttpxExchange._settle

    def settle_and_cancel(exchange: HttpxExchange, outcome: Any) -> None:
        original(exchange, outcome)
        if isinstance(outcome, Response):
            call.cancel()

    async with serving(answering(OK)) as peer:
        await transport.send(request(peer.origin), deadline=soon())
        with monkeypatch.context() as patched:
            patched.setattr(HttpxExchange, "_settle", settle_and_cancel)
            call = asyncio.create_task(transport.send(request(peer.origin), deadline=soon()))
            with pytest.raises(asyncio.CancelledError):
                await call
        assert len(peer.received) == 2
        await transport.send(request(peer.origin), deadline=soon())
        assert peer.connections == 2


@pytest.mark.parametrize(("version", "is_ended"), [(b"HTTP/1.1", True), (b"HTTP/2", False)])
@pytest.mark.parametrize("what", ["discarded", "too large"])
async def test_connection_that_tells_its_streams_apart(
    version: bytes, what: str, *, is_ended: bool
) -> None:
    """F106: over HTTP/2 no response is taken for another, and the others' connection stays."""
    here, there = socket.socketpair()

    class Stream:
        """The connection of each response."""

        def get_extra_info(self, name: str) -> object:
            return here if name == "socket" else None

    def respond(_: httpx.Request) -> httpx.Response:
        extensions = {"http_version": version, "network_stream": Stream()}
        return httpx.Response(200, content=b"{}", extensions=extensions)

    limits = Limits(max_json_bytes=1 if what == "too large" else 2)
    transport = HttpxTransport(httpx.MockTransport(respond), limits=limits)
    with here, there:
        there.setblocking(False)  # noqa: FBT003 - of the standard library
        if what == "too large":
            with pytest.raises(InvalidResponseError):
                await transport.send(request(ELSEWHERE), deadline=soon())
        else:
            (await transport.send(request(ELSEWHERE), deadline=soon())).discard_connection()
        if is_ended:
            assert there.recv(1) == b""
        else:
            with pytest.raises(BlockingIOError):
                there.recv(1)
    await transport.aclose()


@pytest.mark.parametrize("inner", [httpx.AsyncHTTPTransport, httpx.MockTransport])
async def test_discarding_over_a_given_transport(inner: Any) -> None:
    """F95: over a given transport a connection is ended where its answers tell of it."""
    mocked = inner is httpx.MockTransport
    given = inner(lambda asked: httpx.Response(200, request=asked)) if mocked else inner()
    transport = HttpxTransport(given)
    async with serving(answering(OK)) as peer:
        (await transport.send(request(peer.origin), deadline=soon())).discard_connection()
        await transport.send(request(peer.origin), deadline=soon())
        assert peer.connections == (0 if mocked else 2)
        await transport.aclose()


def held(peer: Peer, gate: asyncio.Event, *, tunnel: bool) -> Callable[[Peer], Script]:
    """A relay to a peer that passes nothing on until a gate opens, as a proxy or without words."""

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
        sink.close()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if tunnel:
            await reader.readuntil(b"\r\n\r\n")
        await gate.wait()
        far_reader, far_writer = await asyncio.open_connection(peer.origin.host, peer.origin.port)
        if tunnel:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.close()
            with contextlib.suppress(ConnectionError):
                await far_writer.wait_closed()

    return lambda _: script


@pytest.mark.parametrize("tunnel", [False, True], ids=["TLS", "a proxy"])
@pytest.mark.parametrize("how", ["deadline", "cancelled"])
@pytest.mark.parametrize("changing", [False, True], ids=["read", "changing"])
async def test_given_up_before_it_was_sent(
    authority: trustme.CA, how: str, *, tunnel: bool, changing: bool
) -> None:
    """F109: a request that was given up while its connection was made is never sent."""
    gate = asyncio.Event()
    async with (
        serving(answering(OK), context=server_context(authority)) as peer,
        serving(held(peer, gate, tunnel=tunnel)) as relay,
    ):
        origin = peer.origin if tunnel else Origin("https", "127.0.0.1", relay.origin.port)
        transport = HttpxTransport(
            proxy=f"http://{relay.origin.authority}" if tunnel else False,
            ssl_context=trusting(authority),
        )
        asked = request(origin, changing=changing)
        call = asyncio.create_task(transport.send(asked, deadline=soon(0.05)))
        await until(lambda: relay.connections == 1)
        if how == "cancelled":
            call.cancel()
        with pytest.raises((RequestTimeoutError, asyncio.CancelledError)) as caught:
            await call
        if isinstance(caught.value, RequestTimeoutError):
            assert not caught.value.sent
        gate.set()
        await until(lambda: peer.connections == 1)
        await until(lambda: relay.open_connections == 0)
        await transport.aclose()
        assert peer.received == []


async def test_given_up_after_it_was_sent(transport: HttpxTransport) -> None:
    """F109: a request that was given up later counts as sent, and its connection is ended."""
    async with serving(silent) as peer:
        call = asyncio.create_task(transport.send(request(peer.origin), deadline=soon(0.2)))
        await until(lambda: len(peer.received) == 1)
        with pytest.raises(RequestTimeoutError) as caught:
            await call
        assert caught.value.sent


def hanging_up(*before: bytes) -> Callable[[Peer], Script]:
    """Answers the first request of the first connection; closes it once the next has come."""

    def make(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await peer.read_request(reader)
            writer.write(OK)
            await peer.read_request(reader)
            for piece in before:
                writer.write(piece)

        async def good(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await peer.read_request(reader):
                writer.write(OK)

        return script if peer.connections == 1 else good

    return make


@pytest.mark.parametrize(
    ("before", "reused"),
    [((), True), ((b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",), False)],
    ids=["at once", "within the answer"],
)
async def test_lost_connection_tells_of_its_reuse(
    transport: HttpxTransport, before: tuple[bytes, ...], *, reused: bool
) -> None:
    """F11: a kept connection that the server closes as the request leaves is told apart."""
    async with serving(hanging_up(*before)) as peer:
        await transport.send(request(peer.origin), deadline=soon())
        with pytest.raises(ConnectionLostError) as caught:
            await transport.send(request(peer.origin), deadline=soon())
        assert (caught.value.sent, caught.value.reused) == (True, reused)
        await transport.send(request(peer.origin, fresh=True), deadline=soon())
        assert peer.connections == 2
    async with serving(closing_after_request) as peer:
        with pytest.raises(ConnectionLostError) as caught:
            await transport.send(request(peer.origin), deadline=soon())
        assert not caught.value.reused


async def test_lost_reused_connections_cost_nothing(transport: HttpxTransport) -> None:
    """F11: reads that meet it are repeated at once, without a wait and out of no budget."""

    def closing(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await peer.read_request(reader)
            writer.write(plain(b'{"orders": []}'))
            await peer.read_request(reader)

        return script

    time = FakeClock(flows=True)
    timed(transport, time.clock)
    async with serving(closing) as peer:
        url = f"http://{peer.origin.authority}/v1"
        async with clocked(BoxC, time.clock)("token", base_url=url, transport=transport) as boxc:
            for _ in range(6):
                assert await boxc.request("GET", "/orders") == {"orders": []}
    assert time.slept == []
    assert len(peer.received) > 6
