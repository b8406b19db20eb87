"""A client process: one contender, pinned to a core, measures what it is told to.

``python -m benchmarks.worker CORE`` reads JSON lines from its standard input, one job each, and
writes one answer each. Before the answer it may write orders for the origin; each is answered by
a line, too. It ends when the input is closed.
"""

import asyncio
import gc
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TextIO

from benchmarks.machine import allow_many_files, pin
from benchmarks.measures import bucket, capacity, idle, in_flight, stampede, throughput
from benchmarks.measures.job import Job, Numbers, Steer

__all__ = ["main", "run"]

Measure = Callable[[Job], Awaitable[Numbers]]

_MEASURES: dict[str, Measure] = {
    "throughput": throughput.measure,
    "stampede": stampede.measure,
    "in_flight": in_flight.measure,
    "idle": idle.measure,
}
_PLAIN: dict[str, Callable[[Job], Numbers]] = {
    "bucket": bucket.measure,
    "capacity": capacity.measure,
}


def run(fields: dict[str, Any], steer: Steer) -> Numbers:
    """Carries out one job on an event loop of its own; a failure is an answer, too."""
    job = Job(**fields, steer=steer)
    gc.collect()
    try:
        if job.measure in _PLAIN:
            return _PLAIN[job.measure](job)
        return asyncio.run(_awaited(job))
    except Exception as error:  # noqa: BLE001 - whatever a contender raises belongs in the table
        return {"failed": f"{type(error).__name__}: {error}"[:200]}


async def _awaited(job: Job) -> Numbers:
    return await _MEASURES[job.measure](job)


class _Line:
    """The two pipes to the process that gives the jobs."""

    def __init__(self, source: TextIO, target: TextIO) -> None:
        self._source = source
        self._target = target

    def say(self, value: dict[str, Any]) -> None:
        self._target.write(json.dumps(value) + "\n")
        self._target.flush()

    def steer(self, order: dict[str, Any]) -> dict[str, Any]:
        """An order for the origin, and what it said."""
        self.say({"order": order})
        answer: dict[str, Any] = json.loads(self._source.readline())
        return answer

    def work(self) -> None:
        while text := self._source.readline():
            self.say(run(json.loads(text), self.steer))


def main(core: str = "") -> None:
    """Works until the standard input is closed."""
    pin(core)
    allow_many_files()
    # Whatever a library prints goes to the standard error; the answers have the pipe to themselves.
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as target:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        _Line(sys.stdin, target).work()


if __name__ == "__main__":
    main(*sys.argv[1:2])
