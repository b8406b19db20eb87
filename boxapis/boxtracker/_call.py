"""`CommandCall`: one Box Tracker command with the live session keys on it; `Caller` makes them.

Promises: one request in the ordinary case. After a proven refusal of the key exactly one replay,
with a new key; after *that* refusal an error that says so. One that another process opened before
the refusal is no new key: it may be over, too. A changing command is never sent twice without such
proof. A response that names another customer, or another record than the one asked for, reaches no
caller.
"""

from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, cast

from attrs import evolve, frozen

from boxapis._core.call import MAX_RENEWALS, Call, Stale
from boxapis._http.messages import Request, Response
from boxapis._http.raw_response import RawResponse
from boxapis._sansio.boxtracker import commands, identity
from boxapis._sansio.boxtracker.allow import permitted
from boxapis._sansio.boxtracker.arguments import SealedArguments
from boxapis._sansio.boxtracker.catalogue import (
    CUSTOMER_HANDSHAKE,
    LOG_OUT,
    PORTAL_HANDSHAKE,
    WEB_API_HANDSHAKE,
    Command,
)
from boxapis._sansio.boxtracker.commands import Body
from boxapis._sansio.boxtracker.session import Session
from boxapis._sansio.identity import misdirected
from boxapis.boxtracker._customer_session import CustomerSession
from boxapis.boxtracker._session import SessionManager, too_often_stale
from boxapis.errors import BoxAPIError, ConfigurationError, SessionExpiredError
from boxapis.options import CallOptions
from boxapis.secret import Secret

if TYPE_CHECKING:
    from boxapis._core.trace import Trace

__all__ = ["Caller", "Reader", "run"]

Reader = Callable[[Body], Any]
"""Returns the typed value of a successful response's body, or its error."""


@frozen(eq=False)
class Caller:
    """What a resource runs commands with; a view of a client or a customer has one of its own.

    Attributes:
        session: The session whose arguments the commands take.
        options: Timeout, deadline, retries and trace of the calls, and what they may do.
        watch: Keeps the session alive from the first call on; None if there is nothing to do.
        is_raw: Whether calls return a `RawResponse`.
    """

    session: SessionManager
    options: CallOptions
    watch: Callable[[], None] | None = None
    is_raw: bool = False

    def raw(self, *, is_raw: bool = True) -> "Caller":
        """Returns the same caller, whose calls return a `RawResponse`, or do not."""
        return evolve(self, is_raw=is_raw)

    def call(
        self, arguments: SealedArguments, read: Reader | None = None
    ) -> Coroutine[Any, Any, Any]:
        """Returns one command as a coroutine; no frame of it has the arguments as a variable.

        Args:
            arguments: The command and its arguments.
            read: Makes the typed value; None to return the body.
        """
        call = run(self.session, arguments, self.options, is_raw=self.is_raw, read=read)
        return call if self.watch is None else _watched(self.watch, call)


async def _watched(watch: Callable[[], None], call: Coroutine[Any, Any, Any]) -> Any:
    watch()
    return await call


def run(
    session: SessionManager,
    arguments: SealedArguments,
    options: CallOptions,
    *,
    is_raw: bool = False,
    read: Reader | None = None,
) -> Coroutine[Any, Any, Any]:
    """Returns one command on a session as a coroutine.

    Args:
        session: The session whose arguments the command takes.
        arguments: The caller's arguments.
        options: Timeout, deadline, retries and trace.
        is_raw: Whether the result is a `RawResponse` instead of the body or the typed value.
        read: Makes the typed value; None to return the body.
    """
    command, level = arguments.command, session.session_level
    if command is None or command.session_level != level or command.name in _OWN_METHOD:
        return _refuse(_refusal(arguments))
    if options.allow != "everything":
        allowed = permitted(arguments, options.allow)
        if isinstance(allowed, ConfigurationError):
            return _refuse(allowed)
        arguments = allowed
    call = CommandCall(session, command, arguments, options, read)
    return call.raw_result(options.trace) if is_raw else call.result(options.trace)


async def _refuse(error: ConfigurationError) -> Body:
    raise error


_OWN_METHOD = {
    PORTAL_HANDSHAKE: "handshakes.portal()",
    CUSTOMER_HANDSHAKE: "handshakes.customer() or customer.handshake()",
    WEB_API_HANDSHAKE: "handshakes.web_api()",
    LOG_OUT: "customer.logout()",
}
_OTHER_DOOR = {
    "customer": "is a command of the portal: call it on tracker.customer(...)",
    "web": "is a command of the web API: call it on the BoxTracker itself",
}


def _refusal(arguments: SealedArguments) -> ConfigurationError:
    """Returns why a command is not sent on this session."""
    command = arguments.command
    if command is None:
        return arguments.error() or ConfigurationError("no command was given")
    if command.name in _OWN_METHOD:
        method = _OWN_METHOD[command.name]
        return ConfigurationError(f"{command.name} has a method of its own: {method}")
    return ConfigurationError(f"{command.name} {_OTHER_DOOR[command.session_level]}")


class CommandCall(Call[Any]):
    """One command on one session."""

    __slots__ = (
        "_account",
        "_arguments",
        "_command",
        "_current",
        "_reader",
        "_refused_at",
        "_session",
        "_started",
    )

    def __init__(
        self,
        session: SessionManager,
        command: Command,
        arguments: SealedArguments,
        options: CallOptions,
        read: Reader | None,
    ) -> None:
        self._account = account = session.account
        super().__init__(account.dispatcher, command.name, command.kind, options)
        self._session = session
        self._command = command
        self._arguments = arguments
        self._reader = read
        self._current: Session | None = None
        self._started = 0.0
        self._refused_at: float  # when the first refused request was started

    async def raw_result(self, trace: "Trace | None") -> RawResponse:
        """Returns the whole response of the last request."""
        body = await self.result(trace)
        return RawResponse.of(cast("Response", self.response), body)

    async def renew(self) -> object:
        """Opens or confirms the session, or joins the handshake under way."""
        return await self._session.ensure()

    def is_refused(self, error: BoxAPIError) -> bool:
        """Whether the session was refused, which is noted."""
        if not isinstance(error, SessionExpiredError):
            return False
        current = self._current
        if current is not None:
            self._session.refused(current)
            if not self._replayed:
                self._refused_at = self._started
            elif self._is_from_before(current):
                self._replayed = False
        return True

    def _is_from_before(self, session: Session) -> bool:
        """Whether another process opened a session before the first refusal: it is no new one."""
        may_be = session.is_adopted and self._requests < MAX_RENEWALS
        return may_be and session.last_used <= self._refused_at

    def too_often_stale(self) -> BoxAPIError:
        """The error when the session expired again and again while the call was queued."""
        return too_often_stale(self.operation)

    def answered(self) -> None:
        """Notes that the session has lived on from the start of the request."""
        session, started = self._current, self._started
        if session is None:
            return
        session.touch(started)
        if started >= session.note_at:
            self._session.note(session, started)

    def prepare(self, now: float) -> Request | Stale:
        """Returns the request if the session is fresh at ``now``."""
        self._started = now
        current = self._current = self._session.fresh(now)
        if current is None:
            return Stale.STALE
        command = self._command
        encoded = self._session_arguments(current) + self._arguments.encoded
        return commands.request(self._account.endpoint, command.name, command.kind, encoded)

    def _session_arguments(self, current: Session) -> str:
        if not isinstance(self._session, CustomerSession):
            return self._account.web_arguments(current)
        encoded = self._account.customer_arguments(current, self._session.username)
        if self._command.customer_id and "customer_id" not in self._arguments.names:
            return f"{encoded}&customer_id={current.customer_id}"
        return encoded

    def decode(self, response: Response) -> Any:
        """Returns the body of the response, or the typed value made of it, or its error."""
        name = self.operation
        body = commands.decode(
            response,
            name,
            self.kind,
            self._secrets,
            self._dispatcher.limits,
            self._arguments.filled,
        )
        if isinstance(body, dict) and ("customerID" in body or name in identity.ECHOES):
            body = self._check_identity(body)
        return body if self._reader is None or isinstance(body, BoxAPIError) else self._reader(body)

    def _check_identity(self, body: Body) -> Body | BoxAPIError:
        """Returns the body if nothing in it says that it belongs to another call."""
        command, encoded = self._command, self._arguments.encoded
        customer_id = None if self._current is None else self._current.customer_id
        path = identity.mismatched_customer(body, customer_id, encoded)
        if path is None and command.name in identity.ECHOES:
            path = identity.mismatched_record(body, command.name, encoded)
        if path is None:
            return body
        return misdirected(command.name, path, changing=command.kind != "read")

    def _secrets(self) -> Iterator[Secret]:
        yield from self._arguments.secrets
        yield self._account.password
        session = self._current
        while session is not None:
            yield session.key
            session = session.base
        if isinstance(self._session, CustomerSession) and self._session.password is not None:
            yield self._session.password

    def refused_again(self, error: BoxAPIError) -> BoxAPIError:
        """The error when the new session was refused as well."""
        if not isinstance(error, SessionExpiredError):
            return error
        return SessionExpiredError(
            f"{self.operation}: a new session was refused as well (status {error.code})."
            " Another program may be logging in with the same user.",
            service="boxtracker",
            status=error.status,
            code=error.code,
            text=error.message,
            operation=self.operation,
            attempts=error.attempts,
            retry_stopped_by="attempts",
            next_step="give each program a user of its own",
        )
