"""BoxC access tokens: issuing, checking, revoking."""

import base64
import secrets
from collections.abc import Iterable
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
"""Every scope of the service. ``openid``, ``email`` and ``profile`` are used together."""

_BEARER: Final = "bearer "
_SIGNATURE_BYTES: Final = 256


@frozen
class Grant:
    """What a token stands for: a user, a client and the scopes of the moment of its issue."""

    user_id: int
    client_id: str
    scopes: frozenset[str]


@define(eq=False)
class TokenBook:
    """Every token that was issued."""

    _grants: dict[str, Grant] = field(init=False, factory=dict, repr=False)
    _revoked: set[str] = field(init=False, factory=set, repr=False)

    def issue(self, grant: Grant, moment: datetime) -> str:
        """Issue a token that looks like a JWT; its signature is not one."""
        token = ".".join(_encoded(part) for part in _parts(grant, moment))
        self.accept(token, grant)
        return token

    def accept(self, token: str, grant: Grant) -> None:
        """Let a token count that was issued before."""
        self._grants[token] = grant

    def holder(self, authorization: str) -> Grant:
        """The grant behind an ``Authorization`` header; raises Fault with 1005 or 1008."""
        token = _bearer_token(authorization)
        if token not in self._grants:
            raise invalid_access_token()
        if token in self._revoked:
            raise authorization_revoked()
        return self._grants[token]

    def user_of(self, authorization: str) -> int | None:
        """Whose token it is, revoked or not; None when it was never issued."""
        grant = self._grants.get(_bearer_token(authorization))
        return None if grant is None else grant.user_id

    def revoke(self, token: str) -> None:
        """Take one token back."""
        self._revoked.add(token)

    def revoke_all(self) -> None:
        """Take every token back that was issued so far."""
        self._revoked.update(self._grants)


def scope_set(scopes: Iterable[str]) -> frozenset[str]:
    """Split space-separated scopes into single ones."""
    return frozenset(scope for text in scopes for scope in text.split())


def _bearer_token(authorization: str) -> str:
    is_bearer = authorization[: len(_BEARER)].lower() == _BEARER
    return authorization[len(_BEARER) :] if is_bearer else ""


def _parts(grant: Grant, moment: datetime) -> tuple[bytes, bytes, bytes]:
    header = {"typ": "JWT", "alg": "RS256", "kid": secrets.token_hex(8)}
    return (
        orjson.dumps(header),
        orjson.dumps(_claims(grant, moment)),
        secrets.token_bytes(_SIGNATURE_BYTES),
    )


def _claims(grant: Grant, moment: datetime) -> dict[str, object]:
    issued = int(moment.timestamp())
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
