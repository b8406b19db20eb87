"""A thousand callers at once: one handshake of each kind, and an answer or an error for each."""

import asyncio
from typing import Any

import pytest

from boxapis import (
    AuthenticationError,
    BoxTracker,
    Customer,
    Limits,
    OutcomeUnknownError,
)
from boxapis._core.clock import clocked
from tests.support.doubles import (
    JOB_SITES,
    PAYMENT,
    FakeClock,
    FakeTracker,
    handshakes,
    marked,
    until,
)

MANY = 1000


def many(customer: Customer, count: int = MANY) -> list[asyncio.Task[dict[str, Any]]]:
    """Starts so many tasks with one command each."""
    return [asyncio.create_task(one(customer, number), name=str(number)) for number in range(count)]


async def one(customer: Customer, number: int) -> dict[str, Any]:
    """Sends one command, numbered by its offset."""
    return await customer.command(JOB_SITES, offset=number)


def offsets(answers: list[Any]) -> list[int]:
    """The numbers of the commands that were answered."""
    return [int(answer["arguments"]["offset"]) for answer in answers]


@pytest.mark.parametrize("connections", [5, 1000])
async def test_cold_client(time: FakeClock, server: FakeTracker, connections: int) -> None:
    """1,000 tasks on a cold client make one handshake of each kind, however few connections."""
    limits = Limits(max_connections=connections)
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, limits=limits
    ) as tracker:
        answers = await asyncio.gather(*many(tracker.customer("jane", "jane-password")))
    assert list(range(MANY)) == offsets(answers)
    assert handshakes(server) == (1, 1)
    assert server.counts[JOB_SITES] == MANY
    assert server.peak <= connections


@pytest.mark.parametrize("connections", [5, 1000])
async def test_expiry_in_the_middle(time: FakeClock, server: FakeTracker, connections: int) -> None:
    """Five idle minutes between two halves cost one more handshake of each kind."""
    limits = Limits(max_connections=connections)
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, limits=limits
    ) as tracker:
        customer = tracker.customer("jane", "jane-password")
        await asyncio.gather(*many(customer, MANY // 2))
        time.advance(300)
        answers = await asyncio.gather(*many(customer, MANY // 2))
    assert list(range(MANY // 2)) == offsets(answers)
    assert handshakes(server) == (2, 2)
    assert server.counts[JOB_SITES] == MANY


async def test_two_objects_of_one_user_share_nothing(
    client: BoxTracker, server: FakeTracker
) -> None:
    """Two objects of one user share nothing: a wrong password neither uses nor ends a session."""
    right = client.customer("jane", "jane-password")
    wrong = client.customer("jane", "wrong-password")
    outcomes = await asyncio.gather(
        *many(right, 100), *many(wrong, 100), *many(right, 100), return_exceptions=True
    )
    assert list(range(100)) == offsets(outcomes[:100]) == offsets(outcomes[200:])
    assert all(isinstance(error, AuthenticationError) for error in outcomes[100:200])
    assert handshakes(server) == (1, 2)


async def test_many_customers_share_one_api_session(
    client: BoxTracker, server: FakeTracker
) -> None:
    """The API session belongs to the client: 100 customers cost one portal handshake."""
    server.passwords |= {f"user-{number}": "user-password" for number in range(100)}
    customers = [client.customer(f"user-{number}", "user-password") for number in range(100)]
    await asyncio.gather(*(one(customer, 0) for customer in customers))
    assert handshakes(server) == (1, 100)


async def test_fields_of_one_request_are_of_one_generation(
    client: BoxTracker, server: FakeTracker
) -> None:
    """While sessions expire again and again, no request mixes keys of two handshakes."""
    customer = client.customer("jane", "jane-password")
    for _ in range(20):
        tasks = many(customer, 20)
        await asyncio.sleep(0)
        server.forget_all()
        await asyncio.gather(*tasks, return_exceptions=True)
    pairs = {
        (request.arguments["session_key_api"], request.arguments["session_key_customer"])
        for request in server.requests
        if request.operation == JOB_SITES
    }
    assert len({customer_key for _, customer_key in pairs}) == len(pairs)


async def test_changing_call_is_sent_once(client: BoxTracker, server: FakeTracker) -> None:
    """F96: a lost answer to a payment is not repeated, and the error says it is unknown."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    server.answers.append(lost_payment)
    with pytest.raises(OutcomeUnknownError) as caught:
        await customer.command("cmdBoxTPortalProcessPayment", payment_mode=2)
    assert caught.value.may_have_been_applied
    assert server.counts["cmdBoxTPortalProcessPayment"] == 1


def lost_payment(request: Any) -> Exception | None:
    """Loses the connection after a payment was sent."""
    from boxapis import ConnectionLostError  # noqa: PLC0415 - used here alone

    if request.operation != "cmdBoxTPortalProcessPayment":
        return None
    return ConnectionLostError("lost", phase="read", sent=True)


async def test_cancelled_in_the_queue(time: FakeClock, server: FakeTracker) -> None:
    """F83: a call cancelled while it waits for a connection gives its slot to the next."""
    server.gates[JOB_SITES] = asyncio.Event()
    async with clocked(BoxTracker, time.clock)(
        "api-user",
        "api-password",
        transport=server,
        limits=Limits(max_connections=1),
    ) as tracker:
        calls = many(tracker.customer("jane", "jane-password"), 6)
        await until(lambda: server.counts[JOB_SITES] == 1)
        for cancelled in (calls[1], calls[4]):
            cancelled.cancel()
        server.gates[JOB_SITES].set()
        await asyncio.gather(*calls, return_exceptions=True)
    sent = [request for request in server.requests if request.operation == JOB_SITES]
    assert [request.arguments["offset"] for request in sent] == ["0", "2", "3", "5"]
    assert server.peak == 1


@pytest.mark.parametrize("command", [PAYMENT, JOB_SITES])
async def test_cancelled_under_way(
    client: BoxTracker, server: FakeTracker, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    """F84: the log names a changing command that was cancelled after it was begun, and no reads."""
    server.gates[command] = asyncio.Event()
    call = asyncio.create_task(
        client.customer("jane", "jane-password").command(command, **marked(command, 7))
    )
    await until(lambda: server.counts[command] == 1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    warning = f"{PAYMENT}: cancelled after it was begun; its outcome is unknown"
    assert caplog.messages == ([warning] if command == PAYMENT else [])
