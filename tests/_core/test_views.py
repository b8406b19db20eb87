"""Views with other times: what they share, what they bound, and that they need no closing."""

import asyncio
from typing import Any

import pytest

from boxapis import (
    BoxC,
    BoxTracker,
    ConfigurationError,
    Customer,
    Limits,
    RequestTimeoutError,
    Retries,
)
from boxapis._core.clock import Clock, clocked
from boxapis.transports import Request, ScriptedTransport
from tests.support.doubles import JOB_SITES, PORTAL, FakeClock, FakeTracker, until

pytestmark = pytest.mark.flowing_time


async def one(customer: Customer) -> Any:
    """One command."""
    return await customer.command(JOB_SITES, offset=0)


@pytest.fixture
def server(time: FakeClock) -> FakeTracker:
    """The Box Tracker double."""
    return FakeTracker(time)


async def test_views_share_sessions(time: FakeClock, server: FakeTracker) -> None:
    """A view uses the sessions and connections of the client it came from."""
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server
    ) as client:
        customer = client.customer("jane", "jane-password")
        await one(customer)
        await one(customer.with_options(deadline=10))
        async with client.with_options(timeout=5) as view:
            await one(view.customer("joe", "joe-password"))
        await one(customer)
    assert server.counts[PORTAL] == 1
    assert server.closed


async def test_timeout_of_a_request(time: FakeClock) -> None:
    """A view's request time reaches the transport as the request's deadline."""
    deadlines: list[float] = []

    class Watching(ScriptedTransport):
        async def send(self, request: Request, *, deadline: float) -> Any:
            deadlines.append(deadline - time.moment)
            return await super().send(request, deadline=deadline)

    boxc = clocked(BoxC, time.clock)("token", transport=Watching(lambda _: {"shops": []}))
    await boxc.request("GET", "/shops")
    await boxc.request("POST", "/shops")
    await boxc.with_options(timeout=7).request("GET", "/shops")
    await boxc.with_options(deadline=3).request("GET", "/shops")
    assert deadlines == pytest.approx([60, 90, 7, 3])
    await boxc.aclose()


async def test_deadline_covers_the_queue_and_the_handshake(server: FakeTracker) -> None:
    """An explicit deadline also bounds the wait for a connection slot and for a handshake."""
    clock = Clock()
    gate = server.gates[JOB_SITES] = asyncio.Event()
    client = clocked(BoxTracker, clock)(
        "api-user",
        "api-password",
        transport=server,
        limits=Limits(max_connections=1),
        retries=Retries.none(),
    )
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    running = asyncio.create_task(one(customer))
    await until(lambda: server.counts[JOB_SITES] == 1)
    with pytest.raises(RequestTimeoutError) as caught:
        await one(customer.with_options(deadline=0.01))
    assert (caught.value.phase, caught.value.sent) == ("queue", False)
    gate.set()
    await running
    server.gates[PORTAL] = asyncio.Event()
    server.forget_all()
    with pytest.raises(RequestTimeoutError):
        await one(customer.with_options(deadline=0.01))
    server.gates[PORTAL].set()
    await client.aclose()


@pytest.mark.parametrize("value", [0, -1, float("inf"), "5", True])
@pytest.mark.parametrize("name", ["timeout", "deadline"])
def test_bad_times(name: str, value: Any) -> None:
    """Times must be finite numbers above 0."""
    boxc = BoxC("token", transport=ScriptedTransport())
    with pytest.raises(ConfigurationError, match=name):
        boxc.with_options(**{name: value})
