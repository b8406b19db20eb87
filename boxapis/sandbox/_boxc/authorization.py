"""BoxC's authorization server: authorization codes, access tokens and their revocation."""

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from attrs import define, field, frozen

from boxapis.sandbox._boxc.request import BoxCRequest
from boxapis.sandbox._boxc.tokens import LIFETIME_SECONDS, Grant, TokenStore, id_token
from boxapis.sandbox._response import SandboxResponse, json_response

TOKEN_PATH: Final = "/auth/v1/token"  # noqa: S105 - a path
PATHS: Final = ("/auth/v1/authorize", TOKEN_PATH, "/auth/v1/revoke")
AUTHORIZATION_OPERATIONS: Final = frozenset(
    {"GET /auth/v1/authorize", f"POST {TOKEN_PATH}", "POST /auth/v1/revoke"}
)
"""Names of the requests to this server."""

_BASIC: Final = "basic "
_FORM: Final = "application/x-www-form-urlencoded"


@frozen
class OAuthClient:
    """A registered OAuth client.

    Attributes:
        client_id: The ID, the user name of HTTP Basic.
        secret: The secret, the password of HTTP Basic.
        scopes: The scopes of the tokens that it is given.
    """

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


@frozen
class _Code:
    """An authorization code: what it was issued for."""

    redirect_uri: str
    nonce: str | None


@define(eq=False)
class AuthorizationServer:
    """Codes, tokens and revocation for one client; `user_id` owns it and consents at once.

    The error bodies of this server are not documented; these follow OAuth 2.
    """

    client: OAuthClient
    user_id: int
    tokens: TokenStore
    _codes: dict[str, _Code] = field(init=False, factory=dict, repr=False)

    def respond(self, request: BoxCRequest, now: datetime) -> SandboxResponse | None:
        """The response to an authorization, token or revocation; None for another method."""
        match f"{request.method} {request.path}":
            case "GET /auth/v1/authorize":
                return self._authorize(request.query)
            case "POST /auth/v1/token" | "POST /auth/v1/revoke" if not self.client.matches(
                request.authorization
            ):
                return json_response(401, {"error": "invalid_client"})
            case "POST /auth/v1/token":
                return self._token(_form(request), now)
            case "POST /auth/v1/revoke":
                return self._revoke(_form(request))
            case _:
                return None

    def _authorize(self, query: Mapping[str, str]) -> SandboxResponse:
        """Redirect with a code, or with the error if the client and the address are right."""
        address = query.get("redirect_uri", "")
        if query.get("client_id") != self.client.client_id:
            return json_response(400, {"error": "unauthorized_client"})
        if not (urlsplit(address).scheme and urlsplit(address).netloc):
            return json_response(400, {"error": "invalid_request"})
        shown = {"state": query["state"]} if "state" in query else {}
        if query.get("response_type") != "code":
            return _redirect(address, {"error": "unsupported_response_type", **shown})
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(address, query.get("nonce"))
        return _redirect(address, {"code": code, **shown})

    def _token(self, form: Mapping[str, str], now: datetime) -> SandboxResponse:
        grant = Grant(self.user_id, self.client.client_id, self.client.scopes)
        match form.get("grant_type"):
            case "client_credentials":
                further = {}
            case "authorization_code":
                code = self._codes.pop(form.get("code", ""), None)
                if code is None or code.redirect_uri != form.get("redirect_uri"):
                    return json_response(400, {"error": "invalid_grant"})
                further = {"id_token": id_token(grant, code.nonce, now)}
            case None:
                return json_response(400, {"error": "invalid_request"})
            case _:
                return json_response(400, {"error": "unsupported_grant_type"})
        token = {"token_type": "Bearer", "access_token": self.tokens.issue(grant, now)}
        return json_response(200, {**token, "expires_in": LIFETIME_SECONDS, **further})

    def _revoke(self, form: Mapping[str, str]) -> SandboxResponse:
        user_id = form.get("sub", "")
        if not (user_id.isascii() and user_id.isdigit()):
            return json_response(400, {"error": "invalid_request"})
        self.tokens.revoke_user(int(user_id))
        if int(user_id) == self.user_id:  # who has consented to every code
            self._codes.clear()
        return SandboxResponse(200)


def _redirect(address: str, fields: Mapping[str, str]) -> SandboxResponse:
    parts = urlsplit(address)
    query = "&".join(filter(None, (parts.query, urlencode(fields))))
    return SandboxResponse(302, headers={"Location": parts._replace(query=query).geturl()})


def _form(request: BoxCRequest) -> dict[str, str]:
    """The fields of a form that occur once; none of a body that is not a form."""
    if not is_form(request.headers):
        return {}
    fields = parse_qs(request.body.decode("utf-8", "replace"))
    return {name: values[0] for name, values in fields.items() if len(values) == 1}


def _basic(authorization: str) -> bytes:
    if authorization[: len(_BASIC)].lower() != _BASIC:
        return b""
    try:
        return base64.b64decode(authorization[len(_BASIC) :], validate=True)
    except (binascii.Error, ValueError):
        return b""
