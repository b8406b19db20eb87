"""Puts live session keys on a command, and sends it once more after a refused key.

Promises: one request in the ordinary case; after a proven refusal of the key exactly one replay,
with a new key; after *that* refusal an error that says so; a changing command is never sent twice
without such proof; an answer that names another customer, or another record than the one asked for,
is given to nobody.
"""

from collections.abc import Coroutine, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from boxapis._core.call import Course
from boxapis._core.dispatcher import Stale
from boxapis._core.tracer import Recorder
from boxapis._http.failures import unwrapped
from boxapis._http.messages import Request, Response
from boxapis._http.raw_answer import RawAnswer
from boxapis._sansio import commands, identity
from boxapis._sansio.arguments import Arguments
from boxapis._sansio.catalogue import Command
from boxapis._sansio.commands import Body
from boxapis._sansio.session import Session
from boxapis.boxtracker._customer_session import CustomerSessions
from boxapis.boxtracker._session import MOST_RENEWALS, SessionManager, too_often_stale
from boxapis.errors import APIError, BoxAPIError, ConfigurationError, SessionExpiredError
from boxapis.options import CallOptions
from boxapis.secret import Secret

if TYPE_CHECKING:
    from boxapis.boxtracker._account import Account

__all__ = ["call", "call_raw"]


def call(
    sessions: SessionManager,
    arguments: Arguments,
    options: CallOptions,
    made_by: "type[_Call] | None" = None,
) -> Coroutine[Any, Any, Body]:
    """Runs one command on a session, when it is awaited.

    Raises:
        BoxAPIError: see `boxapis.errors`.
    """
    command = arguments.command
    if command is None or command.block != sessions.block or command.name in _OWN_METHOD:
        return _refuse(_refusal(arguments))
    made = (made_by or _Call)(sessions, command, arguments)
    recorder = made.account.exchange.recorder(command.name, command.kind, options.trace)
    if recorder is None:
        return made.run(options, None)
    return recorder.follow(partial(made.run, options, recorder))


def call_raw(
    sessions: SessionManager, arguments: Arguments, options: CallOptions
) -> Coroutine[Any, Any, RawAnswer]:
    """The same, with everything that came.

    Raises:
        BoxAPIError: see `boxapis.errors`.
    """
    work: Any = call(sessions, arguments, options, _RawCall)
    made: Coroutine[Any, Any, RawAnswer] = work
    return made


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


class _Call:
    """One call: what is sent, and with which session."""

    __slots__ = ("account", "arguments", "command", "session", "sessions", "started")

    def __init__(self, sessions: SessionManager, command: Command, arguments: Arguments) -> None:
        self.sessions = sessions
        self.account: Account = sessions.account
        self.command = command
        self.arguments = arguments
        self.session: Session | None = None
        self.started = 0.0

    async def run(self, options: CallOptions, recorder: Recorder | None) -> Body:
        """The whole call, renewals and replay included."""
        refusals = renewals = 0
        command = self.command
        course = Course(
            self.account.exchange,
            self.prepare,
            self.decode,
            command.name,  # by place: keywords to a class cost much
            command.kind,
            options,
        )
        if recorder is not None:
            course.watch(recorder)
        while True:
            outcome = await course.run()
            if isinstance(outcome, dict):
                self._touch()
                return outcome
            if isinstance(outcome, Stale):
                ready = await course.renewed(self.sessions.ensure())
                renewals += 1
                if isinstance(ready, BoxAPIError):
                    return unwrapped(ready)
                if renewals > MOST_RENEWALS:
                    return unwrapped(too_often_stale(command.name))
                continue
            if not isinstance(outcome, SessionExpiredError):
                if isinstance(outcome, APIError) and outcome.code is not None:
                    self._touch()
                return unwrapped(outcome)
            refusals += 1
            self._report()
            if refusals > 1:
                return unwrapped(self._refused_again(outcome))

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
        return identity.somebody_elses(command.name, path, changing=command.kind != "read")

    def _secrets(self) -> Iterator[Secret]:
        yield from self.arguments.secrets
        yield self.account.password
        session = self.session
        while session is not None:
            yield session.key
            session = session.base
        if isinstance(self.sessions, CustomerSessions) and self.sessions.password is not None:
            yield self.sessions.password

    def _report(self) -> None:
        if self.session is not None:
            self.sessions.refused(self.session)

    def _touch(self) -> None:
        """A proper answer, be it an error: the session has lived on from the request's start."""
        if self.session is not None:
            self.session.touch(self.started)

    def _refused_again(self, error: SessionExpiredError) -> SessionExpiredError:
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


class _RawCall(_Call):
    """One call that remembers the answer it decodes."""

    __slots__ = ("response",)

    response: Response

    def decode(self, response: Response) -> Body | BoxAPIError:
        """The answer as a body or an error."""
        self.response = response
        return super().decode(response)

    async def run(self, options: CallOptions, recorder: Recorder | None) -> Any:
        """The whole call; a body is always that of the last answer."""
        body = await super().run(options, recorder)
        return RawAnswer.of(self.response, body)
