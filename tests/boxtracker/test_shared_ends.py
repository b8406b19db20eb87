"""Clients with a store are closed, or their customers log out, in the middle of a handshake."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from boxapis import ClientClosedError, SessionTiming
from boxapis._sansio.boxtracker.leases import Claim, Land, Touch
from boxapis._sansio.step import Step
from tests.support.doubles import CUSTOMER, LOG_OUT, PORTAL, until
from tests.support.fleet import Fleet, Worker


@pytest.fixture
async def fleet() -> AsyncIterator[Fleet]:
    """A fleet of two workers, which are closed without a grace."""
    async with Fleet(2, timing=SessionTiming(logout_timeout=0)) as made:
        yield made
        await made.settle()
    assert len(asyncio.all_tasks()) == 1


async def begun(fleet: Fleet, worker: Worker, command: str) -> "asyncio.Task[Any]":
    """A worker's call, whose handshake has been sent and is not answered."""
    fleet.tracker.gates[command] = asyncio.Event()
    task = asyncio.ensure_future(worker.call())
    await fleet.until(lambda: fleet.tracker.counts[command] == 1)
    return task


async def closed(task: "asyncio.Task[Any]") -> bool:
    """Whether a call has ended with the client."""
    return isinstance((await asyncio.gather(task, return_exceptions=True))[0], ClientClosedError)


@pytest.mark.parametrize("command", [PORTAL, CUSTOMER])
async def test_closed_while_it_waits(fleet: Fleet, command: str) -> None:
    """F72: a client that waits for another one's handshake ends at once, and makes none itself."""
    holder, waiter = fleet.workers
    held = await begun(fleet, holder, command)
    waiting = asyncio.ensure_future(waiter.call())
    await fleet.pass_time(2.0)
    await waiter.client.aclose()
    assert await closed(waiting)
    fleet.tracker.gates.pop(command).set()
    assert (await fleet.run(asyncio.wait_for(held, None)))[0]["status"] == 200
    assert fleet.tracker.counts[command] == 1


@pytest.mark.parametrize("command", [PORTAL, CUSTOMER])
async def test_closed_while_it_makes_the_handshake(fleet: Fleet, command: str) -> None:
    """F227: a holder that is closed leaves the handshake to another one, within the lease."""
    holder, heir = fleet.workers
    held = await begun(fleet, holder, command)
    await holder.client.aclose()
    assert await closed(held)
    fleet.tracker.gates.pop(command).set()
    before = fleet.clock.moment
    assert (await fleet.run(heir.call()))[0]["status"] == 200
    assert fleet.clock.moment - before <= 3.5
    assert fleet.tracker.counts[command] == 2


async def test_closed_while_it_lands(fleet: Fleet) -> None:
    """F72: the session of a client that is being closed is left to the others, not logged out."""
    holder, heir = fleet.workers

    def before(step: Step[Any, Any]) -> None:
        if isinstance(step, Land) and fleet.tracker.counts[CUSTOMER]:
            holder.client._dispatcher.closed = True  # type: ignore[union-attr]

    holder.store.before = before
    await fleet.run(holder.call())
    holder.client._dispatcher.closed = False  # type: ignore[union-attr]
    assert (await fleet.run(heir.call()))[0]["status"] == 200
    assert (fleet.counts, fleet.tracker.counts[LOG_OUT]) == ((1, 1), 0)


@pytest.mark.parametrize("kind", [Claim, Land, Touch])
async def test_closed_while_the_store_is_asked(fleet: Fleet, kind: type[Step[Any, Any]]) -> None:
    """F229: a client is closed while the store does not answer: nothing of it is left running."""
    one, _ = fleet.workers
    if kind is Touch:
        await fleet.run(one.call())
        fleet.clock.advance(100.0)
    stuck = asyncio.Event()

    def hangs(step: Step[Any, Any]) -> bool:
        if isinstance(step, kind):
            stuck.set()
        return stuck.is_set()

    one.store.hangs = hangs
    call = asyncio.ensure_future(one.call())
    await stuck.wait()
    await one.client.aclose()
    outcome = (await asyncio.gather(call, return_exceptions=True))[0]
    assert kind is Touch or isinstance(outcome, ClientClosedError)
    one.store.hangs = None


async def test_adopted_while_it_is_closed() -> None:
    """F72: a session of the fleet that reaches a client that is being closed is not logged out."""
    async with Fleet(2) as fleet:
        one, other = fleet.workers
        await fleet.run(one.call(), other.client.customer("joe", "joe-password").handshake())
        other.store.gate = asyncio.Event()
        call = asyncio.ensure_future(other.call())
        await fleet.settle()
        closing = asyncio.ensure_future(other.client.aclose())
        assert await closed(call)
        other.store.gate.set()
        await closing
        assert fleet.tracker.counts[LOG_OUT] == 0


async def test_logged_out_while_it_waits(fleet: Fleet) -> None:
    """F72: a customer that logs out while another process logs in stays out, and ends nothing."""
    holder, waiter = fleet.workers
    held = await begun(fleet, holder, CUSTOMER)
    waiting = asyncio.ensure_future(waiter.call())
    await fleet.pass_time(1.0)
    await waiter.customer.logout()
    assert await closed(waiting)
    await fleet.pass_time(1.0)
    asked = sum(isinstance(step, Claim) for step in fleet.memory.steps)
    await fleet.pass_time(5.0)
    assert sum(isinstance(step, Claim) for step in fleet.memory.steps) == asked
    fleet.tracker.gates.pop(CUSTOMER).set()
    assert (await fleet.run(asyncio.wait_for(held, None)))[0]["status"] == 200
    assert waiter.customer.session_key is None
    assert (fleet.counts, fleet.tracker.counts[LOG_OUT]) == ((1, 1), 0)


async def test_logged_out_while_it_makes_the_handshake(fleet: Fleet) -> None:
    """F72: a session that arrives after the log-out is logged out, and goes into no store."""
    holder, other = fleet.workers
    held = await begun(fleet, holder, CUSTOMER)
    await holder.customer.logout()
    assert await closed(held)
    fleet.tracker.gates.pop(CUSTOMER).set()
    await until(lambda: fleet.tracker.counts[LOG_OUT] == 1)
    assert (await fleet.run(other.call()))[0]["status"] == 200
    assert fleet.counts == (1, 2)
