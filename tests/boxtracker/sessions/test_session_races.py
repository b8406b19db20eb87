"""Orders of events that the session machine found: late answers must not be acted upon."""

import asyncio
from typing import Any

import pytest

from boxapis import (
    AuthenticationError,
    BoxTracker,
    ClientClosedError,
    Customer,
    Limits,
    Retries,
    SessionExpiredError,
)
from boxapis._core.clock import clocked
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


async def one(customer: Customer) -> dict[str, Any]:
    """Sends one command."""
    return await customer.command(JOB_SITES, offset=0)


async def one_login(customer: Customer) -> dict[str, Any]:
    """Makes one login, which needs no connection slot for a command first."""
    await customer.handshake()
    return {}


async def test_log_out_before_the_login_is_sent(client: BoxTracker, server: FakeTracker) -> None:
    """F72: after a log-out while the API session is being opened, the password is not sent."""
    gate = server.gates[PORTAL] = asyncio.Event()
    customer = client.customer("jane", "jane-password")
    waiter = asyncio.create_task(one(customer))
    await until(lambda: server.counts[PORTAL] == 1)
    await customer.logout()
    with pytest.raises(ClientClosedError):
        await waiter
    gate.set()
    await until(lambda: len(asyncio.all_tasks()) == 1)
    assert handshakes(server) == (1, 0)
    assert customer.session_key is None


async def test_restart_after_a_dead_key(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """F76: an API session opened for an expired key does not prove a later password wrong."""
    with pytest.raises(SessionExpiredError):
        await one(client.customer("gone", session_key="dead-key"))
    server.forget_all()
    time.advance(30)
    await one(client.customer("jane", "jane-password"))
    assert server.counts[PORTAL] == 3


async def test_log_out_of_a_key_that_was_given(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """A given key may be alive, whatever its age, so it is logged out at the service."""
    customer = client.customer("jane", session_key="kept")
    time.advance(301)
    server.last_used["kept"] = time.moment
    await customer.logout()
    assert server.counts[LOG_OUT] == 1
    assert "kept" not in server.last_used


async def test_cool_down_of_the_api_session_is_its_own(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """F69: a caller in the API session's cool-down has no cool-down of its own after it."""
    trouble = [{"status": 500}]
    server.answers.append(
        lambda request: trouble.pop() if trouble and request.operation == PORTAL else None
    )
    jane, joe = client.customer("jane", "jane-password"), client.customer("joe", "joe-password")
    for moment, customer in ((0, jane), (59, joe)):
        time.advance(moment)
        with pytest.raises(AuthenticationError):
            await one(customer)
    assert handshakes(server) == (1, 0)
    time.advance(1)
    await one(joe)
    assert handshakes(server) == (2, 1)


async def test_opened_api_session_ends_the_cool_down(
    client: BoxTracker, server: FakeTracker
) -> None:
    """An explicit API handshake that succeeds ends the cool-down of every customer."""
    trouble = [{"status": 500}]
    server.answers.append(
        lambda request: trouble.pop() if trouble and request.operation == PORTAL else None
    )
    customer = client.customer("jane", "jane-password")
    with pytest.raises(AuthenticationError):
        await one(customer)
    await client.handshakes.portal()
    await one(customer)
    assert handshakes(server) == (2, 1)


async def test_key_that_dies_while_the_api_session_is_opened(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """F71, F75: a key five minutes old is not sent, also when it was younger to begin with."""
    customer = client.customer("jane", "jane-password")
    await one(customer)
    time.advance(250)
    gate = server.gates[PORTAL] = asyncio.Event()
    waiter = asyncio.create_task(one(customer))
    await until(lambda: server.counts[PORTAL] == 2)
    time.advance(50)
    gate.set()
    await waiter
    logins = [request for request in server.requests if request.operation == CUSTOMER]
    assert [("password_customer" in login.arguments) for login in logins] == [True, True]


async def test_refusal_while_a_standby_is_opened(client: BoxTracker, server: FakeTracker) -> None:
    """F67: an expired key and a refused command at once cost one API handshake, not two."""
    jane, joe = client.customer("jane", "jane-password"), client.customer("joe", "joe-password")
    await one(jane)
    logins, commands = asyncio.Event(), asyncio.Event()
    server.gates |= {CUSTOMER: logins, JOB_SITES: commands}
    waiters = [asyncio.create_task(one(customer)) for customer in (jane, joe)]
    await until(lambda: (server.counts[CUSTOMER], server.counts[JOB_SITES]) == (2, 2))
    server.forget_all()
    logins.set()
    commands.set()
    await asyncio.gather(*waiters)
    assert server.counts[PORTAL] == 2


async def test_login_that_waited_for_its_turn(time: FakeClock, server: FakeTracker) -> None:
    """F75: a login that waited is not sent on an API session that was refused meanwhile."""
    async with clocked(BoxTracker, time.clock)(
        "api-user",
        "api-password",
        transport=server,
        limits=Limits(max_connections=1),
        retries=Retries.none(),
    ) as client:
        jane, joe = client.customer("jane", "jane-password"), client.customer("joe", "joe-password")
        await one(jane)
        gate = server.gates[JOB_SITES] = asyncio.Event()
        waiters = [asyncio.create_task(one(jane))]
        await until(lambda: server.counts[JOB_SITES] == 2)
        waiters.append(asyncio.create_task(one_login(joe)))
        for _ in range(9):
            await asyncio.sleep(0)
        server.forget_all()
        gate.set()
        await asyncio.gather(*waiters)
    logins = [request for request in server.requests if request.operation == CUSTOMER]
    assert [login.arguments["session_key_api"] for login in logins].count("api-key-1") == 1
    assert handshakes(server) == (2, 3)


async def test_keep_alive_beside_an_explicit_handshake(
    client: BoxTracker, server: FakeTracker
) -> None:
    """A handshake that the user asks for is sent, whatever a keep-alive does at the same time."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    asked = asyncio.create_task(customer.handshake())
    kept = asyncio.create_task(customer._session.confirm())
    assert (await asked).session_key == customer.session_key
    await kept
    assert handshakes(server) == (1, 2)


async def test_a_refused_handshake_leaves_no_request_behind(
    client: BoxTracker, server: FakeTracker
) -> None:
    """A handshake that cannot be tried does not make the next renewal an explicit one."""
    await client.customer("jane", "jane-password").handshake()
    customer = client.customer("jane", session_key="dead")
    for _ in range(2):
        with pytest.raises(SessionExpiredError):
            await customer.handshake()
    assert customer._session._flight is None
