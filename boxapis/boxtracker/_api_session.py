"""`ApiSession`: the session of the API user, for the portal or for the web API."""

from boxapis._core.call import Stale
from boxapis._core.loop_guard import wrong_loop
from boxapis._core.renewable import session_ended
from boxapis._core.single_flight import FlightGroup, SingleFlight
from boxapis._http.failures import client_closed
from boxapis._sansio.boxtracker import arguments
from boxapis._sansio.boxtracker.catalogue import PORTAL_HANDSHAKE, WEB_API_HANDSHAKE
from boxapis._sansio.boxtracker.commands import Handshake
from boxapis._sansio.boxtracker.session import Session
from boxapis.boxtracker._account import Account, OpenedSession
from boxapis.boxtracker._session import SessionManager
from boxapis.boxtracker._session_calls import HandshakeCheck
from boxapis.errors import BoxAPIError

__all__ = ["ApiSession"]


class ApiSession(SessionManager):
    """The API user's session; one request with the password opens it.

    Args:
        account: The API user.
        web: Whether it is the session of the web API, not of the portal.

    Attributes:
        command: The handshake command.
    """

    __slots__ = ("_standby", "command")

    session_level = "web"

    def __init__(self, account: Account, *, web: bool) -> None:
        super().__init__(account)
        self.command = WEB_API_HANDSHAKE if web else PORTAL_HANDSHAKE
        self._standby: Session | None = None
        account.dispatcher.on_fork(self.forked)

    def forked(self) -> None:
        """Drops the parent's sessions at once, because customer sessions stand on this one."""
        self.drop_inherited()
        self._standby = None

    def _holds_password(self) -> bool:
        return True

    async def open_alone(self, check: HandshakeCheck | None = None) -> OpenedSession | BoxAPIError:
        account = self.account
        started, outcome = await self._handshake(
            self.command,
            lambda _: arguments.api_handshake_arguments(account.username, account.password),
            lambda: (account.password,),
            check=check,
        )
        if isinstance(outcome, Handshake):
            return OpenedSession(Session(outcome.key, started), outcome.body)
        return session_ended() if isinstance(outcome, Stale) else outcome

    async def new_handshake(
        self, check: HandshakeCheck | None = None
    ) -> OpenedSession | BoxAPIError:
        """Makes a handshake of its own; its session is kept only when there is no usable one."""
        opened = await self.open_alone(check)
        if isinstance(opened, OpenedSession):
            self.clear_cool_down()
            if self.fresh(self.dispatcher.now()) is None and self._flight is None:
                self._apply(opened)
        return opened

    async def standby(self, base: Session) -> Session | BoxAPIError:
        """Returns an API session other than ``base``, which may have expired.

        It is the current one if that has been replaced since, else a standby that is opened once
        and shared by all callers within the cool-down. The standby takes the place of ``base`` only
        when it proves better (`promote`), or when ``base`` is refused to a command: one customer's
        dead key must not disturb the others on a good session.
        """
        if self.share is not None:
            await self.share.sharing.follow(self, self.share, base)
        if self.fresh(self.dispatcher.now()) is not base:
            return await self.ensure()
        runtime, standby = self.dispatcher.here(), self._unused_standby()
        if standby is not None:
            return standby
        if runtime is None:
            return wrong_loop("the handshake")
        if self.dispatcher.closed:
            return client_closed()
        flights = runtime.flights
        flight = flights.get(self._standby_key) or flights.start(
            self._standby_key, self._open_standby
        )
        opened = await self._outcome_of(flight)
        return opened.session if isinstance(opened, OpenedSession) else opened

    @property
    def _standby_key(self) -> tuple[object, str]:
        return (self, "standby")

    def _start(self, flights: FlightGroup) -> SingleFlight[OpenedSession]:
        """Joins a standby that is being opened: it serves everyone if the current one is over."""
        standby = flights.get(self._standby_key)
        return super()._start(flights) if standby is None else flights.share(self, standby)

    async def _open_standby(
        self, flight: SingleFlight[OpenedSession]
    ) -> OpenedSession | BoxAPIError:
        try:
            outcome = await self.open_alone()
        finally:
            self._forget(flight)
            self._forget(flight, self._standby_key)
        if not flight.settled and self.fresh(self.dispatcher.now()) is None:
            self._apply(outcome)
        elif isinstance(outcome, OpenedSession):  # only as a standby: `base` is still fresh
            self._standby = outcome.session
        return outcome

    def _unused_standby(self) -> Session | None:
        """Returns the standby if it was opened just now and is not in use."""
        standby = self._standby
        if standby is None or standby is self.current:
            return None
        idle = self.dispatcher.now() - standby.last_used
        return standby if idle < self.account.timing.cool_down else None

    def _apply(self, outcome: OpenedSession | BoxAPIError) -> None:
        """Keeps the new session, unless the current one proved alive in the meantime."""
        if isinstance(outcome, BoxAPIError) or self.fresh(self.dispatcher.now()) is None:
            super()._apply(outcome)

    def refused(self, session: Session) -> bool:
        """Notes that the service refused this session; a standby opened just now replaces it."""
        if not super().refused(session):
            return False
        standby = self._unused_standby()
        if standby is not None:
            self.promote(standby, over=session)
        return True

    def promote(self, standby: Session, over: Session) -> None:
        """Puts a session that proved good in the place of one that proved to be over."""
        if self.replace(over, standby):
            self._note_refusal(over)
            self._standby = None
