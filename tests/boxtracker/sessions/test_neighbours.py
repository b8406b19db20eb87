"""Customers on one API session: an expired key of one does not disturb the others."""

import asyncio
from typing import Any

import pytest

from boxapis import (
    AuthenticationError,
    BoxTracker,
    ClientClosedError,
    ConfigurationError,
    Customer,
    InvalidResponseError,
    Limits,
    ServerError,
    SessionExpiredError,
    SessionTiming,
)
from boxapis._core.clock import clocked
from boxapis.transports import Request
from tests.support.doubles import (
    CUSTOMER,
    JOB_SITES,
    LOG_OUT,
    PORTAL,
    FakeClock,
    FakeTracker,
    handshakes,
    until,
)


def live_customers(client: BoxTracker, server: FakeTracker, count: int) -> list[Customer]:
    """Makes so many customers with passwords of their own."""
    server.passwords |= {f"user-{number}": "user-password" for number in range(count)}
    return [client.customer(f"user-{number}", "user-password") for number in range(count)]


async def all_call(customers: list[Customer]) -> list[Any]:
    """Sends one command for each customer."""
    calls = (customer.command(JOB_SITES, offset=0) for customer in customers)
    return list(await asyncio.gather(*calls, return_exceptions=True))


async def test_an_expired_key_disturbs_no_other_customer(
    client: BoxTracker, server: FakeTracker
) -> None:
    """An expired key costs its owner an error, and the others no handshake at all."""
    customers = live_customers(client, server, 50)
    await all_call(customers)
    before = handshakes(server)
    with pytest.raises(SessionExpiredError):
        await client.customer("jane", session_key="dead-key").command(JOB_SITES, offset=0)
    await all_call(customers)
    portal, customer = handshakes(server)
    assert (portal - before[0], customer - before[1]) == (1, 2)


async def test_many_expired_keys_share_one_standby(client: BoxTracker, server: FakeTracker) -> None:
    """However many keys are over, they are tried on one standby API session."""
    live = live_customers(client, server, 20)
    await all_call(live)
    dead = [
        client.customer(f"gone-{number}", session_key=f"dead-{number}") for number in range(280)
    ]
    outcomes = await all_call([*live, *dead, *live])
    assert [isinstance(outcome, SessionExpiredError) for outcome in outcomes] == (
        [False] * 20 + [True] * 280 + [False] * 20
    )
    assert server.counts[PORTAL] == 2
    assert server.counts[CUSTOMER] == 20 + 2 * 280


async def test_good_keys_among_dead_ones(time: FakeClock, server: FakeTracker) -> None:
    """Valid keys without a password survive expired ones beside them, even on few connections."""
    keys = [f"good-{number}" for number in range(20)]
    server.last_used |= dict.fromkeys(keys, time.moment)
    limits = Limits(max_connections=5)
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, limits=limits
    ) as client:
        good = [client.customer("jane", session_key=key) for key in keys]
        dead = [client.customer("gone", session_key=f"dead-{number}") for number in range(280)]
        outcomes = await all_call([*good, *dead])
        assert [isinstance(outcome, Exception) for outcome in outcomes] == [False] * 20 + [
            True
        ] * 280
        assert [customer.session_key == key for customer, key in zip(good, keys, strict=True)]


@pytest.mark.parametrize("status", [700, 600, 508])
async def test_api_handshake_refused_keeps_the_key(
    client: BoxTracker, server: FakeTracker, time: FakeClock, status: int
) -> None:
    """A refused API handshake leaves the customer's key as it was."""
    server.last_used["kept"] = time.moment
    left = [{"status": status}]
    server.answers.append(
        lambda request: left.pop() if left and request.operation == PORTAL else None
    )
    customer = client.customer("jane", session_key="kept")
    with pytest.raises(SessionExpiredError):
        await customer.command(JOB_SITES, offset=0)
    assert customer.session_key == "kept"
    time.advance(1)
    await customer.command(JOB_SITES, offset=0)


async def test_log_out_and_in_again_at_once(client: BoxTracker, server: FakeTracker) -> None:
    """A handshake begun after a log-out does not join the old one, and its session stays."""
    customer = client.customer("jane", "jane-password")
    first = asyncio.create_task(one(customer))
    await asyncio.sleep(0)
    await customer.logout()
    value = await customer.handshake()
    with pytest.raises(ClientClosedError):
        await first
    assert customer.session_key == value.session_key
    await customer.command(JOB_SITES, offset=0)


async def one(customer: Customer) -> Any:
    """Sends one command."""
    return await customer.command(JOB_SITES, offset=0)


async def test_another_customers_answer(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """F95: a confirmation for another customer is dropped, and never used."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    time.advance(250)
    answer = {"status": 200, "sessionKey": "other-key", "customerID": 99999}
    server.answers.append(lambda request: answer if request.operation == CUSTOMER else None)
    with pytest.raises(InvalidResponseError, match="belongs to another request") as caught:
        await customer.command(JOB_SITES, offset=0)
    assert caught.value.path == "$.customerID"
    assert customer.customer_id == 13913
    assert server.counts[JOB_SITES] == 0


async def test_log_out_on_another_api_session(client: BoxTracker, server: FakeTracker) -> None:
    """A log-out refused because the API session is over is sent again on another one."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    server.last_used["api-key-1"] = float("-inf")
    await customer.logout()
    assert server.counts[LOG_OUT] == 2
    assert "jane-key-2" not in server.last_used


async def test_log_out_errors_hide_the_key(client: BoxTracker, server: FakeTracker) -> None:
    """A server that echoes the key in the answer to a log-out is not quoted."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    server.answers.append(
        lambda request: (
            {"status": 900, "errorString": "cannot end jane-key-2 of api-key-1"}
            if request.operation == LOG_OUT
            else None
        )
    )
    with pytest.raises(ServerError) as caught:
        await customer.logout()
    assert "key-" not in str(caught.value)


async def test_wrong_user_reported_as_a_key(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """A login answered 600 on two API sessions is a wrong user: a cool-down of a minute follows."""
    server.answers.append(
        lambda request: {"status": 600} if request.operation == CUSTOMER else None
    )
    customer = client.customer("jane", "jane-password")
    for _ in range(5):
        with pytest.raises(AuthenticationError):
            await customer.command(JOB_SITES, offset=0)
        time.advance(10)
    assert handshakes(server) == (2, 2)


async def test_nothing_starts_after_closing(time: FakeClock, server: FakeTracker) -> None:
    """A command after closing starts no keep-alive, and a command is made without a loop."""
    client = clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, keep_alive=True
    )
    server.last_used["kept"] = time.moment
    customer = client.customer("jane", session_key="kept")
    await client.aclose()
    with pytest.raises(ClientClosedError):
        await customer.command(JOB_SITES, offset=0)
    assert [asyncio.current_task()] == list(asyncio.all_tasks())


async def test_cancelled_closing_goes_on(time: FakeClock, server: FakeTracker) -> None:
    """Cancelling aclose() does not leave the client half closed."""
    gate = server.gates[JOB_SITES] = asyncio.Event()
    client = clocked(BoxTracker, time.clock)("api-user", "api-password", transport=server)
    running = asyncio.create_task(one(client.customer("jane", "jane-password")))
    await until(lambda: server.counts[JOB_SITES] == 1)
    closing = asyncio.create_task(client.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
    gate.set()
    await client.aclose()
    assert server.closed
    assert (await running)["status"] == 200


async def test_a_hanging_confirmation_keeps_no_other_waiting(
    time: FakeClock, server: FakeTracker
) -> None:
    """Keep-alive confirms sessions concurrently: one that hangs delays no other."""
    gate = asyncio.Event()

    async def send(request: Request, *, deadline: float) -> Any:
        if request.arguments.get("session_key_customer") == "jane" and server.counts[CUSTOMER] > 1:
            await gate.wait()
        return await FakeTracker.send(server, request, deadline=deadline)

    server.send = send  # type: ignore[method-assign]  # this test's own server
    server.last_used |= {"jane": time.moment, "joe": time.moment}
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, keep_alive=True
    ) as client:
        jane, joe = (client.customer(name, session_key=name) for name in ("jane", "joe"))
        await jane.handshake()
        await joe.handshake()
        for _ in range(290):
            time.advance(1)
            for _ in range(8):
                await asyncio.sleep(0)
        assert server.time.moment - server.last_used["joe"] < 125
        gate.set()
    assert jane.session_key == "jane"


def test_a_keep_alive_that_would_come_too_late() -> None:
    """A keep-alive interval longer than the life of a session is refused."""
    with pytest.raises(ConfigurationError, match="when a session is stale"):
        BoxTracker(
            "u", "p", keep_alive=True, timing=SessionTiming(keep_alive_interval=240, margin=60)
        )
