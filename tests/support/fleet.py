"""A fleet: clients of one user, each with its own way to one store, on a clock that is moved."""

import asyncio
import hashlib
from collections.abc import Coroutine
from typing import Any, Self

from boxapis import BoxTracker, Customer, Retries
from boxapis._core.clock import clocked
from boxapis.boxtracker._sealing import Sealing
from tests.support.doubles import JOB_SITES, FakeClock, FakeTracker
from tests.support.memory_store import Memory, MemoryStore, memory_store

__all__ = ["Fleet", "Worker", "sealing_of", "with_keys"]

RIGHT = ""
_TURNS = 100  # of the loop, in which everything that is ready runs
_STEP = 0.05  # seconds by which the time moves while all wait
_PASSING = 0.5  # the same while nothing is waited for


def sealing_of(client: BoxTracker) -> Sealing:
    """What seals a client's records."""
    sealing: Sealing = client._sharing._slots._sealing  # type: ignore[union-attr]
    return sealing


def with_keys(client: BoxTracker) -> BoxTracker:
    """Gives a client cheap keys at once, which it would else derive in a thread."""
    sealing = sealing_of(client)
    pepper = "" if sealing._pepper is None else sealing._pepper.reveal()
    text = f"{sealing._password.reveal()}\0{sealing._salt}\0{pepper}"
    both = hashlib.sha512(text.encode()).digest()
    sealing._keys = both[:32], both[32:]
    return client


class Worker:
    """One client with its store, and a customer."""

    def __init__(self, fleet: "Fleet", password: str, customer_password: str) -> None:
        self.store: MemoryStore = memory_store(fleet.memory)
        self.client = with_keys(
            clocked(BoxTracker, fleet.clock.clock)(
                "api-user",
                password,
                transport=fleet.tracker,
                retries=Retries.none(),
                store=self.store,
                **fleet.options,
            )
        )
        self.customer: Customer = self.client.customer("jane", customer_password)

    def call(self) -> Coroutine[Any, Any, Any]:
        """One command of the customer."""
        return self.customer.command(JOB_SITES, offset=0)

    async def aclose(self) -> None:
        """Closes the client and its store."""
        await self.client.aclose()
        await self.store.aclose()


class Fleet:
    """Workers, the service, and the memory of the store.

    Attributes:
        clock: The clock of all.
        tracker: The service.
        memory: What the store holds.
        workers: The workers.
    """

    def __init__(self, count: int = 0, **options: Any) -> None:
        self.clock = FakeClock()
        self.tracker = FakeTracker(self.clock)
        self.memory = Memory(self.clock.clock)
        self.options = options
        self.workers: list[Worker] = []
        for _ in range(count):
            self.join()

    def join(self, password: str = RIGHT, customer_password: str = RIGHT) -> Worker:
        """Adds a worker; its passwords are the right ones, or those that are given."""
        worker = Worker(self, password or "api-password", customer_password or "jane-password")
        self.workers.append(worker)
        return worker

    async def run(self, *works: Coroutine[Any, Any, Any]) -> list[Any]:
        """Runs works to their ends, and moves the time while all wait; returns what they return.

        An error that one raises is returned in its place.
        """
        tasks = [asyncio.ensure_future(work) for work in works]
        await self.until(lambda: all(task.done() for task in tasks))
        return await asyncio.gather(*tasks, return_exceptions=True)

    async def until(self, condition: Any) -> None:
        """Moves the time until the condition holds; fails when it does not within 10 minutes."""
        end = self.clock.moment + 600.0
        while self.clock.moment < end:
            for _ in range(_TURNS):
                if condition():
                    return
                await asyncio.sleep(0)
            self.clock.advance(_STEP)
        message = "it never came about"
        raise AssertionError(message)

    async def pass_time(self, seconds: float) -> None:
        """Moves the time, and lets everything that is due run."""
        end = self.clock.moment + seconds
        while self.clock.moment < end:
            self.clock.advance(min(_PASSING, end - self.clock.moment))
            for _ in range(_TURNS):
                await asyncio.sleep(0)

    async def settle(self) -> None:
        """Lets everything that is ready run."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    @property
    def counts(self) -> tuple[int, int]:
        """The numbers of portal and of customer handshakes so far."""
        counts = self.tracker.counts
        return counts["cmdBoxTPortalHandShake"], counts["cmdBoxTPortalCustomerHandShake"]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for worker in self.workers:
            await worker.aclose()
