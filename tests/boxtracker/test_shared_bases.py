"""Sessions shared by several clients: customers' sessions, and the API sessions they stand on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.doubles import CUSTOMER, JOB_SITES, PORTAL
from tests.support.fleet import Fleet, Worker


@pytest.fixture
async def fleet() -> AsyncIterator[Fleet]:
    """A fleet of three workers, each of which has both sessions."""
    async with Fleet(3) as made:
        await made.run(*(worker.call() for worker in made.workers))
        assert made.counts == (1, 1)
        yield made
        await made.settle()
    assert len(asyncio.all_tasks()) == 1


def keys(worker: Worker) -> tuple[str, str]:
    """The keys of a worker's API session and of its customer's session."""
    session = worker.customer._session.current
    assert session is not None
    assert session.base is not None
    return session.base.key.reveal(), session.key.reveal()


def end(fleet: Fleet, owner: str) -> None:
    """The service forgets the sessions of one owner."""
    for key in [key for key in fleet.tracker.last_used if key.startswith(f"{owner}-")]:
        del fleet.tracker.last_used[key]


async def test_older_api_session_gives_way(fleet: Fleet) -> None:
    """A worker whose API session is older than the customer's new one adopts both."""
    one, other, _ = fleet.workers
    end(fleet, "jane")
    await fleet.run(one.call())
    assert fleet.counts == (2, 2)
    assert keys(other) != keys(one)
    await fleet.run(other.call())  # its key is refused, and it finds both sessions
    assert (fleet.counts, keys(other)) == ((2, 2), keys(one))


async def test_notes_bring_newer_sessions(fleet: Fleet) -> None:
    """A worker that uses an older session, although it lives, ends up on the newest one, too."""
    one, other, _ = fleet.workers
    fleet.tracker.answers.append(_refused_once(one))
    await fleet.run(one.call())
    assert fleet.counts == (2, 2)
    for _ in range(3):
        await fleet.pass_time(40.0)
        await fleet.run(one.call(), other.call())
    assert (fleet.counts, keys(other)) == ((2, 2), keys(one))


def _refused_once(worker: Worker) -> Any:
    left = [worker]

    def answer(request: Any) -> Any:
        return {"status": 507} if request.operation == JOB_SITES and left and left.pop() else None

    return answer


async def test_customer_on_an_older_api_session(fleet: Fleet) -> None:
    """A customer's key is confirmed on the newer API session, by one process for all."""
    joe = [worker.client.customer("joe", "joe-password") for worker in fleet.workers]
    await fleet.run(*(customer.command(JOB_SITES) for customer in joe))
    assert fleet.counts == (1, 2)
    jane = keys(fleet.workers[0])[1]
    end(fleet, "joe")
    await fleet.run(*(customer.command(JOB_SITES) for customer in joe))
    assert fleet.counts == (2, 3)  # joe's end is taken for the API session's
    await fleet.run(*(worker.call() for worker in fleet.workers))
    assert fleet.counts == (2, 4)
    assert {keys(worker)[1] for worker in fleet.workers} == {jane}
    assert "session_key_customer" in _arguments(fleet, CUSTOMER)


def _arguments(fleet: Fleet, command: str) -> dict[str, str]:
    return [one.arguments for one in fleet.tracker.requests if one.operation == command][-1]


async def test_stale_session_of_others(fleet: Fleet) -> None:
    """A stale session that others opened is confirmed with its key; the password is not sent."""
    jane = keys(fleet.workers[0])[1]
    fleet.clock.advance(250.0)
    late = fleet.join()
    await fleet.run(late.call())
    assert (fleet.counts, keys(late)[1]) == ((2, 2), jane)
    assert _arguments(fleet, CUSTOMER)["session_key_customer"] == jane
    assert "password_customer" not in _arguments(fleet, CUSTOMER)


async def test_standby(fleet: Fleet) -> None:
    """F230: a standby that proved good is the API session of all; until then it is of one."""
    one, other, _ = fleet.workers
    end(fleet, "api")
    new = one.client.customer("joe", "joe-password")
    await fleet.run(new.command(JOB_SITES))
    assert fleet.counts == (2, 3)  # refused on the old one, accepted on the standby
    same = other.client.customer("joe", "joe-password")
    await fleet.run(same.command(JOB_SITES))
    assert fleet.counts == (2, 3)
    await fleet.run(*(worker.call() for worker in fleet.workers))
    assert fleet.counts == (2, 4)


async def test_newer_api_session_in_place_of_a_standby(fleet: Fleet) -> None:
    """F230: where another process has renewed the API session, no standby is opened."""
    one, other, _ = fleet.workers
    end(fleet, "api")
    await fleet.run(one.call())
    assert fleet.counts == (2, 2)
    await fleet.run(other.client.customer("joe", "joe-password").command(JOB_SITES))
    assert fleet.tracker.counts[PORTAL] == 2


@pytest.mark.parametrize("user", ["jane", "joe"])
async def test_sessions_end_twice(fleet: Fleet, user: str) -> None:
    """F253: one that was idle meanwhile is refused with its own sessions and with the newest."""
    one, _, idle = fleet.workers
    newcomer = idle.client.customer("joe", "joe-password")  # who logs in on an API session
    for call in one.call(), idle.call() if user == "jane" else newcomer.command(JOB_SITES):
        fleet.tracker.expire_all()
        fleet.clock.advance(1.0)
        assert (await fleet.run(call))[0]["status"] == 200
    assert fleet.counts[0] == 3


async def test_not_shared(fleet: Fleet) -> None:
    """Handshakes as single actions, and customers held by a key, are of one process."""
    one, other, _ = fleet.workers
    before = dict(fleet.memory.states)
    await fleet.run(one.client.handshakes.portal(), other.client.handshakes.portal())
    await fleet.run(one.client.handshakes.customer("joe", "joe-password"))
    key = one.customer.session_key
    await fleet.run(
        *(w.client.customer("jane", session_key=key).command(JOB_SITES) for w in fleet.workers)
    )
    assert fleet.counts == (3, 5)
    assert fleet.memory.states.keys() == before.keys()


async def test_api_session_is_noted_by_customers_held_by_a_key(fleet: Fleet) -> None:
    """An API session that only customers without password use stays fresh for all."""
    one, other, _ = fleet.workers
    held = one.client.customer("jane", session_key=one.customer.session_key)
    for _ in range(8):
        await fleet.run(held.command(JOB_SITES))
        await fleet.pass_time(60.0)
    await fleet.run(other.client.customer("joe", "joe-password").command(JOB_SITES))
    assert fleet.tracker.counts[PORTAL] == 1


async def test_resumed_with_a_password(fleet: Fleet) -> None:
    """A key of the user's own, held with the password, gives way to the session of the fleet."""
    one = fleet.join()
    resumed = one.client.customer("jane", "jane-password", session_key="an-older-key")
    await fleet.run(resumed.command(JOB_SITES))
    assert fleet.counts == (1, 1)
    assert resumed.session_key == fleet.workers[0].customer.session_key


async def test_fences_grow(fleet: Fleet) -> None:
    """F231: fences grow, also when the store has lost everything, and all workers go on."""
    fences: dict[str, int] = {}
    for handshakes in (1, 2, 3):
        assert fleet.counts == (handshakes, handshakes)
        for key, (_, slot) in fleet.memory.states.items():
            assert slot.record_fence > fences.get(key, 0)
            fences[key] = slot.record_fence
        fleet.memory.states.clear()
        fleet.tracker.expire_all()
        await fleet.run(*(worker.call() for worker in fleet.workers))
    assert len(fences) == 2


async def test_two_objects_of_one_process(fleet: Fleet) -> None:
    """Two objects of one process with the same password share as two processes do."""
    one = fleet.join()
    two = [one.client.customer("joe", "joe-password") for _ in range(2)]
    await fleet.run(*(customer.command(JOB_SITES) for customer in two))
    assert fleet.counts == (1, 2)
    assert two[0].session_key == two[1].session_key
