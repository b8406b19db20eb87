"""Background tasks keep no context variables: those of the first caller are not the others'."""

import asyncio
import contextvars
import gc
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

from boxapis import BoxTracker
from boxapis._core.clock import clocked
from boxapis._core.rate_limiter import RateLimitQueue
from boxapis._sansio.boxc.ratelimit import Bucket
from tests.support.doubles import JOB_SITES, FakeClock, FakeTracker, until

VALUE: contextvars.ContextVar[object] = contextvars.ContextVar("VALUE")


class Value:
    """What a caller keeps in its context."""


async def with_a_value(call: Callable[[], Awaitable[Any]]) -> weakref.ref[Value]:
    """Makes a call in a context of its own that holds a value; returns a reference to that."""
    value = Value()

    async def run() -> None:
        VALUE.set(value)
        await call()

    await asyncio.create_task(run())
    return weakref.ref(value)


async def is_gone(reference: weakref.ref[Value]) -> bool:
    """Whether nothing holds the value any more, once the loop has let go of the task."""
    for _ in range(5):
        await asyncio.sleep(0)
    gc.collect()
    return reference() is None


async def test_keep_alive(time: FakeClock, server: FakeTracker) -> None:
    """The keep-alive task does not hold the context of the call that started it."""
    server.last_used["kept"] = time.moment
    tracker = clocked(BoxTracker, time.clock)(
        "u", "api-password", transport=server, keep_alive=True
    )
    async with tracker:
        customer = tracker.customer("jane", session_key="kept")
        reference = await with_a_value(lambda: customer.command(JOB_SITES, offset=0))
        assert await is_gone(reference)
        assert len(asyncio.all_tasks()) == 2


async def test_rate_limit_queue(time: FakeClock) -> None:
    """The task that serves the rate limit's queue does not hold the first caller's context."""
    queue = RateLimitQueue(Bucket(), time.clock, None)
    served: set[RateLimitQueue] = set()
    for _ in range(28):
        await queue.acquire(served)

    async def wait() -> None:
        first = asyncio.create_task(queue.acquire(served))
        await until(lambda: bool(time.sleepers))
        first.cancel()
        await asyncio.wait((first,))

    reference = await with_a_value(wait)
    assert await is_gone(reference)
    assert len(asyncio.all_tasks()) == 2
    await queue.aclose()


async def test_closing(server: FakeTracker) -> None:
    """The task that closes a client does not hold the context of the call that closed it."""
    tracker = BoxTracker("u", "api-password", transport=server)
    reference = await with_a_value(tracker.aclose)
    assert await is_gone(reference)
