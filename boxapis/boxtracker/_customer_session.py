"""The session of one customer, which stands on the API session.

Promises: a stale key is confirmed with the key, and the password stays at home; a dead or refused
one is replaced with the password at once, where one is held; where none is held, the key gets one
more try on another API session, because the service's number does not tell which of the two died;
a key that is over disturbs nobody else on that API session. A log-out is final until the next
explicit handshake.
"""

from boxapis._core.call import Call
from boxapis._core.dispatcher import Stale
from boxapis._core.loop_guard import elsewhere
from boxapis._core.renewable import ended
from boxapis._http.messages import Request, Response
from boxapis._sansio.boxtracker import arguments, commands
from boxapis._sansio.boxtracker.commands import Handshake
from boxapis._sansio.boxtracker.session import Age, Session, State, age_of
from boxapis._sansio.identity import somebody_elses
from boxapis.boxtracker._account import Account
from boxapis.boxtracker._api_session import ApiSessions
from boxapis.boxtracker._session import (
    MOST_RENEWALS,
    Opened,
    SessionManager,
    too_often_stale,
)
from boxapis.errors import (
    AuthenticationError,
    BoxAPIError,
    ClientClosedError,
    SessionExpiredError,
)
from boxapis.secret import Secret

__all__ = ["CustomerSessions"]

_CUSTOMER = "cmdBoxTPortalCustomerHandShake"
_LOG_OUT = "cmdBoxTPortalCustomerLogOut"
_REFUSED_KEY = frozenset({507, 508, 600})
_UPDATE_FAILED = 700
_NO_SUCH_KEY_OR_USER = 600


class CustomerSessions(SessionManager):
    """The session of one customer, standing on the API session."""

    __slots__ = ("_api", "password", "username")

    block = "customer"

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

    def fresh(self, now: float) -> Session | None:
        """The session, if it and the API session under it are fresh; the warm path of each call."""
        session = self.current
        if session is None or self._state != "live":
            return None
        young = now - session.last_used < self.account.stale_after
        return session if young and self._api.fresh(now) is session.base else None

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

    def _land(self, outcome: Opened | BoxAPIError) -> None:
        """As for every session; but the quiet time after a failed API handshake is kept there."""
        below = isinstance(outcome, BoxAPIError) and outcome.operation == self._api.command
        if not (below and self._api.is_cooling_down):
            super()._land(outcome)

    async def renew(self) -> Opened | BoxAPIError:
        """An explicit handshake ends the quiet time of the API session, too."""
        self._api.forgive()
        return await super().renew()

    async def _obtain(self) -> Opened | BoxAPIError:
        for _ in range(MOST_RENEWALS):
            confirms = self._move(self.account.clock.now()) in ("use", "confirm")
            outcome = await self._open_once(self.current if confirms else None)
            if not isinstance(outcome, Stale):
                return outcome
            if not self._is_wanted():
                return ended()
        return too_often_stale(_CUSTOMER)

    async def _open_once(self, by_key: Session | None) -> Opened | BoxAPIError | Stale:
        base = await self._api.ensure()
        if isinstance(base, BoxAPIError):
            return base
        outcome = await self._try(base, by_key)
        if _is_worth_another(outcome) and by_key is not None and self.password is not None:
            by_key = None
            outcome = await self._try(base, by_key)
        if _is_worth_another(outcome):
            return await self._once_more(base, by_key)
        return outcome

    async def _once_more(
        self, base: Session, by_key: Session | None
    ) -> Opened | BoxAPIError | Stale:
        """The number does not tell whether key or API session is over: asks on another one."""
        if not self._is_wanted():
            return Stale.STALE
        other = await self._api.other_than(base)
        if isinstance(other, BoxAPIError):
            return other
        outcome = await self._try(other, by_key, spare=True)
        if isinstance(outcome, Opened):
            self._api.prefer(other, over=base)
        if isinstance(outcome, SessionExpiredError) and _is_refusal(outcome):
            return self._refused_for_good(outcome, by_key)
        return outcome

    def _refused_for_good(self, error: SessionExpiredError, by_key: Session | None) -> BoxAPIError:
        if by_key is None:
            return _as_credentials(error) if error.code == _NO_SUCH_KEY_OR_USER else error
        if self.current is by_key:
            self.account.forget(by_key)
            self.current, self._state = None, "none"
        return error

    async def _try(
        self, base: Session, by_key: Session | None, *, spare: bool = False
    ) -> Opened | BoxAPIError | Stale:
        started, outcome = await self._customer_shake(base, by_key, spare=spare)
        if isinstance(outcome, Handshake):
            return self._opened(outcome, base, started)
        return outcome

    async def _customer_shake(
        self, base: Session, by_key: Session | None, *, spare: bool
    ) -> tuple[float, Handshake | BoxAPIError | Stale]:
        account = self.account
        password = None if by_key else self.password
        key = None if by_key is None else by_key.key

        def encoded(now: float) -> str | Stale:
            # All of it may have changed while this request waited for its turn.
            fit = age_of(base, now, account.timing) == "fresh"
            fit = fit and (spare or self._api.fresh(now) is base)
            if not fit or not self._is_wanted() or not self._suits(by_key, now):
                return Stale.STALE
            return arguments.customer_handshake(
                account.username, account.password, base.key, self.username, password, key
            )

        held = (account.password, base.key, password, key)
        return await self._shake(
            _CUSTOMER, encoded, lambda: (secret for secret in held if secret is not None), key
        )

    def _suits(self, by_key: Session | None, now: float) -> bool:
        """Whether a handshake with this key is still the thing to do."""
        return by_key is None or self._move(now) in ("use", "confirm")

    def _opened(self, handshake: Handshake, base: Session, started: float) -> Opened | BoxAPIError:
        known = None if self.current is None else self.current.customer_id
        given = handshake.customer_id
        base.touch(started)
        if given is None and known is None:
            return commands.lacks_customer_id(_CUSTOMER)
        if None not in (given, known) and given != known:
            self.account.exchange.distrust(self.account.endpoint.origin)
            return somebody_elses(_CUSTOMER, "$.customerID", changing=False)
        customer_id = known if given is None else given
        return Opened(Session(handshake.key, started, base, customer_id), handshake.body)

    def _given_up(self) -> BoxAPIError | None:
        if self._move(self.account.clock.now()) != "give_up":
            return None
        if self._state == "logged_out":
            return ClientClosedError(
                "the customer has logged out", next_step="call handshake() to log in again"
            )
        return SessionExpiredError(
            "the customer's session is over and no password is held", operation=_CUSTOMER
        )

    async def log_out(self) -> BoxAPIError | None:
        """Forgets the session and ends it on the server; the error, if that failed."""
        runtime = self.account.exchange.here()
        if runtime is None:
            return elsewhere(_LOG_OUT)
        self.forget_parents()
        flight, session, state = self._flight, self.current, self._state
        self.current, self._state = None, "logged_out"
        if flight is not None:
            self._drop(flight)
            flight.settle(ClientClosedError("the customer logged out during the handshake"))
        if session is None or not self._may_live(session, state):
            return None
        self.account.forget(session)
        base = await self._api.ensure()
        if isinstance(base, BoxAPIError):
            return base
        error = await self._send_log_out(session.key, base)
        return await self._log_out_again(session.key, base) if _is_refusal(error) else error

    def _may_live(self, session: Session, state: State) -> bool:
        """Whether the server may still know a session; of a key that was given nobody can tell."""
        dead = self._age(session, self.account.clock.now()) == "dead"
        return state == "resumed" or (state == "live" and not dead)

    async def _log_out_again(self, key: Secret, base: Session) -> BoxAPIError | None:
        """On another API session, in case the first was what is over."""
        other = await self._api.other_than(base)
        if isinstance(other, BoxAPIError):
            return other
        error = await self._send_log_out(key, other)
        if error is None:
            self._api.prefer(other, over=base)
        return None if _is_refusal(error) else error

    async def _send_log_out(self, key: Secret, base: Session) -> BoxAPIError | None:
        session = Session(key, 0.0, base)
        outcome = await _LogOutCall(self.account, self._log_out_request(session), key, base).alone()
        self.account.forget(session)
        return outcome if isinstance(outcome, BoxAPIError) else None

    def _log_out_request(self, session: Session) -> Request:
        block = self.account.customer_block(session, self.username)
        return commands.request(self.account.endpoint, _LOG_OUT, "idempotent", block)

    async def _discard(self, renewed: Opened) -> None:
        session = renewed.session
        await self.account.exchange.farewell(
            lambda _: self._log_out_request(session), within=self.account.timing.farewell
        )
        self.account.forget(session)


class _LogOutCall(Call[commands.Body]):
    """One log-out: its request is there already."""

    __slots__ = ("_hidden", "_made")

    def __init__(self, account: Account, made: Request, key: Secret, base: Session) -> None:
        super().__init__(account.exchange, _LOG_OUT, "idempotent")
        self._made = made
        self._hidden = (key, base.key)

    def prepare(self, now: float) -> Request:  # noqa: ARG002 - the same at any moment
        return self._made

    def decode(self, response: Response) -> commands.Body | BoxAPIError:
        return commands.decode(response, _LOG_OUT, "idempotent", lambda: self._hidden)


def _is_refusal(outcome: object) -> bool:
    """Whether a request of a customer was refused for a key, which is proof of nothing done."""
    return isinstance(outcome, SessionExpiredError) and outcome.code in _REFUSED_KEY


def _is_worth_another(outcome: object) -> bool:
    """Whether a handshake may go better with the password, or on another API session."""
    failed = isinstance(outcome, SessionExpiredError) and outcome.code == _UPDATE_FAILED
    return failed or _is_refusal(outcome)


def _as_credentials(error: SessionExpiredError) -> AuthenticationError:
    """A login that is told twice "no such key or user" is one of a wrong user."""
    return AuthenticationError(
        f"{_CUSTOMER}: status {error.code} on two API sessions in a row, so it is the customer's"
        " user name that is not valid.",
        service="boxtracker",
        status=error.status,
        code=error.code,
        text=error.message,
        operation=_CUSTOMER,
    )
