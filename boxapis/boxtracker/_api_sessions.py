"""The API session of the portal, and that of the web API: one request with the password."""

from boxapis._exchange import Stale
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
