"""Calls a second and CPU time a call, with so many tasks at once, warmed up first."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from typing import Any

from attrs import define, field

from benchmarks import wire
from benchmarks.machine import cpu_time_of
from benchmarks.measures.job import Job, Numbers

__all__ = ["Call", "Tally", "measure"]

Call = Callable[[], Awaitable[Any]]

_MOST_CALLS = 10_000_000


@define
class Tally:
    """Calls that were answered, and the names of the errors of those that were not."""

    calls: int = 0
    errors: int = 0
    kinds: set[str] = field(factory=set)

    def fail(self, error: Exception) -> None:
        """Counts a call that was not answered."""
        self.errors += 1
        self.kinds.add(type(error).__name__)


async def measure(job: Job) -> Numbers:
    """One round: set up, warm up, measure, close."""
    job.steer({"do": "reset"})
    contender = await job.opened()
    try:
        call: Call = getattr(contender, job.call)
        warm = await _drive(_checked(call, job.call), job.tasks, job.warm)
        if warm.errors:
            return {"failed": ", ".join(sorted(warm.kinds))}
        before = sum(job.counts().values())
        numbers = await _measured(call, job)
        asked = sum(job.counts().values()) - before
        return {**numbers, "requests_per_call": asked / max(1, numbers["calls"])}
    finally:
        await contender.close()


async def _measured(call: Call, job: Job) -> Numbers:
    gc.collect()
    origin, cpu, wall = cpu_time_of(job.origin), time.process_time(), time.perf_counter()
    tally = await _drive(call, job.tasks, job.seconds)
    seconds = time.perf_counter() - wall
    used, by_origin = time.process_time() - cpu, cpu_time_of(job.origin) - origin
    done = max(1, tally.calls)
    return {
        "calls": tally.calls,
        "errors": tally.errors,
        "seconds": seconds,
        "rate": tally.calls / seconds,
        "cpu_us": 1e6 * used / done,
        "busy": used / seconds,
        "origin_busy": by_origin / seconds,
        "origin_us": 1e6 * by_origin / done,
    }


async def _drive(call: Call, tasks: int, seconds: float) -> Tally:
    """Lets so many tasks call, each at least once, until the time is over."""
    tally, end = Tally(), time.perf_counter() + seconds
    await asyncio.gather(*(_caller(call, end, tally) for _ in range(tasks)))
    return tally


async def _caller(call: Call, end: float, tally: Tally) -> None:
    now = time.perf_counter
    for _ in range(_MOST_CALLS):
        try:
            await call()
            tally.calls += 1
        except Exception as error:  # noqa: BLE001 - counted, whatever it is
            tally.fail(error)
        if now() >= end:
            return


def _checked(call: Call, name: str) -> Call:
    """The same call with its answer looked at, for the warm-up."""

    async def checked() -> None:
        answer = await call()
        right = {
            "call": wire.is_right(answer),
            "boxc_get": answer is not None,
            "boxc_list": answer == wire.ITEMS,
        }
        if not right[name]:
            message = "the answer is wrong"
            raise ValueError(message)

    return checked
