"""Under HttpxTransport: what httpx raises, logs and traces quotes nothing of the answer."""

import logging

import httpx
import pytest
import respx

from boxapis import BoxC, ConnectError, ConnectionLostError, InvalidResponseError, Retries
from boxapis.transports import HttpxTransport
from boxapis.transports._httpx_quiet import quiet
from tests.support.peers import answering, closing_after_request, plain, request, serving, soon

GARBAGE = b"SSH-2.0 Zq9X\r\n\r\n"


async def test_exceptions_of_httpx_quote_nothing() -> None:
    """A tracing tool around httpx's own transport sees the exception's class, and no bytes."""
    async with serving(answering(GARBAGE, times=1)) as peer, httpx.AsyncHTTPTransport() as bare:
        asked = httpx.Request("GET", f"http://127.0.0.1:{peer.origin.port}/")
        with pytest.raises(httpx.RemoteProtocolError, match="Zq9X"):
            await bare.handle_async_request(asked)
        with pytest.raises(httpx.RemoteProtocolError) as caught:
            await quiet(bare).handle_async_request(asked)
    assert "Zq9X" not in f"{caught.value} {caught.value.__cause__!r} {caught.value.__context__!r}"


async def test_a_lost_connection_is_still_known() -> None:
    """An emptied exception is still classified: lost is not the same as no HTTP."""
    given = HttpxTransport(httpx.AsyncHTTPTransport())
    for script, kind in (
        (closing_after_request, ConnectionLostError),
        (answering(GARBAGE, times=1), InvalidResponseError),
    ):
        async with serving(script) as peer:
            with pytest.raises(kind):
                await given.send(request(peer.origin), deadline=soon())
    await given.aclose()


def test_it_is_done_once() -> None:
    """A transport that is quiet already is not changed, and neither is one that is not httpx's."""
    own = quiet(httpx.AsyncHTTPTransport())
    pool = vars(own)["_pool"]
    assert vars(quiet(own))["_pool"] is pool
    foreign = httpx.MockTransport(lambda _: httpx.Response(200))
    assert quiet(foreign) is foreign


async def test_httpcore_logs_no_header_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG httpcore logs its steps, but neither an answer's headers nor an error's text."""
    caplog.set_level(logging.DEBUG)
    transport = HttpxTransport(proxy=False)
    async with serving(answering(plain(b"{}", b"Set-Cookie: a=Zq9X"), times=1)) as peer:
        await transport.send(request(peer.origin), deadline=soon())
    async with serving(answering(GARBAGE, times=1)) as peer:
        with pytest.raises(InvalidResponseError):
            await transport.send(request(peer.origin), deadline=soon())
    await transport.aclose()
    assert len([one for one in caplog.records if one.name.startswith("httpcore")]) > 10
    assert "Zq9X" not in "".join(f"{one.getMessage()} {one.__dict__}" for one in caplog.records)


async def test_errors_that_cause_each_other(respx_mock: respx.MockRouter) -> None:
    """A failure that a function of respx raises is its own cause's cause, and ends the call."""

    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    respx_mock.post("https://api.boxc.com/v1/shipments").mock(side_effect=refuse)
    async with BoxC("t", transport=HttpxTransport(), retries=Retries.none()) as boxc:
        with pytest.raises(ConnectError):
            await boxc.request("POST", "/shipments", json={})


async def test_urls_are_compared_with_their_query() -> None:
    """A URL that a handler is given equals, and is found by, the same URL of httpx."""
    asked: list[httpx.URL] = []

    def handler(sent: httpx.Request) -> httpx.Response:
        asked.append(sent.url)
        return httpx.Response(200, json={"warehouses": []})

    transport = HttpxTransport(httpx.MockTransport(handler))
    async with BoxC("t", transport=transport) as boxc:
        await boxc.request("GET", "/warehouses", params={"limit": 5})
    url = "https://api.boxc.com/v1/warehouses?limit=5"
    assert asked == [url]
    assert asked[0] != url.partition("?")[0]
    assert hash(asked[0]) == hash(httpx.URL(url))
    assert "limit" not in f"{asked[0]} {asked[0]!r}"
