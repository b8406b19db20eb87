"""Client process of the benchmark: ``python -m benchmarks.worker CORE``.

It reads one job per JSON line from stdin and writes one result per line. Before the result it may
write commands for the origin, each of which is answered by a line. It exits when stdin is closed.
"""

import asyncio
import gc
import json
import os
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any, TextIO

from benchmarks.machine import age_memory, pin_to_core, raise_file_limit
from benchmarks.measures import (
    bucket,
    capacity,
    idle,
    in_flight,
    overhead,
    pauses,
    stampede,
    startup,
    throughput,
)
from benchmarks.measures.job import Job, Numbers, OriginControl

__all__ = ["main", "run"]

Measure = Callable[[Job], Awaitable[Numbers]]

_ASYNC_MEASURES: dict[str, Measure] = {
    "throughput": throughput.measure,
    "stampede": stampede.measure,
    "in_flight": in_flight.measure,
    "idle": idle.measure,
    "overhead": overhead.measure,
    "pauses": pauses.measure,
}
_SYNC_MEASURES: dict[str, Callable[[Job], Numbers]] = {
    "bucket": bucket.measure,
    "capacity": capacity.measure,
    "startup": startup.measure,
}


def run(fields: dict[str, Any], control_origin: OriginControl) -> Numbers:
    """Runs a job on a new event loop and returns its numbers; a failure is returned as well."""
    job = Job(**fields, control_origin=control_origin)
    gc.collect()
    try:
        if job.measure in _SYNC_MEASURES:
            return _SYNC_MEASURES[job.measure](job)
        factory = import_module(job.loop).new_event_loop
        with asyncio.Runner(loop_factory=factory) as runner:
            return runner.run(_run_async(job))
    except Exception as error:  # noqa: BLE001 - any error of a contender is shown in the table
        return {"failed": f"{type(error).__name__}: {error}"[:200]}


async def _run_async(job: Job) -> Numbers:
    return await _ASYNC_MEASURES[job.measure](job)


class _Pipe:
    """The two pipes to the parent process."""

    def __init__(self, source: TextIO, target: TextIO) -> None:
        self._source = source
        self._target = target

    def send(self, value: dict[str, Any]) -> None:
        self._target.write(json.dumps(value) + "\n")
        self._target.flush()

    def control_origin(self, command: dict[str, Any]) -> dict[str, Any]:
        """Sends a command to the origin and returns its state."""
        self.send({"origin_command": command})
        state: dict[str, Any] = json.loads(self._source.readline())
        return state

    def run_jobs(self) -> None:
        while text := self._source.readline():
            self.send(run(json.loads(text), self.control_origin))


def main(core: str = "") -> None:
    """Runs jobs until stdin is closed."""
    pin_to_core(core)
    raise_file_limit()
    age_memory()
    # What libraries print goes to stderr, so that the pipe has results only.
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as target:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        _Pipe(sys.stdin, target).run_jobs()


if __name__ == "__main__":
    main(*sys.argv[1:2])
