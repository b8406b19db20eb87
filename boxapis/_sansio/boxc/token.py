"""The client-credentials grant of BoxC: its request, and the token in its response.

Source: https://docs.boxc.com/#tag/Authentication. There is no refresh grant; tokens are opaque.
"""

import base64
import math
from collections.abc import Collection, Mapping
from contextlib import suppress
from types import MappingProxyType

import orjson
from attrs import frozen

from boxapis._http.messages import Headers, Origin, Request, Response
from boxapis._sansio.bodies import DEFAULT_LIMITS, read_json
from boxapis._sansio.kinds import parse_int
from boxapis._sansio.operation import FIRST_SERVER_STATUS, advice_on_page, http_error
from boxapis._sansio.retry_after import parse_seconds
from boxapis.errors import (
    APIError,
    AuthenticationError,
    BoxAPIError,
    InvalidResponseError,
    RateLimitError,
)
from boxapis.options import Limits
from boxapis.secret import Secret

__all__ = [
    "OPERATION",
    "Token",
    "accounts_error",
    "basic_authorization",
    "decode_token",
    "is_token",
    "subject",
    "token_request",
]

OPERATION = "POST /auth/v1/token"

_PATH = "/auth/v1/token"
_MAX_LIFETIME = 10 * 365 * 86400  # seconds
_REFRESH_MARGIN = 300.0  # seconds
_REFUSED_STATUSES = (400, 401, 403)
_NO_ADVICE: Mapping[int, str] = MappingProxyType({})


@frozen(eq=False)
class Token:
    """An access token with two times on the client's clock, in seconds.

    Attributes:
        value: The opaque token.
        refresh_at: The time from which a new token should be requested.
        expires_at: The time from which the token is invalid; infinite when unknown.
    """

    value: Secret
    refresh_at: float
    expires_at: float = math.inf

    @property
    def header(self) -> tuple[str, str]:
        """The ``Authorization`` header."""
        return ("Authorization", f"Bearer {self.value.reveal()}")


def is_token(text: str) -> bool:
    """Whether a text can be sent as a token: printable ASCII without blanks, not empty."""
    return text.isascii() and text.isprintable() and " " not in text and bool(text)


def subject(token: Secret) -> str | None:
    """Returns the claim ``sub`` of a token, a user's ID; None when it has none that can be read.

    The signature is not checked, so the ID must not decide whose data anything is.
    """
    claims: object = None
    payload = token.reveal().partition(".")[2].rpartition(".")[0]
    with suppress(ValueError):  # neither Base64 nor JSON
        claims = orjson.loads(base64.urlsafe_b64decode(payload + "=="))
    sub = claims.get("sub") if isinstance(claims, dict) else None
    return str(sub) if isinstance(sub, str | int) and sub and sub is not True else None


def basic_authorization(client_id: str | Secret, client_secret: Secret) -> Secret:
    """Returns the value of the ``Authorization`` header for the token endpoint."""
    pair = f"{Secret(client_id).reveal()}:{client_secret.reveal()}".encode()
    return Secret(f"Basic {base64.b64encode(pair).decode('ascii')}")


def token_request(
    origin: Origin, base_path: str, authorization: Secret, common: Headers
) -> Request:
    """Returns the request for a new token; its scopes are those set for the client at BoxC."""
    headers = (
        ("Accept", "application/json"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Authorization", authorization.reveal()),
        *common,
    )
    body = b"grant_type=client_credentials"
    return Request(origin, "POST", base_path + _PATH, headers, body, OPERATION)


def decode_token(
    response: Response, started: float, limits: Limits = DEFAULT_LIMITS
) -> Token | BoxAPIError:
    """Returns the token of a response, or its error; what its error bodies hold is undocumented.

    Args:
        response: The response of the token endpoint.
        started: The start of the request on the client's clock, from which the lifetime counts.
        limits: Maximum size and depth of JSON.
    """
    error = accounts_error(response, OPERATION)
    if error is not None:
        return error
    body = read_json(response, operation=OPERATION, changing=False, limits=limits)
    if isinstance(body, InvalidResponseError):
        return body
    return _read_token(body if isinstance(body, dict) else {}, started)


def accounts_error(
    response: Response,
    operation: str,
    *,
    refused: Collection[int] = _REFUSED_STATUSES,
    changing: bool = False,
    advice: Mapping[int, str] = _NO_ADVICE,
) -> APIError | None:
    """Returns the error of a response of the accounts service; None for a success.

    Args:
        response: The response.
        operation: Method and path.
        refused: Each HTTP status that says, with a JSON object, that the client was refused.
        changing: Whether the operation changes anything, for the error.
        advice: The next step after an HTTP status, where it is not the usual one.
    """
    status = response.status
    kind = http_error(status)
    if kind is None:
        return None
    body = read_json(response, operation=operation, changing=False)
    is_own = isinstance(body, dict)  # else a page of a server or a firewall on the way
    if is_own and status in refused:
        return _client_refused(status, operation)
    error = kind(
        f"{operation}: HTTP {status} from the accounts service.",
        service="boxc",
        status=status,
        operation=operation,
        may_have_been_applied=changing and status >= FIRST_SERVER_STATUS,
        next_step=(is_own and advice.get(status)) or advice_on_page(status),
    )
    if isinstance(error, RateLimitError):
        error.retry_after = parse_seconds(response.header("retry-after"))
    return error


def _client_refused(status: int, operation: str) -> AuthenticationError:
    return AuthenticationError(
        f"{operation}: HTTP {status}, the client credentials were refused.",
        service="boxc",
        status=status,
        operation=operation,
        next_step="check client_id and client_secret, and that the client is active",
    )


def _read_token(body: dict[str, object], started: float) -> Token | InvalidResponseError:
    value = body.get("access_token")
    if not isinstance(value, str) or not is_token(value):
        return _missing_field("access_token")
    lifetime = parse_int(body.get("expires_in"))
    if lifetime is None or lifetime <= 0:
        return _missing_field("expires_in")
    lifetime = min(lifetime, _MAX_LIFETIME)
    margin = min(_REFRESH_MARGIN, lifetime / 2)
    return Token(Secret(value), started + lifetime - margin, started + lifetime)


def _missing_field(name: str) -> InvalidResponseError:
    return InvalidResponseError(
        f"{OPERATION}: the response has no usable {name}.",
        path=f"$.{name}",
        operation=OPERATION,
        retry_stopped_by="permanent",
        next_step="report it to BoxC",
    )
