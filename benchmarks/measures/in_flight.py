"""Measures the memory of calls in flight, while the origin holds all responses back."""

import asyncio
import gc
import tracemalloc

from benchmarks.measures.job import Job, Numbers

__all__ = ["measure"]

_PAUSES = 600
_PAUSE = 0.05


async def measure(job: Job) -> Numbers:
    """Measures the bytes per call of ``tasks`` calls: task, request and connection."""
    job.control_origin({"action": "reset"})
    contender = await job.open_contender()
    try:
        await contender.call()
        job.control_origin({"action": "hold"})
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        calls = [asyncio.ensure_future(contender.call()) for _ in range(job.tasks)]
        waiting = await _wait_until_held(job)
        gc.collect()
        held = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        job.control_origin({"action": "release"})
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    finally:
        tracemalloc.stop()
        job.control_origin({"action": "release"})
        await contender.close()
    errors = sum(isinstance(outcome, BaseException) for outcome in outcomes)
    return {"bytes": held / job.tasks, "waiting": waiting, "errors": errors}


async def _wait_until_held(job: Job) -> int:
    """Waits until the origin holds every response; returns how many it holds."""
    waiting = 0
    for _ in range(_PAUSES):
        await asyncio.sleep(_PAUSE)
        waiting = job.control_origin({"action": "read"})["held"]
        if waiting == job.tasks:
            break
    return waiting
