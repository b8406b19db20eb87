"""Measures the memory of idle customer sessions, thousands of them in one process."""

import gc
import itertools
import time
import tracemalloc
from collections.abc import Callable

from benchmarks import wire
from benchmarks.measures.job import Job, Numbers
from boxapis import BoxTracker, Customer
from boxapis.transports import Request, Response, ScriptedTransport

__all__ = ["measure"]


async def measure(job: Job) -> Numbers:
    """Measures the bytes of a customer object after one call; keeps ``tasks`` of them."""
    transport = ScriptedTransport(_script())
    transport.requests = _DiscardingList()
    tracker = BoxTracker(wire.API_USER, wire.API_PASSWORD, transport=transport)
    async with tracker:
        warm = await _customer(tracker, 0)  # the API session and every cache exist from here on
        gc.collect()
        tracemalloc.start()
        before, started = tracemalloc.get_traced_memory()[0], time.perf_counter()
        customers = [await _customer(tracker, number) for number in range(1, job.tasks + 1)]
        gc.collect()
        held = tracemalloc.get_traced_memory()[0] - before
        seconds = time.perf_counter() - started
        tracemalloc.stop()
        alive = sum(customer.session_key is not None for customer in (*customers, warm))
    return {"bytes": held / job.tasks, "alive": alive - 1, "seconds": seconds}


async def _customer(tracker: BoxTracker, number: int) -> Customer:
    """Returns a customer with its own name, password and session key, after one call."""
    customer = tracker.customer(f"customer-{number:07d}", f"password-{number:07d}")
    await customer.command(wire.COMMAND, offset=0)
    return customer


def _script() -> Callable[[Request], Response]:
    numbers = itertools.count(1)
    sites = b'{"status":200,"jobsites":[]}'

    def respond(request: Request) -> Response:
        if request.operation == wire.COMMAND:
            return Response(200, (), sites)
        return Response(200, (), _handshake(next(numbers)))

    return respond


def _handshake(number: int) -> bytes:
    return b'{"status":200,"sessionKey":"%018d","customerID":%d}' % (number, 100_000 + number)


class _DiscardingList(list[Request]):
    """A list that keeps nothing, so that recorded requests do not count as memory of sessions."""

    def append(self, item: Request, /) -> None:
        """Discards the item."""
