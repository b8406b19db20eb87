"""`Renewable`: keeps one session or token usable for any number of concurrent callers.

Promises:

* Lazy: nothing happens until a call needs the value; the warm path is one comparison.
* Single flight: however many callers need a value, one renewal is under way. It runs in a task of
  its own, so a cancelled caller ends nothing. Its outcome is a value, and each caller raises an
  exception of its own.
* Compare and invalidate: a caller reports the very value that was refused; it is dropped only while
  it is still the current one, so a late report of an old value causes no renewal.
* Cool-down: after a failed renewal, callers get the same error without a request for a while. An
  explicit renewal clears it.
* Closing wins: it settles every caller at once with `ClientClosedError`; a value that arrives
  afterwards is not kept.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Hashable
from typing import Any, ClassVar, Generic, TypeVar, cast

from boxapis._core.dispatcher import Dispatcher
from boxapis._core.loop_guard import wrong_loop
from boxapis._core.single_flight import FlightGroup, SingleFlight
from boxapis._http.failures import client_closed
from boxapis.errors import BoxAPIError, ClientClosedError

__all__ = ["Renewable", "session_ended"]

T = TypeVar("T")
R = TypeVar("R")


class Renewable(ABC, Generic[T, R]):
    """One value that is good for a while. A subclass says how it is obtained, and how it ages.

    ``T`` is the value, ``R`` what a renewal returns: the value, or the value and more.

    Attributes:
        current: The value held, usable or not; None when there is none.
    """

    __slots__ = ("__weakref__", "_failure", "current")

    noun: ClassVar[str] = "the handshake"
    """What a renewal is called in errors."""

    def __init__(self) -> None:
        self.current: T | None = None
        self._failure: tuple[BoxAPIError, float] | None = None  # the last, and until when it counts

    # What a subclass provides.

    @property
    @abstractmethod
    def dispatcher(self) -> Dispatcher:
        """The state shared by all calls of the client."""

    @abstractmethod
    def fresh(self, now: float) -> T | None:
        """Returns the value if a request may use it at ``now``."""

    @abstractmethod
    def refused(self, value: T, /) -> bool:
        """Notes that the service refused this value; returns whether a renewal may help."""

    @abstractmethod
    async def _obtain(self) -> R | BoxAPIError:
        """Obtains a new value from the service; an error comes back as a value."""

    @abstractmethod
    def _keep(self, renewed: R) -> None:
        """Makes what a renewal returned the current value."""

    @abstractmethod
    def _cool_down(self, error: BoxAPIError) -> float:
        """Returns the seconds for which nothing is tried after this error."""

    def _value(self, renewed: R) -> T:
        """Returns the value in what a renewal returned."""
        return cast("T", renewed)

    def _why_not(self) -> BoxAPIError | None:
        """Returns the error when no renewal can be tried at all."""
        return None

    async def _discard(self, renewed: R) -> None:
        """Ends a value that arrived too late to be kept."""

    # What callers use.

    async def ensure(self) -> T | BoxAPIError:
        """Returns a usable value, or an error for this caller alone."""
        value = self.fresh(self.dispatcher.now())
        if value is not None:
            return value
        renewed = await self._wait()
        return renewed if isinstance(renewed, BoxAPIError) else self._value(renewed)

    async def renew(self) -> R | BoxAPIError:
        """Joins the renewal under way or starts one, in spite of a cool-down."""
        self.clear_cool_down()
        return await self._wait(explicit=True)

    def clear_cool_down(self) -> None:
        """Ends the cool-down after a failure."""
        self._failure = None

    @property
    def is_cooling_down(self) -> bool:
        """Whether a renewal failed so recently that none is tried."""
        return self._recent_failure is not None

    @property
    def _recent_failure(self) -> BoxAPIError | None:
        if self._failure is None:
            return None
        error, until = self._failure
        return error if self.dispatcher.now() < until else None

    # One renewal for all callers.

    async def _wait(self, *, explicit: bool = False) -> R | BoxAPIError:
        flight = self._join()
        if explicit and isinstance(flight, SingleFlight):
            flight.is_explicit = True
        return await self._outcome_of(flight)

    async def _outcome_of(self, flight: SingleFlight[R] | BoxAPIError) -> R | BoxAPIError:
        outcome = flight if isinstance(flight, BoxAPIError) else await flight.outcome()
        # A copy for each caller: one shared exception would collect the tracebacks of all.
        return copy.copy(outcome) if isinstance(outcome, BoxAPIError) else outcome

    def _join(self) -> SingleFlight[R] | BoxAPIError:
        """Returns the renewal under way, or a new one, or why there is none."""
        runtime = self.dispatcher.here()
        if runtime is None:
            return wrong_loop(self.noun)
        return runtime.flights.get(self) or self._blocker() or self._start(runtime.flights)

    def _blocker(self) -> BoxAPIError | None:
        """Returns the error that stands for a renewal that is not to be tried now."""
        if self.dispatcher.closed:
            return client_closed()
        return self._recent_failure or self._why_not()

    def _start(self, flights: FlightGroup) -> SingleFlight[R]:
        return flights.start(self, self._run)

    @property
    def _flight(self) -> SingleFlight[R] | None:
        """The renewal under way on the loop in use."""
        runtime = self.dispatcher.latest
        return None if runtime is None else runtime.flights.get(self)

    def _forget(self, flight: SingleFlight[Any], owner: Hashable = None) -> bool:
        """Lets no further caller join a renewal; returns whether callers did so far."""
        runtime = self.dispatcher.latest
        return runtime is not None and runtime.flights.forget(owner or self, flight)

    async def _run(self, flight: SingleFlight[R]) -> R | BoxAPIError:
        if self._flight is not flight:  # forgotten before the task took its first step
            return session_ended()
        try:
            outcome = await self._obtain()
        finally:
            was_current = self._forget(flight)
        if was_current and not flight.settled:
            self._apply(outcome)
        elif not isinstance(outcome, BoxAPIError):
            await self._discard(outcome)
        return outcome

    def _apply(self, outcome: R | BoxAPIError) -> None:
        if isinstance(outcome, BoxAPIError):
            self._failure = outcome, self.dispatcher.now() + self._cool_down(outcome)
        else:
            self._failure = None
            self._keep(outcome)


def session_ended() -> ClientClosedError:
    """The error of a renewal that is no longer wanted."""
    return ClientClosedError("the session was ended during the handshake")
