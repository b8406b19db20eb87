"""BoxC access tokens: issuing, checking and revoking."""

import base64
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import orjson
from attrs import define, field, frozen

from boxapis.sandbox._boxc.refusals import authorization_revoked, invalid_access_token

LIFETIME_SECONDS: Final = 315_360_000

ALL_SCOPES: Final = frozenset(
    {
        "openid",
        "email",
        "profile",
        "billing",
        "calculate",
        "classify",
        "read_credentials",
        "write_credentials",
        "read_orders",
        "write_orders",
        "read_products",
        "write_products",
        "read_shipments",
        "write_shipments",
        "read_shops",
        "write_shops",
        "read_webhooks",
        "write_webhooks",
        "returns",
        "validate",
    }
)
"""Every scope of BoxC. ``openid``, ``email`` and ``profile`` are used together."""

_ID_LIFETIME_SECONDS: Final = 604_800
_BEARER: Final = "bearer "
_SIGNATURE_BYTES: Final = 256


@frozen
class Grant:
    """What a token authorizes: its user, its client and the scopes it was issued with."""

    user_id: int
    client_id: str
    scopes: frozenset[str]


@define(eq=False)
class TokenStore:
    """Every token ever issued."""

    _grants: dict[str, Grant] = field(init=False, factory=dict, repr=False)
    _revoked: set[str] = field(init=False, factory=set, repr=False)

    def issue(self, grant: Grant, issued_at: datetime) -> str:
        """Issue a token in the form of a JWT; its signature is random bytes."""
        token = _signed(_claims(grant, issued_at))
        self.add(token, grant)
        return token

    def add(self, token: str, grant: Grant) -> None:
        """Add a token that was issued earlier."""
        self._grants[token] = grant

    def authorize(self, authorization: str) -> Grant:
        """The grant behind an ``Authorization`` header; raises Refusal with 1005 or 1008."""
        token = _bearer_token(authorization)
        if token not in self._grants:
            raise invalid_access_token()
        if token in self._revoked:
            raise authorization_revoked()
        return self._grants[token]

    def user_id(self, authorization: str) -> int | None:
        """The user of a token, revoked or not; None when it was never issued."""
        grant = self._grants.get(_bearer_token(authorization))
        return None if grant is None else grant.user_id

    def revoke(self, token: str) -> None:
        """Revoke one token."""
        self._revoked.add(token)

    def revoke_user(self, user_id: int) -> None:
        """Revoke every token of one user, as when the user no longer allows the client."""
        self._revoked.update(t for t, grant in self._grants.items() if grant.user_id == user_id)

    def revoke_all(self) -> None:
        """Revoke every token issued so far."""
        self._revoked.update(self._grants)


def split_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """The single scopes of several space-separated lists."""
    return frozenset(scope for text in scopes for scope in text.split())


def id_token(grant: Grant, nonce: str | None, issued_at: datetime) -> str:
    """An ID token, which says who the user is; its signature is random bytes."""
    issued = int(issued_at.timestamp())
    claims = {
        "iss": "boxapis-sandbox",
        "aud": grant.client_id,
        "iat": issued,
        "exp": issued + _ID_LIFETIME_SECONDS,
        "email": "pat@example.com",
        "email_verified": True,
        "family_name": "Example",
        "given_name": "Pat",
        "name": "Pat Example",
        "locale": "en",
        "sub": str(grant.user_id),
        "zoneinfo": "UTC",
        **({} if nonce is None else {"nonce": nonce}),
    }
    return _signed(claims)


def _bearer_token(authorization: str) -> str:
    is_bearer = authorization[: len(_BEARER)].lower() == _BEARER
    return authorization[len(_BEARER) :] if is_bearer else ""


def _signed(claims: Mapping[str, object]) -> str:
    header = {"typ": "JWT", "alg": "RS256", "kid": secrets.token_hex(8)}
    signature = secrets.token_bytes(_SIGNATURE_BYTES)
    parts = (orjson.dumps(header), orjson.dumps(dict(claims)), signature)
    return ".".join(map(_encoded, parts))


def _claims(grant: Grant, issued_at: datetime) -> dict[str, object]:
    issued = int(issued_at.timestamp())
    return {
        "iss": "boxapis-sandbox",
        "iat": issued,
        "exp": issued + LIFETIME_SECONDS,
        "aud": grant.client_id,
        "sub": str(grant.user_id),
        "client_id": grant.client_id,
        "scope": " ".join(sorted(grant.scopes)),
    }


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
