"""The BoxC token endpoint: a client ID and secret against an access token."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from attrs import field, frozen

from boxapis.sandbox._answer import Answer, json_answer
from boxapis.sandbox._boxc.tokens import LIFETIME_SECONDS

TOKEN_PATH: Final = "/auth/v1/token"  # noqa: S105 - a path
TOKEN_OPERATION: Final = f"POST {TOKEN_PATH}"

_BASIC: Final = "basic "
_FORM: Final = "application/x-www-form-urlencoded"


@frozen
class OAuthClient:
    """A registered client and the scopes of its settings."""

    client_id: str
    secret: str = field(repr=False)
    scopes: frozenset[str]

    def is_named_by(self, authorization: str) -> bool:
        """Whether an ``Authorization`` header holds this client's ID and secret."""
        expected = f"{self.client_id}:{self.secret}".encode()
        return hmac.compare_digest(_basic(authorization), expected)


def refused_grant(headers: Mapping[str, str], body: bytes) -> Answer | None:
    """The error for a body that does not ask for ``client_credentials``, or None.

    The error bodies of this endpoint are not documented; these follow OAuth 2.
    """
    is_form = headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM
    match parse_qs(body.decode("utf-8", "replace")).get("grant_type") if is_form else None:
        case ["client_credentials"]:
            return None
        case None:
            return json_answer(400, {"error": "invalid_request"})
        case _:
            return json_answer(400, {"error": "unsupported_grant_type"})


def unknown_client() -> Answer:
    """The error for a wrong client ID or secret; its body is not documented."""
    return json_answer(401, {"error": "invalid_client"})


def token_answer(token: str) -> Answer:
    """The answer that brings a new token."""
    return json_answer(
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
