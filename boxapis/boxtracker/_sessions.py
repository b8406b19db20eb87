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
* The end wins: logging out or closing settles every caller at once with `ClientClosedError`; a
  session that arrives afterwards is logged out, as far as that goes.

The states and the decision are in `boxapis._sansio.session`.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable

from attrs import field, frozen

from boxapis._exchange import Stale
from boxapis._flight import Flight
from boxapis._sansio import arguments, commands
from boxapis._sansio.commands import Body, Handshake
from boxapis._sansio.session import Age, Move, Session, State, age_of, decide
from boxapis._wire import Request
from boxapis.boxtracker._account import Account
from boxapis.errors import (
    AuthenticationError,
    BoxAPIError,
    ClientClosedError,
    PermissionDeniedError,
    SessionExpiredError,
)
from boxapis.secret import Secret

__all__ = ["ApiSessions", "CustomerSessions", "Opened", "SessionManager", "too_often_stale"]

_PORTAL = "cmdBoxTPortalHandShake"
_WEB_API = "cmdBoxTWebAPIHandShake"
_CUSTOMER = "cmdBoxTPortalCustomerHandShake"
_LOG_OUT = "cmdBoxTPortalCustomerLogOut"
_MOST_RENEWALS = 5


@frozen(eq=False)
class Opened:
    """A session that a handshake opened, and the answer it came in."""

    session: Session
    body: Body = field(repr=False)


class SessionManager(ABC):
    """One session of one level; `ApiSessions` and `CustomerSessions` say how it is opened."""

    __slots__ = (
        "__weakref__",
        "_failed_until",
        "_failure",
        "_flight",
        "_state",
        "account",
        "current",
    )

    def __init__(self, account: Account) -> None:
        self.account = account
        self.current: Session | None = None
        self._state: State = "none"
        self._flight: Flight[Opened] | None = None
        self._failure: BoxAPIError | None = None
        self._failed_until = 0.0

    @property
    def state(self) -> State:
        """What is known of the session."""
        return self._state

    def fresh(self, now: float) -> Session | None:
        """The session, if a request may use it this very moment."""
        session = self.current
        if session is None or self._state != "live":
            return None
        return session if self._age(session, now) == "fresh" else None

    async def ensure(self) -> Session | BoxAPIError:
        """A usable session, or the error for this caller alone."""
        session = self.fresh(self.account.clock.now())
        if session is not None:
            return session
        opened = await self._join()
        return opened.session if isinstance(opened, Opened) else opened

    async def handshake(self) -> Opened | BoxAPIError:
        """An explicit handshake: joins one under way, else makes one, cool-down or not."""
        self._failure = None
        if self._state == "logged_out":
            self._state = "none"
        return await self._join()

    async def confirm(self) -> Opened | BoxAPIError | None:
        """Keeps a live session alive; None when there is none, or a handshake is under way."""
        if self._state != "live" or self._flight is not None:
            return None
        return await self._join()

    def refused(self, session: Session) -> bool:
        """Notes that the service refused this session; True if it was still the current one."""
        if self.current is not session or self._state != "live":
            return False
        self._state = "refused"
        self.account.forget(session)
        return True

    async def _join(self) -> Opened | BoxAPIError:
        flight = self._flight
        if flight is None:
            obstacle = self._obstacle()
            if obstacle is not None:
                return obstacle
            flight = self._flight = self.account.flights.launch(self._fly)
        outcome = await flight.outcome()
        return copy.copy(outcome) if isinstance(outcome, BoxAPIError) else outcome

    def _obstacle(self) -> BoxAPIError | None:
        """Why no handshake is to be tried now."""
        now = self.account.clock.now()
        if self._failure is not None and now < self._failed_until:
            return copy.copy(self._failure)
        return self._given_up() if self._move(now) == "give_up" else None

    def _move(self, now: float) -> Move:
        session = self.current
        age: Age = "dead" if session is None else self._age(session, now)
        return decide(self._state, age, has_password=self._holds_password())

    def _age(self, session: Session, now: float) -> Age:
        return age_of(session, now, self.account.timing)

    async def _fly(self) -> Opened | BoxAPIError:
        flight = self._flight
        if flight is None:  # logged out before the task took its first step
            return _ended()
        try:
            outcome = await self._open(self._move(self.account.clock.now()))
        finally:
            mine = self._flight is flight
            self._flight = None if mine else self._flight
        if mine and not flight.settled:
            self._land(outcome)
        elif isinstance(outcome, Opened):
            await self._farewell(outcome.session)
        return outcome

    def _land(self, outcome: Opened | BoxAPIError) -> None:
        if isinstance(outcome, Opened):
            self.current, self._state, self._failure = outcome.session, "live", None
            return
        timing = self.account.timing
        credentials = isinstance(outcome, AuthenticationError | PermissionDeniedError)
        pause = timing.credential_cool_down if credentials else timing.cool_down
        self._failure = copy.copy(outcome)
        self._failed_until = self.account.clock.now() + pause
        if isinstance(outcome, SessionExpiredError):
            self.current, self._state = None, "none"

    async def _shake(
        self,
        name: str,
        encoded: Callable[[float], str | Stale],
        secrets: commands.Secrets,
        kept: Secret | None = None,
    ) -> tuple[float, Handshake | BoxAPIError | Stale]:
        """One handshake request, and when it was started. ``encoded`` gives arguments or Stale."""
        account = self.account
        started = 0.0

        def prepare() -> Request | Stale:
            nonlocal started
            started = account.clock.now()
            pairs = encoded(started)
            if isinstance(pairs, Stale):
                return pairs
            return commands.request(account.endpoint, name, "read", pairs)

        outcome = await account.exchange.run(
            prepare,
            lambda answer: commands.decode_handshake(answer, name, secrets, kept),
            operation=name,
            kind="read",
        )
        return started, outcome

    @abstractmethod
    def _holds_password(self) -> bool:
        """Whether a login is possible without a key."""

    @abstractmethod
    async def _open(self, move: Move) -> Opened | BoxAPIError:
        """Shakes hands; the outcome as a value."""

    @abstractmethod
    def _given_up(self) -> BoxAPIError:
        """Why there is nothing to shake hands with."""

    async def _farewell(self, session: Session) -> None:  # noqa: B027 - only customers log out
        """Ends a session that nobody will use. Box Tracker has no command for API sessions."""


class ApiSessions(SessionManager):
    """The API session of the portal, or that of the web API."""

    __slots__ = ("command",)

    def __init__(self, account: Account, *, web: bool) -> None:
        super().__init__(account)
        self.command = _WEB_API if web else _PORTAL

    def _holds_password(self) -> bool:
        return True

    async def _open(self, move: Move) -> Opened | BoxAPIError:  # noqa: ARG002 - always the password
        account = self.account
        started, outcome = await self._shake(
            self.command,
            lambda _: arguments.handshake(account.username, account.password),
            lambda: (account.password,),
        )
        if isinstance(outcome, Handshake):
            return Opened(Session(outcome.key, started), outcome.body)
        return _ended() if isinstance(outcome, Stale) else outcome

    def _given_up(self) -> BoxAPIError:
        return _ended()

    async def fresh_handshake(self) -> Opened | BoxAPIError:
        """A handshake of its own, whatever session there is; kept only where there is none."""
        opened = await self._open("login")
        if isinstance(opened, Opened):
            self._failure = None
            if self.fresh(self.account.clock.now()) is None and self._flight is None:
                self._land(opened)
        return opened


class CustomerSessions(SessionManager):
    """The session of one customer, standing on the API session."""

    __slots__ = ("_api", "password", "username")

    def __init__(
        self,
        account: Account,
        api: ApiSessions,
        username: str,
        password: Secret | None,
        session_key: Secret | None,
    ) -> None:
        super().__init__(account)
        self._api = api
        self.username = username
        self.password = password
        if session_key is not None:
            self.current = Session(session_key, account.clock.now())
            self._state = "resumed"

    def _holds_password(self) -> bool:
        return self.password is not None

    def _age(self, session: Session, now: float) -> Age:
        age = super()._age(session, now)
        if age == "fresh" and self._api.fresh(now) is not session.base:
            return "stale"  # the API session under it is over: confirm the key on the new one
        return age

    def refused(self, session: Session) -> bool:
        """As for every session; the number is the same for both levels, so both are renewed."""
        if not super().refused(session):
            return False
        if session.base is not None:
            self._api.refused(session.base)
        return True

    async def _open(self, move: Move) -> Opened | BoxAPIError:
        by_key = move in ("use", "confirm")
        opened = await self._open_once(self.current if by_key else None)
        if isinstance(opened, SessionExpiredError):
            # Key or API session: the number does not tell. The API session is new by now.
            key = self.current if by_key and self.password is None else None
            if key is not None or self.password is not None:
                opened = await self._open_once(key)
        return opened

    async def _open_once(self, by_key: Session | None) -> Opened | BoxAPIError:
        for _ in range(_MOST_RENEWALS):
            base = await self._api.ensure()
            if isinstance(base, BoxAPIError):
                return base
            started, outcome = await self._customer_shake(base, by_key)
            if isinstance(outcome, Handshake):
                return self._opened(outcome, base, started)
            if isinstance(outcome, SessionExpiredError):
                self._api.refused(base)
            if not isinstance(outcome, Stale):
                return outcome
        return too_often_stale(_CUSTOMER)

    async def _customer_shake(
        self, base: Session, by_key: Session | None
    ) -> tuple[float, Handshake | BoxAPIError | Stale]:
        account = self.account
        password = None if by_key else self.password
        key = None if by_key is None else by_key.key

        def encoded(now: float) -> str | Stale:
            if self._api.fresh(now) is not base:
                return Stale.STALE
            return arguments.customer_handshake(
                account.username, account.password, base.key, self.username, password, key
            )

        held = (account.password, base.key, password, key)
        return await self._shake(
            _CUSTOMER, encoded, lambda: (secret for secret in held if secret is not None), key
        )

    def _opened(self, handshake: Handshake, base: Session, started: float) -> Opened | BoxAPIError:
        known = None if self.current is None else self.current.customer_id
        customer_id = known if handshake.customer_id is None else handshake.customer_id
        base.touch(started)
        if customer_id is None:
            return commands.lacks_customer_id(_CUSTOMER)
        return Opened(Session(handshake.key, started, base, customer_id), handshake.body)

    def _given_up(self) -> BoxAPIError:
        if self._state == "logged_out":
            return ClientClosedError(
                "the customer has logged out; call handshake() to log in again"
            )
        return SessionExpiredError(
            "the customer's session is over and no password is held; log in again",
            operation=_CUSTOMER,
        )

    async def log_out(self) -> BoxAPIError | None:
        """Forgets the session and ends it on the server; the error, if that failed."""
        flight, session, state = self._flight, self.current, self._state
        age = "dead" if session is None else self._age(session, self.account.clock.now())
        self.current, self._state, self._flight = None, "logged_out", None
        if flight is not None:
            flight.settle(ClientClosedError("the customer logged out during the handshake"))
        if session is None or age == "dead" or state not in ("live", "resumed"):
            return None
        self.account.forget(session)
        base = await self._api.ensure()
        if isinstance(base, BoxAPIError):
            return base
        return await self._send_log_out(Session(session.key, 0.0, base))

    async def _send_log_out(self, session: Session) -> BoxAPIError | None:
        outcome = await self.account.exchange.run(
            lambda: self._log_out_request(session),
            lambda answer: commands.decode(answer, _LOG_OUT, "idempotent", lambda: ()),
            operation=_LOG_OUT,
            kind="idempotent",
        )
        self.account.forget(session)
        gone = not isinstance(outcome, BoxAPIError) or isinstance(outcome, SessionExpiredError)
        return None if gone else outcome  # type: ignore[return-value]  # then it is an error

    def _log_out_request(self, session: Session) -> Request:
        block = self.account.customer_block(session, self.username)
        return commands.request(self.account.endpoint, _LOG_OUT, "idempotent", block)

    async def _farewell(self, session: Session) -> None:
        await self.account.exchange.farewell(
            lambda: self._log_out_request(session), within=self.account.timing.farewell
        )
        self.account.forget(session)


def _ended() -> ClientClosedError:
    return ClientClosedError("the session was ended during the handshake")


def too_often_stale(operation: str) -> SessionExpiredError:
    """The error of a call whose session died again and again while it waited for its turn."""
    return SessionExpiredError(
        f"{operation}: the session went stale {_MOST_RENEWALS} times while the call waited for a"
        " connection. Nothing was sent. Allow more connections, or call less at once.",
        operation=operation,
    )
