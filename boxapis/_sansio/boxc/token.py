"""The client-credentials grant of BoxC: its request, and the token in its answer.

Source: https://docs.boxc.com/#tag/Authentication. There is no refresh grant; tokens are opaque.
"""

import base64
import math

from attrs import frozen

from boxapis._http.messages import Headers, Origin, Request, Response
from boxapis._sansio.bodies import read_json
from boxapis._sansio.operation import http_error
from boxapis._sansio.shapes import parse_int, seconds
from boxapis.errors import (
    AuthenticationError,
    BoxAPIError,
    InvalidResponseError,
    RateLimitError,
)
from boxapis.secret import Secret

__all__ = ["OPERATION", "Token", "basic", "decode_token", "is_token", "token_request"]

OPERATION = "POST /auth/v1/token"

_PATH = "/auth/v1/token"
_LONGEST_LIFE = 10 * 365 * 86400
_REFRESH_EARLY = 300.0
_REFUSALS = (400, 401, 403)


@frozen(eq=False)
class Token:
    """An access token, and two moments on the client's clock.

    Attributes:
        value: The token, opaque.
        refresh_at: From when on a new one is better.
        expires_at: From when on it is worth nothing.
    """

    value: Secret
    refresh_at: float
    expires_at: float = math.inf

    @property
    def header(self) -> tuple[str, str]:
        """The ``Authorization`` header."""
        return ("Authorization", f"Bearer {self.value.reveal()}")


def is_token(text: str) -> bool:
    """Whether a text can stand in a header: ASCII, printable, without blanks."""
    return text.isascii() and text.isprintable() and " " not in text and bool(text)


def basic(client_id: str | Secret, client_secret: Secret) -> Secret:
    """The value of the ``Authorization`` header for the token endpoint."""
    pair = f"{Secret(client_id).reveal()}:{client_secret.reveal()}".encode()
    return Secret(f"Basic {base64.b64encode(pair).decode('ascii')}")


def token_request(
    origin: Origin, base_path: str, authorization: Secret, common: Headers
) -> Request:
    """The request for a new token. No scope is asked for: it comes with the client's settings."""
    headers = (
        ("Accept", "application/json"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Authorization", authorization.reveal()),
        *common,
    )
    body = b"grant_type=client_credentials"
    return Request(origin, "POST", base_path + _PATH, headers, body, OPERATION)


def decode_token(response: Response, started: float) -> Token | BoxAPIError:
    """The token of an answer, or an error. The endpoint's own error bodies are undocumented."""
    status = response.status
    if status in _REFUSALS:
        return _refused(status)
    kind = http_error(status)
    if kind is not None:
        error = kind(
            f"{OPERATION}: HTTP {status} from the accounts service.",
            service="boxc",
            status=status,
            operation=OPERATION,
        )
        if isinstance(error, RateLimitError):
            error.retry_after = seconds(response.header("retry-after"))
        return error
    body = read_json(response, operation=OPERATION, changing=False)
    if isinstance(body, InvalidResponseError):
        return body
    return _token(body if isinstance(body, dict) else {}, started)


def _refused(status: int) -> AuthenticationError:
    return AuthenticationError(
        f"{OPERATION}: HTTP {status}, the client is not accepted.",
        service="boxc",
        status=status,
        operation=OPERATION,
        next_step="check client_id and client_secret, and that the client is active",
    )


def _token(body: dict[str, object], started: float) -> Token | InvalidResponseError:
    value = body.get("access_token")
    if not isinstance(value, str) or not is_token(value):
        return _lacks("access_token")
    life = parse_int(body.get("expires_in"))
    if life is None or life <= 0:
        return _lacks("expires_in")
    life = min(life, _LONGEST_LIFE)
    early = min(_REFRESH_EARLY, life / 2)
    return Token(Secret(value), started + life - early, started + life)


def _lacks(name: str) -> InvalidResponseError:
    return InvalidResponseError(
        f"{OPERATION}: the answer has no usable {name}.",
        path=f"$.{name}",
        operation=OPERATION,
        retry_stopped_by="permanent",
        next_step="report it to BoxC",
    )
