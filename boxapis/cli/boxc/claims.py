"""Claims in a BoxC token; not verified, because only the service can do that."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from attrs import frozen

from boxapis import Secret

__all__ = ["Claims", "read_claims"]

_PARTS = 3


@frozen
class Claims:
    """The useful claims of a token; None where one is missing.

    Attributes:
        user_id: The user the token acts for.
        client_id: The OAuth client it was issued to.
        scopes: What it permits.
        issued: When it was issued, in UTC.
        expires: When it expires, in UTC.
    """

    user_id: str | None = None
    client_id: str | None = None
    scopes: tuple[str, ...] = ()
    issued: datetime | None = None
    expires: datetime | None = None

    def as_data(self) -> dict[str, Any]:
        """The claims as JSON values."""
        return {
            "user_id": self.user_id,
            "client_id": self.client_id,
            "scopes": list(self.scopes),
            "issued": self.issued and self.issued.isoformat(),
            "expires": self.expires and self.expires.isoformat(),
        }


def read_claims(token: Secret) -> Claims:
    """The claims of a token; empty if it is not a JWT."""
    parts = token.reveal().split(".")
    if len(parts) != _PARTS:
        return Claims()
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return Claims()
    if not isinstance(payload, dict):
        return Claims()
    return Claims(
        user_id=_parse_text(payload.get("sub")),
        client_id=_parse_text(payload.get("client_id")),
        scopes=tuple((_parse_text(payload.get("scope")) or "").split()),
        issued=_parse_time(payload.get("iat")),
        expires=_parse_time(payload.get("exp")),
    )


def _parse_text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _parse_time(value: object) -> datetime | None:
    if not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None
