"""F72 to F79: log-outs, closing, cancellations, restarts, rival programs, awkward keys.

Five hundred tasks at once where concurrency matters; requests are counted at the service.
"""

import asyncio
import gc
import re
from typing import Any, Literal
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxapis import (
    BoxTracker,
    ClientClosedError,
    ConnectError,
    Customer,
    Limits,
    OutcomeUnknownError,
    SessionExpiredError,
    SessionTiming,
)
from boxapis._core.clock import clocked
from boxapis.transports import Request, Response, ScriptedTransport
from tests.support.doubles import (
    CUSTOMER,
    JOB_SITES,
    LOG_OUT,
    PAYMENT,
    PORTAL,
    FakeClock,
    FakeTracker,
    handshakes,
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


async def ended(tasks: list[asyncio.Task[Any]]) -> list[Any]:
    """The result or exception of each task."""
    return await asyncio.gather(*tasks, return_exceptions=True)


def all_turned_away(outcomes: list[Any]) -> bool:
    """Whether each of five hundred got an error of its own that says the session is over."""
    ids = {id(outcome) for outcome in outcomes}
    return {type(outcome) for outcome in outcomes} == {ClientClosedError} and len(ids) == MANY


async def test_f72_log_out_wins_over_a_handshake(client: BoxTracker, server: FakeTracker) -> None:
    """F72: a log-out during the handshake ends 500 waiters; the late session is logged out."""
    gate = server.gates[CUSTOMER] = asyncio.Event()
    customer = client.customer("jane", "jane-password")
    waiters = many(customer)
    await until(lambda: server.counts[CUSTOMER] == 1)
    await customer.logout()
    assert all_turned_away(await ended(waiters))
    gate.set()
    await until(lambda: server.counts[LOG_OUT] == 1)
    assert customer.session_key is None
    assert server.counts[JOB_SITES] == 0


@pytest.mark.parametrize("command", [PORTAL, CUSTOMER])
async def test_f72_close_wins_over_a_handshake(
    time: FakeClock, server: FakeTracker, command: str
) -> None:
    """F72: closing gives each of 500 waiters a ClientClosedError, and logs a late session out."""
    gate = server.gates[command] = asyncio.Event()
    client = clocked(BoxTracker, time.clock)("api-user", "api-password", transport=server)
    waiters = many(client.customer("jane", "jane-password"))
    await until(lambda: server.counts[command] == 1)
    closing = asyncio.create_task(client.aclose())
    assert all_turned_away(await ended(waiters))
    gate.set()
    await closing
    assert server.counts[LOG_OUT] == (1 if command == CUSTOMER else 0)
    assert server.closed
    assert [asyncio.current_task()] == list(asyncio.all_tasks())


@pytest.mark.parametrize("hanging", [CUSTOMER, LOG_OUT])
async def test_f72_close_waits_for_no_log_out(
    time: FakeClock, server: FakeTracker, hanging: str
) -> None:
    """F72: a late session is logged out if possible, but closing does not wait for it."""
    gates = {CUSTOMER: asyncio.Event(), LOG_OUT: asyncio.Event()}
    server.gates |= gates
    client = clocked(BoxTracker, time.clock)(
        "api-user",
        "api-password",
        transport=server,
        timing=SessionTiming(logout_timeout=0.5),
    )
    waiters = many(client.customer("jane", "jane-password"))
    await until(lambda: server.counts[CUSTOMER] == 1)
    closing = asyncio.create_task(client.aclose())
    assert all_turned_away(await ended(waiters))
    if hanging == LOG_OUT:
        gates[CUSTOMER].set()
        await until(lambda: server.counts[LOG_OUT] == 1)
    async with asyncio.timeout(10):
        await closing
    assert server.closed
    assert [asyncio.current_task()] == list(asyncio.all_tasks())


async def test_f73_leader_is_cancelled(client: BoxTracker, server: FakeTracker) -> None:
    """F73: the task that began the handshake is cancelled; 499 others get their answers."""
    gate = server.gates[PORTAL] = asyncio.Event()
    tasks = many(client.customer("jane", "jane-password"))
    await until(lambda: server.counts[PORTAL] == 1)
    tasks[0].cancel()
    await asyncio.sleep(0)
    gate.set()
    outcomes = await ended(tasks)
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert answered(outcomes[1:]) == EVERYBODY[1:]
    assert handshakes(server) == (1, 1)


@pytest.mark.parametrize("fails", [False, True], ids=["opens", "fails"])
async def test_f74_all_waiters_are_cancelled(
    client: BoxTracker, server: FakeTracker, *, fails: bool
) -> None:
    """F74: when all 500 callers have gone, the handshake goes on, and nothing is logged.

    A session is kept; a failure is dropped, and no exception is "never retrieved".
    """
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
    gate = server.gates[CUSTOMER] = asyncio.Event()
    if fails:
        refused = ConnectError("refused", phase="connect")
        server.answers.append(lambda request: refused if request.operation == CUSTOMER else None)
    customer = client.customer("jane", "jane-password")
    tasks = many(customer)
    await until(lambda: server.counts[CUSTOMER] == 1)
    for task in tasks:
        task.cancel()
    assert {type(outcome) for outcome in await ended(tasks)} == {asyncio.CancelledError}
    gate.set()
    await until(lambda: server.in_flight == 0)
    for _ in range(10):
        await asyncio.sleep(0)
    assert (customer.customer_id is None) is fails
    del tasks, task
    gc.collect()
    assert complaints == []
    if not fails:
        await one(customer)
    assert handshakes(server) == (1, 1)


class Watching(FakeTracker):
    """Box Tracker that records how long the keys of each command have been idle when it arrives."""

    def __init__(self, time: FakeClock) -> None:
        super().__init__(time)
        self.ages: list[float] = []

    async def send(self, request: Request, *, deadline: float) -> Response:
        """Records the age of both keys."""
        if request.operation == JOB_SITES:
            keys = (request.arguments[f"session_key_{level}"] for level in ("api", "customer"))
            self.ages.extend(self.time.moment - self.last_used[key] for key in keys)
        return await super().send(request, deadline=deadline)


@pytest.mark.parametrize("connections", [1, 5])
@pytest.mark.parametrize("pause", [241, 301])
async def test_f75_checked_after_the_queue(time: FakeClock, connections: int, pause: int) -> None:
    """F75: a session that ages while 500 calls queue is renewed directly before the send.

    No request ever carries a key that has been idle for longer than the margin allows.
    """
    server = Watching(time)
    async with clocked(BoxTracker, time.clock)(
        "api-user",
        "api-password",
        transport=server,
        limits=Limits(max_connections=connections),
    ) as client:
        customer = client.customer("jane", "jane-password")
        await customer.handshake()
        gate = server.gates[JOB_SITES] = asyncio.Event()
        tasks = many(customer)
        await until(lambda: server.counts[JOB_SITES] == connections)
        time.advance(pause)  # the first ones are under way, all others queue
        gate.set()
        assert answered(await ended(tasks)) == EVERYBODY
    assert max(server.ages) < 240
    assert handshakes(server) == (2, 2)


async def test_f76_server_forgets_all_sessions(client: BoxTracker, server: FakeTracker) -> None:
    """F76: a restart under 500 running calls costs one handshake of each kind."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    gate = server.gates[JOB_SITES] = asyncio.Event()
    tasks = many(customer)
    await until(lambda: server.counts[JOB_SITES] == MANY)
    server.forget_all()
    gate.set()
    assert answered(await ended(tasks)) == EVERYBODY
    assert handshakes(server) == (2, 2)


async def test_f76_restart_with_many_customers(client: BoxTracker, server: FakeTracker) -> None:
    """F76: after a restart each of 500 customers logs in once, on one new API session."""
    server.passwords |= {f"user-{number}": "user-password" for number in EVERYBODY}
    customers = [client.customer(f"user-{number}", "user-password") for number in EVERYBODY]
    for _ in range(2):
        outcomes: list[Any] = await asyncio.gather(*(one(customer) for customer in customers))
        assert len(outcomes) == MANY
        server.forget_all()
    assert handshakes(server) == (2, 2 * MANY)


async def test_f77_two_programs_with_one_user(time: FakeClock, server: FakeTracker) -> None:
    """F77: two programs that end each other's sessions: every call ends, in an answer or an error.

    The service keeps one key for each user. Each of 500 calls is repeated once at most, and then
    ends in an error that names the likely cause.
    """

    def one_key_for_each_user(request: Request) -> None:
        """A login ends the user's other sessions."""
        if "password_customer" in request.arguments:
            name = request.arguments["username_customer"]
            for key in [key for key, owner in server.owners.items() if owner == name]:
                server.last_used.pop(key, None)

    server.answers.append(one_key_for_each_user)
    programs = [
        clocked(BoxTracker, time.clock)("api-user", "api-password", transport=server)
        for _ in range(2)
    ]
    async with programs[0], programs[1]:
        rivals = [program.customer("jane", "jane-password") for program in programs]
        calls = [one(rival, number) for number in range(MANY // 2) for rival in rivals]
        outcomes: list[Any] = await asyncio.gather(*calls, return_exceptions=True)
    failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert {type(error) for error in failed} <= {SessionExpiredError}
    assert all("Another program" in str(error) for error in failed)
    sent = [request for request in server.requests if request.operation == JOB_SITES]
    assert MANY < len(sent) <= 2 * MANY
    assert server.counts[CUSTOMER] <= MANY


async def test_f77_error_names_the_likely_cause(client: BoxTracker, server: FakeTracker) -> None:
    """F77: another program that is always faster: 500 calls, two requests each, a clear error."""

    def kill(request: Request) -> None:
        """Ends every session before the command arrives."""
        if request.operation == JOB_SITES:
            server.expire_all()

    server.answers.append(kill)
    outcomes = await ended(many(client.customer("jane", "jane-password")))
    assert {type(error) for error in outcomes} == {SessionExpiredError}
    assert all("Another program" in str(error) for error in outcomes)
    assert server.counts[JOB_SITES] == 2 * MANY
    assert handshakes(server) == (2, 2)


KEYS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("&+%=#/? ;é\"'<>\n\x00")),
    min_size=1,
)
ENCODED = re.compile(r"([A-Za-z0-9._~-]|%[0-9A-F]{2})*", re.ASCII)


@settings(max_examples=150)
@given(api_key=KEYS, customer_key=KEYS, method=st.sampled_from(["GET", "POST"]))
def test_f78_round_trip_of_any_key(
    api_key: str, customer_key: str, method: Literal["GET", "POST"]
) -> None:
    """F78: a key of any characters is sent back unchanged; all but unreserved are escaped."""
    requests = asyncio.run(round_trip(api_key, customer_key, method))
    for request in requests[1:]:
        query = request.target.partition("?")[2] if method == "GET" else (request.body or b"")
        text = query if isinstance(query, str) else query.decode("ascii")
        pairs = [pair.partition("=")[::2] for pair in text.split("&")]
        assert all(ENCODED.fullmatch(part) for pair in pairs for part in pair)
        read = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))
        assert len(read) == len(pairs)
        assert read["session_key_api"] == api_key
    assert read["session_key_customer"] == customer_key


async def round_trip(
    api_key: str, customer_key: str, method: Literal["GET", "POST"]
) -> list[Request]:
    """The three requests of a first command, where the service issues these keys."""
    script = ScriptedTransport(
        [
            {"status": 200, "sessionKey": api_key},
            {"status": 200, "sessionKey": customer_key, "customerID": 13913},
            {"status": 200},
        ]
    )
    async with BoxTracker("u", "p", transport=script, method=method) as client:
        await one(client.customer("jane", "jane-password"))
    return script.requests


async def test_f79_update_failed_on_reads(client: BoxTracker, server: FakeTracker) -> None:
    """F79: 700 on 500 reads costs one renewal for all, and one repeat for each."""
    left = [{"status": 700}] * MANY
    server.answers.append(
        lambda request: left.pop() if left and request.operation == JOB_SITES else None
    )
    assert answered(await ended(many(client.customer("jane", "jane-password")))) == EVERYBODY
    assert handshakes(server) == (2, 2)
    assert server.counts[JOB_SITES] == 2 * MANY


async def test_f79_update_failed_on_changing_commands(
    client: BoxTracker, server: FakeTracker
) -> None:
    """F79: 700 on a changing command proves nothing: sent once, its outcome is unknown."""
    server.answers.append(lambda request: {"status": 700} if request.operation == PAYMENT else None)
    customer = client.customer("jane", "jane-password")
    calls = (customer.command(PAYMENT, payment_mode=2) for _ in EVERYBODY)
    outcomes: list[Any] = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error) for error in outcomes} == {OutcomeUnknownError}
    assert all(error.may_have_been_applied for error in outcomes)
    assert server.counts[PAYMENT] == MANY
