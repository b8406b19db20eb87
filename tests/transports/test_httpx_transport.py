"""HttpxTransport: what httpx logs, abandons and raises, and mocks of httpx."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import respx

from boxapis import (
    BoxC,
    BoxTracker,
    ClientClosedError,
    ConfigurationError,
    ConnectionLostError,
    RequestTimeoutError,
    TransportError,
)
from boxapis.transports import HttpxTransport, Origin
from tests.support.doubles import until
from tests.support.peers import SECRET, answering, plain, request, serving, silent, soon

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
    assert caught.value.phase == phase
    await transport.aclose()


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
