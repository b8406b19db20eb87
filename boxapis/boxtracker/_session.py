"""SessionManager: keeps one five-minute session usable, whatever a thousand callers do at once.

Promises:

* Lazy: nothing happens until a call needs the session; the warm path is one comparison.
* Single flight: however many callers need a session, one handshake is under way. It runs in a task
  of its own, so a cancelled caller ends nothing; its outcome is a value, and each caller raises an
  exception of its own.
* Compare and invalidate: a caller reports the very session that was refused; it is dropped only
  while it is still the current one, so late reports of an old key cause no handshake.
* Cool-down: after a failed handshake callers get the same answer without a request, for a second,
  or for a minute when user or password were refused. An explicit handshake clears it.
* In a forked child nothing of the parent's is used: sessions are forgotten there, and opened anew.
* The end wins: logging out or closing settles every caller at once with `ClientClosedError`; a
  session that arrives afterwards is logged out, as far as that goes.

The states and the decision are in `boxapis._sansio.session`.
"""

import asyncio
import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from typing import ClassVar

from attrs import field, frozen

from boxapis._core.call import Call
from boxapis._core.dispatcher import Stale
from boxapis._core.loop_guard import elsewhere, process
from boxapis._core.single_flight import Flight, Flights
from boxapis._http.messages import Request, Response
from boxapis._sansio import commands
from boxapis._sansio.catalogue import Block
from boxapis._sansio.commands import Body, Handshake
from boxapis._sansio.session import Age, Move, Session, State, age_of, decide
from boxapis.boxtracker._account import Account
from boxapis.errors import (
    AuthenticationError,
    BoxAPIError,
    ClientClosedError,
    PermissionDeniedError,
    SessionExpiredError,
)
from boxapis.secret import Secret

__all__ = ["MOST_RENEWALS", "Opened", "SessionManager", "ended", "too_often_stale"]

MOST_RENEWALS = 5


@frozen(eq=False)
class Opened:
    """A session that a handshake opened, and the answer it came in."""

    session: Session
    body: Body = field(repr=False)


class _HandshakeCall(Call[Handshake]):
    """One handshake; it needs no session, so there is none to renew."""

    __slots__ = ("_account", "_encoded", "_kept", "_secrets", "started")

    def __init__(
        self,
        account: Account,
        name: str,
        encoded: Callable[[float], str | Stale],
        secrets: commands.Secrets,
        kept: Secret | None,
    ) -> None:
        super().__init__(account.exchange, name, "read")
        self._account = account
        self._encoded = encoded
        self._secrets = secrets
        self._kept = kept
        self.started = 0.0

    def prepare(self, now: float) -> Request | Stale:
        self.started = now
        pairs = self._encoded(now)
        if isinstance(pairs, Stale):
            return pairs
        return commands.request(self._account.endpoint, self.operation, "read", pairs)

    def decode(self, response: Response) -> Handshake | BoxAPIError:
        return commands.decode_handshake(response, self.operation, self._secrets, self._kept)


class SessionManager(ABC):
    """One session of one level. Those of the API and of customers say how theirs is opened."""

    __slots__ = (
        "__weakref__",
        "_failed_until",
        "_failure",
        "_process",
        "_state",
        "account",
        "current",
    )

    def __init__(self, account: Account) -> None:
        self.account = account
        self.current: Session | None = None
        self._state: State = "none"
        self._process = process()
        self._failure: BoxAPIError | None = None
        self._failed_until = 0.0

    block: ClassVar[Block]
    """Which session arguments its commands carry."""

    @property
    def state(self) -> State:
        """What is known of the session."""
        return self._state

    def fresh(self, now: float) -> Session | None:
        """The session, if a request may use it this very moment."""
        session = self.current
        if session is None or self._state != "live":
            return None
        return session if now - session.last_used < self.account.stale_after else None

    async def ensure(self) -> Session | BoxAPIError:
        """A usable session, or the error for this caller alone."""
        session = self.fresh(self.account.clock.now())
        if session is not None:
            return session
        opened = await self._join()
        return opened.session if isinstance(opened, Opened) else opened

    async def handshake(self) -> Opened | BoxAPIError:
        """An explicit handshake: joins one under way, else makes one, cool-down or not."""
        self.forgive()
        if self._state == "logged_out":
            self._state = "none"
        return await self._join()

    @property
    def is_quiet(self) -> bool:
        """Whether there is a live session, and no handshake is under way."""
        return self._state == "live" and self._flight is None

    async def confirm(self) -> Opened | BoxAPIError | None:
        """Keeps a live session alive; None when there is none, or a handshake is under way."""
        return await self._join() if self.is_quiet else None

    def refused(self, session: Session) -> bool:
        """Notes that the service refused this session; True if it was still the current one."""
        if self.current is not session or self._state != "live":
            return False
        self._state = "refused"
        self.account.forget(session)
        return True

    @property
    def _flight(self) -> Flight[Opened] | None:
        """The handshake under way on the loop that is used now."""
        runtime = self.account.exchange.latest
        return None if runtime is None else runtime.flights.get(self)

    def forget_parents(self) -> None:
        """In a forked child: forgets the parent's session, unless no password could replace it."""
        if self._process != process():
            self._process = process()
            if self._holds_password() and self._state != "logged_out":
                self.current, self._state = None, "none"

    async def _join(self) -> Opened | BoxAPIError:
        runtime = self.account.exchange.here()
        if runtime is None:
            return elsewhere("the handshake")
        self.forget_parents()
        flight = runtime.flights.get(self)
        if flight is None:
            obstacle = self._obstacle()
            if obstacle is not None:
                return obstacle
            flight = self._launch(runtime.flights)
        return await flight.outcome()

    def _launch(self, flights: Flights) -> Flight[Opened]:
        return flights.launch(self, self._fly)

    def _obstacle(self) -> BoxAPIError | None:
        """Why no handshake is to be tried now."""
        if self.account.exchange.closed:
            return self._closed()
        now = self.account.clock.now()
        if self._failure is not None and now < self._failed_until:
            return copy.copy(self._failure)
        return self._given_up() if self._move(now) == "give_up" else None

    def _closed(self) -> BoxAPIError:
        return ClientClosedError("the client is closed")

    @property
    def is_cooling_down(self) -> bool:
        """Whether a handshake failed so lately that none is tried."""
        return self._failure is not None and self.account.clock.now() < self._failed_until

    def _is_wanted(self) -> bool:
        """Whether the handshake that asks, in its own task, is still the one under way."""
        return self._flight is not None and self._flight.task is asyncio.current_task()

    def _move(self, now: float) -> Move:
        session = self.current
        age: Age = "dead" if session is None else self._age(session, now)
        return decide(self._state, age, has_password=self._holds_password())

    def _age(self, session: Session, now: float) -> Age:
        return age_of(session, now, self.account.timing)

    async def _fly(self, flight: Flight[Opened]) -> Opened | BoxAPIError:
        if self._flight is not flight:  # logged out before the task took its first step
            return ended()
        try:
            outcome = await self._open()
        finally:
            mine = self._drop(flight)
        if mine and not flight.settled:
            self._land(outcome)
        elif isinstance(outcome, Opened):
            await self._farewell(outcome.session)
        return outcome

    def _drop(self, flight: Flight[Opened], of: Hashable = None) -> bool:
        """Has nobody join a flight any more; whether this was the one that is joined."""
        runtime = self.account.exchange.latest
        return runtime is not None and runtime.flights.drop(of or self, flight)

    def _land(self, outcome: Opened | BoxAPIError) -> None:
        if isinstance(outcome, Opened):
            self.current, self._state, self._failure = outcome.session, "live", None
            return
        timing = self.account.timing
        credentials = isinstance(outcome, AuthenticationError | PermissionDeniedError)
        pause = timing.credential_cool_down if credentials else timing.cool_down
        self._failure = copy.copy(outcome)
        self._failed_until = self.account.clock.now() + pause

    def forgive(self) -> None:
        """Ends the quiet time after a failure."""
        self._failure = None

    async def _shake(
        self,
        name: str,
        encoded: Callable[[float], str | Stale],
        secrets: commands.Secrets,
        kept: Secret | None = None,
    ) -> tuple[float, Handshake | BoxAPIError | Stale]:
        """One handshake request, and when it was started. ``encoded`` gives arguments or Stale."""
        call = _HandshakeCall(self.account, name, encoded, secrets, kept)
        outcome = await call.alone()
        return call.started, outcome

    @abstractmethod
    def _holds_password(self) -> bool:
        """Whether a login is possible without a key."""

    @abstractmethod
    async def _open(self) -> Opened | BoxAPIError:
        """Shakes hands; the outcome as a value."""

    @abstractmethod
    def _given_up(self) -> BoxAPIError:
        """Why there is nothing to shake hands with."""

    async def _farewell(self, session: Session) -> None:  # noqa: B027 - only customers log out
        """Ends a session that nobody will use. Box Tracker has no command for API sessions."""


def ended() -> ClientClosedError:
    """The error of a handshake whose session is no longer wanted."""
    return ClientClosedError("the session was ended during the handshake")


def too_often_stale(operation: str) -> SessionExpiredError:
    """The error of a call whose session died again and again while it waited for its turn."""
    return SessionExpiredError(
        f"{operation}: the session went stale {MOST_RENEWALS} times while the call waited for a"
        " connection.",
        operation=operation,
        next_step="allow more connections, or call less at once",
    )
