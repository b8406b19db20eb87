"""So many tasks at once on a cold client, or with keys that die in the middle: time and counts."""

import asyncio
import gc
import time

from benchmarks import wire
from benchmarks.measures.job import Job, Numbers
from benchmarks.measures.throughput import Call, Tally

__all__ = ["measure"]


async def measure(job: Job) -> Numbers:
    """Each of ``tasks`` tasks makes ``each`` calls, all at once.

    With ``expire`` the client is warm before, and the keys die when half of the calls have come.
    """
    job.steer({"do": "reset"})
    contender = await job.opened()
    try:
        if job.expire:
            await asyncio.gather(*(contender.call() for _ in range(job.tasks)))
            job.steer({"do": "expire", "after": job.tasks * job.each // 2})
        before = job.counts()
        numbers = await _measured(contender.call, job)
        after = job.counts()
    finally:
        await contender.close()
    new = {name: after[name] - before.get(name, 0) for name in after}
    return {
        **numbers,
        "handshakes": sum(new.get(name, 0) for name in wire.HANDSHAKES),
        "commands": new.get(wire.COMMAND, 0),
    }


async def _measured(call: Call, job: Job) -> Numbers:
    gc.collect()
    tally, cpu, wall = Tally(), time.process_time(), time.perf_counter()
    await asyncio.gather(*(_caller(call, job.each, tally) for _ in range(job.tasks)))
    seconds, used = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "calls": tally.calls,
        "errors": tally.errors,
        "seconds": seconds,
        "rate": tally.calls / seconds,
        "cpu_us": 1e6 * used / max(1, tally.calls),
        "busy": used / seconds,
    }


async def _caller(call: Call, each: int, tally: Tally) -> None:
    for _ in range(each):
        try:
            answer = await call()
        except Exception as error:  # noqa: BLE001 - counted, whatever it is
            tally.fail(error)
            continue
        if wire.is_right(answer):
            tally.calls += 1
        else:
            tally.errors += 1
