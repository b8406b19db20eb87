"""Puts BoxC's token on a call, once more after a refused one.

Promises: one request in the ordinary case; after a refused token one replay with a new one, where
one can be had, because a refusal proves that nothing was done; an answer that names another record
than the one asked for is given to nobody.
"""

from collections.abc import Callable
from typing import Any, cast

from boxapis._core.call import Call
from boxapis._core.dispatcher import Exchange, Stale
from boxapis._core.rate_limiter import Limiter
from boxapis._http.failures import unwrapped
from boxapis._http.messages import Headers, Origin, Request, Response
from boxapis._http.raw_answer import RawAnswer
from boxapis._sansio.boxc import identity, rest
from boxapis._sansio.boxc.ratelimit import Gate, group_of
from boxapis._sansio.boxc.rest import Draft
from boxapis._sansio.boxc.token import Token
from boxapis._sansio.identity import somebody_elses
from boxapis.boxc._tokens import TokenSource
from boxapis.errors import (
    AuthenticationError,
    BoxAPIError,
    InvalidResponseError,
)
from boxapis.options import CallOptions

__all__ = ["Caller", "Stranger"]

Stranger = Callable[[dict[str, Any]], str | None]
"""Gives the path at which an answer says that it is somebody else's, or None."""

_REFUSED_TOKEN = frozenset({1005, 1008})
_UNAUTHORIZED = 401


class Caller:
    """Sends drafts with the token of a source."""

    _gives_all = False

    def __init__(
        self,
        exchange: Exchange,
        limiter: Limiter,
        tokens: TokenSource,
        origin: Origin,
        base_path: str,
        headers: Headers,
        options: CallOptions,
    ) -> None:
        self.exchange = exchange
        self._limiter = limiter
        self._tokens = tokens
        self._origin = origin
        self._base_path = base_path
        self._headers = headers
        self.options = options

    def with_options(self, options: CallOptions) -> "Caller":
        """The same caller with other times."""
        return Caller(
            self.exchange,
            self._limiter,
            self._tokens,
            self._origin,
            self._base_path,
            self._headers,
            options,
        )

    def expected_wait(self, calls: int) -> float:
        """Seconds until so many further calls will have been let through; 0: now."""
        runtime, gate = self.exchange.latest, self._limiter.api
        present = 0 if runtime is None else runtime.lines[gate].present
        return gate.wait(self.exchange.now(), present + calls - 1)

    def raw(self) -> "Caller":
        """The same caller, whose answers are `RawAnswer`."""
        caller = self.with_options(self.options)
        caller._gives_all = True  # noqa: SLF001 - of this very class
        return caller

    async def call(self, made: Draft, stranger: Stranger | None = None) -> Any:
        """Runs one operation.

        Args:
            made: What to send.
            stranger: Where in an answer it says that it is somebody else's, beside its id.

        Returns:
            Decoded JSON, bytes, or None for an empty body.

        Raises:
            BoxAPIError: see `boxapis.errors`.
        """
        error = made.error()
        if error is not None:
            return unwrapped(error)
        call = OperationCall(self, made, stranger)
        body = await call.start(self.options.trace)
        return RawAnswer.of(cast("Response", call.response), body) if self._gives_all else body

    def gate(self, made: Draft) -> Gate:
        """The rate limit that a request falls under."""
        return self._limiter.track if group_of(made.target) == "track" else self._limiter.api

    async def ensure(self) -> object:
        """A usable token, or the error for this caller alone."""
        return await self._tokens.ensure()

    def is_replaceable(self, error: BoxAPIError, token: Token | None) -> bool:
        """Whether a token was refused, and another one can be had."""
        if not isinstance(error, AuthenticationError) or token is None:
            return False
        refused = error.code in _REFUSED_TOKEN or (
            error.code is None and error.status == _UNAUTHORIZED
        )
        return refused and self._tokens.refused(token)

    def request(self, made: Draft, token: Token) -> Request:
        """A draft as a request."""
        headers = (token.header, *self._headers)
        return rest.request(self._origin, self._base_path, made, headers)

    def token(self, now: float) -> Token | None:
        """The token for this very moment."""
        return self._tokens.fresh(now)

    def distrust(self) -> None:
        """Ends the connections to the service: one gave an answer of somebody else's."""
        self.exchange.distrust(self._origin)


class OperationCall(Call[Any]):
    """One operation: what is sent, and with which token."""

    __slots__ = ("_caller", "_made", "_stranger", "token")

    def __init__(self, caller: Caller, made: Draft, stranger: Stranger | None) -> None:
        super().__init__(
            caller.exchange, made.operation, made.kind, caller.options, caller.gate(made)
        )
        self._caller = caller
        self._made = made
        self._stranger = stranger
        self.token: Token | None = None

    async def renew(self) -> object:
        """Fetches a token, or waits for who does."""
        return await self._caller.ensure()

    def is_refused(self, error: BoxAPIError) -> bool:
        """Whether the token was refused, and another one can be had."""
        return not self._replayed and self._caller.is_replaceable(error, self.token)

    def too_often_stale(self) -> BoxAPIError:
        """Every token had expired before the call's turn came."""
        return _too_short_lived(self._made)

    def prepare(self, now: float) -> Request | Stale:
        self.token = self._caller.token(now)
        return Stale.STALE if self.token is None else self._caller.request(self._made, self.token)

    def decode(self, response: Response) -> Any:
        hidden = () if self.token is None else (self.token.value,)
        body = rest.decode(response, self._made, hidden)
        return self._own(body) if isinstance(body, dict) else body

    def _own(self, body: dict[str, Any]) -> dict[str, Any] | BoxAPIError:
        """A body, if it is this call's by what it says."""
        made = self._made
        path = identity.other_record(body, made.target)
        if path is None and self._stranger is not None:
            path = self._stranger(body)
        if path is None:
            return body
        self._caller.distrust()
        return somebody_elses(made.operation, path, changing=made.kind != "read")


def _too_short_lived(made: Draft) -> InvalidResponseError:
    return InvalidResponseError(
        f"{made.operation}: every token expired before it could be used.",
        operation=made.operation,
        path="$.expires_in",
    )
