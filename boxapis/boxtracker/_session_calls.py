"""The calls that open and end sessions: handshakes and the log-out; they need no session to run.

And what their refusals mean.
"""

from collections.abc import Callable

from boxapis._core.call import Call, Stale
from boxapis._core.dispatcher import Dispatcher
from boxapis._http.messages import Request, Response
from boxapis._sansio.boxtracker import commands
from boxapis._sansio.boxtracker.catalogue import CUSTOMER_HANDSHAKE, LOG_OUT, UPDATE_FAILED
from boxapis._sansio.boxtracker.commands import Body, Endpoint, Handshake
from boxapis.errors import AuthenticationError, BoxAPIError, SessionExpiredError
from boxapis.secret import Secret

__all__ = [
    "NO_SUCH_KEY_OR_USER", "HandshakeCall", "HandshakeCheck", "LogOutCall", "is_refusal",
    "may_succeed_otherwise", "wrong_user",
]  # fmt: skip

NO_SUCH_KEY_OR_USER = 600
_REFUSED_KEY = frozenset({507, 508, NO_SUCH_KEY_OR_USER})

HandshakeCheck = Callable[[Handshake], BoxAPIError | None]
"""Returns the error of a handshake that is misshapen or belongs to another request, or None."""


class HandshakeCall(Call[Handshake]):
    """One handshake.

    Args:
        dispatcher: The state shared by all calls of the client.
        endpoint: Address, method and headers of every command.
        name: The command.
        encode: Returns the encoded arguments as of a time on the clock, or `Stale`.
        secrets: Returns the values to take out of an error's text.
        kept_key: The key to keep when the response brings none.
        check: Finds a handshake that is misshapen or belongs to another request.

    Attributes:
        started: When the last request was started.
    """

    __slots__ = ("_check", "_encode", "_endpoint", "_kept_key", "_secrets", "started")

    def __init__(
        self,
        dispatcher: Dispatcher,
        endpoint: Endpoint,
        name: str,
        encode: Callable[[float], str | Stale],
        secrets: commands.Secrets,
        kept_key: Secret | None,
        check: HandshakeCheck,
    ) -> None:
        super().__init__(dispatcher, name, "read")
        self._endpoint = endpoint
        self._encode = encode
        self._secrets = secrets
        self._kept_key = kept_key
        self._check = check
        self.started = 0.0

    def prepare(self, now: float) -> Request | Stale:
        self.started = now
        arguments = self._encode(now)
        if isinstance(arguments, Stale):
            return arguments
        return commands.request(self._endpoint, self.operation, "read", arguments)

    def decode(self, response: Response) -> Handshake | BoxAPIError:
        handshake = commands.decode_handshake(
            response, self.operation, self._secrets, self._kept_key, self._dispatcher.limits
        )
        if isinstance(handshake, BoxAPIError):
            return handshake
        return self._check(handshake) or handshake


class LogOutCall(Call[Body]):
    """One log-out.

    Args:
        dispatcher: The state shared by all calls of the client.
        prepared: The request, made beforehand.
        secrets: The keys in it, to take out of an error's text.
    """

    __slots__ = ("_prepared", "_secrets")

    def __init__(
        self, dispatcher: Dispatcher, prepared: Request, secrets: tuple[Secret, ...]
    ) -> None:
        super().__init__(dispatcher, LOG_OUT, "idempotent")
        self._prepared = prepared
        self._secrets = secrets

    def prepare(self, now: float) -> Request:  # noqa: ARG002 - the same at any time
        return self._prepared

    def decode(self, response: Response) -> Body | BoxAPIError:
        limits = self._dispatcher.limits
        return commands.decode(response, LOG_OUT, "idempotent", lambda: self._secrets, limits)


def is_refusal(outcome: object) -> bool:
    """Whether a customer's request was refused for its key, which proves that nothing was done."""
    return isinstance(outcome, SessionExpiredError) and outcome.code in _REFUSED_KEY


def may_succeed_otherwise(outcome: object) -> bool:
    """Whether a handshake may succeed with the password, or on another API session."""
    failed = isinstance(outcome, SessionExpiredError) and outcome.code == UPDATE_FAILED
    return failed or is_refusal(outcome)


def wrong_user(error: SessionExpiredError) -> AuthenticationError:
    """The error of a login that was answered twice with "no such key or user"."""
    return AuthenticationError(
        f"{CUSTOMER_HANDSHAKE}: status {error.code} on two API sessions in a row, so it is the"
        " customer's user name that is not valid.",
        service="boxtracker",
        status=error.status,
        code=error.code,
        text=error.message,
        operation=CUSTOMER_HANDSHAKE,
    )
