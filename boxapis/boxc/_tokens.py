"""Where BoxC's bearer token comes from: given once, or fetched with the client's credentials.

Promises: a token is fetched when it is first needed, once for however many calls wait for it;
after a refusal once more, unless another call has done so already; one that is about to expire is
replaced beside the calls, which use it on meanwhile, so that a service of tokens that is down or
slow holds up no call that has one; a given token is never replaced.
"""

import copy
from typing import Protocol

from boxapis._core.call import Call
from boxapis._core.clock import Clock
from boxapis._core.dispatcher import Exchange, Stale
from boxapis._core.loop_guard import elsewhere
from boxapis._core.runtime import Runtime
from boxapis._core.single_flight import Flight
from boxapis._http.messages import Headers, Origin, Request, Response
from boxapis._sansio.token import OPERATION, Token, decode_token, token_request
from boxapis.errors import AuthenticationError, BoxAPIError, ClientClosedError
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


class ClientCredentials:
    """Tokens fetched with client ID and secret."""

    def __init__(
        self,
        authorization: Secret,
        origin: Origin,
        base_path: str,
        headers: Headers,
        exchange: Exchange,
        clock: Clock,
    ) -> None:
        self._authorization = authorization
        self._origin = origin
        self._base_path = base_path
        self._headers = headers
        self._exchange = exchange
        self._clock = clock
        self._token: Token | None = None
        self._failure: BoxAPIError | None = None
        self._failed_until = 0.0

    def fresh(self, now: float) -> Token | None:
        """The token held, unless it has expired; one that is about to has the next one fetched."""
        token = self._token
        if token is None or now < token.refresh_at:
            return token
        if now >= token.expires_at:
            return None
        runtime = self._exchange.here()
        if runtime is not None and not (self._is_quiet(now) or self._exchange.closed):
            self._join(runtime)
        return token

    def _is_quiet(self, now: float) -> bool:
        """Whether the last attempt to fetch a token failed so lately that no other is made."""
        return self._failure is not None and now < self._failed_until

    async def ensure(self) -> Token | BoxAPIError:
        """The token held, or a new one; one request for all who wait."""
        now = self._clock.now()
        token = self.fresh(now)
        if token is not None:
            return token
        if self._failure is not None and self._is_quiet(now):
            return copy.copy(self._failure)
        if self._exchange.closed:
            return ClientClosedError("the client is closed")
        runtime = self._exchange.here()
        return elsewhere(OPERATION) if runtime is None else await self._join(runtime).outcome()

    def _join(self, runtime: Runtime) -> Flight[Token]:
        """The request that is under way, or a new one."""
        return runtime.flights.get(self) or runtime.flights.launch(self, self._fly)

    def refused(self, token: Token) -> bool:
        """Drops the token if it is still the one held. Another can always be tried."""
        if self._token is token:
            self._token = None
        return True

    async def _fly(self, flight: Flight[Token]) -> Token | BoxAPIError:
        try:
            outcome = await self._fetch()
        finally:
            if self._exchange.latest is not None:
                self._exchange.latest.flights.drop(self, flight)
        if isinstance(outcome, Token):
            self._token, self._failure = outcome, None
        else:
            self._failure = copy.copy(outcome)
            refused = isinstance(outcome, AuthenticationError)
            pause = _CREDENTIAL_COOL_DOWN if refused else _COOL_DOWN
            self._failed_until = self._clock.now() + pause
        return outcome

    async def _fetch(self) -> Token | BoxAPIError:
        started = self._clock.now()
        request = token_request(self._origin, self._base_path, self._authorization, self._headers)
        outcome = await _TokenCall(self._exchange, request, started).alone()
        if isinstance(outcome, Stale):
            return ClientClosedError("the client was closed while a token was fetched")
        return outcome
