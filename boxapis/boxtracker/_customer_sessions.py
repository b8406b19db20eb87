"""The session of one customer, which stands on the API session.

Promises: a stale key is confirmed with the key, and the password stays at home; a dead or refused
one is replaced with the password at once, where one is held; where none is held, the key gets one
more try on a new API session, because the service's number does not tell which of the two died.
A log-out is final until the next explicit handshake.
"""

from boxapis._exchange import Stale
from boxapis._sansio import arguments, commands
from boxapis._sansio.commands import Handshake
from boxapis._sansio.session import Age, Move, Session
from boxapis._wire import Request
from boxapis.boxtracker._account import Account
from boxapis.boxtracker._api_sessions import ApiSessions
from boxapis.boxtracker._sessions import MOST_RENEWALS, Opened, SessionManager, too_often_stale
from boxapis.errors import BoxAPIError, ClientClosedError, SessionExpiredError
from boxapis.secret import Secret

__all__ = ["CustomerSessions"]

_CUSTOMER = "cmdBoxTPortalCustomerHandShake"
_LOG_OUT = "cmdBoxTPortalCustomerLogOut"


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
        for _ in range(MOST_RENEWALS):
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
