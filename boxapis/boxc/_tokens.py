"""Where BoxC's bearer token comes from: given once, or fetched with the client's credentials.

Promises: a token is fetched when it is first needed, once for however many calls wait for it;
after a refusal once more, unless another call has done so already; one that is about to expire is
replaced beside the calls, which use it on meanwhile, so that a service of tokens that is down or
slow holds up no call that has one; a given token is never replaced.
"""

from typing import Protocol

from boxapis._core.call import Call
from boxapis._core.dispatcher import Exchange, Stale
from boxapis._core.renewable import Renewable, ended
from boxapis._http.messages import Headers, Origin, Request, Response
from boxapis._sansio.boxc.token import OPERATION, Token, decode_token, token_request
from boxapis.errors import AuthenticationError, BoxAPIError
from boxapis.secret import Secret

__all__ = ["ClientCredentials", "GivenToken", "TokenSource"]

_COOL_DOWN = 1.0
_CREDENTIAL_COOL_DOWN = 60.0


class TokenSource(Protocol):
    """What a call needs of a source of tokens."""

    def fresh(self, now: float) -> Token | None:
        """The token, if a request may use it this very moment."""
        ...

    async def ensure(self) -> Token | BoxAPIError:
        """A usable token, or the error for this caller alone."""
        ...

    def refused(self, token: Token) -> bool:
        """Notes that the service refused this token; whether another one can be had."""
        ...


class GivenToken:
    """A token of the user's."""

    def __init__(self, value: Secret) -> None:
        self._token = Token(value, float("inf"), float("inf"))

    def fresh(self, now: float) -> Token | None:  # noqa: ARG002 - of the protocol
        """The token given."""
        return self._token

    async def ensure(self) -> Token | BoxAPIError:
        """The token given."""
        return self._token

    def refused(self, token: Token) -> bool:  # noqa: ARG002 - of the protocol
        """There is no other."""
        return False


class _TokenCall(Call[Token]):
    """One request for a token."""

    __slots__ = ("_made", "_started")

    def __init__(self, exchange: Exchange, made: Request, started: float) -> None:
        super().__init__(exchange, OPERATION, "read")
        self._made = made
        self._started = started

    def prepare(self, now: float) -> Request:  # noqa: ARG002 - the same at any moment
        return self._made

    def decode(self, response: Response) -> Token | BoxAPIError:
        return decode_token(response, self._started)


class ClientCredentials(Renewable[Token, Token]):
    """Tokens fetched with client ID and secret."""

    __slots__ = ("_authorization", "_base_path", "_headers", "_origin")

    def __init__(
        self,
        authorization: Secret,
        origin: Origin,
        base_path: str,
        headers: Headers,
        exchange: Exchange,
    ) -> None:
        super().__init__(exchange)
        self._authorization = authorization
        self._origin = origin
        self._base_path = base_path
        self._headers = headers

    def fresh(self, now: float) -> Token | None:
        """The token held, unless it has expired; one that is about to has the next one fetched."""
        token = self.current
        if token is None or now < token.refresh_at:
            return token
        if now >= token.expires_at:
            return None
        self._board()  # beside the calls: nobody waits for it
        return token

    def refused(self, token: Token) -> bool:
        """Drops the token if it is still the one held. Another can always be tried."""
        if self.current is token:
            self.current = None
        return True

    def _keep(self, renewed: Token) -> None:
        self.current = renewed

    def _cool_down(self, error: BoxAPIError) -> float:
        return _CREDENTIAL_COOL_DOWN if isinstance(error, AuthenticationError) else _COOL_DOWN

    async def _obtain(self) -> Token | BoxAPIError:
        started = self.exchange.now()
        request = token_request(self._origin, self._base_path, self._authorization, self._headers)
        outcome = await _TokenCall(self.exchange, request, started).alone()
        return ended() if isinstance(outcome, Stale) else outcome
