"""More of loops and forks than F87 and F88: calls that outlive their loop, shared transports."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from boxapis import BoxC, BoxTracker, ClientClosedError, ConfigurationError
from boxapis._core.clock import clocked
from boxapis.sandbox import Sandbox
from boxapis.transports import Request, ScriptedTransport
from tests.support.doubles import CUSTOMER, FakeClock, FakeTracker
from tests.support.moving import KINDS, connected, forked, one, run, settled

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("each_loop")]


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    """Name of a transport of the library."""
    return str(request.param)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Both services, served."""
    with Sandbox() as started:
        yield started


async def held(sandbox: Sandbox, customer: Any) -> "asyncio.Task[int]":
    """A call that is under way when its loop stops."""
    await one(customer)
    sandbox.boxtracker.hold_responses(until=2)
    call = asyncio.create_task(one(customer))
    await asyncio.to_thread(sandbox.boxtracker.wait_in_flight, 1)
    return call


def test_call_left_on_a_loop_that_goes_on(sandbox: Sandbox, kind: str) -> None:
    """A call left on a stopped loop never uses a connection of the next loop."""
    client, customer = connected(sandbox, kind)
    loops = [asyncio.new_event_loop() for _ in range(2)]
    call = loops[0].run_until_complete(held(sandbox, customer))
    assert loops[1].run_until_complete(one(customer)) == 200
    assert loops[0].run_until_complete(call) == 200
    assert loops[1].run_until_complete(one(customer)) == 200
    loops[1].run_until_complete(client.aclose())
    for loop in loops:
        loop.run_until_complete(settled())
        loop.close()


def test_call_left_on_a_loop_that_goes_on_beside(sandbox: Sandbox, kind: str) -> None:
    """A call left on the first loop fails with the reason, and does not disturb the next loop."""
    client, customer = connected(sandbox, kind)
    loops = [asyncio.new_event_loop() for _ in range(2)]
    call = loops[0].run_until_complete(held(sandbox, customer))
    thread = threading.Thread(target=loops[1].run_forever)
    thread.start()

    def there(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loops[1]).result(20)

    try:
        assert there(one(customer)) == 200
        with pytest.raises(ConfigurationError, match="another event loop"):
            loops[0].run_until_complete(call)
        assert there(one(customer)) == 200
        there(client.aclose())
    finally:
        loops[1].call_soon_threadsafe(loops[1].stop)
        thread.join()
    for loop in loops:
        loop.run_until_complete(settled())
        loop.close()


def test_two_clients_of_one_transport(sandbox: Sandbox, kind: str) -> None:
    """Two clients on one transport move from loop to loop independently."""
    first, jane = connected(sandbox, kind)
    environment = sandbox.environment
    second = BoxTracker(
        environment["BOXTRACKER_USERNAME"],
        environment["BOXTRACKER_PASSWORD"],
        base_url=sandbox.boxtracker_url,
        transport=first._account.dispatcher.transport,
    )
    omar = second.customer("omar", "omar-password")
    loops = [asyncio.new_event_loop() for _ in range(2)]
    for number, customer in ((0, jane), (0, omar), (1, jane), (0, omar), (1, omar), (0, jane)):
        assert loops[number].run_until_complete(one(customer)) == 200
    for client in (first, second):
        loops[0].run_until_complete(client.aclose())
    for loop in loops:
        loop.run_until_complete(settled())
        loop.close()


def test_closed_on_two_loops(server: FakeTracker) -> None:
    """A client closed on two loops is closed once; a call on a third loop says so."""
    closings = []
    close = server.aclose

    async def aclose() -> None:
        closings.append(1)
        await close()

    server.aclose = aclose  # type: ignore[method-assign]
    client = BoxTracker("api-user", "api-password", transport=server)
    customer = client.customer("jane", "jane-password")
    run(one(customer))
    run(client.aclose())
    run(client.aclose())
    with pytest.raises(ClientClosedError):
        run(one(customer))
    assert closings == [1]


def test_closed_with_a_full_bucket() -> None:
    """A call of a closed client is refused at once on any loop, however long the queue was."""
    time = FakeClock()

    def answer(request: Request) -> Any:
        return {"warehouses": []}

    client = clocked(BoxC, time.clock)("token", transport=ScriptedTransport(answer))

    async def fill() -> None:
        await asyncio.gather(*(client.request("GET", "/warehouses") for _ in range(28)))

    run(fill())
    run(client.aclose())
    with pytest.raises(ClientClosedError):
        run(client.request("GET", "/warehouses"))
    assert not time.sleepers


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_keep_alive_stays_with_the_parent(time: FakeClock, server: FakeTracker) -> None:
    """A child keeps no session alive that only its parent has used."""
    client = clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, keep_alive=True
    )
    server.last_used["kept"] = server.last_used["other"] = time.moment
    kept = client.customer("jane", session_key="kept")
    other = client.customer("jane", session_key="other")

    async def in_child() -> int:
        time.sleepers.clear()
        await one(other)
        before = server.counts[CUSTOMER]
        for _ in range(150):
            time.advance(1)
            for _ in range(8):
                await asyncio.sleep(0)
        return server.counts[CUSTOMER] - before

    loop = asyncio.new_event_loop()
    loop.run_until_complete(one(kept))
    assert forked(lambda: run(in_child())) == 1
    loop.run_until_complete(client.aclose())
    loop.close()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_childs_log_out_is_its_own(server: FakeTracker) -> None:
    """A child that logs out before any other call ends no session of the parent's."""
    client = BoxTracker("api-user", "api-password", transport=server)
    customer = client.customer("jane", "jane-password")

    async def in_child() -> int:
        before = server.counts["cmdBoxTPortalCustomerLogOut"]
        await customer.logout()
        return server.counts["cmdBoxTPortalCustomerLogOut"] - before

    loop = asyncio.new_event_loop()
    loop.run_until_complete(one(customer))
    assert forked(lambda: run(in_child())) == 0
    loop.run_until_complete(client.aclose())
    loop.close()
