"""Shared by tests of loops and forks: clients of the sandbox, other threads, forked children."""

import asyncio
import contextlib
import gc
import logging
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

from boxapis import BoxTracker, ConfigurationError, Customer
from boxapis.sandbox import Sandbox
from boxapis.transports import DirectTransport, HttpxTransport
from tests.support.doubles import JOB_SITES, until

T = TypeVar("T")

KINDS: dict[str, Any] = {"direct": DirectTransport, "httpx": HttpxTransport}


def connected(sandbox: Sandbox, kind: str) -> tuple[BoxTracker, Customer]:
    """A client of the sandbox over one kind of transport, and one of its customers."""
    environment = sandbox.environment
    client = BoxTracker(
        environment["BOXTRACKER_USERNAME"],
        environment["BOXTRACKER_PASSWORD"],
        base_url=sandbox.boxtracker_url,
        transport=KINDS[kind](proxy=False),
    )
    customer = client.customer(
        environment["BOXTRACKER_CUSTOMER_USERNAME"], environment["BOXTRACKER_CUSTOMER_PASSWORD"]
    )
    return client, customer


async def one(customer: Customer) -> int:
    """Sends one command; returns its status."""
    return int((await customer.command(JOB_SITES, offset=0))["status"])


def forked(work: Callable[[], int]) -> int:
    """Runs work in a forked child; returns its exit code, which is 99 when it fails."""
    child = os.fork()
    if child == 0:
        code = 99
        with contextlib.suppress(BaseException):
            code = work()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs work on a new loop, and fails when it does not end."""
    return asyncio.run(asyncio.wait_for(work, 30))


async def settled() -> None:
    """Waits until a loop runs no other task, and watches no socket but the one that wakes it."""
    await asyncio.sleep(0)  # what was scheduled while the loop stood still begins first
    await until(lambda: len(asyncio.all_tasks()) == 1 and not watched())


def watched() -> int:
    """The number of sockets that the loop watches for a test; uvloop does not tell."""
    selector = getattr(asyncio.get_running_loop(), "_selector", None)
    return 0 if selector is None else len(selector.get_map()) - 1  # one wakes it up


def elsewhere(work: Callable[[], Coroutine[Any, Any, Any]]) -> BaseException | None:
    """Runs work on a loop in another thread; returns the `ConfigurationError` it raises, if any."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work())
        except ConfigurationError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return failures[0] if failures else None


@contextlib.contextmanager
def collecting() -> Iterator[None]:
    """Collects garbage afterwards, without asyncio's messages about pending tasks in it."""
    logging.getLogger("asyncio").disabled = True
    try:
        yield
        gc.collect()
    finally:
        logging.getLogger("asyncio").disabled = False


def abandoned(work: Coroutine[Any, Any, Any]) -> None:
    """Runs work on a loop that is then closed with all its unfinished tasks."""
    loop = asyncio.new_event_loop()
    loop.run_until_complete(work)
    with collecting():
        loop.close()
