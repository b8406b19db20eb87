"""Measures calls per second and CPU time per call of a warm client."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from typing import Any

from attrs import define, field

from benchmarks import wire
from benchmarks.contenders._plain_client import Contender
from benchmarks.machine import cpu_time_of
from benchmarks.measures.job import Job, Numbers

__all__ = ["Call", "CallCounter", "measure", "measure_contender"]

Call = Callable[[], Awaitable[Any]]

_MOST_CALLS = 10_000_000


@define
class CallCounter:
    """Counts calls and errors, and collects the class names of the errors."""

    calls: int = 0
    errors: int = 0
    error_names: set[str] = field(factory=set)

    def count_error(self, error: Exception) -> None:
        """Counts a call that failed."""
        self.errors += 1
        self.error_names.add(type(error).__name__)


async def measure(job: Job) -> Numbers:
    """Runs one round: set up, warm up, measure, close."""
    job.control_origin({"action": "reset"})
    return await measure_contender(await job.open_contender(), job)


async def measure_contender(contender: Contender, job: Job) -> Numbers:
    """Warms up a contender that is set up, measures and closes it."""
    try:
        call: Call = getattr(contender, job.call)
        warm = await _run_tasks(_checked(call, job.call), job.tasks, job.warm)
        if warm.errors:
            return {"failed": ", ".join(sorted(warm.error_names))}
        before = sum(job.counts().values())
        numbers = await _measure(call, job)
        asked = sum(job.counts().values()) - before
        return {**numbers, "requests_per_call": asked / max(1, numbers["calls"])}
    finally:
        await contender.close()


async def _measure(call: Call, job: Job) -> Numbers:
    gc.collect()
    origin, cpu, wall = cpu_time_of(job.origin_pid), time.process_time(), time.perf_counter()
    counter = await _run_tasks(call, job.tasks, job.seconds)
    seconds = time.perf_counter() - wall
    used, by_origin = time.process_time() - cpu, cpu_time_of(job.origin_pid) - origin
    done = max(1, counter.calls)
    return {
        "calls": counter.calls,
        "errors": counter.errors,
        "seconds": seconds,
        "rate": counter.calls / seconds,
        "cpu_us": 1e6 * used / done,
        "busy": used / seconds,
        "origin_busy": by_origin / seconds,
        "origin_us": 1e6 * by_origin / done,
    }


async def _run_tasks(call: Call, tasks: int, seconds: float) -> CallCounter:
    """Runs ``tasks`` tasks that call again and again, at least once, for some seconds."""
    counter, end = CallCounter(), time.perf_counter() + seconds
    await asyncio.gather(*(_call_repeatedly(call, end, counter) for _ in range(tasks)))
    return counter


async def _call_repeatedly(call: Call, end: float, counter: CallCounter) -> None:
    now = time.perf_counter
    for _ in range(_MOST_CALLS):
        try:
            await call()
            counter.calls += 1
        except Exception as error:  # noqa: BLE001 - any error is counted
            counter.count_error(error)
        if now() >= end:
            return


def _checked(call: Call, name: str) -> Call:
    """Returns the call with a check of its response, for the warm-up."""

    async def checked() -> None:
        answer = await call()
        right = {
            "call": wire.is_expected(answer),
            "boxc_list": wire.is_whole_list(answer),
        }
        if not right.get(name, wire.is_credential(answer)):
            message = "the answer is wrong"
            raise ValueError(message)

    return checked
