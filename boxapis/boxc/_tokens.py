"""Sources of BoxC's bearer token: one given by the user, or the client-credentials grant.

Promises: a token is obtained when it is first needed, once for any number of calls that wait for
it; after a refusal once more, unless another call has done so already. One that is about to expire
is replaced in the background while calls go on using it, so a token service that is down or slow
holds up no call that has a token. A given token is never replaced.
"""

from collections.abc import Callable
from typing import Protocol

from boxapis._core.call import Call, Stale
from boxapis._core.dispatcher import Dispatcher
from boxapis._core.renewable import Renewable, session_ended
from boxapis._http.messages import Request, Response
from boxapis._sansio.boxc.oauth import Accounts
from boxapis._sansio.boxc.token import OPERATION, Token, decode_token, is_token, token_request
from boxapis.errors import AuthenticationError, BoxAPIError, ConfigurationError
from boxapis.secret import Secret, required

__all__ = ["ClientCredentials", "GivenToken", "TokenSource", "given_token"]

_COOL_DOWN = 1.0
_CREDENTIAL_COOL_DOWN = 60.0


class TokenSource(Protocol):
    """Where the calls of a client get their token."""

    def fresh(self, now: float) -> Token | None:
        """Returns the token if a request may use it at ``now``."""
        ...

    async def ensure(self) -> Token | BoxAPIError:
        """Returns a usable token, or an error for this caller alone."""
        ...

    def refused(self, token: Token) -> bool:
        """Notes that the service refused this token; returns whether another can be had."""
        ...


class GivenToken:
    """A token given by the user.

    Attributes:
        token: The token, which never expires here.
    """

    __slots__ = ("token",)

    def __init__(self, value: Secret) -> None:
        self.token = Token(value, float("inf"))

    def fresh(self, now: float) -> Token | None:  # noqa: ARG002 - the protocol has it
        """Returns the given token."""
        return self.token

    async def ensure(self) -> Token | BoxAPIError:
        """Returns the given token."""
        return self.token

    def refused(self, token: Token) -> bool:  # noqa: ARG002 - the protocol has it
        """Returns False: there is no other token."""
        return False


def given_token(token: Secret | None) -> GivenToken:
    """Returns the source of a given token.

    Raises:
        ConfigurationError: the token is missing or empty, or cannot be sent.
    """
    secret = required(token, "token")
    if not is_token(secret.reveal()):
        message = "token must be ASCII without blanks and line breaks; it is not shown"
        raise ConfigurationError(message)
    return GivenToken(secret)


class _TokenCall(Call[Token]):
    """One request for a token."""

    __slots__ = ("_prepared", "_started")

    def __init__(self, dispatcher: Dispatcher, prepared: Request, started: float) -> None:
        super().__init__(dispatcher, OPERATION, "read")
        self._prepared = prepared
        self._started = started

    def prepare(self, now: float) -> Request:  # noqa: ARG002 - the same at any time
        return self._prepared

    def decode(self, response: Response) -> Token | BoxAPIError:
        return decode_token(response, self._started, self._dispatcher.limits)


class ClientCredentials(Renewable[Token, Token]):
    """Tokens obtained with client ID and secret.

    Args:
        accounts: The service that issues tokens, and the OAuth client.
        dispatcher: The state shared by all calls of the client.

    Attributes:
        on_token: Called with each new token.
    """

    noun = "the request for a token"

    __slots__ = ("_dispatcher", "accounts", "on_token")

    def __init__(self, accounts: Accounts, dispatcher: Dispatcher) -> None:
        super().__init__()
        self._dispatcher = dispatcher
        self.accounts = accounts
        self.on_token: Callable[[Secret], object] | None = None

    @property
    def dispatcher(self) -> Dispatcher:
        """The state shared by all calls of the client."""
        return self._dispatcher

    def fresh(self, now: float) -> Token | None:
        """Returns the token held unless it has expired; starts a renewal when it is about to."""
        token = self.current
        if token is None or now < token.refresh_at:
            return token
        if now >= token.expires_at:
            return None
        self._join()  # in the background: no call waits for it
        return token

    def refused(self, token: Token) -> bool:
        """Drops the token if it is still the current one. Another can always be tried."""
        if self.current is token:
            self.current = None
        return True

    def _keep(self, renewed: Token) -> None:
        self.current = renewed
        if self.on_token is not None:
            self.on_token(renewed.value)

    def _cool_down(self, error: BoxAPIError) -> float:
        return _CREDENTIAL_COOL_DOWN if isinstance(error, AuthenticationError) else _COOL_DOWN

    async def _obtain(self) -> Token | BoxAPIError:
        started = self.dispatcher.now()
        at = self.accounts
        request = token_request(at.origin, at.base_path, at.authorization, at.headers)
        outcome = await _TokenCall(self.dispatcher, request, started).outcome()
        return session_ended() if isinstance(outcome, Stale) else outcome
