"""Puts live session keys on a command, and sends it once more after a refused key.

Promises: one request in the ordinary case; after a proven refusal of the key exactly one replay,
with a new key; after *that* refusal an error that says so; a changing command is never sent twice
without such proof; an answer that names another customer, or another record than the one asked for,
is given to nobody.
"""

from collections.abc import Coroutine, Iterator
from typing import Any, cast

from boxapis._core.call import Call
from boxapis._core.dispatcher import Stale
from boxapis._http.messages import Request, Response
from boxapis._http.raw_answer import RawAnswer
from boxapis._sansio.boxtracker import commands, identity
from boxapis._sansio.boxtracker.arguments import Arguments
from boxapis._sansio.boxtracker.catalogue import Command
from boxapis._sansio.boxtracker.commands import Body
from boxapis._sansio.boxtracker.session import Session
from boxapis._sansio.identity import somebody_elses
from boxapis.boxtracker._customer_session import CustomerSessions
from boxapis.boxtracker._session import SessionManager, too_often_stale
from boxapis.errors import BoxAPIError, ConfigurationError, SessionExpiredError
from boxapis.options import CallOptions
from boxapis.secret import Secret

__all__ = ["run", "run_raw"]


def call(
    sessions: SessionManager, arguments: Arguments, options: CallOptions
) -> "CommandCall | ConfigurationError":
    """One command on a session, or why it cannot be made."""
    command = arguments.command
    if command is None or command.block != sessions.block or command.name in _OWN_METHOD:
        return _refusal(arguments)
    return CommandCall(sessions, command, arguments, options)


def run(
    sessions: SessionManager, arguments: Arguments, options: CallOptions
) -> Coroutine[Any, Any, Body]:
    """Runs one command on a session, when it is awaited."""
    made = call(sessions, arguments, options)
    return _refuse(made) if isinstance(made, ConfigurationError) else made.start(options.trace)


async def run_raw(
    sessions: SessionManager, arguments: Arguments, options: CallOptions
) -> RawAnswer:
    """The same, with everything that came."""
    made = call(sessions, arguments, options)
    if isinstance(made, ConfigurationError):
        raise made
    body = await made.start(options.trace)
    return RawAnswer.of(cast("Response", made.response), body)


async def _refuse(error: ConfigurationError) -> Body:
    raise error


_OWN_METHOD = {
    "cmdBoxTPortalHandShake": "handshakes.portal()",
    "cmdBoxTPortalCustomerHandShake": "handshakes.customer() or customer.handshake()",
    "cmdBoxTWebAPIHandShake": "handshakes.web_api()",
    "cmdBoxTPortalCustomerLogOut": "customer.logout()",
}
_OTHER_DOOR = {
    "customer": "is a command of the portal: call it on tracker.customer(...)",
    "web": "is a command of the web API: call it on the BoxTracker itself",
}


def _refusal(arguments: Arguments) -> ConfigurationError:
    """Why arguments are not sent on this session."""
    command = arguments.command
    if command is None:
        return arguments.error() or ConfigurationError("no command was given")
    if command.name in _OWN_METHOD:
        method = _OWN_METHOD[command.name]
        return ConfigurationError(f"{command.name} has a method of its own: {method}")
    return ConfigurationError(f"{command.name} {_OTHER_DOOR[command.block]}")


class CommandCall(Call[Body]):
    """One command: what is sent, and with which session."""

    __slots__ = ("account", "arguments", "command", "session", "sessions", "started")

    def __init__(
        self,
        sessions: SessionManager,
        command: Command,
        arguments: Arguments,
        options: CallOptions,
    ) -> None:
        self.account = account = sessions.account
        super().__init__(account.exchange, command.name, command.kind, options)
        self.sessions = sessions
        self.command = command
        self.arguments = arguments
        self.session: Session | None = None
        self.started = 0.0

    async def renew(self) -> object:
        """Opens or confirms the session, or waits for who does."""
        return await self.sessions.ensure()

    def is_refused(self, error: BoxAPIError) -> bool:
        """Whether the session was refused, which is noted."""
        if not isinstance(error, SessionExpiredError):
            return False
        if self.session is not None:
            self.sessions.refused(self.session)
        return True

    def too_often_stale(self) -> BoxAPIError:
        """The session died again and again while the call waited for its turn."""
        return too_often_stale(self.command.name)

    def answered(self) -> None:
        """A proper answer, be it an error: the session has lived on from the request's start."""
        if self.session is not None:
            self.session.touch(self.started)

    def prepare(self, now: float) -> Request | Stale:
        """Directly before the send: the request, if the session is fresh this very moment."""
        self.started = now
        session = self.session = self.sessions.fresh(now)
        if session is None:
            return Stale.STALE
        command = self.command
        encoded = self._block(session) + self.arguments.encoded
        return commands.request(self.account.endpoint, command.name, command.kind, encoded)

    def _block(self, session: Session) -> str:
        if not isinstance(self.sessions, CustomerSessions):
            return self.account.web_block(session)
        block = self.account.customer_block(session, self.sessions.username)
        if self.command.customer_id and "customer_id" not in self.arguments.names:
            return f"{block}&customer_id={session.customer_id}"
        return block

    def decode(self, response: Response) -> Body | BoxAPIError:
        """The answer as a body or an error."""
        name = self.command.name
        body = commands.decode(response, name, self.command.kind, self._secrets)
        if isinstance(body, dict) and ("customerID" in body or name in identity.ECHOES):
            return self._own(body)
        return body

    def _own(self, body: Body) -> Body | BoxAPIError:
        """A body that says whose it is, if it is this call's."""
        command, encoded = self.command, self.arguments.encoded
        customer_id = None if self.session is None else self.session.customer_id
        path = identity.other_customer(body, customer_id, encoded)
        if path is None and command.name in identity.ECHOES:
            path = identity.other_thing(body, command.name, encoded)
        if path is None:
            return body
        self.account.exchange.distrust(self.account.endpoint.origin)
        return somebody_elses(command.name, path, changing=command.kind != "read")

    def _secrets(self) -> Iterator[Secret]:
        yield from self.arguments.secrets
        yield self.account.password
        session = self.session
        while session is not None:
            yield session.key
            session = session.base
        if isinstance(self.sessions, CustomerSessions) and self.sessions.password is not None:
            yield self.sessions.password

    def refused_again(self, error: BoxAPIError) -> BoxAPIError:
        """A new session was refused as well."""
        if not isinstance(error, SessionExpiredError):
            return error
        return SessionExpiredError(
            f"{self.command.name}: a new session was refused as well (status {error.code})."
            " Another program may be logging in with the same user.",
            service="boxtracker",
            status=error.status,
            code=error.code,
            text=error.message,
            operation=self.command.name,
            attempts=error.attempts,
            retry_stopped_by="attempts",
            next_step="give each program a user of its own",
        )
