"""A service as gunicorn's ``--preload`` runs it: it makes and uses a client, and then forks.

Run by `test_loops_and_forks` as a process of its own: ``preloaded.py KIND WAY LOOP``. Every process
tags its requests with offsets of its own, so that the test can tell them apart; the last line that
is printed says how the workers ended.
"""

import asyncio
import gc
import os
import sys
from importlib import import_module
from typing import Any

from boxapis import BoxTracker, Customer, Limits
from boxapis.transports import DirectTransport, HttpxTransport

JOB_SITES = "cmdBoxTPortalJobsiteList"
KINDS: dict[str, Any] = {"direct": DirectTransport, "httpx": HttpxTransport}
WORKERS = 3
CALLS = 20

# The master, before it forks: one client, made while the application is imported.
limits = Limits(keepalive_expiry=60)
client = BoxTracker.from_env(
    transport=KINDS[sys.argv[1]](proxy=False, limits=limits), limits=limits
)
jane = client.customer(
    os.environ["BOXTRACKER_CUSTOMER_USERNAME"], os.environ["BOXTRACKER_CUSTOMER_PASSWORD"]
)
omar = client.customer("omar", session_key=os.environ["KEY_OF_OMAR"])
new_event_loop = import_module(sys.argv[3]).new_event_loop
loop = new_event_loop()


async def call(customer: Customer, offset: int) -> None:
    """Makes one call in this process."""
    body = await customer.command(JOB_SITES, offset=offset)
    assert int(body["status"]) == 200


async def work(worker: int) -> None:
    """What a worker does: many calls at once, log-outs, and a proper end."""
    first = 100 * worker
    await asyncio.gather(*(call(jane, first + number) for number in range(CALLS)))
    await call(omar, first + CALLS)
    await jane.logout()
    await client.aclose()


def fork_worker(worker: int, *, way: str) -> int:
    """Forks a worker; returns its process id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        if way == "inside":
            asyncio.events._set_running_loop(None)
        if way == "same":
            loop.run_until_complete(work(worker))
        else:
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                runner.run(work(worker))
        gc.collect()
        status = 0
    finally:
        os._exit(status)


def ended(children: list[int]) -> list[int]:
    """The exit codes of the workers."""
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


async def wait_for_test() -> None:
    """Waits for a line from the test."""
    line = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), line.set)
    await line.wait()
    loop.remove_reader(sys.stdin.fileno())
    sys.stdin.readline()


async def forks_while_it_calls() -> list[int]:
    """Forks while two calls of the master are under way, whose answers the test keeps back."""
    print("ready", flush=True)  # noqa: T201 - read by the test
    await wait_for_test()
    calls = [asyncio.create_task(call(jane, number)) for number in (1, 2)]
    await wait_for_test()
    children = [fork_worker(worker, way="inside") for worker in range(1, WORKERS + 1)]
    await asyncio.gather(*calls)
    return ended(children)


def main(way: str) -> None:
    """Runs the master process."""
    loop.run_until_complete(call(jane, 0))
    if way == "inside":
        codes = loop.run_until_complete(forks_while_it_calls())
    else:
        codes = ended([fork_worker(worker, way=way) for worker in range(1, WORKERS + 1)])
    loop.run_until_complete(call(jane, 3))
    loop.run_until_complete(client.aclose())
    loop.close()
    print(codes)  # noqa: T201 - read by the test


main(sys.argv[2])
