"""Worker process of a trial, with the clients of a user: ``python -m benchmarks.trials.worker``.

It does one job per JSON line from stdin, all on one event loop, and writes one result per line. It
exits when stdin is closed.
"""

import asyncio
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

from attrs import define, field

from benchmarks.machine import pin_to_core
from boxapis import BoxC, BoxTracker, Limits, SessionTiming

__all__ = ["Worker", "main"]

_COMMAND = "cmdBoxTPortalJobsiteList"


class _WarningCounter(logging.Handler):
    """Counts the library's warnings."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - a handler's
        self.count += 1


@define
class _Calls:
    """What became of the calls of a job.

    Attributes:
        answered: Calls that were answered.
        errors: Failed calls by class of the error.
        slowest: Seconds of the longest call.
    """

    answered: int = 0
    errors: Counter[str] = field(factory=Counter)
    slowest: float = 0.0

    async def repeat(self, call: Callable[[], Awaitable[Any]], end: float, pause: float) -> None:
        """Calls at least once, and again and again until ``end``."""
        now = time.monotonic()
        while True:
            started = now
            try:
                await call()
                self.answered += 1
            except Exception as error:  # noqa: BLE001 - any error is counted
                self.errors[type(error).__name__] += 1
            now = time.monotonic()
            self.slowest = max(self.slowest, now - started)
            if now >= end:
                return
            if pause:
                await asyncio.sleep(pause)
                now = time.monotonic()


class Worker:
    """The clients of one process."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._calls: dict[str, Callable[[], Awaitable[Any]]] = {}
        self._warnings = _WarningCounter()
        logging.getLogger("boxapis").addHandler(self._warnings)

    async def open(
        self,
        *,
        environment: dict[str, str],
        credential: int = 0,
        store: str = "",
        connections: int = 20,
        timing: dict[str, float] | None = None,
        sharing: dict[str, float] | None = None,
        rate_share: float = 1.0,
    ) -> dict[str, Any]:
        """Opens the clients. Nothing is sent yet.

        Args:
            environment: Variables of the user.
            credential: Id of the BoxC credential that calls look up.
            store: The store as ``sqlite:PATH`` or a URL of Redis; empty for none.
            connections: Most connections of each client.
            timing: Fields of `SessionTiming` that are not the default.
            sharing: Fields of `Sharing` that are not the default.
            rate_share: Share of BoxC's rate without a store.
        """
        shared = await self._shared(store)
        limits = Limits(max_connections=connections)
        tracker = BoxTracker(
            environment["BOXTRACKER_USERNAME"],
            environment["BOXTRACKER_PASSWORD"],
            base_url=environment["BOXTRACKER_BASE_URL"],
            timing=SessionTiming(**timing or {}),
            limits=limits,
            **shared,
            **_sharing(shared, sharing),
        )
        boxc = BoxC(
            environment["BOXC_TOKEN"],
            base_url=environment["BOXC_BASE_URL"],
            rate_share=rate_share,
            limits=limits,
            **shared,
        )
        await self._stack.enter_async_context(tracker)
        await self._stack.enter_async_context(boxc)
        customer = tracker.customer(
            environment["BOXTRACKER_CUSTOMER_USERNAME"],
            environment["BOXTRACKER_CUSTOMER_PASSWORD"],
        )
        self._calls = {
            "boxtracker": lambda: customer.command(_COMMAND, offset=0),
            "boxc": lambda: boxc.credentials.get(credential),
        }
        return {}

    async def _shared(self, store: str) -> dict[str, Any]:
        """Returns the option that has the store, if there is one."""
        if not store:
            return {}
        from boxapis import stores  # noqa: PLC0415 - without a store it is not imported

        kind, _, path = store.partition(":")
        opened = stores.SQLiteStore(path) if kind == "sqlite" else stores.RedisStore(store)
        return {"store": await self._stack.enter_async_context(opened)}

    async def load(
        self,
        *,
        call: str = "boxtracker",
        tasks: int,
        seconds: float = 0.0,
        pause: float = 0.0,
        start: float = 0.0,
    ) -> dict[str, Any]:
        """Calls from several tasks.

        Args:
            call: ``boxtracker`` or ``boxc``.
            tasks: Number of tasks.
            seconds: Time during which each task calls again and again; 0 for one call.
            pause: Seconds between two calls of a task.
            start: When to start, on the monotonic clock, which is the same for all processes.
        """
        await asyncio.sleep(max(0.0, start - time.monotonic()))
        calls, cpu, started = _Calls(), time.process_time(), time.monotonic()
        end = started + seconds
        repeated = (calls.repeat(self._calls[call], end, pause) for _ in range(tasks))
        await asyncio.gather(*repeated)
        return {
            "answered": calls.answered,
            "errors": calls.errors,
            "slowest": calls.slowest,
            "started": started,
            "ended": time.monotonic(),
            "cpu": time.process_time() - cpu,
            "warnings": self._warnings.count,
        }

    async def close(self) -> dict[str, Any]:
        """Closes the clients and the store."""
        await self._stack.aclose()
        return {}


def _sharing(shared: dict[str, Any], sharing: dict[str, float] | None) -> dict[str, Any]:
    if not shared or not sharing:
        return {}
    from boxapis.options import Sharing  # noqa: PLC0415 - only with a store

    return {"sharing": Sharing(**sharing)}


async def _work() -> None:
    worker, loop = Worker(), asyncio.get_running_loop()
    # The loop goes on between two jobs, as that of a service does between two requests.
    while text := await loop.run_in_executor(None, sys.stdin.readline):
        job = json.loads(text)
        result = await getattr(worker, job.pop("job"))(**job)
        print(json.dumps(result), flush=True)
    await worker.close()


def main(core: str = "") -> None:
    """Does jobs until stdin is closed."""
    pin_to_core(core)
    asyncio.run(_work())


if __name__ == "__main__":
    main(*sys.argv[1:2])
