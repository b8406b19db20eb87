"""The resource OAuth: tokens of other users (https://docs.boxc.com/#tag/Authentication)."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, cast

from attrs import frozen

from boxapis._core.awaitable import named, returns_coroutine
from boxapis._core.call import Call
from boxapis._http.messages import Request, Response
from boxapis._http.raw_response import RawResponse
from boxapis._sansio import shapes
from boxapis._sansio.bodies import read_json
from boxapis._sansio.boxc import oauth
from boxapis._sansio.boxc.oauth import EXCHANGE, REVOKE, Accounts
from boxapis._sansio.boxc.token import is_token
from boxapis._sansio.operation import Kind, not_allowed
from boxapis._sansio.text import exact_int, exact_text
from boxapis._sansio.value import Value
from boxapis.boxc._call import Caller
from boxapis.boxc._resource import Resource
from boxapis.boxc._tokens import ClientCredentials
from boxapis.errors import BoxAPIError, ConfigurationError
from boxapis.options import Limits
from boxapis.secret import Secret, required, seal

__all__ = ["OAuth", "Tokens"]


@frozen(kw_only=True, repr=False, eq=False)
class Tokens(Value):
    """The tokens that a code was exchanged for; their signatures are not checked here.

    Attributes:
        access_token: The token for `boxapis.BoxC`; there is none to refresh it with.
        id_token: A JWT that says who the user is; its ``sub`` is the user's id.
        token_type: ``"Bearer"``.
        expires_in: Lifetime of the access token, in seconds.
    """

    access_token: Secret
    id_token: Secret | None = None
    token_type: str | None = None
    expires_in: int | None = None


class OAuth(Resource):
    """Access to the accounts of other users, as ``boxc.oauth``.

    It needs a client with ``client_id`` and ``client_secret``. Each user has a token and a rate
    limit of its own: ``boxc.user(tokens.access_token)`` makes calls for the user of `Tokens`.
    """

    __slots__ = ()

    def authorize_url(self, redirect_uri: str, state: str, nonce: str | None = None) -> str:
        """Returns the URL to send a user's browser to; nothing is sent from here.

        The user allows or declines the access that is set for the OAuth client. The browser then
        comes back to ``redirect_uri`` with ``state``, and with a ``code`` for `exchange`.

        Args:
            redirect_uri: The address to come back to, exactly as it is set for the OAuth client.
            state: A text that cannot be guessed, kept in the user's session. Accept only the code
                that comes back with the same one: any other was not asked for by this user.
            nonce: A text that comes back in the claims of the ID token.

        Raises:
            ConfigurationError: the client has no ``client_id``, or an argument is no text.
        """
        fields = {"redirect_uri": redirect_uri, "state": state}
        fields |= {} if nonce is None else {"nonce": nonce}
        texts = {name: _text(value, name) for name, value in fields.items()}
        url = oauth.authorize_url(_accounts(self._caller), texts)
        if url is None:
            raise ConfigurationError(_SURROGATE)
        return url

    @returns_coroutine
    def exchange(self, code: str | Secret, redirect_uri: str) -> Coroutine[Any, Any, Tokens]:
        """Exchanges the code that came back with a browser for tokens of its user.

        Kind: changing, because a code can be exchanged once.

        Args:
            code: The parameter ``code`` of the address that the browser came back to.
            redirect_uri: The same as for `authorize_url`.

        Raises:
            ConfigurationError: the client has no ``client_id``, or an argument is no text. Nothing
                was sent.
            ValidationError: the code, or ``redirect_uri``, was refused.
            AuthenticationError: client ID and secret were refused.
            OutcomeUnknownError: it was sent and no response settled it: send the user to
                `authorize_url` again.
        """
        sealed = seal(code)
        del code
        return named(self._exchange(sealed, redirect_uri), "OAuth.exchange")

    async def revoke(self, user_id: int | str) -> None:
        """Ends the access to a user's account; BoxC then refuses all its tokens of this client.

        Kind: idempotent.

        Args:
            user_id: The user's id: `boxapis.boxc.users.User.id`, or ``sub`` of the tokens.

        Raises:
            ConfigurationError: the client has no ``client_id``, or the id is none. Nothing was
                sent.
            AuthenticationError: client ID and secret were refused.
        """
        if self._caller.options.allow != "everything":  # it ends more than a session
            raise not_allowed(REVOKE, self._caller.options.allow)
        number = exact_int(user_id)
        sub = _text(user_id, "user_id") if number is None else str(number)
        request = oauth.form_request(_accounts(self._caller), REVOKE, {"sub": sub}, changing=False)
        nothing: None = await _run(self._caller, request, "idempotent", _read_nothing)
        return nothing  # a `RawResponse`, if the calls are raw

    async def _exchange(self, code: Secret | None, redirect_uri: str) -> Tokens:
        accounts, address = _accounts(self._caller), _text(redirect_uri, "redirect_uri")
        request = _exchange_request(accounts, required(code, "code"), address)
        read = partial(_read_tokens, limits=self._caller.dispatcher.limits)
        tokens: Tokens = await _run(self._caller, request, "changing", read)
        return tokens


class _AccountsCall(Call[Any]):
    """One call of the accounts service, which has no rate limit of its own."""

    __slots__ = ("_prepared", "_read_response")

    def __init__(
        self, caller: Caller, prepared: Request, kind: Kind, read: Callable[[Response], Any]
    ) -> None:
        super().__init__(caller.dispatcher, prepared.operation, kind, caller.options)
        self._prepared = prepared
        self._read_response = read

    def prepare(self, now: float) -> Request:  # noqa: ARG002 - the same at any time
        return self._prepared

    def decode(self, response: Response) -> Any:
        error = oauth.refusal(response, self.operation, self._dispatcher.limits)
        return self._read_response(response) if error is None else error


async def _run(
    caller: Caller, request: Request | None, kind: Kind, read: Callable[[Response], Any]
) -> Any:
    if request is None:
        raise ConfigurationError(_SURROGATE)
    call = _AccountsCall(caller, request, kind, read)
    value = await call.result(caller.options.trace)
    return RawResponse.of(cast("Response", call.response), value) if caller.is_raw else value


def _exchange_request(accounts: Accounts, code: Secret, redirect_uri: str) -> Request | None:
    """Returns the request for tokens; it raises nothing, so that no traceback shows the code."""
    form = {
        "grant_type": "authorization_code",
        "code": code.reveal(),
        "redirect_uri": redirect_uri,
    }
    return oauth.form_request(accounts, EXCHANGE, form, changing=True)


def _read_tokens(response: Response, limits: Limits) -> Tokens | BoxAPIError:
    body: Any = read_json(response, operation=EXCHANGE, changing=True, limits=limits)
    if isinstance(body, BoxAPIError):
        return body
    tokens = shapes.read(Tokens, body, path="$", operation=EXCHANGE, changing=True)
    if isinstance(tokens, Tokens) and not is_token(tokens.access_token.reveal()):
        why = "expected a token"
        return shapes.misshapen("$.access_token", why, operation=EXCHANGE, changing=True)
    return tokens


def _read_nothing(_: Response) -> None:
    return None


def _accounts(caller: Caller) -> Accounts:
    if isinstance(caller.tokens, ClientCredentials):
        return caller.tokens.accounts
    message = "oauth needs a client with client_id and client_secret, and this one has a token"
    raise ConfigurationError(message)


_SURROGATE = "an argument holds half a surrogate pair, which has no encoding"


def _text(value: object, name: str) -> str:
    text = exact_text(value)
    if not text:
        raise ConfigurationError(f"{name} must be a non-empty str")
    return text
