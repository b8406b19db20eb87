"""Sessions shared by several clients: holders that die, or are stopped, during a handshake."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from boxapis._sansio.boxtracker.leases import Keep, Land
from boxapis.options import Sharing
from tests.support.doubles import CUSTOMER, LOG_OUT, PORTAL
from tests.support.fleet import Fleet, Worker


@pytest.fixture
async def fleet() -> AsyncIterator[Fleet]:
    """A fleet of three workers."""
    async with Fleet(3) as made:
        yield made
        await made.settle()
    assert len(asyncio.all_tasks()) == 1


def stop(worker: Worker) -> None:
    """From now on the worker's store hears nothing of it, as when its process is stopped."""

    def before(_: Any) -> None:
        raise ConnectionError

    worker.store.before = before


def go_on(worker: Worker) -> None:
    """The process goes on."""
    worker.store.before = None
    worker.store._out_until = 0.0


async def begun(fleet: Fleet, worker: Worker, command: str) -> "asyncio.Task[Any]":
    """A worker's call, whose handshake has been sent and is not answered."""
    fleet.tracker.gates[command] = asyncio.Event()
    task = asyncio.ensure_future(worker.call())
    await fleet.until(lambda: fleet.tracker.counts[command] == 1)
    return task


@pytest.mark.parametrize("command", [PORTAL, CUSTOMER])
async def test_holder_dies(fleet: Fleet, command: str) -> None:
    """F227: when the holder dies, another one makes the handshake within lease and 0.25 s."""
    dead, heir, joiner = fleet.workers
    lost = await begun(fleet, dead, command)
    waiting = [asyncio.ensure_future(worker.call()) for worker in (heir, joiner)]
    await fleet.pass_time(10.0)  # while it lives, they wait, however long
    assert fleet.tracker.counts[command] == 1
    gate = fleet.tracker.gates.pop(command)
    stop(dead)
    died = fleet.clock.moment
    await fleet.until(lambda: fleet.tracker.counts[command] == 2)
    assert fleet.clock.moment - died <= Sharing().lease + 0.25 + 0.05
    await fleet.until(lambda: all(task.done() for task in waiting))
    assert [(await task)["status"] for task in waiting] == [200, 200]
    assert fleet.tracker.counts[command] == 2
    lost.cancel()
    gate.set()
    await fleet.settle()


async def test_late_landing(fleet: Fleet) -> None:
    """F228: a holder that was stopped beyond its lease adopts the newer one and ends its own."""
    late, newer, _ = fleet.workers
    call = await begun(fleet, late, CUSTOMER)
    gate = fleet.tracker.gates.pop(CUSTOMER)
    stop(late)
    assert (await fleet.run(newer.call()))[0]["status"] == 200
    go_on(late)
    gate.set()
    await fleet.until(call.done)
    assert (await call)["status"] == 200
    key = newer.customer.session_key
    assert key is not None
    assert late.customer.session_key == key
    await fleet.until(lambda: fleet.tracker.counts[LOG_OUT] == 1)
    await fleet.settle()
    assert fleet.counts == (1, 2)
    assert [name for name in fleet.tracker.last_used if name.startswith("jane")] == [key.reveal()]


async def test_late_landing_of_an_api_session(fleet: Fleet) -> None:
    """F228: a late API session gives way to the newer one, and all customers stand on that."""
    late, newer, _ = fleet.workers
    call = await begun(fleet, late, PORTAL)
    gate = fleet.tracker.gates.pop(PORTAL)
    stop(late)
    await fleet.run(newer.call())
    go_on(late)
    gate.set()
    await fleet.until(call.done)
    assert (await call)["status"] == 200
    assert fleet.counts == (2, 1)


async def test_late_landing_while_another_one_is_made(fleet: Fleet) -> None:
    """F228: the late holder waits for the newer session; if that never comes, its own is taken."""
    late, heir, _ = fleet.workers
    call = await begun(fleet, late, CUSTOMER)
    gate = fleet.tracker.gates[CUSTOMER]
    stop(late)
    lost = asyncio.ensure_future(heir.call())
    await fleet.until(lambda: fleet.tracker.counts[CUSTOMER] == 2)
    stop(heir)
    go_on(late)
    fleet.tracker.gates.pop(CUSTOMER)
    # Only the first one is answered: both wait at the same gate.
    lost.cancel()
    gate.set()
    await fleet.until(call.done)
    assert (await call)["status"] == 200
    assert fleet.tracker.counts[LOG_OUT] == 0


async def test_refused_on_its_way_into_the_store(fleet: Fleet) -> None:
    """F229: a session that is refused while it lands is opened anew, and no call fails."""
    one, other, _ = fleet.workers
    gate = asyncio.Event()

    def before(step: Any) -> None:
        if isinstance(step, Land) and fleet.tracker.counts[CUSTOMER] == 1:
            one.store.gate = gate

    one.store.before = before
    first = asyncio.ensure_future(one.call())
    await fleet.until(lambda: one.customer.session_key is not None)
    fleet.tracker.forget_all()
    second = asyncio.ensure_future(one.call())
    await fleet.settle()
    one.store.before = one.store.gate = None
    gate.set()
    await fleet.until(lambda: first.done() and second.done())
    assert [(await call)["status"] for call in (first, second)] == [200, 200]
    await fleet.run(other.call())
    assert fleet.counts == (2, 2)


async def test_store_is_lost_while_landing(fleet: Fleet) -> None:
    """F229: a landing that is lost fails nothing; the session gets into the store with its use."""
    one, other, _ = fleet.workers

    def before(step: Any) -> None:
        if isinstance(step, Land | Keep):
            raise ConnectionError

    one.store.before = before
    assert (await fleet.run(one.call()))[0]["status"] == 200
    go_on(one)
    assert fleet.counts == (1, 1)
    await fleet.pass_time(10.0)
    await fleet.run(one.call())
    await fleet.settle()
    await fleet.run(other.call())
    assert fleet.counts == (1, 1)
