"""Single flight: one piece of work in its own task, whose outcome any number of callers share.

Promises: a caller that is cancelled, the first one included, never ends the work; the outcome is
a value, so each caller raises an exception of its own and none is "never retrieved"; closing
settles every caller at once, while the work gets a moment to tidy up after itself.
"""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from boxapis._core.loop_guard import Departure
from boxapis.errors import BoxAPIError, ClientClosedError

__all__ = ["Flight", "Flights"]

T = TypeVar("T")


class Flight(Generic[T]):
    """One piece of work under way.

    Attributes:
        task: The one it runs in.
        is_stranded: Whether its loop was left, so that nobody elsewhere may wait for it.
    """

    __slots__ = ("_settled", "is_stranded", "task")

    def __init__(self, work: "Work[T]") -> None:
        loop = asyncio.get_running_loop()
        self.is_stranded = False
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
    def result(self) -> T | BoxAPIError | None:
        """The outcome, or None while it is not there."""
        return self._settled.result() if self._settled.done() else None

    @property
    def settled(self) -> bool:
        """Whether the callers have their outcome."""
        return self._settled.done()

    def settle(self, outcome: T | BoxAPIError) -> None:
        """Gives every caller this outcome, unless they have one, or their loop is closed."""
        if not (self._settled.done() or self._settled.get_loop().is_closed()):
            self._settled.set_result(outcome)

    async def outcome(self) -> T | BoxAPIError:
        """Waits for the outcome. Cancelling the caller leaves the work and the others alone."""
        return await asyncio.shield(self._settled)


Work = Callable[[Flight[T]], Coroutine[Any, Any, T | BoxAPIError]]
"""What a flight does; it is told which flight it is."""


class Flights:
    """Every flight under way in a client, so that closing it can end them."""

    __slots__ = ("__weakref__", "_flights", "closed")

    def __init__(self) -> None:
        self._flights: set[Flight[Any]] = set()
        self.closed = False

    def launch(self, work: "Work[T]") -> Flight[T]:
        """Starts a flight and keeps it until its task has ended.

        Raises:
            ClientClosedError: after `aclose`.
        """
        if self.closed:
            message = "the client is closed"
            raise ClientClosedError(message)
        flight = Flight(work)
        self._flights.add(flight)
        flight.task.add_done_callback(lambda _: self._flights.discard(flight))
        return flight

    def leave(self, move: Departure) -> None:  # noqa: ARG002 - of every kind
        """Forgets the flights of a loop that was left, and marks them for who holds them."""
        for flight in self._flights:
            flight.is_stranded = True
        self._flights.clear()

    def settle(self) -> None:
        """Tells every waiting caller that the client is closed."""
        self.closed = True
        for flight in tuple(self._flights):
            flight.settle(ClientClosedError("the client was closed during the handshake"))

    async def aclose(self, grace: float) -> None:
        """Gives the work ``grace`` seconds to end by itself, then ends it."""
        self.settle()
        tasks = {flight.task for flight in self._flights}
        if not tasks:
            return
        await asyncio.wait(tasks, timeout=grace)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
