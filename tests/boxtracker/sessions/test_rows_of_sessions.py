"""F66 to F71: handshakes that fail, keys that are refused, and how they are renewed.

Five hundred tasks at once where concurrency matters; requests are counted at the service.
"""

import asyncio
from typing import Any

import pytest

from boxapis import (
    AuthenticationError,
    BoxTracker,
    ConnectError,
    Customer,
    InvalidResponseError,
    PermissionDeniedError,
    SessionExpiredError,
)
from boxapis.transports import Request
from tests.support.doubles import (
    CUSTOMER,
    JOB_SITES,
    PAYMENT,
    PORTAL,
    WEB,
    FakeClock,
    FakeTracker,
    handshakes,
    marked,
    until,
)

MANY = 500
EVERYBODY = list(range(MANY))


def many(customer: Customer) -> list[asyncio.Task[dict[str, Any]]]:
    """Starts five hundred tasks with one numbered command each."""
    return [asyncio.create_task(one(customer, number)) for number in EVERYBODY]


async def one(customer: Customer, number: int = 0) -> dict[str, Any]:
    """Sends one command."""
    return await customer.command(JOB_SITES, offset=number)


def answered(bodies: list[Any]) -> list[int]:
    """The numbers of the commands that were answered."""
    return [int(body["arguments"]["offset"]) for body in bodies]


def own_errors(outcomes: list[Any], kind: type[Exception]) -> bool:
    """Whether each of five hundred failed with an error of this kind of its own."""
    ids = {id(outcome) for outcome in outcomes}
    return {type(outcome) for outcome in outcomes} == {kind} and len(ids) == MANY


def always(command: str, answer: Any) -> Any:
    """A double's answer to every request of one command."""
    return lambda request: answer if request.operation == command else None


def answering(command: str, *answers: Any) -> Any:
    """A double's answer to the next requests of one command."""
    left = list(answers)

    def answer(request: Request) -> Any:
        return left.pop(0) if left and request.operation == command else None

    return answer


async def in_flight(server: FakeTracker, customer: Customer) -> list[asyncio.Task[Any]]:
    """Five hundred calls whose requests have arrived; the gate holds their answers back."""
    await customer.handshake()
    server.gates[JOB_SITES] = asyncio.Event()
    tasks = many(customer)
    await until(lambda: server.counts[JOB_SITES] == MANY)
    return tasks


async def let_go(server: FakeTracker, tasks: list[asyncio.Task[Any]]) -> list[Any]:
    """Opens the gate; returns the result or exception of each call."""
    server.gates[JOB_SITES].set()
    return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize(
    "answer",
    [{}, {"sessionKey": ""}, {"key": None}, {"sessionKey": 5}, {"sessionKey": [], "key": ""}],
    ids=repr,
)
@pytest.mark.parametrize("command", [PORTAL, CUSTOMER])
async def test_f66_handshake_without_a_key(
    client: BoxTracker, server: FakeTracker, command: str, answer: dict[str, Any]
) -> None:
    """F66: a success without a key is a failure; nothing is kept, nothing is repeated."""
    server.answers.append(always(command, {"status": 200, "customerID": 13913, **answer}))
    customer = client.customer("jane", "jane-password")
    outcomes: list[Any] = await asyncio.gather(*many(customer), return_exceptions=True)
    assert own_errors(outcomes, InvalidResponseError)
    assert "no session key" in str(outcomes[0])
    assert customer.session_key is None
    assert handshakes(server) == (1, 0 if command == PORTAL else 1)
    assert server.counts[JOB_SITES] == 0


async def test_f66_web_handshake_without_a_key(client: BoxTracker, server: FakeTracker) -> None:
    """F66: the same for the web API."""
    server.answers.append(always(WEB, {"status": "200"}))
    calls = (client.command("cmdBoxTWebAPIPricing", zipPostalCode="03060") for _ in EVERYBODY)
    outcomes: list[Any] = await asyncio.gather(*calls, return_exceptions=True)
    assert own_errors(outcomes, InvalidResponseError)
    assert sum(server.counts.values()) == server.counts[WEB] == 1


async def test_f66_confirmation_without_a_key(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """F66: a confirmation whose answer brings no key keeps the key, and the customer's number."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    time.advance(250)
    server.answers.append(answering(CUSTOMER, {"status": "200"}))
    assert answered(await asyncio.gather(*many(customer))) == EVERYBODY
    assert customer.session_key == "jane-key-2"
    assert customer.customer_id == 13913


@pytest.mark.parametrize("status", [507, 508, 600])
async def test_f67_refused_key_for_all_at_once(
    client: BoxTracker, server: FakeTracker, status: int
) -> None:
    """F67: a refusal of 500 running calls costs one handshake of each kind and 500 replays."""
    customer = client.customer("jane", "jane-password")
    tasks = await in_flight(server, customer)
    server.answers.append(answering(JOB_SITES, *[{"status": status}] * MANY))
    assert answered(await let_go(server, tasks)) == EVERYBODY
    assert handshakes(server) == (2, 2)
    assert server.counts[JOB_SITES] == 2 * MANY


async def test_f67_late_reports_of_an_old_key(client: BoxTracker, server: FakeTracker) -> None:
    """F67: 500 refusals that are reported after the renewal do not end the new session."""
    customer = client.customer("jane", "jane-password")
    late = await in_flight(server, customer)
    gate = server.gates.pop(JOB_SITES)
    server.expire_all()
    await one(customer)
    assert handshakes(server) == (2, 2)
    gate.set()
    assert answered(await asyncio.gather(*late)) == EVERYBODY
    assert handshakes(server) == (2, 2)


@pytest.mark.parametrize("status", [507, 508, 600, "507"], ids=repr)
@pytest.mark.parametrize("command", [JOB_SITES, PAYMENT])
async def test_f67_refusal_proves_that_nothing_was_done(
    client: BoxTracker, server: FakeTracker, status: object, command: str
) -> None:
    """F67: a refused key is renewed, and the command sent once more, of any kind."""
    customer = client.customer("jane", "jane-password")
    server.answers.append(answering(command, {"status": status}))
    answer = await customer.command(command, **marked(command, 7))
    assert answer["arguments"]["session_key_customer"] == "jane-key-4"
    assert handshakes(server) == (2, 2)
    assert server.counts[command] == 2


async def test_f68_replay_is_refused_as_well(client: BoxTracker, server: FakeTracker) -> None:
    """F68: one repeat for each of 500 calls, then an error for each; no loop."""
    customer = client.customer("jane", "jane-password")
    server.answers.append(always(JOB_SITES, {"status": 507}))
    outcomes: list[Any] = await asyncio.gather(*many(customer), return_exceptions=True)
    assert own_errors(outcomes, SessionExpiredError)
    assert {(error.attempts, error.code) for error in outcomes} == {(2, 507)}
    assert server.counts[JOB_SITES] == 2 * MANY
    assert handshakes(server) == (2, 2)


async def test_f69_wrong_password_while_500_wait(client: BoxTracker, server: FakeTracker) -> None:
    """F69: a wrong password is tried once; each of 500 callers gets an error of its own."""
    outcomes: list[Any] = await asyncio.gather(
        *many(client.customer("jane", "wrong-password")), return_exceptions=True
    )
    assert own_errors(outcomes, AuthenticationError)
    assert handshakes(server) == (1, 1)
    assert server.counts[JOB_SITES] == 0


async def test_f69_all_fail_at_the_same_time(client: BoxTracker, server: FakeTracker) -> None:
    """F69: when the one handshake fails, all 500 callers get the error within a few turns."""
    server.answers.append(always(PORTAL, ConnectError("refused", phase="connect")))
    gate = server.gates[PORTAL] = asyncio.Event()
    tasks = many(client.customer("jane", "jane-password"))
    await until(lambda: server.counts[PORTAL] == 1)
    assert not any(task.done() for task in tasks)
    gate.set()
    await until(tasks[0].done)
    for _ in range(10):
        await asyncio.sleep(0)
    assert all(task.done() for task in tasks)
    assert own_errors(await asyncio.gather(*tasks, return_exceptions=True), ConnectError)


async def test_f69_cool_down_after_a_wrong_password(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """F69: a refused password is not tried again for a minute."""
    customer = client.customer("jane", "wrong")
    for _ in range(3):
        assert own_errors(
            await asyncio.gather(*many(customer), return_exceptions=True), AuthenticationError
        )
    assert server.counts[CUSTOMER] == 1
    time.advance(59.9)
    with pytest.raises(AuthenticationError):
        await one(customer)
    assert server.counts[CUSTOMER] == 1
    time.advance(0.2)
    server.passwords["jane"] = "wrong"
    await one(customer)
    assert server.counts[CUSTOMER] == 2


async def test_f69_cool_down_after_a_passing_failure(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """F69: after a failed connection there is a cool-down of a second, then another try."""
    server.answers.append(answering(PORTAL, ConnectError("refused", phase="connect")))
    customer = client.customer("jane", "jane-password")
    for _ in range(3):
        assert own_errors(
            await asyncio.gather(*many(customer), return_exceptions=True), ConnectError
        )
    assert handshakes(server) == (1, 0)
    time.advance(1.0)
    assert answered(await asyncio.gather(*many(customer))) == EVERYBODY
    assert handshakes(server) == (2, 1)


async def test_f69_cool_down_is_the_objects_own(client: BoxTracker, server: FakeTracker) -> None:
    """F69: a new object of the same user has no cool-down; that of the old one goes on."""
    wrong = client.customer("jane", "wrong")
    with pytest.raises(AuthenticationError):
        await one(wrong)
    right = client.customer("jane", "jane-password")
    assert answered(await asyncio.gather(*many(right))) == EVERYBODY
    with pytest.raises(AuthenticationError):
        await one(wrong)
    assert server.counts[CUSTOMER] == 2


async def test_f69_explicit_handshake_ends_the_cool_down(
    client: BoxTracker, server: FakeTracker
) -> None:
    """F69: an explicit handshake ends the cool-down."""
    customer = client.customer("jane", "wrong")
    with pytest.raises(AuthenticationError):
        await one(customer)
    server.passwords["jane"] = "wrong"
    await customer.handshake()
    await one(customer)
    assert server.counts[CUSTOMER] == 2


async def test_f69_explicit_handshake_clears_the_api_failure(
    client: BoxTracker, server: FakeTracker
) -> None:
    """F69: an explicit handshake tries the API session again, too."""
    server.answers.append(answering(PORTAL, *[{"status": 509}] * 2))
    customer = client.customer("jane", "jane-password")
    for _ in range(2):
        with pytest.raises(PermissionDeniedError):
            await customer.handshake()
    await customer.handshake()
    assert server.counts[PORTAL] == 3


@pytest.mark.parametrize("dead", ["api-key-1", "jane-key-2"])
async def test_f70_one_of_two_sessions_is_dead(
    client: BoxTracker, server: FakeTracker, dead: str
) -> None:
    """F70: the number is the same for both, so 500 refusals renew both, once."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    server.last_used[dead] = float("-inf")
    assert answered(await asyncio.gather(*many(customer))) == EVERYBODY
    assert handshakes(server) == (2, 2)


async def test_f70_key_survives_the_api_session(client: BoxTracker, server: FakeTracker) -> None:
    """F70: without a password the key gets one more try, on a new API session."""
    server.last_used["kept-key"] = server.time.moment
    customer = client.customer("jane", session_key="kept-key")
    await customer.handshake()
    server.last_used["api-key-1"] = float("-inf")
    assert answered(await asyncio.gather(*many(customer))) == EVERYBODY
    assert customer.session_key == "kept-key"
    assert handshakes(server)[0] == 2


@pytest.mark.parametrize("idle", [240, 299.9])
async def test_f71_stale_is_confirmed_with_the_key(
    client: BoxTracker, server: FakeTracker, time: FakeClock, idle: float
) -> None:
    """F71: a stale session is confirmed with its key; the password is not sent."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    time.advance(idle)
    assert answered(await asyncio.gather(*many(customer))) == EVERYBODY
    confirmation = logins(server)[-1]
    assert "password_customer" not in confirmation.arguments
    assert confirmation.arguments["session_key_customer"] == "jane-key-2"
    assert len(logins(server)) == 2


def logins(server: FakeTracker) -> list[Request]:
    """The number of customer handshakes so far."""
    return [request for request in server.requests if request.operation == CUSTOMER]


@pytest.mark.parametrize("way", ["dead", "refused"])
async def test_f71_password_at_once(
    client: BoxTracker, server: FakeTracker, time: FakeClock, way: str
) -> None:
    """F71: a dead or refused session is renewed with the password at once, once for all."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    if way == "dead":
        time.advance(300)
    else:
        server.forget_all()
    assert answered(await asyncio.gather(*many(customer))) == EVERYBODY
    assert logins(server)[-1].arguments["password_customer"] == "jane-password"
    assert "session_key_customer" not in logins(server)[-1].arguments
    assert handshakes(server) == (2, 2)


async def test_f71_refused_and_no_password(client: BoxTracker, server: FakeTracker) -> None:
    """F71: an expired key and no password: an error for each of 500; later calls send nothing."""
    customer = client.customer("jane", session_key="unknown-key")
    outcomes: list[Any] = await asyncio.gather(*many(customer), return_exceptions=True)
    assert own_errors(outcomes, SessionExpiredError)
    before = len(server.requests)
    with pytest.raises(SessionExpiredError):
        await one(customer)
    server.time.advance(100)
    with pytest.raises(SessionExpiredError, match="no password is held"):
        await one(customer)
    assert len(server.requests) == before
    assert server.counts[JOB_SITES] == 0
