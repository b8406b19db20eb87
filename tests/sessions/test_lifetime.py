"""One session from its handshake to its end: ages, renewals, refusals, quiet times, log-out."""

import asyncio
from typing import Any

import pytest
from doubles import (
    CUSTOMER,
    JOB_SITES,
    LOG_OUT,
    PAYMENT,
    PORTAL,
    WEB,
    FakeClock,
    FakeTracker,
    handshakes,
    until,
)

from boxapis import (
    AuthenticationError,
    BoxTracker,
    ClientClosedError,
    ConnectError,
    InvalidResponseError,
    OutcomeUnknownError,
    PermissionDeniedError,
    Secret,
    ServerError,
    SessionExpiredError,
    ValidationError,
)
from boxapis.transports import Request


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


async def test_use_keeps_alive(client: BoxTracker, server: FakeTracker, time: FakeClock) -> None:
    """A poller with less than four minutes between calls never shakes hands again."""
    customer = client.customer("jane", "jane-password")
    for _ in range(50):
        await customer.command(JOB_SITES, offset=0)
        time.advance(239)
    assert handshakes(server) == (1, 1)


async def test_stale_is_confirmed_with_the_key(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """F71: a stale session is confirmed with its key; the password stays at home."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    time.advance(250)
    await customer.command(JOB_SITES, offset=0)
    confirmation = [request for request in server.requests if request.operation == CUSTOMER][-1]
    assert "password_customer" not in confirmation.arguments
    assert confirmation.arguments["session_key_customer"] == "jane-key-2"


async def test_dead_goes_to_the_password_at_once(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """F71: a dead session is not asked after: the password is used."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    time.advance(300)
    await customer.command(JOB_SITES, offset=0)
    login = [request for request in server.requests if request.operation == CUSTOMER][-1]
    assert login.arguments["password_customer"] == "jane-password"
    assert "session_key_customer" not in login.arguments


@pytest.mark.parametrize(
    "answer",
    [{}, {"sessionKey": ""}, {"key": None}, {"sessionKey": 5}, {"sessionKey": [], "key": ""}],
)
async def test_handshake_without_a_key(
    client: BoxTracker, server: FakeTracker, answer: dict[str, Any]
) -> None:
    """F66: a success without a key is no success; nothing is kept, nothing is tried again."""
    server.answers.append(answering(PORTAL, {"status": 200, **answer}))
    customer = client.customer("jane", "jane-password")
    with pytest.raises(InvalidResponseError, match="no session key"):
        await customer.command(JOB_SITES, offset=0)
    assert handshakes(server) == (1, 0)


async def test_confirmation_without_a_key(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """F66: a confirmation whose answer brings no key keeps the key, and the customer's number."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    time.advance(250)
    server.answers.append(answering(CUSTOMER, {"status": "200"}))
    await customer.command(JOB_SITES, offset=0)
    assert customer.session_key == "jane-key-2"
    assert customer.customer_id == 13913


@pytest.mark.parametrize("status", [507, 508, 600, "507"], ids=repr)
@pytest.mark.parametrize("command", [JOB_SITES, PAYMENT])
async def test_refused_key(
    client: BoxTracker, server: FakeTracker, status: object, command: str
) -> None:
    """F67: a refused key proves that nothing was done: renewed, and sent once more, of any kind."""
    customer = client.customer("jane", "jane-password")
    server.answers.append(answering(command, {"status": status}))
    answer = await customer.command(command, offset=0)
    assert answer["arguments"]["session_key_customer"] == "jane-key-4"
    assert handshakes(server) == (2, 2)
    assert server.counts[command] == 2


async def test_refused_again(client: BoxTracker, server: FakeTracker) -> None:
    """F68, F77: the replay is refused as well: an error that says what may be behind it."""
    customer = client.customer("jane", "jane-password")
    server.answers.append(answering(JOB_SITES, *[{"status": 507}] * 10))
    with pytest.raises(SessionExpiredError, match="Another program") as caught:
        await customer.command(JOB_SITES, offset=0)
    assert server.counts[JOB_SITES] == 2
    assert caught.value.attempts == 2
    assert caught.value.code == 507


async def test_envelope_wins_over_http(client: BoxTracker, server: FakeTracker) -> None:
    """F61: HTTP 500 with a 507 in the body is a dead session, and ends in success."""
    from doubles import json_response  # noqa: PLC0415 - used here alone

    server.answers.append(answering(JOB_SITES, json_response({"status": 507}, 500)))
    answer = await client.customer("jane", "jane-password").command(JOB_SITES, offset=0)
    assert answer["status"] == 200


async def test_update_failed_read(client: BoxTracker, server: FakeTracker) -> None:
    """F79: 700 on a reading command is renewed and repeated once."""
    server.answers.append(answering(JOB_SITES, {"status": 700}))
    await client.customer("jane", "jane-password").command(JOB_SITES, offset=0)
    assert handshakes(server) == (2, 2)


async def test_update_failed_changing(client: BoxTracker, server: FakeTracker) -> None:
    """F79: 700 on a changing command proves nothing: its outcome is unknown."""
    server.answers.append(answering(PAYMENT, {"status": 700}))
    with pytest.raises(OutcomeUnknownError):
        await client.customer("jane", "jane-password").command(PAYMENT, payment_mode=2)
    assert server.counts[PAYMENT] == 1


async def test_api_session_alone_is_dead(client: BoxTracker, server: FakeTracker) -> None:
    """F70: the API session died under a live customer session: both are renewed, once."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    server.last_used["api-key-1"] = float("-inf")
    await customer.command(JOB_SITES, offset=0)
    assert handshakes(server) == (2, 2)


async def test_key_survives_the_api_session(client: BoxTracker, server: FakeTracker) -> None:
    """F70, F71: without a password the key gets one more try, on a new API session."""
    server.last_used["kept-key"] = server.time.moment
    customer = client.customer("jane", session_key="kept-key")
    await customer.handshake()
    server.last_used["api-key-1"] = float("-inf")
    await customer.command(JOB_SITES, offset=0)
    assert customer.session_key == "kept-key"
    assert handshakes(server)[0] == 2


async def test_key_is_over_and_no_password(client: BoxTracker, server: FakeTracker) -> None:
    """F71: refused, and no password: the error says so, and later calls ask nobody."""
    customer = client.customer("jane", session_key="unknown-key")
    with pytest.raises(SessionExpiredError):
        await customer.command(JOB_SITES, offset=0)
    before = len(server.requests)
    with pytest.raises(SessionExpiredError):
        await customer.command(JOB_SITES, offset=0)
    server.time.advance(100)
    with pytest.raises(SessionExpiredError, match="no password is held"):
        await customer.command(JOB_SITES, offset=0)
    assert len(server.requests) == before


async def test_resume_with_key_and_password(client: BoxTracker, server: FakeTracker) -> None:
    """A stored key is tried first; when it is over, the password is."""
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


async def test_quiet_after_a_wrong_password(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """F69: a refused password is not tried again for a minute, per object and not per name."""
    customer = client.customer("jane", "wrong")
    for _ in range(3):
        with pytest.raises(AuthenticationError):
            await customer.command(JOB_SITES, offset=0)
    assert server.counts[CUSTOMER] == 1
    time.advance(59.9)
    with pytest.raises(AuthenticationError):
        await customer.command(JOB_SITES, offset=0)
    assert server.counts[CUSTOMER] == 1
    time.advance(0.2)
    server.passwords["jane"] = "wrong"
    await customer.command(JOB_SITES, offset=0)
    assert server.counts[CUSTOMER] == 2


async def test_explicit_handshake_ends_the_quiet(client: BoxTracker, server: FakeTracker) -> None:
    """F69: an explicit handshake clears the cool-down."""
    customer = client.customer("jane", "wrong")
    with pytest.raises(AuthenticationError):
        await customer.command(JOB_SITES, offset=0)
    server.passwords["jane"] = "wrong"
    await customer.handshake()
    await customer.command(JOB_SITES, offset=0)
    assert server.counts[CUSTOMER] == 2


async def test_quiet_after_a_passing_failure(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """F69: after a failed connection there is a second of quiet, then another try."""
    server.answers.append(answering(PORTAL, ConnectError("refused", phase="connect")))
    customer = client.customer("jane", "jane-password")
    for _ in range(3):
        with pytest.raises(ConnectError):
            await customer.command(JOB_SITES, offset=0)
    assert handshakes(server) == (1, 0)
    time.advance(1.0)
    await customer.command(JOB_SITES, offset=0)
    assert handshakes(server) == (2, 1)


async def test_wrong_address(client: BoxTracker, server: FakeTracker) -> None:
    """F65: 509 tells the operator about the registered address."""
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


async def test_business_error_is_use(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """A proper refusal of the service keeps the session alive like any other answer."""
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


async def test_checked_after_the_queue(time: FakeClock, server: FakeTracker) -> None:
    """F75: a session that died while the call queued is renewed before the send, not after."""
    from boxapis import Limits  # noqa: PLC0415 - used here alone

    limits = Limits(max_connections=1)
    async with BoxTracker(
        "api-user", "api-password", transport=server, limits=limits, _clock=time.clock
    ) as client:
        customer = client.customer("jane", "jane-password")
        await customer.handshake()
        gate = server.gates[JOB_SITES] = asyncio.Event()
        first = asyncio.create_task(one(customer))
        await until(lambda: server.counts[JOB_SITES] == 1)
        queued = asyncio.create_task(one(customer))
        await asyncio.sleep(0)
        time.advance(301)
        gate.set()
        await asyncio.gather(first, queued, return_exceptions=True)
    keys = [
        request.arguments["session_key_customer"]
        for request in server.requests
        if request.operation == JOB_SITES
    ]
    assert keys[0] == "jane-key-2"
    assert "jane-key-2" not in keys[2:]


async def test_server_restarts(client: BoxTracker, server: FakeTracker) -> None:
    """F76: a server that forgot every key costs one handshake of each kind."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    server.forget_all()
    await asyncio.gather(*(one(customer) for _ in range(100)))
    assert handshakes(server) == (2, 2)


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
    """There is nothing to say to the server when there is no session."""
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
    """A server that could not be told is an error, but the key is forgotten all the same."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    server.answers.append(answering(LOG_OUT, {"status": 900}))
    with pytest.raises(ServerError):
        await customer.logout()
    assert customer.session_key is None


async def test_log_out_wins_over_a_handshake(client: BoxTracker, server: FakeTracker) -> None:
    """F72: log-out during a handshake ends the waiters; the late session is logged out."""
    gate = server.gates[CUSTOMER] = asyncio.Event()
    customer = client.customer("jane", "jane-password")
    waiters = [asyncio.create_task(one(customer)) for _ in range(100)]
    await until(lambda: server.counts[CUSTOMER] == 1)
    await customer.logout()
    errors = await asyncio.gather(*waiters, return_exceptions=True)
    assert all(isinstance(error, ClientClosedError) for error in errors)
    gate.set()
    await until(lambda: server.counts[LOG_OUT] == 1)
    assert customer.session_key is None


async def test_close_logs_a_late_session_out(time: FakeClock, server: FakeTracker) -> None:
    """F72: a session that arrives while the client closes is logged out, as far as that goes."""
    gate = server.gates[CUSTOMER] = asyncio.Event()
    client = BoxTracker("api-user", "api-password", transport=server, _clock=time.clock)
    waiter = asyncio.create_task(one(client.customer("jane", "jane-password")))
    await until(lambda: server.counts[CUSTOMER] == 1)
    closing = asyncio.create_task(client.aclose())
    with pytest.raises(ClientClosedError):
        await waiter
    gate.set()
    await closing
    assert server.counts[LOG_OUT] == 1
    assert server.closed


async def test_closed_client(time: FakeClock, server: FakeTracker) -> None:
    """After closing, every door is shut, and closing again is nothing."""
    client = BoxTracker("api-user", "api-password", transport=server, _clock=time.clock)
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
    """Web API commands stand on a session of their own, renewed like the others."""
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
    """The first explicit handshake serves the commands; a further one disturbs no session."""
    await client.handshakes.portal()
    customer = client.customer("jane", "jane-password")
    await customer.command(JOB_SITES, offset=0)
    await client.handshakes.portal()
    await customer.command(JOB_SITES, offset=0)
    assert handshakes(server) == (2, 1)


async def test_broken_transport_ends_every_waiter(client: BoxTracker, server: FakeTracker) -> None:
    """A transport that raises what it must not still ends in an error of ours for everybody."""
    server.answers.append(answering(PORTAL, RuntimeError("a secret text")))
    customer = client.customer("jane", "jane-password")
    errors = await asyncio.gather(*(one(customer) for _ in range(10)), return_exceptions=True)
    assert {"TransportError"} == {type(error).__name__ for error in errors}
    assert "a secret text" not in str(errors)
