"""Sessions shared by several clients: who makes the handshake, and who adopts it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from boxapis import AuthenticationError, ConnectError, PermissionDeniedError
from tests.support.doubles import CUSTOMER, JOB_SITES, LOG_OUT, PORTAL
from tests.support.fleet import Fleet


@pytest.fixture
async def fleet() -> AsyncIterator[Fleet]:
    """A fleet of eight workers."""
    async with Fleet(8) as made:
        yield made
        await made.settle()
    assert len(asyncio.all_tasks()) == 1


async def test_cold(fleet: Fleet) -> None:
    """However many processes and tasks begin at once, each session is opened once."""
    answers = await fleet.run(*(worker.call() for worker in fleet.workers for _ in range(20)))
    assert [answer["status"] for answer in answers] == [200] * 160
    assert fleet.counts == (1, 1)
    assert fleet.tracker.counts[JOB_SITES] == 160
    # Joiners add none, be they ever so late.
    await fleet.run(fleet.join().call())
    assert fleet.counts == (1, 1)


async def test_expired(fleet: Fleet) -> None:
    """When all sessions have expired, each is opened once more."""
    await fleet.run(*(worker.call() for worker in fleet.workers))
    fleet.tracker.expire_all()
    answers = await fleet.run(*(worker.call() for worker in fleet.workers for _ in range(5)))
    assert [answer["status"] for answer in answers] == [200] * 40
    assert fleet.counts == (2, 2)


async def test_the_use_by_one_keeps_it_fresh_for_all(fleet: Fleet) -> None:
    """A session that one worker uses is fresh for one that was idle for much longer."""
    busy, idle = fleet.workers[:2]
    await fleet.run(busy.call(), idle.call())
    for _ in range(10):
        await fleet.pass_time(60.0)
        await fleet.run(busy.call())
    await fleet.run(idle.call())
    assert fleet.counts == (1, 1)


async def test_an_object_for_each_request(fleet: Fleet) -> None:
    """As in a web service: what objects that are used once did keeps the session fresh for all."""
    for number in range(60):
        customer = fleet.workers[number % 3].client.customer("jane", "jane-password")
        await fleet.run(customer.command(JOB_SITES))
        await fleet.pass_time(10.0)
    assert fleet.counts == (1, 1)


async def test_wrong_api_password(fleet: Fleet) -> None:
    """F223: eight workers with a wrong API password: one refused login a minute."""
    right, wrong = fleet.workers[0], [fleet.join(password="wrong") for _ in range(8)]

    async def refused() -> int:
        failures = await fleet.run(*(worker.call() for worker in wrong for _ in range(3)))
        assert {(type(failure), failure.code) for failure in failures} == {
            (AuthenticationError, 500)
        }
        return fleet.tracker.counts[PORTAL]

    assert await refused() == 1
    await fleet.pass_time(50.0)
    wrong = [fleet.join(password="wrong")]
    assert await refused() == 1
    await fleet.pass_time(10.1)  # a minute after the login, not after this one has joined
    assert await refused() == 2
    assert (await fleet.run(right.call()))[0]["status"] == 200


async def test_wrong_customer_password(fleet: Fleet) -> None:
    """F224: the workers with the right password notice nothing of those with a wrong one."""
    right, wrong = fleet.workers[:], [fleet.join(customer_password="wrong") for _ in range(3)]
    for _ in range(2):
        *answers, first, second, third = await fleet.run(
            *(worker.call() for worker in right for _ in range(5)),
            *(worker.call() for worker in wrong),
        )
        assert {answer["status"] for answer in answers} == {200}
        assert {type(error) for error in (first, second, third)} == {AuthenticationError}
        assert fleet.counts == (1, 2)


async def test_explicit_handshake(fleet: Fleet) -> None:
    """An explicit handshake is made in spite of a usable session, but joins one under way."""
    one, other = fleet.workers[:2]
    await fleet.run(one.call(), other.call())
    opened = (await fleet.run(one.customer.handshake()))[0]
    assert (fleet.counts, opened.customer_id) == ((1, 2), 13913)
    fleet.tracker.gates[CUSTOMER] = gate = asyncio.Event()
    asked = [asyncio.ensure_future(worker.customer.handshake()) for worker in fleet.workers]
    await fleet.pass_time(5.0)
    assert fleet.counts == (1, 3)
    gate.set()
    await fleet.until(lambda: all(handshake.done() for handshake in asked))
    assert {(await handshake).customer_id for handshake in asked} == {13913}
    assert fleet.counts == (1, 3)


async def test_explicit_handshake_ends_the_cool_down_of_others(fleet: Fleet) -> None:
    """F223: the failure of another process does not stop a handshake that the user asks for."""
    one, other = fleet.workers[:2]
    fleet.tracker.answers.append(
        lambda request: {"status": 500} if request.operation == PORTAL else None
    )
    await fleet.run(one.call(), other.call())
    assert fleet.counts == (1, 0)
    fleet.tracker.answers.clear()
    assert (await fleet.run(other.customer.handshake()))[0].customer_id == 13913
    assert fleet.counts == (2, 1)


@pytest.mark.parametrize("command", [PORTAL, CUSTOMER])
async def test_explicit_handshakes_of_all_after_a_failure(fleet: Fleet, command: str) -> None:
    """F250: the first makes one in spite of the failure; the others wait for it, and adopt it."""
    fleet.tracker.answers.append(
        lambda request: {"status": 500} if request.operation == command else None
    )
    await fleet.run(*(worker.call() for worker in fleet.workers))
    fleet.tracker.answers.clear()
    before = fleet.tracker.counts[command]
    fleet.tracker.gates[command] = gate = asyncio.Event()
    asked = [asyncio.ensure_future(worker.customer.handshake()) for worker in fleet.workers]
    await fleet.pass_time(2.0)
    gate.set()
    await fleet.until(lambda: all(handshake.done() for handshake in asked))
    assert {(await handshake).customer_id for handshake in asked} == {13913}
    assert fleet.tracker.counts[command] == before + 1


async def test_wrong_address(fleet: Fleet) -> None:
    """F252: a machine at another address than the registered one is refused alone."""
    astray, *others = fleet.workers
    refusals = [{"status": 509}]
    fleet.tracker.answers.append(lambda _: refusals.pop() if refusals else None)
    assert isinstance((await fleet.run(astray.call()))[0], PermissionDeniedError)
    answers = await fleet.run(*(worker.call() for worker in others))
    assert {answer["status"] for answer in answers} == {200}
    assert isinstance((await fleet.run(astray.call()))[0], PermissionDeniedError)
    assert fleet.counts == (2, 1)


async def test_nothing_sent(fleet: Fleet) -> None:
    """F225: a process whose network is broken fails alone; another one tries at once."""
    one, other = fleet.workers[:2]
    broken = [ConnectError("no network", phase="connect")]
    fleet.tracker.answers.append(lambda _: broken.pop() if broken else None)
    assert isinstance((await fleet.run(one.call()))[0], ConnectError)
    assert (await fleet.run(other.call()))[0]["status"] == 200
    assert fleet.counts == (2, 1)


async def test_transient_failure(fleet: Fleet) -> None:
    """F225: any other failure of a handshake holds for all processes, for a second."""
    fleet.tracker.answers.append(lambda _: {"status": 999})
    failures = await fleet.run(*(worker.call() for worker in fleet.workers))
    assert [failure.code for failure in failures] == [999] * 8
    assert fleet.counts == (1, 0)
    await fleet.pass_time(1.1)
    await fleet.run(*(worker.call() for worker in fleet.workers))
    assert fleet.counts == (2, 0)


async def test_log_out(fleet: Fleet) -> None:
    """F226: a log-out ends the session for all; who holds the password logs in anew."""
    one, other, idle = fleet.workers[:3]
    await fleet.run(one.call(), other.call(), idle.call())
    await fleet.run(one.customer.logout())
    assert fleet.tracker.counts[LOG_OUT] == 1
    assert (await fleet.run(other.call()))[0]["status"] == 200
    assert (await fleet.run(idle.call()))[0]["status"] == 200
    assert fleet.counts == (2, 2)
    assert type((await fleet.run(one.call()))[0]).__name__ == "ClientClosedError"
    assert (await fleet.run(one.customer.handshake()))[0].customer_id == 13913
    assert (await fleet.run(one.call()))[0]["status"] == 200
