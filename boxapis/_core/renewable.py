"""Renewable: keeps a session or a token usable, whatever a thousand callers do at once.

Promises:

* Lazy: nothing happens until a call needs the value; the warm path is one comparison.
* Single flight: however many callers need a value, one renewal is under way. It runs in a task of
  its own, so a cancelled caller ends nothing; its outcome is a value, and each caller raises an
  exception of its own.
* Compare and invalidate: a caller reports the very value that was refused; it is dropped only while
  it is still the current one, so late reports of an old one cause no renewal.
* Cool-down: after a failed renewal callers get the same answer without a request for a while. An
  explicit renewal clears it.
* The end wins: closing settles every caller at once with `ClientClosedError`; what arrives
  afterwards is not kept.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Hashable
from typing import Any, Generic, TypeVar, cast

from boxapis._core.dispatcher import Exchange
from boxapis._core.loop_guard import elsewhere
from boxapis._core.single_flight import Flight, Flights
from boxapis.errors import BoxAPIError, ClientClosedError

__all__ = ["Renewable", "client_closed", "ended"]

T = TypeVar("T")
R = TypeVar("R")


class Renewable(ABC, Generic[T, R]):
    """One value that is good for a while. A subclass says how it is obtained, and how it ages.

    ``T`` is the value, ``R`` what a renewal brings: the same, or the value and more.

    Attributes:
        exchange: Of the client.
        current: The value held, good or not.
    """

    __slots__ = ("__weakref__", "_failed_until", "_failure", "current", "exchange")

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.current: T | None = None
        self._failure: BoxAPIError | None = None
        self._failed_until = 0.0

    # What a subclass says.

    @abstractmethod
    def fresh(self, now: float) -> T | None:
        """The value, if a request may use it this very moment."""

    @abstractmethod
    def refused(self, value: T) -> bool:
        """Notes that the service refused this value; whether a renewal may help."""

    @abstractmethod
    async def _obtain(self) -> R | BoxAPIError:
        """Obtains a new one from the service; the outcome as a value."""

    @abstractmethod
    def _keep(self, renewed: R) -> None:
        """Makes what a renewal brought the current value."""

    @abstractmethod
    def _cool_down(self, error: BoxAPIError) -> float:
        """Seconds for which nothing is tried after this error."""

    def _value(self, renewed: R) -> T:
        """The value in what a renewal brought."""
        return cast("T", renewed)

    def _given_up(self) -> BoxAPIError | None:
        """Why no renewal can be tried, if none can."""
        return None

    async def _discard(self, renewed: R) -> None:
        """Ends what came too late to be kept."""

    # What callers do with it.

    async def ensure(self) -> T | BoxAPIError:
        """A usable value, or the error for this caller alone."""
        value = self.fresh(self.exchange.now())
        if value is not None:
            return value
        renewed = await self._join()
        return renewed if isinstance(renewed, BoxAPIError) else self._value(renewed)

    async def renew(self) -> R | BoxAPIError:
        """An explicit renewal: joins one under way, else makes one, cool-down or not."""
        self.forgive()
        return await self._join()

    def forgive(self) -> None:
        """Ends the quiet time after a failure."""
        self._failure = None

    @property
    def is_cooling_down(self) -> bool:
        """Whether a renewal failed so lately that none is tried."""
        return self._failure is not None and self.exchange.now() < self._failed_until

    # One renewal for all.

    async def _join(self) -> R | BoxAPIError:
        flight = self._board()
        return flight if isinstance(flight, BoxAPIError) else await flight.outcome()

    def _board(self) -> Flight[R] | BoxAPIError:
        """The renewal under way, or a new one, or why there is none."""
        runtime = self.exchange.here()
        if runtime is None:
            return elsewhere("the handshake")
        return runtime.flights.get(self) or self._obstacle() or self._launch(runtime.flights)

    def _obstacle(self) -> BoxAPIError | None:
        """Why no renewal is to be tried now."""
        if self.exchange.closed:
            return client_closed()
        return copy.copy(self._failure) if self.is_cooling_down else self._given_up()

    def _launch(self, flights: Flights) -> Flight[R]:
        return flights.launch(self, self._fly)

    @property
    def _flight(self) -> Flight[R] | None:
        """The renewal under way on the loop that is used now."""
        runtime = self.exchange.latest
        return None if runtime is None else runtime.flights.get(self)

    def _drop(self, flight: Flight[Any], of: Hashable = None) -> bool:
        """Has nobody join a renewal any more; whether this was the one that is joined."""
        runtime = self.exchange.latest
        return runtime is not None and runtime.flights.drop(of or self, flight)

    async def _fly(self, flight: Flight[R]) -> R | BoxAPIError:
        if self._flight is not flight:  # dropped before the task took its first step
            return ended()
        try:
            outcome = await self._obtain()
        finally:
            is_joined = self._drop(flight)
        if is_joined and not flight.settled:
            self._land(outcome)
        elif not isinstance(outcome, BoxAPIError):
            await self._discard(outcome)
        return outcome

    def _land(self, outcome: R | BoxAPIError) -> None:
        if isinstance(outcome, BoxAPIError):
            self._failure = outcome
            self._failed_until = self.exchange.now() + self._cool_down(outcome)
        else:
            self._failure = None
            self._keep(outcome)


def client_closed() -> ClientClosedError:
    """The error of who comes after the end."""
    return ClientClosedError("the client is closed")


def ended() -> ClientClosedError:
    """The error of a renewal that is no longer wanted."""
    return ClientClosedError("the session was ended during the handshake")
