"""Measures the longest pause of the event loop while a long refusal is worked on."""

import asyncio
import gc
import time
from statistics import median
from typing import Any

from benchmarks import wire
from benchmarks.measures.job import Job, Numbers
from boxapis import APIError

__all__ = ["measure"]

_CALLS = 5


async def measure(job: Job) -> Numbers:
    """Measures milliseconds for each refusal: the longest pause, as the median of five calls."""
    job.control_origin({"action": "reset"})
    contender: Any = await job.open_contender()
    try:
        numbers: Numbers = {}
        for name in wire.REFUSALS:
            error = await contender.refused(name)  # what is made once is there from here on
            if isinstance(error, APIError) is (name == "brackets"):
                return {"failed": f"{name}: {error}"}
            pauses = [await _longest_pause(contender, name) for _ in range(_CALLS)]
            numbers[f"pause_{name}"] = 1e3 * median(pauses)
        return numbers
    finally:
        await contender.close()


async def _longest_pause(contender: Any, name: str) -> float:
    """Returns the longest time between two turns of the loop, which never waits meanwhile."""
    gc.collect()
    call = asyncio.ensure_future(contender.refused(name))
    longest, last = 0.0, time.perf_counter()
    while not call.done():
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    await call
    return longest
