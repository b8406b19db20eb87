"""Keep-alive of idle sessions that are held without a password."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from boxapis import BoxTracker, Customer, Retries
from boxapis._core.clock import clocked
from tests.support.doubles import CUSTOMER, JOB_SITES, FakeClock, FakeTracker, until


@pytest.fixture
async def keeper(time: FakeClock, server: FakeTracker) -> AsyncIterator[BoxTracker]:
    """A client that keeps sessions alive."""
    async with clocked(BoxTracker, time.clock)(
        "api-user",
        "api-password",
        transport=server,
        keep_alive=True,
        retries=Retries.none(),
    ) as tracker:
        yield tracker
    assert [asyncio.current_task()] == list(asyncio.all_tasks())


async def resumed(keeper: BoxTracker, server: FakeTracker, key: str = "kept") -> Customer:
    """A customer resumed by the key alone."""
    server.last_used[key] = server.time.moment
    customer = keeper.customer("jane", session_key=key)
    await customer.handshake()
    return customer


async def pass_time(time: FakeClock, seconds: float) -> None:
    """Moves the time in small steps and lets the keep-alive task act on each."""
    for _ in range(int(seconds)):
        time.advance(1)
        for _ in range(8):
            await asyncio.sleep(0)


async def test_idle_session_is_kept(
    keeper: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """An idle session lives for twenty minutes, confirmed every two."""
    customer = await resumed(keeper, server)
    await pass_time(time, 1200)
    assert 9 <= server.counts[CUSTOMER] - 1 <= 10
    await customer.command(JOB_SITES, offset=0)
    assert server.counts[JOB_SITES] == 1
    assert customer.session_key == "kept"


@pytest.mark.parametrize(("chance", "expected"), [(0.0, 105), (0.5, 120), (0.999999, 135)])
async def test_jitter(
    keeper: BoxTracker, server: FakeTracker, time: FakeClock, chance: float, expected: int
) -> None:
    """The two minutes vary by up to fifteen seconds, so that sessions do not fall into step."""
    time.chance = chance
    customer = await resumed(keeper, server)
    await pass_time(time, expected - 1)
    assert server.counts[CUSTOMER] == 1
    await pass_time(time, 2)
    assert server.counts[CUSTOMER] == 2
    assert customer.session_key == "kept"


async def test_one_task_for_all(keeper: BoxTracker, server: FakeTracker) -> None:
    """A hundred sessions are watched by one task."""
    customers = [await resumed(keeper, server, f"key-{number}") for number in range(100)]
    assert len(asyncio.all_tasks()) == 2
    assert len(customers) == 100


async def test_used_session_is_left_alone(
    keeper: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """A session in use needs no confirmation."""
    customer = await resumed(keeper, server)
    for _ in range(10):
        await pass_time(time, 100)
        await customer.command(JOB_SITES, offset=0)
    assert server.counts[CUSTOMER] == 1


async def test_held_with_a_password_is_not_kept_alive(
    keeper: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """A session that can be renewed with a password is not kept alive."""
    customer = keeper.customer("jane", "jane-password")
    await customer.handshake()
    await pass_time(time, 400)
    assert server.counts[CUSTOMER] == 1


async def test_logged_out_is_not_brought_back(
    keeper: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """A session that the user ended stays ended."""
    customer = await resumed(keeper, server)
    await customer.logout()
    await pass_time(time, 400)
    assert server.counts[CUSTOMER] == 1
    assert customer.session_key is None


async def test_two_failures_end_it(
    keeper: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """After two failures in a row the session is not kept alive any more."""
    customer = await resumed(keeper, server)
    before = server.counts[CUSTOMER]
    server.answers.append(
        lambda request: {"status": 900} if request.operation == CUSTOMER else None
    )
    await pass_time(time, 600)
    assert server.counts[CUSTOMER] - before == 2
    assert customer.session_key == "kept"


async def test_dropped_customers_are_forgotten(
    keeper: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """Keep-alive does not hold on to a customer that the program has dropped."""
    await resumed(keeper, server)
    await until(lambda: True)
    await pass_time(time, 400)
    assert server.counts[CUSTOMER] == 1
