"""`CustomerSession`: the session of one customer, which stands on the API session.

Promises: a stale key is confirmed with the key, and the password is not sent. A dead or refused one
is replaced with the password at once, where one is held. Where none is held, the key gets one more
try on another API session, because the status number does not tell which of the two sessions is
over. A key that is over disturbs no other customer on that API session. A log-out is final until
the next explicit handshake.
"""

from boxapis._core.call import MAX_RENEWALS, Stale
from boxapis._core.loop_guard import wrong_loop
from boxapis._core.renewable import session_ended
from boxapis._http.messages import Request
from boxapis._sansio.boxtracker import arguments, commands
from boxapis._sansio.boxtracker.catalogue import CUSTOMER_HANDSHAKE, LOG_OUT
from boxapis._sansio.boxtracker.commands import Handshake
from boxapis._sansio.boxtracker.session import Age, Session, State, age_of
from boxapis._sansio.identity import misdirected
from boxapis.boxtracker._account import Account, OpenedSession
from boxapis.boxtracker._api_session import ApiSession
from boxapis.boxtracker._session import SessionManager, too_often_stale
from boxapis.boxtracker._session_calls import (
    NO_SUCH_KEY_OR_USER,
    LogOutCall,
    is_refusal,
    may_succeed_otherwise,
    wrong_user,
)
from boxapis.errors import BoxAPIError, ClientClosedError, SessionExpiredError
from boxapis.secret import Secret

__all__ = ["CustomerSession"]


class CustomerSession(SessionManager):
    """The session of one customer.

    Args:
        account: The API user.
        api: The API session it stands on.
        username: The customer's user name.
        password: The customer's password; None when only a key is held.
        session_key: the key of an earlier handshake, to resume its session.
    """

    __slots__ = ("_api", "password", "username")

    session_level = "customer"
    command = CUSTOMER_HANDSHAKE

    def __init__(
        self,
        account: Account,
        api: ApiSession,
        username: str,
        password: Secret | None,
        session_key: Secret | None,
    ) -> None:
        super().__init__(account)
        self._api = api
        self.username = username
        self.password = password
        if session_key is not None:
            self.current = Session(session_key, account.dispatcher.now())
            self._state = "resumed"

    def _holds_password(self) -> bool:
        return self.password is not None

    def fresh(self, now: float) -> Session | None:
        """Returns the session if it and the API session under it are fresh at ``now``."""
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
        """Notes a refusal; its number is the same for both sessions, so both are renewed."""
        if not super().refused(session):
            return False
        if session.base is not None:
            self._api.refused(session.base)
        return True

    def _apply(self, outcome: OpenedSession | BoxAPIError) -> None:
        """Keeps the outcome; the cool-down after a failed API handshake is the API session's."""
        below = isinstance(outcome, BoxAPIError) and outcome.operation == self._api.command
        if not (below and self._api.is_cooling_down):
            super()._apply(outcome)

    async def renew(self) -> OpenedSession | BoxAPIError:
        """Renews as asked by the user, which ends the API session's cool-down, too."""
        self._api.clear_cool_down()
        return await super().renew()

    @property
    def below(self) -> ApiSession:
        """The API session it stands on."""
        return self._api

    def offer(self, session: Session) -> None:
        """Takes an earlier session of the fleet, to confirm its key, unless it has one to confirm.

        The key of the user, or one that was opened alone and may live, goes before that.
        """
        current = self.current
        has_own = current is not None and current.fence in (0, session.fence)
        if current is not None and has_own and self._may_live(current, self._state):
            return
        self.current, self._state = session, "live"

    async def open_alone(self) -> OpenedSession | BoxAPIError:
        for _ in range(MAX_RENEWALS):
            action, current = self._action(self.dispatcher.now()), self.current
            if action == "use" and current is not None and not self.is_explicit:
                return OpenedSession(current, {})  # a response has made it fresh in the meantime
            outcome = await self._open(current if action in ("use", "confirm") else None)
            if not isinstance(outcome, Stale):
                return outcome
            if not self.is_current_flight():
                return session_ended()
        return too_often_stale(CUSTOMER_HANDSHAKE)

    async def _open(self, by_key: Session | None) -> OpenedSession | BoxAPIError | Stale:
        base = await self._api.ensure()
        if isinstance(base, BoxAPIError):
            return base
        outcome = await self._open_on(base, by_key)
        if may_succeed_otherwise(outcome) and by_key is not None and self.password is not None:
            by_key = None
            outcome = await self._open_on(base, by_key)
        if may_succeed_otherwise(outcome):
            return await self._open_on_standby(base, by_key)
        return outcome

    async def _open_on_standby(
        self, base: Session, by_key: Session | None
    ) -> OpenedSession | BoxAPIError | Stale:
        """Tries another API session: the number does not tell which of the two sessions is over."""
        if not self.is_current_flight():
            return Stale.STALE
        asked = self.dispatcher.now()
        standby = await self._api.standby(base)
        if isinstance(standby, BoxAPIError):
            return standby
        outcome = await self._open_on(standby, by_key, is_standby=True)
        if isinstance(outcome, OpenedSession):
            self._api.promote(standby, over=base)
        if isinstance(outcome, SessionExpiredError) and is_refusal(outcome):
            is_adopted = standby.fence and self._api.current is standby
            if is_adopted and standby.last_used < asked:  # it may have ended together with `base`
                return await self._open_on_standby(standby, by_key)
            return self._refused_twice(outcome, by_key)
        return outcome

    def _refused_twice(self, error: SessionExpiredError, by_key: Session | None) -> BoxAPIError:
        if by_key is None:
            return wrong_user(error) if error.code == NO_SUCH_KEY_OR_USER else error
        if self.current is by_key:
            self.account.forget(by_key)
            self.current, self._state = None, "none"
        return error

    async def _open_on(
        self, base: Session, by_key: Session | None, *, is_standby: bool = False
    ) -> OpenedSession | BoxAPIError | Stale:
        started, outcome = await self._customer_handshake(base, by_key, is_standby=is_standby)
        if isinstance(outcome, Handshake):
            return self._opened(outcome, base, started)
        return outcome

    async def _customer_handshake(
        self, base: Session, by_key: Session | None, *, is_standby: bool
    ) -> tuple[float, Handshake | BoxAPIError | Stale]:
        account = self.account
        password = None if by_key else self.password
        key = None if by_key is None else by_key.key

        def encode(now: float) -> str | Stale:
            # All of this may have changed while the request waited for its turn.
            is_fit = age_of(base, now, account.timing) == "fresh"
            is_fit = is_fit and (is_standby or self._api.fresh(now) is base)
            if not is_fit or not self.is_current_flight() or not self._is_still_wanted(by_key, now):
                return Stale.STALE
            return arguments.customer_handshake_arguments(
                account.username, account.password, base.key, self.username, password, key
            )

        secrets = (account.password, base.key, password, key)
        return await self._handshake(
            CUSTOMER_HANDSHAKE,
            encode,
            lambda: (secret for secret in secrets if secret is not None),
            key,
        )

    def _is_still_wanted(self, by_key: Session | None, now: float) -> bool:
        """Whether a handshake with this key, or with the password, is still the thing to do."""
        return by_key is None or self._action(now) in ("use", "confirm")

    def _known_customer_id(self) -> int | None:
        return None if self.current is None else self.current.customer_id

    def _problem(self, handshake: Handshake) -> BoxAPIError | None:
        known, given = self._known_customer_id(), handshake.customer_id
        if given is None and known is None:
            return commands.missing_customer_id(CUSTOMER_HANDSHAKE)
        if None in (given, known) or given == known:
            return None
        return misdirected(CUSTOMER_HANDSHAKE, "$.customerID", changing=False)

    def _opened(self, handshake: Handshake, base: Session, started: float) -> OpenedSession:
        given = handshake.customer_id
        base.touch(started)
        customer_id = self._known_customer_id() if given is None else given
        session = Session(handshake.key, started, base, customer_id, note_at=base.note_at)
        return OpenedSession(session, handshake.body)

    def _why_not(self) -> BoxAPIError | None:
        if self._action(self.dispatcher.now()) != "give_up":
            return None
        if self._state == "logged_out":
            return ClientClosedError(
                "the customer has logged out", next_step="call handshake() to log in again"
            )
        return SessionExpiredError(
            "the customer's session is over and no password is held", operation=CUSTOMER_HANDSHAKE
        )

    async def log_out(self) -> BoxAPIError | None:
        """Drops the session and ends it on the server; returns the error if that failed."""
        runtime = self.account.dispatcher.here()
        if runtime is None:
            return wrong_loop(LOG_OUT)
        self.drop_inherited()
        flight, session, state = self._flight, self.current, self._state
        self.current, self._state = None, "logged_out"
        if flight is not None:
            self._forget(flight)
            flight.settle(ClientClosedError("the customer logged out during the handshake"))
        if self.share is not None and (session.fence if session else state == "none"):
            unseen = Session(Secret(""), self.dispatcher.now())  # another process may have one
            newest = await self.share.sharing.end(self.share, session or unseen)
            session, state = newest or session, "resumed" if newest else state
        if session is None or not self._may_live(session, state):
            return None
        self.account.forget(session)
        base = await self._api.ensure()
        if isinstance(base, BoxAPIError):
            return base
        error = await self._send_log_out(session.key, base)
        return await self._log_out_on_standby(session.key, base) if is_refusal(error) else error

    def _may_live(self, session: Session, state: State) -> bool:
        """Whether the server may still know a session; it may if its key was given by the user."""
        dead = self._age(session, self.dispatcher.now()) == "dead"
        return state == "resumed" or (state == "live" and not dead)

    async def _log_out_on_standby(self, key: Secret, base: Session) -> BoxAPIError | None:
        """Logs out on another API session, in case the first one is what is over."""
        standby = await self._api.standby(base)
        if isinstance(standby, BoxAPIError):
            return standby
        error = await self._send_log_out(key, standby)
        if error is None:
            self._api.promote(standby, over=base)
        return None if is_refusal(error) else error

    async def _send_log_out(self, key: Secret, base: Session) -> BoxAPIError | None:
        session = Session(key, 0.0, base)
        request = self._log_out_request(session)
        outcome = await LogOutCall(self.account.dispatcher, request, (key, base.key)).outcome()
        self.account.forget(session)
        return outcome if isinstance(outcome, BoxAPIError) else None

    def _log_out_request(self, session: Session) -> Request:
        encoded = self.account.customer_arguments(session, self.username)
        return commands.request(self.account.endpoint, LOG_OUT, "idempotent", encoded)

    async def _discard(self, renewed: OpenedSession) -> None:
        session, account = renewed.session, self.account
        if session is self.current or session.fence:  # nothing was renewed, or others use it
            return
        request = self._log_out_request(session)
        await account.dispatcher.send_best_effort(request, within=account.timing.logout_timeout)
        account.forget(session)
