"""`SessionManager`: keeps one five-minute session of an `Account` usable for concurrent callers.

Promises:

* Those of `boxapis._core.renewable.Renewable`. The cool-down after a failure is a second, or a
  minute when user or password were refused.
* In a forked child nothing of the parent's is used: sessions are dropped there and opened anew.
* Logging out settles every caller at once with `ClientClosedError`; a session that arrives
  afterwards is logged out, as far as that goes.

The states and the decision are in `boxapis._sansio.boxtracker.session`.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from math import inf
from typing import ClassVar

from attrs import define, field

from boxapis._core.call import MAX_RENEWALS, Stale
from boxapis._core.dispatcher import Dispatcher
from boxapis._core.loop_guard import process_id
from boxapis._core.renewable import Renewable
from boxapis._core.single_flight import SingleFlight
from boxapis._sansio.boxtracker import commands
from boxapis._sansio.boxtracker.catalogue import SessionLevel
from boxapis._sansio.boxtracker.commands import Handshake
from boxapis._sansio.boxtracker.session import (
    Age,
    Session,
    SessionAction,
    State,
    age_of,
    decide_action,
)
from boxapis.boxtracker._account import Account, OpenedSession
from boxapis.boxtracker._session_calls import HandshakeCall, HandshakeCheck
from boxapis.errors import (
    AuthenticationError,
    BoxAPIError,
    PermissionDeniedError,
    SessionExpiredError,
)
from boxapis.secret import Secret

__all__ = ["SessionManager", "SessionSharing", "Share", "too_often_stale"]


@define(eq=False)
class Share:
    """What a session manager knows of its slot in a store.

    Attributes:
        sharing: What the managers of a client have in common.
        parts: What names the slot.
        owner: The name under which the manager claims it.
        slot: The slot's name; empty until it is first used.
        refused: The newest fence whose session was refused here.
        failure_left: Seconds for which a failure of another process counts; None without one.
        overrides_failure: Whether the next handshake is made in spite of such a failure.
    """

    sharing: "SessionSharing"
    parts: tuple[str | Secret, ...] = field(repr=False)
    owner: str
    slot: str = ""
    refused: int = 0
    failure_left: float | None = None
    overrides_failure: bool = False


class SessionSharing(ABC):
    """Shares sessions with other processes; see `boxapis.boxtracker._shared_session`."""

    @abstractmethod
    async def open(self, manager: "SessionManager", share: Share) -> OpenedSession | BoxAPIError:
        """Adopts the session of another process, or opens one for all."""

    @abstractmethod
    def note(self, manager: "SessionManager", share: Share, session: Session) -> None:
        """Begins to note in the store that a session is in use."""

    @abstractmethod
    async def follow(self, manager: "SessionManager", share: Share, session: Session) -> None:
        """Puts a newer session of the store in the place of this one, if there is one."""

    @abstractmethod
    async def end(self, share: Share, session: Session) -> Session | None:
        """Removes the newest session from the store, and returns it; None if there is none."""


class SessionManager(Renewable[Session, OpenedSession]):
    """One session. The subclasses for the API and for customers say how theirs is opened."""

    __slots__ = ("_process_id", "_state", "account", "share")

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account
        self.share: Share | None = None
        self._state: State = "none"
        self._process_id = process_id()

    session_level: ClassVar[SessionLevel]
    """The session arguments that its commands take."""

    command: str
    """The handshake command."""

    @property
    def dispatcher(self) -> Dispatcher:
        """The state shared by all calls of the client."""
        return self.account.dispatcher

    @property
    def state(self) -> State:
        """What is known of the session."""
        return self._state

    def fresh(self, now: float) -> Session | None:
        """Returns the session if a request may use it at ``now``."""
        session = self.current
        if session is None or self._state != "live":
            return None
        return session if now - session.last_used < self.account.stale_after else None

    async def renew(self) -> OpenedSession | BoxAPIError:
        """Joins the handshake under way or makes one, in spite of a cool-down or a log-out."""
        if self._state == "logged_out":
            self._state = "none"
        return await super().renew()

    @property
    def is_quiet(self) -> bool:
        """Whether there is a live session and no handshake under way."""
        return self._state == "live" and self._flight is None

    async def confirm(self) -> OpenedSession | BoxAPIError | None:
        """Keeps a live session alive, a fresh one, too; None when it cannot or need not be done."""
        return await self._wait(explicit=True) if self.is_quiet else None

    def refused(self, session: Session) -> bool:
        """Notes that the service refused this session; returns whether it was the current one."""
        if self.current is not session or self._state != "live":
            return False
        self._state = "refused"
        self._note_refusal(session)
        return True

    def _note_refusal(self, session: Session) -> None:
        self.account.forget(session)
        if self.share is not None:
            self.share.refused = max(self.share.refused, session.fence)

    def replace(self, session: Session, by: Session) -> bool:
        """Puts another session in the place of this one, unless it is renewed or was replaced."""
        if self.current is not session or self._flight is not None:
            return False
        self.account.forget(session)
        self._keep(OpenedSession(by, {}))
        return True

    def drop_inherited(self) -> None:
        """In a forked child, drops the parent's session if a password can replace it."""
        if self._process_id != process_id():
            self._process_id = process_id()
            if self._holds_password() and self._state != "logged_out":
                self.current, self._state = None, "none"

    def _join(self) -> SingleFlight[OpenedSession] | BoxAPIError:
        self.drop_inherited()
        return super()._join()

    def is_current_flight(self) -> bool:
        """Whether the handshake that asks, in its own task, is still the one under way."""
        return self._flight is not None and self._flight.task is asyncio.current_task()

    def _action(self, now: float) -> SessionAction:
        session = self.current
        age: Age = "dead" if session is None else self._age(session, now)
        return decide_action(self._state, age, has_password=self._holds_password())

    def _age(self, session: Session, now: float) -> Age:
        return age_of(session, now, self.account.timing)

    def _keep(self, renewed: OpenedSession) -> None:
        session = renewed.session
        if session is self.current:  # kept already, and perhaps refused since
            return
        self.current, self._state = session, "live"
        if self.share is not None and not session.fence:
            session.note_at = -inf  # the others get it with its first use

    def _value(self, renewed: OpenedSession) -> Session:
        return renewed.session

    def _cool_down(self, error: BoxAPIError) -> float:
        share = self.share
        left = None if share is None else share.failure_left
        if share is None or left is None:
            return self.cool_down(error)
        share.failure_left = None
        return left

    def cool_down(self, error: BoxAPIError) -> float:
        """Returns the seconds for which nothing is tried after this error."""
        timing = self.account.timing
        credentials = isinstance(error, AuthenticationError | PermissionDeniedError)
        return timing.credential_cool_down if credentials else timing.cool_down

    def clear_cool_down(self) -> None:
        """Ends the cool-down after a failure, be it one of another process."""
        super().clear_cool_down()
        if self.share is not None:
            self.share.overrides_failure = True

    async def _obtain(self) -> OpenedSession | BoxAPIError:
        share = self.share
        return await (self.open_alone() if share is None else share.sharing.open(self, share))

    async def _handshake(
        self,
        name: str,
        encode: Callable[[float], str | Stale],
        secrets: commands.Secrets,
        kept_key: Secret | None = None,
        check: HandshakeCheck | None = None,
    ) -> tuple[float, Handshake | BoxAPIError | Stale]:
        """Makes one handshake; returns when it was started, and its outcome."""
        account = self.account
        call = HandshakeCall(
            account.dispatcher,
            account.endpoint,
            name,
            encode,
            secrets,
            kept_key,
            check or self._problem,
        )
        outcome = await call.outcome()
        return call.started, outcome

    def _problem(self, handshake: Handshake) -> BoxAPIError | None:  # noqa: ARG002 - a hook's
        """Returns the error of a handshake that lacks something or is another request's."""
        return None

    @property
    def is_explicit(self) -> bool:
        """Whether the handshake under way was asked for, so that a usable session is no reason."""
        return self._flight is not None and self._flight.is_explicit

    @property
    def below(self) -> "SessionManager | None":
        """The API session under a customer session; None for an API session."""
        return None

    def note(self, session: Session, started: float) -> None:
        """Lets other processes know that a request that began at ``started`` was answered."""
        base, below = session.base, self.below
        if base is not None and below is not None and started >= base.note_at:
            below.note(base, started)
        if self.share is not None:
            self.share.sharing.note(self, self.share, session)
        elif base is not None:
            session.note_at = base.note_at  # held by a key, on an API session that is shared

    def keep(self, opened: OpenedSession) -> None:
        """Keeps a session while its handshake goes on, so that calls use no older one."""
        if self.is_current_flight() and not self.dispatcher.closed:
            self._keep(opened)

    def offer(self, session: Session) -> None:
        """Takes an earlier session of the fleet, to confirm its key; an API session cannot be."""

    @abstractmethod
    async def open_alone(self) -> OpenedSession | BoxAPIError:
        """Opens or confirms the session, whatever other processes do."""

    async def discard(self, renewed: OpenedSession) -> None:
        """Ends a session that is not needed on the server, as far as that goes."""
        await self._discard(renewed)

    @abstractmethod
    def _holds_password(self) -> bool:
        """Whether a login is possible without a key."""


def too_often_stale(operation: str) -> SessionExpiredError:
    """The error of a call whose session expired again and again while it was queued."""
    return SessionExpiredError(
        f"{operation}: the session went stale {MAX_RENEWALS} times while the call waited for a"
        " connection.",
        operation=operation,
        next_step="allow more connections, or make fewer calls at once",
    )
