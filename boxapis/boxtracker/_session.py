"""SessionManager: keeps one five-minute session usable, whatever a thousand callers do at once.

Promises:

* Those of `boxapis._core.renewable.Renewable`. The quiet time after a failure is a second, or a
  minute when user or password were refused.
* In a forked child nothing of the parent's is used: sessions are forgotten there, and opened anew.
* Logging out settles every caller at once with `ClientClosedError`; a session that arrives
  afterwards is logged out, as far as that goes.

The states and the decision are in `boxapis._sansio.boxtracker.session`.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from attrs import field, frozen

from boxapis._core.call import Call
from boxapis._core.dispatcher import Stale
from boxapis._core.loop_guard import process
from boxapis._core.renewable import Renewable
from boxapis._core.single_flight import Flight
from boxapis._http.messages import Request, Response
from boxapis._sansio.boxtracker import commands
from boxapis._sansio.boxtracker.catalogue import Block
from boxapis._sansio.boxtracker.commands import Body, Handshake
from boxapis._sansio.boxtracker.session import Age, Move, Session, State, age_of, decide
from boxapis.boxtracker._account import Account
from boxapis.errors import (
    AuthenticationError,
    BoxAPIError,
    PermissionDeniedError,
    SessionExpiredError,
)
from boxapis.secret import Secret

__all__ = ["MOST_RENEWALS", "Opened", "SessionManager", "too_often_stale"]

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


class SessionManager(Renewable[Session, Opened]):
    """One session of one level. Those of the API and of customers say how theirs is opened."""

    __slots__ = ("_process", "_state", "account")

    def __init__(self, account: Account) -> None:
        super().__init__(account.exchange)
        self.account = account
        self._state: State = "none"
        self._process = process()

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

    async def renew(self) -> Opened | BoxAPIError:
        """An explicit handshake: joins one under way, else makes one, cool-down or not."""
        if self._state == "logged_out":
            self._state = "none"
        return await super().renew()

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

    def forget_parents(self) -> None:
        """In a forked child: forgets the parent's session, unless no password could replace it."""
        if self._process != process():
            self._process = process()
            if self._holds_password() and self._state != "logged_out":
                self.current, self._state = None, "none"

    def _board(self) -> Flight[Opened] | BoxAPIError:
        self.forget_parents()
        return super()._board()

    def _is_wanted(self) -> bool:
        """Whether the handshake that asks, in its own task, is still the one under way."""
        return self._flight is not None and self._flight.task is asyncio.current_task()

    def _move(self, now: float) -> Move:
        session = self.current
        age: Age = "dead" if session is None else self._age(session, now)
        return decide(self._state, age, has_password=self._holds_password())

    def _age(self, session: Session, now: float) -> Age:
        return age_of(session, now, self.account.timing)

    def _keep(self, renewed: Opened) -> None:
        self.current, self._state = renewed.session, "live"

    def _value(self, renewed: Opened) -> Session:
        return renewed.session

    def _cool_down(self, error: BoxAPIError) -> float:
        timing = self.account.timing
        credentials = isinstance(error, AuthenticationError | PermissionDeniedError)
        return timing.credential_cool_down if credentials else timing.cool_down

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


def too_often_stale(operation: str) -> SessionExpiredError:
    """The error of a call whose session died again and again while it waited for its turn."""
    return SessionExpiredError(
        f"{operation}: the session went stale {MOST_RENEWALS} times while the call waited for a"
        " connection.",
        operation=operation,
        next_step="allow more connections, or call less at once",
    )
