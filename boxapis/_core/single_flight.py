"""Single flight: one piece of work in its own task, whose outcome any number of callers share.

Promises: a caller that is cancelled, the first one included, never ends the work; the outcome is
a value, so each caller raises an exception of its own and none is "never retrieved"; closing
settles every caller at once, while the work gets a moment to tidy up after itself.
"""

import asyncio
import contextvars
import copy
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from boxapis.errors import BoxAPIError, ClientClosedError

__all__ = ["Flight", "Flights"]

T = TypeVar("T")


class Flight(Generic[T]):
    """One piece of work under way.

    Attributes:
        task: The one it runs in.
    """

    __slots__ = ("_settled", "task")

    def __init__(self, work: "Work[T]") -> None:
        loop = asyncio.get_running_loop()
        self._settled: asyncio.Future[T | BoxAPIError] = loop.create_future()
        # An empty context: the deadlines and traces of the first caller are not the others'. Not by
        # the loop's factory: an eager one would begin the work before its owner knows the flight.
        self.task = asyncio.Task(self._fly(work), loop=loop, context=contextvars.Context())

    async def _fly(self, work: "Work[T]") -> None:
        try:
            self.settle(await work(self))
        except Exception as error:  # noqa: BLE001 - whatever it is, every caller must end
            self.settle(BoxAPIError(f"the handshake failed in the client: {type(error).__name__}"))
        finally:
            self.settle(ClientClosedError("the client was closed during the handshake"))

    @property
    def settled(self) -> bool:
        """Whether the callers have their outcome."""
        return self._settled.done()

    def settle(self, outcome: T | BoxAPIError) -> None:
        """Gives every caller this outcome, unless they have one, or their loop is closed."""
        if not (self._settled.done() or self._settled.get_loop().is_closed()):
            self._settled.set_result(outcome)

    async def outcome(self) -> T | BoxAPIError:
        """Waits for the outcome, an error being this caller's own.

        Cancelling the caller leaves the work and the others alone.
        """
        outcome = await asyncio.shield(self._settled)
        return copy.copy(outcome) if isinstance(outcome, BoxAPIError) else outcome


Work = Callable[[Flight[T]], Coroutine[Any, Any, T | BoxAPIError]]
"""What a flight does; it is told which flight it is."""


class Flights:
    """Every flight under way on a loop: one for each owner to join, and all of them to be ended."""

    __slots__ = ("_all", "_owned")

    def __init__(self) -> None:
        self._all: set[Flight[Any]] = set()
        self._owned: dict[Hashable, Flight[Any]] = {}

    def launch(self, owner: Hashable, work: "Work[T]") -> Flight[T]:
        """Starts a flight of an owner's, and keeps it until its task has ended."""
        flight = self._owned[owner] = Flight(work)
        self._all.add(flight)
        flight.task.add_done_callback(lambda _: self._all.discard(flight))
        return flight

    def get(self, owner: Hashable) -> Flight[Any] | None:
        """The flight that an owner's callers join."""
        return self._owned.get(owner)

    def share(self, owner: Hashable, flight: Flight[T]) -> Flight[T]:
        """Has the callers of another owner join a flight as well."""
        self._owned[owner] = flight
        return flight

    def drop(self, owner: Hashable, flight: Flight[Any] | None = None) -> bool:
        """Has nobody join an owner's flight any more, if it is the one named; whether it was."""
        if flight is not None and self._owned.get(owner) is not flight:
            return False
        return self._owned.pop(owner, None) is not None

    def settle(self) -> None:
        """Tells every waiting caller that the client is closed."""
        for flight in tuple(self._all):
            flight.settle(ClientClosedError("the client was closed during the handshake"))

    async def aclose(self, grace: float) -> None:
        """Gives the work ``grace`` seconds to end by itself, then ends it."""
        self.settle()
        tasks = {flight.task for flight in self._all}
        if not tasks:
            return
        await asyncio.wait(tasks, timeout=grace)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
