"""The API session of the portal, and that of the web API: one request with the password."""

from boxapis._core.dispatcher import Stale
from boxapis._core.loop_guard import elsewhere
from boxapis._core.renewable import client_closed, ended
from boxapis._core.single_flight import Flight, Flights
from boxapis._sansio.boxtracker import arguments
from boxapis._sansio.boxtracker.commands import Handshake
from boxapis._sansio.boxtracker.session import Session
from boxapis.boxtracker._account import Account
from boxapis.boxtracker._session import Opened, SessionManager
from boxapis.errors import BoxAPIError

__all__ = ["ApiSessions"]

_PORTAL = "cmdBoxTPortalHandShake"
_WEB_API = "cmdBoxTWebAPIHandShake"


class ApiSessions(SessionManager):
    """An API session of a client's user: of the portal, or of the web API."""

    __slots__ = ("_spare", "command")

    block = "web"

    def __init__(self, account: Account, *, web: bool) -> None:
        super().__init__(account)
        self.command = _WEB_API if web else _PORTAL
        self._spare: Session | None = None
        account.exchange.on_fork(self.forked)

    def forked(self) -> None:
        """Forgets at once what is the parent's: the sessions of customers stand on this one."""
        self.forget_parents()
        self._spare = None

    def _holds_password(self) -> bool:
        return True

    async def _obtain(self) -> Opened | BoxAPIError:
        account = self.account
        started, outcome = await self._shake(
            self.command,
            lambda _: arguments.handshake(account.username, account.password),
            lambda: (account.password,),
        )
        if isinstance(outcome, Handshake):
            return Opened(Session(outcome.key, started), outcome.body)
        return ended() if isinstance(outcome, Stale) else outcome

    async def fresh_handshake(self) -> Opened | BoxAPIError:
        """A handshake of its own, whatever session there is; kept only where there is none."""
        opened = await self._obtain()
        if isinstance(opened, Opened):
            self._failure = None
            if self.fresh(self.account.clock.now()) is None and self._flight is None:
                self._land(opened)
        return opened

    async def other_than(self, base: Session) -> Session | BoxAPIError:
        """Another session than one that may be over.

        The current one, where that has changed; else a spare, opened once for however many ask
        within a second: an older one may have gone the same way. It takes the place of the first
        only when it proves better, see `prefer`, or when the first is refused to a command: a
        customer's dead key must not disturb everybody who stands on a good session.
        """
        if self.fresh(self.account.clock.now()) is not base:
            return await self.ensure()
        runtime, spare = self.exchange.here(), self._unspent()
        if spare is not None:
            return spare
        if runtime is None:
            return elsewhere("the handshake")
        if self.exchange.closed:
            return client_closed()
        beside = runtime.flights.get((self, "spare"))
        if beside is None:
            beside = runtime.flights.launch((self, "spare"), self._fly_beside)
        opened: Opened | BoxAPIError = await beside.outcome()
        return opened.session if isinstance(opened, Opened) else opened

    def _launch(self, flights: Flights) -> Flight[Opened]:
        """A spare that is under way serves everybody, when the first is over after all."""
        spare = flights.get((self, "spare"))
        return super()._launch(flights) if spare is None else flights.share(self, spare)

    async def _fly_beside(self, flight: Flight[Opened]) -> Opened | BoxAPIError:
        try:
            outcome = await self._obtain()
        finally:
            self._drop(flight)
            self._drop(flight, of=(self, "spare"))
        if isinstance(outcome, Opened):
            self._spare = outcome.session
        if not flight.settled and self.fresh(self.account.clock.now()) is None:
            self._land(outcome)
        return outcome

    def _unspent(self) -> Session | None:
        """The spare, if it was opened just now and is not in use."""
        spare = self._spare
        if spare is None or spare is self.current:
            return None
        idle = self.account.clock.now() - spare.last_used
        return spare if idle < self.account.timing.cool_down else None

    def _land(self, outcome: Opened | BoxAPIError) -> None:
        """As for every session; but one that proved alive in the meantime keeps its place."""
        if isinstance(outcome, BoxAPIError) or self.fresh(self.account.clock.now()) is None:
            super()._land(outcome)

    def refused(self, session: Session) -> bool:
        """As for every session; a spare that was opened just now takes its place."""
        if not super().refused(session):
            return False
        spare = self._unspent()
        if spare is not None:
            self.prefer(spare, over=session)
        return True

    def prefer(self, other: Session, over: Session) -> None:
        """Puts a session that proved good in the place of one that proved over."""
        if self.current is over and self._flight is None:
            self.account.forget(over)
            self.current, self._state, self._spare = other, "live", None
