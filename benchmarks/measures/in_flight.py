"""Memory of a task in flight: the origin holds every answer while the bytes are counted."""

import asyncio
import gc
import tracemalloc

from benchmarks.measures.job import Job, Numbers

__all__ = ["measure"]

_PAUSES = 600
_PAUSE = 0.05


async def measure(job: Job) -> Numbers:
    """Bytes that ``tasks`` calls under way hold, each: its task, its request, its connection."""
    job.steer({"do": "reset"})
    contender = await job.opened()
    try:
        await contender.call()
        job.steer({"do": "hold"})
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        calls = [asyncio.ensure_future(contender.call()) for _ in range(job.tasks)]
        waiting = await _all_held(job)
        gc.collect()
        held = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        job.steer({"do": "release"})
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    finally:
        tracemalloc.stop()
        job.steer({"do": "release"})
        await contender.close()
    errors = sum(isinstance(outcome, BaseException) for outcome in outcomes)
    return {"bytes": held / job.tasks, "waiting": waiting, "errors": errors}


async def _all_held(job: Job) -> int:
    """Waits until the origin holds every request; how many it holds."""
    waiting = 0
    for _ in range(_PAUSES):
        await asyncio.sleep(_PAUSE)
        waiting = job.steer({"do": "read"})["held"]
        if waiting == job.tasks:
            break
    return waiting
