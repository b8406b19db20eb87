"""The fixture ``boxapis_offline``: no connection to another machine, over any transport."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import respx

from boxapis import BoxC, ConfigurationError, OutcomeUnknownError
from boxapis.transports import DirectTransport, HttpxTransport
from tests.support.peers import answering, plain, serving

pytestmark = pytest.mark.usefixtures("boxapis_offline")

TRANSPORTS = (
    DirectTransport,
    HttpxTransport,
    lambda proxy: HttpxTransport(httpx.AsyncHTTPTransport(trust_env=proxy)),
)


@pytest.mark.parametrize("make", TRANSPORTS, ids=["direct", "httpx", "given"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_other_machines(make: Callable[..., Any], method: str) -> None:
    """A call to the service is refused once, before its name is looked up; it says what to use."""
    traces: list[Any] = []
    async with BoxC("t", transport=make(proxy=False), trace=traces.append) as boxc:
        with pytest.raises(ConfigurationError, match=r"no connection to api\.boxc\.com.*sandbox"):
            await boxc.request(method, "/warehouses")
    assert [trace.attempts for trace in traces] == [1]


@pytest.mark.parametrize("make", TRANSPORTS, ids=["direct", "httpx", "given"])
async def test_this_machine(make: Callable[..., Any]) -> None:
    """A server on this machine answers as without the fixture."""
    async with serving(answering(plain(b'{"id": 7}'))) as peer:
        base_url = f"http://{peer.origin.authority}"
        async with BoxC("t", base_url=base_url, transport=make(proxy=False)) as boxc:
            assert await boxc.request("GET", "/warehouses") == {"id": 7}


async def test_mocks(respx_mock: respx.MockRouter) -> None:
    """A mock that takes the request before httpx connects works as without the fixture."""
    respx_mock.get("https://api.boxc.com/v1/warehouses").respond(json={"id": 7})
    async with BoxC("t", transport=HttpxTransport()) as boxc:
        assert await boxc.request("GET", "/warehouses") == {"id": 7}


@pytest.mark.parametrize("make", TRANSPORTS, ids=["direct", "httpx", "given"])
async def test_mocks_that_see_nothing(make: Callable[..., Any]) -> None:
    """Under a mock that sees nothing of a transport the call fails: it reaches no service."""
    with respx.mock(using="httpx", assert_all_called=False) as router:
        route = router.route().respond(json={"id": 7})
        async with BoxC("t", transport=make(proxy=False)) as boxc:
            with pytest.raises(ConfigurationError):
                await boxc.request("GET", "/warehouses")
    assert route.call_count == 0


async def test_an_application_of_your_own() -> None:
    """An error of this library inside an ASGI application is not taken for that of the call."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise ConfigurationError("of the application")

    async with BoxC("t", transport=HttpxTransport(httpx.ASGITransport(app))) as boxc:
        with pytest.raises(OutcomeUnknownError):
            await boxc.request("POST", "/shipments", json={})
