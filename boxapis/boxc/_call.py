"""`OperationCall`: one BoxC operation with a token on it; `Caller` makes them for the resources.

Promises: one request in the ordinary case. After a refused token one replay with a new one, where
one can be had, because a refusal proves that nothing was done. A response that names another
record than the one asked for reaches no caller.
"""

from collections.abc import Callable, Coroutine
from typing import Any, cast

from attrs import evolve, frozen

from boxapis._core.call import Call, Stale
from boxapis._core.dispatcher import Dispatcher
from boxapis._core.rate_limiter import RateLimitQueue, in_background
from boxapis._http.failures import unwrapped
from boxapis._http.messages import Headers, Origin, Request, Response
from boxapis._http.raw_response import RawResponse
from boxapis._sansio.boxc import identity, responses, rest
from boxapis._sansio.boxc.allow import permitted
from boxapis._sansio.boxc.rest import PreparedRequest
from boxapis._sansio.boxc.token import Token
from boxapis._sansio.identity import misdirected
from boxapis.boxc._rate_limits import RateLimiter, RateLimiters
from boxapis.boxc._tokens import TokenSource, given_token
from boxapis.errors import AuthenticationError, BoxAPIError, InvalidResponseError
from boxapis.options import CallOptions
from boxapis.secret import Secret

__all__ = ["Caller", "IdentityCheck", "Reader"]

IdentityCheck = Callable[[dict[str, Any]], str | None]
"""Returns the JSON path that shows a response belongs to another request, or None."""

Reader = Callable[[Any], Any]
"""Returns the typed value of a decoded body, or its error."""

_REFUSED_TOKEN = frozenset({1005, 1008})
_UNAUTHORIZED = 401


@frozen(eq=False)
class Caller:
    """What a resource calls operations with; a view of the client has one of its own.

    Attributes:
        dispatcher: The state shared by all calls of the client.
        limiters: The rate limits of all users of the client.
        limiter: The rate limits of the user.
        tokens: Where tokens come from.
        origin: The host of the API.
        base_path: The path of the API, without a slash at its end.
        headers: The same for every request.
        options: Timeout, deadline, retries and trace of the calls, and what they may do.
        is_raw: Whether calls return a `RawResponse`.
    """

    dispatcher: Dispatcher
    limiters: RateLimiters
    limiter: RateLimiter
    tokens: TokenSource
    origin: Origin
    base_path: str
    headers: Headers
    options: CallOptions
    is_raw: bool = False

    def with_options(self, options: CallOptions) -> "Caller":
        """Returns the same caller with other options."""
        return evolve(self, options=options)

    def raw(self, *, is_raw: bool = True) -> "Caller":
        """Returns the same caller, whose calls return a `RawResponse`, or do not."""
        return evolve(self, is_raw=is_raw)

    def look(self, seconds: float) -> "Caller":
        """Returns the same caller for looks of a waiter: in the background, each within so long."""
        within = min(seconds, self.options.deadline or seconds)
        options = evolve(self.options, deadline=within, background=True)
        return evolve(self, is_raw=False, options=options)

    def for_user(self, token: Secret | None) -> "Caller":
        """Returns the same caller with another token, and with the rate limits of its user.

        Raises:
            ConfigurationError: the token cannot be sent.
        """
        tokens = given_token(token)
        return evolve(self, tokens=tokens, limiter=self.limiters.of(tokens.token.value))

    def expected_wait(self, calls: int) -> float:
        """Returns the seconds until so many further calls are let through; 0 for now."""
        runtime = self.dispatcher.latest
        queues = None if runtime is None else runtime.queues
        is_background = self.options.background or in_background.get()
        return self.limiter.api.expected_wait(queues, calls, background=is_background)

    def call(
        self,
        prepared: PreparedRequest,
        identity_check: IdentityCheck | None = None,
        read: Reader | None = None,
    ) -> Coroutine[Any, Any, Any]:
        """Returns one operation as a coroutine; nothing is sent or raised before it is awaited.

        Args:
            prepared: What to send.
            identity_check: Finds a response that belongs to another request, beside its id.
            read: Makes the typed value; None to return the body as it is decoded.

        Returns:
            A coroutine that returns the typed value; or decoded JSON, bytes, or None for an empty
            body.

        Raises:
            BoxAPIError: see `boxapis.errors`.
        """
        if self.is_raw or prepared.problem is not None or self.options.allow != "everything":
            return self._call_checked(prepared, identity_check, read)
        call = OperationCall(self, prepared, identity_check, read)
        return call.result(self.options.trace)  # as nearly always; a coroutine less to enter

    async def _call_checked(
        self, prepared: PreparedRequest, identity_check: IdentityCheck | None, read: Reader | None
    ) -> Any:
        """Runs an operation that may be refused here, or whose response is returned raw."""
        if self.options.allow != "everything":
            prepared = unwrapped(permitted(prepared, self.options.allow))
        if prepared.problem is not None:
            return unwrapped(prepared.error())
        call = OperationCall(self, prepared, identity_check, read)
        body = await call.result(self.options.trace)
        return RawResponse.of(cast("Response", call.response), body) if self.is_raw else body

    def queue(self, prepared: PreparedRequest) -> RateLimitQueue:
        """Returns the queue of the rate limit that a request falls under."""
        return self.limiter.track if prepared.group == "track" else self.limiter.api

    def is_replaceable(self, error: BoxAPIError, token: Token | None) -> bool:
        """Whether a token was refused, and another one can be had."""
        if not isinstance(error, AuthenticationError) or token is None:
            return False
        refused = error.code in _REFUSED_TOKEN or (
            error.code is None and error.status == _UNAUTHORIZED
        )
        return refused and self.tokens.refused(token)


class OperationCall(Call[Any]):
    """One operation with a token."""

    __slots__ = ("_caller", "_identity_check", "_prepared", "_reader", "_token")

    def __init__(
        self,
        caller: Caller,
        prepared: PreparedRequest,
        identity_check: IdentityCheck | None,
        read: Reader | None,
    ) -> None:
        super().__init__(
            caller.dispatcher,
            prepared.operation,
            prepared.kind,
            caller.options,
            caller.queue(prepared),
        )
        self._caller = caller
        self._prepared = prepared
        self._identity_check = identity_check
        self._reader = read
        self._token: Token | None = None

    async def renew(self) -> object:
        """Obtains a token, or joins the request for one under way."""
        return await self._caller.tokens.ensure()

    def is_refused(self, error: BoxAPIError) -> bool:
        """Whether the token was refused, and another one can be had."""
        return not self._replayed and self._caller.is_replaceable(error, self._token)

    def too_often_stale(self) -> BoxAPIError:
        """The error when every token had expired before the call's turn came."""
        return InvalidResponseError(
            f"{self.operation}: every token expired before it could be used.",
            operation=self.operation,
            path="$.expires_in",
        )

    def prepare(self, now: float) -> Request | Stale:
        """Returns the request if the token is fresh at ``now``."""
        caller = self._caller
        token = self._token = caller.tokens.fresh(now)
        if token is None:
            return Stale.STALE
        headers = (token.header, *caller.headers)
        return rest.request(caller.origin, caller.base_path, self._prepared, headers)

    def decode(self, response: Response) -> Any:
        """Returns the body of the response, or the typed value made of it, or its error."""
        limits = self._dispatcher.limits
        body = responses.decode(response, self._prepared, self._secrets, limits)
        if isinstance(body, dict):
            body = self._check_identity(body)
        if isinstance(body, BoxAPIError):
            return body
        if responses.is_doubtful(body, response, self._prepared):
            response.discard_connection()
        return body if self._reader is None else self._reader(body)

    def request_id(self, response: Response) -> str | None:
        """BoxC's ``X-Request-Id``, in which the secrets of the call are masked."""
        return responses.request_id(response, self._prepared, self._secrets)

    @property
    def _secrets(self) -> tuple[Secret, ...]:
        return () if self._token is None else (self._token.value,)

    def _check_identity(self, body: dict[str, Any]) -> dict[str, Any] | BoxAPIError:
        """Returns the body if nothing in it says that it belongs to another call."""
        prepared = self._prepared
        path = identity.mismatched_record(body, prepared.target)
        if path is None and self._identity_check is not None:
            path = self._identity_check(body)
        if path is None:
            return body
        return misdirected(prepared.operation, path, changing=prepared.kind != "read")
