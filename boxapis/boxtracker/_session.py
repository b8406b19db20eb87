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
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from attrs import Factory, field, frozen

from boxapis._core.call import MAX_RENEWALS, Stale
from boxapis._core.dispatcher import Dispatcher
from boxapis._core.loop_guard import process_id
from boxapis._core.renewable import Renewable
from boxapis._core.single_flight import SingleFlight
from boxapis._sansio.boxtracker import commands
from boxapis._sansio.boxtracker.arguments import customer_session_arguments, web_session_arguments
from boxapis._sansio.boxtracker.catalogue import SessionLevel
from boxapis._sansio.boxtracker.commands import Body, Endpoint, Handshake
from boxapis._sansio.boxtracker.session import (
    Age,
    Session,
    SessionAction,
    State,
    age_of,
    decide_action,
)
from boxapis.boxtracker._session_calls import HandshakeCall, HandshakeCheck
from boxapis.errors import (
    AuthenticationError,
    BoxAPIError,
    PermissionDeniedError,
    SessionExpiredError,
)
from boxapis.options import SessionTiming
from boxapis.secret import Secret

__all__ = ["Account", "OpenedSession", "SessionManager", "too_often_stale"]

_MAX_ENCODED = 256


@frozen(eq=False)
class Account:
    """The API user of a client and the means to send commands.

    Attributes:
        username: The API user's name.
        password: The API user's password.
        endpoint: Address, method and headers of every command.
        dispatcher: The state shared by all calls of the client.
        timing: How sessions age.
        stale_after: Idle seconds after which a session is renewed; read by every call.
    """

    username: str = field(repr=False)
    password: Secret
    endpoint: Endpoint = field(repr=False)
    dispatcher: Dispatcher = field(repr=False)
    timing: SessionTiming = field(repr=False)
    stale_after: float = field(
        default=Factory(lambda self: self.timing.stale_after, takes_self=True), init=False
    )
    # Encoded once for each session in use; emptied when full, so idle sessions hold nothing here.
    _encoded: dict[Session, str] = field(factory=dict, repr=False, init=False)

    def web_arguments(self, session: Session) -> str:
        """Returns the encoded session arguments of a web API command."""
        encoded = self._encoded.get(session)
        return encoded or self._keep(session, web_session_arguments(self.username, session.key))

    def customer_arguments(self, session: Session, username: str) -> str:
        """Returns the encoded session arguments of a portal command."""
        encoded = self._encoded.get(session)
        if encoded is not None:
            return encoded
        if session.base is None:
            message = "a customer session stands on an API session"
            raise ValueError(message)
        base = session.base.key
        arguments = customer_session_arguments(self.username, base, username, session.key)
        return self._keep(session, arguments)

    def _keep(self, session: Session, encoded: str) -> str:
        if len(self._encoded) >= _MAX_ENCODED:
            self._encoded.clear()
        self._encoded[session] = encoded
        return encoded

    def forget(self, session: Session) -> None:
        """Drops the encoded arguments of a session that is over."""
        self._encoded.pop(session, None)


@frozen(eq=False)
class OpenedSession:
    """A session that a handshake opened, and the body of the response it came in."""

    session: Session
    body: Body = field(repr=False)


class SessionManager(Renewable[Session, OpenedSession]):
    """One session. The subclasses for the API and for customers say how theirs is opened."""

    __slots__ = ("_process_id", "_state", "account")

    def __init__(self, account: Account) -> None:
        super().__init__(account.dispatcher)
        self.account = account
        self._state: State = "none"
        self._process_id = process_id()

    session_level: ClassVar[SessionLevel]
    """The session arguments that its commands take."""

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
        self.account.forget(session)
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

    def _is_current_flight(self) -> bool:
        """Whether the handshake that asks, in its own task, is still the one under way."""
        return self._flight is not None and self._flight.task is asyncio.current_task()

    def _action(self, now: float) -> SessionAction:
        session = self.current
        age: Age = "dead" if session is None else self._age(session, now)
        return decide_action(self._state, age, has_password=self._holds_password())

    def _age(self, session: Session, now: float) -> Age:
        return age_of(session, now, self.account.timing)

    def _keep(self, renewed: OpenedSession) -> None:
        self.current, self._state = renewed.session, "live"

    def _value(self, renewed: OpenedSession) -> Session:
        return renewed.session

    def _cool_down(self, error: BoxAPIError) -> float:
        timing = self.account.timing
        credentials = isinstance(error, AuthenticationError | PermissionDeniedError)
        return timing.credential_cool_down if credentials else timing.cool_down

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
