"""The API session of the portal, and that of the web API: one request with the password."""

import copy

from boxapis._core.dispatcher import Stale
from boxapis._core.loop_guard import Departure
from boxapis._core.single_flight import Flight
from boxapis._sansio import arguments
from boxapis._sansio.commands import Handshake
from boxapis._sansio.session import Session
from boxapis.boxtracker._account import Account
from boxapis.boxtracker._session import Opened, SessionManager, ended
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
        self._spare: Flight[Opened] | None = None

    def leave(self, move: Departure) -> None:
        """Is told of a move at once: the sessions of customers stand on this one."""
        self._leave(forked=move.forked)
        self._spare = None

    def _holds_password(self) -> bool:
        return True

    async def _open(self) -> Opened | BoxAPIError:
        account = self.account
        started, outcome = await self._shake(
            self.command,
            lambda _: arguments.handshake(account.username, account.password),
            lambda: (account.password,),
        )
        if isinstance(outcome, Handshake):
            return Opened(Session(outcome.key, started), outcome.body)
        return ended() if isinstance(outcome, Stale) else outcome

    def _given_up(self) -> BoxAPIError:
        return ended()

    async def fresh_handshake(self) -> Opened | BoxAPIError:
        """A handshake of its own, whatever session there is; kept only where there is none."""
        opened = await self._open()
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
        spare = self._spare
        if spare is None or self._is_spent(spare):
            spare = self._spare = self.account.flights.launch(self._fly_beside)
        outcome = await spare.outcome()
        return outcome.session if isinstance(outcome, Opened) else copy.copy(outcome)

    def _launch(self) -> Flight[Opened]:
        """A spare that is under way serves everybody, when the first is over after all."""
        spare = self._spare
        return super()._launch() if spare is None or spare.settled else spare

    async def _fly_beside(self, flight: Flight[Opened]) -> Opened | BoxAPIError:
        try:
            outcome = await self._open()
        finally:
            if self._flight is flight:
                self._flight = None
        if not flight.settled and self.fresh(self.account.clock.now()) is None:
            self._land(outcome)
        return outcome

    def _is_spent(self, spare: Flight[Opened]) -> bool:
        match spare.result:
            case None:
                return False
            case Opened(session=session):
                idle = self.account.clock.now() - session.last_used
                return session is self.current or idle >= self.account.timing.cool_down
            case _:
                return True

    def _land(self, outcome: Opened | BoxAPIError) -> None:
        """As for every session; but one that proved alive in the meantime keeps its place."""
        if isinstance(outcome, BoxAPIError) or self.fresh(self.account.clock.now()) is None:
            super()._land(outcome)

    def refused(self, session: Session) -> bool:
        """As for every session; a spare that was opened just now takes its place."""
        if not super().refused(session):
            return False
        spare = self._spare
        if spare is not None and not self._is_spent(spare) and isinstance(spare.result, Opened):
            self.prefer(spare.result.session, over=session)
        return True

    def prefer(self, other: Session, over: Session) -> None:
        """Puts a session that proved good in the place of one that proved over."""
        if self.current is over and self._flight is None:
            self.account.forget(over)
            self.current, self._state, self._spare = other, "live", None
