"""The API session of the portal, and that of the web API: one request with the password."""

import copy

from boxapis._exchange import Stale
from boxapis._flight import Flight
from boxapis._home import Departure
from boxapis._sansio import arguments
from boxapis._sansio.commands import Handshake
from boxapis._sansio.session import Move, Session
from boxapis.boxtracker._account import Account
from boxapis.boxtracker._sessions import Opened, SessionManager, ended
from boxapis.errors import BoxAPIError

__all__ = ["ApiSessions"]

_PORTAL = "cmdBoxTPortalHandShake"
_WEB_API = "cmdBoxTWebAPIHandShake"


class ApiSessions(SessionManager):
    """An API session of a client's user: of the portal, or of the web API."""

    __slots__ = ("_spare", "_spare_for", "command")

    block = "web"

    def __init__(self, account: Account, *, web: bool) -> None:
        super().__init__(account)
        self.command = _WEB_API if web else _PORTAL
        self._spare: Flight[Opened] | None = None
        self._spare_for: Session | None = None

    def leave(self, move: Departure) -> None:
        """Is told of a move at once: the sessions of customers stand on this one."""
        self._leave(forked=move.forked)
        self._spare = self._spare_for = None

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
        return ended() if isinstance(outcome, Stale) else outcome

    def _given_up(self) -> BoxAPIError:
        return ended()

    async def fresh_handshake(self) -> Opened | BoxAPIError:
        """A handshake of its own, whatever session there is; kept only where there is none."""
        opened = await self._open("login")
        if isinstance(opened, Opened):
            self._failure = None
            if self.fresh(self.account.clock.now()) is None and self._flight is None:
                self._land(opened)
        return opened

    async def other_than(self, base: Session) -> Session | BoxAPIError:
        """Another session than one that may be over.

        The current one, where that has changed; else a spare, opened once for however many ask.
        It takes the place of the first only when it proves better, see `prefer`: a customer's
        dead key must not disturb everybody who stands on a good session.
        """
        if self.fresh(self.account.clock.now()) is not base:
            return await self.ensure()
        spare = self._spare
        if spare is None or self._spare_for is not base or self._is_spent(spare):
            spare = self._spare = self.account.flights.launch(lambda _: self._open("login"))
            self._spare_for = base
        outcome = await spare.outcome()
        return outcome.session if isinstance(outcome, Opened) else copy.copy(outcome)

    def _is_spent(self, spare: Flight[Opened]) -> bool:
        match spare.result:
            case None:
                return False
            case Opened(session=session):
                return self._age(session, self.account.clock.now()) != "fresh"
            case _:
                return True

    def prefer(self, other: Session, over: Session) -> None:
        """Puts a session that proved good in the place of one that proved over."""
        if self.current is over:
            self.account.forget(over)
            self.current, self._state, self._spare = other, "live", None
