"""A disturbed connection to a healthy sandbox: each toxic ends in an answer or our error."""

from collections.abc import Iterator
from typing import Any

import pytest

from boxapis import ConnectError, ConnectionLostError, RequestTimeoutError, Timeouts
from boxapis._http.messages import parse_base_url
from boxapis.sandbox import Sandbox
from boxapis.transports import Origin, Request
from tests.support import toxics
from tests.support.peers import Make, soon

pytestmark = pytest.mark.servers

QUERY = "command=cmdBoxTPortalHandShake&username_api=sandbox-api&password_api="


@pytest.fixture
def sandbox() -> Iterator[Origin]:
    """A sandbox on a free port."""
    with Sandbox() as running:
        yield parse_base_url(running.boxtracker_url)[0]


def handshake(origin: Origin) -> Request:
    """A portal handshake with a wrong password: it has a body, and changes nothing."""
    return Request(origin, "GET", f"/controller.html?{QUERY}", (), None, "cmdBoxTPortalHandShake")


@pytest.mark.parametrize(
    "toxic",
    [toxics.clean, toxics.latency, toxics.bandwidth, toxics.slow_close, toxics.slicer],
    ids=lambda toxic: toxic.__name__,
)
async def test_slow_is_not_broken(transport: Any, sandbox: Origin, toxic: toxics.Toxic) -> None:
    """A connection that is only late, slow or in pieces gives the answer, repeatedly."""
    async with toxics.proxying(sandbox, toxic) as place:
        for _ in range(3):
            given = await transport.send(handshake(place), deadline=soon())
            assert (given.status, given.body[:1], given.body[-1:]) == (200, b"{", b"}")
        await transport.aclose()


@pytest.mark.parametrize(
    "toxic", [toxics.reset_peer, toxics.limit_data], ids=lambda toxic: toxic.__name__
)
async def test_lost(transport: Any, sandbox: Origin, toxic: toxics.Toxic) -> None:
    """A connection that is reset or cut is lost, and the request counts as sent."""
    async with toxics.proxying(sandbox, toxic) as place:
        with pytest.raises(ConnectionLostError) as caught:
            await transport.send(handshake(place), deadline=soon())
        assert caught.value.sent


async def test_timeout(make: Make, sandbox: Origin) -> None:
    """Without an answer the request fails after the read timeout."""
    transport = make(timeouts=Timeouts(read=0.05))
    async with toxics.proxying(sandbox, toxics.timeout) as place:
        with pytest.raises(RequestTimeoutError) as caught:
            await transport.send(handshake(place), deadline=soon())
        assert (caught.value.phase, caught.value.sent) == ("read", True)
        await transport.aclose()


async def test_down(transport: Any, sandbox: Origin) -> None:
    """To a server that is down nothing was sent."""
    async with toxics.down(sandbox) as place:
        with pytest.raises(ConnectError) as caught:
            await transport.send(handshake(place), deadline=soon())
        assert (caught.value.phase, caught.value.sent) == ("connect", False)
