"""F229: a store that fails, loses its answers, is flushed or damaged, in the middle of every step.

Whatever becomes of a step, no call fails, no task is left, and both workers end up on one session.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from boxapis._core.loop_guard import running_loop
from tests.support.fleet import Fleet, Worker

Fault = Callable[[Worker], None]
STEPS = 20
"""The number of steps that a worker takes in the scenario when nothing fails, or some more."""


async def scenario(fleet: Fleet) -> None:
    """A fleet's day: cold, used, expired, refused to one, confirmed, logged out, and used again."""
    one, other = fleet.workers
    await calls(fleet)
    await fleet.pass_time(40.0)
    await calls(fleet)
    fleet.tracker.expire_all()
    await calls(fleet)
    fleet.clock.advance(250.0)
    await calls(fleet)
    opened = (await fleet.run(other.customer.handshake()))[0]
    assert opened.customer_id == 13913
    assert await fleet.run(one.customer.logout()) == [None]
    await fleet.run(one.customer.handshake())
    await calls(fleet)


async def calls(fleet: Fleet) -> None:
    """Both make calls; none of them fails."""
    answers = await fleet.run(*(worker.call() for worker in fleet.workers for _ in range(2)))
    assert [answer["status"] for answer in answers] == [200] * 4


def gone(worker: Worker) -> None:
    """The step is not done, and none after it."""
    raise ConnectionError


def flushed(worker: Worker) -> None:
    """The store loses everything just before the step."""
    worker.store.memory.states.clear()


def garbled(worker: Worker) -> None:
    """All records are damaged."""
    states = worker.store.memory.states
    for key, (expires, slot) in states.items():
        states[key] = (expires, evolve(slot, record=slot.record and b"garbled"))


def lost(worker: Worker) -> None:
    """The step is not done, or its answer is lost; nor is that of its second try."""
    raise ConnectionError


LASTS: dict[Fault, int] = {gone: 10**9, lost: 2, flushed: 1, garbled: 1}
"""The number of steps that a fault strikes, one after the other."""


def strike(worker: Worker, number: int, fault: Fault, when: str) -> list[int]:
    """Strikes a worker's store at its ``number``-th step; returns a list that counts the steps."""
    seen: list[int] = []

    def step(_: Any) -> None:
        seen.append(1)
        if number <= len(seen) < number + LASTS[fault]:
            fault(worker)

    setattr(worker.store, when, step)
    return seen


async def test_the_scenario() -> None:
    """Without a fault, it takes so many steps, and each session is opened once for both."""
    async with Fleet(2) as fleet:
        seen = strike(fleet.workers[0], 10**9, gone, "before")
        await scenario(fleet)
        assert STEPS - 5 <= len(seen) <= STEPS
        assert fleet.counts == (4, 6)


@pytest.mark.parametrize("number", range(1, STEPS + 1))
@pytest.mark.parametrize(
    ("fault", "when"),
    [
        (gone, "before"),
        (gone, "after"),
        (lost, "before"),
        (lost, "after"),
        (flushed, "before"),
        (garbled, "before"),
    ],
    ids=["gone", "gone with its answer", "not done", "answer lost", "flushed", "garbled"],
)
async def test_fault(fault: Fault, when: str, number: int) -> None:
    """F229: no call fails, nothing is left, and both have one session at the end."""
    async with Fleet(2) as fleet:
        one, other = fleet.workers
        strike(one, number, fault, when)
        await scenario(fleet)
        one.store.before = one.store.after = None
        for _ in range(3):
            await fleet.pass_time(45.0)
            await calls(fleet)
        assert one.customer.session_key == other.customer.session_key
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks(running_loop())) == 1
