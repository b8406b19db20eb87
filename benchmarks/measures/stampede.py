"""Measures many tasks at once on a cold client, or while the session keys expire."""

import asyncio
import gc
import time

from benchmarks import wire
from benchmarks.measures.job import Job, Numbers
from benchmarks.measures.throughput import Call, CallCounter

__all__ = ["measure"]


async def measure(job: Job) -> Numbers:
    """Runs ``tasks`` tasks at once, each with ``calls_per_task`` calls.

    With ``expire`` the client is warm, and the keys expire after half of the calls.
    """
    job.control_origin({"action": "reset"})
    contender = await job.open_contender()
    try:
        if job.expire:
            await asyncio.gather(*(contender.call() for _ in range(job.tasks)))
            job.control_origin({"action": "expire", "after": job.tasks * job.calls_per_task // 2})
        before = job.counts()
        numbers = await _measure(contender.call, job)
        after = job.counts()
    finally:
        await contender.close()
    new = {name: after[name] - before.get(name, 0) for name in after}
    return {
        **numbers,
        "handshakes": sum(new.get(name, 0) for name in wire.HANDSHAKES),
        "commands": new.get(wire.COMMAND, 0),
    }


async def _measure(call: Call, job: Job) -> Numbers:
    gc.collect()
    counter, cpu, wall = CallCounter(), time.process_time(), time.perf_counter()
    await asyncio.gather(
        *(_call_repeatedly(call, job.calls_per_task, counter) for _ in range(job.tasks))
    )
    seconds, used = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "calls": counter.calls,
        "errors": counter.errors,
        "seconds": seconds,
        "rate": counter.calls / seconds,
        "cpu_us": 1e6 * used / max(1, counter.calls),
        "busy": used / seconds,
    }


async def _call_repeatedly(call: Call, each: int, counter: CallCounter) -> None:
    for _ in range(each):
        try:
            answer = await call()
        except Exception as error:  # noqa: BLE001 - any error is counted
            counter.count_error(error)
            continue
        if wire.is_expected(answer):
            counter.calls += 1
        else:
            counter.errors += 1
