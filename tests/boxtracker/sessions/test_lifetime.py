"""One session from its handshake to its end: ages, renewals, refusals, cool-downs, log-out."""

import asyncio
from typing import Any

import pytest

from boxapis import (
    BoxTracker,
    ClientClosedError,
    ConnectError,
    PermissionDeniedError,
    Secret,
    ServerError,
    ValidationError,
)
from boxapis._core.clock import clocked
from boxapis.transports import Request
from tests.support.doubles import (
    CUSTOMER,
    JOB_SITES,
    LOG_OUT,
    PORTAL,
    WEB,
    FakeClock,
    FakeTracker,
    handshakes,
    until,
)


def answering(command: str, *answers: Any) -> Any:
    """A double's answer to the next requests of one command."""
    left = list(answers)

    def answer(request: Request) -> Any:
        return left.pop(0) if left and request.operation == command else None

    return answer


@pytest.mark.parametrize(
    ("idle", "expected"),
    [(239.9, (1, 1)), (240.0, (2, 2)), (299.9, (2, 2)), (300.0, (2, 2))],
)
async def test_ages(
    client: BoxTracker,
    server: FakeTracker,
    time: FakeClock,
    idle: float,
    expected: tuple[int, int],
) -> None:
    """A session is used as it is for four minutes, and renewed before use from then on."""
    customer = client.customer("jane", "jane-password")
    await customer.command(JOB_SITES, offset=0)
    time.advance(idle)
    await customer.command(JOB_SITES, offset=0)
    assert expected == handshakes(server)


async def test_use_keeps_a_session_alive(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """A program with less than four minutes between calls makes no further handshake."""
    customer = client.customer("jane", "jane-password")
    for _ in range(50):
        await customer.command(JOB_SITES, offset=0)
        time.advance(239)
    assert handshakes(server) == (1, 1)


async def test_envelope_wins_over_http(client: BoxTracker, server: FakeTracker) -> None:
    """F61: HTTP 500 with a 507 in the body is a dead session, which is renewed."""
    from tests.support.doubles import json_response  # noqa: PLC0415 - used here alone

    server.answers.append(answering(JOB_SITES, json_response({"status": 507}, 500)))
    answer = await client.customer("jane", "jane-password").command(JOB_SITES, offset=0)
    assert answer["status"] == 200


async def test_resume_with_key_and_password(client: BoxTracker, server: FakeTracker) -> None:
    """A stored key is tried first; when it is over, the password is used."""
    customer = client.customer("jane", "jane-password", session_key="unknown-key")
    await customer.command(JOB_SITES, offset=0)
    last = [request for request in server.requests if request.operation == CUSTOMER][-1]
    assert last.arguments["password_customer"] == "jane-password"
    assert server.counts[CUSTOMER] == 2


async def test_resume_with_a_live_key(client: BoxTracker, server: FakeTracker) -> None:
    """A live stored key is confirmed, and brings the customer's number."""
    server.last_used["stored"] = server.time.moment
    customer = client.customer("jane", session_key=Secret("stored"))
    assert customer.customer_id is None
    value = await customer.handshake()
    assert (value.customer_id, value.session_key.reveal()) == (13913, "stored")


async def test_wrong_address(client: BoxTracker, server: FakeTracker) -> None:
    """F65: 509 says that the caller's address is not the registered one."""
    server.answers.append(answering(PORTAL, {"status": 509}))
    with pytest.raises(PermissionDeniedError, match="static IP address"):
        await client.handshakes.portal()


async def test_failed_send_is_no_use(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """Only a proper answer counts as use: a failed request does not make a session look alive."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    time.advance(200)
    server.answers.append(answering(JOB_SITES, ConnectError("refused", phase="connect")))
    with pytest.raises(ConnectError):
        await customer.command(JOB_SITES, offset=0)
    time.advance(50)
    await customer.command(JOB_SITES, offset=0)
    assert handshakes(server) == (2, 2)


async def test_a_refused_operation_is_use(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """A refused operation keeps the session alive like any other answer."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    time.advance(200)
    server.answers.append(answering(JOB_SITES, {"status": 303}))
    with pytest.raises(ValidationError):
        await customer.command(JOB_SITES, offset=0)
    server.last_used = dict.fromkeys(server.last_used, time.moment)
    time.advance(200)
    await customer.command(JOB_SITES, offset=0)
    assert handshakes(server) == (1, 1)


async def test_age_counts_from_the_start_of_the_send(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """A slow answer does not make the session younger than its request."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    gate = server.gates[JOB_SITES] = asyncio.Event()
    slow = asyncio.create_task(one(customer))
    await until(lambda: server.counts[JOB_SITES] == 1)
    time.advance(150)
    gate.set()
    await slow
    time.advance(100)
    await customer.command(JOB_SITES, offset=0)
    assert handshakes(server) == (2, 2)


async def one(customer: Any) -> Any:
    """One command."""
    return await customer.command(JOB_SITES, offset=0)


async def test_log_out(client: BoxTracker, server: FakeTracker) -> None:
    """Logging out ends the session on both sides; commands raise until the next handshake."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    await customer.logout()
    assert server.counts[LOG_OUT] == 1
    assert "jane-key-2" not in server.last_used
    assert customer.session_key is None
    with pytest.raises(ClientClosedError, match="logged out"):
        await customer.command(JOB_SITES, offset=0)
    await customer.handshake()
    await customer.command(JOB_SITES, offset=0)
    assert handshakes(server) == (1, 2)


async def test_log_out_without_a_session(client: BoxTracker, server: FakeTracker) -> None:
    """A log-out without a session sends nothing."""
    await client.customer("jane", "jane-password").logout()
    assert server.requests == []


async def test_log_out_of_a_dead_session(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """A session that died by itself needs no log-out, and one the server forgot is no error."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    time.advance(301)
    await customer.logout()
    assert server.counts[LOG_OUT] == 0
    await customer.handshake()
    server.forget_all()
    await customer.logout()
    assert server.counts[LOG_OUT] == 2


async def test_log_out_fails(client: BoxTracker, server: FakeTracker) -> None:
    """A log-out that fails raises an error, but the key is forgotten all the same."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    server.answers.append(answering(LOG_OUT, {"status": 900}))
    with pytest.raises(ServerError):
        await customer.logout()
    assert customer.session_key is None


async def test_closed_client(time: FakeClock, server: FakeTracker) -> None:
    """After closing every method raises, and closing again does nothing."""
    client = clocked(BoxTracker, time.clock)("api-user", "api-password", transport=server)
    customer = client.customer("jane", "jane-password")
    await client.aclose()
    await client.aclose()
    with pytest.raises(ClientClosedError):
        await customer.command(JOB_SITES, offset=0)
    with pytest.raises(ClientClosedError):
        await customer.handshake()
    with pytest.raises(ClientClosedError):
        await client.handshakes.portal()
    assert server.requests == []


async def test_web_api_commands(client: BoxTracker, server: FakeTracker, time: FakeClock) -> None:
    """Web API commands use a session of their own, renewed like the others."""
    first = await client.command("cmdBoxTWebAPIPricing", zipPostalCode="I1J 8U6")
    assert first["arguments"]["username"] == "api-user"
    assert first["arguments"]["key"] == "api-key-1"
    time.advance(240)
    second = await client.command("cmdBoxTWebAPIPricing", zipPostalCode="12345")
    assert second["arguments"]["key"] == "api-key-2"
    server.forget_all()
    third = await client.command("cmdBoxTWebAPIPricing", zipPostalCode="12345")
    assert third["arguments"]["key"] == "api-key-3"
    assert server.counts[WEB] == 3
    assert server.counts[PORTAL] == 0


async def test_explicit_portal_handshake_is_used(client: BoxTracker, server: FakeTracker) -> None:
    """The first explicit handshake serves the commands; a further one does not replace it."""
    await client.handshakes.portal()
    customer = client.customer("jane", "jane-password")
    await customer.command(JOB_SITES, offset=0)
    await client.handshakes.portal()
    await customer.command(JOB_SITES, offset=0)
    assert handshakes(server) == (2, 1)


async def test_broken_transport_ends_every_waiter(client: BoxTracker, server: FakeTracker) -> None:
    """A transport that raises a foreign exception ends in an error of ours for every caller."""
    server.answers.append(answering(PORTAL, RuntimeError("a secret text")))
    customer = client.customer("jane", "jane-password")
    errors = await asyncio.gather(*(one(customer) for _ in range(10)), return_exceptions=True)
    assert {"TransportError"} == {type(error).__name__ for error in errors}
    assert "a secret text" not in str(errors)
