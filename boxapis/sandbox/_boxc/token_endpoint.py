"""The BoxC token endpoint: exchanges a client ID and secret for an access token."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from attrs import field, frozen

from boxapis.sandbox._boxc.tokens import LIFETIME_SECONDS
from boxapis.sandbox._response import SandboxResponse, json_response

TOKEN_PATH: Final = "/auth/v1/token"  # noqa: S105 - a path
TOKEN_OPERATION: Final = f"POST {TOKEN_PATH}"

_BASIC: Final = "basic "
_FORM: Final = "application/x-www-form-urlencoded"


@frozen
class OAuthClient:
    """A registered OAuth client: its ID, its secret and the scopes of its tokens."""

    client_id: str
    secret: str = field(repr=False)
    scopes: frozenset[str]

    def matches(self, authorization: str) -> bool:
        """Whether an ``Authorization`` header holds this client's ID and secret."""
        expected = f"{self.client_id}:{self.secret}".encode()
        return hmac.compare_digest(_basic(authorization), expected)


def is_form(headers: Mapping[str, str]) -> bool:
    """Whether the ``content-type`` header says that the body is a URL-encoded form."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM


def grant_error(headers: Mapping[str, str], body: bytes) -> SandboxResponse | None:
    """The error response to any grant type but ``client_credentials``; None for that one.

    The error bodies of this endpoint are not documented; these follow OAuth 2.
    """
    form = parse_qs(body.decode("utf-8", "replace")) if is_form(headers) else {}
    match form.get("grant_type"):
        case ["client_credentials"]:
            return None
        case None:
            return json_response(400, {"error": "invalid_request"})
        case _:
            return json_response(400, {"error": "unsupported_grant_type"})


def invalid_client() -> SandboxResponse:
    """The error response to a wrong client ID or secret; its body is not documented."""
    return json_response(401, {"error": "invalid_client"})


def token_response(token: str) -> SandboxResponse:
    """The response with a new token."""
    return json_response(
        200,
        {"token_type": "Bearer", "access_token": token, "expires_in": LIFETIME_SECONDS},
    )


def _basic(authorization: str) -> bytes:
    if authorization[: len(_BASIC)].lower() != _BASIC:
        return b""
    try:
        return base64.b64decode(authorization[len(_BASIC) :], validate=True)
    except (binascii.Error, ValueError):
        return b""
