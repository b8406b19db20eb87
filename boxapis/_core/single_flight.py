"""`SingleFlight`: one piece of work in its own task, whose outcome any number of callers share.

Promises: a cancelled caller, the first one included, never ends the work. The outcome is a value,
so no exception is "never retrieved". Closing settles every caller at once, while the work gets a
moment to clean up.
"""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from boxapis._http.failures import client_closed
from boxapis.errors import BoxAPIError, type_name

__all__ = ["FlightGroup", "SingleFlight"]

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """One piece of work under way.

    Args:
        work: Called with this flight; returns the outcome.

    Attributes:
        task: The task the work runs in.
        is_explicit: Whether a caller asked for the work itself, and not just for a usable result.
    """

    __slots__ = ("_outcome", "is_explicit", "task")

    def __init__(self, work: "Work[T]") -> None:
        self.is_explicit = False
        loop = asyncio.get_running_loop()
        self._outcome: asyncio.Future[T | BoxAPIError] = loop.create_future()
        # An empty context: the first caller's deadlines and traces are not the others'. Not by the
        # loop's factory: an eager one would begin the work before its owner knows the flight.
        self.task = asyncio.Task(self._run(work), loop=loop, context=contextvars.Context())

    async def _run(self, work: "Work[T]") -> None:
        try:
            self.settle(await work(self))
        except Exception as error:  # noqa: BLE001 - whatever it is, every caller must end
            self.settle(BoxAPIError(f"the renewal failed in the client: {type_name(error)}"))
        finally:
            self.settle(client_closed())

    @property
    def settled(self) -> bool:
        """Whether the callers have their outcome."""
        return self._outcome.done()

    def settle(self, outcome: T | BoxAPIError) -> None:
        """Gives every caller this outcome, unless they have one or their loop is closed."""
        if not (self._outcome.done() or self._outcome.get_loop().is_closed()):
            self._outcome.set_result(outcome)

    async def outcome(self) -> T | BoxAPIError:
        """Waits for the outcome; cancelling the caller leaves the work and the others alone."""
        return await asyncio.shield(self._outcome)


Work = Callable[[SingleFlight[T]], Coroutine[Any, Any, T | BoxAPIError]]
"""The work of a flight; it gets the flight it runs in."""


class FlightGroup:
    """All flights under way on a loop, and the one that each owner's callers join."""

    __slots__ = ("_all", "_owned")

    def __init__(self) -> None:
        self._all: set[SingleFlight[Any]] = set()
        self._owned: dict[Hashable, SingleFlight[Any]] = {}

    def start(self, owner: Hashable, work: "Work[T]") -> SingleFlight[T]:
        """Starts a flight for an owner's callers to join."""
        flight = self._owned[owner] = SingleFlight(work)
        self._all.add(flight)
        flight.task.add_done_callback(lambda _: self._all.discard(flight))
        return flight

    def get(self, owner: Hashable) -> SingleFlight[Any] | None:
        """Returns the flight that an owner's callers join, if there is one."""
        return self._owned.get(owner)

    def share(self, owner: Hashable, flight: SingleFlight[T]) -> SingleFlight[T]:
        """Lets the callers of another owner join a flight as well."""
        self._owned[owner] = flight
        return flight

    def forget(self, owner: Hashable, flight: SingleFlight[Any]) -> bool:
        """Lets no further caller of an owner join this flight; returns whether they did before."""
        if self._owned.get(owner) is not flight:
            return False
        del self._owned[owner]
        return True

    def close(self) -> None:
        """Settles every waiting caller with `ClientClosedError`."""
        for flight in tuple(self._all):
            flight.settle(client_closed())

    async def aclose(self, grace: float) -> None:
        """Closes, gives the work ``grace`` seconds to end by itself, then cancels it."""
        self.close()
        tasks = {flight.task for flight in self._all}
        if not tasks:
            return
        await asyncio.wait(tasks, timeout=grace)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
